// What the supervisor tells the health page of its children, as a beat of its own.
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import type { Log } from '#core/log';
import { marks, type Database } from '#store';
import type { Supervised } from './supervise.ts';

const tellEveryMs = 2_000;

/** The facts of the supervisor's beat; the page shows the first few. */
export function factsOf(
  children: readonly Supervised[],
  databasePid: number | undefined,
): Record<string, string | number> {
  const restarts = children.reduce((sum, child) => sum + Math.max(0, child.starts - 1), 0);
  const resting = children.filter((child) => child.state === 'resting').map((child) => child.name);
  const ends = children.filter((child) => child.lastEnd !== '').map((child) => `${child.name}: ${child.lastEnd}`);
  return {
    pid: process.pid,
    children: children.filter((child) => child.state === 'running').length,
    restarts,
    resting: resting.length === 0 ? 'none' : resting.join(', '),
    lastEnds: ends.length === 0 ? 'none' : ends.join(', '),
    ...(databasePid === undefined ? {} : { databasePid }),
    ...Object.fromEntries(
      children.flatMap(({ name, pid }) => (pid === undefined ? [] : [[`${name}Pid`, pid] as const])),
    ),
  };
}

/** Beats as `up:<pid>` until the returned function is called. A database that is away is no error: the next beat tells. */
export function tellOfChildren(options: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly children: () => readonly Supervised[];
  readonly databasePid: () => number | undefined;
}): () => Promise<void> {
  const { database, clock, log } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const tell = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const facts = factsOf(options.children(), options.databasePid());
        await marks.beat(database, `up:${process.pid}`, clock.nowMs(), facts);
      } catch (thrown) {
        log.debug({ error: messageOf(thrown) }, 'a beat was not written');
      }
      await clock.sleep(tellEveryMs, signal).catch(() => undefined);
    }
  };
  const telling = tell();
  return async () => {
    ending.abort();
    await telling;
  };
}
