// An earlier run beside this one: each figure old and new, for whoever has changed a rule.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';
import type { Measurement } from '../frame.ts';

const Earlier = z.object({
  schema: z.literal('ahual.measure/1'),
  command: z.literal('simulate'),
  commit: z.string().nullable(),
  args: z.record(z.string(), z.unknown()),
  result: z.record(z.string(), z.unknown()),
});
type Earlier = z.infer<typeof Earlier>;

/** Reads the object that an earlier `ahual simulate --json` printed. Throws REQUEST_INVALID. */
export function readEarlier(path: string): Earlier {
  try {
    return Earlier.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (thrown) {
    throw new AhualError(
      'REQUEST_INVALID',
      `${path} is no object of an earlier \`ahual simulate --json\`: ${messageOf(thrown).split('\n')[0] ?? ''}.`,
      'Give the file that such a run printed.',
    );
  }
}

/** Every number and truth value of an object by its path. */
export function flat(value: unknown, path = ''): Map<string, number | boolean> {
  if (typeof value === 'number' || typeof value === 'boolean') return new Map([[path, value]]);
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...flat(inner, path === '' ? key : `${path}.${key}`)]),
  );
}

/** How the town was made: runs of other towns are not comparable. */
const town = ['cameras', 'days', 'season', 'seed'];

/** The figures that differ, old and new, and a warning where the runs are of different towns. */
export function beside(earlier: Earlier, now: Measurement): { figures: Record<string, string>; notes: string[] } {
  const [before, after] = [flat(earlier.result), flat(now.result)];
  const figures: Record<string, string> = {};
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(path), after.get(path)];
    if (a !== b && !path.startsWith('work.')) figures[path] = `${a ?? '–'} → ${b ?? '–'}`;
  }
  const others = town.filter((key) => earlier.args[key] !== now.args[key]);
  return {
    figures,
    notes: [
      `beside the run of commit ${earlier.commit ?? 'unknown'}; figures that are alike are left out`,
      ...(others.length > 0
        ? [`that run was of another town (${others.join(', ')}): its figures compare with nothing`]
        : []),
    ],
  };
}
