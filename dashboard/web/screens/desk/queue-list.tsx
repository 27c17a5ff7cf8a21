// The queue of the desk: fixed rows, only those in view exist, the selected one never moves by itself.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { IncidentCard, MassCard } from '../../../contract.ts';
import { shortName, shortTitle } from '../../hazard-words.ts';
import { Mark, Sign } from '../../parts/mark.tsx';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { desk, select, showNew } from './desk-state.ts';
import { FilterBar } from './filter-bar.tsx';
import { districtKey } from './district.ts';
import { massIdOf, waits } from './mass.ts';
import { holderOf, initialsOf, seatStore } from './seat.ts';
import { MassMark } from './mass-words.tsx';
import { limitShareAt } from './queue.ts';
import { worstOf } from '../../map/incidents-layer.ts';

export const rowPx = 64;

function Row({
  card,
  selected,
  gone,
  top,
  nowMs,
  mass,
  inside,
}: {
  card: IncidentCard;
  selected: boolean;
  gone: boolean;
  mass: MassCard | undefined;
  /** Stands below the row of its mass incident. */
  inside: boolean;
  top: number;
  nowMs: number;
}) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const format = useFormat();
  const share = limitShareAt(card, nowMs);
  const holder = useStore(seatStore, ({ seats }) => holderOf(seats, card.id));
  return (
    <div
      role="option"
      id={`queue-${card.id}`}
      aria-selected={selected}
      className={`row ${selected ? 'row-selected' : ''} ${gone ? 'row-gone' : ''} ${inside ? 'row-inside' : ''}`}
      style={{ top, height: rowPx }}
      data-testid="queue-item"
      data-id={card.id}
      data-hazard={card.hazard}
      data-severity={card.severity}
      data-state={card.state}
      onClick={() => select(card.id)}
    >
      {gone ? (
        <Sign of="done" size={36} />
      ) : (
        <Mark severity={card.severity} hazard={card.hazard} size={38} calling={card.severity === 'S4' && !selected} />
      )}
      <div className="row-words">
        <div className="row-line">
          <b>{shortTitle(card, language)}</b>
          <span className="num">{gone ? say(`state.${card.state}`) : format.age(nowMs - card.waitingSinceMs)}</span>
        </div>
        <div className="row-line mute">
          <span className="cut">{format.pick(card.place)}</span>
          {mass && !inside && (
            <span className="chip" title={say('mass.part', { number: `M${mass.number}` })}>
              M{mass.number}
            </span>
          )}
          {holder && (
            <span className="chip" title={say('seat.holds', { name: holder.name })} data-testid="row-holder">
              {initialsOf(holder.name)}
            </span>
          )}
          {card.state === 'escalated' && <span className="chip">{say('state.escalated')}</span>}
        </div>
        {!gone && (
          <div className="limit" role="img" aria-label={say('desk.limitUsed', { share: format.percent(share) })}>
            <i style={{ width: `${Math.min(100, share * 100)}%` }} className={share >= 1 ? 'limit-over' : ''} />
          </div>
        )}
      </div>
    </div>
  );
}

