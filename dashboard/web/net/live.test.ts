// The line against a real server of sockets: a question that nobody answers is put again, and nothing waits for ever meanwhile.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, expect, test, vi } from 'vitest';
import type { Change, ClientEvents, News, ServerEvents } from '../../contract.ts';
import { feedFrom } from '../../contract.ts';
import { store } from '../state.ts';
import { openLine } from './live.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  vi.unstubAllGlobals();
});

const change = (number: number): Change => ({ number, topic: 'weather', id: `w${number}`, atMs: number });

/** A server that leaves the first `deaf` questions without an answer. */
async function openServer(
  deaf: number,
): Promise<{ questions: number[]; last: () => Socket<ClientEvents, ServerEvents> }> {
  const http = createServer();
  const io = new Server<ClientEvents, ServerEvents>(http, { serveClient: false });
  const questions: number[] = [];
  let last: Socket<ClientEvents, ServerEvents> | undefined;
  io.on('connection', (socket) => {
    last = socket;
    socket.on('since', (number, answer) => {
      questions.push(number);
      const news: News = { kind: 'news', feed: 3, changes: [1, 2, 3].filter((one) => one > number).map(change) };
      if (questions.length > deaf) answer(news);
    });
    socket.emit('hello', { feed: 3, nowMs: 0, version: 'test' });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  ends.push(() => io.close());
  const { port } = http.address() as AddressInfo;
  vi.stubGlobal('location', {
    protocol: 'http:',
    hostname: '127.0.0.1',
    host: `127.0.0.1:${port}`,
    port: String(port),
  });
  return {
    questions,
    last: () => {
      if (!last) throw new Error('nobody came');
      return last;
    },
  };
}

test('a question without an answer is put again, and what came meanwhile is taken once and in order', async () => {
  const { questions, last } = await openServer(2);
  store.setState({ feed: feedFrom(0) });
  const taken: number[] = [];
  ends.push(openLine('', (changes) => taken.push(...changes.map(({ number }) => number)), 300));
  await vi.waitUntil(() => questions.length === 1, { timeout: 20_000 });
  last().emit('changed', change(3));
  await vi.waitUntil(() => taken.length === 3, { timeout: 20_000 });
  expect(taken).toEqual([1, 2, 3]);
  expect(questions).toEqual([0, 0, 0]);
  expect(store.getState().feed).toEqual({ last: 3, asking: false, held: [] });
});
