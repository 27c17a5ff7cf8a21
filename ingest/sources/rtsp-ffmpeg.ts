// One picture over RTSP by a spawned ffmpeg: the equal second way, taken where node-av is absent. Costs six times the CPU.
import { systemClock, type Clock } from '#core/clock';
import { listOf, lookArgs } from '../ffmpeg/args.ts';
import { run, type RunEnd } from '../ffmpeg/run.ts';
import { openDoor } from './door.ts';
import { regionOfEncoded } from './still.ts';
import { refusal, type CameraSource, type Frame, type Refusal } from './source.ts';
import sharp from 'sharp';

export const rtspFfmpegSource = (program: string, clock: Clock = systemClock): CameraSource => {
  let found: Promise<string | undefined> | undefined;
  return {
    name: 'rtsp-ffmpeg',
    schemes: ['rtsp:', 'rtsps:'],
    missing() {
      found ??= run({ program, args: ['-version'] }, AbortSignal.timeout(10_000)).then((end) =>
        end.kind === 'ended' && end.code === 0 ? undefined : `there is no program ${program} on this machine`,
      );
      return found;
    },
    async grab(request, signal) {
      const door = await openDoor(request.address, request, signal);
      if (door.kind === 'refusal') return door;
      await using opened = door;
      const startedMs = clock.monotonicMs();
      const input = listOf(opened.url, request.answerMs);
      const end = await run({ program, args: lookArgs(request.frame), input, outputs: 2 }, signal);
      const tookMs = clock.monotonicMs() - startedMs;
      const frame = readPpm(end.outputs[0] ?? Buffer.alloc(0));
      const jpeg = end.outputs[1];
      if (!frame || !jpeg || jpeg.length === 0)
        return opened.verdict() ?? whyNot(end, { tookMs, answerMs: request.answerMs, isAborted: signal.aborted });
      const { width, height } = await sharp(jpeg).metadata();
      return {
        kind: 'picture',
        picture: {
          frame,
          widthPx: width,
          heightPx: height,
          takenAtMs: clock.nowMs(),
          waitedMs: tookMs,
          scaleCpuMs: 0,
          region: (area) => regionOfEncoded(jpeg, area),
          still: () => Promise.resolve(jpeg),
          [Symbol.dispose]() {},
        },
      };
    },
  };
};

/** Reads one binary PPM (P6, 8 bit); undefined when it is not whole. */
export function readPpm(bytes: Buffer): Frame | undefined {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 40).toString('latin1'));
  if (!head) return undefined;
  const [widthPx, heightPx] = [Number(head[1]), Number(head[2])];
  const rgb = bytes.subarray(head[0].length, head[0].length + widthPx * heightPx * 3);
  return rgb.length === widthPx * heightPx * 3 ? { rgb, widthPx, heightPx } : undefined;
}

interface Course {
  readonly tookMs: number;
  readonly answerMs: number;
  readonly isAborted: boolean;
}

/** ffmpeg's complaint (level `verbose`) in words of a camera's health. */
export function whyNot(end: Pick<RunEnd, 'kind' | 'complaint'>, { tookMs, answerMs, isAborted }: Course): Refusal {
  const text = end.complaint;
  const seconds = (tookMs / 1000).toFixed(1);
  const has = (pattern: RegExp): boolean => pattern.test(text);
  const packets = Number(/Input stream #0:0 \(video\): (\d+) packets read/.exec(text)?.[1] ?? 0);
  if (end.kind === 'missing') return refusal('unknown', `${text}.`);
  if (has(/failed: 401|401 Unauthorized/))
    return refusal('needs-sign-in', 'It asks for a sign-in that we do not have, or ours is wrong (401).');
  if (has(/403 Forbidden/)) return refusal('refused', 'It forbids this address to us (403).');
  if (has(/failed: 404|404 Not Found/)) return refusal('not-found', 'It has no such stream (404).');
  if (has(/failed: 461|Unsupported Transport/))
    return refusal('refused', 'It sends its stream neither over TCP nor over UDP (RTSP 461).');
  if (has(/failed: 45\d|4XX Client Error/))
    return refusal('busy', 'It refused to begin the stream (4xx, most often 453: too many viewers).');
  if (has(/failed: 5\d\d|5XX Server Error/)) return refusal('busy', 'It cannot serve the stream now (5xx).');
  if (has(/Connection refused/)) return refusal('refused', 'The connection was refused: nobody listens at this port.');
  if (has(/No route to host|Network is unreachable/)) return refusal('unreachable', 'There is no way to this address.');
  if (has(/no frame!|Invalid NAL|sps_id|non-existing PPS|Undefined type|nal size exceeds|not implemented/i)) {
    return refusal('garbage', `What came within ${seconds} s could not be decoded.`);
  }
  if (isAborted && packets > 0)
    return refusal('no-key-frame', `${packets} packets came within ${seconds} s, but no key frame.`);
  if (isAborted || tookMs >= answerMs * 0.9)
    return refusal('silent', `It took the connection, but no picture came within ${seconds} s.`);
  if (has(/Could not find codec parameters|Output file is empty|does not contain any stream/i)) {
    return refusal('garbage', 'It ended the stream without anything that could be read.');
  }
  return refusal('refused', 'It closed the connection before a picture came, or does not speak RTSP.');
}
