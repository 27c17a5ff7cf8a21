// Key frames of a stream as JPEG, for viewers whose browser plays nothing else: at most one a second, decoded by itself.
import type { CodecContext, Frame as AvFrame, Packet, Stream } from 'node-av/lib';
import type { Av } from '../sources/av.ts';
import { jpegOf } from '../sources/decoded.ts';
import { openDecoder } from '../sources/rtsp.ts';
import { mostPixels } from '../sources/source.ts';

/** A key picture is shown no oftener than this: it is the last way, and it decodes. */
const everyMs = 1000;

const isJpegStream = ({ constants }: Av, stream: Stream): boolean =>
  stream.codecpar.codecId === constants.AV_CODEC_ID_MJPEG;

/** Decodes key packets of one stream and gives them as JPEG. Close it, or it leaks native memory. */
export class KeyPictures {
  readonly #av: Av;
  readonly #stream: Stream;
  readonly #isJpeg: boolean;
  #decoder: CodecContext | undefined;
  #frame: AvFrame | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(av: Av, stream: Stream) {
    this.#av = av;
    this.#stream = stream;
    this.#isJpeg = isJpegStream(av, stream);
  }

  /** The picture of this packet; undefined when it came too soon after the last one or cannot be decoded whole. */
  async of(packet: Packet, atMs: number): Promise<Buffer | undefined> {
    if (!packet.isKeyframe || atMs - this.#lastMs < everyMs) return undefined;
    this.#lastMs = atMs;
    if (this.#isJpeg) return packet.data ? Buffer.from(packet.data) : undefined;
    this.#decoder ??= await openDecoder(this.#av, this.#stream);
    const decoder = this.#decoder;
    if (!decoder) return undefined;
    if (!this.#frame) {
      this.#frame = new this.#av.lib.Frame();
      this.#frame.alloc();
    }
    const frame = this.#frame;
    // A decoder that may reorder holds the picture back until it is told that nothing follows.
    const isTaken = (await decoder.sendPacket(packet)) >= 0 && (await decoder.sendPacket(null)) >= 0;
    const got = isTaken ? await decoder.receiveFrame(frame) : -1;
    try {
      const isWhole = got >= 0 && frame.decodeErrorFlags === 0 && frame.width * frame.height <= mostPixels;
      return isWhole ? await jpegOf(this.#av, frame) : undefined;
    } finally {
      if (got >= 0) frame.unref();
      decoder.flushBuffers();
    }
  }

  close(): void {
    this.#decoder?.freeContext();
    this.#frame?.free();
    this.#decoder = undefined;
    this.#frame = undefined;
  }
}

/**
 * A stream of JPEG pictures says its size only in the pictures (RFC 2435), and an MP4 head wants it beforehand: it is read from the
 * frame header (T.81, B.2.2) of the first one. Streams of other codecs are left as they are.
 */
export function tellSize(av: Av, stream: Stream, first: Packet): void {
  const { codecpar } = stream;
  if (!isJpegStream(av, stream) || codecpar.width > 0) return;
  const data = first.data ?? Buffer.alloc(0);
  for (let at = 2; at + 9 <= data.length && data[at] === 0xff; at += 2 + data.readUInt16BE(at + 2)) {
    const marker = data[at + 1] ?? 0;
    if (marker < 0xc0 || marker > 0xc2) continue;
    codecpar.height = data.readUInt16BE(at + 5);
    codecpar.width = data.readUInt16BE(at + 7);
    return;
  }
}
