// One picture over RTSP by node-av: connect without probing → the next key frame → reduce → close.
import { systemClock, type Clock } from '#core/clock';
import { dialledAddress, placeOf } from './address.ts';
import { loadAv, looksLikeVideo, whyNotOpen, type Av } from './av.ts';
import { pictureOf } from './decoded.ts';
import { mostPixels, refusal, type CameraSource, type Grab, type GrabRequest, type Refusal } from './source.ts';
import type { FormatContext, Stream } from 'node-av/lib';

export { packedRows, reduce } from './decoded.ts';

export const rtspSource = (clock: Clock = systemClock): CameraSource => ({
  name: 'rtsp',
  schemes: ['rtsp:', 'rtsps:'],
  async missing() {
    const av = await loadAv();
    return typeof av === 'string' ? av : undefined;
  },
  async grab(request, signal) {
    const av = await loadAv();
    if (typeof av === 'string') return refusal('unknown', av);
    const place = await placeOf(request.address, request.allowedHosts);
    if (place.kind === 'refusal') return place;
    return grabFrom(av, clock, dialledAddress(place, request.signIn), request, signal);
  },
});

/** Options of the RTSP demuxer: interleaved over TCP, video only, each wait limited. */
export const rtspOptions = (av: Av, answerMs: number) =>
  av.lib.Dictionary.fromObject({
    rtsp_transport: 'tcp',
    allowed_media_types: 'video',
    timeout: String(Math.round(answerMs * 1000)),
    user_agent: 'Ahual',
  });

/**
 * Grabs the next key frame of what `url` opens. `url` may hold a password: it is never logged or put into a refusal.
 * Packets before the key frame are dropped undecoded, so waiting costs next to nothing.
 */
export async function grabFrom(
  av: Av,
  clock: Clock,
  url: string,
  request: GrabRequest,
  signal: AbortSignal,
): Promise<Grab> {
  const { lib, constants } = av;
  const startedMs = clock.monotonicMs();
  const context = new lib.FormatContext();
  context.allocContext();
  const interrupt = (): void => {
    context.interrupt();
  };
  if (signal.aborted) return refusal('silent', 'The look was ended before it began.');
  signal.addEventListener('abort', interrupt, { once: true });
  let isOpen = false;
  try {
    using options = rtspOptions(av, request.answerMs);
    const code = await context.openInput(url, null, url.startsWith('rtsp') ? options : null);
    if (code < 0) {
      return whyNotOpen(constants, {
        code,
        tookMs: clock.monotonicMs() - startedMs,
        answerMs: request.answerMs,
        isAborted: signal.aborted,
      });
    }
    isOpen = true;
    if (context.url !== null && hostPart(context.url) !== hostPart(url)) {
      return refusal('refused', 'It sends us on to another host; redirects are not followed.');
    }
    const stream = context.streams.find((s) => s.codecpar.codecType === constants.AVMEDIA_TYPE_VIDEO);
    if (!stream) return refusal('garbage', 'Its session description names no video stream.');
    return await nextKeyFrame(av, clock, context, stream, request, signal);
  } finally {
    signal.removeEventListener('abort', interrupt);
    if (isOpen) await context.closeInput();
  }
}

const hostPart = (url: string): string => /^[a-z]+:\/\/(?:[^/@]*@)?([^/]*)/i.exec(url)?.[1] ?? '';

export const codecName = (av: Av, id: number): 'h264' | 'h265' | 'other' =>
  id === av.constants.AV_CODEC_ID_H264 ? 'h264' : id === av.constants.AV_CODEC_ID_HEVC ? 'h265' : 'other';

/**
 * Options of a decoder that is shown key pictures only: it leaves the edges of blocks as they are. Nothing is built upon
 * such a picture, the networks say the same of it, and it takes a tenth less CPU.
 */
const keysOnly = { skip_loop_filter: 'all' };

