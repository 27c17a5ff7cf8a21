// Which rendered pictures the networks learned from, by the seeds in their train lists.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { inRoot } from '#core/root';

const networks = ['road-v0', 'spot-v0', 'close-v0'] as const;
const Row = z.object({ source_repo: z.string(), group: z.string() });
const Past = z.object({ kind: z.string(), group: z.string() });
const seeds = /^seed (\d+)(?:-(\d+))?$/;

const rowsOf = async (name: string): Promise<unknown[]> => {
  const text = await readFile(inRoot('models', name, 'train-list.csv'));
  return z.array(z.unknown()).parse(parse(text, { columns: true, bom: true, skip_empty_lines: true }));
};

/** Seeds of rendered pictures that a network of the detector learned from. */
export async function networkSeeds(): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for (const name of networks) {
    for (const raw of await rowsOf(name)) {
      const { source_repo: source, group } = Row.parse(raw);
      const [, from, to] = source === 'simulator/stage' ? (seeds.exec(group) ?? []) : [];
      if (from === undefined) continue;
      for (let seed = Number(from); seed <= Number(to ?? from); seed++) found.add(seed);
    }
  }
  return found;
}

/** The same, and the seeds that the weights of a camera's own past learned from. */
export async function learnedSeeds(): Promise<ReadonlySet<number>> {
  const found = new Set(await networkSeeds());
  for (const raw of await rowsOf('past-v0')) {
    const { kind, group } = Past.parse(raw);
    if (kind === 'series') found.add(Number(group));
  }
  return found;
}
