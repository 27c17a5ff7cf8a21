// Inside the eye: one watched stream by node-av. Packets go to the ring as they are; what is to be judged is decoded.
import type { CodecContext, Frame as AvFrame, Packet, SoftwareScaleContext, Stream } from 'node-av/lib';
import type { Grey } from '#detector';
import type { Av } from '../sources/av.ts';
import { openDecoder, reduce } from '../sources/rtsp.ts';
import { asWhole, regionOf } from '../sources/decoded.ts';
import type { Refusal } from '../sources/source.ts';
import { greySize, type Analyst } from './analyst.ts';
import { Fragmenter, type Fragment } from './mux.ts';
import { followPace } from './pace.ts';
import { play, type PlayRequest } from './stream.ts';
import type { Clock } from '#core/clock';

/** What is made of one stream: it is kept, judged, or both. */
export interface WatchRoles {
  readonly keep: ((head: Buffer, fragment: Fragment) => Promise<void>) | undefined;
  readonly analyst: Analyst | undefined;
  /** Called at the first key frame, and at the first one after a trouble. */
  readonly onPlaying: () => void;
  readonly onTrouble?: (trouble: Refusal) => void;
}

const segmentMs = 4000;
/** Nothing decoded for so long, and so many tries that failed: what comes is no video, whatever it calls itself. */
const blindMs = 15_000;
const mostBad = 5;
/** The largest sub-stream of usual cameras (D1, 4CIF). */
const smallPx = 720 * 576;
/**
 * The edges of blocks are left as they are: a fifth of the decoder's CPU. What builds upon such pictures drifts by one to two
 * grey levels, ten at most, and the next key frame ends it; motion begins at fourteen (docs/decisions/011-tracker.md).
 */
const hasty = { skip_loop_filter: 'all' };
const pixels = greySize.widthPx * greySize.heightPx;

/** Watches one stream until the camera or the signal ends it, and says why. Throws when its video cannot be worked on. */
export async function watchByAv(
  clock: Clock,
  request: PlayRequest,
  roles: WatchRoles,
  signal: AbortSignal,
): Promise<Refusal> {
  const keeper = roles.keep ? new Keeper(roles.keep) : undefined;
  const eyes = roles.analyst ? new Eyes(roles.analyst) : undefined;
  let isPlaying = false;
  let hasKey = false;
  try {
    return await play(
      clock,
      request,
      {
        async onOpen(av, stream) {
          keeper?.open(av, stream);
          await eyes?.open(av, stream);
        },
        async onPacket(packet, atMs) {
          await keeper?.packet(packet, atMs);
          await eyes?.packet(packet, atMs);
          // What is to be judged plays once a picture of it was decoded whole: noise may call itself a key frame.
          hasKey ||= packet.isKeyframe;
          if (!isPlaying && hasKey && (eyes?.hasSeen(atMs) ?? true)) {
            isPlaying = true;
            roles.onPlaying();
          }
        },
        onTrouble(trouble) {
          isPlaying = hasKey = false;
          roles.onTrouble?.(trouble);
        },
        onNewForm: () => keeper?.close() ?? Promise.resolve(),
      },
      signal,
    );
  } finally {
    await keeper?.close();
    eyes?.close();
    roles.analyst?.restart();
  }
}

/** Packs the original packets into segments. */
class Keeper {
  readonly #keep: NonNullable<WatchRoles['keep']>;
  #av: Av | undefined;
  #stream: Stream | undefined;
  #writer: Fragmenter | undefined;
  #head: Buffer = Buffer.alloc(0);
  #writing: Promise<void> = Promise.resolve();

  constructor(keep: NonNullable<WatchRoles['keep']>) {
    this.#keep = keep;
  }

  open(av: Av, stream: Stream): void {
    this.#av = av;
    this.#stream = stream;
  }

  async packet(packet: Packet, atMs: number): Promise<void> {
    if (!this.#writer) {
      if (!packet.isKeyframe || !this.#av || !this.#stream) return;
      this.#writer = await Fragmenter.open(this.#av, this.#stream, packet, {
        mostMs: segmentMs,
        onHead: (bytes) => {
          this.#head = bytes;
        },
        onFragment: (fragment) => {
          const head = this.#head;
          this.#writing = this.#writing.then(() => this.#keep(head, fragment));
        },
      });
    }
    this.#writer.write(packet, atMs);
    // The disk is waited for, so that a slow one holds the stream back instead of filling the memory.
    await this.#writing;
  }

  async close(): Promise<void> {
    this.#writer?.close();
    this.#writer = undefined;
    await this.#writing;
  }
}

/**
 * Decodes every packet, and gives the analyst as many pictures as it wants. Where that takes longer than the pictures last,
 * only key frames are decoded until the stream is caught up with: what is kept is whole all the same.
 */
