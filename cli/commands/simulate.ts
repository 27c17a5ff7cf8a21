// `ahual simulate`: false alarms and missed hazards over days and seasons of a simulated town (measure 4).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { loadCity, loadConfig } from '#config';
import { AhualError } from '#core/errors';
import { inRoot } from '#core/root';
import { life } from '#simulator';
import { report } from '../measure/frame.ts';
import { sabotages } from '../measure/simulate/days.ts';
import { simulatePage } from '../measure/simulate/page.ts';
import { measureSimulate } from '../measure/simulate/simulate.ts';

const Flags = z.object({
  cameraDays: z.coerce.number().int().min(1).max(1_000_000),
  cameras: z.coerce.number().int().min(1).max(20_000),
  hazardsN: z.coerce.number().int().min(0).max(100_000),
  season: z.enum(life.seasons),
  seed: z.coerce.number().int().min(0),
  sabotage: z.enum(sabotages),
  errors: z.string().optional(),
  report: z.string().min(1).optional(),
  json: z.boolean().default(false),
});

/** Adds the command that lives simulated days. */
export function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('live days of a simulated town through plan, rules and judge; count false alarms and missed hazards')
    .option('--camera-days <n>', 'cameras times days', '1000')
    .option('--cameras <n>', 'cameras of the town', '100')
    .option('--hazards-n <n>', 'hazards that are planted', '200')
    .addOption(new Option('--season <season>', 'weather').choices([...life.seasons]).default('mix'))
    .option('--seed <n>', 'fixes every chance', '1')
    .addOption(
      new Option('--sabotage <name>', 'breaks the product in a known way').choices([...sabotages]).default('none'),
    )
    .option('--errors <file>', 'an error model other than the measured one')
    .option('--report <folder>', 'also write a page with each wrong one drawn')
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const parsed = Flags.safeParse(given);
      if (!parsed.success) {
        const what = z.prettifyError(parsed.error);
        throw new AhualError('REQUEST_INVALID', `These flags cannot be used: ${what}.`, 'See `ahual simulate --help`.');
      }
      const flags = parsed.data;
      // The city of the reference, not the demo's, which lives a hundred times faster.
      const { settings } = loadConfig({
        ...process.env,
        AHUAL_CONFIG: process.env['AHUAL_CONFIG'] ?? inRoot('config', 'ahual.yml'),
      });
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      await report({ json: flags.json }, async () => {
        const simulated = await measureSimulate({
          ...flags,
          hazards: flags.hazardsN,
          errors: flags.errors,
          settings,
          city: loadCity(settings.city.folder),
          say,
        });
        if (flags.report !== undefined) {
          mkdirSync(flags.report, { recursive: true });
          const path = join(flags.report, 'simulate.html');
          writeFileSync(path, simulatePage(simulated, settings.hazards));
          say(`the report is ${path}`);
        }
        return simulated.measurement;
      });
      process.exit(process.exitCode ?? 0);
    });
}
