// Inside the eye: one look from the address to its observations. Grab → quality and networks → rules → still.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Camera, HealthState } from '#core/camera';
import type { Clock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import type { LookParts } from '#core/look';
import { withoutSecrets } from '#core/log';
import type { Detector, Seen } from '#detector';
import { cannotSee, lessonsOf, observe, type HazardSettings } from '#hazards';
import type { SourceList } from '../sources/list.ts';
import { refusal, type FrameWish, type Grab, type SourceWay } from '../sources/source.ts';
import { pictureOfStill } from '../sources/still.ts';
import { learnedOf, type KeptPast } from './past.ts';
import type { LookAnswer, LookAsk } from './protocol.ts';

export interface LookNeeds {
  readonly sources: SourceList;
  readonly detector: Detector;
  readonly clock: Clock;
  readonly hazards: HazardSettings;
  readonly allowedHosts: readonly string[];
  readonly dropFolder: string;
  readonly past: KeptPast;
  /** Looks of this process: how many are in flight now, this one included, and how many were begun in all. */
  readonly crowd: () => { readonly inFlight: number; readonly begun: number };
}

/** Networks for whole streets take this size; the judge of single manholes cuts its crops from the picture at its own size. */
export const streetFrame: FrameWish = { kind: 'exact', widthPx: 640, heightPx: 384 };

/** The one frame that the networks need of a camera where nothing else of the picture is at hand. */
export const frameFor = (camera: Camera): FrameWish =>
  camera.zones.some((zone) => zone.kind === 'manhole') ? { kind: 'most', widthPx: 1280 } : streetFrame;

/** Addresses in order of cost: the camera's own still, its stream, its small stream. */
export const addressesOf = (camera: Camera): string[] =>
  [camera.snapshot, camera.rtsp, camera.subRtsp].filter((address) => address !== undefined);

/** One look. Never throws for what a camera does; throws only when the networks themselves fail. */
export async function look(needs: LookNeeds, ask: LookAsk): Promise<LookAnswer> {
  const { clock, detector, hazards } = needs;
  const { camera, lookId } = ask;
  const startedMs = clock.monotonicMs();
  const cpu = aloneMeter(needs.crowd);
  const { grab, way } = ask.study ? await openStudy(ask.study) : await grabFirst(needs, ask);
  const grabCpu = cpu.lap();
  const mark = (seenAtMs: number, stillSha256: string | null) => ({ id: lookId, seenAtMs, stillSha256 });
  const unseen = (state: HealthState, why: string): LookAnswer => {
    const seenAtMs = clock.nowMs();
    const detail = withoutSecrets(why).slice(0, 300);
    return {
      lookId,
      outcome: { kind: 'unseen', state, detail },
      way,
      seenAtMs,
      tookMs: clock.monotonicMs() - startedMs,
      waitedMs: 0,
      widthPx: null,
      heightPx: null,
      detections: [],
      observations: cannotSee(camera, mark(seenAtMs, null), state, detail),
      still: null,
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
      past: needs.past.take(camera.id, ask.past),
      learn: ask.learn !== undefined,
    });
  } catch (thrown) {
    if (thrown instanceof AhualError && thrown.code === 'PICTURE_REFUSED') return unseen('garbage', thrown.message);
    throw thrown;
  }
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
  const parts: LookParts = {
    grab: Math.max(0, grabCpu - picture.scaleCpuMs),
    scale: picture.scaleCpuMs + sight.cpuMs.scale,
    quality: sight.cpuMs.quality,
    infer: sight.cpuMs.infer,
    rules: rules + sight.cpuMs.decode,
    still: stillCpu,
  };
  return {
    lookId,
    outcome: isGood
      ? { kind: 'seen' }
      : { kind: 'unseen', state: quality.kind === 'good' ? 'ok' : quality.kind, detail: quality.why },
    way,
    seenAtMs: picture.takenAtMs,
    tookMs: clock.monotonicMs() - startedMs,
    waitedMs: picture.waitedMs,
    widthPx: picture.widthPx,
    heightPx: picture.heightPx,
    detections: sight.detections,
    observations: draft.map((one) => ({ ...one, stillSha256 })),
    lessons,
    ...(sight.scene ? { scene: sight.scene } : {}),
    ...learnedFrom(sight, ask, picture.takenAtMs),
    still,
    digest: sight.digest,
    parts: cpu.wasAlone() ? parts : null,
  };
}

const learnedFrom = (sight: Seen, ask: LookAsk, takenAtMs: number): Pick<LookAnswer, 'learned'> => {
  const learned = ask.learn && learnedOf(sight, takenAtMs, ask.learn.drafts);
  return learned ? { learned } : {};
};

/** A kept still as if the camera had just sent it. */
async function openStudy(study: NonNullable<LookAsk['study']>): Promise<{ grab: Grab; way: SourceWay | null }> {
  try {
    return { grab: await pictureOfStill(await readFile(study.path), streetFrame, study.takenAtMs), way: 'file' };
  } catch (thrown) {
    return { grab: refusal('not-found', `The kept picture cannot be read (${messageOf(thrown)}).`), way: 'file' };
  }
}

/** Tries the camera's addresses in order within one deadline; the first refusal is the camera's when none gives a picture. */
async function grabFirst(needs: LookNeeds, ask: LookAsk): Promise<{ grab: Grab; way: SourceWay | null }> {
  const signal = AbortSignal.timeout(ask.timeoutMs);
  let first: { grab: Grab; way: SourceWay | null } | undefined;
  const addresses = ask.file ? [`${ask.file.address}#t=${ask.file.atS}`] : addressesOf(ask.camera);
  for (const address of addresses) {
    const source = needs.sources.sourceOf(address);
    if (!source) {
      const why = needs.sources.off.map((one) => `${one.name}: ${one.why}`).join('; ');
      first ??= { grab: refusal('unknown', `No way that is on opens its address. ${why}`), way: null };
      continue;
    }
    if (first && signal.aborted) break;
    let grab: Grab;
    try {
      grab = await source.grab(
        {
          address,
          signIn: ask.signIn,
          frame: streetFrame,
          answerMs: Math.min(5000, Math.max(1000, ask.timeoutMs / 3)),
          allowedHosts: needs.allowedHosts,
        },
        signal,
      );
    } catch (thrown) {
      grab = refusal('garbage', `Its picture could not be worked on (${messageOf(thrown)}).`);
    }
    if (grab.kind === 'picture') return { grab, way: source.name };
    first ??= { grab, way: source.name };
  }
  return first ?? { grab: refusal('unknown', 'It has no address.'), way: null };
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

/** CPU milliseconds of the whole process since the last lap, and whether this look was the only one all the time. */
function aloneMeter(crowd: LookNeeds['crowd']): { lap(): number; wasAlone(): boolean } {
  const first = crowd();
  let last = process.cpuUsage();
  return {
    lap() {
      const now = process.cpuUsage();
      const ms = (now.user - last.user + now.system - last.system) / 1000;
      last = now;
      return ms;
    },
    wasAlone: () => first.inFlight === 1 && crowd().begun === first.begun,
  };
}
