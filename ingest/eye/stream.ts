// One stream played without pause: opened once, every video packet handed on, ended with the reason. By node-av.
import type { Packet, Stream } from 'node-av/lib';
import type { Clock } from '#core/clock';
import { hasEnded } from '../ended.ts';
import { loadAv, looksLikeVideo, whyNotOpen, type Av } from '../sources/av.ts';
import { openDoor } from '../sources/door.ts';
import { codecName, rtspOptions } from '../sources/rtsp.ts';
import { refusal, type Refusal, type SignIn } from '../sources/source.ts';
import { parameterSets } from './mux.ts';

export interface PlayRequest {
  readonly address: string;
  readonly signIn: SignIn | null;
  readonly answerMs: number;
  readonly allowedHosts: readonly string[];
  readonly certificates?: readonly string[];
  /** Without a key frame for so long it is told (15 s), and for so long the stream is given up (90 s). */
  readonly lateKeyMs?: number;
  readonly noKeyMs?: number;
}

export interface PlayHands {
  /** The stream is described; its packets follow. */
  readonly onOpen: (av: Av, stream: Stream) => Promise<void>;
  /** A video packet and when it came. It is only good until the promise is done. */
  readonly onPacket: (packet: Packet, atMs: number) => Promise<void>;
  /** Something is wrong with a stream that still comes. The next key frame heals it. */
  readonly onTrouble?: (trouble: Refusal) => void;
  /** The key packet that follows is of another form than those before. Without this hand the stream ends there. */
  readonly onNewForm?: () => Promise<void>;
}

const neverCame = 'The stream was promised, but no picture came.';
const usual = { lateKeyMs: 15_000, noKeyMs: 90_000 } as const;
/** So many packets are looked at for being video at all. */
const probed = 40;

/** Watches over a stream that comes: key frames must come too, it must be video, and its form is known. */
class Guard {
  readonly #clock: Clock;
  readonly #lateMs: number;
  readonly #giveUpMs: number;
  readonly #interrupt: () => void;
  readonly #onTrouble: PlayHands['onTrouble'];
  #codec: 'h264' | 'h265' | 'other' = 'other';
  #timer: NodeJS.Timeout | undefined;
  #keyAtMs = 0;
  #packetAtMs = 0;
  #odd = 0;
  #looked = 0;
  #form: Buffer | undefined;
  #why: Refusal | undefined;
  #isTold = false;
  packets = 0;

  constructor(clock: Clock, request: PlayRequest, interrupt: () => void, onTrouble: PlayHands['onTrouble']) {
    this.#clock = clock;
    this.#lateMs = request.lateKeyMs ?? usual.lateKeyMs;
    this.#giveUpMs = request.noKeyMs ?? usual.noKeyMs;
    this.#interrupt = interrupt;
    this.#onTrouble = onTrouble;
  }

  begin(codec: 'h264' | 'h265' | 'other'): void {
    this.#codec = codec;
    this.#keyAtMs = this.#packetAtMs = this.#clock.monotonicMs();
    this.#timer = setInterval(() => {
      this.#check();
    }, this.#lateMs / 10);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** Why it ended the stream, if it did. */
  why(): Refusal | undefined {
    return this.#why;
  }

