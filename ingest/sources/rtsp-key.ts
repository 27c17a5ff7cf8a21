// One key picture over RTSP by a conversation of our own: no thread waits for it, and what precedes it is let go unread.
import type { Clock } from '#core/clock';
import { whyNoPicture } from './av.ts';
import { openConversation, type Conversation } from './door.ts';
import { KeyCollector, type KeyCodec } from './rtp.ts';
import { Cutter, fieldOf } from './rtsp-wire.ts';
import { videoOf, type VideoOffer } from './sdp.ts';
import { refusal, type GrabRequest, type Refusal } from './source.ts';

/** A whole key picture as a decoder takes it. */
export interface KeyPicture {
  readonly kind: 'key';
  readonly codec: KeyCodec;
  readonly bytes: Buffer;
  readonly takenAtMs: number;
  /** From the beginning of the stream until the picture was whole. */
  readonly waitedMs: number;
}

/** What this way does not know; FFmpeg may. */
export interface OddStream {
  readonly kind: 'odd';
  readonly why: string;
}

/** Ends a try that brought a picture: `again` when it could not be decoded, and the next key picture is wanted. */
export type Verdict = 'again' | 'done';

/**
 * Leads the conversation and offers each whole key picture to `judge`, until it is satisfied or the stream or the signal ends it.
 * Never throws for a camera's fault.
 */
export async function keyPictures(
  clock: Clock,
  request: GrabRequest,
  signal: AbortSignal,
  judge: (picture: KeyPicture) => Promise<Verdict>,
): Promise<Refusal | OddStream | undefined> {
  if (signal.aborted) return refusal('silent', 'The look was ended before it began.');
  const player = new KeyPlayer(clock, signal, judge);
  const talk = await openConversation(request.address, request, player, signal);
  if (talk.kind === 'refusal') return talk;
  try {
    return await player.play(talk);
  } finally {
    talk.leave();
  }
}

type Answer = { readonly status: number; readonly fields: readonly string[]; readonly body: Buffer };
type End = Refusal | OddStream | undefined;

class KeyPlayer {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #judge: (picture: KeyPicture) => Promise<Verdict>;
  readonly #cutter = new Cutter();
  #answered: ((answer: Answer | undefined) => void) | undefined;
  #settle: ((end: End) => void) | undefined;
  #collector: KeyCollector | undefined;
  #codec: KeyCodec = 'h264';
  #rest: Buffer[] = [];
  #restBytes = 0;
  #isOver = false;
  #isJudging = false;
  #startedMs = 0;
  destroyed = false;

  constructor(clock: Clock, signal: AbortSignal, judge: (picture: KeyPicture) => Promise<Verdict>) {
    this.#clock = clock;
    this.#signal = signal;
    this.#judge = judge;
  }

  once(): void {
    // It never holds the camera back.
  }

