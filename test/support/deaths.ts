// Whom the kill test kills: finds a living process of each kind, and says which deaths break the watching of a camera.
import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { db } from '#store';
import { treeOf } from '../../cli/measure/cpu.ts';
import { isRunning, runOf, type Run } from '../../cli/runs.ts';
import { leftOver, postmasterOf } from '../../store/embedded/running.ts';
import { argumentsOf, type Site, type Up } from './up.ts';

/** Every kind of process that a demo has. `backend` is any process of PostgreSQL but its postmaster. */
export const kinds = [
  'supervisor',
  'city',
  'scheduler',
  'worker',
  'judge',
  'dashboard',
  'glancing eye',
  'watching eye',
  'postmaster',
  'backend',
] as const;
export type Kind = (typeof kinds)[number];

/** After these a watched camera is not watched for a while; the others may die while an act goes on. */
export const breaksWatching: ReadonlySet<Kind> = new Set<Kind>([
  'supervisor',
  'city',
  'worker',
  'glancing eye',
  'watching eye',
  'postmaster',
  'backend',
]);

/** Processes are found by /proc; a system without it cannot run this test. */
export const canFindProcesses = (): boolean => {
  try {
    return readdirSync('/proc/self').includes('cmdline');
  } catch {
    return false;
  }
};

/** A small seeded generator (mulberry32), 0..1, so that the same moments can be had again. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of a list by chance. */
export function pickOf<T>(list: readonly T[], random: () => number): T | undefined {
  return list[Math.floor(random() * list.length)];
}

/** Who dies alike: its end is felt in one way and mended by one other process. A short run takes one of each. */
const alike: readonly (readonly Kind[])[] = [
  ['supervisor'],
  ['postmaster', 'backend'],
  ['worker', 'glancing eye', 'watching eye'],
  ['scheduler', 'judge', 'dashboard'],
  ['city'],
];

function shuffled(list: readonly Kind[], random: () => number): Kind[] {
  return list
    .map((kind) => ({ kind, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ kind }) => kind);
}

/**
 * So many deaths in an order by chance: one of those that die alike, then each kind that is left once, then any kind again (the
 * supervisor never twice). `count` is at least as many as there are ways to die.
 */
export function planOf(count: number, random: () => number): Kind[] {
  if (!(count >= alike.length)) throw new RangeError(`a run has ${alike.length} deaths or more, not ${count}`);
  const oneOfEach = alike.flatMap((group) => pickOf(group, random) ?? []);
  const others = shuffled(
    kinds.filter((kind) => !oneOfEach.includes(kind)),
    random,
  );
  const again = kinds.filter((kind) => kind !== 'supervisor');
  const more = Array.from({ length: count - kinds.length }, () => pickOf(again, random) ?? 'worker');
  return shuffled([...oneOfEach, ...others, ...more].slice(0, count), random);
}

const childOf = (up: Up, name: string): number | undefined =>
  treeOf(up.pid).find(
    (pid) =>
      argumentsOf(pid)
        .filter((word) => word !== '')
        .at(-1) === name,
  );

async function eyes(up: Up, database: db.Database, isWatching: boolean): Promise<number[]> {
  const worker = childOf(up, 'worker');
  if (worker === undefined) return [];
  const [beat] = await database.rows(
    z.object({ watchEyes: z.string().nullable() }),
    db.sql`select facts->>'watchEyes' as "watchEyes" from process_beat where process = ${`worker:${worker}`}`,
  );
  const watching = new Set((beat?.watchEyes ?? '').split(' ').map(Number));
  return treeOf(worker)
    .slice(1)
    .filter((pid) => watching.has(pid) === isWatching);
}

/** A living process of a kind; undefined while there is none. */
export async function findOne(
  kind: Kind,
  given: { up: Up; site: Site; database: db.Database; random: () => number },
): Promise<number | undefined> {
  const { up, site, database, random } = given;
  switch (kind) {
    case 'supervisor':
      return up.pid;
    case 'city':
    case 'scheduler':
    case 'worker':
    case 'judge':
    case 'dashboard':
      return childOf(up, kind);
    case 'glancing eye':
      return pickOf(await eyes(up, database, false), random);
    case 'watching eye':
      return pickOf(await eyes(up, database, true), random);
    case 'postmaster':
      return postmasterOf(site.data)?.pid;
    case 'backend': {
      const postmaster = postmasterOf(site.data)?.pid;
      return pickOf(
        leftOver(site.data).filter((pid) => pid !== postmaster),
        random,
      );
    }
  }
}

/** All living processes of the product, the database's too. */
export function everyone(up: Up, site: Site): Run[] {
  const postgres = new Set(leftOver(site.data));
  // One that was started just now is not in its data folder yet.
  const isPostgres = (pid: number): boolean => postgres.has(pid) || /postgres$/.test(argumentsOf(pid)[0] ?? '');
  const ours = treeOf(up.pid).filter((pid) => !isPostgres(pid));
  return [...ours.map((pid) => runOf('ahual', pid)), ...[...postgres].map((pid) => runOf('postgres', pid))].filter(
    isRunning,
  );
}

/** Kills one process; false when it was gone already. */
export function killOne(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH') return false;
    throw thrown;
  }
}
