// Argument lists of the second way, one named function a use; and the list text that carries an address past argv.
import type { FrameWish } from '../sources/source.ts';

const quiet = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'error'];
/** Reads the address from standard input as an ffconcat list of one: so it is neither in `ps` nor in a file. */
const fromList = ['-f', 'concat', '-safe', '0', '-protocol_whitelist', 'pipe,rtsp,rtp,tcp,udp', '-i', 'pipe:0'];

/** The ffconcat list that opens one RTSP address over TCP, each wait limited. Write it to standard input. */
export function listOf(address: string, answerMs: number, media: 'video' | 'video+audio' = 'video'): string {
  return [
    'ffconcat version 1.0',
    `file '${address}'`,
    'option rtsp_transport udp+tcp',
    'option rtsp_flags prefer_tcp',
    `option allowed_media_types ${media}`,
    `option timeout ${Math.round(answerMs * 1000)}`,
    '',
  ].join('\n');
}

/** A look: the next key frame, reduced as PPM on standard output and at its own size as JPEG on descriptor 3. */
export const lookArgs = (frame: FrameWish): string[] => [
  ...quiet,
  // At its end ffmpeg then says how many packets came: silence and a stream without key frames are told apart by it.
  ...['-loglevel', 'verbose'],
  ...['-threads', '1', '-skip_frame', 'nokey', '-analyzeduration', '0', '-probesize', '32', '-fpsprobesize', '0'],
  ...fromList,
  '-filter_complex_threads',
  '1',
  '-filter_complex',
  `[0:v:0]split[a][b];[a]scale=${frame.kind === 'exact' ? `${frame.widthPx}:${frame.heightPx}` : `w='min(${frame.widthPx},iw)':h=-2`}:flags=area[small]`,
  ...['-map', '[small]', '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'ppm', 'pipe:1'],
  ...[
    '-map',
    '[b]',
    '-frames:v',
    '1',
    '-f',
    'image2pipe',
    '-c:v',
    'mjpeg',
    '-q:v',
    '3',
    '-strict',
    'unofficial',
    'pipe:3',
  ],
];

/** Original packets of a stream as fragmented MP4 on standard output, a fragment each key frame: live view and ring. */
export const copyArgs = (): string[] => [
  ...quiet,
  ...['-analyzeduration', '1000000', '-probesize', '200000'],
  ...fromList,
  ...['-an', '-c:v', 'copy', '-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof', 'pipe:1'],
];

/**
 * Watching: original packets as fragmented MP4 on the first output, reduced pictures (red, green, blue) at a steady rate on
 * the next one. Either may be left out; the first that is there is standard output, the second descriptor 3.
 */
export function watchArgs(wish: {
  readonly ring: boolean;
  readonly pictures: { widthPx: number; heightPx: number; fps: number } | null;
}): string[] {
  const outputs: string[][] = [];
  if (wish.ring) outputs.push(['-c:v', 'copy', '-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof']);
  if (wish.pictures) {
    const { widthPx, heightPx, fps } = wish.pictures;
    outputs.push(['-vf', `fps=${fps},scale=${widthPx}:${heightPx}:flags=area`, '-pix_fmt', 'rgb24', '-f', 'rawvideo']);
  }
  return [
    ...quiet,
    ...['-threads', '1', '-analyzeduration', '1000000', '-probesize', '200000'],
    ...fromList,
    ...outputs.flatMap((output, i) => ['-map', '0:v:0', '-an', ...output, i === 0 ? 'pipe:1' : 'pipe:3']),
  ];
}

/**
 * Getting to know a stream: its original packets for so many seconds as fragmented MP4 on standard output, its first key frame as JPEG
 * on descriptor 3, and on standard error what its session description names.
 */
export const probeArgs = (forS: number): string[] => [
  ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'info', '-threads', '1'],
  ...['-analyzeduration', '1000000', '-probesize', '200000'],
  ...fromList,
  ...['-map', '0:v:0', '-t', String(forS), '-c:v', 'copy', '-f', 'mp4'],
  ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', 'pipe:1'],
  ...[
    '-map',
    '0:v:0',
    '-frames:v',
    '1',
    '-f',
    'image2pipe',
    '-c:v',
    'mjpeg',
    '-q:v',
    '3',
    '-strict',
    'unofficial',
    'pipe:3',
  ],
];
