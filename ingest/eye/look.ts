// Inside the eye: one look from the address to its observations. Grab → quality and networks → rules → still.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Camera, HealthState } from '#core/camera';
import type { Clock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import type { LookParts } from '#core/look';
import { withoutSecrets } from '#core/log';
import { isTurning } from '#core/preset';
import type { Detector, Seen } from '#detector';
import { cannotSee, lessonsOf, observe, type HazardSettings } from '#hazards';
import { refusal, type FrameWish, type Grab } from '../sources/source.ts';
import { pictureOfStill } from '../sources/still.ts';
import { grabFirst, streetFrame, type Grabbed, type OrderNeeds } from './order.ts';
import { learnedOf, type KeptPast } from './past.ts';
import type { LookAnswer, LookAsk } from './protocol.ts';

export interface LookNeeds extends OrderNeeds {
  readonly detector: Detector;
  readonly clock: Clock;
  readonly hazards: HazardSettings;
  readonly dropFolder: string;
  readonly past: KeptPast;
  /** Looks of this process: how many are in flight now, this one included, and how many were begun in all. */
  readonly crowd: () => { readonly inFlight: number; readonly begun: number };
}

/** The one frame that the networks need of a camera where nothing else of the picture is at hand. */
export const frameFor = (camera: Camera): FrameWish =>
  camera.zones.some((zone) => zone.kind === 'manhole') ? { kind: 'most', widthPx: 1280 } : streetFrame;

/** One look. Never throws for what a camera does; throws only when the networks themselves fail. */
export async function look(needs: LookNeeds, ask: LookAsk): Promise<LookAnswer> {
  const { clock, detector, hazards } = needs;
  const { camera, lookId } = ask;
  const startedMs = clock.monotonicMs();
  const cpu = aloneMeter(needs.crowd);
  const {
    grab,
    way,
    source,
    still: sentStill,
  } = ask.study ? await openStudy(ask.study, needs) : await grabFirst(needs, ask);
  const grabCpu = cpu.lap();
  const mark = (seenAtMs: number, stillSha256: string | null) => ({ id: lookId, seenAtMs, stillSha256 });
  const unseen = (state: HealthState, why: string): LookAnswer => {
    const seenAtMs = clock.nowMs();
    const detail = withoutSecrets(why).slice(0, 300);
    return {
      lookId,
      outcome: { kind: 'unseen', state, detail },
      way,
      source,
      seenAtMs,
      tookMs: clock.monotonicMs() - startedMs,
      waitedMs: 0,
      widthPx: null,
      heightPx: null,
      detections: [],
      observations: cannotSee(camera, mark(seenAtMs, null), state, detail),
      still: null,
      sentStill,
      digest: null,
      parts: null,
    };
  };
  if (grab.kind === 'refusal') return unseen(grab.state, grab.detail);

  using picture = grab.picture;
  let sight;
  try {
    sight = await detector.see(picture.frame, camera.zones, {
      hazards: [...new Set(camera.zones.flatMap((zone) => zone.hazards))],
      pixels: picture,
      ...(ask.lastDigest === null ? {} : { lastDigest: ask.lastDigest }),
      ...(isTurning(camera)
        ? { views: needs.past.takeViews(camera, ask.past) }
        : { past: needs.past.take(camera.id, ask.past) }),
      learn: ask.learn !== undefined,
    });
  } catch (thrown) {
    if (thrown instanceof AhualError && thrown.code === 'PICTURE_REFUSED') return unseen('garbage', thrown.message);
    throw thrown;
  }
  needs.past.noteShown(camera.id, sight.preset);
  cpu.lap();
  const { quality } = sight;
  const isGood = quality.kind === 'good';
  const adaptations = ask.adaptations ?? [];
  const draft = observe(sight, camera, mark(picture.takenAtMs, null), hazards, adaptations);
  const lessons = lessonsOf(sight, camera, hazards, adaptations);
  const rules = cpu.lap();
  const isNews = !isGood || draft.some((one) => one.word === 'hazard');
  const still =
    ask.still === 'always' || (ask.still === 'news' && isNews)
      ? await layDown(await picture.still(), needs.dropFolder)
      : null;
  const stillCpu = cpu.lap();
  const stillSha256 = still?.sha256 ?? null;
  cpu.end();
  const parts: LookParts = {
    grab: Math.max(0, grabCpu - picture.scaleCpuMs),
    scale: picture.scaleCpuMs + sight.cpuMs.scale,
    quality: sight.cpuMs.quality,
    infer: sight.cpuMs.infer,
    rules: rules + sight.cpuMs.decode,
    still: stillCpu,
    ...cpu.between(),
  };
  return {
    lookId,
    outcome: isGood
      ? { kind: 'seen' }
      : { kind: 'unseen', state: quality.kind === 'good' ? 'ok' : quality.kind, detail: quality.why },
    way,
    source,
    seenAtMs: picture.takenAtMs,
    tookMs: clock.monotonicMs() - startedMs,
    waitedMs: picture.waitedMs,
    widthPx: picture.widthPx,
    heightPx: picture.heightPx,
    ...(sight.preset === undefined ? {} : { preset: sight.preset }),
    detections: sight.detections,
    observations: draft.map((one) => (one.support.facts['why'] === 'other-view' ? one : { ...one, stillSha256 })),
    lessons,
    ...(sight.scene ? { scene: sight.scene } : {}),
    ...learnedFrom(sight, ask, picture.takenAtMs),
    still,
    sentStill,
    digest: sight.digest,
    parts: cpu.wasAlone() ? parts : null,
  };
}

const learnedFrom = (sight: Seen, ask: LookAsk, takenAtMs: number): Pick<LookAnswer, 'learned'> => {
  if (ask.learn?.preset !== undefined && sight.preset !== ask.learn.preset) return {};
  const learned = ask.learn && learnedOf(sight, takenAtMs, ask.learn.drafts);
  return learned ? { learned } : {};
};

/** A kept still as if the camera had just sent it. */
async function openStudy(study: NonNullable<LookAsk['study']>, { turn }: OrderNeeds): Promise<Grabbed> {
  let grab: Grab;
  try {
    grab = await pictureOfStill(await readFile(study.path), streetFrame, study.takenAtMs, turn);
  } catch (thrown) {
    grab = refusal('not-found', `The kept picture cannot be read (${messageOf(thrown)}).`);
  }
  return { grab, way: 'file', source: 'file', still: null };
}

/** Writes a finished still beside the kept files under its hash, whole or not at all; the worker takes it from there. */
export async function layDown(jpeg: Buffer, folder: string): Promise<{ path: string; sha256: string }> {
  const sha256 = createHash('sha256').update(jpeg).digest('hex');
  const path = join(folder, `${sha256}-${process.pid}-${++drops}.jpg`);
  await mkdir(folder, { recursive: true });
  await writeFile(`${path}.part`, jpeg);
  await rename(`${path}.part`, path);
  return { path, sha256 };
}
let drops = 0;

/** What the process had spent when its last look ended, and the number of that look. */
let lastEnd: { readonly used: NodeJS.CpuUsage; readonly begun: number } | undefined;

/** CPU milliseconds of the whole process since the last lap, and whether this look was the only one all the time. */
function aloneMeter(crowd: LookNeeds['crowd']): {
  lap(): number;
  between(): { other?: number };
  end(): void;
  wasAlone(): boolean;
} {
  const first = crowd();
  const begin = process.cpuUsage();
  const since = (from: NodeJS.CpuUsage, to: NodeJS.CpuUsage): number =>
    (to.user - from.user + to.system - from.system) / 1000;
  const other = lastEnd?.begun === first.begun - 1 ? { other: since(lastEnd.used, begin) } : {};
  let last = begin;
  return {
    lap() {
      const now = process.cpuUsage();
      const ms = since(last, now);
      last = now;
      return ms;
    },
    between: () => other,
    end() {
      lastEnd = { used: last, begun: crowd().begun };
    },
    wasAlone: () => first.inFlight === 1 && crowd().begun === first.begun,
  };
}
