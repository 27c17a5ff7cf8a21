// CPU seconds of processes, read from /proc (user and system ticks, with ended and awaited children).
import { readFileSync, readdirSync } from 'node:fs';

/** Linux counts in USER_HZ, which is 100 on every build that Node runs on. */
const ticksPerS = 100;

/** CPU seconds of one process with its awaited children; null when it is gone or the system has no /proc. */
export function cpuS(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const sum = [11, 12, 13, 14].reduce((total, index) => total + Number(fields[index] ?? 0), 0);
    return sum / ticksPerS;
  } catch {
    return null;
  }
}

/** The process and all its living descendants. */
export function treeOf(pid: number): number[] {
  const parents = new Map<number, number[]>();
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [pid];
  }
  for (const name of names) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
    } catch {
      // A process that ended between the listing and the reading has no children any more.
    }
  }
  const all: number[] = [];
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    all.push(next);
    open.push(...(parents.get(next) ?? []));
  }
  return all;
}

/** CPU seconds of a process tree. */
export const treeCpuS = (pid: number): number => treeOf(pid).reduce((sum, one) => sum + (cpuS(one) ?? 0), 0);

/** Resident memory of a process in MiB; null when it is gone. */
export function rssMiB(pid: number): number | null {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Math.round(Number(match[1]) / 1024) : null;
  } catch {
    return null;
  }
}