  write(bytes: Buffer): boolean {
    for (const piece of this.#cutter.push(bytes)) {
      if (piece.kind === 'message') {
        const status = Number(piece.line.split(' ')[1]);
        if (piece.line.startsWith('RTSP/')) this.#answered?.({ status, fields: piece.fields, body: piece.body });
      } else if (piece.kind === 'packet') this.#packets(piece.bytes);
      else if (this.#collector) this.#collector.take(Buffer.alloc(0));
    }
    return true;
  }

  end(): void {
    this.#isOver = true;
    this.#answered?.(undefined);
    if (!this.#isJudging) this.#settle?.(this.#whyNot());
  }

  destroy(): void {
    this.end();
  }

  async play(talk: Conversation): Promise<End> {
    const base = talk.address();
    const described = await this.#asked(talk, 'DESCRIBE', base, ['Accept: application/sdp']);
    if (described?.status !== 200) return this.#unanswered(talk, described);
    const named = fieldOf(described.fields, 'content-base') ?? fieldOf(described.fields, 'content-location');
    const home = named !== undefined && /^rtsps?:\/\//i.test(named) ? named : talk.address();
    const offer = videoOf(described.body.toString('utf8'), home);
    if (!offer) return refusal('garbage', 'Its session description names no video stream.');
    if (offer.codec === 'other') return { kind: 'odd', why: 'its video is of another kind than H.264 and H.265' };
    return await this.#stream(talk, offer, offer.codec);
  }

  async #stream(talk: Conversation, offer: VideoOffer, codec: KeyCodec): Promise<End> {
    const transport = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1';
    const setUp = await this.#asked(talk, 'SETUP', offer.streamUrl, [transport]);
    if (setUp?.status !== 200) return this.#unanswered(talk, setUp);
    const given = fieldOf(setUp.fields, 'transport') ?? '';
    if (!/TCP/i.test(given)) return { kind: 'odd', why: 'it does not send its stream over TCP' };
    const session = /^[^;\s]*/.exec(fieldOf(setUp.fields, 'session') ?? '')?.[0] ?? '';
    this.#codec = codec;
    this.#collector = new KeyCollector(codec, offer.kind, offer.sets);
    this.#startedMs = this.#clock.monotonicMs();
    const ended = new Promise<End>((resolve) => (this.#settle = resolve));
    const onAbort = (): void => {
      this.#isOver = true;
      if (!this.#isJudging) this.#settle?.(this.#whyNot());
    };
    this.#signal.addEventListener('abort', onAbort, { once: true });
    try {
      const playing = await this.#asked(talk, 'PLAY', offer.sessionUrl, [`Session: ${session}`, 'Range: npt=0.000-']);
      if (playing?.status !== 200) return this.#unanswered(talk, playing);
      return talk.verdict() ?? (await ended);
    } finally {
      this.#signal.removeEventListener('abort', onAbort);
    }
  }

  /** Undefined: the camera ended the conversation, or the look's time is over. */
  #asked(talk: Conversation, method: string, uri: string, fields: readonly string[]): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const end = (answer: Answer | undefined): void => {
        this.#answered = undefined;
        this.#signal.removeEventListener('abort', onAbort);
        resolve(answer);
      };
      const onAbort = (): void => {
        end(undefined);
      };
      if (this.#isOver || this.#signal.aborted) {
        end(undefined);
        return;
      }
      this.#answered = end;
      this.#signal.addEventListener('abort', onAbort, { once: true });
      talk.ask(method, uri, ['User-Agent: Ahual', ...fields]);
    });
  }

  #unanswered(talk: Conversation, answer: Answer | undefined): End {
    if (answer?.status === 461) return { kind: 'odd', why: 'it does not send its stream over TCP (461)' };
    const verdict = talk.verdict();
    if (verdict) return verdict;
    return answer
      ? refusal('refused', `It refused to begin the stream (${answer.status}).`)
      : refusal('silent', 'It took the connection but gave no whole answer before the look had to end.');
  }

  /** Runs of interleaved packets, the last one often in parts. */
  #packets(run: Buffer): void {
    const collector = this.#collector;
    if (!collector || this.#isOver || this.#isJudging) return;
    let bytes = run;
    if (this.#restBytes > 0) {
      this.#rest.push(run);
      this.#restBytes += run.length;
      const [head = run] = this.#rest;
      const needed = head.length >= 4 ? 4 + head.readUInt16BE(2) : 4;
      if (this.#restBytes < needed) return;
      bytes = Buffer.concat(this.#rest);
      this.#rest = [];
      this.#restBytes = 0;
    }
    let at = 0;
    while (at + 4 <= bytes.length && bytes[at] === 0x24) {
      const end = at + 4 + bytes.readUInt16BE(at + 2);
      if (end > bytes.length) break;
      // Channel 1 carries reports.
      const picture = bytes[at + 1] === 0 ? collector.take(bytes.subarray(at + 4, end)) : undefined;
      at = end;
      if (!picture) continue;
      this.#offer(picture);
      return;
    }
    if (at < bytes.length) {
      this.#rest = [bytes.subarray(at)];
      this.#restBytes = bytes.length - at;
    }
  }

  #offer(bytes: Buffer): void {
    this.#isJudging = true;
    const takenAtMs = this.#clock.nowMs();
    const waitedMs = this.#clock.monotonicMs() - this.#startedMs;
    this.#judge({ kind: 'key', codec: this.#codec, bytes, takenAtMs, waitedMs })
      .catch((): Verdict => 'again')
      .then(
        (verdict) => {
          this.#isJudging = false;
          if (verdict === 'done') this.#settle?.(undefined);
          else if (this.#isOver) this.#settle?.(this.#whyNot());
        },
        () => undefined,
      );
  }

  #whyNot(): Refusal {
    const { packets, odd, keys } = this.#collector?.count ?? { packets: 0, odd: 0, keys: 0 };
    const count = { packets, odd, keys, damaged: keys };
    return whyNoPicture(count, this.#signal.aborted, this.#clock.monotonicMs() - this.#startedMs);
  }
}
