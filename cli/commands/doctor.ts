// `ahual doctor`: can this machine do the job, and if not, which single thing to fix first (measure 1).
import type { Command } from 'commander';
import { z } from 'zod';
import { examine } from '../measure/doctor.ts';
import { report } from '../measure/frame.ts';

const Flags = z.object({ json: z.boolean().default(false), timeout: z.coerce.number().min(1).max(120) });

/** Adds the command that asks the machine's first questions. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check this machine and name the one thing to fix first')
    .option('--timeout <s>', 'longest time for one check', '10')
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const flags = Flags.parse(given);
      await report({ json: flags.json }, () => examine({ env: process.env, timeoutS: flags.timeout }));
      process.exit(process.exitCode ?? 0);
    });
}
