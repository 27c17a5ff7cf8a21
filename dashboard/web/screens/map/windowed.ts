// Long lists of rows of one height: only those in view are in the page.
import { useEffect, useLayoutEffect, useRef, useState, type RefObject, type UIEvent } from 'react';

export interface Windowed<E extends HTMLElement> {
  readonly box: RefObject<E | null>;
  readonly from: number;
  readonly to: number;
  readonly onScroll: (event: UIEvent<E>) => void;
}

const spareRows = 4;

/** The rows of `n` that are in view of a scrolling box; the row `at` is brought into view when it changes. */
export function useWindowed<E extends HTMLElement>(n: number, rowPx: number, at = -1): Windowed<E> {
  const box = useRef<E>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setView((before) => ({ ...before, height: element.clientHeight })));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || at < 0) return;
    if (at * rowPx < element.scrollTop) element.scrollTop = at * rowPx;
    else if ((at + 1) * rowPx > element.scrollTop + element.clientHeight)
      element.scrollTop = (at + 1) * rowPx - element.clientHeight;
  }, [at, rowPx]);
  const from = Math.max(0, Math.min(n, Math.floor(view.top / rowPx)) - spareRows);
  return {
    box,
    from,
    to: Math.min(n, Math.ceil((view.top + view.height) / rowPx) + spareRows),
    onScroll: ({ currentTarget }) => setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight }),
  };
}
