// Layers of the desk: the neighbour side by side (merge), shelving, the picture in full.
import { useEffect, useState } from 'react';
import { shelveMinutesMax, type IncidentCard, type IncidentView } from '../../../contract.ts';
import { titleOf } from '../../hazard-words.ts';
import { Layer } from '../../parts/frame.tsx';
import { Picture } from '../../parts/picture.tsx';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { severityToken } from '../../style/tokens.ts';
import { pictureOf } from './desk-state.ts';

/** `KeyD`: both pictures, then `Enter` merges and `KeyD` shows the next neighbour. */
export function Compare({
  view,
  at,
  onMerge,
  onNext,
  onClose,
}: {
  view: IncidentView;
  at: number;
  onMerge: (into: IncidentCard) => void;
  onNext: () => void;
  onClose: () => void;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const near = view.neighbours[at % Math.max(1, view.neighbours.length)];
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !near) return;
      if (event.code === 'KeyD') onNext();
      else if (event.code === 'Enter' || event.code === 'NumpadEnter') onMerge(near.card);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [near, onMerge, onNext]);
  if (!near) return null;
  const side = (card: IncidentCard, sha256: string | null, title: string) => (
    <figure className="shot">
      <figcaption>
        <b>{title}</b> #{card.number} {format.pick(titleOf(card))}{' '}
        <span className="mute num">{format.age(nowMs - card.openedAtMs)}</span>
      </figcaption>
      <Picture
        sha256={sha256}
        alt={format.pick(card.place)}
        mark={card.mark}
        markColour={`var(--${severityToken[card.severity]})`}
      />
    </figure>
  );
  return (
    <Layer title={say('same.title', { distance: format.metres(near.distanceM) })} onClose={onClose} wide>
      <div className="pair">
        {side(view.card, pictureOf(view), say('same.this'))}
        {side(near.card, near.card.stillSha256, say('same.that'))}
      </div>
      <p>{say('same.consequence', { number: `#${near.card.number}` })}</p>
      <div className="layer-acts">
        <button type="button" className="act act-strong" onClick={() => onMerge(near.card)}>
          <kbd>Enter</kbd> {say('same.do')}
        </button>
        {view.neighbours.length > 1 && (
          <button type="button" className="act" onClick={onNext}>
            <kbd>D</kbd> {say('same.next')}
          </button>
        )}
      </div>
    </Layer>
  );
}

const steps = [15, 60, 240] as const;
const longSteps = [720, 1440, 4320] as const;

/** `KeyS`: how long and why; shown what will happen before `Enter` does it. */
export function Shelve({
  view,
  onShelve,
  onClose,
}: {
  view: IncidentView;
  onShelve: (minutes: number, reason: string) => void;
  onClose: () => void;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const long = useKnown((state) => state.me?.permissions.includes('shelve-long') === true);
  const [minutes, setMinutes] = useState<number>(60);
  const [reason, setReason] = useState('');
  const choices = [...steps, ...(long ? longSteps.filter((m) => m <= 1440 || view.card.hazard === 'snow') : [])].filter(
    (m) => long || m <= shelveMinutesMax,
  );
  return (
    <Layer title={say('shelve.title', { number: `#${view.card.number}` })} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') onShelve(minutes, reason.trim());
        }}
      >
        <fieldset>
          <legend>{say('shelve.howLong')}</legend>
          {choices.map((one) => (
            <label key={one} className="radio">
              <input type="radio" name="minutes" checked={one === minutes} onChange={() => setMinutes(one)} />{' '}
              {format.span(one * 60_000)}
            </label>
          ))}
        </fieldset>
        <label>
          {say('shelve.reason')}
          <input
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
            required
            autoFocus
          />
        </label>
        <p>{say('shelve.consequence', { time: format.moment(nowMs + minutes * 60_000, nowMs) })}</p>
        <button type="submit" className="act act-strong" disabled={reason.trim() === ''}>
          <kbd>Enter</kbd> {say('act.shelve')}
        </button>
      </form>
    </Layer>
  );
}

/** "Another reason": said in words, then `Enter`. */
export function WhyNot({
  view,
  onGive,
  onClose,
}: {
  view: IncidentView;
  onGive: (note: string) => void;
  onClose: () => void;
}) {
  const say = useSay();
  const [note, setNote] = useState('');
  return (
    <Layer title={`${say('reject.title')}: #${view.card.number}`} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (note.trim() !== '') onGive(note.trim());
        }}
      >
        <label>
          {say('reject.words')}
          <input
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            maxLength={500}
            required
            autoFocus
            data-testid="reject-words"
          />
        </label>
        <button type="submit" className="act act-strong" disabled={note.trim() === ''}>
          <kbd>Enter</kbd> {say('act.reject')}
        </button>
      </form>
    </Layer>
  );
}

/** `KeyF`: the picture alone, as large as the screen. */
export function Full({ view, onClose }: { view: IncidentView; onClose: () => void }) {
  const format = useFormat();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.code !== 'KeyF' || event.repeat) return;
      event.preventDefault();
      onClose();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [onClose]);
  return (
    <Layer title={`#${view.card.number} ${format.pick(view.card.place)}`} onClose={onClose} wide>
      <div className="full">
        <Picture
          sha256={pictureOf(view)}
          alt={format.pick(view.card.place)}
          mark={view.card.mark}
          markColour={`var(--${severityToken[view.card.severity]})`}
        />
      </div>
    </Layer>
  );
}
