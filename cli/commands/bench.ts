// `ahual bench …`: what things cost.
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { faultSabotages, measureFaults } from '../measure/faults/faults.ts';
import { liveSabotages, measureLive } from '../measure/live/live.ts';
import { lookSabotages, measureLook } from '../measure/look.ts';
import { mapSabotages } from '../measure/map/broken.ts';
import { scaleSabotages } from '../measure/scale/names.ts';
import { activities } from '../measure/watch/films.ts';
import { watchSabotages } from '../measure/watch/ours.ts';
import { measureWatch } from '../measure/watch/watch.ts';
import {
  addCommon,
  common,
  inFlight,
  measured,
  sabotageOf,
  say,
  seed,
  size,
  way,
  wayOption,
  waysOf,
} from './bench-flags.ts';

const LookFlags = z.object({
  looks: z.coerce.number().int().min(4).max(100_000),
  source: z.enum(['rtsp', 'jpeg', 'both']),
  inFlight,
  clip: z.string(),
  way,
  against: z.enum(['ffmpeg-spawn', 'none']),
  connect: z.enum(['cold', 'kept']),
  reps: z.coerce.number().int().min(2).max(100),
  seed,
  sabotage: sabotageOf(lookSabotages),
  ...common,
});

const RangeFlags = z.object({
  stills: z.string().min(1),
  limit: z.coerce.number().int().min(1).optional(),
  ...common,
});

const LiveFlags = z.object({
  desks: z.coerce.number().int().min(1).max(500),
  perS: z.coerce.number().min(0.1).max(100),
  pushes: z.coerce.number().int().min(1).max(10_000),
  verdicts: z.coerce.number().int().min(2).max(10_000),
  turnover: z.coerce.number().int().min(0).max(10_000),
  breaks: z.coerce.number().int().min(1).max(10_000),
  part: z.enum(['news', 'pictures', 'all']),
  viewers: z.coerce.number().int().min(1).max(200),
  cameraCount: z.coerce.number().int().min(1).max(64),
  tiles: z.coerce.number().int().min(1).max(16),
  window: z.coerce.number().min(1).max(300),
  browser: z.enum(['chromium', 'none']),
  seed,
  sabotage: sabotageOf(liveSabotages),
  ...common,
});

const PlateFlags = z.object({
  heights: z
    .string()
    .transform((text) => text.split(',').map(Number))
    .pipe(z.array(z.number().min(4).max(120)).min(1)),
  plates: z.coerce.number().int().min(1).max(10_000),
  frames: z.coerce.number().int().min(1).max(30),
  seed,
  ...common,
});

const MapFlags = z.object({
  cameras: z.coerce.number().int().min(10).max(100_000),
  incidents: z.coerce.number().int().min(1).max(2000),
  seconds: z.coerce.number().min(1).max(600),
  clicks: z.coerce.number().int().min(1).max(10_000),
  size,
  seed,
  out: z.string().optional(),
  sabotage: sabotageOf(mapSabotages),
  ...common,
});

const WatchFlags = z.object({
  streams: z.coerce.number().int().min(1).max(64),
  size,
  fps: z.coerce.number().int().min(5).max(30),
  minutes: z.coerce.number().min(0.25).max(60),
  lead: z.coerce.number().min(5).max(300),
  against: z.enum(['motion', 'none']),
  activity: z.enum(activities),
  way,
  saturate: z.boolean().default(false),
  seed,
  sabotage: sabotageOf(watchSabotages),
  ...common,
});

const ScaleFlags = z.object({
  cameras: z.coerce.number().int().min(12).max(100_000),
  minutes: z.coerce.number().min(0.2).max(1440),
  lookEvery: z.coerce.number().min(1).max(3600),
  eyes: z.coerce.number().int().min(1).max(64),
  inFlight,
  redis: z.string().optional(),
  quick: z.boolean().default(false),
  leader: z
    .string()
    .transform((text) => text.split(',').map(Number))
    .pipe(z.array(z.number().int().min(10).max(1_000_000)).min(1))
    .optional(),
  sabotage: sabotageOf(scaleSabotages),
  ...common,
});

const FaultsFlags = z.object({
  minutes: z.coerce.number().min(0).max(600),
  faults: z.string().transform((text) => (text === 'all' ? [] : text.split(','))),
  inFlight,
  storm: z.coerce.number().int().min(0).max(5000),
  sabotage: sabotageOf(faultSabotages),
  ...common,
});

/** Adds the benches. */
export function addBench(program: Command): void {
  const bench = program.command('bench').description('measure costs');
  addLook(bench);
  addWatch(bench);
  addFaults(bench);
  addSight(bench);
  addLive(bench);
  addMap(bench);
  addScale(bench);
}

