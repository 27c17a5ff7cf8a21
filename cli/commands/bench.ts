// `ahual bench …`: what things cost.
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { faultSabotages, measureFaults } from '../measure/faults/faults.ts';
import { report } from '../measure/frame.ts';
import { liveSabotages, measureLive } from '../measure/live/live.ts';
import { lookSabotages, measureLook } from '../measure/look.ts';
import { mapSabotages } from '../measure/map/broken.ts';
import { scaleSabotages } from '../measure/scale/names.ts';
import { activities } from '../measure/watch/films.ts';
import { watchSabotages } from '../measure/watch/ours.ts';
import { measureWatch } from '../measure/watch/watch.ts';

const LookFlags = z.object({
  looks: z.coerce.number().int().min(4).max(100_000),
  source: z.enum(['rtsp', 'jpeg', 'both']),
  inFlight: z.coerce.number().int().min(1).max(400),
  clip: z.string(),
  way: z.enum(['auto', 'node-av', 'ffmpeg']),
  against: z.enum(['ffmpeg-spawn', 'none']),
  reps: z.coerce.number().int().min(2).max(100),
  seed: z.coerce.number().int().min(0),
  sabotage: z.enum(['none', ...lookSabotages]).default('none'),
  json: z.boolean().default(false),
});

const RangeFlags = z.object({
  stills: z.string().min(1),
  limit: z.coerce.number().int().min(1).optional(),
  json: z.boolean().default(false),
});

const LiveFlags = z.object({
  desks: z.coerce.number().int().min(1).max(500),
  perS: z.coerce.number().min(0.1).max(100),
  pushes: z.coerce.number().int().min(1).max(10_000),
  verdicts: z.coerce.number().int().min(2).max(10_000),
  breaks: z.coerce.number().int().min(1).max(10_000),
  part: z.enum(['news', 'pictures', 'all']),
  viewers: z.coerce.number().int().min(1).max(200),
  cameraCount: z.coerce.number().int().min(1).max(64),
  tiles: z.coerce.number().int().min(1).max(16),
  window: z.coerce.number().min(1).max(300),
  browser: z.enum(['chromium', 'none']),
  seed: z.coerce.number().int().min(0),
  sabotage: z.enum(['none', ...liveSabotages]).default('none'),
  json: z.boolean().default(false),
});

const PlateFlags = z.object({
  heights: z
    .string()
    .transform((text) => text.split(',').map(Number))
    .pipe(z.array(z.number().min(4).max(120)).min(1)),
  plates: z.coerce.number().int().min(1).max(10_000),
  frames: z.coerce.number().int().min(1).max(30),
  seed: z.coerce.number().int().min(0),
  json: z.boolean().default(false),
});

const MapFlags = z.object({
  cameras: z.coerce.number().int().min(10).max(100_000),
  incidents: z.coerce.number().int().min(1).max(2000),
  seconds: z.coerce.number().min(1).max(600),
  clicks: z.coerce.number().int().min(1).max(10_000),
  size: z
    .string()
    .regex(/^\d{3,4}x\d{3,4}$/, 'a size is written as 1920x1080')
    .transform((text): [number, number] => [Number(text.split('x')[0]), Number(text.split('x')[1])]),
  seed: z.coerce.number().int().min(0),
  out: z.string().optional(),
  sabotage: z.enum(['none', ...mapSabotages]).default('none'),
  json: z.boolean().default(false),
});

const WatchFlags = z.object({
  streams: z.coerce.number().int().min(1).max(64),
  size: z
    .string()
    .regex(/^\d{3,4}x\d{3,4}$/, 'a size is written as 640x360')
    .transform((text): [number, number] => [Number(text.split('x')[0]), Number(text.split('x')[1])]),
  fps: z.coerce.number().int().min(5).max(30),
  minutes: z.coerce.number().min(0.25).max(60),
  lead: z.coerce.number().min(5).max(300),
  against: z.enum(['motion', 'none']),
  activity: z.enum(activities),
  way: z.enum(['auto', 'node-av', 'ffmpeg']),
  saturate: z.boolean().default(false),
  seed: z.coerce.number().int().min(0),
  sabotage: z.enum(['none', ...watchSabotages]).default('none'),
  json: z.boolean().default(false),
});

const ScaleFlags = z.object({
  cameras: z.coerce.number().int().min(12).max(100_000),
  minutes: z.coerce.number().min(0.2).max(1440),
  lookEvery: z.coerce.number().min(1).max(3600),
  eyes: z.coerce.number().int().min(1).max(64),
  inFlight: z.coerce.number().int().min(1).max(400),
  redis: z.string().optional(),
  quick: z.boolean().default(false),
  leader: z
    .string()
    .transform((text) => text.split(',').map(Number))
    .pipe(z.array(z.number().int().min(10).max(1_000_000)).min(1))
    .optional(),
  sabotage: z.enum(['none', ...scaleSabotages]).default('none'),
  json: z.boolean().default(false),
});

