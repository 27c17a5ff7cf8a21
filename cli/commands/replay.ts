// `ahual replay`: what would today's product have done with that material (measure 3).
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { loadCity, loadConfig } from '#config';
import { AhualError } from '#core/errors';
import { report } from '../measure/frame.ts';
import { measureReplay } from '../measure/replay.ts';
import { measureRtspReplay } from '../measure/replay-rtsp.ts';

const Flags = z.object({
  from: z.array(z.string()).min(1),
  way: z.enum(['file', 'rtsp']),
  every: z.coerce.number().min(0.04).max(3_600),
  most: z.coerce.number().min(1).max(86_400),
  pace: z.coerce.number().min(1).max(100_000),
  run: z.coerce.number().min(10).max(86_400),
  json: z.boolean().default(false),
});

const films = /\.(mp4|mkv|mov|jpe?g|png)$/i;

function filesOf(paths: readonly string[]): string[] {
  const found = paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) throw new AhualError('CONFIG_MISSING', `${path} is not there.`, 'Name films or folders of films.');
    return stat.isDirectory()
      ? readdirSync(path)
          .filter((name) => films.test(name))
          .sort()
          .map((name) => join(path, name))
      : [path];
  });
  if (found.length === 0)
    throw new AhualError('CONFIG_MISSING', `no films in ${paths.join(', ')}.`, 'Name films or folders of films.');
  return found;
}

/** Adds the command that replays films through eye, readings and rules. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('feed recorded films through the product and tell what it would have said')
    .requiredOption('--from <path...>', 'films or folders')
    .addOption(
      new Option('--way <way>', "file: through eye and rules under the film's clock; rtsp: served to the whole product")
        .choices(['file', 'rtsp'])
        .default('file'),
    )
    .option('--every <s>', 'seconds of film between looks', '1')
    .option('--most <s>', 'no more of each film than this', '120')
    .option('--pace <n>', "divides the rules' windows", '60')
    .option('--run <s>', 'how long the product runs (rtsp)', '60')
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const flags = Flags.parse(given);
      const files = filesOf(flags.from);
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      const { settings } = loadConfig(process.env);
      await report({ json: flags.json }, () =>
        flags.way === 'rtsp'
          ? measureRtspReplay({ files, runS: flags.run, pace: flags.pace, ffmpeg: settings.ingest.ffmpeg, say })
          : measureReplay({
              files,
              everyS: flags.every,
              mostS: flags.most,
              pace: flags.pace,
              settings,
              city: loadCity(settings.city.folder),
              say,
            }),
      );
      process.exit(process.exitCode ?? 0);
    });
}
