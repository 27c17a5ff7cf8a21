// This person's seat among the others: it says every few seconds that it is there and what is on its screen, and it can pause.
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { routes, type SeatCard } from '../../../contract.ts';
import { call, Refused } from '../../net/api.ts';
import { useKnown } from '../../parts/words.ts';
import { say, store } from '../../state.ts';
import { desk } from './desk-state.ts';
import { massIdOf } from './mass.ts';

const beatMs = 10_000;
/** Walking down the list is not looking. */
const settleMs = 1_200;

export const seatStore = createStore<{
  readonly seats: readonly SeatCard[];
  /** Since when this person has given verdicts without a rest; null after one. */
  readonly spellSinceMs: number | null;
}>()(() => ({ seats: [], spellSinceMs: null }));

const mine = (seats: readonly SeatCard[]): SeatCard | undefined => seats.find((seat) => seat.mine);

/** Is this seat paused? */
export const usePaused = (): boolean => useStore(seatStore, ({ seats }) => (mine(seats)?.pausedAtMs ?? null) !== null);

/** Who else has this item on the screen, with the first letters of the name; undefined when nobody has. */
export const holderOf = (seats: readonly SeatCard[], itemId: string): SeatCard | undefined =>
  seats.find((seat) => !seat.mine && seat.pausedAtMs === null && seat.itemId === itemId);

/** `Серік Ахметов` as `С. А.` */
export const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .flatMap((word) => (word === '' ? [] : [`${word.slice(0, 1).toUpperCase()}.`]))
    .join(' ');

async function beat(itemId: string | null): Promise<void> {
  try {
    const { seats, spellSinceMs } = await call(routes.beatSeat, { body: { itemId } });
    seatStore.setState({ seats, spellSinceMs });
  } catch {
    // No line: the seat is empty for the others, and comes back with the next beat.
  }
}

/** Keeps the seat as long as the desk is open. */
export function useSeat(): void {
  const mayDecide = useKnown((state) => state.me?.permissions.includes('decide') === true);
  const selected = useStore(desk, (state) => state.queue.selected);
  const paused = usePaused();
  const itemId = paused || selected === null || massIdOf(selected) !== undefined ? null : selected;
  useEffect(() => {
    if (!mayDecide) return undefined;
    const soon = setTimeout(() => void beat(itemId), settleMs);
    const timer = setInterval(() => void beat(itemId), beatMs);
    return () => {
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, [itemId, mayDecide]);
  useEffect(() => () => seatStore.setState({ seats: [], spellSinceMs: null }), []);
}

/** `KeyP`: pauses the seat or takes it up again; the last one that works is refused. */
export async function pauseOrGoOn(): Promise<void> {
  const paused = (mine(seatStore.getState().seats)?.pausedAtMs ?? null) === null;
  if (store.getState().me?.permissions.includes('decide') !== true) return;
  try {
    const { seats, spellSinceMs } = await call(routes.pauseSeat, { body: { paused } });
    seatStore.setState({ seats, spellSinceMs });
    say(paused ? 'seat.paused' : 'seat.onAgain');
  } catch (thrown) {
    const isLast = thrown instanceof Refused && thrown.status === 409;
    say(isLast ? 'seat.last' : 'seat.failed', {}, 'bad');
  }
}