function addLook(bench: Command): void {
  const command = bench
    .command('look')
    .description('CPU of one look, by part: connect, decode, all models and rules, and the committed write')
    .option('--looks <n>', 'looks of each source', '200')
    .addOption(new Option('--source <source>').choices(['rtsp', 'jpeg', 'both']).default('both'))
    .option('--in-flight <n>', 'looks at the same time', '24')
    .option('--reps <n>', 'repetitions that the looks are spread over', '7')
    .addOption(
      new Option('--against <way>', 'also measure the spawned way, in turn with ours')
        .choices(['ffmpeg-spawn', 'none'])
        .default('none'),
    )
    .addOption(
      new Option('--connect <way>', 'kept: also measure sessions that stay open, in turn with ours; cold decides')
        .choices(['cold', 'kept'])
        .default('cold'),
    )
    .option('--clip <name>', 'clip that the cameras play', 'bench-1080p')
    .addOption(wayOption());
  addCommon(command, { seed: 'fixes every random choice', sabotages: lookSabotages }).action(async (given: unknown) => {
    const { json, source, way: chosen, ...flags } = LookFlags.parse(given);
    const sources = source === 'both' ? (['rtsp', 'jpeg'] as const) : [source];
    await measured(json, () => measureLook({ ...flags, sources, ways: waysOf(chosen), say }), { countsCpu: true });
  });
}

function addWatch(bench: Command): void {
  const command = bench
    .command('watch')
    .description('CPU of a watched camera: one eye with all of its path, against motion on the same streams')
    .option('--streams <n>', 'cameras in one eye', '4')
    .option('--size <w>x<h>', 'size of the streams', '640x360')
    .option('--fps <n>', 'pictures a second of the streams', '10')
    .option('--minutes <n>', 'length of each block; ours, motion, motion, ours', '3')
    .option('--lead <s>', 'thrown away before each block, seconds', '20')
    .addOption(new Option('--against <program>').choices(['motion', 'none']).default('motion'))
    .addOption(new Option('--activity <name>', 'what happens there').choices(activities).default('street'))
    .addOption(wayOption())
    .option('--saturate', 'also add cameras until one core is used up');
  addCommon(command, { seed: 'fixes the interval', sabotages: watchSabotages }).action(async (given: unknown) => {
    const {
      json,
      size: [widthPx, heightPx],
      lead,
      way: chosen,
      ...flags
    } = WatchFlags.parse(given);
    const wish = { ...flags, widthPx, heightPx, leadS: lead, ways: waysOf(chosen), motion: 'motion', ffmpeg: 'ffmpeg' };
    await measured(json, () => measureWatch({ ...wish, say }), { countsCpu: true });
  });
}

function addFaults(bench: Command): void {
  const command = bench
    .command('faults')
    .description(
      'cameras that misbehave in turn: what is said of each, how soon, what recovers, and whether anything grows',
    )
    .option('--minutes <n>', 'rounds are begun for so long', '3')
    .option('--faults <list>', 'ids of faults, with commas', 'all')
    .option('--in-flight <n>', 'looks at the same time', '32')
    .option('--storm <n>', 'cameras that drop and come back at the same second, at the end', '300');
  addCommon(command, { sabotages: faultSabotages }).action(async (given: unknown) => {
    const { json, ...flags } = FaultsFlags.parse(given);
    await measured(json, () => measureFaults({ ...flags, lookTimeoutS: 6, leastRounds: 6, say }));
  });
}

/** What is still seen when things are small: `range` and `plates`. */
function addSight(bench: Command): void {
  const range = bench
    .command('range')
    .description('how small a thing and how foreshortened a road the networks still judge, on rendered stills')
    .requiredOption('--stills <folder>', 'rendered stills with their labels and masks')
    .option('--limit <n>', 'so many stills');
  addCommon(range).action(async (given: unknown) => {
    const { json, stills, limit } = RangeFlags.parse(given);
    const { measureRange } = await import('../measure/eval/range.ts');
    await measured(json, () => measureRange({ stills, limit, say }));
  });
  const plates = bench
    .command('plates')
    .description('how small a number plate can be and still be read: drawn plates on rendered lorries')
    .option('--heights <list>', 'heights of the plates in pixels', '8,10,12,14,16,20,24,32,40')
    .option('--plates <n>', 'plates of each height and each way of seeing', '8')
    .option('--frames <n>', 'frames of each plate', '5');
  addCommon(plates, { seed: 'fixes what is drawn' }).action(async (given: unknown) => {
    const { json, heights, ...flags } = PlateFlags.parse(given);
    const { measurePlates } = await import('../measure/plates/measure.ts');
    await measured(json, () => measurePlates({ ...flags, heightsPx: heights, say }));
  });
}

