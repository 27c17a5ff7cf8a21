// Real eyes held by a test: one that watches, one that passes live pictures on, and what they say of each camera.
import { join } from 'node:path';
import type { Camera, HealthState } from '#core/camera';
import { systemClock } from '#core/clock';
import { silentLog } from '#core/log';
import { defaultHazardSettings } from '#hazards';
import { EyeChild } from '../../ingest/eye/child.ts';
import type { FromEye, Opening } from '../../ingest/eye/protocol.ts';
import { openSources } from '../../ingest/sources/list.ts';
import type { Grab, SignIn } from '../../ingest/sources/source.ts';
import { brittleEye } from './ingest-stand.ts';

export interface Telling {
  readonly state: 'playing' | 'broken';
  readonly health: HealthState;
  readonly detail: string;
}

export interface HeldEye extends AsyncDisposable {
  readonly child: EyeChild;
  /** Whatever it sent, in order. */
  readonly said: FromEye[];
  /** What it told of a camera's stream, in order. */
  tellings(cameraId: string): Telling[];
  readonly ended: () => string | undefined;
}

export interface EyeWish {
  readonly folder: string;
  readonly ways?: readonly ('node-av' | 'ffmpeg')[];
  readonly allowedHosts?: readonly string[];
  readonly certificates?: readonly string[];
  readonly inFlight?: number;
}

/** Starts the eye of the product that watches or passes on. */
export async function holdEye(eye: 'watch' | 'live', wish: EyeWish): Promise<HeldEye> {
  const said: FromEye[] = [];
  let end: string | undefined;
  const opening: Opening = {
    kind: 'open',
    eye,
    ways: [...(wish.ways ?? ['node-av'])],
    ffmpeg: 'ffmpeg',
    allowedHosts: [...(wish.allowedHosts ?? [])],
    certificates: [...(wish.certificates ?? [])],
    hazards: defaultHazardSettings,
    dropFolder: join(wish.folder, 'drop'),
    files: false,
    watch:
      eye === 'live'
        ? null
        : {
            fps: 5,
            beatMs: 1000,
            glanceMs: 600_000,
            ringFolder: join(wish.folder, 'ring'),
            ringMs: 60_000,
            ringBytes: 2 ** 30,
            freeBytesMin: 0,
          },
  };
  const child = new EyeChild({
    opening,
    inFlight: wish.inFlight ?? 64,
    entry: await brittleEye(),
    log: silentLog,
    onMessage: (message) => said.push(message),
    onEnd: ({ wanted, why }) => (end = wanted ? undefined : why),
  });
  await child.ready;
  return {
    child,
    said,
    tellings: (cameraId) =>
      said.flatMap((one) => (one.kind === 'stream' && one.news.cameraId === cameraId ? [one.news] : [])),
    ended: () => end,
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

/** The yard that a watched camera watches. */
export const watchedZones: Pick<Camera, 'zones' | 'watch'> = {
  watch: true,
  zones: [
    {
      id: 'yard',
      kind: 'no-dumping',
      hazards: ['dumping'],
      streetClass: 'none',
      polygon: [
        [0.2, 0.3],
        [0.8, 0.3],
        [0.8, 0.9],
        [0.2, 0.9],
      ],
    },
  ],
};

/** One picture out of an address in this process, by one way. */
export async function grabOne(
  way: 'node-av' | 'ffmpeg',
  address: string,
  over: {
    readonly signIn?: SignIn;
    readonly answerMs?: number;
    readonly timeoutMs?: number;
    readonly allowedHosts?: readonly string[];
    readonly certificates?: readonly string[];
  } = {},
): Promise<Grab> {
  const { signIn = null, answerMs = 3000, timeoutMs = 15_000, allowedHosts = [], certificates = [] } = over;
  const list = await openSources({ ways: [way], ffmpeg: 'ffmpeg', clock: systemClock });
  const source = list.sourceOf(address);
  if (!source) throw new RangeError(`nothing opens ${address}`);
  const request = {
    address,
    signIn,
    frame: { kind: 'most', widthPx: 160 },
    answerMs,
    allowedHosts,
    certificates,
  } as const;
  return source.grab(request, AbortSignal.timeout(timeoutMs));
}

/** What came of a grab in few words: the size of its picture, or the state. Frees the picture. */
export function saidOf(grab: Grab): string {
  if (grab.kind === 'refusal') return grab.state;
  using picture = grab.picture;
  const { rgb } = picture.frame;
  const isPlain = rgb.every((value, i) => Math.abs(value - (rgb[i % 3] ?? 0)) < 4);
  return `${picture.widthPx}x${picture.heightPx}${isPlain ? ' plain' : ''}`;
}
