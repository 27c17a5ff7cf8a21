// Live pictures as MPEG-1 for cameras and browsers that H.264 in MP4 does not reach: node-rtsp-stream's Mpeg1Muxer, its only user.
import type { Camera } from '#core/camera';
import type { Log } from '#core/log';
import { ffmpegVersion } from './cut.ts';
import type { Live, LiveViewer } from './live.ts';

export interface Mpeg1Viewer {
  /** MPEG transport stream with MPEG-1 video. */
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onEnd: LiveViewer['onEnd'];
}

export interface Mpeg1Options {
  readonly live: Live;
  readonly ffmpeg: string;
  readonly log: Log;
  /** Pictures a second; MPEG-1 knows only a few rates, 25 among them. */
  readonly fps?: number;
}

/**
 * Joins a camera's live picture as MPEG-1; gives the function that leaves it, or undefined when there is no ffmpeg program.
 * The muxer's own way to a camera would put the address with its password into `ps` and try UDP first. So it is given
 * our pass-through stream on its standard input instead: no second connection, no address, any codec that ffmpeg decodes. One
 * encoder a viewer at 2 to 10 CPU seconds a minute: the caller limits how many.
 */
export async function joinMpeg1(
  options: Mpeg1Options,
  camera: Camera,
  viewer: Mpeg1Viewer,
): Promise<(() => void) | undefined> {
  if ((await ffmpegVersion(options.ffmpeg)) === undefined) return undefined;
  const { default: Mpeg1Muxer } = await import('node-rtsp-stream/mpeg1muxer.js');
  const muxer = new Mpeg1Muxer({
    url: 'pipe:0',
    ffmpegPath: options.ffmpeg,
    ffmpegOptions: { '-an': '', '-r': String(options.fps ?? 25), '-q:v': '5', '-loglevel': 'error' },
  });
  const { stream: program } = muxer;
  let hasEnded = false;
  let leave: () => void = () => undefined;
  const end = (state: Parameters<LiveViewer['onEnd']>[0]['state'], detail: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    leave();
    program.stdin?.destroy();
    program.kill('SIGKILL');
    viewer.onEnd({ state, detail });
  };
  muxer.on('mpeg1data', (bytes: Uint8Array) => {
    if (!hasEnded) viewer.onBytes(bytes);
  });
  program.stdin?.on('error', () => undefined);
  program.once('error', () => {
    end('unknown', 'The ffmpeg program cannot be started.');
  });
  program.once('exit', () => {
    end('garbage', 'The encoder of the live picture ended.');
  });
  leave = options.live.join(camera, {
    onHead: (_codec, bytes) => {
      program.stdin?.write(bytes);
    },
    onPart: (bytes) => {
      // An encoder that cannot keep up loses parts instead of filling our memory.
      if ((program.stdin?.writableLength ?? 0) < 4 * 1024 * 1024) program.stdin?.write(bytes);
    },
    onEnd: ({ state, detail }) => {
      end(state, detail);
    },
  });
  return () => {
    end('unknown', 'Nobody looks any more.');
  };
}
