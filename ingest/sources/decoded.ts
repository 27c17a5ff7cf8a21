// A frame that FFmpeg decoded, as a picture: reduced for the networks, cut at its own size, encoded as a still.
import type { Frame as AvFrame } from 'node-av/lib';
import type { Av } from './av.ts';
import { reducedSize, type Frame, type FrameWish, type Picture, type PixelArea } from './source.ts';

type Format = AvFrame['format'];
type Size = Pick<Frame, 'widthPx' | 'heightPx'>;

/** Quality of stills on FFmpeg's scale from 2 (best) to 31, in its unit: near 82 of libjpeg at a quarter of the CPU. */
const stillQuality = 4 * 118;

/**
 * Formats of eight bits with each colour in a plane of its own, which nearly all cameras send: by how many bits the
 * coordinates of the second and third plane are shifted. Others are worked on whole, which costs more and is as right.
 */
function shiftsOf({ constants }: Av, format: Format): { readonly x: number; readonly y: number } | undefined {
  switch (format) {
    case constants.AV_PIX_FMT_YUV420P:
    case constants.AV_PIX_FMT_YUVJ420P:
      return { x: 1, y: 1 };
    case constants.AV_PIX_FMT_YUV422P:
    case constants.AV_PIX_FMT_YUVJ422P:
      return { x: 1, y: 0 };
    case constants.AV_PIX_FMT_YUV444P:
    case constants.AV_PIX_FMT_YUVJ444P:
      return { x: 0, y: 0 };
    default:
      return undefined;
  }
}

/**
 * Reduces a decoded frame to red, green, blue. The planes are averaged first and coloured afterwards, where there are fewer
 * pixels: that takes six tenths of the CPU.
 */
export async function reduce(av: Av, source: AvFrame, wish: FrameWish): Promise<Frame> {
  const size = reducedSize(source.width, source.height, wish);
  const isSmaller = size.widthPx < source.width && size.heightPx < source.height;
  if (!isSmaller || !shiftsOf(av, source.format)) return await coloured(av, source, size);
  using small = blank(av, size, source.format, source);
  await scale(av, small, source);
  return await coloured(av, small, size);
}

async function coloured(av: Av, source: AvFrame, size: Size): Promise<Frame> {
  using target = blank(av, size, av.constants.AV_PIX_FMT_RGB24);
  await scale(av, target, source);
  // Copied by FFmpeg, without the padding of its rows: a view of its memory would be one more thing for the collector of garbage.
  const { buffer, byteOffset, byteLength } = target.toBuffer();
  return { rgb: new Uint8Array(buffer, byteOffset, byteLength), ...size };
}

/** A frame's planes, asked of it once: each asking makes views of megabytes, which the collector of garbage must see to. */
const planesOf = (source: AvFrame): (() => AvFrame['data']) => {
  let planes: AvFrame['data'] | undefined;
  return () => (planes ??= source.data);
};

/** The pixels of one area of a decoded frame at the frame's own size. The area lies in the picture. */
export async function regionOf(
  av: Av,
  source: AvFrame,
  area: PixelArea,
  planes: () => AvFrame['data'] = planesOf(source),
): Promise<Frame> {
  const shifts = shiftsOf(av, source.format);
  if (!shifts) {
    const whole = await coloured(av, source, { widthPx: source.width, heightPx: source.height });
    return cutOut(whole, area);
  }
  // Colour planes hold a pixel for two of the first one: the piece begins and ends between such pairs.
  const even = (value: number): number => value & ~1;
  const [left, top] = [even(area.x), even(area.y)];
  const size = { widthPx: area.x + area.w - left, heightPx: area.y + area.h - top };
  using piece = blank(av, size, source.format, source);
  const [whole, part] = [planes(), piece.data];
  for (const plane of [0, 1, 2]) {
    const shift = plane === 0 ? { x: 0, y: 0 } : shifts;
    const [from, to] = [whole?.[plane], part?.[plane]];
    const [fromStride = 0, toStride = 0] = [source.linesize[plane], piece.linesize[plane]];
    if (!from || !to) throw new RangeError('a decoded frame has no pixels');
    const rowBytes = (size.widthPx + shift.x) >> shift.x;
    for (let y = 0; y < (size.heightPx + shift.y) >> shift.y; y++) {
      const at = ((top >> shift.y) + y) * fromStride + (left >> shift.x);
      to.set(from.subarray(at, at + rowBytes), y * toStride);
    }
  }
  return cutOut(await coloured(av, piece, size), { ...area, x: area.x - left, y: area.y - top });
}

/** The pixels of an area that lies in the frame; the frame itself when it is all of it. */
export function cutOut(frame: Frame, { x, y, w, h }: PixelArea): Frame {
  if (w === frame.widthPx && h === frame.heightPx) return frame;
  const rgb = new Uint8Array(w * h * 3);
  for (let row = 0; row < h; row++) {
    const at = ((y + row) * frame.widthPx + x) * 3;
    rgb.set(frame.rgb.subarray(at, at + w * 3), row * w * 3);
  }
  return { rgb, widthPx: w, heightPx: h };
}

