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
}
