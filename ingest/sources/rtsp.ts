// One picture over RTSP by node-av: connect without probing → the next key frame → reduce → close.
import sharp from 'sharp';
import { systemClock, type Clock } from '#core/clock';
import { dialledAddress, placeOf } from './address.ts';
import { loadAv, looksLikeVideo, whyNotOpen, type Av } from './av.ts';
import {
  mostPixels,
  reducedSize,
  refusal,
  type CameraSource,
  type Frame,
  type FrameWish,
  type Grab,
  type GrabRequest,
  type Picture,
  type Refusal,
} from './source.ts';
import type { AVPixelFormat } from 'node-av/constants';
import type { Frame as AvFrame, FormatContext, Stream } from 'node-av/lib';

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

/** Opens a decoder for a stream without looking at its packets first; one thread, on purpose. Free it with `freeContext`. */
export async function openDecoder({ lib }: Av, stream: Stream) {
  const codec = lib.Codec.findDecoder(stream.codecpar.codecId);
  if (!codec) return undefined;
  const decoder = new lib.CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  decoder.threadCount = 1;
  if ((await decoder.open2(codec, null)) >= 0) return decoder;
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
  const decoder = await openDecoder(av, stream);
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
        const picture = await pictureOf(av, frame, request.frame, takenAtMs, waitedMs);
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

/** Reduces a decoded frame to red, green, blue; its own scaler, because one shared by two streams is a segmentation fault. */
export async function reduce(av: Av, source: AvFrame, wish: FrameWish): Promise<Frame> {
  const size = reducedSize(source.width, source.height, wish);
  const bytes = await rescale(av, source, size, av.constants.AV_PIX_FMT_RGB24, 3);
  return { rgb: bytes, ...size };
}

/** Scales a frame into a fresh buffer of `bytesPerPx` a pixel without row padding. Throws when FFmpeg cannot. */
export async function rescale(
  { lib, constants }: Av,
  source: AvFrame,
  size: { readonly widthPx: number; readonly heightPx: number },
  format: AVPixelFormat,
  bytesPerPx: number,
): Promise<Uint8Array> {
  // Not told the source's form beforehand, the scaler reads it from the frame, colour range included.
  using scaler = new lib.SoftwareScaleContext();
  scaler.allocContext();
  scaler.setOption('sws_flags', Number(constants.SWS_AREA));
  using target = new lib.Frame();
  target.alloc();
  target.width = size.widthPx;
  target.height = size.heightPx;
  target.format = format;
  if (target.allocBuffer() < 0) throw new RangeError(`no memory for a picture of ${size.widthPx} x ${size.heightPx}`);
  if ((await scaler.scaleFrame(target, source)) < 0)
    throw new RangeError(`cannot scale ${source.width} x ${source.height}`);
  return packedRows(target, size.widthPx * bytesPerPx, size.heightPx);
}

/** Copies the first plane of a frame without the padding that FFmpeg puts behind each row. */
export function packedRows(frame: AvFrame, rowBytes: number, rows: number): Uint8Array {
  const plane = frame.data?.[0];
  const stride = frame.linesize[0] ?? rowBytes;
  if (!plane) throw new RangeError('a scaled frame has no pixels');
  const packed = new Uint8Array(rowBytes * rows);
  for (let y = 0; y < rows; y++) packed.set(plane.subarray(y * stride, y * stride + rowBytes), y * rowBytes);
  return packed;
}

/** A decoded frame as a picture, which owns the frame from here on. */
export async function pictureOf(
  av: Av,
  frame: AvFrame,
  wish: FrameWish,
  takenAtMs: number,
  waitedMs: number,
): Promise<Picture> {
  const before = process.cpuUsage();
  const reduced = await reduce(av, frame, wish);
  const spent = process.cpuUsage(before);
  const [widthPx, heightPx] = [frame.width, frame.height];
  return {
    frame: reduced,
    widthPx,
    heightPx,
    takenAtMs,
    waitedMs,
    scaleCpuMs: (spent.user + spent.system) / 1000,
    async still() {
      const isWhole = widthPx === reduced.widthPx && heightPx === reduced.heightPx;
      const full = isWhole ? reduced : await reduce(av, frame, { kind: 'exact', widthPx, heightPx });
      return sharp(full.rgb, { raw: { width: full.widthPx, height: full.heightPx, channels: 3 } })
        .jpeg({ quality: 82 })
        .toBuffer();
    },
    [Symbol.dispose]() {
      frame.free();
    },
  };
}
