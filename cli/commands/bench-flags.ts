// What the benches have in common: their flags, how they say what they do, and how they end.
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { report, type Measurement } from '../measure/frame.ts';

/** Flags that every bench has. */
export const common = { json: z.boolean().default(false) };
/** Of a bench whose random choices can be fixed. */
export const seed = z.coerce.number().int().min(0);
/** So many of something at once. */
export const inFlight = z.coerce.number().int().min(1).max(400);
/** How streams are read. */
export const way = z.enum(['auto', 'node-av', 'ffmpeg']);
export const waysOf = (chosen: z.infer<typeof way>): readonly ('node-av' | 'ffmpeg')[] =>
  chosen === 'auto' ? ['node-av', 'ffmpeg'] : [chosen];

/** A size in pixels, written as `640x360`. */
export const size = z
  .string()
  .regex(/^\d{3,4}x\d{3,4}$/, 'a size is written as 1920x1080')
  .transform((text): [number, number] => [Number(text.split('x')[0]), Number(text.split('x')[1])]);

/** What a bench may be broken by on purpose; `none` leaves it whole. */
export const sabotageOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(['none', ...names]).default('none');

export const wayOption = (): Option => new Option('--way <way>').choices(way.options).default('auto');

/** Adds the flags that benches share: `--seed` with what it fixes, `--sabotage` where there are ways to break it, and `--json`. */
export function addCommon(
  command: Command,
  own: { readonly seed?: string; readonly sabotages?: readonly string[] } = {},
): Command {
  if (own.seed !== undefined) command.option('--seed <n>', own.seed, '1');
  if (own.sabotages)
    command.addOption(
      new Option('--sabotage <name>', 'break it on purpose; a bar must then be missed').choices([
        'none',
        ...own.sabotages,
      ]),
    );
  return command.option('--json', 'print one JSON object');
}

/** One line of what is being done, beside the result. */
export const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);

/** Measures, prints, and ends the process with the exit code of its bars. `countsCpu`: the counting itself is checked first. */
export async function measured(
  json: boolean,
  measure: () => Promise<Measurement>,
  { countsCpu = false }: { readonly countsCpu?: boolean } = {},
): Promise<never> {
  await report({ json, countsCpu }, measure);
  process.exit(process.exitCode ?? 0);
}