class Eyes {
  readonly #analyst: Analyst;
  #av: Av | undefined;
  #decoder: CodecContext | undefined;
  #frame: AvFrame | undefined;
  #msOf: (packet: Packet) => number | undefined = () => undefined;
  readonly #pace = followPace();
  /** Pictures were left out: the next that can be decoded is a key frame. */
  #isBroken = false;
  /** When a picture was decoded whole last (or tried first), how many were, and how many failed since. */
  #goodAtMs: number | undefined;
  #wholes = 0;
  #bad = 0;
  /** This stream's own: a scaler that two streams share is a segmentation fault. */
  #scaler: { context: SoftwareScaleContext; target: AvFrame; grey: Grey } | undefined;
  /** Small pictures are decoded here: the way through the thread pool costs more than others would wait. */
  #isSmall = false;

  constructor(analyst: Analyst) {
    this.#analyst = analyst;
  }

  async open(av: Av, stream: Stream): Promise<void> {
    this.#av = av;
    this.#isSmall = stream.codecpar.width * stream.codecpar.height <= smallPx;
    this.#decoder = await openDecoder(av, stream, this.#isSmall ? hasty : {});
    if (!this.#decoder) throw new Error('its video is of a kind that we cannot decode');
    this.#frame = new av.lib.Frame();
    this.#frame.alloc();
    const { num, den } = stream.timeBase;
    const noTime = av.constants.AV_NOPTS_VALUE;
    this.#msOf = ({ dts, pts }) => {
      const at = dts === noTime ? pts : dts;
      return at === noTime ? undefined : (Number(at) * num * 1000) / den;
    };
  }

  async packet(packet: Packet, atMs: number): Promise<void> {
    const [av, decoder, frame] = [this.#av, this.#decoder, this.#frame];
    if (!av || !decoder || !frame) return;
    const streamMs = this.#msOf(packet);
    const { count } = this.#analyst;
    count.came(streamMs, packet.size);
    if (streamMs !== undefined && this.#pace.isBehind(streamMs, atMs)) this.#isBroken = true;
    else if (packet.isKeyframe) this.#isBroken = false;
    if (this.#isBroken && !packet.isKeyframe) {
      count.leftOut();
      return;
    }
    this.#goodAtMs ??= atMs;
    if (this.#bad >= mostBad && atMs - this.#goodAtMs > blindMs)
      throw new Error(`what came within ${(blindMs / 1000).toFixed(0)} s cannot be decoded`);
    // A packet that cannot be decoded is the decoder's to forget; the next key frame heals it.
    if ((this.#isSmall ? decoder.sendPacketSync(packet) : await decoder.sendPacket(packet)) < 0) {
      this.#bad++;
      count.leftOut();
      return;
    }
    // The decoding was done by `sendPacket`; this only fetches the frame.
    while (decoder.receiveFrameSync(frame) >= 0) {
      const isWhole = frame.decodeErrorFlags === 0;
      this.#bad = isWhole ? 0 : this.#bad + 1;
      if (isWhole) {
        this.#goodAtMs = atMs;
        this.#wholes++;
      }
      if (!isWhole) count.leftOut();
      else if (this.#analyst.wants(atMs)) {
        const picture = {
          widthPx: frame.width,
          heightPx: frame.height,
          grey: () => this.#greyOf(av, frame),
          reduced: (wish: Parameters<typeof reduce>[2]) => reduce(av, frame, wish),
          region: (area: Parameters<typeof regionOf>[2]) => regionOf(av, frame, area),
        };
        await this.#analyst.see(picture, atMs);
      }
      frame.unref();
    }
  }

  /** Was a picture decoded whole in the last seconds? A decoder that reorders gives it a few packets later. */
  hasSeen(atMs: number): boolean {
    return this.#wholes > 0 && this.#goodAtMs !== undefined && atMs - this.#goodAtMs < blindMs;
  }

  #greyOf(av: Av, frame: AvFrame): Grey {
    if (!this.#scaler) {
      const context = new av.lib.SoftwareScaleContext();
      context.allocContext();
      context.setOption('sws_flags', Number(av.constants.SWS_AREA));
      const target = new av.lib.Frame();
      target.alloc();
      target.width = greySize.widthPx;
      target.height = greySize.heightPx;
      target.format = av.constants.AV_PIX_FMT_GRAY8;
      // One view of it for the stream's whole life: a copy of each picture is a megabyte a second for the collector of garbage.
      const luma = target.allocBuffer() < 0 ? undefined : target.data?.[0];
      if (!luma || target.linesize[0] !== greySize.widthPx) throw new Error('no memory for a grey picture');
      // As plain bytes: what Node calls a slice of its own buffers is no copy, and whoever keeps one would keep the latest picture.
      const plain = new Uint8Array(luma.buffer, luma.byteOffset, pixels);
      this.#scaler = { context, target, grey: { luma: plain, ...greySize } };
    }
    asWhole(av, frame);
    if (this.#scaler.context.scaleFrameSync(this.#scaler.target, frame) < 0)
      throw new Error('a picture cannot be reduced');
    return this.#scaler.grey;
  }

  close(): void {
    this.#decoder?.freeContext();
    this.#frame?.free();
    this.#scaler?.context.freeContext();
    this.#scaler?.target.free();
    this.#decoder = undefined;
    this.#frame = undefined;
    this.#scaler = undefined;
  }
}
