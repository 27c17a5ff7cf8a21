// Original packets → fragmented MP4, and a finished film → plain MP4; nothing is re-encoded. Inside the eye, by node-av.
import { messageOf } from '#core/errors';
import type { Packet, Stream, FormatContext, IOContext } from 'node-av/lib';
import { loadAv, type Av } from '../sources/av.ts';
import { openDecoder } from '../sources/rtsp.ts';
import { cutBoxes } from './boxes.ts';
import { Stamper } from './times.ts';

export interface Fragment {
  readonly bytes: Buffer;
  /** It begins with a key frame. */
  readonly isKey: boolean;
  /** Arrival of its first and of the packet after its last, by our clock. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface FragmenterOptions {
  /** A fragment ends at each key frame, and at the latest after so long. */
  readonly mostMs: number;
  /** The head (`ftyp`, `moov`) with the codec as browsers name it. */
  readonly onHead: (bytes: Buffer, codec: string) => void;
  readonly onFragment: (fragment: Fragment) => void;
}

/** Ticks a second of the written film: those of RTP video (RFC 6184). */
const ticks = 90_000;
const noTime = -(2n ** 63n);
const none = Buffer.alloc(0);

/** Packs the packets of one video stream. Give it packets from a key frame on; close it, or it leaks native memory. */
export class Fragmenter {
  readonly #av: Av;
  readonly #options: FragmenterOptions;
  readonly #context: FormatContext;
  readonly #io: IOContext;
  #pending: Buffer = Buffer.alloc(0);
  #hasHead = false;
  #codec = '';
  #first: { isKey: boolean; fromMs: number } | undefined;
  readonly #stamper = new Stamper();
  #lastAtMs: number | undefined;
  #done: Buffer[] = [];

  private constructor(av: Av, options: FragmenterOptions, context: FormatContext, io: IOContext) {
    this.#av = av;
    this.#options = options;
    this.#context = context;
    this.#io = io;
  }

  /** Opens the writer for a stream of a demuxer; `first` is a key packet that may carry the parameter sets. */
  static async open(av: Av, stream: Stream, first: Packet, options: FragmenterOptions): Promise<Fragmenter> {
    const { lib, constants } = av;
    const context = new lib.FormatContext();
    if (context.allocOutputContext2(null, 'mp4', null) < 0) throw new Error('the MP4 writer cannot be opened');
    const io = new lib.IOContext();
    const self = new Fragmenter(av, options, context, io);
    io.allocContextWithCallbacks(65_536, 1, null, (buffer) => {
      self.#take(buffer);
      return buffer.length;
    });
    context.pb = io;
    const output = context.newStream(null);
    stream.codecpar.copy(output.codecpar);
    const { codecpar } = output;
    codecpar.codecTag = 0;
    const hasSets = [constants.AV_CODEC_ID_H264, constants.AV_CODEC_ID_HEVC].includes(codecpar.codecId);
    const own = hasSets ? parameterSets(first.data ?? none, codecpar.codecId === constants.AV_CODEC_ID_HEVC) : none;
    // What the picture brings itself is newer than what the camera promised when the stream was described.
    const isOther = own.length > 0 && !own.equals(codecpar.extradata ?? none);
    if (isOther) codecpar.extradata = own;
    if (isOther || codecpar.width === 0) {
      const size = await sizeOf(av, stream, first);
      codecpar.width = size?.widthPx ?? codecpar.width;
      codecpar.height = size?.heightPx ?? codecpar.height;
    }
    output.timeBase = new lib.Rational(1, ticks);
    self.#codec = codecpar.getCodecString() ?? '';
    using movflags = lib.Dictionary.fromObject({
      movflags: 'frag_keyframe+empty_moov+default_base_moof',
      frag_duration: String(options.mostMs * 1000),
    });
    const code = await context.writeHeader(movflags);
    if (code < 0) {
      self.close();
      throw new Error(`the MP4 writer refused the stream: ${lib.FFmpegError.strerror(code)}`);
    }
    io.flushSync();
    self.#emit(0);
    return self;
  }

  /**
   * Writes one packet of the stream; `atMs` is when it came, by our clock. In one go on this thread: it only copies bytes, and
   * a journey through the thread pool costs more than that.
   */
  write(packet: Packet, atMs: number): void {
    const copy = packet.clone();
    if (!copy) throw new Error('no memory for a packet');
    using own = copy;
    this.#stamp(own, atMs);
    own.streamIndex = 0;
    const isKey = own.isKeyframe;
    const code = this.#context.writeFrameSync(own);
    if (code < 0) throw new Error(`a packet cannot be written: ${this.#av.lib.FFmpegError.strerror(code)}`);
    this.#io.flushSync();
    this.#emit(atMs);
    this.#first ??= { isKey, fromMs: atMs };
  }

