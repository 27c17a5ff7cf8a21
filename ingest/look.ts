// The look as the worker sees it: ask the eye → take over the still → save. A look's identity is planned, so saved twice it counts once.
import type { Adaptation } from '#core/adaptation';
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import type { LookSigns } from '#core/health-facts';
import { lookIdOf } from '#core/ids';
import type { Look } from '#core/look';
import type { Log } from '#core/log';
import { looks, type Database, type Files } from '#store';
import { signInOf, type CredentialOf } from './book.ts';
import type { Eye, LookAnswer, LookAsk } from './eye/eye.ts';
import type { HealthBook } from './health.ts';
import type { StallWatch } from './health-stalls.ts';
import type { LessonBook } from './lessons.ts';
import type { PastBook } from './past.ts';

export interface LookNeeds {
  readonly database: Database;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: HealthBook;
  readonly credential: CredentialOf;
  readonly memory: LookMemory;
  readonly lessons: LessonBook;
  readonly past: PastBook;
  /** Is a repair being checked at this camera? Then every look keeps its picture. */
  readonly isChecked: (cameraId: string) => Promise<boolean>;
  /** The camera's learned corrections. */
  readonly adaptationsOf: (cameraId: string) => Promise<Adaptation[]>;
  /** Whether we ourselves stood still while a look was under way. */
  readonly stalls: StallWatch;
  readonly settings: { readonly lookTimeoutS: number; readonly confirmS: number };
}

/** One frame each ten minutes is kept of every camera (domain 3.9), besides all that were not clear. */
const keepEveryMs = 600_000;
/**
 * So many looks in a row with the very same bytes, and the next one means a frozen camera. Fewer would accuse cameras whose
 * picture is a recording that repeats.
 */
const frozenAfter = 6;

/** What a worker remembers of a camera between looks; losing it costs a still and some minutes until `frozen` is said. */
export interface LookMemory {
  stillMode(cameraId: string, nowMs: number): 'always' | 'news';
  lastDigest(cameraId: string): string | null;
  /** What its still told of its age before, for the look that comes. */
  stillBefore(cameraId: string, nowMs: number): Pick<LookAsk, 'stillBefore' | 'isStillStale'>;
  note(cameraId: string, answer: LookAnswer, nowMs: number): void;
}

/** A still that was not of now is asked again after so long: somebody may have set the camera right. */
const staleForMs = 3_600_000;

/** An empty memory. */
export function openMemory(): LookMemory {
  const kept = new Map<string, number>();
  const digests = new Map<string, { digest: string; times: number }>();
  const stills = new Map<
    string,
    { readonly answer: NonNullable<LookAsk['stillBefore']>; readonly staleAtMs: number }
  >();
  return {
    stillMode: (id, nowMs) => (nowMs - (kept.get(id) ?? Number.NEGATIVE_INFINITY) >= keepEveryMs ? 'always' : 'news'),
    lastDigest(id) {
      const last = digests.get(id);
      return last && last.times >= frozenAfter ? last.digest : null;
    },
    stillBefore(id, nowMs) {
      const last = stills.get(id);
      if (!last) return {};
      return nowMs - last.staleAtMs < staleForMs ? { isStillStale: true } : { stillBefore: last.answer };
    },
    note(id, answer, nowMs) {
      if (answer.still) kept.set(id, nowMs);
      if (answer.sentStill) {
        const { isStale, ...sent } = answer.sentStill;
        stills.set(id, { answer: sent, staleAtMs: isStale ? nowMs : Number.NEGATIVE_INFINITY });
      }
      if (answer.digest === null) return;
      const last = digests.get(id);
      digests.set(id, { digest: answer.digest, times: last?.digest === answer.digest ? last.times + 1 : 1 });
    },
  };
}

/** An answer of the eye as the row that is saved. */
export function lookOf(
  camera: Pick<Camera, 'id'>,
  dueAtMs: number,
  answer: LookAnswer,
  stillSha256: string | null,
): Look {
  return {
    id: answer.lookId,
    cameraId: camera.id,
    dueAtMs,
    seenAtMs: answer.seenAtMs,
    way: answer.way,
    source: answer.source,
    outcome: answer.outcome,
    tookMs: answer.tookMs,
    widthPx: answer.widthPx,
    heightPx: answer.heightPx,
    ...(answer.preset === undefined ? {} : { preset: answer.preset }),
    detections: answer.detections,
    observations: answer.observations.map((one) => ({
      ...one,
      stillSha256: one.stillSha256 === null ? null : stillSha256,
    })),
    stillSha256,
    parts: answer.parts,
  };
}

/** What the look measured of the camera's health on its way to the picture. */
export function signsOf(answer: LookAnswer): LookSigns {
  const isStream = answer.way === 'rtsp' || answer.way === 'rtsp-ffmpeg';
  const { sentStill } = answer;
  return {
    ...(isStream && answer.widthPx !== null ? { keyWaitMs: answer.waitedMs } : {}),
    ...(sentStill && sentStill.dateMs !== null ? { clockOffsetMs: sentStill.dateMs - sentStill.atMs } : {}),
  };
}

/** Looks once at a camera and saves what came of it. Rejects only when the eye or the database cannot work. */
export async function lookAndSave(
  needs: LookNeeds,
  eye: Eye,
  camera: Camera,
  dueAtMs: number,
): Promise<'saved' | 'known'> {
  const { clock, memory } = needs;
  const beganMs = clock.monotonicMs();
  const answer = await eye.look({
    lookId: lookIdOf(camera.id, dueAtMs),
    camera,
    signIn: signInOf(camera, needs.credential),
    timeoutMs: needs.settings.lookTimeoutS * 1000,
    still: (await needs.isChecked(camera.id)) ? 'always' : memory.stillMode(camera.id, clock.nowMs()),
    lastDigest: memory.lastDigest(camera.id),
    ...memory.stillBefore(camera.id, clock.nowMs()),
    adaptations: await needs.adaptationsOf(camera.id),
    ...(await needs.past.lend(camera, eye)),
  });
  memory.note(camera.id, answer, clock.nowMs());
  const stillSha256 = await takeOver(needs, answer.still);
  const saved = await looks.save(needs.database, lookOf(camera, dueAtMs, answer, stillSha256), {
    judgeAll: true,
    learn: needs.lessons.choose(camera.id, answer, stillSha256),
    blameless: needs.stalls.touched(beganMs, clock.monotonicMs()),
    confirmAfterMs: needs.settings.confirmS * 1000,
    signs: signsOf(answer),
  });
  if (saved === 'saved') {
    await needs.past.note(camera, answer);
    const { outcome } = answer;
    needs.health.note(
      camera,
      outcome.kind === 'seen' ? 'ok' : outcome.state,
      outcome.kind === 'seen' ? '' : outcome.detail,
    );
  }
  return saved;
}

/** Moves a still that an eye laid down among the kept files. A disk that is full costs the still, not the look. */
export async function takeOver(
  { files, log }: Pick<LookNeeds, 'files' | 'log'>,
  still: { path: string; sha256: string } | null,
): Promise<string | null> {
  if (!still) return null;
  try {
    return await files.adopt(still.path, 'still', 'jpg');
  } catch (thrown) {
    log.warn({ error: messageOf(thrown) }, 'a still could not be kept');
    return null;
  }
}
