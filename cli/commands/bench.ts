// `ahual bench …`: what things cost.
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { report } from '../measure/frame.ts';
import { liveSabotages, measureLive } from '../measure/live/live.ts';
import { measureLook } from '../measure/look.ts';
import { mapSabotages } from '../measure/map/broken.ts';

const LookFlags = z.object({
  looks: z.coerce.number().int().min(4).max(100_000),
  source: z.enum(['rtsp', 'jpeg', 'both']),
  inFlight: z.coerce.number().int().min(1).max(400),
  clip: z.string(),
  way: z.enum(['auto', 'node-av', 'ffmpeg']),
  sabotage: z.enum(['none', 'skip-write']).default('none'),
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

/** Adds the benches. */
export function addBench(program: Command): void {
  const bench = program.command('bench').description('measure costs');
  bench
    .command('look')
    .description('CPU of one look, by part: connect, decode, all models and rules, and the committed write')
    .option('--looks <n>', 'looks of each source', '200')
    .addOption(new Option('--source <source>').choices(['rtsp', 'jpeg', 'both']).default('both'))
    .option('--in-flight <n>', 'looks at the same time', '8')
    .option('--clip <name>', 'clip that the cameras play', 'bench-1080p')
    .addOption(new Option('--way <way>').choices(['auto', 'node-av', 'ffmpeg']).default('auto'))
    .addOption(
      new Option('--sabotage <name>', 'break it on purpose; the bar must then be missed').choices([
        'none',
        'skip-write',
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
          clip: flags.clip,
          ways: flags.way === 'auto' ? ['node-av', 'ffmpeg'] : [flags.way],
          sabotage: flags.sabotage,
          say: (text) => void process.stderr.write(`ahual: ${text}\n`),
        }),
      );
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
      const { json, browser, ...flags } = LiveFlags.parse(given);
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      await report({ json }, () => measureLive({ ...flags, browser: browser === 'chromium', settleS: 20, say }));
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
}
