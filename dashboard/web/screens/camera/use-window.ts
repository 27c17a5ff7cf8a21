// The part of a long list that is on the screen: rows of one height, so that 12,000 of them cost no more than 40.
import { useEffect, useRef, useState, type RefObject } from 'react';

export interface Windowed {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly from: number;
  readonly to: number;
  /** Heights of what is left out above and below, pixels. */
  readonly abovePx: number;
  readonly belowPx: number;
  /** Brings a row into sight. */
  readonly show: (index: number) => void;
}

const spare = 6;

/** Which of `n` rows of `rowPx` pixels are to be drawn in the scrolled box. */
export function useWindow(n: number, rowPx: number): Windowed {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ topPx: 0, heightPx: 900 });
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = (): void => setSeen({ topPx: element.scrollTop, heightPx: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);
  const from = Math.max(0, Math.min(n, Math.floor(seen.topPx / rowPx)) - spare);
  const to = Math.min(n, Math.ceil((seen.topPx + seen.heightPx) / rowPx) + spare);
  return {
    box,
    from,
    to,
    abovePx: from * rowPx,
    belowPx: Math.max(0, n - to) * rowPx,
    show: (index) => {
      const element = box.current;
      if (!element || index < 0) return;
      const top = index * rowPx;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + rowPx > element.scrollTop + element.clientHeight)
        element.scrollTop = top + rowPx - element.clientHeight;
    },
  };
}
