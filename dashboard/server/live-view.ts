// Live pictures for the screens: lets pages in over one WebSocket each, looks every two seconds whether they still may, and keeps
// the picture that a person held for an incident by hand.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type {} from '@fastify/multipart';
import { WebSocketServer, type WebSocket } from 'ws';
import { AhualError, messageOf } from '#core/errors';
import type { Person } from '#core/person';
import { openLive, openMpeg1, type LiveOptions, type LiveState } from '#ingest';
import { audit, cameraHealth, cameras } from '#store';
import { heldMaxBytes, livePath } from '../contract.ts';
import type { Session } from './door.ts';
import type { Glass } from './glass.ts';
import { withoutMetadata } from './jpeg.ts';
import { lineCodes, openLine, type Line } from './live-view-line.ts';
import { openTrail } from './live-view-trail.ts';
import { may } from './may.ts';
import { serve } from './serve.ts';
import { sightOf } from './sight.ts';

export interface LiveSettings extends Omit<LiveOptions, 'log' | 'clock'> {
  /** Tiles of a page that may play at once. */
  readonly tiles: number;
  /** Encoders that may run at once for cameras and browsers that need one. */
  readonly encoders: number;
}

export interface LiveDesk {
  /** Ends the lines of one session, at once after it signed out. */
  endSession(tokenHash: string): void;
  state(): LiveState;
  close(): Promise<void>;
}

/** So often it is looked whether the pages are still there, and each so many rounds whether they still may. */
const roundMs = 500;
const roundsToRecheck = 4;
/** A database that cannot say whether a session still holds is believed so many times; then nobody looks any more. */
const mostUnknown = 3;
/** Pages of one session that may have a line. */
const linesMost = 6;
/** The longest question: a reason of 300 letters with its frame. */
const askMaxBytes = 4096;

