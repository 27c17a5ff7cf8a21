// Loads something of the server for a screen, and again when the feed says that it changed.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { troubleOf, type Trouble } from '../trouble.ts';
import { useKnown } from './words.ts';

export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'here'; readonly value: T; readonly stale: boolean }
  | { readonly kind: 'failed'; readonly why: Trouble; readonly code: string };

/** Between two loads of the same thing: a busy feed must not make a busy server. */
const restMs = 400;

interface Runner {
  readonly ask: () => void;
  readonly stop: () => void;
}

/** Runs `work` when asked: never twice at once, and once more afterwards when it was asked meanwhile. */
function runner(work: (signal: AbortSignal) => Promise<void>): Runner {
  const stop = new AbortController();
  let running = false;
  let wanted = false;
  const ask = (): void => {
    wanted = true;
    if (running || stop.signal.aborted) return;
    running = true;
    wanted = false;
    void work(stop.signal).finally(() => {
      setTimeout(() => {
        running = false;
        if (wanted) ask();
      }, restMs);
    });
  };
  return { ask, stop: () => stop.abort() };
}

/**
 * Calls `load` now, when `stamp` grows, when everything has to be loaded anew, and each `everyMs` where given. While a newer
 * answer is on its way the older one stays; a failure after a success leaves it too, marked stale. No `key`, no load.
 */
export function useLoad<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  { stamp = 0, everyMs }: { stamp?: number; everyMs?: number } = {},
): [Loaded<T>, () => void] {
  const [state, setState] = useState<{ key: string | null; loaded: Loaded<T> }>({
    key: null,
    loaded: { kind: 'loading' },
  });
  const epoch = useKnown((known) => known.epoch);
  const line = useKnown((known) => known.line);
  const latest = useRef(load);
  const current = useRef<Runner | undefined>(undefined);
  useLayoutEffect(() => {
    latest.current = load;
  });

  useEffect(() => {
    if (key === null) return undefined;
    const made = runner(async (signal) => {
      try {
        const value = await latest.current(signal);
        if (!signal.aborted) setState({ key, loaded: { kind: 'here', value, stale: false } });
      } catch (thrown) {
        if (signal.aborted) return;
        const why = troubleOf(thrown);
        const code = why.kind === 'refused' ? why.problem.code : '';
        setState((before) =>
          before.key === key && before.loaded.kind === 'here'
            ? { key, loaded: { ...before.loaded, stale: true } }
            : { key, loaded: { kind: 'failed', why, code } },
        );
      }
    });
    current.current = made;
    const timer = everyMs === undefined ? undefined : setInterval(made.ask, everyMs);
    return () => {
      made.stop();
      clearInterval(timer);
    };
  }, [key, everyMs]);

  useEffect(() => current.current?.ask(), [key, everyMs, stamp, epoch, line]);

  const reload = useCallback(() => current.current?.ask(), []);
  return [state.key === key ? state.loaded : { kind: 'loading' }, reload];
}
