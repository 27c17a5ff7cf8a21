// CPU seconds of processes, read from /proc (user and system ticks, with ended and awaited children).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

/** CPU seconds of a process with those it started. */
export type Meter = (pid: number) => number;

/** A child burns so much CPU by its own clock, of which the counting may be off by so much. */
const [burntS, mostOff] = [1, 0.03];

/** Half of it in a child of its own that ended and was waited for, so that the counting of both is proven; then it waits to be read. */
const burner = `
  const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
  while (used() < ${burntS / 2}) for (let i = 0; i < 1e5; i++);
  if (process.argv[1] === 'half') {
    require('node:fs').writeSync(1, String(used()));
    // Its end costs CPU too, which it could not tell any more.
    process.kill(process.pid, 'SIGKILL');
  } else {
    const code = process.execArgv[process.execArgv.indexOf('-e') + 1];
    const half = Number(require('node:child_process').spawnSync(process.execPath, ['-e', code, 'half']).stdout);
    process.stdin.resume();
    console.log(used() + half);
  }`;

/**
 * The counting itself: what a process of known CPU took must be found by `meter` as it is by the process's own clock. Gives what is
 * wrong; undefined where nothing is, or where the system has no /proc and nothing is counted.
 */
export async function checkMeter(meter: Meter): Promise<string | undefined> {
  if (cpuS(process.pid) === null) return undefined;
  const child = spawn(process.execPath, ['-e', burner], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const said: unknown[] = await once(child.stdout, 'data');
    const own = Number(String(said[0]));
    const counted = meter(child.pid ?? -1);
    if (own > 0 && Math.abs(counted / own - 1) <= mostOff) return undefined;
    return `The measuring is wrong: ${own.toFixed(2)} s of CPU were counted as ${counted.toFixed(2)} s.`;
  } finally {
    child.stdin.end();
    child.kill('SIGKILL');
  }
}
