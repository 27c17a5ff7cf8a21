// `ahual bench …`: what things cost.
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { report } from '../measure/frame.ts';
import { measureLook } from '../measure/look.ts';

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
}