function MassRow({
  card,
  selected,
  gone,
  opened,
  top,
  nowMs,
}: {
  card: MassCard;
  selected: boolean;
  gone: boolean;
  opened: boolean;
  top: number;
  nowMs: number;
}) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const format = useFormat();
  const share = limitShareAt(card, nowMs);
  return (
    <div
      role="option"
      id={`queue-mass:${card.id}`}
      aria-selected={selected}
      className={`row row-mass ${selected ? 'row-selected' : ''} ${gone ? 'row-gone' : ''}`}
      style={{ top, height: rowPx }}
      data-testid="queue-mass"
      data-id={card.id}
      data-hazard={card.hazard}
      onClick={() => select(`mass:${card.id}`)}
    >
      {gone ? <Sign of="done" size={36} /> : <MassMark card={card} size={32} />}
      <div className="row-words">
        <div className="row-line">
          <b>
            {shortName(card.hazard, language)}: {say('mass.places', { n: card.undecided })}
          </b>
          <span className="num">{format.age(nowMs - card.waitingSinceMs)}</span>
        </div>
        <div className="row-line mute">
          <span className="cut">
            {say(`districtShort.${districtKey(card.district)}`)} · {say(`mass.short.${card.cause}`)}
          </span>
          <span>
            <span className="chip">M{card.number}</span> <span aria-hidden="true">{opened ? '▾' : '▸'}</span>
          </span>
        </div>
        {!gone && (
          <div className="limit" role="img" aria-label={say('desk.limitUsed', { share: format.percent(share) })}>
            <i style={{ width: `${Math.min(100, share * 100)}%` }} className={share >= 1 ? 'limit-over' : ''} />
          </div>
        )}
      </div>
    </div>
  );
}

export function QueueList() {
  const say = useSay();
  const queue = useStore(desk, (state) => state.queue);
  const decided = useStore(desk, (state) => state.decided);
  const incidents = useKnown((state) => state.incidents);
  const masses = useKnown((state) => state.masses);
  const opened = useStore(desk, (state) => state.opened);
  const nowMs = useNow(1000);
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ top: 0, height: 800 });

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setScroll((before) => ({ ...before, height: element.clientHeight })));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const at = queue.selected === null ? -1 : queue.rows.indexOf(queue.selected);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || at < 0) return;
    if (at * rowPx < element.scrollTop) element.scrollTop = at * rowPx;
    else if ((at + 1) * rowPx > element.scrollTop + element.clientHeight)
      element.scrollTop = (at + 1) * rowPx - element.clientHeight;
  }, [at]);

  const from = Math.max(0, Math.floor(scroll.top / rowPx) - 3);
  const to = Math.min(queue.rows.length, Math.ceil((scroll.top + scroll.height) / rowPx) + 3);
  const behind = queue.behind.flatMap((id) => incidents.get(id) ?? masses.get(massIdOf(id) ?? '') ?? []);
  const worst = worstOf(behind);
  return (
    <section className="panel queue" aria-label={say('desk.queue')}>
      <h2 className="panel-head">
        {say('desk.queue')} <span className="num mute">{queue.rows.length}</span>
        <button
          type="button"
          className="new-bar"
          onClick={showNew}
          disabled={behind.length === 0}
          data-testid="queue-new"
        >
          {worst ? (
            <>
              <Mark severity={worst.severity} size={22} /> {say('desk.new', { n: behind.length })} <kbd>R</kbd>
            </>
          ) : (
            <span className="mute">{say('desk.noNew')}</span>
          )}
        </button>
      </h2>
      <FilterBar />
      <div
        className="rows"
        ref={box}
        role="listbox"
        tabIndex={0}
        aria-label={say('desk.queue')}
        aria-activedescendant={queue.selected === null ? undefined : `queue-${queue.selected}`}
        onScroll={(event) =>
          setScroll({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })
        }
      >
        <div style={{ height: queue.rows.length * rowPx, position: 'relative' }}>
          {queue.rows.slice(from, to).map((id, i) => {
            const many = masses.get(massIdOf(id) ?? '');
            if (many) {
              return (
                <MassRow
                  key={id}
                  card={many}
                  selected={id === queue.selected}
                  gone={!many.asks || decided.has(id)}
                  opened={opened?.massId === many.id}
                  top={(from + i) * rowPx}
                  nowMs={nowMs}
                />
              );
            }
            const card = incidents.get(id);
            return card ? (
              <Row
                key={id}
                card={card}
                selected={id === queue.selected}
                gone={!waits(card) || decided.has(id)}
                mass={masses.get(card.massId ?? '')}
                inside={opened?.members.includes(id) === true}
                top={(from + i) * rowPx}
                nowMs={nowMs}
              />
            ) : null;
          })}
        </div>
      </div>
    </section>
  );
}