const FaultsFlags = z.object({
  minutes: z.coerce.number().min(0).max(600),
  faults: z.string().transform((text) => (text === 'all' ? [] : text.split(','))),
  inFlight: z.coerce.number().int().min(1).max(400),
  storm: z.coerce.number().int().min(0).max(5000),
  sabotage: z.enum(['none', ...faultSabotages]).default('none'),
  json: z.boolean().default(false),
});

/** Adds the benches. */
export function addBench(program: Command): void {
  const bench = program.command('bench').description('measure costs');
  bench
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
    .option('--seed <n>', 'fixes every random choice', '1')
    .option('--clip <name>', 'clip that the cameras play', 'bench-1080p')
    .addOption(new Option('--way <way>').choices(['auto', 'node-av', 'ffmpeg']).default('auto'))
    .addOption(
      new Option('--sabotage <name>', 'break it on purpose; the bar must then be missed').choices([
        'none',
        ...lookSabotages,
      ]),
    )
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const flags = LookFlags.parse(given);
      await report({ json: flags.json }, () =>
        measureLook({
          looks: flags.looks,
          sources: flags.source === 'both' ? ['rtsp', 'jpeg'] : [flags.source],
          inFlight: flags.inFlight,
          reps: flags.reps,
          against: flags.against,
          seed: flags.seed,
          clip: flags.clip,
          ways: flags.way === 'auto' ? ['node-av', 'ffmpeg'] : [flags.way],
          sabotage: flags.sabotage,
          say: (text) => void process.stderr.write(`ahual: ${text}\n`),
        }),
      );
      process.exit(process.exitCode ?? 0);
    });
  bench
    .command('watch')
    .description('CPU of a watched camera: one eye with all of its path, against motion on the same streams')
    .option('--streams <n>', 'cameras in one eye', '4')
    .option('--size <w>x<h>', 'size of the streams', '640x360')
    .option('--fps <n>', 'pictures a second of the streams', '10')
    .option('--minutes <n>', 'length of each block; ours, motion, motion, ours', '3')
    .option('--lead <s>', 'thrown away before each block, seconds', '20')
    .addOption(new Option('--against <program>').choices(['motion', 'none']).default('motion'))
    .addOption(new Option('--activity <name>', 'what happens there').choices(activities).default('street'))
    .addOption(new Option('--way <way>').choices(['auto', 'node-av', 'ffmpeg']).default('auto'))
    .option('--saturate', 'also add cameras until one core is used up')
    .option('--seed <n>', 'fixes the interval', '1')
    .addOption(
      new Option('--sabotage <name>', 'break it on purpose; a bar must then be missed').choices([
        'none',
        ...watchSabotages,
      ]),
    )
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const { json, size, lead, way, ...flags } = WatchFlags.parse(given);
      const [widthPx, heightPx] = size;
      const ways = way === 'auto' ? (['node-av', 'ffmpeg'] as const) : [way];
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      await report({ json }, () =>
        measureWatch({ ...flags, widthPx, heightPx, leadS: lead, ways, motion: 'motion', ffmpeg: 'ffmpeg', say }),
      );
      process.exit(process.exitCode ?? 0);
    });
  bench
    .command('faults')
    .description(
      'cameras that misbehave in turn: what is said of each, how soon, what recovers, and whether anything grows',
    )
    .option('--minutes <n>', 'rounds are begun for so long', '3')
    .option('--faults <list>', 'ids of faults, with commas', 'all')
    .option('--in-flight <n>', 'looks at the same time', '32')
    .option('--storm <n>', 'cameras that drop and come back at the same second, at the end', '300')
    .addOption(
      new Option('--sabotage <name>', 'break it on purpose; a bar must then be missed').choices([
        'none',
        ...faultSabotages,
      ]),
    )
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const { json, ...flags } = FaultsFlags.parse(given);
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      await report({ json }, () => measureFaults({ ...flags, lookTimeoutS: 6, leastRounds: 6, say }));
      process.exit(process.exitCode ?? 0);
    });
  bench
    .command('range')
    .description('how small a thing and how foreshortened a road the networks still judge, on rendered stills')
    .requiredOption('--stills <folder>', 'rendered stills with their labels and masks')
    .option('--limit <n>', 'so many stills')
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const flags = RangeFlags.parse(given);
      const { measureRange } = await import('../measure/eval/range.ts');
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      await report({ json: flags.json }, () => measureRange({ stills: flags.stills, limit: flags.limit, say }));
    });
  bench
    .command('plates')
    .description('how small a number plate can be and still be read: drawn plates on rendered lorries')
    .option('--heights <list>', 'heights of the plates in pixels', '8,10,12,14,16,20,24,32,40')
    .option('--plates <n>', 'plates of each height and each way of seeing', '8')
    .option('--frames <n>', 'frames of each plate', '5')
    .option('--seed <n>', 'fixes what is drawn', '1')
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const { heights, plates, frames, seed, json } = PlateFlags.parse(given);
      const { measurePlates } = await import('../measure/plates/measure.ts');
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      await report({ json }, () => measurePlates({ heightsPx: heights, plates, frames, seed, say }));
      process.exit(process.exitCode ?? 0);
    });
  bench
    .command('live')
    .description('news to many desks, verdicts to the store, one desk in a browser, and lines that break')
    .option('--desks <n>', 'desks that listen', '30')
    .option('--per-s <n>', 'incidents raised each second', '2')
    .option('--pushes <n>', 'incidents whose way to the desks is timed', '60')
    .option('--verdicts <n>', 'verdicts by key in the browser', '300')
    .option('--breaks <n>', 'lines that are broken and restored', '200')
    .addOption(new Option('--part <part>', 'what is measured').choices(['news', 'pictures', 'all']).default('all'))
    .option('--viewers <n>', 'viewers of live pictures', '20')
    .option('--camera-count <n>', 'cameras that they look at', '4')
    .option('--tiles <n>', 'tiles of one page that play', '16')
    .option('--window <s>', 'CPU of live pictures is read over so long, seconds', '10')
    .addOption(new Option('--browser <program>').choices(['chromium', 'none']).default('chromium'))
    .option('--seed <n>', 'fixes which line breaks when', '1')
    .addOption(
      new Option('--sabotage <name>', 'break it on purpose; a bar must then be missed').choices([
        'none',
        ...liveSabotages,
      ]),
    )
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const { json, browser, cameraCount: cameras, window: windowS, ...flags } = LiveFlags.parse(given);
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      await report({ json }, () =>
        measureLive({ ...flags, cameras, windowS, browser: browser === 'chromium', settleS: 20, say }),
      );
      process.exit(process.exitCode ?? 0);
    });
  bench
    .command('map')
    .description(
      'the map with the whole city on it: frames, hits, first picture, memory, and that nothing is left undrawn',
    )
    .option('--cameras <n>', 'cameras', '12000')
    .option('--incidents <n>', 'open incidents', '1000')
    .option('--seconds <n>', 'so long the hand moves', '30')
    .option('--clicks <n>', 'clicks', '220')
    .option('--size <w>x<h>', 'size of the window', '1920x1080')
    .option('--seed <n>', 'fixes where everything is', '1')
    .option('--out <folder>', 'leave pictures of the five points here')
    .addOption(
      new Option('--sabotage <name>', 'break it on purpose; a bar must then be missed').choices([
        'none',
        ...mapSabotages,
      ]),
    )
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const { json, out, ...flags } = MapFlags.parse(given);
      const { measureMap } = await import('../measure/map/map.ts');
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      await report({ json }, () => measureMap({ ...flags, points: 5, out, say }));
      process.exit(process.exitCode ?? 0);
    });
  bench
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
    )
    .addOption(
      new Option('--sabotage <name>', 'break it on purpose; a bar must then be missed').choices([
        'none',
        ...scaleSabotages,
      ]),
    )
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const flags = ScaleFlags.parse(given);
      const { measureScale, quickly } = await import('../measure/scale/scale.ts');
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      const { sabotage, redis, eyes, inFlight } = flags;
      const { leader } = flags;
      if (leader) {
        const { measureLeader } = await import('../measure/scale/leader.ts');
        await report({ json: flags.json }, () => measureLeader({ sizes: leader, lookEveryS: 300, rounds: 5, say }));
        process.exit(process.exitCode ?? 0);
      }
      const length = flags.quick
        ? quickly
        : {
            cameras: flags.cameras,
            seconds: flags.minutes * 60,
            lookEveryS: flags.lookEvery,
            dropShare: 0.3,
            dropS: 300,
            confirmS: 20,
            blindAfterS: 60,
            lookTimeoutS: 12,
            sampleEveryS: 5,
          };
      await report({ json: flags.json }, () =>
        measureScale({
          ...length,
          eyes,
          inFlight,
          redisUrl: redis,
          sabotage: sabotage === 'none' ? [] : [sabotage],
          say,
        }),
      );
      process.exit(process.exitCode ?? 0);
    });
}
