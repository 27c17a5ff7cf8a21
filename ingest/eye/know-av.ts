// Gets to know one stream by node-av: what its description names, what its packets are, its first whole picture. Inside the eye.
import type { FormatContext, Packet, Stream } from 'node-av/lib';
import type { Clock } from '#core/clock';
import { KeyPictures, tellSize } from './live-pictures.ts';
import { loadAv, whyNotOpen, type Av } from '../sources/av.ts';
import { openDoor } from '../sources/door.ts';
import { refusal, type Refusal } from '../sources/source.ts';
import { measurePackets, profileIn, profileName, type PacketFact } from '../onboard/packets.ts';
import type { StreamFacts } from '../onboard/shapes.ts';

export interface StreamWish {
  readonly address: string;
  readonly signIn: { readonly user: string; readonly password: string } | null;
  readonly answerMs: number;
  readonly forMs: number;
  readonly allowedHosts: readonly string[];
  readonly certificates: readonly string[];
}

export interface KnownStream {
  readonly kind: 'stream';
  readonly facts: StreamFacts;
  readonly picture: Uint8Array | null;
}

/** Enough to know the interval and its spread; then a camera is let go. */
const enoughKeys = 3;
const leastMs = 4000;
const mostPackets = 4000;

/** Listens to a stream for a while. What the camera does wrong is a refusal. */
export async function knowByAv(clock: Clock, wish: StreamWish, signal: AbortSignal): Promise<KnownStream | Refusal> {
  const av = await loadAv();
  if (typeof av === 'string') return refusal('unknown', av);
  for (const transport of ['tcp', 'udp'] as const) {
    const known = await listen(av, clock, wish, transport, signal);
    if (known !== 'other-transport') return known;
  }
  return refusal('refused', 'It sends its stream neither over TCP nor over UDP (RTSP 461).');
}

async function listen(
  av: Av,
  clock: Clock,
  wish: StreamWish,
  transport: 'tcp' | 'udp',
  signal: AbortSignal,
): Promise<KnownStream | Refusal | 'other-transport'> {
  const startedMs = clock.monotonicMs();
  const door = await openDoor(wish.address, wish, signal);
  if (door.kind === 'refusal') return door;
  await using opened = door;
  const { lib, constants } = av;
  const context = new lib.FormatContext();
  context.allocContext();
  const interrupt = (): void => {
    context.interrupt();
  };
  signal.addEventListener('abort', interrupt, { once: true });
  let isOpen = false;
  try {
    using options = lib.Dictionary.fromObject({
      rtsp_transport: transport,
      allowed_media_types: 'video+audio',
      timeout: String(Math.round(wish.answerMs * 1000)),
      user_agent: 'Ahual',
    });
    const code = await context.openInput(opened.url, null, options);
    const tookMs = clock.monotonicMs() - startedMs;
    if (code < 0) {
      const why = whyNotOpen(constants, { code, tookMs, answerMs: wish.answerMs, isAborted: signal.aborted });
      const isOther = transport === 'tcp' && opened.verdict() === undefined && why.detail.includes('461');
      return isOther ? 'other-transport' : (opened.verdict() ?? why);
    }
    isOpen = true;
    const video = context.streams.find((one) => one.codecpar.codecType === constants.AVMEDIA_TYPE_VIDEO);
    if (!video) return refusal('garbage', 'Its session description names no video stream.');
    const sound = context.streams.find((one) => one.codecpar.codecType === constants.AVMEDIA_TYPE_AUDIO);
    const heard = await hear(av, clock, context, video, { startedMs, forMs: wish.forMs, signal });
    if (heard.packets.length === 0)
      return opened.verdict() ?? refusal('silent', 'The stream was promised, but no picture came.');
    const { codecpar } = video;
    const codec = codecOf(av, codecpar.codecId);
    const facts: StreamFacts = {
      codec,
      profile: profileName(codec, profileIn(codecpar.extradata ?? new Uint8Array(), codec) || heard.profile),
      widthPx: heard.widthPx || codecpar.width,
      heightPx: heard.heightPx || codecpar.height,
      ...measurePackets(heard.packets),
      audio: sound ? (lib.avGetCodecName(sound.codecpar.codecId) ?? 'sound') : null,
      transport,
      firstPictureMs: heard.firstPictureMs,
      way: 'node-av',
    };
    return { kind: 'stream', facts, picture: heard.picture };
  } finally {
    signal.removeEventListener('abort', interrupt);
    if (isOpen) await context.closeInput();
  }
}

interface Heard {
  readonly packets: readonly PacketFact[];
  readonly picture: Uint8Array | null;
  readonly firstPictureMs: number | null;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Its number, from the parameter sets in a key packet. */
  readonly profile: number;
}

/** Reads packets until enough key frames came or the time is over; decodes one picture. */
async function hear(
  av: Av,
  clock: Clock,
  context: FormatContext,
  video: Stream,
  given: { readonly startedMs: number; readonly forMs: number; readonly signal: AbortSignal },
): Promise<Heard> {
  const packets: PacketFact[] = [];
  const pictures = new KeyPictures(av, video);
  using packet = new av.lib.Packet();
  packet.alloc();
  let picture: Buffer | undefined;
  let firstPictureMs: number | null = null;
  let profile = 0;
  const codec = codecOf(av, video.codecpar.codecId);
  const beganMs = clock.monotonicMs();
  // A camera that sends nothing more must not hold the asking: readFrame waits for it.
  const late = setTimeout(() => {
    context.interrupt();
  }, given.forMs);
  try {
    for (;;) {
      const code = await context.readFrame(packet);
      if (code === av.constants.AVERROR_EAGAIN) continue;
      if (code < 0) break;
      if (packet.streamIndex === video.index) {
        if (packets.length === 0) tellSize(av, video, packet);
        packets.push(factOf(packet, video, clock.monotonicMs() / 1000));
        if (packet.isKeyframe && profile === 0) profile = profileIn(packet.data ?? new Uint8Array(), codec);
        if (picture === undefined && packet.isKeyframe) {
          picture = await pictures.of(packet, clock.nowMs());
          if (picture) firstPictureMs = Math.round(clock.monotonicMs() - given.startedMs);
        }
      }
      packet.unref();
      const heardMs = clock.monotonicMs() - beganMs;
      const keys = packets.reduce((sum, { isKey }) => sum + (isKey ? 1 : 0), 0);
      const isEnough = keys >= enoughKeys && heardMs >= leastMs && picture !== undefined;
      if (isEnough || heardMs >= given.forMs || packets.length >= mostPackets || given.signal.aborted) break;
    }
  } finally {
    clearTimeout(late);
    pictures.close();
  }
  const { width, height } = video.codecpar;
  return { packets, picture: picture ?? null, firstPictureMs, widthPx: width, heightPx: height, profile };
}

const noTime = -(2n ** 63n);

function factOf(packet: Packet, video: Stream, cameS: number): PacketFact {
  const { num, den } = video.timeBase;
  const shownS = packet.pts === noTime || den === 0 ? null : (Number(packet.pts) * num) / den;
  return { shownS, cameS, bytes: packet.size, isKey: packet.isKeyframe };
}

function codecOf({ constants }: Av, id: number): StreamFacts['codec'] {
  switch (id) {
    case constants.AV_CODEC_ID_H264:
      return 'h264';
    case constants.AV_CODEC_ID_HEVC:
      return 'h265';
    case constants.AV_CODEC_ID_MJPEG:
      return 'mjpeg';
    case constants.AV_CODEC_ID_MPEG4:
      return 'mpeg4';
    default:
      return 'other';
  }
}
