// `ahual demo`: does a stranger see the product work, from nothing, offline (measure 2).
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { HazardName, hazardNames } from '#core/hazard-name';
import { measureDemo } from '../measure/demo.ts';
import { browserPath, openDesk } from '../measure/desk-driver.ts';
import { report } from '../measure/frame.ts';

const Flags = z.object({
  minutes: z.coerce.number().min(0.5).max(600),
  hazards: z.string().transform((text) => z.array(HazardName).parse(text.split(','))),
  json: z.boolean().default(false),
  headless: z.boolean().default(false),
  keep: z.boolean().default(false),
  driver: z.enum(['auto', 'keys', 'contract']),
});

/** Adds the command that starts the demo city and acts as its three users. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('start the simulated city, act as operator, agency and officer, and measure')
    .option('--minutes <n>', 'how long it runs', '4')
    .option('--hazards <list>', 'which hazards must be seen', hazardNames.join(','))
    .option('--headless', 'drive the users without a screen (default)')
    .option('--keep', 'keep the data folder')
    .option('--json', 'print one JSON object')
    .addOption(
      new Option('--driver <way>', 'keys: the real desk in Chromium; contract: HTTP and socket')
        .choices(['auto', 'keys', 'contract'])
        .default('auto'),
    )
    .action(async (given: unknown) => {
      const flags = Flags.parse(given);
      // The monotonic clock of a process begins with it, so a first build is part of the time to ready.
      const startedMs = 0;
      const keys = flags.driver === 'keys' || (flags.driver === 'auto' && browserPath() !== undefined);
      await report({ json: flags.json }, () =>
        measureDemo({
          minutes: flags.minutes,
          hazards: flags.hazards,
          keep: flags.keep,
          startedMs,
          say: (text) => void process.stderr.write(`ahual: ${text}\n`),
          ...(keys ? { confirmAtDesk: (standing) => openDesk(standing) } : {}),
        }),
      );
      process.exit(process.exitCode ?? 0);
    });
}
