// A box on a held picture: drawn by the pointer or moved by keys, and the keys of the forms that have one.
import { useEffect, useRef, type PointerEvent, type ReactNode } from 'react';

export type Box = readonly [number, number, number, number];

/** Where a box begins. */
export const firstBox: Box = [0.42, 0.5, 0.58, 0.66];
const stepBy = 0.02;
const least = 0.02;
const within = (n: number): number => Math.min(1, Math.max(0, n));

/** The box after one key: arrows move it, with `Shift` its lower right corner; undefined for any other key. */
export function movedBox(box: Box, code: string, shift: boolean): Box | undefined {
  const by: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-stepBy, 0],
    ArrowRight: [stepBy, 0],
    ArrowUp: [0, -stepBy],
    ArrowDown: [0, stepBy],
  };
  const move = by[code];
  if (!move) return undefined;
  const [left, top, right, bottom] = box;
  const [dx, dy] = move;
  if (shift) return [left, top, within(Math.max(left + least, right + dx)), within(Math.max(top + least, bottom + dy))];
  const x = Math.min(1 - right, Math.max(-left, dx));
  const y = Math.min(1 - bottom, Math.max(-top, dy));
  return [left + x, top + y, right + x, bottom + y];
}

const pointsOf = ([left, top, right, bottom]: Box): [number, number][] => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];

/** The box as an outline over a picture; null for none. */
export const markOf = (box: Box | null): { kind: 'box'; points: [number, number][] } | null =>
  box === null ? null : { kind: 'box', points: pointsOf(box) };

interface FormKeys {
  readonly digit: (n: number) => void;
  readonly enter: () => void;
  readonly arrow: (code: string, shift: boolean) => void;
  readonly erase: () => void;
}

/** The form's own keys; a field that is typed in keeps its keys but for `Enter`. */
export function useFormKeys(keys: FormKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      const { target, code } = event;
      const isEnter = code === 'Enter' || code === 'NumpadEnter';
      const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
      const isButton = target instanceof HTMLButtonElement && target.matches(':focus-visible');
      if (event.repeat && !code.startsWith('Arrow')) return;
      if (isEnter && !isButton) latest.current.enter();
      else if (isField) return;
      else if (/^Digit[1-9]$/.test(code)) latest.current.digit(Number(code.slice(5)));
      else if (code.startsWith('Arrow')) latest.current.arrow(code, event.shiftKey);
      else if (code === 'Delete' || code === 'Backspace') latest.current.erase();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);
}

/** A picture on which the pointer draws a box. */
export function BoxDrawing({
  label,
  onBox,
  children,
}: {
  label: string;
  onBox: (box: Box | null) => void;
  children: ReactNode;
}) {
  const from = useRef<readonly [number, number] | null>(null);
  /** Where on the picture itself, which is shown whole inside its frame. */
  const at = (event: PointerEvent<HTMLDivElement>): readonly [number, number] | undefined => {
    const image = event.currentTarget.querySelector('img');
    if (!image || image.naturalWidth === 0) return undefined;
    const frame = image.getBoundingClientRect();
    const scale = Math.min(frame.width / image.naturalWidth, frame.height / image.naturalHeight);
    const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
    const x = (event.clientX - frame.left - (frame.width - width) / 2) / width;
    const y = (event.clientY - frame.top - (frame.height - height) / 2) / height;
    return [within(x), within(y)];
  };
  return (
    <div
      className="by-hand-picture"
      tabIndex={0}
      data-focus
      role="application"
      aria-label={label}
      onPointerDown={(event) => {
        from.current = at(event) ?? null;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const to = from.current && at(event);
        if (!to || !from.current) return;
        const [[x1, y1], [x2, y2]] = [from.current, to];
        if (Math.abs(x1 - x2) < least || Math.abs(y1 - y2) < least) return;
        onBox([Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)]);
      }}
      onPointerUp={() => (from.current = null)}
    >
      {children}
    </div>
  );
}
