// A paused seat: nothing is asked here, others get what comes.
import { useStore } from 'zustand';
import { Sign } from '../../parts/mark.tsx';
import { useFormat, useNow, useSay } from '../../parts/words.ts';
import { pauseOrGoOn, seatStore } from './seat.ts';

export function Paused() {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const seats = useStore(seatStore, (state) => state.seats);
  const since = seats.find((seat) => seat.mine)?.pausedAtMs ?? nowMs;
  const working = seats.filter((seat) => !seat.mine && seat.pausedAtMs === null);
  return (
    <section className="life" data-testid="desk-paused">
      <Sign of="unknown" size={56} colour="neutral" />
      <h1>{say('seat.pausedSince', { time: format.time(since) })}</h1>
      <p className="num life-number">{format.age(nowMs - since)}</p>
      <p>{say('seat.others', { names: working.map((seat) => seat.name).join(', ') || '–' })}</p>
      <button type="button" className="act act-strong" onClick={() => void pauseOrGoOn()}>
        <kbd>P</kbd> {say('seat.goOn')}
      </button>
    </section>
  );
}
