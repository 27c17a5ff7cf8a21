// The door between FFmpeg and a camera: we dial, sign in and read every answer; FFmpeg only speaks with the door. It would follow
// a redirect anywhere and sign in there, wait for ever for an answer that drips, and take any certificate.
import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { hostOf, placeOf, type Place } from './address.ts';
import { dial } from './dial.ts';
import { authorize } from './digest.ts';
import { Inlet } from './inlet.ts';
import { Cutter, fieldOf, fieldsOf, messageBytes, withField, type Piece } from './rtsp-wire.ts';
import { refusal, type Refusal, type SignIn } from './source.ts';

export interface DoorWish {
  readonly signIn: SignIn | null;
  /** A whole answer of the camera may take so long, however busily it drips. */
  readonly answerMs: number;
  readonly allowedHosts: readonly string[];
  /** Fingerprints and files of authorities for rtsps; none: only authorities that the system knows. */
  readonly certificates?: readonly string[];
}

export interface Door extends AsyncDisposable {
  readonly kind: 'door';
  /** What FFmpeg opens: an address on this machine, good for one conversation, without the sign-in. */
  readonly url: string;
  /** What the camera's answers say of it, where they say more than FFmpeg's error. */
  verdict(): Refusal | undefined;
}

const mostRedirects = 3;
const farewellMs = 1000;

/** Dials the camera and opens a door to it. A camera that cannot be reached, or must not be, is a refusal. */
export async function openDoor(address: string, wish: DoorWish, signal: AbortSignal): Promise<Door | Refusal> {
  const place = await placeOf(address, wish.allowedHosts);
  if (place.kind === 'refusal') return place;
  const inlet = new Inlet();
  const dialled = await dial(place, wish.certificates ?? [], wish.answerMs, signal, inlet);
  if (dialled.kind === 'refusal') return dialled;
  const talk = new Talk(place, { socket: dialled.socket, inlet }, wish, signal);
  await talk.open();
  return talk;
}

/** Takes what a camera sends, in this process. */
export interface Player {
  readonly destroyed: boolean;
  /** False: hold the camera back until `drain`. */
  write(bytes: Buffer): boolean;
  once(event: 'drain', then: () => void): unknown;
  /** The camera's part is over. */
  end(): unknown;
  destroy(): unknown;
}

/** A conversation with a camera that is led in this process, with the same care as at a door. */
export interface Conversation {
  readonly kind: 'conversation';
  /** The address that the camera is known by now; another than the asked one after a redirect. */
  address(): string;
  ask(method: string, uri: string, fields: readonly string[]): void;
  verdict(): Refusal | undefined;
  /** Bids farewell; nothing is written to the player any more. */
  leave(): void;
}

/** Dials the camera for a player of this process: FFmpeg, a port and a second copy of every packet are left out. */
export async function openConversation(
  address: string,
  wish: DoorWish,
  player: Player,
  signal: AbortSignal,
): Promise<Conversation | Refusal> {
  const place = await placeOf(address, wish.allowedHosts);
  if (place.kind === 'refusal') return place;
  const inlet = new Inlet();
  const dialled = await dial(place, wish.certificates ?? [], wish.answerMs, signal, inlet);
  if (dialled.kind === 'refusal') return dialled;
  return new Talk(place, { socket: dialled.socket, inlet }, wish, signal).converse(player);
}

/** The connection to the camera: what is written goes to the socket, what comes comes from the inlet. */
interface Line {
  readonly socket: Socket;
  readonly inlet: Inlet;
}

interface Asked {
  readonly method: string;
  readonly uri: string;
  readonly fields: readonly string[];
  readonly body: Buffer;
  /** The player's own number of it; undefined for what we ask ourselves. */
  readonly cseq: string | undefined;
  readonly challenges: number;
}