  /** Takes note of a packet; true where it is a key packet of another form than the one before. */
  sees(packet: Packet): boolean {
    this.#packetAtMs = this.#clock.monotonicMs();
    this.packets++;
    if (!packet.isKeyframe) {
      this.#probe(packet);
      return false;
    }
    this.#keyAtMs = this.#packetAtMs;
    this.#isTold = false;
    if (this.#codec === 'other') return false;
    const form = parameterSets(packet.data ?? Buffer.alloc(0), this.#codec === 'h265');
    if (form.length === 0) return false;
    const isNew = this.#form !== undefined && !this.#form.equals(form);
    this.#form = form;
    return isNew;
  }

  /** Looks at every packet of a block for being video; a block that mostly is none ends the stream. */
  #probe(packet: Packet): void {
    this.#looked++;
    if (!looksLikeVideo(packet.data ?? Buffer.alloc(0), this.#codec)) this.#odd++;
    if (this.#looked < probed) return;
    if (this.#odd > probed / 2) this.#giveUp(refusal('garbage', `Most of ${probed} packets were no video.`));
    this.#looked = this.#odd = 0;
  }

  #check(): void {
    const nowMs = this.#clock.monotonicMs();
    const waitedMs = nowMs - this.#keyAtMs;
    if (nowMs - this.#packetAtMs > this.#lateMs) {
      this.#giveUp(
        refusal('silent', this.packets === 0 ? neverCame : `Nothing came for ${secondsOf(this.#lateMs)} s.`),
      );
    } else if (waitedMs > this.#lateMs && this.#odd > this.#looked / 2) {
      this.#giveUp(refusal('garbage', `What came within ${secondsOf(waitedMs)} s is no video.`));
    } else if (waitedMs > this.#giveUpMs) {
      this.#giveUp(refusal('no-key-frame', `No key frame came for ${secondsOf(waitedMs)} s.`));
    } else if (waitedMs > this.#lateMs && !this.#isTold) {
      this.#isTold = true;
      this.#onTrouble?.(refusal('no-key-frame', `No key frame came for ${secondsOf(waitedMs)} s.`));
    }
  }

  #giveUp(why: Refusal): void {
    this.#why = why;
    this.end();
    this.#interrupt();
  }
}

const secondsOf = (ms: number): string => (ms / 1000).toFixed(0);

/** Plays until the camera or the signal ends it, and says why. Throws only what the hands throw. */
export async function play(
  clock: Clock,
  request: PlayRequest,
  hands: PlayHands,
  signal: AbortSignal,
): Promise<Refusal> {
  const av = await loadAv();
  if (typeof av === 'string') return refusal('unknown', av);
  const door = await openDoor(request.address, request, signal);
  if (door.kind === 'refusal') return door;
  await using opened = door;
  if (signal.aborted) return refusal('unknown', 'It is not wanted any more.');
  const { lib, constants } = av;
  const context = new lib.FormatContext();
  context.allocContext();
  const interrupt = (): void => {
    context.interrupt();
  };
  signal.addEventListener('abort', interrupt, { once: true });
  let isOpen = false;
  const guard = new Guard(clock, request, interrupt, hands.onTrouble);
  try {
    const startedMs = clock.monotonicMs();
    using options = rtspOptions(av, request.answerMs);
    const code = await context.openInput(opened.url, null, options);
    if (code < 0) {
      const tookMs = clock.monotonicMs() - startedMs;
      const failure = { code, tookMs, answerMs: request.answerMs, isAborted: signal.aborted };
      return opened.verdict() ?? whyNotOpen(constants, failure);
    }
    isOpen = true;
    const stream = context.streams.find((s) => s.codecpar.codecType === constants.AVMEDIA_TYPE_VIDEO);
    if (!stream) return refusal('garbage', 'Its session description names no video stream.');
    await hands.onOpen(av, stream);
    guard.begin(codecName(av, stream.codecpar.codecId));
    using packet = new lib.Packet();
    packet.alloc();
    for (;;) {
      const read = await context.readFrame(packet);
      if (read === constants.AVERROR_EAGAIN) continue;
      if (read < 0) return guard.why() ?? refusal('silent', guard.packets === 0 ? neverCame : 'The stream broke off.');
      if (hasEnded(signal)) return refusal('unknown', 'It is not wanted any more.');
      if (packet.streamIndex === stream.index) {
        if (guard.sees(packet)) {
          if (!hands.onNewForm) return refusal('silent', 'Its pictures changed their form; the stream is opened anew.');
          await hands.onNewForm();
        }
        await hands.onPacket(packet, clock.nowMs());
      }
      packet.unref();
    }
  } finally {
    guard.end();
    signal.removeEventListener('abort', interrupt);
    if (isOpen) await context.closeInput();
  }
}
