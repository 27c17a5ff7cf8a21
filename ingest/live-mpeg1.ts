// Live pictures as MPEG-1 for cameras and browsers that H.264 in MP4 does not reach: node-rtsp-stream's Mpeg1Muxer, its only user.
import type { Camera } from '#core/camera';
import type { Log } from '#core/log';
import { ffmpegVersion } from './cut.ts';
import type { Live, LiveViewer } from './live.ts';

export interface Mpeg1Viewer {
  /** MPEG transport stream with MPEG-1 video. `atMs` is when the newest picture given to the encoder came from the camera. */
  readonly onBytes: (bytes: Uint8Array, atMs: number) => void;
  readonly onEnd: LiveViewer['onEnd'];
}

export interface Mpeg1Options {
  readonly live: Live;
  readonly ffmpeg: string;
  readonly log: Log;
  /** Pictures a second; MPEG-1 knows only a few rates, 25 among them. */
  readonly fps?: number;
  /** Encoders at once: each costs 2 to 10 CPU seconds a minute. */
  readonly most?: number;
}

export type Mpeg1Joined =
  | { readonly kind: 'joined'; readonly leave: () => void }
  /** There is no ffmpeg program on this machine. */
  | { readonly kind: 'no-program' }
  /** As many encoders run as may. */
  | { readonly kind: 'too-many'; readonly most: number };

export interface Mpeg1Room extends Disposable {
  /** Joins a camera's live picture as MPEG-1; all viewers of a camera share one encoder. */
  join(camera: Camera, viewer: Mpeg1Viewer): Promise<Mpeg1Joined>;
  /** Encoders that run now. */
  encoders(): number;
}

interface Encoder {
  readonly viewers: Set<Mpeg1Viewer>;
  stop: () => void;
}

/** No encoder is waited for with more than this in its input. */
const mostWaitingBytes = 4 * 1024 * 1024;
const mostWidthPx = 1280;

/** Opens the room of encoders; the first viewer of a camera starts one, the last one to leave ends it. */
export function openMpeg1(options: Mpeg1Options): Mpeg1Room {
  const { live, ffmpeg, most = 2 } = options;
  const encoders = new Map<string, Encoder>();
  let program: Promise<string | undefined> | undefined;

  async function start(camera: Camera, encoder: Encoder): Promise<void> {
    const { default: Mpeg1Muxer } = await import('node-rtsp-stream/mpeg1muxer.js');
    // Everybody may have left while it was loaded.
    if (encoders.get(camera.id) !== encoder) return;
    const muxer = new Mpeg1Muxer({
      url: 'pipe:0',
      ffmpegPath: ffmpeg,
      ffmpegOptions: {
        '-an': '',
        '-r': String(options.fps ?? 25),
        // The player draws levels as they are written, without the head room of television: they are written for it.
        '-vf': `scale=w='min(${mostWidthPx},iw)':h=-2:out_range=full`,
        '-q:v': '5',
        // A picture leaves when it is made: nothing is gathered for smoother rates or for sound that there is not.
        '-bf': '0',
        '-muxdelay': '0.001',
        '-flush_packets': '1',
        '-loglevel': 'error',
      },
    });
    const { stream: child } = muxer;
    let hasEnded = false;
    const isOver = (): boolean => hasEnded;
    let atMs = 0;
    let leave: () => void = () => undefined;
    const end = (state: Parameters<LiveViewer['onEnd']>[0]['state'], detail: string): void => {
      if (hasEnded) return;
      hasEnded = true;
      if (encoders.get(camera.id) === encoder) encoders.delete(camera.id);
      leave();
      child.stdin?.destroy();
      child.kill('SIGKILL');
      for (const viewer of encoder.viewers) viewer.onEnd({ state, detail });
      encoder.viewers.clear();
    };
    encoder.stop = () => {
      end('unknown', 'Nobody looks any more.');
    };
    muxer.on('mpeg1data', (bytes: Uint8Array) => {
      if (!hasEnded) for (const viewer of encoder.viewers) viewer.onBytes(bytes, atMs);
    });
    child.stdin?.on('error', () => undefined);
    child.once('error', () => {
      end('unknown', 'The ffmpeg program cannot be started.');
    });
    child.once('exit', () => {
      end('garbage', 'The encoder of the live picture ended.');
    });
    leave = live.join(camera, {
      onHead: (_codec, bytes) => {
        if (bytes.length === 0) end('garbage', 'Its video is of a kind that cannot be passed on.');
        else child.stdin?.write(bytes);
      },
      onPart: (bytes, _isKey, partAtMs) => {
        atMs = partAtMs;
        // An encoder that cannot keep up loses parts instead of filling our memory.
        if ((child.stdin?.writableLength ?? 0) < mostWaitingBytes) child.stdin?.write(bytes);
      },
      onEnd: ({ state, detail }) => {
        end(state, detail);
      },
    });
    if (isOver()) leave();
  }

  return {
    async join(camera, viewer) {
      program ??= ffmpegVersion(ffmpeg);
      if ((await program) === undefined) {
        // It may be installed while we run.
        program = undefined;
        return { kind: 'no-program' };
      }
      const known = encoders.get(camera.id);
      if (!known && encoders.size >= most) return { kind: 'too-many', most };
      const encoder: Encoder = known ?? {
        viewers: new Set(),
        stop: () => {
          encoders.delete(camera.id);
        },
      };
      encoder.viewers.add(viewer);
      if (!known) {
        encoders.set(camera.id, encoder);
        await start(camera, encoder);
      }
      return {
        kind: 'joined',
        leave: () => {
          if (encoder.viewers.delete(viewer) && encoder.viewers.size === 0) encoder.stop();
        },
      };
    },
    encoders: () => encoders.size,
    [Symbol.dispose]() {
      for (const encoder of [...encoders.values()]) encoder.stop();
    },
  };
}
