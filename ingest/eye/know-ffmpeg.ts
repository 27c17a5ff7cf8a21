// Gets to know one stream by a spawned ffmpeg: the same facts as by node-av, read from the film that it copies. Inside the eye.
import { createFile, MP4BoxBuffer, type Movie, type Sample } from 'mp4box';
import sharp from 'sharp';
import type { Clock } from '#core/clock';
import { listOf, probeArgs } from '../ffmpeg/args.ts';
import { run } from '../ffmpeg/run.ts';
import { whyNot } from '../sources/rtsp-ffmpeg.ts';
import { openDoor } from '../sources/door.ts';
import { refusal, type Refusal } from '../sources/source.ts';
import { measurePackets, profileName } from '../onboard/packets.ts';
import type { StreamFacts } from '../onboard/shapes.ts';
import type { KnownStream, StreamWish } from './know-av.ts';

/** Listens to a stream for a while. What the camera does wrong is a refusal. */
export async function knowByFfmpeg(
  program: string,
  clock: Clock,
  wish: StreamWish,
  signal: AbortSignal,
): Promise<KnownStream | Refusal> {
  const startedMs = clock.monotonicMs();
  const door = await openDoor(wish.address, wish, signal);
  if (door.kind === 'refusal') return door;
  await using opened = door;
  const input = listOf(opened.url, wish.answerMs, 'video+audio');
  const forS = Math.max(4, Math.round(wish.forMs / 1000));
  const end = await run({ program, args: probeArgs(forS), input, outputs: 2 }, signal);
  const tookMs = clock.monotonicMs() - startedMs;
  const [film = Buffer.alloc(0), picture = Buffer.alloc(0)] = end.outputs;
  const read = readFilm(film);
  if (!read) {
    if (end.kind === 'missing') return refusal('unknown', `${end.complaint}.`);
    return opened.verdict() ?? whyNot(end, { tookMs, answerMs: wish.answerMs, isAborted: signal.aborted });
  }
  const size = picture.length > 0 ? await sharp(picture).metadata() : undefined;
  const described = /Video: (\w+)(?: \(([\w :.-]+)\))?/.exec(end.complaint);
  const facts: StreamFacts = {
    codec: read.codec,
    profile: read.profile || (read.codec === 'mjpeg' ? '' : (described?.[2] ?? '')),
    widthPx: size?.width ?? read.widthPx,
    heightPx: size?.height ?? read.heightPx,
    ...measurePackets(
      read.samples.map(({ cts, size: bytes, is_sync: isKey, timescale }) => ({
        shownS: cts / timescale,
        cameS: 0,
        bytes,
        isKey,
      })),
    ),
    // A film is written in the order of decoding with the moments of showing beside it.
    bFrames: read.samples.some(
      ({ cts, dts }, i) => cts - dts !== (read.samples[0]?.cts ?? 0) - (read.samples[0]?.dts ?? 0) && i > 0,
    ),
    audio: /Audio: (\w+)/.exec(end.complaint)?.[1] ?? null,
    transport: 'tcp',
    // The program says nothing of when its first picture came.
    firstPictureMs: null,
    way: 'ffmpeg',
  };
  return { kind: 'stream', facts, picture: picture.length > 0 ? picture : null };
}

interface Film {
  readonly codec: StreamFacts['codec'];
  readonly profile: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly samples: readonly Sample[];
}

/** The video track of a fragmented film; undefined when there is none with a picture. */
function readFilm(bytes: Buffer): Film | undefined {
  const file = createFile();
  let movie: Movie | undefined;
  file.onReady = (info) => {
    movie = info;
  };
  try {
    const copy = new Uint8Array(bytes).buffer;
    file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(copy, 0));
    file.flush();
  } catch {
    return undefined;
  }
  const track = movie?.videoTracks[0];
  if (!track) return undefined;
  const samples = file.getTrackSamplesInfo(track.id);
  if (samples.length === 0) return undefined;
  const [kind = '', detail = ''] = track.codec.split('.');
  const codec = { avc1: 'h264', avc3: 'h264', hvc1: 'h265', hev1: 'h265' }[kind];
  const isJpeg = /^mp4v\.6c/i.test(track.codec);
  const name = isJpeg ? 'mjpeg' : kind === 'mp4v' ? 'mpeg4' : codec === 'h264' || codec === 'h265' ? codec : 'other';
  return {
    codec: name,
    profile: profileName(name, name === 'h264' ? Number.parseInt(detail.slice(0, 2), 16) : Number(detail)),
    widthPx: track.video?.width ?? 0,
    heightPx: track.video?.height ?? 0,
    samples,
  };
}
