// Desks without a screen: each speaks the pages' own contract and folds the change feed by the pages' own rules.
import { systemClock } from '#core/clock';
import {
  asked,
  feedFrom,
  isBehind,
  lineBroke,
  onChange,
  onNews,
  type FeedFold,
  type Folded,
  type IncidentCard,
} from '#dashboard/contract';
import type { Seat } from '../seat.ts';

export interface Desk {
  /** Incidents as this desk knows them. */
  readonly known: ReadonlyMap<string, IncidentCard>;
  /** Changes that were taken a second time. */
  readonly doubled: () => number;
  /** All changes up to this number have been taken. */
  readonly upTo: () => number;
  readonly cut: () => void;
  readonly restore: () => void;
  readonly leave: () => void;
}

export interface DeskOptions {
  readonly seat: Seat;
  /** Told of each change when it is taken, with the moment (monotonic). */
  readonly heard: (card: IncidentCard, atMs: number) => void;
  /** What was missed while the line was broken is not asked for: breaks the desk on purpose. */
  readonly noCatchUp: boolean;
}

/** Opens a desk: the queue once, then the feed alone. */
export async function openLiveDesk({ seat, heard, noCatchUp }: DeskOptions): Promise<Desk> {
  const known = new Map<string, IncidentCard>();
  const numbers = new Set<number>();
  let doubled = 0;
  let fold: FeedFold = feedFrom(0);
  const put = (card: IncidentCard): void => {
    if ((known.get(card.id)?.version ?? 0) < card.version) known.set(card.id, card);
  };
  const load = async (): Promise<void> => {
    const { queue, feed } = await seat.ask('desk');
    for (const card of queue) put(card);
    if (feed > fold.last) fold = feedFrom(feed);
  };
  const take = ({ fold: next, take: changes, reload }: Folded): void => {
    fold = next;
    for (const { incident, number } of changes) {
      if (numbers.has(number)) doubled += 1;
      numbers.add(number);
      if (!incident) continue;
      heard(incident, systemClock.monotonicMs());
      put(incident);
    }
    if (reload) void load();
  };
  await load();
  const socket = seat.socket();
  const ask = (): void => {
    if (noCatchUp) return;
    fold = asked(fold);
    socket.emit('since', fold.last, (news) => take(onNews(fold, news)));
  };
  socket.on('hello', ask);
  socket.on('changed', (change) => take(onChange(fold, change)));
  socket.on('feed', ({ feed }) => {
    if (isBehind(fold, feed)) ask();
  });
  socket.on('disconnect', () => {
    fold = lineBroke(fold);
  });
  await new Promise<void>((resolve) => {
    if (socket.connected) resolve();
    else socket.once('connect', resolve);
  });
  return {
    known,
    doubled: () => doubled,
    upTo: () => fold.last,
    cut: () => void socket.disconnect(),
    restore: () => void socket.connect(),
    leave: () => seat.leave(),
  };
}
