// What was decided at this seat lately, with the shrinking bar of what can still be taken back (guard G3).
import { useStore } from 'zustand';
import type { Desk } from '../../../contract.ts';
import type { z } from 'zod';
import { shortTitle } from '../../hazard-words.ts';
import { heldShare, lastHeld } from '../../guards.ts';
import { Sign } from '../../parts/mark.tsx';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { desk, takeBack } from './desk-state.ts';
import { massIdOf } from './mass.ts';

export function UndoToast({ personId }: { personId: string }) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const held = useStore(desk, (state) => state.held);
  const unsent = useStore(desk, (state) => state.unsent);
  const unsentKept = useStore(desk, (state) => state.unsentKept);
  const nowMs = useNow(200);
  const last = lastHeld(held, nowMs);
  const card = held.find((one) => one.verdictId === last?.verdictId)?.card;
  const kind = held.find((one) => one.verdictId === last?.verdictId)?.kind;
  const letter = last && massIdOf(last.incidentId) !== undefined ? 'M' : '#';
  return (
    <div className="undo-place" aria-live="polite">
      {unsent > 0 && (
        <p className="unsent" data-testid="unsent">
          {say(unsentKept ? 'save.kept' : 'save.full', { n: unsent })}
        </p>
      )}
      {last && card && kind && (
        <button type="button" className="undo" data-testid="toast-undo" onClick={() => void takeBack(personId)}>
          <span className="undo-words">
            <Sign of="done" size={22} />
            <span>
              <b>{say(`decided.${kind}`)}</b> {letter}
              {card.number} · {shortTitle(card, language)}
            </span>
            <kbd>Z</kbd>
            <span className="num">{say('act.undo', { s: Math.ceil((last.untilMs - nowMs) / 1000) })}</span>
          </span>
          <i className="undo-bar" style={{ transform: `scaleX(${heldShare(last, nowMs)})` }} />
        </button>
      )}
    </div>
  );
}

export function DecidedList({ rows }: { rows: z.infer<typeof Desk>['decidedLately'] }) {
  const say = useSay();
  const format = useFormat();
  const incidents = useKnown((state) => state.incidents);
  if (rows.length === 0) return null;
  return (
    <ul className="decided" aria-label={say('desk.decidedLately')}>
      {rows.slice(0, 4).map((row) => {
        const card = incidents.get(row.incident.id) ?? row.incident;
        return (
          <li key={row.verdictId} className={row.undone ? 'mute struck' : 'mute'}>
            <Sign of="done" size={18} />
            <span className="num">{format.time(row.atMs)}</span>
            <span className="cut">
              {say(`decided.${row.kind}`)}
              {row.kind === 'reject' && card.rejectReason ? `: ${say(`reject.${card.rejectReason}`)}` : ''} ·{' '}
              {format.pick(card.place)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
