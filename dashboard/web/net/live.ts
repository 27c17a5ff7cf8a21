// The live line: one socket, the last number taken, and the question "what came after" whenever the line was broken.
import { io, type Socket } from 'socket.io-client';
import { systemClock } from '#core/clock';
import {
  asked,
  isBehind,
  lineBroke,
  onChange,
  onNews,
  type Change,
  type ClientEvents,
  type Folded,
  type News,
  type ServerEvents,
} from '../../contract.ts';
import { knownAfter, store } from '../state.ts';
import { heard } from './api.ts';

/** Without a word for so long the line counts as broken, whatever the socket believes (screens 4). */
export const silentAfterMs = 5000;

export type Hear = (changes: readonly Change[]) => void;

/** A question that was not answered for so long is put again: what comes meanwhile waits for its answer, and must not wait for ever. */
const answerWithinMs = 60_000;

/** Opens the line; closes it with the returned function. `hear` is told of every change, once and in order. */
export function openLine(csrf: string, hear: Hear, withinMs = answerWithinMs): () => void {
  const socket: Socket<ServerEvents, ClientEvents> = io({
    auth: { csrf },
    reconnectionDelay: 500,
    reconnectionDelayMax: 5000,
    transports: ['websocket', 'polling'],
  });

  const take = ({ fold, take: changes, reload }: Folded): void => {
    const state = store.getState();
    store.setState({ feed: fold, ...knownAfter(state, changes), ...(reload ? { epoch: state.epoch + 1 } : {}) });
    if (changes.length > 0) hear(changes);
  };
  const word = (nowMs?: number): void => {
    heard(nowMs);
    if (store.getState().line === 'down') store.setState({ line: 'up' });
  };
  const ask = (): void => {
    const { feed } = store.getState();
    store.setState({ feed: asked(feed) });
    socket.timeout(withinMs).emit('since', feed.last, (unanswered: Error | null, news: News) => {
      if (unanswered) {
        // What waited comes again with the next answer. Where the line is gone, the next one begins with a question of its own.
        store.setState(({ feed: held }) => ({ feed: lineBroke(held) }));
        if (socket.connected) ask();
        return;
      }
      word();
      take(onNews(store.getState().feed, news));
    });
  };

  socket.on('hello', ({ nowMs }) => {
    word(nowMs);
    ask();
  });
  socket.on('changed', (change) => {
    word();
    take(onChange(store.getState().feed, change));
  });
  socket.on('feed', ({ feed, nowMs }) => {
    word(nowMs);
    if (isBehind(store.getState().feed, feed)) ask();
  });
  socket.on('disconnect', () => store.setState(({ feed }) => ({ line: 'down', feed: lineBroke(feed) })));

  const askClock = (): void => {
    socket.timeout(withinMs).emit('clock', (unanswered: Error | null, told: { nowMs: number }) => {
      if (!unanswered) word(told.nowMs);
    });
  };

  // A sleeping laptop or a dead switch closes nothing: silence itself is the sign, and asking for the time breaks it.
  const watch = setInterval(() => {
    const silentMs = systemClock.nowMs() - store.getState().lastWordAtMs;
    if (silentMs > silentAfterMs && store.getState().line === 'up') store.setState({ line: 'down' });
    if (silentMs > silentAfterMs / 2 && socket.connected) askClock();
  }, 1000);

  return () => {
    clearInterval(watch);
    socket.disconnect();
  };
}
