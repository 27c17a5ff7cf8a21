// An earlier evaluation against this one: no figure under its lower interval, and old against new on the same pictures.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';
import { bar, type Bar } from '../frame.ts';
import { rounded } from '../statistics.ts';
import { gainOf, type Gain, type Resampling, type TwiceScored } from './ranking.ts';
import { subjectNames, type Subject, type Subjects } from './rows.ts';

/** One row of an evaluation as it is printed: what it is, and its score. */
export type Sample = readonly [key: string, score: number];
export type Samples = Readonly<Partial<Record<Subject, readonly Sample[]>>>;

/** Scores of every row by its key, so that a later evaluation can be held against this one. */
export const samplesOf = (subjects: Subjects): Samples =>
  Object.fromEntries(
    subjectNames.flatMap((name) => {
      const rows = subjects[name];
      return rows.length === 0 ? [] : [[name, rows.map(({ key, score }) => [key, rounded(score, 4)])]];
    }),
  );

const Ranked = z.object({ auc: z.number().nullable(), ci95: z.tuple([z.number(), z.number()]).nullable() });
const Earlier = z.object({
  command: z.literal('eval'),
  commit: z.string().nullable().optional(),
  result: z.looseObject({
    samples: z.record(z.string(), z.array(z.tuple([z.string(), z.number()]))).default({}),
  }),
});
export type Earlier = z.infer<typeof Earlier>;

/** Reads an object that `ahual eval --json` printed. Throws REQUEST_INVALID when it is none. */
export function readBaseline(path: string): Earlier {
  const refuse = (what: string): AhualError =>
    new AhualError('REQUEST_INVALID', `${path}: ${what}.`, 'Name a file that `ahual eval --json` has printed.');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw refuse(messageOf(thrown));
  }
  const parsed = Earlier.safeParse(value);
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error));
  return parsed.data;
}

const ranked = ['all', 'fixed', 'within'] as const;
const paths: readonly (readonly string[])[] = [
  ['flooding'],
  ['snow'],
  ['open-manhole'],
  ['dumping'],
  ['dumping', 'truck'],
].flatMap((path) => ranked.map((part) => [...path, part]));

function at(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) {
    inner = typeof inner === 'object' && inner !== null ? new Map(Object.entries(inner)).get(key) : undefined;
  }
  return inner;
}

/** One bar for each AUC of the earlier object that has an interval: the new one must not lie under its lower end. */
export const baselineBars = (earlier: Earlier, result: unknown): Bar[] =>
  paths.flatMap((path) => {
    const old = Ranked.safeParse(at(earlier.result, path));
    if (!old.success || old.data.auc === null || old.data.ci95 === null) return [];
    const now = Ranked.safeParse(at(result, path));
    return [bar(`baseline.${path.join('.')}.auc`, '>=', old.data.ci95[0], now.success ? now.data.auc : null)];
  });

/** Old against new score on the pictures that both have judged, by subject. */
export const againstBaseline = (
  earlier: Earlier,
  subjects: Subjects,
  resampling: Resampling,
): Readonly<Record<string, Gain>> =>
  Object.fromEntries(
    subjectNames.flatMap((name) => {
      const old = new Map(earlier.result.samples[name] ?? []);
      const both = subjects[name].flatMap(({ key, positive, group, score }): TwiceScored[] => {
        const before = old.get(key);
        return before === undefined ? [] : [{ positive, group, before, after: score }];
      });
      return both.length === 0 ? [] : [[name, gainOf(both, resampling, `baseline.${name}`)]];
    }),
  );
