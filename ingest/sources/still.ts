// The bytes of a still as a picture: a JPEG is decoded by node-av where it is there, everything else by sharp.
import type { Frame as AvFrame } from 'node-av/lib';
import sharp from 'sharp';
import { AhualError, messageOf } from '#core/errors';
import { headOf, type Head } from '#detector';
import { loadAv, type Av } from './av.ts';
import { pictureOf } from './decoded.ts';
import { mostPixels, refusal, type Frame, type FrameWish, type Grab, type PixelArea } from './source.ts';

/** A still up to this size is kept as the camera sent it; a larger one is encoded anew. */
const mostKeptBytes = 2 ** 20;

/** From the first marker to the last one, and nothing behind it (T.81, annex B): the bytes are a JPEG and not more. */
const isJpeg = (bytes: Buffer): boolean =>
  bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9;

/** Decodes the bytes of a still as far as the networks need it; what is no whole picture is `garbage`. */
export async function pictureOfStill(
  bytes: Buffer,
  wish: FrameWish,
  takenAtMs: number,
  awaited?: () => Promise<Disposable>,
): Promise<Grab> {
  const turn = await awaited?.();
  const grab = await pictureInTurn(bytes, wish, takenAtMs, turn);
  if (grab.kind === 'refusal') turn?.[Symbol.dispose]();
  return grab;
}

async function pictureInTurn(
  bytes: Buffer,
  wish: FrameWish,
  takenAtMs: number,
  turn: Disposable | undefined,
): Promise<Grab> {
  try {
    const head = await headOf(bytes);
    // Inks, deep colours and pictures that are to be turned are nothing for the short way.
    const av = isJpeg(bytes) && head.isPlain && !head.isTurned ? await loadAv() : 'no plain JPEG';
    const frame = typeof av === 'string' ? undefined : await decodeJpeg(av, bytes);
    if (typeof av === 'string' || !frame) return await bySharp(bytes, head, wish, takenAtMs, turn);
    try {
      // What was decoded without a fault is shown to browsers as it came: its hash is then that of the camera's own bytes.
      const still = bytes.length <= mostKeptBytes ? { still: bytes } : {};
      const taking = { takenAtMs, waitedMs: 0, ...still };
      return { kind: 'picture', picture: await pictureOf(av, frame, wish, taking, turn) };
    } catch (thrown) {
      frame.free();
      throw thrown;
    }
  } catch (thrown) {
    if (thrown instanceof AhualError) return refusal('garbage', thrown.message.replace(/^A/, 'Its'));
    return refusal(
      'garbage',
      `Its picture of ${bytes.length} bytes cannot be read (${messageOf(thrown).slice(0, 80)}).`,
    );
  }
}

/**
 * Decodes a JPEG into planes, which leaves out two thirds of what a way through red, green, blue would cost. Undefined when
 * FFmpeg does not take it whole: sharp then says why, or knows its kind.
 */
async function decodeJpeg({ lib, constants }: Av, bytes: Buffer): Promise<AvFrame | undefined> {
  const codec = lib.Codec.findDecoder(constants.AV_CODEC_ID_MJPEG);
  if (!codec) return undefined;
  const decoder = new lib.CodecContext();
  decoder.allocContext3(codec);
  decoder.threadCount = 1;
  const frame = new lib.Frame();
  frame.alloc();
  let isWhole = false;
  try {
    // A picture that is cut short or damaged must not pass as one with a grey half.
    using options = lib.Dictionary.fromObject({ err_detect: 'explode', max_pixels: String(mostPixels) });
    using packet = new lib.Packet();
    packet.alloc();
    packet.data = bytes;
    isWhole =
      (await decoder.open2(codec, options)) >= 0 &&
      (await decoder.sendPacket(packet)) >= 0 &&
      (await decoder.receiveFrame(frame)) >= 0 &&
      frame.decodeErrorFlags === 0;
    return isWhole ? frame : undefined;
  } finally {
    decoder.freeContext();
    if (!isWhole) frame.free();
  }
}

// Half a picture is a mere warning to libjpeg.
const opened = (bytes: Buffer): ReturnType<typeof sharp> =>
  sharp(bytes, { failOn: 'warning', limitInputPixels: mostPixels, pages: 1 });

const inColour = (image: ReturnType<typeof sharp>): ReturnType<typeof sharp> =>
  image.flatten().toColourspace('srgb').removeAlpha();

async function bySharp(
  sent: Buffer,
  head: Head,
  wish: FrameWish,
  takenAtMs: number,
  turn: Disposable | undefined,
): Promise<Grab> {
  const { widthPx, heightPx } = head;
  // Turned once, so that its zones, its areas and its still are those of the picture that a person sees.
  const bytes = head.isTurned ? await opened(sent).autoOrient().jpeg({ quality: 95 }).toBuffer() : sent;
  const size =
    wish.kind === 'exact'
      ? { width: wish.widthPx, height: wish.heightPx, fit: 'fill' as const }
      : { width: wish.widthPx, withoutEnlargement: true };
  return {
    kind: 'picture',
    picture: {
      frame: await frameOf(inColour(opened(bytes).resize(size))),
      widthPx,
      heightPx,
      takenAtMs,
      waitedMs: 0,
      scaleCpuMs: 0,
      region: (area) => regionOfEncoded(bytes, area),
      still: () => opened(bytes).jpeg({ quality: 85 }).toBuffer(),
      [Symbol.dispose]() {
        turn?.[Symbol.dispose]();
      },
    },
  };
}

/** The pixels of one area of an encoded picture at its own size. The area lies in the picture. */
export const regionOfEncoded = (bytes: Buffer, { x, y, w, h }: PixelArea): Promise<Frame> =>
  frameOf(inColour(opened(bytes).extract({ left: x, top: y, width: w, height: h })));

async function frameOf(image: ReturnType<typeof sharp>): Promise<Frame> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new RangeError(`it has ${info.channels} channels`);
  return { rgb: data, widthPx: info.width, heightPx: info.height };
}
