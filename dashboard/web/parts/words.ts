// Hooks that give components their words, formats and the present moment.
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { formatOf, type Format } from '../format.ts';
import { readAll, serverNowMs, store, type ReadTopic, type State } from '../state.ts';
import { textOf, type Slots, type TextKey } from '../texts/index.ts';

export type Say = (key: TextKey, slots?: Slots) => string;

/** A slice of the state. */
export const useKnown = <T>(select: (state: State) => T): T => useStore(store, select);

/** This screen reads all tasks or all cameras: news of unknown ones is kept while it stands. */
export const useReadAll = (topic: ReadTopic): void => useEffect(() => readAll(topic), [topic]);

/** The function that gives a text of the table in the person's language. */
export function useSay(): Say {
  const language = useKnown((state) => state.language);
  return useMemo(() => (key, slots) => textOf(language, key, slots), [language]);
}

/** The formats of the person's language and the city's zone. */
export function useFormat(): Format {
  const language = useKnown((state) => state.language);
  const zone = useKnown((state) => state.me?.city.zone ?? 'UTC');
  return formatOf(language, zone);
}

interface Tick {
  readonly now: () => number;
  readonly subscribe: (listener: () => void) => () => void;
}

/** One shared timer that tells the server's present moment each `everyMs`, as long as somebody listens. */
function tickOf(everyMs: number): Tick {
  let nowMs = serverNowMs();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  const beat = (): void => {
    nowMs = serverNowMs();
    for (const listener of listeners) listener();
  };
  return {
    now: () => nowMs,
    subscribe: (listener) => {
      listeners.add(listener);
      if (timer === undefined) {
        timer = setInterval(beat, everyMs);
        queueMicrotask(beat);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

const ticks = new Map<number, Tick>();

/** The server's present moment, anew each `everyMs`; all who ask for the same step share one timer. */
export function useNow(everyMs = 1000): number {
  let tick = ticks.get(everyMs);
  if (!tick) ticks.set(everyMs, (tick = tickOf(everyMs)));
  return useSyncExternalStore(tick.subscribe, tick.now);
}

let layout: ReadonlyMap<string, string> | undefined;
const layoutListeners = new Set<() => void>();
let layoutAsked = false;

function listenLayout(listener: () => void): () => void {
  layoutListeners.add(listener);
  if (!layoutAsked) {
    layoutAsked = true;
    const asked = navigator.keyboard?.getLayoutMap?.();
    void asked?.then(
      (map) => {
        layout = map;
        for (const each of layoutListeners) each();
      },
      () => undefined,
    );
  }
  return () => layoutListeners.delete(listener);
}

/** What is printed on the keys now, where the browser tells. */
export const useLayoutMap = (): ReadonlyMap<string, string> | undefined =>
  useSyncExternalStore(listenLayout, () => layout);
