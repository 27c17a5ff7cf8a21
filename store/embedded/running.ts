// Processes of a data folder: who holds it, who kept it, and who is left over after a crash.
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Does a process with this id exist? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

/** A dead process that nobody has asked about still has an id, but does nothing any more. */
function isZombie(pid: number): boolean {
  const stat = readOr(`/proc/${pid}/stat`);
  return stat !== undefined && /\) Z /.test(stat);
}

function readOr(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function folderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** The lock file of a data folder, when the process that wrote it lives; its port is missing while it is still starting. */
function holderOf(data: string): { pid: number; port: number } | undefined {
  const lines = readOr(join(data, 'postmaster.pid'))?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!(pid > 0) || !isAlive(pid)) return undefined;
  // The number may meanwhile belong to some other program; a postmaster works inside its data folder.
  const folder = folderOf(pid);
  if (folder !== undefined && folder !== realpathSync(data)) return undefined;
  return { pid, port: Number(lines[3]) };
}

/** The postmaster that holds this data folder now; none when its lock file is left over from a crash. */
export function postmasterOf(data: string): Postmaster | undefined {
  const holder = holderOf(data);
  return holder && holder.port > 0 ? holder : undefined;
}

/** Processes that a killed postmaster left behind: they work in this data folder and hold its shared memory. */
export function leftOver(data: string): number[] {
  if (!existsSync('/proc/self/cwd') || !existsSync(data)) return [];
  const folder = realpathSync(data);
  return readdirSync('/proc')
    .map(Number)
    .filter(
      (pid) =>
        pid > 1 && folderOf(pid) === folder && readOr(`/proc/${pid}/comm`)?.trim() === 'postgres' && isAlive(pid),
    );
}

/** Waits until `fact` holds; false when it does not within `withinMs`. */
export async function until(fact: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  for (const end = performance.now() + withinMs; ;) {
    if (await fact()) return true;
    if (performance.now() > end) return false;
    await wait(25);
  }
}

/**
 * Makes a data folder free after its postmaster was killed hard: the others notice its death by themselves; those that have
 * not within two seconds are ended by their ids. Only processes of this very folder are touched, and none while a postmaster
 * holds it.
 */
export async function clearLeftOver(data: string): Promise<void> {
  if (await until(() => holderOf(data) !== undefined || leftOver(data).length === 0, 2000)) return;
  for (const pid of leftOver(data)) end(pid);
  await until(() => leftOver(data).length === 0, 5000);
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    // It ended by itself just now.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
  }
}

const keeperFile = (base: string): string => join(base, 'keeper');

const startedAt = (pid: number): string => readOr(`/proc/${pid}/stat`)?.split(') ')[1]?.split(' ')[19] ?? '';

/** Notes that this process looks after the database of the folder. */
export const becomeKeeper = (base: string): void =>
  writeFileSync(keeperFile(base), `${process.pid} ${startedAt(process.pid)}`);

/** Takes the note away when it is this process's own. */
export function leaveKeeper(base: string): void {
  if (readOr(keeperFile(base))?.startsWith(`${process.pid} `) === true) rmSync(keeperFile(base), { force: true });
}

/** Is another living process looking after the database of this folder? */
export function hasKeeper(base: string): boolean {
  const [pid = '', started = ''] = readOr(keeperFile(base))?.split(' ') ?? [];
  const number = Number(pid);
  return number > 0 && number !== process.pid && isAlive(number) && startedAt(number) === started;
}
