// Hooks that give components their words, formats and the present moment.
import { useMemo, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { formatOf, type Format } from '../format.ts';
import { serverNowMs, store, type State } from '../state.ts';
import { textOf, type Slots, type TextKey } from '../texts/index.ts';

export type Say = (key: TextKey, slots?: Slots) => string;

/** A slice of the state. */
export const useKnown = <T>(select: (state: State) => T): T => useStore(store, select);

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

const ticks = new Map<number, { nowMs: number; readonly listeners: Set<() => void>; timer?: ReturnType<typeof setInterval> }>();

/** The server's present moment, anew each `everyMs`; all who ask for the same step share one timer. */
export function useNow(everyMs = 1000): number {
  let tick = ticks.get(everyMs);
  if (!tick) ticks.set(everyMs, (tick = { nowMs: serverNowMs(), listeners: new Set() }));
  const shared = tick;
  return useSyncExternalStore(
    (listener) => {
      shared.nowMs = serverNowMs();
      shared.listeners.add(listener);
      shared.timer ??= setInterval(() => {
        shared.nowMs = serverNowMs();
        for (const each of shared.listeners) each();
      }, everyMs);
      return () => {
        shared.listeners.delete(listener);
        if (shared.listeners.size > 0) return;
        clearInterval(shared.timer);
        delete shared.timer;
      };
    },
    () => shared.nowMs,
  );
}