  #stamp(packet: Packet, atMs: number): void {
    const source = packet.pts === noTime ? packet.dts : packet.pts;
    const { pts, dts } = this.#stamper.next(source === noTime ? undefined : source, atMs, packet.isKeyframe);
    packet.pts = pts;
    packet.dts = dts;
    packet.duration = 0n;
    this.#lastAtMs = atMs;
  }

  #take(buffer: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, buffer]);
    const { whole, rest } = cutBoxes(this.#pending, this.#hasHead ? 'mdat' : 'moov');
    this.#pending = rest;
    this.#done.push(...whole);
  }

  #emit(atMs: number): void {
    const done = this.#done;
    this.#done = [];
    for (const bytes of done) {
      if (!this.#hasHead) {
        this.#hasHead = true;
        this.#options.onHead(bytes, this.#codec);
        continue;
      }
      const first = this.#first ?? { isKey: false, fromMs: atMs };
      this.#first = undefined;
      this.#options.onFragment({ bytes, isKey: first.isKey, fromMs: first.fromMs, toMs: atMs });
    }
  }

  /** Writes what is held back as a last fragment and frees the writer. */
  close(): void {
    if (this.#hasHead && this.#lastAtMs !== undefined) {
      this.#context.writeFrameSync(null);
      this.#io.flushSync();
      this.#emit(this.#lastAtMs);
    }
    this.#context.pb = null;
    this.#context.freeContext();
    this.#io.freeContext();
  }
}

/** The size of a key packet's picture, by decoding it: descriptions of streams mostly do not tell it. */
async function sizeOf(
  av: Av,
  stream: Stream,
  key: Packet,
): Promise<{ readonly widthPx: number; readonly heightPx: number } | undefined> {
  const decoder = await openDecoder(av, stream);
  if (!decoder) return undefined;
  using frame = new av.lib.Frame();
  frame.alloc();
  try {
    // A decoder that may reorder holds the picture back until it is told that nothing follows.
    if ((await decoder.sendPacket(key)) < 0 || (await decoder.sendPacket(null)) < 0) return undefined;
    return (await decoder.receiveFrame(frame)) < 0 ? undefined : { widthPx: frame.width, heightPx: frame.height };
  } finally {
    decoder.freeContext();
  }
}

/** The parameter sets (H.264: SPS, PPS; H.265: VPS, SPS, PPS) that stand in a key packet with start codes. */
export function parameterSets(data: Buffer, isH265: boolean): Buffer {
  const parts: Buffer[] = [];
  const starts: number[] = [];
  for (let at = data.indexOf('000001', 0, 'hex'); at >= 0; at = data.indexOf('000001', at + 3, 'hex')) starts.push(at);
  for (const [i, start] of starts.entries()) {
    const head = data[start + 3] ?? 0;
    const wanted = isH265
      ? ((head >> 1) & 0x3f) >= 32 && ((head >> 1) & 0x3f) <= 34
      : (head & 0x1f) === 7 || (head & 0x1f) === 8;
    if (!wanted) continue;
    let end = starts[i + 1] ?? data.length;
    while (end > start && data[end - 1] === 0) end--;
    parts.push(Buffer.from([0, 0, 0, 1]), data.subarray(start + 3, end));
  }
  return Buffer.concat(parts);
}

/**
 * Copies the video packets of a finished file into a plain MP4 with its index in front, times from 0. Returns what went
 * wrong, or undefined. Both are files of ours; nothing is decoded.
 */
export async function remux(from: string, to: string): Promise<string | undefined> {
  const av = await loadAv();
  if (typeof av === 'string') return av;
  const { lib, constants } = av;
  const input = new lib.FormatContext();
  const output = new lib.FormatContext();
  const check = (code: number, what: string): void => {
    if (code < 0) throw new Error(`${what}: ${lib.FFmpegError.strerror(code)}`);
  };
  let isOpen = false;
  let isWriting = false;
  try {
    check(await input.openInput(from, null, null), 'the ring cannot be read');
    isOpen = true;
    check(await input.findStreamInfo(null), 'the ring cannot be read');
    const index = input.findBestStream(constants.AVMEDIA_TYPE_VIDEO);
    const stream = input.streams[index];
    if (!stream) throw new Error('there is no video in it');
    check(output.allocOutputContext2(null, 'mp4', to), 'the MP4 writer cannot be opened');
    const made = output.newStream(null);
    stream.codecpar.copy(made.codecpar);
    made.codecpar.codecTag = 0;
    made.timeBase = stream.timeBase;
    check(await output.openOutput(), 'the clip cannot be written');
    isWriting = true;
    using flags = lib.Dictionary.fromObject({ movflags: 'faststart' });
    check(await output.writeHeader(flags), 'the clip cannot be written');
    using packet = new lib.Packet();
    packet.alloc();
    let first: bigint | undefined;
    for (;;) {
      const code = await input.readFrame(packet);
      if (code === constants.AVERROR_EOF) break;
      check(code, 'the ring cannot be read');
      if (packet.streamIndex === index) {
        first ??= packet.dts;
        packet.pts -= first;
        packet.dts -= first;
        packet.rescaleTs(stream.timeBase, made.timeBase);
        packet.streamIndex = 0;
        check(await output.interleavedWriteFrame(packet), 'the clip cannot be written');
      }
      packet.unref();
    }
    check(await output.writeTrailer(), 'the clip cannot be written');
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  } finally {
    if (isWriting) await output.closeOutput();
    output.freeContext();
    if (isOpen) await input.closeInput();
  }
}
