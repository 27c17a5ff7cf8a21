// A page that does not read what it is sent: whole groups of pictures are left out, counted, told to it, and written down.
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { silentLog } from '#core/log';
import { Person } from '#core/person';
import type { LiveViewer } from '#ingest';
import { LiveWord } from '../contract.ts';
import { openLine } from './live-view-line.ts';

const camera = Camera.parse({
  id: 'cam',
  name: { kk: 'cam', ru: 'cam', en: 'cam' },
  point: { lon: 71.4, lat: 51.1 },
  district: 'esil',
  restricted: false,
  rtsp: 'rtsp://127.0.0.1/cam',
  zones: [],
});
const person = Person.parse({
  ...{ id: 'p-1', login: 'one', name: 'One', roles: ['operator'] },
  ...{ agencyId: null, language: 'kk', active: true },
});
const session = { tokenHash: 'hash', person, csrf: 'c'.repeat(32), expiresAtMs: Number.MAX_SAFE_INTEGER };

it(
  'of a live picture loses parts, is told how many, and the end of the view says so',
  { timeout: 30_000 },
  async () => {
    const heard = new EventEmitter();
    const ends: number[] = [];
    const viewers: LiveViewer[] = [];
    const view = {
      ...{ id: 'v', cameraId: 'cam', personId: 'p-1', tokenHash: 'hash', restricted: false, reason: null },
      ...{ setUp: false, fromMs: 0, row: { id: 'v', actor: 'p-1', cameraId: 'cam', facts: {} } },
    };
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sockets = new WebSocketServer({ server, perMessageDeflate: false });
    sockets.on('connection', (socket) => {
      openLine(
        {
          ...{ clock: systemClock, log: silentLog, playing: 1, camera: () => Promise.resolve(camera) },
          sees: () => true,
          trail: {
            begin: () => Promise.resolve(view),
            end: (_view, _way, _why, leftOut = 0) => ends.push(leftOut),
            grant: () => 0,
            sees: () => true,
            close: () => Promise.resolve(),
          },
          source: {
            live: {
              join: (_camera, viewer) => {
                viewers.push(viewer);
                heard.emit('viewer');
                return () => undefined;
              },
              state: () => ({ streams: 1, viewers: 1, pid: null }),
              [Symbol.asyncDispose]: () => Promise.resolve(),
            },
            mpeg1: {
              join: () => Promise.resolve({ kind: 'no-program' }),
              encoders: () => 0,
              [Symbol.dispose]: () => undefined,
            },
          },
        },
        socket,
        session,
        () => heard.emit('gone'),
      );
    });
    const address = server.address();
    const page = new WebSocket(`ws://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/`);
    const words: LiveWord[] = [];
    page.on('message', (data, isBinary) => {
      if (isBinary) heard.emit('frame');
      else words.push(LiveWord.parse(JSON.parse(z.instanceof(Buffer).parse(data).toString())));
    });
    await once(page, 'open');
    const joined = once(heard, 'viewer');
    page.send(JSON.stringify({ kind: 'hello', csrf: session.csrf }));
    page.send(JSON.stringify({ kind: 'open', tile: 1, cameraId: 'cam', ways: ['fmp4'] }));
    await joined;
    const [viewer] = viewers;
    viewer?.onHead('avc1.64001f', new Uint8Array(100));

    page.pause();
    const part = new Uint8Array(512 * 1024);
    for (let n = 0; n < 80; n++) viewer?.onPart(part, n % 10 === 0, systemClock.nowMs());
    page.resume();
    // Key frames go on coming; with the first that finds room the page is told.
    const told = async (): Promise<Extract<LiveWord, { kind: 'left-out' }>> => {
      for (;;) {
        const word = words.find((one) => one.kind === 'left-out');
        if (word) return word;
        viewer?.onPart(new Uint8Array(10), true, systemClock.nowMs());
        await systemClock.sleep(20);
      }
    };
    const { tile, parts } = await told();
    expect(tile).toBe(1);
    expect(parts).toBeGreaterThan(10);

    const gone = once(heard, 'gone');
    page.close();
    await gone;
    expect(ends).toEqual([parts]);
    sockets.close();
    server.close();
  },
);
