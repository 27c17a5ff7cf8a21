import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Inlet } from './inlet.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Both ends of a connection, the second one read through an inlet. */
async function pair(inlet: Inlet): Promise<{ camera: Socket; socket: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  const came = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const socket = connect({ host: '127.0.0.1', port: bound.port, onread: inlet.onread });
  const camera = await came;
  open.push(() => {
    camera.destroy();
    socket.destroy();
    server.close();
  });
  return { camera, socket };
}

/** A megabyte in which no two stretches are alike. */
const film = Buffer.from(Uint32Array.from({ length: 250_000 }, (_, i) => Math.imul(i, 2654435761)).buffer);

it('gives every byte once and in order, and what it gave stays as it was', async () => {
  const inlet = new Inlet();
  const { camera, socket } = await pair(inlet);
  const parts: Buffer[] = [];
  inlet.to((bytes) => parts.push(bytes));
  const ended = once(socket, 'end');
  for (let at = 0; at < film.length; at += 7_001) {
    camera.write(film.subarray(at, at + 7_001));
    if (at % 5 === 0) await turn();
  }
  camera.end();
  await ended;
  expect(parts.length).toBeGreaterThan(16);
  expect(Buffer.concat(parts).equals(film)).toBe(true);
});

it('gives what came before anybody took it first', async () => {
  const inlet = new Inlet();
  const { camera, socket } = await pair(inlet);
  const ended = once(socket, 'end');
  camera.end('before');
  await ended;
  const parts: string[] = [];
  inlet.to((bytes) => parts.push(bytes.toString()));
  expect(parts.join('')).toBe('before');
});

it('a connection that is paused is held back, and goes on where it was', async () => {
  const inlet = new Inlet();
  const { camera, socket } = await pair(inlet);
  let got = 0;
  inlet.to((bytes) => {
    got += bytes.length;
    socket.pause();
  });
  const many = Buffer.alloc(64 * 2 ** 20);
  const written = once(camera, 'drain');
  expect(camera.write(many)).toBe(false);
  while (got === 0) await turn();
  const first = got;
  // What the two sockets hold is a few megabytes at most: the rest waits at the camera.
  for (let turns = 0; turns < 200; turns++) await turn();
  expect(got).toBe(first);
  expect(camera.writableLength).toBeGreaterThan(0);
  const ended = once(socket, 'end');
  inlet.to((bytes) => (got += bytes.length));
  socket.resume();
  await written;
  camera.end();
  await ended;
  expect(got).toBe(many.length);
});