class Talk implements Door {
  readonly kind = 'door';
  readonly #wish: DoorWish;
  readonly #signal: AbortSignal;
  readonly #token = randomBytes(12).toString('hex');
  readonly #server: Server;
  readonly #asked = new Map<number, Asked>();
  #line: Line;
  #cutter = new Cutter();
  #player: Player | undefined;
  #url = '';
  /** What stands in for the door's own address when the camera is asked. */
  #target: string;
  #place: Place;
  #cseq = 0;
  #challenge: string | undefined;
  #session: { readonly id: string; readonly uri: string } | undefined;
  #redirects = 0;
  #isPlaying = false;
  #isOver = false;
  #verdict: Refusal | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(place: Place, line: Line, wish: DoorWish, signal: AbortSignal) {
    this.#place = place;
    this.#target = place.url.href;
    this.#line = line;
    this.#wish = wish;
    this.#signal = signal;
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#admit(socket);
    });
    this.#listenTo(line);
  }

  get #camera(): Socket {
    return this.#line.socket;
  }
  get url(): string {
    return this.#url;
  }
  verdict(): Refusal | undefined {
    return this.#verdict;
  }

  /** Listens on a free port of this machine. */
  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', 1, resolve);
    });
    const bound = this.#server.address();
    if (bound === null || typeof bound === 'string') throw new RangeError('the door to a camera does not listen');
    const { pathname, search } = this.#place.url;
    this.#url = `rtsp://127.0.0.1:${bound.port}/${this.#token}${pathname}${search}`;
  }

  /** Leads the conversation for a player of this process. */
  converse(player: Player): Conversation {
    this.#player = player;
    return {
      kind: 'conversation',
      address: () => this.#target,
      ask: (method, uri, fields) => {
        if (!this.#isOver) this.#ask({ method, uri, fields, body: Buffer.alloc(0), cseq: '1', challenges: 0 });
      },
      verdict: () => this.#verdict,
      leave: () => {
        this.#player = undefined;
        this.#leave();
      },
    };
  }

  /** Lets in whoever names the token first; others of this machine have no business with a camera. */
  #admit(socket: Socket): void {
    const cutter = new Cutter();
    let isIn = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const piece of cutter.push(chunk)) {
        if (!isIn) {
          isIn = piece.kind === 'message' && piece.line.includes(`/${this.#token}`) && this.#player === undefined;
          if (!isIn) {
            socket.destroy();
            return;
          }
          this.#player = socket;
          this.#server.close();
        }
        this.#fromPlayer(piece);
      }
    });
    socket.once('close', () => {
      if (this.#player === socket) this.#leave();
    });
  }

  #fromPlayer(piece: Piece): void {
    if (this.#isOver) return;
    if (piece.kind !== 'message') {
      if (piece.kind === 'packet') this.#camera.write(piece.bytes);
      return;
    }
    const { line, fields, body } = piece;
    if (line.startsWith('RTSP/')) {
      this.#camera.write(messageBytes(line, fields, body));
      return;
    }
    const [method = '', uri = ''] = line.split(' ');
    const real = uri.startsWith(this.#url) ? this.#target + uri.slice(this.#url.length) : uri;
    if (method === 'TEARDOWN') this.#session = undefined;
    this.#ask({ method, uri: real, fields, body, cseq: fieldOf(fields, 'cseq'), challenges: 0 });
  }

  #ask(asked: Asked): void {
    const { method, uri, body } = asked;
    const { signIn } = this.#wish;
    const number = ++this.#cseq;
    this.#asked.set(number, asked);
    const own = signIn && this.#challenge ? authorize(this.#challenge, signIn, { method, uri }) : undefined;
    const fields = withField(withField(asked.fields, 'CSeq', String(number)), 'Authorization', own);
    this.#camera.write(messageBytes(`${method} ${uri} RTSP/1.0`, fields, body));
    if (!this.#isPlaying) this.#expectAnswer();
  }

  #expectAnswer(): void {
    const { answerMs } = this.#wish;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const seconds = (answerMs / 1000).toFixed(1);
      this.#end(refusal('silent', `It took the connection but gave no whole answer within ${seconds} s.`));
    }, answerMs);
  }

  #listenTo({ socket: camera, inlet }: Line): void {
    this.#cutter = new Cutter();
    camera.setNoDelay(true);
    const isCurrent = (): boolean => this.#camera === camera;
    const over = (): void => {
      if (!isCurrent()) return;
      this.#end(
        this.#isPlaying
          ? refusal('silent', 'It broke off the connection in the middle of the stream.')
          : refusal('refused', 'It closed the connection before the stream began, or does not speak RTSP.'),
      );
    };
    camera.on('error', over);
    camera.once('end', over);
    camera.once('close', over);
    inlet.to((chunk) => {
      for (const piece of this.#cutter.push(chunk)) {
        if (!isCurrent() || this.#isOver) return;
        this.#fromCamera(piece);
      }
    });
  }

  #fromCamera(piece: Piece): void {
    switch (piece.kind) {
      case 'packet':
        this.#toPlayer(piece.bytes);
        return;
      case 'noise':
        if (this.#isPlaying) this.#toPlayer(piece.bytes);
        else this.#end(refusal('garbage', 'It answers, but not in RTSP.'));
        return;
      case 'endless':
        this.#end(refusal('garbage', 'Its answer has no end; it was broken off.'));
        return;
      case 'message': {
        if (!piece.line.startsWith('RTSP/')) {
          this.#toPlayer(messageBytes(piece.line, piece.fields, piece.body));
          return;
        }
        const number = Number(fieldOf(piece.fields, 'cseq') ?? Number.NaN);
        const known = this.#asked.has(number) ? number : this.#asked.keys().next().value;
        const asked = known === undefined ? undefined : this.#asked.get(known);
        if (known === undefined || !asked) return;
        this.#asked.delete(known);
        if (this.#asked.size === 0) clearTimeout(this.#timer);
        this.#answer(asked, Number(piece.line.split(' ')[1]), piece);
      }
    }
  }

  #answer(asked: Asked, status: number, piece: Extract<Piece, { kind: 'message' }>): void {
    if (status === 401) {
      const challenge = fieldsOf(piece.fields, 'www-authenticate');
      const isStale = /\bstale\s*=\s*"?true/i.test(challenge);
      // Once for a first challenge, once more for a number that was used up; whoever asks on asks in a circle.
      const isNew = asked.challenges === 0 || (asked.challenges === 1 && isStale);
      const { signIn } = this.#wish;
      if (signIn && isNew && authorize(challenge, signIn, asked) !== undefined) {
        this.#challenge = challenge;
        this.#ask({ ...asked, challenges: asked.challenges + 1 });
        return;
      }
    }
    if (status >= 300 && status < 400) {
      void this.#redirect(asked, fieldOf(piece.fields, 'location') ?? '');
      return;
    }
    if (!this.#isPlaying) this.#verdict ??= whyStatus(status, this.#wish.signIn !== null);
    let fields = piece.fields;
    if (status >= 200 && status < 300) {
      if (asked.method === 'SETUP') {
        const id = /^[^;\s]*/.exec(fieldOf(fields, 'session') ?? '')?.[0] ?? '';
        this.#session = { id, uri: this.#target };
        fields = this.#withOwnSource(fields);
      }
      if (asked.method === 'PLAY') {
        this.#isPlaying = true;
        clearTimeout(this.#timer);
      }
      if (asked.method === 'DESCRIBE' && this.#redirects > 0 && fieldOf(fields, 'content-base') === undefined)
        fields = withField(fields, 'Content-Base', this.#target);
    }
    if (asked.cseq !== undefined)
      this.#toPlayer(messageBytes(piece.line, withField(fields, 'CSeq', asked.cseq), piece.body));
  }

  /** Reports over UDP go to the camera that we dialled, wherever its answer would send them. */
  #withOwnSource(fields: readonly string[]): readonly string[] {
    const transport = fieldOf(fields, 'transport');
    if (transport === undefined || /\/TCP/i.test(transport)) return fields;
    const kept = transport.split(';').filter((part) => !/^\s*(source|destination)\s*=/i.test(part));
    return withField(fields, 'Transport', [...kept, `source=${this.#place.ip}`].join(';'));
  }

  /** Follows a redirect on the same host or to a host that is explicitly allowed; the sign-in goes nowhere else. */
  async #redirect(asked: Asked, location: string): Promise<void> {
    const { allowedHosts, certificates, answerMs } = this.#wish;
    const name = URL.canParse(location) ? hostOf(new URL(location)) : 'nowhere';
    if (this.#isPlaying || ++this.#redirects > mostRedirects || !/^rtsps?:/i.test(location)) {
      this.#end(refusal('refused', `It sends us on to ${name}, again and again or to what is no stream.`));
      return;
    }
    const place = await placeOf(location, allowedHosts);
    if (place.kind === 'refusal') {
      this.#end(refusal('refused', `It sends us on to ${name}, which is not opened: ${place.detail}`));
      return;
    }
    const isAllowed = place.ip === this.#place.ip || allowedHosts.length > 0;
    // What was promised over TLS is not said in the open.
    const isWeaker = this.#place.url.protocol === 'rtsps:' && place.url.protocol !== 'rtsps:';
    if (!isAllowed || isWeaker) {
      const cure = isWeaker ? 'without its encryption' : 'another host; only those of ingest.allowedHosts are followed';
      this.#end(refusal('refused', `It sends us on to ${name}, ${cure}.`));
      return;
    }
    const inlet = new Inlet();
    const dialled = await dial(place, certificates ?? [], answerMs, this.#signal, inlet);
    if (dialled.kind === 'refusal' || this.#isOver) {
      if (dialled.kind === 'dialled') dialled.socket.destroy();
      else this.#end(refusal(dialled.state, `It sends us on to ${name}. ${dialled.detail}`));
      return;
    }
    const old = this.#camera;
    this.#line = { socket: dialled.socket, inlet };
    old.destroy();
    this.#place = place;
    this.#target = place.url.href;
    this.#challenge = undefined;
    this.#listenTo(this.#line);
    this.#ask({ ...asked, uri: this.#target, challenges: 0 });
  }

  #toPlayer(bytes: Buffer): void {
    const player = this.#player;
    if (!player || player.destroyed || bytes.length === 0) return;
    if (player.write(bytes)) return;
    // A player that does not keep up holds the camera back; nothing is stored for it.
    const camera = this.#camera;
    camera.pause();
    player.once('drain', () => camera.resume());
  }

  /** The camera's part is over. */
  #end(verdict: Refusal | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#verdict ??= verdict;
    clearTimeout(this.#timer);
    this.#server.close();
    this.#camera.destroy();
    this.#player?.end();
  }

  /** The player has left: the camera is told, so that its few places for viewers are free at once. */
  #leave(): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    this.#isOver = true;
    const camera = this.#camera;
    if (this.#session && !camera.destroyed) {
      const { id, uri } = this.#session;
      this.#ask({
        method: 'TEARDOWN',
        uri,
        fields: [`Session: ${id}`],
        body: Buffer.alloc(0),
        cseq: undefined,
        challenges: 1,
      });
      clearTimeout(this.#timer);
    }
    this.#line.inlet.to(() => undefined);
    camera.resume();
    camera.end();
    setTimeout(() => camera.destroy(), farewellMs).unref();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    if (this.#player) {
      // What FFmpeg wrote last, its farewell, is still on the way through this process.
      const player = this.#player;
      if (!player.destroyed) setTimeout(() => player.destroy(), farewellMs).unref();
    } else this.#leave();
    return Promise.resolve();
  }
}

/** What a status says of a camera before its stream began; undefined where FFmpeg may go on. */
function whyStatus(status: number, hasSignIn: boolean): Refusal | undefined {
  if (status < 400 || status === 461 || Number.isNaN(status)) return undefined;
  if (status === 401)
    return refusal(
      'needs-sign-in',
      hasSignIn ? 'Our sign-in is wrong or of a kind that it does not take (401).' : 'It asks for a sign-in (401).',
    );
  if (status === 403) return refusal('refused', 'It forbids this address to us (403).');
  if (status === 404 || status === 410) return refusal('not-found', `It has no such stream (${status}).`);
  if (status === 453) return refusal('busy', 'It has no room for one more viewer (453).');
  if (status === 454) return refusal('busy', 'It forgot our session before the stream began (454).');
  if (status >= 500) return refusal('busy', `It cannot serve the stream now (${status}).`);
  return refusal('refused', `It refused to begin the stream (${status}).`);
}
