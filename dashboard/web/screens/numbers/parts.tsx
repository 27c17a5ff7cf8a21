// What all panels of the numbers page share: a panel that waits, fails and grows old by itself, shares, and numbers that open their list.
import { useEffect, type ReactNode } from 'react';
import type { IssueName } from '#core/hazard-name';
import { fewUnder, type NumberList, type NumbersPeriod, type Share } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { Pictogram } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import type { Loaded } from '../../parts/use-load.ts';
import { useWindow, type Windowed } from '../../parts/use-window.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { store } from '../../state.ts';
import type { TextKey } from '../../texts/index.ts';

/** A list that a number opens, and what it is narrowed to. */
export interface Wish {
  readonly list: NumberList;
  /** Of what, in words, for the head of the list. */
  readonly of?: string;
  readonly narrowed?: Readonly<Record<string, string>>;
}

export type Open = (wish: Wish) => void;

interface Dated {
  readonly nowMs: number;
  readonly period: NumbersPeriod;
}

/** While a layer is open it has the keys. */
export function useLayerKeys(isLayered: boolean): void {
  useEffect(() => {
    if (!isLayered) return undefined;
    store.setState({ mode: 'layer' });
    return () => store.setState({ mode: 'plain' });
  }, [isLayered]);
}

/** Height of a row of a long list, pixels; the style sheet says it too. */
export const rowPx = 44;
/** Shorter lists stay whole in the page, so that the browser's own search finds every row. */
const wholeUpTo = 100;

/** The rows of a long list that are to be drawn. */
export function useRows(n: number): Windowed<HTMLDivElement> {
  const windowed = useWindow(n, rowPx);
  return n <= wholeUpTo ? { ...windowed, from: 0, to: n, abovePx: 0, belowPx: 0 } : windowed;
}

/** Room for the rows of a table that are not in sight. */
export const Gap = ({ px }: { px: number }) => (px > 0 ? <tr aria-hidden="true" style={{ height: px }} /> : null);

/** The head of one column: its words, right above numbers. What is false is left out. */
export type Head = string | { readonly right: string } | false;

/** The head of a list; `counted` where the rows say their place in it. */
export function Heads({ of, counted = false }: { of: readonly Head[]; counted?: boolean }) {
  return (
    <thead>
      <tr aria-rowindex={counted ? 1 : undefined}>
        {of.map((head, i) =>
          head === false ? null : typeof head === 'string' ? (
            <th key={i} scope="col">
              {head}
            </th>
          ) : (
            <th key={i} scope="col" className="right">
              {head.right}
            </th>
          ),
        )}
      </tr>
    </thead>
  );
}

/** One panel: its own loading, failing and growing old, so that one may fail and the others stand. */
export function Panel<T extends Dated>({
  name,
  title,
  loaded,
  onAgain,
  children,
}: {
  name: string;
  title: TextKey;
  loaded: Loaded<T>;
  onAgain: () => void;
  children: (value: T) => ReactNode;
}) {
  const say = useSay();
  const format = useFormat();
  return (
    <section className={`panel numbers-panel numbers-${name}`} data-testid={`numbers-${name}`} data-state={loaded.kind}>
      <h2 className="panel-head">{say(title)}</h2>
      {loaded.kind === 'loading' && <Waiting what="numbers.waiting" />}
      {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={onAgain} />}
      {loaded.kind === 'here' && (
        <>
          {loaded.stale && (
            <p className="notice" role="status">
              {say('numbers.stale', { time: format.timeS(loaded.value.nowMs) })}
            </p>
          )}
          {children(loaded.value)}
        </>
      )}
    </section>
  );
}

/** A number that opens the list it was counted from; a plain one where there is nothing to open. */
export function Count({
  n,
  wish,
  open,
  children,
  label,
}: {
  n: number;
  wish: Wish;
  open: Open;
  children?: ReactNode;
  /** What it is, for those who do not see its place. */
  label?: string;
}) {
  const format = useFormat();
  const shown = children ?? format.number(n);
  if (n === 0) return <span className="num mute">{shown}</span>;
  return (
    <button
      type="button"
      className="numbers-count num"
      data-list={wish.list}
      aria-label={label === undefined ? undefined : `${label}: ${format.number(n)}`}
      onClick={() => open(wish)}
    >
      {shown}
    </button>
  );
}

/** Bounds of an interval as whole per cent: 88–93 %. */
export function useBounds(): (share: Share) => string {
  const format = useFormat();
  return ({ low, high }) => `${format.number(Math.round(low * 100))}–${format.percent(high)}`;
}

/** A share with its interval: under n = 30 the interval leads and the share is grey; with n = 0 there is none. */
export function ShareWords({ share }: { share: Share }) {
  const format = useFormat();
  const bounds = useBounds();
  if (share.n === 0) return <span className="mute">–</span>;
  const value = format.percent(share.k / share.n);
  return share.n < fewUnder ? (
    <span className="num numbers-few">
      <b>{bounds(share)}</b> <span className="mute">({value})</span>
    </span>
  ) : (
    <span className="num">
      <b>{value}</b> <span className="mute">({bounds(share)})</span>
    </span>
  );
}

/** A hazard with its pictogram, short. */
export function Hazard({ hazard }: { hazard: IssueName }) {
  const language = useKnown((state) => state.language);
  return (
    <span className="numbers-hazard">
      <Pictogram hazard={hazard} size={22} /> {shortName(hazard, language)}
    </span>
  );
}
