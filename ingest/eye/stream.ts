// One stream played without pause: opened once, every video packet handed on, ended with the reason. By node-av.
import type { Packet, Stream } from 'node-av/lib';
import type { Clock } from '#core/clock';
import { hasEnded } from '../ended.ts';
import { dialledAddress, placeOf } from '../sources/address.ts';
import { loadAv, whyNotOpen, type Av } from '../sources/av.ts';
import { rtspOptions } from '../sources/rtsp.ts';
import { refusal, type Refusal, type SignIn } from '../sources/source.ts';

export interface PlayRequest {
  readonly address: string;
  readonly signIn: SignIn | null;
  readonly answerMs: number;
  readonly allowedHosts: readonly string[];
}

export interface PlayHands {
  /** The stream is described; its packets follow. */
  readonly onOpen: (av: Av, stream: Stream) => Promise<void>;
  /** A video packet and when it came. It is only good until the promise is done. */
  readonly onPacket: (packet: Packet, atMs: number) => Promise<void>;
}

/** Plays until the camera or the signal ends it, and says why. Throws only what the hands throw. */
export async function play(
  clock: Clock,
  request: PlayRequest,
  hands: PlayHands,
  signal: AbortSignal,
): Promise<Refusal> {
  const av = await loadAv();
  if (typeof av === 'string') return refusal('unknown', av);
  const place = await placeOf(request.address, request.allowedHosts);
  if (place.kind === 'refusal') return place;
  if (signal.aborted) return refusal('unknown', 'It is not wanted any more.');
  const { lib, constants } = av;
  const context = new lib.FormatContext();
  context.allocContext();
  const interrupt = (): void => {
    context.interrupt();
  };
  signal.addEventListener('abort', interrupt, { once: true });
  let isOpen = false;
  try {
    const startedMs = clock.monotonicMs();
    using options = rtspOptions(av, request.answerMs);
    const code = await context.openInput(dialledAddress(place, request.signIn), null, options);
    if (code < 0) {
      const tookMs = clock.monotonicMs() - startedMs;
      return whyNotOpen(constants, { code, tookMs, answerMs: request.answerMs, isAborted: signal.aborted });
    }
    isOpen = true;
    const stream = context.streams.find((s) => s.codecpar.codecType === constants.AVMEDIA_TYPE_VIDEO);
    if (!stream) return refusal('garbage', 'Its session description names no video stream.');
    await hands.onOpen(av, stream);
    using packet = new lib.Packet();
    packet.alloc();
    let packets = 0;
    for (;;) {
      const read = await context.readFrame(packet);
      if (read === constants.AVERROR_EAGAIN) continue;
      if (read < 0)
        return refusal(
          'silent',
          packets === 0 ? 'The stream was promised, but no picture came.' : 'The stream broke off.',
        );
      if (hasEnded(signal)) return refusal('unknown', 'It is not wanted any more.');
      if (packet.streamIndex === stream.index) {
        packets++;
        await hands.onPacket(packet, clock.nowMs());
      }
      packet.unref();
    }
  } finally {
    signal.removeEventListener('abort', interrupt);
    if (isOpen) await context.closeInput();
  }
}
