// What each part of the running product takes: CPU, memory, file handles, bytes; read from /proc, sampled while it runs.
import { readFileSync, readdirSync } from 'node:fs';
import { treeOf } from '../cpu.ts';
import { median, quantile, rounded } from '../statistics.ts';

/** Linux counts in USER_HZ, which is 100 on every build that Node runs on. */
const ticksPerS = 100;

export const parts = ['eye', 'worker', 'scheduler', 'judge', 'dashboard', 'database', 'cameras'] as const;
/** `cameras` is the simulated side: measured, never counted. */
export type Part = (typeof parts)[number];

/** Who is who: the processes of the supervisor, and the database's postmaster. */
export interface Cast {
  readonly children: () => readonly { readonly name: string; readonly pid: number | undefined }[];
  readonly databasePid: () => number | undefined;
}

interface Taken {
  readonly ownS: number;
  /** Of children that ended and were awaited. */
  readonly endedS: number;
}

function cpuOf(pid: number): Taken | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const of = (a: number, b: number): number => (Number(fields[a] ?? 0) + Number(fields[b] ?? 0)) / ticksPerS;
    return { ownS: of(11, 12), endedS: of(13, 14) };
  } catch {
    return null;
  }
}

/** Memory that belongs to one process alone, MiB: shared buffers and program text are counted for nobody. */
function ownMiB(pid: number): { rss: number; own: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kB = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
    return { rss: kB('VmRSS') / 1024, own: kB('RssAnon') / 1024 };
  } catch {
    return null;
  }
}

function handlesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** Bytes that a process has written to files and sockets. */
export function writtenBytes(pid: number): number {
  try {
    return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

export interface Sample {
  readonly atS: number;
  readonly cpuS: Readonly<Record<Part, number>>;
  readonly ownMiB: Readonly<Record<Part, number>>;
  readonly rssMiB: Readonly<Record<Part, number>>;
  readonly handles: Readonly<Record<Part, number>>;
  readonly processes: Readonly<Record<Part, number>>;
}

const zero = (): Record<Part, number> => ({
  eye: 0,
  worker: 0,
  scheduler: 0,
  judge: 0,
  dashboard: 0,
  database: 0,
  cameras: 0,
});

/** One reading of all parts. CPU of an eye that ended is kept by the worker that awaited it, and counted as the eye's. */
export function sample(cast: Cast, atS: number): Sample {
  const [cpuS, own, rss, handles, processes] = [zero(), zero(), zero(), zero(), zero()];
  const take = (part: Part, pid: number): Taken => {
    const cpu = cpuOf(pid);
    const memory = ownMiB(pid);
    cpuS[part] += cpu?.ownS ?? 0;
    own[part] += memory?.own ?? 0;
    rss[part] += memory?.rss ?? 0;
    handles[part] += handlesOf(pid);
    processes[part] += memory ? 1 : 0;
    return cpu ?? { ownS: 0, endedS: 0 };
  };
  const add = (part: Part, usedS: number): void => {
    cpuS[part] += usedS;
  };
  for (const { name, pid } of cast.children()) {
    if (pid === undefined) continue;
    if (name === 'worker') {
      const [first = pid, ...rest] = treeOf(pid);
      add('eye', take('worker', first).endedS);
      for (const eye of rest) add('eye', take('eye', eye).endedS);
      continue;
    }
    const part = name === 'city' ? 'cameras' : parts.find((known) => known === name);
    if (part === undefined) continue;
    for (const one of treeOf(pid)) add(part, take(part, one).endedS);
  }
  const postmaster = cast.databasePid();
  if (postmaster !== undefined) for (const one of treeOf(postmaster)) add('database', take('database', one).endedS);
  return { atS, cpuS, ownMiB: own, rssMiB: rss, handles, processes };
}

/** Caches fill, programs are compiled: the first third of the measured time is warm-up. */
const warmUpShare = 1 / 3;

/** Growth of a series after the warm-up: its last quarter against the first after it, as a share. Null of too few. */
export function growth(series: readonly number[]): number | null {
  const values = series.slice(Math.floor(series.length * warmUpShare));
  const quarter = Math.floor(values.length / 4);
  if (quarter < 3) return null;
  const first = median(values.slice(0, quarter)) ?? 0;
  const last = median(values.slice(-quarter)) ?? 0;
  return first === 0 ? null : last / first - 1;
}

/** What the parts took between two samples, by look; and how their memory and handles ran. */
export function spent(samples: readonly Sample[], looks: number): Record<Part, Record<string, number | null>> {
  const [first] = samples;
  const last = samples.at(-1);
  const of = (part: Part): Record<string, number | null> => {
    const series = (pick: (one: Sample) => Readonly<Record<Part, number>>): number[] =>
      samples.map((one) => pick(one)[part]);
    const usedS = (last?.cpuS[part] ?? 0) - (first?.cpuS[part] ?? 0);
    const forS = Math.max(1e-3, (last?.atS ?? 0) - (first?.atS ?? 0));
    return {
      cpuMsPerLook: rounded((usedS * 1000) / Math.max(1, looks), 2),
      cores: rounded(usedS / forS, 3),
      rssMiB: rounded(median(series((one) => one.rssMiB)), 0),
      ownMiB: rounded(median(series((one) => one.ownMiB)), 0),
      ownMostMiB: rounded(
        quantile(
          series((one) => one.ownMiB),
          1,
        ),
        0,
      ),
      memoryGrowth: rounded(growth(series((one) => one.ownMiB)), 3),
      handles: rounded(median(series((one) => one.handles)), 0),
      handlesMost: rounded(
        quantile(
          series((one) => one.handles),
          1,
        ),
        0,
      ),
      processes: rounded(median(series((one) => one.processes)), 0),
    };
  };
  return {
    eye: of('eye'),
    worker: of('worker'),
    scheduler: of('scheduler'),
    judge: of('judge'),
    dashboard: of('dashboard'),
    database: of('database'),
    cameras: of('cameras'),
  };
}