function addLive(bench: Command): void {
  const command = bench
    .command('live')
    .description('news to many desks, verdicts to the store, one desk in a browser, and lines that break')
    .option('--desks <n>', 'desks that listen', '30')
    .option('--per-s <n>', 'incidents raised each second', '2')
    .option('--pushes <n>', 'incidents whose way to the desks is timed', '60')
    .option('--verdicts <n>', 'verdicts by key in the browser', '300')
    .option(
      '--turnover <n>',
      'further verdicts over which the memory of desk and wall is weighed (100 or more); 0 weighs none',
      '300',
    )
    .option('--breaks <n>', 'lines that are broken and restored', '200')
    .addOption(new Option('--part <part>', 'what is measured').choices(['news', 'pictures', 'all']).default('all'))
    .option('--viewers <n>', 'viewers of live pictures', '20')
    .option('--camera-count <n>', 'cameras that they look at', '4')
    .option('--tiles <n>', 'tiles of one page that play', '16')
    .option('--window <s>', 'CPU of live pictures is read over so long, seconds', '10')
    .addOption(new Option('--browser <program>').choices(['chromium', 'none']).default('chromium'));
  addCommon(command, { seed: 'fixes which line breaks when', sabotages: liveSabotages }).action(
    async (given: unknown) => {
      const { json, browser, cameraCount: cameras, window: windowS, ...flags } = LiveFlags.parse(given);
      const wish = { ...flags, cameras, windowS, browser: browser === 'chromium', settleS: 20 };
      await measured(json, () => measureLive({ ...wish, say }), { countsCpu: flags.part !== 'news' });
    },
  );
}

function addMap(bench: Command): void {
  const command = bench
    .command('map')
    .description(
      'the map with the whole city on it: frames, hits, first picture, memory, and that nothing is left undrawn',
    )
    .option('--cameras <n>', 'cameras', '12000')
    .option('--incidents <n>', 'open incidents', '1000')
    .option('--seconds <n>', 'so long the hand moves', '30')
    .option('--clicks <n>', 'clicks', '220')
    .option('--size <w>x<h>', 'size of the window', '1920x1080')
    .option('--out <folder>', 'leave pictures of the five points here');
  addCommon(command, { seed: 'fixes where everything is', sabotages: mapSabotages }).action(async (given: unknown) => {
    const { json, ...flags } = MapFlags.parse(given);
    const { measureMap } = await import('../measure/map/map.ts');
    await measured(json, () => measureMap({ ...flags, out: flags.out, points: 5, say }));
  });
}

function addScale(bench: Command): void {
  const command = bench
    .command('scale')
    .description(
      'the whole product over many cameras: looks lost, doubled, late; what each part takes; who drops and returns',
    )
    .option('--cameras <n>', 'simulated cameras', '1000')
    .option('--minutes <n>', 'measured so long, after each camera was looked at once', '30')
    .option('--look-every <s>', 'seconds between two looks at a camera', '120')
    .option('--eyes <n>', 'processes that look', '1')
    .option('--in-flight <n>', 'looks at the same time in each', '32')
    .option('--redis <url>', 'a queue on Redis instead of the database')
    .option('--quick', 'twenty cameras for half a minute')
    .option(
      '--leader <sizes>',
      'only what it takes to know and plan so many cameras, without looks (1000,12000,100000)',
    );
  addCommon(command, { sabotages: scaleSabotages }).action(async (given: unknown) => {
    const { json, sabotage, redis, leader, quick, cameras, minutes, lookEvery, ...flags } = ScaleFlags.parse(given);
    if (leader) {
      const { measureLeader } = await import('../measure/scale/leader.ts');
      await measured(json, () => measureLeader({ sizes: leader, lookEveryS: 300, rounds: 5, say }));
      return;
    }
    const { measureScale, quickly } = await import('../measure/scale/scale.ts');
    const length = quick
      ? quickly
      : {
          cameras,
          seconds: minutes * 60,
          lookEveryS: lookEvery,
          dropShare: 0.3,
          dropS: 300,
          confirmS: 20,
          blindAfterS: 60,
          lookTimeoutS: 12,
          sampleEveryS: 5,
        };
    const broken = sabotage === 'none' ? [] : [sabotage];
    const wish = { ...length, ...flags, redisUrl: redis, sabotage: broken };
    await measured(json, () => measureScale({ ...wish, say }), { countsCpu: true });
  });
}
