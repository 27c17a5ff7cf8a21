// HTTP snapshots: the picture that a camera shows now as JPEG, behind its sign-in and with its faults.
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '#core/clock';
import type { Camera, Still } from './camera.ts';
import type { Fault } from './faults.ts';
import { Outlet } from './outlet.ts';
import type { PictureMaker } from './picture.ts';
import { Gate } from './sign-in.ts';
import type { Wheel } from './wheel.ts';

export interface SnapshotOptions {
  readonly cameras: ReadonlyMap<string, Camera>;
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly makePicture: PictureMaker;
}

const rememberedPictures = 128;
const resetAfterMs = 50;

/** JPEGs of key pictures, made once each; the oldest leave when there are too many. */
class Album {
  readonly #make: PictureMaker;
  readonly #pictures = new Map<string, Promise<Buffer>>();

  constructor(make: PictureMaker) {
    this.#make = make;
  }

  get({ clip, index }: Still): Promise<Buffer> {
    const key = `${clip.id}/${index}`;
    const known = this.#pictures.get(key);
    const picture = known ?? this.#make(clip.main.keyPicture(index));
    this.#pictures.delete(key);
    this.#pictures.set(key, picture);
    // What failed is tried again at the next request.
    if (!known) picture.catch(() => this.#pictures.delete(key));
    for (const oldest of this.#pictures.keys()) {
      if (this.#pictures.size <= rememberedPictures) break;
      this.#pictures.delete(oldest);
    }
    return picture;
  }
}

/** Adds `GET /cam/:id/snapshot.jpg` to a server. */
export function registerSnapshots(
  server: FastifyInstance,
  { cameras, clock, wheel, makePicture }: SnapshotOptions,
): void {
  const gate = new Gate({ realm: 'City camera', clock, qop: true });
  const album = new Album(makePicture);

  server.get<{ Params: { id: string } }>('/cam/:id/snapshot.jpg', async (request, reply) => {
    const camera = cameras.get(request.params.id);
    if (!camera) return reply.code(404).type('text/plain').send('not found');
    const { fault } = camera;
    const dateOf = (atMs: number): string => new Date(atMs).toUTCString();
    reply.header('date', dateOf(camera.wallMs(camera.ageMs())));
    if (fault && answersWithFault(fault, request, reply, wheel)) return reply;
    if (!isSignedIn(camera, gate, request, reply)) return reply.type('text/plain').send('sign in');
    const still = camera.still();
    if (fault?.kind === 'bad-still' && fault.what === 'page')
      return reply.type('text/html').send('<html><body>Please sign in</body></html>');
    const jpeg = spoilt(fault, fault?.kind === 'garbage' ? randomBytes(20_000) : await album.get(still));
    reply.headers({
      'content-type': 'image/jpeg',
      'last-modified': dateOf(still.takenAtMs),
      'cache-control': 'no-store',
    });
    const isEndless = fault?.kind === 'bad-still' && fault.what === 'endless';
    if (fault?.kind !== 'reset' && fault?.kind !== 'slow-drip' && !isEndless) return reply.send(jpeg);
    reply.hijack();
    const { socket } = request.raw;
    const outlet = new Outlet(socket, wheel);
    if (isEndless) {
      outlet.pour(Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConnection: close\r\n\r\n'), jpeg);
      return reply;
    }
    const head = Buffer.from(
      `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\nConnection: close\r\n\r\n`,
    );
    if (fault.kind === 'slow-drip') outlet.bytesPerS = fault.bytesPerS;
    const isReset = fault.kind === 'reset';
    const bytes = Buffer.concat([head, isReset ? jpeg.subarray(0, Math.ceil(jpeg.length / 2)) : jpeg]);
    outlet.send(bytes);
    if (isReset) {
      wheel.after(resetAfterMs, () => {
        socket.resetAndDestroy();
      });
    }
    return reply;
  });
}

/** The bytes of a still with what the fault does to them: cut short, or with a size in its head beyond all reason. */
function spoilt(fault: Fault | undefined, jpeg: Buffer): Buffer {
  if (fault?.kind !== 'bad-still') return jpeg;
  if (fault.what === 'cut') return jpeg.subarray(0, Math.ceil(jpeg.length / 2));
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  if (fault.what !== 'huge' || frame < 0) return jpeg;
  const huge = Buffer.from(jpeg);
  huge.writeUInt16BE(65_500, frame + 5);
  huge.writeUInt16BE(65_500, frame + 7);
  return huge;
}

/** Does a fault take the place of every picture? Then it is on its way to the client. */
function answersWithFault(fault: Fault, request: FastifyRequest, reply: FastifyReply, wheel: Wheel): boolean {
  if (fault.kind === 'refuse') {
    reply.hijack();
    request.raw.socket.resetAndDestroy();
    return true;
  }
  if (fault.kind === 'hang') {
    reply.hijack();
    return true;
  }
  if (fault.kind === 'status') {
    // 453, 454 and 461 are words of RTSP alone; over HTTP such a camera is overloaded.
    const code = fault.code === 404 ? 404 : 503;
    void reply.code(code).type('text/plain').send('no picture');
    return true;
  }
  if (fault.kind === 'redirect') {
    void reply.redirect(fault.to.replace(/^rtsp/, 'http'), 302);
    return true;
  }
  if (fault.kind === 'endless-headers') {
    reply.hijack();
    new Outlet(request.raw.socket, wheel).pourHeaders(Buffer.from('HTTP/1.1 200 OK\r\n'));
    return true;
  }
  return false;
}

function isSignedIn(camera: Camera, gate: Gate, request: FastifyRequest, reply: FastifyReply): boolean {
  const isRefused = camera.fault?.kind === 'wrong-sign-in';
  if (!camera.signIn && !isRefused) return true;
  const signIn = camera.signIn ?? { scheme: 'digest' as const, user: '', password: '' };
  const use = isRefused ? 'refuse' : camera.fault?.kind === 'stale-nonce' ? 'once' : 'many';
  const { method, url: uri, headers } = request;
  const result = gate.check(signIn, { method, uri, authorization: headers.authorization }, use);
  if (result.kind === 'ok') return true;
  reply.code(401).header('www-authenticate', result.header);
  return false;
}
