// Our side of `bench watch`: one eye as a worker opens it, with all of its path; what it says is counted, its CPU read from outside.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#core/clock';
import { lookIdOf } from '#core/ids';
import type { Camera } from '#core/camera';
import { observeStory } from '#hazards';
import { startWatchEye, type WatchEye, type WatchNews } from '#ingest';
import { rssMiB } from '../cpu.ts';
import type { Street } from './street.ts';

type Beat = Extract<WatchNews, { kind: 'beat' }>;

export const watchSabotages = ['decode-every-5th', 'no-tracker'] as const;
export type WatchSabotage = (typeof watchSabotages)[number];

export interface OurWish {
  readonly folder: string;
  readonly ways: readonly ('node-av' | 'ffmpeg')[];
  readonly ffmpeg: string;
  readonly fps: number;
  readonly sabotage: 'none' | WatchSabotage;
}

/** The product's own settings, but for a ring of half a minute as the measure asks for. */
const [watchFps, beatMs, ringMs, ringBytes] = [5, 5000, 30_000, 2 ** 30];

export interface Work {
  /** The slowest stream's pictures a second in which motion was followed. */
  readonly judgedPerS: number | null;
  readonly cameS: number | null;
  /** Share of the pictures that were sent and not decoded, and of those that nobody told of. */
  readonly droppedPct: number | null;
  readonly unannouncedPct: number | null;
  /** Pictures in which the networks looked, each stream-minute. */
  readonly sightsPerStreamMin: number | null;
  readonly found: number;
  readonly planted: number;
  /** Acts that were told and not planted. */
  readonly falseActs: number;
  readonly breaks: number;
  readonly deaths: number;
  readonly ringFaults: number;
}

export interface OurRun extends AsyncDisposable {
  readonly pid: number;
  readonly rssMiB: () => number;
  watch(cameras: readonly Camera[]): void;
  /** Resolves when every camera has beaten since then: what happened before is not counted. */
  begin(): Promise<void>;
  /** What was done since `begin`. */
  work(street: Street): Work;
}

/** Starts an eye for so many cameras and waits until its networks are loaded: on a busy machine that takes longer than a warm-up. */
export async function startOurs(wish: OurWish, streams: number): Promise<OurRun> {
  let cameras: readonly Camera[] = [];
  const first = new Map<string, Beat>();
  const last = new Map<string, Beat>();
  const acts: { cameraId: string; atMs: number }[] = [];
  const counts = { breaks: 0, deaths: 0, ringFaults: 0 };
  let hasBegun = false;
  let wake: () => void = () => undefined;
  const ringFolder = join(wish.folder, 'ring');
  const dropFolder = join(wish.folder, 'stills');
  mkdirSync(dropFolder, { recursive: true });
  const eye: WatchEye = await startWatchEye({
    ways: [...wish.ways],
    ffmpeg: wish.ffmpeg,
    dropFolder,
    streams,
    fps: wish.sabotage === 'decode-every-5th' ? wish.fps / 5 : watchFps,
    beatMs,
    glanceMs: 300_000,
    ringFolder,
    ringMs,
    ringBytes,
    freeBytesMin: 0,
    // Where only the whole picture counts as something that moves, nothing is ever followed.
    ...(wish.sabotage === 'no-tracker' ? { leastMoving: 1 } : {}),
    onMessage: (message) => {
      switch (message.kind) {
        case 'beat':
          if (hasBegun && !first.has(message.cameraId)) first.set(message.cameraId, message);
          last.set(message.cameraId, message);
          wake();
          return;
        case 'story': {
          const camera = cameras.find((one) => one.id === message.cameraId);
          if (!camera) return;
          const mark = { id: lookIdOf(camera.id, message.atMs), seenAtMs: message.atMs, stillSha256: null };
          if (observeStory(message.story, camera, mark).word === 'hazard')
            acts.push({ cameraId: camera.id, atMs: message.atMs });
          return;
        }
        case 'stream':
          if (message.news.state === 'broken') counts.breaks++;
          return;
        case 'ring':
          if (message.fault !== null) counts.ringFaults++;
          return;
      }
    },
    onDeath: () => {
      counts.deaths++;
    },
  });
  const beaten = async (book: ReadonlyMap<string, Beat>): Promise<void> => {
    const endMs = systemClock.monotonicMs() + 60_000;
    while (book.size < cameras.length && systemClock.monotonicMs() < endMs) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 1000);
      });
    }
  };
  return {
    pid: eye.pid,
    rssMiB: () => rssMiB(eye.pid) ?? 0,
    watch(given) {
      cameras = given;
      for (const camera of cameras) eye.watch(camera);
    },
    async begin() {
      await beaten(last);
      acts.length = 0;
      counts.breaks = 0;
      hasBegun = true;
      await beaten(first);
    },
    work(street) {
      const spans = [...first].flatMap(([id, from]) => {
        const to = last.get(id);
        const seconds = to ? (to.atMs - from.atMs) / 1000 : 0;
        if (!to || seconds < 3) return [];
        const since = (pick: (count: Beat['count']) => number): number => pick(to.count) - pick(from.count);
        return [{ seconds, since }];
      });
      const isWhole = spans.length === cameras.length;
      const sum = (pick: (span: (typeof spans)[number]) => number): number =>
        spans.reduce((n, one) => n + pick(one), 0);
      const sent = sum(({ seconds }) => seconds * wish.fps);
      const came = sum(({ since }) => since((c) => c.came));
      const leftOut = sum(({ since }) => since((c) => c.leftOut));
      const lost = sum(({ since }) => since((c) => c.lost));
      // The first and the last picture of a span may be of one step less or more.
      const missing = Math.max(0, sent - came - spans.length);
      const least = (values: readonly number[]): number | null => (isWhole ? Math.min(...values) : null);
      const isOf = (act: (typeof acts)[number], one: Street['planted'][number]): boolean =>
        act.cameraId === one.cameraId && act.atMs >= one.fromMs && act.atMs <= one.toMs;
      return {
        judgedPerS: least(spans.map(({ seconds, since }) => since((c) => c.judged) / seconds)),
        cameS: least(spans.map(({ seconds, since }) => since((c) => c.came) / seconds)),
        droppedPct: isWhole ? (100 * (missing + leftOut)) / sent : null,
        unannouncedPct: isWhole ? (100 * Math.max(0, missing - lost)) / sent : null,
        sightsPerStreamMin: isWhole
          ? (60 * sum(({ since }) => since((c) => c.sights))) / sum(({ seconds }) => seconds)
          : null,
        found: street.planted.filter((one) => acts.some((act) => isOf(act, one))).length,
        planted: street.planted.length,
        falseActs: acts.filter((act) => !street.planted.some((one) => isOf(act, one))).length,
        ...counts,
      };
    },
    [Symbol.asyncDispose]: () => eye[Symbol.asyncDispose](),
  };
}
