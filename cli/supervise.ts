// Child processes of `ahual up`: started, watched, started again with growing pauses, ended by their own process id.
import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { nextAttempt } from '#core/backoff';
import { entryOf } from '#core/entry';
import type { Clock } from '#core/clock';
import { epochMs } from '#core/units';
import { forgetRun, rememberRun, runOf, type Run } from './runs.ts';

export interface ChildSpec {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Supervised {
  readonly name: string;
  readonly pid: number | undefined;
  /** `resting`: it ended too often lately and is started again after a pause. */
  readonly state: 'running' | 'starting' | 'resting' | 'ended';
  readonly starts: number;
  /** How it ended last; empty while it has not. */
  readonly lastEnd: string;
}

export interface Supervisor {
  start(spec: ChildSpec): void;
  list(): readonly Supervised[];
  /** Ends all children: SIGTERM, then after `graceMs` SIGKILL. */
  stop(graceMs?: number): Promise<void>;
}

/** So many starts within a minute follow each other at once; from then on the pauses grow, and never end the trying. */
const atOnce = { starts: 5, withinMs: 60_000, pauseMs: 300 };
const rest = { firstMs: 2_000, maxMs: 30_000 };

/** How long a child that ended waits for its next start. `startsMs`: its starts of the last minute, the one that ended included. */
export function pauseOf(
  startsMs: readonly number[],
  nowMs: number,
  rests: number,
  random: number,
): { readonly ms: number; readonly isRest: boolean } {
  const lately = startsMs.filter((at) => nowMs - at < atOnce.withinMs);
  if (lately.length < atOnce.starts) return { ms: atOnce.pauseMs, isRest: false };
  return { ms: nextAttempt(epochMs(0), rests + 1, rest, random), isRest: true };
}

interface Held {
  readonly spec: ChildSpec;
  child: ChildProcess | undefined;
  startsMs: number[];
  rests: number;
  starts: number;
  state: Supervised['state'];
  lastEnd: string;
  exited: Promise<void>;
}

/**
 * Opens a supervisor. Each child logs to `<logFolder>/<name>.log` and is noted in `runFolder` while it lives, so that the next
 * start finds those that outlived a killed supervisor. `onState` hears of every death and every rest. A child that ends again
 * and again is started more and more seldom, at least twice a minute: a city must not stop looking for ever.
 */
export function openSupervisor(options: {
  readonly logFolder: string;
  readonly runFolder: string;
  readonly clock: Clock;
  readonly onState: (text: string, level: 'info' | 'warn') => void;
  /** Built file to fork; the product's own when absent. */
  readonly entry?: string;
}): Supervisor {
  const { logFolder, runFolder, clock, onState } = options;
  mkdirSync(logFolder, { recursive: true });
  mkdirSync(runFolder, { recursive: true });
  const held = new Map<string, Held>();
  const waits = new AbortController();

  const logOf = (name: string): string => join(logFolder, `${name}.log`);

  function launch(entry: Held): void {
    const { name, args, env } = entry.spec;
    const nowMs = clock.monotonicMs();
    entry.startsMs = [...entry.startsMs.filter((at) => nowMs - at < atOnce.withinMs), nowMs];
    // The file itself, not a pipe through this process: what a child says last is there even when its supervisor was killed.
    const out = openSync(logOf(name), 'a');
    const child = fork(options.entry ?? entryOf('main'), [...args], {
      execArgv: ['--enable-source-maps'],
      // A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which then ends its children in order.
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', out, out, 'ipc'],
    });
    closeSync(out);
    entry.child = child;
    entry.starts += 1;
    entry.state = 'running';
    const run: Run | undefined = child.pid === undefined ? undefined : runOf(name, child.pid);
    if (run) rememberRun(runFolder, run);
    entry.exited = new Promise((resolve) => {
      let isOver = false;
      const end = (why: string): void => {
        if (isOver) return;
        isOver = true;
        entry.child = undefined;
        entry.lastEnd = why;
        if (run) forgetRun(runFolder, run);
        resolve();
        if (waits.signal.aborted) entry.state = 'ended';
        else void again(entry);
      };
      child.once('error', (thrown) => {
        // A signal that could not be sent is no end; a program that could not be started is.
        if (child.pid === undefined) end(thrown.message);
      });
      child.once('exit', (code, killedBy) => {
        end(killedBy ?? `code ${code ?? '?'}`);
      });
    });
  }

  async function again(entry: Held): Promise<void> {
    const { name } = entry.spec;
    const pause = pauseOf(entry.startsMs, clock.monotonicMs(), entry.rests, Math.random());
    entry.rests = pause.isRest ? entry.rests + 1 : 0;
    entry.state = pause.isRest ? 'resting' : 'starting';
    const ended = `${name} ended (${entry.lastEnd})`;
    if (pause.isRest) {
      const seconds = Math.round(pause.ms / 1000);
      onState(`${ended} again and again; it is started again in ${seconds} s; see ${logOf(name)}`, 'warn');
    } else onState(`${ended}; it is started again`, 'warn');
    await clock.sleep(pause.ms, waits.signal).catch(() => undefined);
    if (waits.signal.aborted) entry.state = 'ended';
    else launch(entry);
  }

  return {
    start(spec) {
      const entry: Held = {
        spec,
        child: undefined,
        startsMs: [],
        rests: 0,
        starts: 0,
        state: 'starting',
        lastEnd: '',
        exited: Promise.resolve(),
      };
      held.set(spec.name, entry);
      launch(entry);
    },
    list: () =>
      [...held.values()].map(({ spec, child, state, starts, lastEnd }) => ({
        name: spec.name,
        pid: child?.pid,
        state,
        starts,
        lastEnd,
      })),
    async stop(graceMs = 8_000) {
      waits.abort();
      const hard = setTimeout(() => {
        for (const { child } of held.values()) child?.kill('SIGKILL');
      }, graceMs);
      for (const { child } of held.values()) child?.kill('SIGTERM');
      await Promise.all([...held.values()].map((entry) => entry.exited));
      clearTimeout(hard);
      for (const entry of held.values()) entry.state = 'ended';
    },
  };
}
