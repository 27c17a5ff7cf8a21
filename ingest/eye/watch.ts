// Inside the eye: watched cameras. One stream without pause each, kept in the ring and judged, begun anew whenever it breaks off.
import type { Adaptation } from '#core/adaptation';
import type { Camera } from '#core/camera';
import { nextAttempt } from '#core/backoff';
import { messageOf } from '#core/errors';
import { withoutSecrets } from '#core/log';
import type { PastView } from '#detector';
import { hasEnded } from '../ended.ts';
import { openRing, type RingWriter } from '../ring-writer.ts';
import { loadAv } from '../sources/av.ts';
import { refusal, type Refusal, type SignIn } from '../sources/source.ts';
import { Analyst, type WatchNeeds } from './analyst.ts';
import { watchByAv, type WatchRoles } from './watch-av.ts';
import { watchByFfmpeg } from './watch-ffmpeg.ts';

export interface WatchRoom {
  /** `views`: the references of a camera with several views. */
  watch(camera: Camera, signIn: SignIn | null, adaptations: readonly Adaptation[], views?: readonly PastView[]): void;
  unwatch(cameraId: string): void;
  /** What the ring may take from now on. */
  setRing(bytes: number): void;
  stop(): Promise<void>;
}

const answerMs = 5000;
const retry = { firstMs: 1000, maxMs: 30_000 };

export function openWatchRoom(needs: WatchNeeds): WatchRoom {
  const { watch } = needs;
  const ring = openRing({
    folder: watch.ringFolder,
    keepMs: watch.ringMs,
    quotaBytes: watch.ringBytes,
    freeBytesMin: watch.freeBytesMin,
    onFault: (fault, kinds) => {
      needs.send({ kind: 'ring', fault: fault ?? null, kinds: [...kinds] });
    },
  });
  const watched = new Map<string, { stop: AbortController; ended: Promise<unknown> }>();
  const unwatch = (cameraId: string): void => {
    watched.get(cameraId)?.stop.abort();
    watched.delete(cameraId);
  };
  return {
    watch(camera, signIn, adaptations, views = []) {
      unwatch(camera.id);
      const stop = new AbortController();
      const ended = watchCamera(needs, ring, camera, signIn, { adaptations, views }, stop.signal).catch(
        (thrown: unknown) => {
          tell(needs, camera, refusal('crashed', messageOf(thrown)));
        },
      );
      watched.set(camera.id, { stop, ended });
    },
    unwatch,
    setRing: (bytes) => {
      ring.setQuota(bytes);
    },
    async stop() {
      const all = [...watched.values()];
      for (const { stop } of all) stop.abort();
      await Promise.all(all.map((one) => one.ended));
    },
  };
}

/** The small stream is judged, the large one kept; where there is only one it is both. */
async function watchCamera(
  needs: WatchNeeds,
  ring: RingWriter,
  camera: Camera,
  signIn: SignIn | null,
  learned: { readonly adaptations: readonly Adaptation[]; readonly views: readonly PastView[] },
  signal: AbortSignal,
): Promise<void> {
  await ring.adopt(camera.id);
  const large = camera.rtsp ?? camera.subRtsp;
  const small = camera.subRtsp ?? camera.rtsp;
  if (large === undefined || small === undefined) {
    tell(needs, camera, refusal('unknown', 'A watched camera needs an RTSP address.'));
    return;
  }
  const analyst = new Analyst(needs, camera, learned.adaptations, learned.views);
  const keep: WatchRoles['keep'] = async (head, fragment) => {
    await ring.append(camera.id, head, fragment);
  };
  const play = (address: string, roles: Omit<WatchRoles, 'onPlaying'>): Promise<void> =>
    keepOn(needs, camera, address, signIn, roles, signal);
  if (large === small) await play(small, { keep, analyst });
  else await Promise.all([play(large, { keep, analyst: undefined }), play(small, { keep: undefined, analyst })]);
}

function tell({ send, clock }: WatchNeeds, camera: Camera, end: Refusal | undefined): void {
  send({
    kind: 'stream',
    news: {
      cameraId: camera.id,
      state: end ? 'broken' : 'playing',
      health: end?.state ?? 'ok',
      detail: withoutSecrets(end?.detail ?? ''),
      atMs: clock.nowMs(),
    },
  });
}

/** Plays one address again and again with growing pauses, until it is not wanted any more. */
async function keepOn(
  needs: WatchNeeds,
  camera: Camera,
  address: string,
  signIn: SignIn | null,
  roles: Omit<WatchRoles, 'onPlaying'>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, opening, watch } = needs;
  const isAvOn = opening.ways.includes('node-av') && typeof (await loadAv()) !== 'string';
  const { allowedHosts, certificates = [] } = opening;
  const request = { address, signIn, answerMs, allowedHosts, certificates };
  let failures = 0;
  const all: WatchRoles = {
    ...roles,
    onPlaying: () => {
      failures = 0;
      tell(needs, camera, undefined);
    },
    onTrouble: (trouble) => {
      tell(needs, camera, trouble);
    },
  };
  while (!signal.aborted) {
    let end: Refusal;
    try {
      end = isAvOn
        ? await watchByAv(clock, request, all, signal)
        : await watchByFfmpeg(clock, opening.ffmpeg, request, all, watch.fps, signal);
    } catch (thrown) {
      end = refusal('garbage', messageOf(thrown));
    }
    if (hasEnded(signal)) return;
    tell(needs, camera, end);
    failures++;
    const nowMs = clock.nowMs();
    await clock.sleep(nextAttempt(nowMs, failures, retry, Math.random()) - nowMs, signal).catch(() => undefined);
  }
}
