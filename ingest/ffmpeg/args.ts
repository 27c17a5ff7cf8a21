// Argument lists of the second way, one named function a use; and the list text that carries an address past argv.

const quiet = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'error'];
/** Reads the address from standard input as an ffconcat list of one: so it is neither in `ps` nor in a file. */
const fromList = ['-f', 'concat', '-safe', '0', '-protocol_whitelist', 'pipe,rtsp,rtp,tcp,tls,crypto', '-i', 'pipe:0'];

/** The ffconcat list that opens one RTSP address over TCP, each wait limited. Write it to standard input. */
export function listOf(address: string, answerMs: number): string {
  return ['ffconcat version 1.0', `file '${address}'`, 'option rtsp_transport tcp', 'option allowed_media_types video', `option timeout ${Math.round(answerMs * 1000)}`, ''].join('\n');
}

/** A look: the next key frame, reduced as PPM on standard output and at its own size as JPEG on descriptor 3. */
export const lookArgs = (frameWidthPx: number): string[] => [
  ...quiet,
  // At its end ffmpeg then says how many packets came: silence and a stream without key frames are told apart by it.
  ...['-loglevel', 'verbose'],
  ...['-threads', '1', '-skip_frame', 'nokey', '-analyzeduration', '0', '-probesize', '32', '-fpsprobesize', '0'],
  ...fromList,
  '-filter_complex_threads', '1', '-filter_complex',
  `[0:v:0]split[a][b];[a]scale=w='min(${frameWidthPx},iw)':h=-2:flags=area[small]`,
  ...['-map', '[small]', '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'ppm', 'pipe:1'],
  ...['-map', '[b]', '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'mjpeg', '-q:v', '3', '-strict', 'unofficial', 'pipe:3'],
];

/** Original packets of a stream as fragmented MP4 on standard output, a fragment each key frame: live view and ring. */
export const copyArgs = (): string[] => [
  ...quiet,
  ...['-analyzeduration', '1000000', '-probesize', '200000'],
  ...fromList,
  ...['-an', '-c:v', 'copy', '-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof', 'pipe:1'],
];

/** Grey pictures of one size at a steady rate, raw, on standard output: watching by the second way. */
export const greyArgs = (widthPx: number, heightPx: number, fps: number): string[] => [
  ...quiet,
  ...['-threads', '1', '-analyzeduration', '1000000', '-probesize', '200000'],
  ...fromList,
  ...['-an', '-vf', `fps=${fps},scale=${widthPx}:${heightPx}:flags=area,format=gray`, '-f', 'rawvideo', 'pipe:1'],
];
