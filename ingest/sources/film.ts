// Frames of a kept film at chosen seconds, in one pass: for reading what a single frame does not show.
import { loadAv, type Av } from './av.ts';
import { pictureOf } from './decoded.ts';
import { openDecoder } from './rtsp.ts';
import type { FrameWish, Picture } from './source.ts';

/** Farther apart than this, the film is wound to the next key frame instead of being decoded up to it. */
const windS = 6;

/**
 * Decodes a film and hands over the first frame at or after each of these seconds (rising) from its beginning; each is gone when
 * `take` is done. Returns undefined, or one sentence on why there is nothing or no more. Never throws for what the file is.
 */
export async function framesOf(
  path: string,
  atS: readonly number[],
  wish: FrameWish,
  take: (picture: Picture, atS: number) => Promise<void>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const av = await loadAv();
  if (typeof av === 'string') return av;
  const { lib, constants } = av;
  const context = new lib.FormatContext();
  context.allocContext();
  if ((await context.openInput(path, null, null)) < 0) return 'The film cannot be opened.';
  try {
    const stream = context.streams.find((s) => s.codecpar.codecType === constants.AVMEDIA_TYPE_VIDEO);
    const decoder = stream ? await openDecoder(av, stream) : undefined;
    if (!stream || !decoder) return 'The film holds no video that we can decode.';
    try {
      return await pass(av, context, stream, decoder, atS, wish, take, signal);
    } finally {
      decoder.freeContext();
    }
  } finally {
    await context.closeInput();
  }
}

type Context = InstanceType<Av['lib']['FormatContext']>;
type Stream = Context['streams'][number];
type Decoder = NonNullable<Awaited<ReturnType<typeof openDecoder>>>;

async function pass(
  { lib, constants, ...rest }: Av,
  context: Context,
  stream: Stream,
  decoder: Decoder,
  atS: readonly number[],
  wish: FrameWish,
  take: (picture: Picture, atS: number) => Promise<void>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const av: Av = { lib, constants, ...rest };
  using packet = new lib.Packet();
  packet.alloc();
  const tickS = stream.timeBase.num / stream.timeBase.den;
  const firstTick = stream.startTime > 0n ? stream.startTime : 0n;
  const wanted = [...atS];
  let lastS = Number.NEGATIVE_INFINITY;
  let isEnded = false;
  while (!signal.aborted) {
    const next = wanted[0];
    if (next === undefined) return undefined;
    if (next - Math.max(0, lastS) > windS && !isEnded) {
      const tick = firstTick + BigInt(Math.floor(next / tickS));
      if ((await context.seekFrame(stream.index, tick, constants.AVSEEK_FLAG_BACKWARD)) >= 0) decoder.flushBuffers();
      // Wound once: the frames before the wish are decoded, however far the key frame lies.
      lastS = next;
    }
    const frame = new lib.Frame();
    frame.alloc();
    if ((await decoder.receiveFrame(frame)) >= 0) {
      const frameS = Number(frame.pts - firstTick) * tickS;
      if (frameS >= next - 1e-6) {
        wanted.shift();
        using picture = await pictureOf(av, frame, wish, { takenAtMs: 0, waitedMs: 0 });
        await take(picture, frameS);
        lastS = frameS;
      } else frame.free();
      continue;
    }
    frame.free();
    if (isEnded) return `The film ends before ${next.toFixed(1)} s.`;
    if ((await context.readFrame(packet)) < 0) {
      isEnded = true;
      await decoder.sendPacket(null);
    } else {
      if (packet.streamIndex === stream.index) await decoder.sendPacket(packet);
      packet.unref();
    }
  }
  return 'It was ended before its frames were found.';
}
