// A dashboard over a simulated city of test cards, and pages without a screen that look at its cameras live.
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { livePath, LiveWord, unpackFrame, type LiveAsk, type LiveFrame } from '#dashboard/contract';
import { audit, type db } from '#store';
import { startDashboard, type Dashboard } from '#dashboard';
import { cameraOf as simulated, type cardCity } from '../../simulator/testing/card-city.ts';
import { camera, openStand, type Seat, type Stand } from './dashboard-stand.ts';

export interface LiveStand extends AsyncDisposable {
  readonly stand: Stand;
  readonly dashboard: Dashboard;
  readonly database: db.Database;
}

export type SimulatedCity = Awaited<ReturnType<typeof cardCity>>;

/** A public and a restricted camera of the simulated city, as the product knows them. */
export const liveCameras = (city: SimulatedCity): Camera[] => [
  camera('live-a', { rtsp: simulated(city, 'a').rtspUrl }),
  camera('live-b', { rtsp: simulated(city, 'b').rtspUrl }),
  camera('live-closed', { rtsp: simulated(city, 'c').rtspUrl, restricted: true }),
  camera('live-still', {}),
];

/** Opens a dashboard that shows the city live. */
export async function openLiveStand(
  city: SimulatedCity,
  more: { cameras?: readonly Camera[]; webRoot?: string; ffmpeg?: string; encoders?: number; tiles?: number } = {},
): Promise<LiveStand> {
  const { cameras = liveCameras(city), ffmpeg = 'ffmpeg', encoders = 1, tiles = 4, ...rest } = more;
  const stand = await openStand({ ...rest, cameras });
  const dashboard = await startDashboard({
    ...stand.options,
    live: {
      ...{ ways: ['node-av', 'ffmpeg'], ffmpeg, allowedHosts: [], credential: () => undefined, tiles, encoders },
      // The product lingers for three seconds; nobody has to wait for that here.
      lingerMs: 300,
    },
  });
  return {
    stand,
    dashboard,
    database: stand.database,
    async [Symbol.asyncDispose]() {
      await dashboard.close();
      await stand.close();
    },
  };
}

/** A page that looks, as far as its line goes. */
export interface LivePage {
  readonly socket: WebSocket;
  readonly words: LiveWord[];
  readonly frames: LiveFrame[];
  /** The HTTP answer where the line was not opened, the code by which it was closed. */
  readonly ended: { status?: number; code?: number };
  ask(ask: LiveAsk): void;
  /** Words about a tile. */
  of(tile: number): LiveWord[];
  close(): void;
}

/** Opens a line for somebody who is signed in; it says `hello` and that it is there. */
export function openPage(
  url: string,
  seat: Pick<Seat, 'cookie' | 'csrf'>,
  more: { origin?: string; csrf?: string; silent?: boolean } = {},
): LivePage {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + livePath, {
    headers: { cookie: seat.cookie },
    origin: more.origin ?? url,
  });
  const page: LivePage = {
    socket,
    words: [],
    frames: [],
    ended: {},
    ask: (ask) => socket.send(JSON.stringify(ask)),
    of: (tile) => page.words.filter((word) => 'tile' in word && word.tile === tile),
    close: () => socket.terminate(),
  };
  const here = setInterval(() => {
    if (more.silent !== true && socket.readyState === WebSocket.OPEN) page.ask({ kind: 'here' });
  }, 1000);
  socket.on('open', () => page.ask({ kind: 'hello', csrf: more.csrf ?? seat.csrf }));
  socket.on('message', (data, isBinary) => {
    if (!isBinary) page.words.push(LiveWord.parse(JSON.parse(z.instanceof(Buffer).parse(data).toString())));
    else {
      const frame = unpackFrame(new Uint8Array(z.instanceof(Buffer).parse(data)).buffer);
      if (frame) page.frames.push(frame);
    }
  });
  socket.on('unexpected-response', (_request, response) => {
    page.ended.status = response.statusCode ?? 0;
    clearInterval(here);
  });
  socket.on('error', () => undefined);
  socket.on('close', (code) => {
    page.ended.code = code;
    clearInterval(here);
  });
  return page;
}

/** What the audit trail says of live views of a camera. */
export const viewsOf = async (database: db.Database, cameraId: string) =>
  (await audit.of(database, 'camera', cameraId)).filter(({ act }) => act.startsWith('live view'));

/** Waits until `check` gives something; the test's own limit ends it. */
export async function until<T>(check: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    await systemClock.sleep(25);
  }
}
