// Notes of running processes in the data folder: who works there now, and who outlived a supervisor that was killed.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';

/** A process, told from a later one with the same number by the moment of its birth (empty where the system does not say). */
const Run = z.object({ name: z.string(), pid: z.number().int().positive(), born: z.string() });
export type Run = z.infer<typeof Run>;

function readOr(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** State and moment of birth of a process as Linux tells them. */
function statOf(pid: number): { readonly isDead: boolean; readonly born: string } | undefined {
  const stat = readOr(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields) return undefined;
  // Ticks since the start of the system: the same number after a restart of the machine is another process.
  const boot = readOr('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return { isDead: fields[0] === 'Z' || fields[0] === 'X', born: `${fields[19] ?? ''}@${boot}` };
}

/** A process that lives now. */
export const runOf = (name: string, pid: number): Run => ({ name, pid, born: statOf(pid)?.born ?? '' });

/** Does this very process still live? One that nobody has asked about after its death does not. */
export function isRunning({ pid, born }: Run): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    // EPERM: there is one, of another user.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM')) return false;
  }
  const stat = statOf(pid);
  return stat === undefined || (!stat.isDead && (born === '' || stat.born === born));
}

const fileOf = (folder: string, { name, pid }: Run): string => join(folder, `${name}-${pid}.json`);

/** Notes a process. */
export const rememberRun = (folder: string, run: Run): void => {
  writeFileSync(fileOf(folder, run), JSON.stringify(run));
};

/** Takes the note of a process away. */
export const forgetRun = (folder: string, run: Run): void => {
  rmSync(fileOf(folder, run), { force: true });
};

/** A note; undefined when it was cut off in the middle of writing. */
function read(file: string): Run | undefined {
  try {
    return Run.safeParse(JSON.parse(readOr(file) ?? '')).data;
  } catch {
    return undefined;
  }
}

/** All notes of a folder; one that cannot be read is removed. */
export function rememberedRuns(folder: string): Run[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const run = read(join(folder, name));
      if (!run) rmSync(join(folder, name), { force: true });
      return run ? [run] : [];
    });
}

/**
 * Waits until the processes that a killed supervisor left behind are gone. They end by themselves when its channel breaks; those
 * that have not after `graceMs` are ended by their numbers. `say` hears how many there were.
 */
export async function clearLeftOver(
  folder: string,
  options: { readonly clock: Clock; readonly say: (text: string) => void; readonly graceMs?: number },
): Promise<void> {
  const { clock, say, graceMs = 10_000 } = options;
  const left = rememberedRuns(folder);
  const living = (): Run[] => left.filter(isRunning);
  const atFirst = living();
  if (atFirst.length > 0) {
    say(`${atFirst.map((run) => `${run.name} (${run.pid})`).join(', ')} of an earlier start: waiting for their end`);
  }
  const startedMs = clock.monotonicMs();
  let isHard = false;
  for (let rest = living(); rest.length > 0; rest = living()) {
    const waitedMs = clock.monotonicMs() - startedMs;
    // Without a moment of birth the number may be somebody else's by now: then nobody is ended, only waited for.
    if (waitedMs > graceMs && !isHard) {
      isHard = true;
      for (const run of rest) if (run.born !== '') endHard(run);
    }
    if (waitedMs > 2 * graceMs) {
      const names = rest.map((run) => `${run.name} (${run.pid})`).join(', ');
      throw new AhualError(
        'PART_MISSING',
        `${names} of an earlier start does not end.`,
        'End it by hand and start again.',
      );
    }
    await clock.sleep(50);
  }
  for (const run of left) forgetRun(folder, run);
}

function endHard(run: Run): void {
  try {
    process.kill(run.pid, 'SIGKILL');
  } catch (thrown) {
    // It ended by itself just now.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
  }
}

/**
 * Takes a data folder for this process: one product per folder. Gives a function that lets go of it. Throws PART_MISSING while
 * another one works there; the note of one that was killed does not count, whoever has its number now.
 */
export function holdFolder(folder: string): () => void {
  const file = join(folder, 'ahual.pid');
  const me = runOf('up', process.pid);
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, JSON.stringify(me), { flag: 'wx' });
      return () => {
        if (read(file)?.pid === me.pid) rmSync(file, { force: true });
      };
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
    }
    const holder = read(file);
    if (holder && holder.pid !== me.pid && isRunning(holder)) break;
    rmSync(file, { force: true });
  }
  throw new AhualError(
    'PART_MISSING',
    `another Ahual (process ${read(file)?.pid ?? '?'}) works on ${folder}.`,
    'Stop it, or set AHUAL_SET_DATA__FOLDER to another folder.',
  );
}