/** Opens a decoder for a stream without looking at its packets first; one thread, on purpose. Free it with `freeContext`. */
export async function openDecoder({ lib }: Av, stream: Stream, settings: Readonly<Record<string, string>> = {}) {
  const codec = lib.Codec.findDecoder(stream.codecpar.codecId);
  if (!codec) return undefined;
  const decoder = new lib.CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  decoder.threadCount = 1;
  // Refused by its head: a stream may promise any size, and its first frame would take the memory for it.
  using options = lib.Dictionary.fromObject({ max_pixels: String(mostPixels), ...settings });
  if ((await decoder.open2(codec, options)) >= 0) return decoder;
  decoder.freeContext();
  return undefined;
}

async function nextKeyFrame(
  av: Av,
  clock: Clock,
  context: FormatContext,
  stream: Stream,
  request: GrabRequest,
  signal: AbortSignal,
): Promise<Grab> {
  const { lib, constants } = av;
  const codec = codecName(av, stream.codecpar.codecId);
  const decoder = await openDecoder(av, stream, keysOnly);
  if (!decoder) return refusal('garbage', 'Its video is of a kind that we cannot decode.');
  using packet = new lib.Packet();
  packet.alloc();
  const frame = new lib.Frame();
  frame.alloc();
  let isKept = false;
  const startedMs = clock.monotonicMs();
  const seen: Seen = { packets: 0, odd: 0, keys: 0, damaged: 0 };
  try {
    for (;;) {
      const read = await context.readFrame(packet);
      if (read === constants.AVERROR_EAGAIN) continue;
      if (read < 0) return whyNoPicture(seen, signal.aborted, clock.monotonicMs() - startedMs);
      if (packet.streamIndex !== stream.index) {
        packet.unref();
        continue;
      }
      seen.packets++;
      if (!packet.isKeyframe) {
        if (seen.packets <= 40 && !looksLikeVideo(packet.data ?? new Uint8Array(), codec)) seen.odd++;
        packet.unref();
        continue;
      }
      seen.keys++;
      const takenAtMs = clock.nowMs();
      const waitedMs = clock.monotonicMs() - startedMs;
      let got = (await decoder.sendPacket(packet)) >= 0 ? await decoder.receiveFrame(frame) : constants.AVERROR_EAGAIN;
      packet.unref();
      if (got < 0) {
        // A decoder that may reorder holds the picture back until it is told that nothing follows.
        await decoder.sendPacket(null);
        got = await decoder.receiveFrame(frame);
      }
      if (got >= 0 && frame.decodeErrorFlags === 0 && frame.width * frame.height <= mostPixels) {
        const picture = await pictureOf(av, frame, request.frame, { takenAtMs, waitedMs });
        isKept = true;
        return { kind: 'picture', picture };
      }
      seen.damaged++;
      frame.unref();
      decoder.flushBuffers();
    }
  } finally {
    decoder.freeContext();
    if (!isKept) frame.free();
  }
}

interface Seen {
  packets: number;
  odd: number;
  keys: number;
  damaged: number;
}

function whyNoPicture({ packets, odd, keys, damaged }: Seen, isAborted: boolean, tookMs: number): Refusal {
  const seconds = (tookMs / 1000).toFixed(1);
  if (damaged > 0)
    return refusal('garbage', `${keys} key frames came within ${seconds} s and none could be decoded whole.`);
  if (packets === 0) {
    return isAborted || tookMs > 1000
      ? refusal('silent', `The stream was promised, but no picture came within ${seconds} s.`)
      : refusal('garbage', 'It ended the stream at once without anything that could be read.');
  }
  if (odd > Math.min(packets, 40) / 2)
    return refusal('garbage', `What came within ${seconds} s is no video (${packets} packets).`);
  return isAborted
    ? refusal('no-key-frame', `${packets} packets came within ${seconds} s, but no key frame.`)
    : refusal('silent', `The stream broke off after ${seconds} s and ${packets} packets, before a key frame.`);
}
