// `ahual eval`: how good are the released networks on pictures that they have never seen (measure 5).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import type { Evaluation } from '../measure/eval/evaluate.ts';
import { partOf } from '../measure/eval/lists.ts';
import { report } from '../measure/frame.ts';

const Flags = z.object({
  data: z.string().min(1),
  part: z.string(),
  limit: z.coerce.number().int().min(1).max(1_000_000).optional(),
  draws: z.coerce.number().int().min(100).max(100_000),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31),
  report: z.string().min(1).optional(),
  json: z.boolean().default(false),
});

/** Exit code when the measuring itself is wrong: a network has learned from what it is judged by. */
const leaky = 4;

/** Adds the evaluation. */
export function addEval(program: Command): void {
  program
    .command('eval')
    .description('quality of the released networks on labelled pictures that they never learned from')
    .requiredOption('--data <folder>', 'folder of the labelled pictures and their lists')
    .option('--part <part>', 'held-out: groups that stay out of training; all: every picture', 'held-out')
    .option('--limit <n>', 'so many pictures of each list; decides no bar')
    .option('--draws <n>', 'draws for the intervals', '1000')
    .option('--seed <n>', 'fixes the draws', '1')
    .option('--report <folder>', 'also write a page with the worst errors there')
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const parsed = Flags.safeParse(given);
      if (!parsed.success) {
        const what = z.prettifyError(parsed.error);
        throw new AhualError('REQUEST_INVALID', `These flags cannot be used: ${what}.`, 'See `ahual eval --help`.');
      }
      const flags = parsed.data;
      const part = partOf(flags.part);
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      if (flags.report !== undefined) mkdirSync(flags.report, { recursive: true });
      // Native code: loaded by this command alone, for every process of the product starts from the same list of commands.
      const { measureEval } = await import('../measure/eval/evaluate.ts');
      const { reportPage } = await import('../measure/eval/page.ts');
      let done: Evaluation | undefined;
      await report({ json: flags.json }, async () => {
        done = await measureEval({ ...flags, part, limit: flags.limit, say });
        return done.measurement;
      });
      if (done === undefined) return;
      if (flags.report !== undefined) {
        const path = join(flags.report, 'eval.html');
        writeFileSync(path, await reportPage(done.measurement, done.subjects, done.pictures));
        say(`the report is ${path}`);
      }
      if (done.leak.named.length === 0) return;
      for (const name of done.leak.named) say(`leak: ${name}`);
      process.exitCode = leaky;
    });
}
