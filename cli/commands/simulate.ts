// `ahual simulate`: false alarms and missed hazards over days and seasons of a simulated town (measure 4).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { loadCity, loadConfig, readSecrets, Settings } from '#config';
import { AhualError } from '#core/errors';
import { inRoot } from '#core/root';
import { life } from '#simulator';
import { report, type Measurement } from '../measure/frame.ts';
import { beside, flat, readEarlier } from '../measure/simulate/beside.ts';
import { measureFirstSnow } from '../measure/simulate/first-snow.ts';
import { simulatePage } from '../measure/simulate/page.ts';
import { sabotages } from '../measure/simulate/sabotage.ts';
import { measureSimulate } from '../measure/simulate/simulate.ts';

const Flags = z.object({
  cameraDays: z.coerce.number().int().min(1).max(1_000_000),
  cameras: z.coerce.number().int().min(1).max(20_000).optional(),
  hazardsN: z.coerce.number().int().min(0).max(100_000),
  season: z.enum(life.seasons),
  seed: z.coerce.number().int().min(0),
  sabotage: z.enum(sabotages),
  errors: z.string().optional(),
  rendered: z.string().min(1).optional(),
  firstSnow: z.boolean().default(false),
  report: z.string().min(1).optional(),
  baseline: z.string().min(1).optional(),
  set: z.array(z.string()).default([]),
  json: z.boolean().default(false),
});

/** The settings with `hazards.flooding.floodLevel=.85` and its like put in, held against the schema again. */
function changed(settings: Settings, given: readonly string[]): Settings {
  const refuse = (text: string, why: string): AhualError =>
    new AhualError(
      'REQUEST_INVALID',
      `--set ${text} cannot be used: ${why}.`,
      'Write it as hazards.flooding.floodLevel=.85; config/ahual.yml lists all keys.',
    );
  const known = flat(settings);
  return given.reduce<Settings>((before, text) => {
    const [key = '', value = ''] = text.split('=');
    const old = known.get(key);
    if (old === undefined) throw refuse(text, 'no number or switch of the settings has this name');
    const wanted = typeof old === 'boolean' ? value === 'true' : Number(value);
    if (value === '' || (typeof old === 'boolean' && value !== 'true' && value !== 'false')) {
      throw refuse(text, `it needs ${typeof old === 'boolean' ? 'true or false' : 'a number'}`);
    }
    const parsed = Settings.safeParse(put(before, key.split('.'), wanted));
    if (!parsed.success) throw refuse(text, z.prettifyError(parsed.error));
    return parsed.data;
  }, settings);
}

const Branch = z.record(z.string(), z.unknown());
/** A copy of a tree with one leaf changed. */
function put(tree: unknown, [key = '', ...rest]: readonly string[], leaf: unknown): unknown {
  const branch = Branch.parse(tree);
  return { ...branch, [key]: rest.length === 0 ? leaf : put(branch[key], rest, leaf) };
}

const collect = (value: string, before: string[]): string[] => [...before, value];

/** Adds the command that lives simulated days. */
export function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('live days of a simulated town through plan, rules and judge; count false alarms and missed hazards')
    .option('--camera-days <n>', 'cameras times days', '1000')
    .option('--cameras <n>', 'cameras of the town (100; with --first-snow 12000)')
    .option('--hazards-n <n>', 'hazards that are planted', '200')
    .addOption(new Option('--season <season>', 'weather').choices([...life.seasons]).default('mix'))
    .option('--seed <n>', 'fixes every chance', '1')
    .addOption(
      new Option('--sabotage <name>', 'breaks the product in a known way').choices([...sabotages]).default('none'),
    )
    .option('--errors <file>', 'an error model other than the measured one')
    .option('--rendered <folder>', 'rendered scenes in place of the error model: its cameras, through the networks')
    .option('--first-snow', 'one snowfall ends over a whole city: how many cards reach people')
    .option(
      '--set <key=value>',
      'a setting other than the file says, to try a changed rule; may be given again',
      collect,
      [],
    )
    .option('--baseline <file>', 'the object of an earlier run: print old beside new')
    .option('--report <folder>', 'also write a page with each wrong one drawn')
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const parsed = Flags.safeParse(given);
      if (!parsed.success) {
        const what = z.prettifyError(parsed.error);
        throw new AhualError('REQUEST_INVALID', `These flags cannot be used: ${what}.`, 'See `ahual simulate --help`.');
      }
      const flags = parsed.data;
      const earlier = flags.baseline === undefined ? undefined : readEarlier(flags.baseline);
      // The city of the reference, not the demo's, which lives a hundred times faster.
      const env = { ...process.env, AHUAL_CONFIG: process.env['AHUAL_CONFIG'] ?? inRoot('config', 'ahual.yml') };
      const settings = changed(loadConfig(env).settings, flags.set);
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      const common = {
        ...flags,
        hazards: flags.hazardsN,
        errors: flags.errors,
        rendered: flags.rendered,
        settings,
        secrets: readSecrets(env),
        city: loadCity(settings.city.folder),
        keepSaid: flags.report !== undefined,
        say,
      };
      const measure = async (): Promise<Measurement> => {
        const simulated = flags.firstSnow
          ? await measureFirstSnow({ ...common, cameras: flags.cameras ?? 12_000 })
          : await measureSimulate({ ...common, cameras: flags.cameras ?? 100 });
        if (flags.report !== undefined) {
          mkdirSync(flags.report, { recursive: true });
          const path = join(flags.report, 'simulate.html');
          writeFileSync(path, simulatePage(simulated, settings.hazards));
          say(`the report is ${path}`);
        }
        return simulated.measurement;
      };
      await report({ json: flags.json }, async () => {
        const measured = await measure();
        const measurement =
          flags.set.length === 0 ? measured : { ...measured, args: { ...measured.args, set: flags.set } };
        if (!earlier) return measurement;
        const { figures, notes } = beside(earlier, measurement);
        return {
          ...measurement,
          result: { ...measurement.result, beside: figures },
          notes: [...measurement.notes, ...notes],
        };
      });
      process.exit(process.exitCode ?? 0);
    });
}
