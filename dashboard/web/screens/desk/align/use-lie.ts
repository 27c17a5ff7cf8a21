// How the earlier picture of a pair lies in the present one, asked of the worker once a pair and kept while it may be looked at.
import { useEffect, useState } from 'react';
import type { Registration } from './register.ts';
import type { Answer, Ask } from './worker.ts';

const keptMost = 60;
const known = new Map<string, Promise<Registration | null>>();
const waiting = new Map<string, (registration: Registration | null) => void>();
let worker: Worker | undefined;

function open(): Worker {
  const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  made.addEventListener('message', (event: MessageEvent<Answer>) => {
    waiting.get(event.data.key)?.(event.data.registration);
    waiting.delete(event.data.key);
  });
  // A worker that cannot run leaves the pictures as they lie; it is asked nothing more, because nobody would answer.
  made.addEventListener('error', () => {
    if (worker === made) worker = undefined;
    made.terminate();
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
  });
  return made;
}

/** Lays two kept pictures over one another; null where that could not be tried. The same pair is asked once. */
export function lieOf(before: string, now: string): Promise<Registration | null> {
  const key = `${before} ${now}`;
  const old = known.get(key);
  if (old) return old;
  const asked = new Promise<Registration | null>((resolve) => {
    waiting.set(key, resolve);
    worker ??= open();
    worker.postMessage({ key, before, now } satisfies Ask);
  });
  known.set(key, asked);
  for (const first of [...known.keys()].slice(0, -keptMost)) known.delete(first);
  return asked;
}

/** The registration of a pair: undefined while it is worked out, null where there is nothing to lay over. */
export function useLie(before: string | null, now: string | null): Registration | null | undefined {
  const key = before === null || now === null || before === now ? null : `${before} ${now}`;
  const [found, setFound] = useState<{ readonly key: string; readonly registration: Registration | null } | null>(null);
  useEffect(() => {
    if (before === null || now === null || key === null) return undefined;
    let isOver = false;
    void lieOf(before, now).then((registration) => {
      if (!isOver) setFound({ key, registration });
    });
    return () => {
      isOver = true;
    };
  }, [key, before, now]);
  if (key === null) return null;
  return found?.key === key ? found.registration : undefined;
}
