// One picture over RTSP: the next key frame, received by ourselves or, where the stream is an odd one, by FFmpeg; decoded by FFmpeg.
import type { CodecContext, FormatContext, Frame as AvFrame, Packet, Stream } from 'node-av/lib';
import { systemClock, type Clock } from '#core/clock';
import { loadAv, looksLikeVideo, whyNoPicture, whyNotOpen, type Av, type StreamCount } from './av.ts';
import { pictureOf } from './decoded.ts';
import { openDoor } from './door.ts';
import { mostReaders, Turns } from '../turns.ts';
import { keyPictures, type KeyPicture, type OddStream } from './rtsp-key.ts';
import { mostPixels, refusal, type CameraSource, type Grab, type GrabRequest, type Refusal } from './source.ts';

export { reduce } from './decoded.ts';

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
    if (!oddOnes.has(request.address)) {
      const grab = await grabKey(av, clock, request, signal);
      if (grab.kind !== 'odd') return grab;
      oddOnes.add(request.address);
    }
    const reader = await readers.take();
    try {
      const door = await openDoor(request.address, request, signal);
      if (door.kind === 'refusal') return door;
      await using opened = door;
      const grab = await grabFrom(av, clock, opened.url, request, signal);
      return grab.kind === 'refusal' ? (opened.verdict() ?? grab) : grab;
    } finally {
      reader[Symbol.dispose]();
    }
  },
});

const readers = new Turns(mostReaders);

/** Addresses whose streams only FFmpeg takes apart: known from the first try of this process on. */
const oddOnes = new Set<string>();

/** Grabs the next key frame without FFmpeg's reader: nothing but sockets is held while it is waited for. */
async function grabKey(
  av: Av,
  clock: Clock,
  request: GrabRequest,
  signal: AbortSignal,
): Promise<Exclude<Grab, Refusal> | Refusal | OddStream> {
  let grab: Exclude<Grab, Refusal> | OddStream | undefined;
  const end = await keyPictures(clock, request, signal, async (key) => {
    grab = await decodeKey(av, key, request);
    return grab ? 'done' : 'again';
  });
  return end ?? grab ?? refusal('garbage', 'Its key frame could not be decoded.');
}

/** Decodes a key picture; undefined when it is damaged. */
export async function decodeKey(
  av: Av,
  { codec, bytes, takenAtMs, waitedMs }: KeyPicture,
  request: GrabRequest,
): Promise<Exclude<Grab, Refusal> | OddStream | undefined> {
  const { lib, constants } = av;
  const turn = await request.turn?.();
  let isKept = false;
  const decoder = await openDecoder(
    av,
    codec === 'h264' ? constants.AV_CODEC_ID_H264 : constants.AV_CODEC_ID_HEVC,
    keysOnly,
  );
  const frame = new lib.Frame();
  frame.alloc();
  try {
    using packet = new lib.Packet();
    packet.alloc();
    packet.data = bytes;
    if (!decoder || !(await isDecoded(av, decoder, packet, frame))) return undefined;
    // Half of an interlaced picture may come under a time of its own.
    if ((frame.flags & constants.AV_FRAME_FLAG_INTERLACED) !== 0)
      return { kind: 'odd', why: 'its pictures are interlaced' };
    const picture = await pictureOf(av, frame, request.frame, { takenAtMs, waitedMs }, turn);
    isKept = true;
    return { kind: 'picture', picture };
  } finally {
    decoder?.freeContext();
    if (!isKept) {
      frame.free();
      turn?.[Symbol.dispose]();
    }
  }
}

/** Decodes one whole key picture into `frame`. */
async function isDecoded({ constants }: Av, decoder: CodecContext, packet: Packet, frame: AvFrame): Promise<boolean> {
  let got = (await decoder.sendPacket(packet)) >= 0 ? await decoder.receiveFrame(frame) : constants.AVERROR_EAGAIN;
  if (got < 0) {
    // A decoder that may reorder holds the picture back until it is told that nothing follows.
    await decoder.sendPacket(null);
    got = await decoder.receiveFrame(frame);
  }
  return got >= 0 && frame.decodeErrorFlags === 0 && frame.width * frame.height <= mostPixels;
}

/** Options of the RTSP demuxer: interleaved over TCP, UDP only where the camera refuses that; video only, each wait limited. */
export const rtspOptions = (av: Av, answerMs: number) =>
  av.lib.Dictionary.fromObject({
    rtsp_transport: 'udp+tcp',
    rtsp_flags: 'prefer_tcp',
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
    const stream = context.streams.find((s) => s.codecpar.codecType === constants.AVMEDIA_TYPE_VIDEO);
    if (!stream) return refusal('garbage', 'Its session description names no video stream.');
    return await nextKeyFrame(av, clock, context, stream, request, signal);
  } finally {
    signal.removeEventListener('abort', interrupt);
    if (isOpen) await context.closeInput();
  }
}

type CodecId = Stream['codecpar']['codecId'];

export const codecName = (av: Av, id: number): 'h264' | 'h265' | 'other' =>
  id === av.constants.AV_CODEC_ID_H264 ? 'h264' : id === av.constants.AV_CODEC_ID_HEVC ? 'h265' : 'other';

/**
 * Options of a decoder that is shown key pictures only: it leaves the edges of blocks as they are. Nothing is built upon
 * such a picture, the networks say the same of it, and it takes a tenth less CPU.
 */
const keysOnly = { skip_loop_filter: 'all' };

/**
 * Opens a decoder for a stream, or for a kind of video whose parameters come with its pictures, without looking at packets
 * first; one thread, on purpose. Free it with `freeContext`.
 */
export async function openDecoder(
  { lib }: Av,
  of: Stream | CodecId,
  settings: Readonly<Record<string, string>> = {},
): Promise<CodecContext | undefined> {
  const codec = lib.Codec.findDecoder(typeof of === 'number' ? of : of.codecpar.codecId);
  if (!codec) return undefined;
  const decoder = new lib.CodecContext();
  decoder.allocContext3(codec);
  if (typeof of !== 'number') decoder.parametersToContext(of.codecpar);
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
  const seen: StreamCount = { packets: 0, odd: 0, keys: 0, damaged: 0 };
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
      const turn = await request.turn?.();
      try {
        if (await isDecoded(av, decoder, packet, frame)) {
          const picture = await pictureOf(av, frame, request.frame, { takenAtMs, waitedMs }, turn);
          isKept = true;
          return { kind: 'picture', picture };
        }
      } finally {
        packet.unref();
        if (!isKept) turn?.[Symbol.dispose]();
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
