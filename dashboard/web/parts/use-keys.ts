// A screen's acts, bound to the keys as long as the screen is open.
import { useEffect, useLayoutEffect, useRef } from 'react';
import { takeKeys, type Act } from '../keyboard.ts';
import type { KeyRow, Place } from '../keys.ts';
import { store } from '../state.ts';

/** Binds acts by name; the newest functions are always the ones called. */
export function useKeys(
  place: Place,
  acts: Readonly<Record<string, Act>>,
  released: Readonly<Record<string, () => void>> = {},
): void {
  const latest = useRef({ acts, released });
  useLayoutEffect(() => {
    latest.current = { acts, released };
  });
  useEffect(() => {
    const names = Object.keys(latest.current.acts);
    const bound = Object.fromEntries(
      names.map((name): [string, Act] => [name, (row: KeyRow, event) => latest.current.acts[name]?.(row, event)]),
    );
    const letGo = Object.fromEntries(
      Object.keys(latest.current.released).map((name): [string, () => void] => [
        name,
        () => latest.current.released[name]?.(),
      ]),
    );
    const giveBack = takeKeys(place, { acts: bound, released: letGo });
    return () => {
      giveBack();
      store.setState({ mode: 'plain' });
    };
  }, [place]);
}
