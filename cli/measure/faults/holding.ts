// What processes hold: memory, open files, threads; and how many processes there are. Read from /proc.
import { readdirSync, readFileSync } from 'node:fs';
import { systemClock } from '#core/clock';
import { treeOf } from '../cpu.ts';

export interface Held {
  readonly rssMiB: number;
  readonly files: number;
  readonly threads: number;
}

export interface Holding {
  readonly worker: Held;
  readonly eye: Held;
  readonly watch: Held;
  /** Of the whole tree, what stands beside left out. */
  readonly processes: number;
}

const nothing: Held = { rssMiB: 0, files: 0, threads: 0 };

function heldBy(pid: number | null): Held {
  if (pid === null) return nothing;
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const numberOf = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return {
      rssMiB: Math.round(numberOf('VmRSS') / 1024),
      files: readdirSync(`/proc/${pid}/fd`).length,
      threads: numberOf('Threads'),
    };
  } catch {
    // A process that is gone holds nothing.
    return nothing;
  }
}

/** Connections are closed a moment after a look: the least of some readings is what is really held. */
const readings = 12;

/** What the three processes hold when nothing is under way; `beside` and its children are not ours. */
export async function holdingOf(pids: {
  readonly worker: number;
  readonly eye: number | null;
  readonly watch: number | null;
  readonly beside: number;
}): Promise<Holding> {
  const all: Holding[] = [];
  for (let i = 0; i < readings; i++) {
    await systemClock.sleep(250);
    const others = new Set(treeOf(pids.beside));
    all.push({
      worker: heldBy(pids.worker),
      eye: heldBy(pids.eye),
      watch: heldBy(pids.watch),
      processes: treeOf(pids.worker).filter((pid) => !others.has(pid)).length,
    });
  }
  const least = (name: 'worker' | 'eye' | 'watch'): Held => ({
    rssMiB: Math.min(...all.map((one) => one[name].rssMiB)),
    files: Math.min(...all.map((one) => one[name].files)),
    threads: Math.min(...all.map((one) => one[name].threads)),
  });
  return {
    worker: least('worker'),
    eye: least('eye'),
    watch: least('watch'),
    processes: Math.min(...all.map((one) => one.processes)),
  };
}
