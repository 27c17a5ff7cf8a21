// `ahual eval`: how good are the released networks on pictures that they have never seen (measure 5).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import type { Evaluation } from '../measure/eval/evaluate.ts';
import { partOf, parts } from '../measure/eval/lists.ts';
import { progressOf } from '../measure/eval/progress.ts';
import { sabotages, thresholds } from '../measure/eval/names.ts';
import { report } from '../measure/frame.ts';

const Flags = z.object({
  data: z.string().min(1),
  part: z.string(),
  model: z.string().regex(/^[a-z0-9-]+$/, "'all' or the name of a folder under models/"),
  trainList: z.array(z.string().min(1)).default([]),
  limit: z.coerce.number().int().min(1).max(1_000_000).optional(),
  draws: z.coerce.number().int().min(100).max(100_000),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31),
  ci: z.literal('bootstrap-group'),
  threshold: z.enum(thresholds),
  baseline: z.string().min(1).optional(),
  sabotage: z.enum(sabotages).optional(),
  stills: z.string().min(1).optional(),
  mostStills: z.coerce.number().int().min(1).max(100_000),
  clips: z.boolean(),
  degraded: z.boolean(),
  past: z.boolean(),
  report: z.string().min(1).optional(),
  errors: z.string().min(1).optional(),
  rendered: z.array(z.string().min(1)).default([]),
  samples: z.string().min(1).optional(),
  json: z.boolean().default(false),
});

/** Exit codes beyond those of every measurement: the flags or the lists are wrong; the measuring itself is wrong. */
const wrongUse = 3;
const leaky = 4;

/** Of each folder of rendered pictures. */
const mostRendered = 2000;

/** Adds the evaluation. */
export function addEval(program: Command): void {
  program
    .command('eval')
    .description('quality of the released networks on labelled pictures that they never learned from')
    .requiredOption('--data <folder>', 'folder of the labelled pictures and their lists')
    .option('--part <part>', `which of them: ${parts.join(', ')}`, 'all')
    .option('--model <name>', "one network's hazards; an unreleased folder under models/ takes its place", 'all')
    .option('--train-list <file...>', 'what was learned from, in place of the lists of the networks in use')
    .option('--limit <n>', 'so many pictures of each list; decides no bar')
    .option('--draws <n>', 'draws for the intervals', '2000')
    .option('--seed <n>', 'fixes the draws', '1')
    .option('--ci <way>', 'how intervals are made', 'bootstrap-group')
    .option('--threshold <way>', `the deployed numbers, or a sweep: ${thresholds.join(', ')}`, 'deployed')
    .option('--baseline <file>', 'an object of an earlier run: old against new')
    .option('--stills <folder>', 'rendered stills with their truth: shares, distance, size, light')
    .option('--most-stills <n>', 'no more of them than this', '300')
    .option('--no-clips', 'leave the clips out')
    .option('--no-degraded', 'leave the spoilt copies out')
    .option('--no-past', "leave the camera's own past out")
    .option('--sabotage <name>', `break it on purpose: ${sabotages.join(', ')}`)
    .option(
      '--errors <file>',
      'instead: measure how the networks err, and write the error model of the simulated town there',
    )
    .option('--rendered <folder...>', 'with --errors: folders of rendered pictures (stills, series, days)')
    .option('--samples <file>', 'with --errors: also write the rows that the model was fitted on')
    .option('--report <folder>', 'also write a page with curves and the worst errors there')
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      try {
        await evaluate(given);
      } catch (thrown) {
        if (!(thrown instanceof AhualError) || thrown.code !== 'REQUEST_INVALID') throw thrown;
        process.stderr.write(`ahual: ${thrown.toString()}\n`);
        process.exitCode = wrongUse;
      }
    });
}

async function evaluate(given: unknown): Promise<void> {
  const parsed = Flags.safeParse(given);
  if (!parsed.success) {
    const what = z.prettifyError(parsed.error);
    throw new AhualError('REQUEST_INVALID', `These flags cannot be used: ${what}.`, 'See `ahual eval --help`.');
  }
  const flags = parsed.data;
  const part = partOf(flags.part);
  const write = (text: string): void => void process.stderr.write(text);
  const say = (text: string): void => write(`ahual: ${text}\n`);
  if (flags.errors !== undefined) {
    await errors(flags, flags.errors, say, write);
    return;
  }
  if (flags.report !== undefined) mkdirSync(flags.report, { recursive: true });
  // Native code: loaded by this command alone, for every process of the product starts from the same list of commands.
  const { measureEval } = await import('../measure/eval/evaluate.ts');
  const { reportPage } = await import('../measure/eval/page.ts');
  const { forPeople } = await import('../measure/eval/people.ts');
  let done: Evaluation | undefined;
  await report({ json: flags.json }, async () => {
    done = await measureEval({
      ...flags,
      part,
      trainLists: flags.trainList,
      limit: flags.limit,
      baseline: flags.baseline,
      stills: flags.stills,
      sabotage: flags.sabotage ?? null,
      isWithClips: flags.clips,
      isWithDegraded: flags.degraded,
      isWithPast: flags.past,
      say,
      progress: (what, total) => progressOf(what, total, write, process.stderr.isTTY),
    });
    return flags.json ? done.measurement : forPeople(done.measurement);
  });
  if (done === undefined) return;
  if (flags.report !== undefined) {
    const path = join(flags.report, 'eval.html');
    writeFileSync(path, await reportPage(done));
    say(`the report is ${path}`);
  }
  if (done.leak.named.length === 0) return;
  for (const name of done.leak.named) say(`leak: ${name}`);
  say('a network has learned from these: the figures are worth nothing (--part held-out or unlearned leaves them out)');
  process.exitCode = leaky;
}

async function errors(
  flags: z.infer<typeof Flags>,
  path: string,
  say: (text: string) => void,
  write: (text: string) => void,
): Promise<void> {
  const { measureErrors } = await import('../measure/eval/errors.ts');
  await report({ json: flags.json }, () =>
    measureErrors({
      data: flags.data,
      rendered: flags.rendered,
      most: mostRendered,
      isWithClips: flags.clips,
      errors: path,
      samples: flags.samples,
      say,
      progress: (what, total) => progressOf(what, total, write, process.stderr.isTTY),
    }),
  );
}