/** A decoded frame as a JPEG of its own size, encoded from its planes without a way through red, green, blue. */
export async function jpegOf(av: Av, source: AvFrame): Promise<Buffer> {
  const { lib, constants } = av;
  const codec = lib.Codec.findEncoder(constants.AV_CODEC_ID_MJPEG);
  if (!codec) throw new RangeError('there is no encoder of JPEG');
  // JPEG has one range and one matrix of colours (JFIF), whatever those of the stream are.
  const size = { widthPx: source.width, heightPx: source.height };
  using planes = blank(av, size, constants.AV_PIX_FMT_YUVJ420P, source);
  planes.colorRange = constants.AVCOL_RANGE_JPEG;
  planes.colorSpace = constants.AVCOL_SPC_BT470BG;
  await scale(av, planes, source);
  planes.quality = stillQuality;
  const encoder = new lib.CodecContext();
  encoder.allocContext3(codec);
  try {
    encoder.width = size.widthPx;
    encoder.height = size.heightPx;
    encoder.pixelFormat = constants.AV_PIX_FMT_YUVJ420P;
    encoder.colorRange = constants.AVCOL_RANGE_JPEG;
    encoder.timeBase = new lib.Rational(1, 1);
    encoder.threadCount = 1;
    using options = lib.Dictionary.fromObject({ flags: '+qscale', global_quality: String(stillQuality) });
    using packet = new lib.Packet();
    packet.alloc();
    if ((await encoder.open2(codec, options)) < 0) throw new RangeError('the encoder of JPEG does not open');
    if ((await encoder.sendFrame(planes)) < 0 || (await encoder.receivePacket(packet)) < 0 || !packet.data)
      throw new RangeError(`cannot encode ${size.widthPx} x ${size.heightPx}`);
    return Buffer.from(packet.data);
  } finally {
    encoder.freeContext();
  }
}

/** An empty frame of a size and format; colours are to be read as those of `like`. */
function blank({ lib }: Av, size: Size, format: Format, like?: AvFrame): AvFrame {
  const frame = new lib.Frame();
  frame.alloc();
  if (like) frame.copyProps(like);
  frame.width = size.widthPx;
  frame.height = size.heightPx;
  frame.format = format;
  if (frame.allocBuffer() >= 0) return frame;
  frame.free();
  throw new RangeError(`no memory for a picture of ${size.widthPx} x ${size.heightPx}`);
}

/**
 * Takes an interlaced frame for the whole picture that it is, its two halves a moment apart: the scaler refuses to work on one
 * as long as it is marked so.
 */
export function asWhole({ constants }: Av, frame: AvFrame): void {
  frame.clearFlags(constants.AV_FRAME_FLAG_INTERLACED);
}

/** Scales and converts; with a scaler of its own, because one shared by two streams is a segmentation fault. */
async function scale({ lib, constants }: Av, target: AvFrame, source: AvFrame): Promise<void> {
  // Not told the source's form beforehand, the scaler reads it from the frame, colour range included.
  using scaler = new lib.SoftwareScaleContext();
  scaler.allocContext();
  scaler.setOption('sws_flags', Number(constants.SWS_AREA));
  asWhole({ lib, constants }, source);
  asWhole({ lib, constants }, target);
  if ((await scaler.scaleFrame(target, source)) < 0)
    throw new RangeError(`cannot scale ${source.width} x ${source.height}`);
}

/** When a picture came, and what is known of its still beforehand. */
export interface Taking {
  readonly takenAtMs: number;
  readonly waitedMs: number;
  /** The still as it came; without it one is encoded when it is wanted. */
  readonly still?: Buffer;
}

/** A decoded frame as a picture, which owns the frame, and the turn in which it was decoded, from here on. */
export async function pictureOf(
  av: Av,
  frame: AvFrame,
  wish: FrameWish,
  taking: Taking,
  turn?: Disposable,
): Promise<Picture> {
  const before = process.cpuUsage();
  const reduced = await reduce(av, frame, wish);
  const spent = process.cpuUsage(before);
  const planes = planesOf(frame);
  return {
    frame: reduced,
    widthPx: frame.width,
    heightPx: frame.height,
    takenAtMs: taking.takenAtMs,
    waitedMs: taking.waitedMs,
    scaleCpuMs: (spent.user + spent.system) / 1000,
    region: (area) => regionOf(av, frame, area, planes),
    still: () => (taking.still ? Promise.resolve(taking.still) : jpegOf(av, frame)),
    [Symbol.dispose]() {
      frame.free();
      turn?.[Symbol.dispose]();
    },
  };
}
