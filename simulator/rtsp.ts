// The RTSP/1.0 server of the city (RFC 2326): doors, connections, answers. Pictures come from cameras, bytes from rtp.ts.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { randomBytes } from 'node:crypto';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import type { Log } from '#core/log';
import type { Camera, StreamName } from './camera.ts';
import { faultAnswer } from './faults.ts';
import { Outlet } from './outlet.ts';
import { RequestReader, response, transportsOf, type Headers, type RtspRequest } from './rtsp-message.ts';
import { Gate } from './sign-in.ts';
import { UdpDoor } from './udp-door.ts';
import { Viewing } from './viewing.ts';
import type { Wheel } from './wheel.ts';

export interface RtspOptions {
  readonly cameras: ReadonlyMap<string, Camera>;
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly log: Log;
  /** 0 takes a free port. */
  readonly port: number;
  /** Also send over UDP; without it a client that asks for UDP gets 461, as behind a city's firewall. */
  readonly udp?: boolean;
  /** A session without a sign of life from the client is closed after this. */
  readonly sessionS?: number;
  /** Speaks TLS with this certificate (PEM): rtsps. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

const host = '127.0.0.1';
const realm = 'City camera';
const methods = 'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN';

interface Target {
  readonly camera: Camera;
  readonly stream: StreamName;
}

/** Serves all cameras on one port, and single cameras on a door of their own that can really be closed. */
export class RtspServer implements AsyncDisposable {
  readonly #options: RtspOptions;
  readonly #gate: Gate;
  readonly #doors = new Map<string, Server>();
  readonly #ports = new Map<string, number>();
  readonly #connections = new Set<Connection>();
  #udp: UdpDoor | undefined;
  #port = 0;

  constructor(options: RtspOptions) {
    this.#options = options;
    this.#gate = new Gate({ realm, clock: options.clock });
  }

