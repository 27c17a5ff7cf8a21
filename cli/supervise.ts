// Child processes of `ahual up`: started, watched, started again within a budget, and ended by their own process id.
import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { entryOf } from '#core/entry';
import type { Clock } from '#core/clock';

export interface ChildSpec {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Supervised {
  readonly name: string;
  readonly pid: number | undefined;
  readonly state: 'running' | 'starting' | 'gave-up' | 'ended';
  readonly starts: number;
}

export interface Supervisor {
  start(spec: ChildSpec): void;
  list(): readonly Supervised[];
  /** Ends all children: SIGTERM, then after `graceMs` SIGKILL. */
  stop(graceMs?: number): Promise<void>;
}

const budget = { starts: 5, withinMs: 60_000, pauseMs: 300 };

interface Held {
  spec: ChildSpec;
  child: ChildProcess | undefined;
  startsAtMs: number[];
  starts: number;
  state: Supervised['state'];
  exited: Promise<void>;
}

/**
 * Opens a supervisor. Each child logs to `<logFolder>/<name>.log`; `onState` hears of every start, death and giving up.
 * More than five starts within a minute and the child is given up, which is said instead of looping for ever.
 */
export function openSupervisor(options: {
  readonly logFolder: string;
  readonly clock: Clock;
  readonly onState: (text: string, level: 'info' | 'warn') => void;
}): Supervisor {
  mkdirSync(options.logFolder, { recursive: true });
  const held = new Map<string, Held>();
  let stopping = false;

  function launch(entry: Held): void {
    const now = options.clock.monotonicMs();
    entry.startsAtMs = [...entry.startsAtMs.filter((at) => now - at < budget.withinMs), now];
    if (entry.startsAtMs.length > budget.starts) {
      entry.state = 'gave-up';
      options.onState(
        `${entry.spec.name} died ${budget.starts} times within a minute and is not started again; see ${join(options.logFolder, `${entry.spec.name}.log`)}`,
        'warn',
      );
      return;
    }
    const out = createWriteStream(join(options.logFolder, `${entry.spec.name}.log`), { flags: 'a' });
    const child = fork(entryOf('main'), [...entry.spec.args], {
      execArgv: ['--enable-source-maps'],
      // A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which then ends its children in order.
      detached: true,
      env: { ...process.env, ...entry.spec.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout?.pipe(out, { end: false });
    child.stderr?.pipe(out, { end: false });
    entry.child = child;
    entry.starts += 1;
    entry.state = 'running';
    entry.exited = new Promise((resolve) => {
      // What the child still had in its pipes comes after its exit: the log ends when they are closed.
      child.once('close', () => out.end());
      child.once('exit', (code, killedBy) => {
        entry.child = undefined;
        resolve();
        if (stopping) {
          entry.state = 'ended';
          return;
        }
        entry.state = 'starting';
        options.onState(`${entry.spec.name} ended (${killedBy ?? `code ${code}`}); it is started again`, 'warn');
        setTimeout(() => {
          if (!stopping) launch(entry);
        }, budget.pauseMs);
      });
    });
  }

  return {
    start(spec) {
      const entry: Held = {
        spec,
        child: undefined,
        startsAtMs: [],
        starts: 0,
        state: 'starting',
        exited: Promise.resolve(),
      };
      held.set(spec.name, entry);
      launch(entry);
    },
    list: () =>
      [...held.values()].map(({ spec, child, state, starts }) => ({ name: spec.name, pid: child?.pid, state, starts })),
    async stop(graceMs = 8_000) {
      stopping = true;
      const hard = setTimeout(() => {
        for (const { child } of held.values()) child?.kill('SIGKILL');
      }, graceMs);
      for (const { child } of held.values()) child?.kill('SIGTERM');
      await Promise.all([...held.values()].map((entry) => entry.exited));
      clearTimeout(hard);
    },
  };
}
