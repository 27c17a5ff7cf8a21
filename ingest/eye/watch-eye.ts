// The handle of a watching eye alone, without worker and database: what measures it drives it by.
import { AhualError } from '#core/errors';
import type { Camera } from '#core/camera';
import { silentLog } from '#core/log';
import { defaultHazardSettings } from '#hazards';
import { EyeChild } from './child.ts';
import type { FromEye, Opening } from './protocol.ts';

export type WatchEyeOptions = NonNullable<Opening['watch']> & {
  readonly ways: Opening['ways'];
  readonly ffmpeg: string;
  readonly dropFolder: string;
  /** So many streams are watched in it. */
  readonly streams: number;
  readonly onMessage: (message: WatchNews) => void;
  readonly onDeath: (why: string) => void;
};
export type WatchNews = Extract<FromEye, { kind: 'stream' | 'beat' | 'story' | 'ring' }>;

export interface WatchEye extends AsyncDisposable {
  readonly pid: number;
  watch(camera: Camera): void;
}

/** Opens an eye as the worker does and waits until it can watch. Rejects with an AhualError when it cannot. */
export async function startWatchEye(options: WatchEyeOptions): Promise<WatchEye> {
  const { ways, ffmpeg, dropFolder, streams, onMessage, onDeath, ...watch } = options;
  const child = new EyeChild({
    opening: {
      kind: 'open',
      eye: 'watch',
      ways,
      ffmpeg,
      allowedHosts: [],
      hazards: defaultHazardSettings,
      dropFolder,
      files: false,
      watch,
    },
    inFlight: streams * 2,
    log: silentLog,
    onMessage: (message) => {
      const { kind } = message;
      if (kind === 'stream' || kind === 'beat' || kind === 'story' || kind === 'ring') onMessage(message);
      else throw new AhualError('INTERNAL', `A watching eye said "${kind}".`, 'Tell the makers.');
    },
    onEnd: ({ wanted, why }) => {
      if (!wanted) onDeath(why);
    },
  });
  await child.ready;
  return {
    pid: child.pid,
    watch(camera) {
      child.send({ kind: 'watch', camera, signIn: null, adaptations: [] });
    },
    [Symbol.asyncDispose]: () => child.stop(),
  };
}
