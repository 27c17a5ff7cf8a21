// A bare RTSP client for tests: it speaks the protocol line by line and shows what came over the wire, good or bad.
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { digestParameters, type SignIn } from '../sign-in.ts';

export interface Reply {
  readonly code: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RtpPacket {
  readonly channel: number;
  readonly version: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly time: number;
  readonly source: number;
  readonly payload: Buffer;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** The `Authorization` header that answers a challenge. */
export function answerTo(challenge: string, signIn: SignIn, method: string, uri: string): string {
  if (/^basic/i.test(challenge)) return `Basic ${Buffer.from(`${signIn.user}:${signIn.password}`).toString('base64')}`;
  const p = digestParameters(challenge);
  const realm = p.get('realm') ?? '';
  const nonce = p.get('nonce') ?? '';
  const secret = md5(`${signIn.user}:${realm}:${signIn.password}`);
  const request = md5(`${method}:${uri}`);
  const qop = p.get('qop');
  const response =
    qop === undefined
      ? md5(`${secret}:${nonce}:${request}`)
      : md5(`${secret}:${nonce}:00000001:abcd:${qop}:${request}`);
  const more = qop === undefined ? '' : `, qop=${qop}, nc=00000001, cnonce="abcd"`;
  return `Digest username="${signIn.user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"${more}`;
}

export class Viewer implements Disposable {
  readonly socket: Socket;
  /** RTP packets of even channels, in order. */
  readonly packets: RtpPacket[] = [];
  /** RTCP packets of odd channels. */
  readonly reports: Buffer[] = [];
  /** Everything that was received, when it makes no sense any more. */
  receivedBytes = 0;
  /** Bytes that belong to no complete message yet. */
  rest: Buffer = Buffer.alloc(0);
  ended: 'no' | 'end' | 'reset' = 'no';
  readonly #replies: Reply[] = [];
  readonly #waiting = new Set<() => void>();
  #cseq = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.receivedBytes += chunk.length;
      this.rest = Buffer.concat([this.rest, chunk]);
      while (this.#cut());
      this.#wake();
    });
    socket.on('error', () => {
      this.ended = 'reset';
      this.#wake();
    });
    socket.on('close', () => {
      if (this.ended === 'no') this.ended = 'end';
      this.#wake();
    });
  }

  /** Connects; rejects with the system's error when nobody listens. */
  static async connect(port: number): Promise<Viewer> {
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Viewer(socket);
  }

  /** Resolves once `condition` holds; it is looked at whenever something arrives. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  send(method: string, uri: string, headers: Readonly<Record<string, string>> = {}): void {
    const lines = [
      `${method} ${uri} RTSP/1.0`,
      `CSeq: ${++this.#cseq}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  /** Sends a request and waits for its answer. Rejects when the connection ends first. */
  async ask(method: string, uri: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    this.send(method, uri, headers);
    await this.until(() => this.#replies.length > 0 || this.ended !== 'no');
    const reply = this.#replies.shift();
    if (!reply) throw new Error(`the connection ended (${this.ended}) instead of an answer to ${method}`);
    return reply;
  }

  /** DESCRIBE, SETUP, PLAY; answers a challenge when `signIn` is given. Returns the three answers. */
  async play(uri: string, signIn?: SignIn): Promise<{ describe: Reply; setup: Reply; play: Reply }> {
    const signed = async (method: string, target: string, headers: Record<string, string> = {}): Promise<Reply> => {
      const first = await this.ask(method, target, headers);
      const challenge = first.headers.get('www-authenticate');
      if (!signIn || challenge === undefined) return first;
      return this.ask(method, target, { ...headers, Authorization: answerTo(challenge, signIn, method, target) });
    };
    const describe = await signed('DESCRIBE', uri, { Accept: 'application/sdp' });
    const setup = await signed('SETUP', `${uri}/trackID=1`, { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' });
    const session = setup.headers.get('session')?.split(';')[0] ?? '';
    const play = await signed('PLAY', uri, { Session: session });
    return { describe, setup, play };
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  #cut(): boolean {
    const bytes = this.rest;
    if (bytes[0] === 0x24) {
      if (bytes.length < 4 || bytes.length < 4 + bytes.readUInt16BE(2)) return false;
      const packet = bytes.subarray(4, 4 + bytes.readUInt16BE(2));
      this.rest = bytes.subarray(4 + packet.length);
      const channel = bytes[1] ?? 0;
      if (channel % 2 === 1) this.reports.push(packet);
      else {
        this.packets.push({
          channel,
          version: (packet[0] ?? 0) >> 6,
          marker: ((packet[1] ?? 0) & 0x80) !== 0,
          sequence: packet.readUInt16BE(2),
          time: packet.readUInt32BE(4),
          source: packet.readUInt32BE(8),
          payload: packet.subarray(12),
        });
      }
      return true;
    }
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0 || !bytes.toString('latin1', 0, 4).startsWith('RTSP')) return false;
    const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const length = Number(headers.get('content-length') ?? 0);
    if (bytes.length < end + 4 + length) return false;
    this.rest = bytes.subarray(end + 4 + length);
    this.#replies.push({
      code: Number(first.split(' ')[1]),
      headers,
      body: bytes.toString('utf8', end + 4, end + 4 + length),
    });
    return true;
  }
}

/** One picture put together again from its packets. */
export interface Picture {
  readonly time: number;
  readonly nals: readonly Buffer[];
  readonly isKey: boolean;
}

/** Puts pictures together (single NAL units and FU-A of RFC 6184); the last one only when its marker has come. */
export function picturesOf(packets: readonly RtpPacket[]): Picture[] {
  const pictures: Picture[] = [];
  let nals: Buffer[] = [];
  let parts: Buffer[] = [];
  for (const { payload, marker, time } of packets) {
    const type = (payload[0] ?? 0) & 0x1f;
    if (type === 28) {
      const header = payload[1] ?? 0;
      if (header & 0x80) parts = [Buffer.from([((payload[0] ?? 0) & 0xe0) | (header & 0x1f)])];
      parts.push(payload.subarray(2));
      if (header & 0x40) nals.push(Buffer.concat(parts));
    } else {
      nals.push(payload);
    }
    if (!marker) continue;
    pictures.push({ time, nals, isKey: nals.some((nal) => ((nal[0] ?? 0) & 0x1f) === 5) });
    nals = [];
  }
  return pictures;
}
