// After an hour of verdicts without a rest the desk offers a pause; it can be put off, and is never a duty (screens 1.9).
import { useState } from 'react';
import { useStore } from 'zustand';
import { useFormat, useNow, useSay } from '../../parts/words.ts';
import { pauseOrGoOn, seatStore } from './seat.ts';

/** About one hour was the longest spell that 204 observers of moving pictures wished for (Wallace et al., prison study). */
export const spellMs = 60 * 60_000;
const laterMs = 15 * 60_000;

export function PauseOffer() {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const sinceMs = useStore(seatStore, (state) => state.spellSinceMs);
  const [notBeforeMs, setNotBefore] = useState(0);
  if (sinceMs === null || nowMs - sinceMs < spellMs || nowMs < notBeforeMs) return null;
  return (
    <div className="desk-note" role="status" data-testid="pause-offer">
      <p>{say('pause.offer', { span: format.span(nowMs - sinceMs) })}</p>
      <div className="layer-acts">
        <button type="button" className="act" onClick={() => void pauseOrGoOn()}>
          <kbd>P</kbd> {say('pause.take')}
        </button>
        <button type="button" className="act" data-testid="pause-later" onClick={() => setNotBefore(nowMs + laterMs)}>
          {say('pause.later')}
        </button>
      </div>
    </div>
  );
}