/** Opens the line of live pictures on the server of `glass.app`. Call it after every route is known and before the port opens. */
export function openLiveView(
  glass: Glass,
  given: { readonly live: LiveSettings | undefined; readonly publicUrl: string | null },
): LiveDesk {
  const { app, door, database, clock, log, register, files } = glass;
  const trail = openTrail({ database, clock, log });
  const onRate = (cameraId: string, bitsPerS: number): void => {
    database
      .transaction((tx) => cameraHealth.learnSigns(tx, cameraId, clock.nowMs(), { bitsPerS }))
      .catch((thrown: unknown) => log.debug({ cameraId, error: messageOf(thrown) }, 'a bit rate was not kept'));
  };
  const live = given.live && openLive({ ...given.live, log, clock, onRate });
  const mpeg1 = given.live && live && openMpeg1({ live, ffmpeg: given.live.ffmpeg, log, most: given.live.encoders });
  const needs = {
    ...{ clock, log, trail },
    source: live && mpeg1 ? { live, mpeg1 } : undefined,
    camera: (id: string) => cameras.byId(database, id),
    sees: (person: Person, id: string) => sightOf(register, person).camera(id),
    playing: given.live?.tiles ?? 0,
  };
  const sockets = new WebSocketServer({ noServer: true, maxPayload: askMaxBytes, perMessageDeflate: false });
  const lines = new Set<Line>();
  const stop = new AbortController();

  /** Only a page of ours may open a line: browsers say where a page is from, and a page cannot say otherwise. */
  function isOwnPage({ headers }: IncomingMessage): boolean {
    if (headers.origin === undefined || !URL.canParse(headers.origin)) return false;
    const origin = new URL(headers.origin);
    if (given.publicUrl !== null && origin.origin === new URL(given.publicUrl).origin) return true;
    return origin.host === headers.host;
  }

  function refuse(socket: Duplex, status: string): void {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  async function admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (stop.signal.aborted) {
      refuse(socket, '503 Service Unavailable');
      return;
    }
    if (!isOwnPage(request)) {
      refuse(socket, '403 Forbidden');
      return;
    }
    const session = await door.sessionByToken(app.parseCookie(request.headers.cookie ?? '')[door.cookieName]);
    if (!session) {
      refuse(socket, '401 Unauthorized');
      return;
    }
    if (!may(session.person, 'look-at-camera')) {
      refuse(socket, '403 Forbidden');
      return;
    }
    const own = [...lines].filter(({ tokenHash }) => tokenHash === session.tokenHash);
    if (own.length >= linesMost) {
      refuse(socket, '429 Too Many Requests');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => take(opened, session));
  }

  function take(socket: WebSocket, session: Session): void {
    const line = openLine(needs, socket, session, () => lines.delete(line));
    lines.add(line);
  }

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if ((request.url ?? '').split('?')[0] !== livePath) return;
    // A socket that breaks before it is a line is nobody's; without this its error would end the process.
    socket.on('error', () => undefined);
    admit(request, socket, head).catch((thrown: unknown) => {
      log.warn({ error: messageOf(thrown) }, 'a line of live pictures could not be opened');
      refuse(socket, '503 Service Unavailable');
    });
  }
  app.server.on('upgrade', onUpgrade);

  let unknown = 0;
  async function recheck(): Promise<void> {
    const hashes = new Set([...lines].map(({ tokenHash }) => tokenHash));
    for (const tokenHash of hashes) {
      const session = await door.sessionByHash(tokenHash);
      for (const line of [...lines].filter((one) => one.tokenHash === tokenHash)) {
        if (!session || !may(session.person, 'look-at-camera')) line.end('not-allowed', lineCodes.signedOut);
        else {
          line.session = session;
          await line.recheck();
        }
      }
    }
  }
  const checking = (async () => {
    for (let n = 1; !stop.signal.aborted; n++) {
      await clock.sleep(roundMs, stop.signal).catch(() => undefined);
      for (const line of [...lines]) if (!line.isThere()) line.end('server-stops', lineCodes.silent);
      if (n % roundsToRecheck !== 0) continue;
      try {
        await recheck();
        unknown = 0;
      } catch (thrown) {
        unknown += 1;
        log.warn({ error: messageOf(thrown) }, 'it cannot be asked whether live pictures may go on');
        if (unknown >= mostUnknown) for (const line of [...lines]) line.end('server-stops', lineCodes.stops);
      }
    }
  })();

  serve(app, door, 'holdPicture', async ({ params, session, request }) => {
    const camera = register.camera(params.id);
    if (!camera) {
      const message = `There is no camera ${params.id}.`;
      throw new AhualError('CAMERA_UNKNOWN', message, 'Look for it in the list of cameras.');
    }
    if (!trail.sees(session.tokenHash, camera.id)) {
      throw new AhualError(
        'AUTH_DENIED',
        'You do not look at this camera live.',
        'Open its live picture and try again.',
      );
    }
    const wanted = (): AhualError =>
      new AhualError('PICTURE_REFUSED', 'This is no picture that can be held.', 'Raise it without the picture.');
    if (!request.isMultipart()) throw wanted();
    const part = await request.file({ limits: { fileSize: heldMaxBytes, files: 1, fields: 0, parts: 1 } });
    if (!part) throw wanted();
    const bytes = await part.toBuffer().catch((cause: unknown) => {
      if (part.file.truncated) throw wanted();
      throw cause;
    });
    const sha256 = await files.put(withoutMetadata(bytes).bytes, 'still', 'jpg');
    await database.transaction((tx) =>
      audit.write(tx, {
        atMs: clock.nowMs(),
        actor: session.person.id,
        act: 'held a live picture',
        objectKind: 'camera',
        objectId: camera.id,
        facts: { picture: sha256 },
      }),
    );
    return { sha256 };
  });

  return {
    endSession: (tokenHash) => {
      for (const line of [...lines]) if (line.tokenHash === tokenHash) line.end('not-allowed', lineCodes.signedOut);
    },
    state: () => live?.state() ?? { streams: 0, viewers: 0, pid: null },
    close: async () => {
      stop.abort();
      app.server.off('upgrade', onUpgrade);
      for (const line of [...lines]) line.end('server-stops', lineCodes.stops);
      await checking;
      await trail.close();
      mpeg1?.[Symbol.dispose]();
      await live?.[Symbol.asyncDispose]();
      sockets.close();
    },
  };
}