  /** The shared port; known after `open`. */
  get port(): number {
    return this.#port;
  }
  /** How many clients are connected. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Opens the shared door. */
  async open(): Promise<void> {
    if (this.#options.udp) this.#udp = await UdpDoor.open(host);
    this.#port = await this.#listen('', this.#options.port);
  }

  /** Gives a camera a door of its own and returns its port. */
  async openDoor(cameraId: string): Promise<number> {
    const port = await this.#listen(cameraId, this.#ports.get(cameraId) ?? 0);
    this.#ports.set(cameraId, port);
    return port;
  }

  /** Port at which a camera is served. */
  portOf(cameraId: string): number {
    return this.#ports.get(cameraId) ?? this.#port;
  }

  /** Follows a camera's fault: closes or opens its own door, and cuts its viewers where the fault says so. */
  async follow(camera: Camera): Promise<void> {
    const isRefusing = camera.fault?.kind === 'refuse';
    if (isRefusing) {
      for (const connection of this.#connections) if (connection.shows(camera)) connection.reset();
    }
    if (!this.#ports.has(camera.id)) return;
    const door = this.#doors.get(camera.id);
    if (isRefusing && door) {
      this.#doors.delete(camera.id);
      await new Promise((resolve) => door.close(resolve));
    }
    if (!isRefusing && !door) await this.openDoor(camera.id);
  }

  async #listen(name: string, port: number): Promise<number> {
    const { tls } = this.#options;
    const accept = (socket: Socket): void => {
      this.#accept(socket);
    };
    const door = tls ? createTlsServer({ ...tls, noDelay: true }, accept) : createServer({ noDelay: true }, accept);
    await new Promise<void>((resolve, reject) => {
      door.once('error', (cause) => {
        reject(
          new AhualError(
            'CONFIG_INVALID',
            `The simulator cannot listen on ${host}:${port}.`,
            'Choose a free port, or 0.',
            {},
            cause,
          ),
        );
      });
      door.listen(port, host, 512, resolve);
    });
    this.#doors.set(name, door);
    return portOfServer(door);
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket, this.#options, this.#gate, this.#udp);
    this.#connections.add(connection);
    socket.once('close', () => this.#connections.delete(connection));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = [...this.#doors.values()].map((door) => new Promise((resolve) => door.close(resolve)));
    for (const connection of this.#connections) connection.reset();
    await Promise.all(closed);
    await this.#udp?.[Symbol.asyncDispose]();
  }
}

/** The port a listening server got. */
export function portOfServer(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new RangeError('the server does not listen');
  return address.port;
}

class Connection {
  readonly #socket: Socket;
  readonly #options: RtspOptions;
  readonly #gate: Gate;
  readonly #udp: UdpDoor | undefined;
  readonly #outlet: Outlet;
  readonly #reader = new RequestReader();
  readonly #viewings = new Map<string, Viewing>();
  #heardMs: number;
  #camera: Camera | undefined;

  constructor(socket: Socket, options: RtspOptions, gate: Gate, udp: UdpDoor | undefined) {
    this.#socket = socket;
    this.#options = options;
    this.#gate = gate;
    this.#udp = udp;
    this.#outlet = new Outlet(socket, options.wheel);
    this.#heardMs = options.clock.monotonicMs();
    socket.on('data', (chunk) => {
      this.#take(chunk);
    });
    socket.on('error', (error) => {
      options.log.debug({ code: 'code' in error ? error.code : undefined }, 'a client of a simulated camera went away');
    });
    socket.once('close', () => {
      this.#closeAll();
    });
    this.#watchSilence();
  }

  /** Is this camera asked for or shown on the connection? */
  shows(camera: Camera): boolean {
    return this.#camera === camera;
  }

  reset(): void {
    this.#closeAll();
    if (this.#socket.destroyed) return;
    if (this.#options.tls) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #closeAll(): void {
    for (const viewing of this.#viewings.values()) viewing.stop();
    this.#viewings.clear();
  }

  #watchSilence(): void {
    const limitMs = (this.#options.sessionS ?? 60) * 1000;
    this.#options.wheel.after(limitMs / 4, () => {
      if (this.#socket.destroyed) return;
      if (this.#options.clock.monotonicMs() - this.#heardMs > limitMs * 1.25 && this.#camera?.fault?.kind !== 'hang')
        this.reset();
      else this.#watchSilence();
    });
  }

  #take(chunk: Buffer): void {
    this.#heardMs = this.#options.clock.monotonicMs();
    for (const incoming of this.#reader.push(chunk)) {
      if (incoming.kind === 'broken') {
        this.#outlet.send(response(400, undefined));
        this.#socket.end();
        return;
      }
      if (incoming.kind === 'request') this.#answer(incoming.request);
    }
  }

  #answer(request: RtspRequest): void {
    const cseq = request.headers.get('cseq');
    const reply = (code: number, headers: Headers = {}, body = ''): void => {
      const date = new Date(this.#camera?.wallMs(this.#camera.ageMs()) ?? this.#options.clock.nowMs()).toUTCString();
      this.#outlet.send(response(code, cseq, { Date: date, ...headers }, body));
    };
    const target = this.#targetOf(request.uri);
    if (target) this.#camera = target.camera;
    const fault = (target?.camera ?? this.#camera)?.fault;
    this.#outlet.bytesPerS = fault?.kind === 'slow-drip' ? fault.bytesPerS : undefined;
    const answer = faultAnswer(fault, request.method);
    if (answer?.kind === 'silence') return;
    if (answer?.kind === 'drop') {
      this.reset();
      return;
    }
    if (request.method === 'OPTIONS') {
      reply(200, { Public: methods });
      return;
    }
    if (!target) {
      reply(404);
      return;
    }
    const { camera } = target;
    const isRefused = fault?.kind === 'wrong-sign-in';
    if (camera.signIn || isRefused) {
      const signIn = camera.signIn ?? { scheme: 'digest' as const, user: '', password: '' };
      const use = isRefused ? 'refuse' : fault?.kind === 'stale-nonce' ? 'once' : 'many';
      const { method, uri, headers } = request;
      const result = this.#gate.check(signIn, { method, uri, authorization: headers.get('authorization') }, use);
      if (result.kind === 'challenge') {
        reply(401, { 'WWW-Authenticate': result.header });
        return;
      }
    }
    if (answer?.kind === 'status') {
      reply(answer.code, answer.location === undefined ? {} : { Location: answer.location });
      return;
    }
    if (answer?.kind === 'endless-headers') {
      this.#outlet.pourHeaders(Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: ${cseq ?? '0'}\r\n`));
      return;
    }
    this.#act(request, target, reply);
  }

  #act(request: RtspRequest, target: Target, reply: (code: number, headers?: Headers, body?: string) => void): void {
    const session = /^[^;\s]*/.exec(request.headers.get('session') ?? '')?.[0] ?? '';
    const viewing = this.#viewings.get(session);
    const sessionS = this.#options.sessionS ?? 60;
    switch (request.method) {
      case 'DESCRIBE':
        reply(
          200,
          { 'Content-Base': `${addressOf(request.uri)}/`, 'Content-Type': 'application/sdp' },
          this.#describe(target),
        );
        return;
      case 'SETUP': {
        const isUdpOnly = target.camera.fault?.kind === 'odd' && target.camera.fault.what === 'udp-only';
        const chosen = this.#openWay(request.headers.get('transport') ?? '', isUdpOnly);
        if (!chosen) {
          reply(461);
          return;
        }
        viewing?.stop();
        const id = viewing ? session : randomBytes(8).toString('hex');
        const { camera, stream } = target;
        this.#viewings.set(
          id,
          new Viewing({
            camera,
            stream,
            wheel: this.#options.wheel,
            outlet: this.#outlet,
            way: chosen.way,
            reset: () => {
              this.reset();
            },
          }),
        );
        reply(200, { Transport: chosen.header, Session: `${id};timeout=${sessionS}` });
        return;
      }
      case 'PLAY':
        if (!viewing) {
          reply(454);
          return;
        }
        reply(200, {
          Session: `${session};timeout=${sessionS}`,
          Range: 'npt=now-',
          'RTP-Info': viewing.describe(`${addressOf(request.uri)}/trackID=1`),
        });
        viewing.play();
        return;
      case 'PAUSE':
        viewing?.pause();
        reply(viewing ? 200 : 454, viewing ? { Session: session } : {});
        return;
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        reply(session === '' || viewing ? 200 : 454, viewing ? { Session: session } : {});
        return;
      case 'TEARDOWN':
        viewing?.stop();
        this.#viewings.delete(session);
        reply(viewing ? 200 : 454);
        return;
      default:
        reply(501, { Public: methods });
    }
  }

  #openWay(
    transport: string,
    isUdpOnly: boolean,
  ): { way: ConstructorParameters<typeof Viewing>[0]['way']; header: string } | undefined {
    for (const offer of transportsOf(transport)) {
      if (offer.kind === 'tcp' && !isUdpOnly) {
        const { channel } = offer;
        return { way: { kind: 'tcp', channel }, header: `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}` };
      }
      if (offer.kind === 'udp' && this.#udp) {
        const { rtpPort } = this.#udp;
        const header = `RTP/AVP;unicast;client_port=${offer.port}-${offer.port + 1};server_port=${rtpPort}-${this.#udp.rtcpPort}`;
        return { way: { kind: 'udp', door: this.#udp, port: offer.port }, header };
      }
    }
    return undefined;
  }

  #describe({ camera, stream }: Target): string {
    const { media, width, height } = camera.rendition(stream);
    const { payloadType, map, parameters } = media;
    const odd = camera.fault?.kind === 'odd' ? camera.fault.what : undefined;
    const said = odd === 'no-parameter-sets' ? parameters?.replace(/;?sprop-[^;]*/g, '') : parameters;
    const sound = ['m=audio 0 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', 'a=control:trackID=0'];
    return [
      'v=0',
      `o=- ${Math.round(camera.wallMs(0))} 1 IN IP4 ${host}`,
      `s=${stream}`,
      `c=IN IP4 ${host}`,
      't=0 0',
      'a=control:*',
      'a=range:npt=now-',
      ...(odd === 'audio-first' ? sound : []),
      `m=video 0 RTP/AVP ${payloadType}`,
      `a=rtpmap:${payloadType} ${map}`,
      ...(said ? [`a=fmtp:${payloadType} ${said.replace(/^;/, '')}`] : []),
      `a=framerate:${camera.fps}`,
      `a=framesize:${payloadType} ${width}-${height}`,
      'a=control:trackID=1',
      '',
    ].join('\r\n');
  }

  #targetOf(uri: string): Target | undefined {
    const [, id, stream] = /^(?:rtsps?:\/\/[^/]*)?\/cam\/([^/?]+)\/(main|sub)(?:[/?].*)?$/i.exec(uri) ?? [];
    if (id === undefined || stream === undefined) return undefined;
    const camera = this.#options.cameras.get(decoded(id));
    return camera ? { camera, stream: stream === 'sub' ? 'sub' : 'main' } : undefined;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of the whole stream, without its track, sign-in or closing slash. */
const addressOf = (uri: string): string =>
  uri.replace(/\/(trackID=\d+)?$/i, '').replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1');
