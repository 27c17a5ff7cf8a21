// Inside the eye: one watched stream by node-av. Packets go to the ring as they are; what is to be judged is decoded.
import type { CodecContext, Frame as AvFrame, Packet, SoftwareScaleContext, Stream } from 'node-av/lib';
import type { Grey } from '#detector';
import type { Av } from '../sources/av.ts';
import { openDecoder, packedRows, reduce } from '../sources/rtsp.ts';
import { regionOf } from '../sources/decoded.ts';
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
  /** Called at the first key frame. */
  readonly onPlaying: () => void;
}

const segmentMs = 4000;

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
          if (!isPlaying && packet.isKeyframe) {
            isPlaying = true;
            roles.onPlaying();
          }
          await keeper?.packet(packet, atMs);
          await eyes?.packet(packet, atMs);
        },
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
  /** This stream's own: a scaler that two streams share is a segmentation fault. */
  #scaler: { context: SoftwareScaleContext; target: AvFrame } | undefined;

  constructor(analyst: Analyst) {
    this.#analyst = analyst;
  }

  async open(av: Av, stream: Stream): Promise<void> {
    this.#av = av;
    this.#decoder = await openDecoder(av, stream);
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
    if (streamMs !== undefined && this.#pace.isBehind(streamMs, atMs)) this.#isBroken = true;
    else if (packet.isKeyframe) this.#isBroken = false;
    if (this.#isBroken && !packet.isKeyframe) return;
    // A packet that cannot be decoded is the decoder's to forget; the next key frame heals it.
    if ((await decoder.sendPacket(packet)) < 0) return;
    // The decoding was done in the pool by `sendPacket`; this only fetches the frame.
    while (decoder.receiveFrameSync(frame) >= 0) {
      if (frame.decodeErrorFlags === 0 && this.#analyst.wants(atMs)) {
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
      if (target.allocBuffer() < 0) throw new Error('no memory for a grey picture');
      this.#scaler = { context, target };
    }
    if (this.#scaler.context.scaleFrameSync(this.#scaler.target, frame) < 0)
      throw new Error('a picture cannot be reduced');
    return { luma: packedRows(this.#scaler.target, greySize.widthPx, greySize.heightPx), ...greySize };
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
