// The part of a long list that is on the screen: rows of one height, so that 12,000 of them cost no more than 40.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefCallback } from 'react';
import { flushSync } from 'react-dom';

export interface Windowed<E extends HTMLElement> {
  /** Goes to the scrolled box. */
  readonly box: RefCallback<E>;
  /** Rows to be drawn: from this one up to, not with, that one. */
  readonly from: number;
  readonly to: number;
  /** Heights of what is left out above and below, pixels. */
  readonly abovePx: number;
  readonly belowPx: number;
}

const spareRows = 6;

function bringIntoSight(element: HTMLElement, top: number, rowPx: number): void {
  if (top < element.scrollTop) element.scrollTop = top;
  else if (top + rowPx > element.scrollTop + element.clientHeight)
    element.scrollTop = top + rowPx - element.clientHeight;
}

/**
 * Which of `n` rows of `rowPx` pixels are to be drawn in a scrolled box. The row `chosen.at` is brought into sight when another one is
 * chosen, not when the list moves under it; -1 where none is.
 */
export function useWindow<E extends HTMLElement = HTMLDivElement>(
  n: number,
  rowPx: number,
  chosen: { readonly id: string | null | undefined; readonly at: number } = { id: null, at: -1 },
): Windowed<E> {
  const element = useRef<E>(null);
  const [seen, setSeen] = useState({ topPx: 0, heightPx: 900 });
  // By a function, so that a box which comes later than its list is noticed too.
  const box = useCallback((made: E) => {
    const measure = (): void => setSeen({ topPx: made.scrollTop, heightPx: made.clientHeight });
    const observer = new ResizeObserver(measure);
    element.current = made;
    observer.observe(made);
    made.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      element.current = null;
      observer.disconnect();
      made.removeEventListener('scroll', measure);
    };
  }, []);
  useLayoutEffect(() => {
    if (element.current && chosen.at >= 0) bringIntoSight(element.current, chosen.at * rowPx, rowPx);
  }, [chosen.id, chosen.at >= 0, rowPx]);
  const [isPrinted, setPrinted] = useState(false);
  useEffect(() => {
    const print = (): void => flushSync(() => setPrinted(true));
    const printed = (): void => setPrinted(false);
    window.addEventListener('beforeprint', print);
    window.addEventListener('afterprint', printed);
    return () => {
      window.removeEventListener('beforeprint', print);
      window.removeEventListener('afterprint', printed);
    };
  }, []);
  // A list that grew shorter leaves the box scrolled beyond its end until the browser says so.
  useEffect(() => {
    const made = element.current;
    if (made) setSeen((before) => (before.topPx === made.scrollTop ? before : { ...before, topPx: made.scrollTop }));
  }, [n]);
  // Paper does not scroll.
  if (isPrinted) return { box, from: 0, to: n, abovePx: 0, belowPx: 0 };
  const from = Math.max(0, Math.min(n, Math.floor(seen.topPx / rowPx)) - spareRows);
  const to = Math.min(n, Math.ceil((seen.topPx + seen.heightPx) / rowPx) + spareRows);
  return { box, from, to, abovePx: from * rowPx, belowPx: Math.max(0, n - to) * rowPx };
}
