// The worker: takes looks from the queue, holds watched cameras, cuts clips out of its ring. No native code here; its eyes have it.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '#core/clip';
import type { Clock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { withoutSecrets, type Log } from '#core/log';
import { cameras, clips, type Bell, type Database, type Files, type Queue, type Tx } from '#store';
import { openBook, type CredentialOf } from './book.ts';
import { cutClip, type Cut } from './cut.ts';
import { startEye, type Eye } from './eye/eye.ts';
import { hasEnded } from './ended.ts';
import { openHealth } from './health.ts';
import { watchStalls } from './health-stalls.ts';
import { openLessons } from './lessons.ts';
import { openPast, runStudies } from './past.ts';
import { openChecks } from './checks.ts';
import { lookAndSave, openMemory } from './look.ts';
import { runPlates } from './plates.ts';
import type { WorkerSettings } from './settings.ts';
import { runWatch, type WatchState } from './watch.ts';

export interface WorkerNeeds {
  readonly database: Database;
  readonly queue: Queue;
  readonly bell: Bell;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: WorkerSettings;
  /** `user:password` of cameras by the name that the camera list uses. */
  readonly credential: CredentialOf;
  /** Seals a clip in the transaction in which its file is known. */
  readonly afterCut: (tx: Tx, clip: Clip, cut: Cut) => Promise<unknown>;
  /** Facts for the health page. */
  readonly tell?: (facts: Readonly<Record<string, string | number | boolean | null>>) => void;
  /** Built file of the eye, when another than the product's own. */
  readonly entry?: string;
}

const tellEveryMs = 2000;
const cutEveryMs = 5000;

/** Works until the signal ends it: then takes nothing new, finishes the looks in hand, lets go of what it holds. */
export async function runWorker(needs: WorkerNeeds, signal: AbortSignal): Promise<void> {
  const { database, queue, bell, files, clock, log, settings, credential } = needs;
  const dropFolder = join(settings.filesFolder, 'drop', String(process.pid));
  await clearDrops(join(settings.filesFolder, 'drop'), log);
  await mkdir(dropFolder, { recursive: true });
  using book = openBook(database, bell, clock);
  const health = openHealth(log, await cameras.health(database));
  using stalls = watchStalls(clock);
  const memory = openMemory();
  const entry = needs.entry === undefined ? {} : { entry: needs.entry };
  const eyes = Array.from({ length: settings.eyes }, () =>
    startEye({
      inFlight: settings.inFlight,
      ways: settings.ways,
      ffmpeg: settings.ffmpeg,
      allowedHosts: settings.allowedHosts,
      certificates: settings.certificates,
      hazards: settings.hazards,
      dropFolder,
      recycleLooks: settings.recycleLooks,
      recycleMiB: settings.recycleMiB,
      log,
      clock,
      ...entry,
    }),
  );
  const counts = { saved: 0, known: 0, stale: 0, failed: 0, gone: 0 };
  let watching: WatchState | undefined;
  const lessons = openLessons(clock, settings.pace);
  const adaptationsOf = (cameraId: string) => book.adaptationsOf(cameraId);
  const past = openPast({ database, clock, log }, settings.pace);
  const isChecked = openChecks(database, clock);
  const lookNeeds = {
    database,
    files,
    clock,
    log,
    health,
    credential,
    memory,
    settings,
    lessons,
    past,
    adaptationsOf,
    isChecked,
    stalls,
  };
  const stopLooking = await queue.work(
    'look',
    { concurrency: settings.eyes * settings.inFlight },
    async ({ cameraId, dueAtMs }) => {
      if (clock.nowMs() - dueAtMs > settings.lookStaleS * 1000) {
        counts.stale++;
        return;
      }
      const camera = await book.byId(cameraId);
      if (!camera) {
        counts.gone++;
        return;
      }
      try {
        counts[await lookAndSave(lookNeeds, idlest(eyes), camera, dueAtMs)]++;
      } catch (thrown) {
        counts.failed++;
        throw thrown;
      }
    },
  );
  // The first eye is started now: its models are checked before the first look is due.
  for (const eye of eyes) {
    eye.ready().catch((thrown: unknown) => {
      log.error(
        { error: withoutSecrets(messageOf(thrown)), cure: thrown instanceof AhualError ? thrown.cure : '' },
        'an eye cannot look',
      );
    });
  }
  const telling = tellNowAndThen(needs, eyes, counts, () => watching, signal);
  const watch = runWatch({ ...needs, book, health, dropFolder, lessons }, (state) => (watching = state), signal);
  const cameraOf = (id: string) => book.byId(id);
  const studies = runStudies({ database, files, clock, log, cameraOf }, () => idlest(eyes), signal);
  const plates = runPlates({ ...needs, book, dropFolder }, signal);
  try {
    await Promise.all([cutNowAndThen(needs, dropFolder, signal), watch, telling, plates, studies]);
  } finally {
    await stopLooking();
    await Promise.all(eyes.map((eye) => eye[Symbol.asyncDispose]()));
    await rm(dropFolder, { recursive: true, force: true });
  }
}

/** What workers that were killed left half-taken: their numbers are no longer those of living processes. */
async function clearDrops(folder: string, log: Log): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (isAlive(Number(name))) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch((thrown: unknown) => {
      log.warn({ error: messageOf(thrown) }, 'left-over stills could not be removed');
    });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

function idlest(eyes: readonly Eye[]): Eye {
  const [best] = [...eyes].sort((a, b) => a.state().inFlight - b.state().inFlight);
  if (!best) throw new RangeError('a worker needs an eye');
  return best;
}

async function tellNowAndThen(
  { clock, tell, settings }: WorkerNeeds,
  eyes: readonly Eye[],
  counts: Readonly<Record<string, number>>,
  watching: () => WatchState | undefined,
  signal: AbortSignal,
): Promise<void> {
  const slots = settings.eyes * settings.inFlight;
  while (!signal.aborted) {
    const states = eyes.map((eye) => eye.state());
    const sum = (pick: (state: (typeof states)[number]) => number): number =>
      states.reduce((total, state) => total + pick(state), 0);
    const watch = watching();
    const reader = states[0]?.ways.find((way) => way.startsWith('rtsp'));
    tell?.({
      ...(states[0] && states[0].ways.length > 0
        ? {
            reader: reader === 'rtsp' ? 'node-av' : reader === 'rtsp-ffmpeg' ? 'ffmpeg' : 'none: snapshot cameras only',
          }
        : {}),
      off: states[0]?.off.map((one) => one.why).join('; ') ?? '',
      models: states[0]?.models.join(', ') ?? '',
      looks: sum((state) => state.looks),
      inFlight: sum((state) => state.inFlight),
      eyeCrashes: sum((state) => state.crashes),
      eyeRssMiB: sum((state) => state.rssMiB),
      eyesResting: states.filter((state) => state.stopped !== null).length,
      slots,
      savedLooks: counts['saved'] ?? 0,
      knownLooks: counts['known'] ?? 0,
      goneLooks: counts['gone'] ?? 0,
      staleLooks: counts['stale'] ?? 0,
      failedLooks: counts['failed'] ?? 0,
      watched: watch?.cameras ?? 0,
      watchedPlaying: watch?.playing ?? 0,
      stories: watch?.stories ?? 0,
      watchEyes: watch?.pids.join(' ') ?? '',
      watchRssMiB: watch?.rssMiB ?? 0,
      ringFault: watch?.ringFault ?? '',
      ringFaultKinds: watch?.ringFaultKinds.join(' ') ?? '',
      watchLeftOut: watch?.leftOut ?? 0,
      watchLost: watch?.lost ?? 0,
    });
    await clock.sleep(tellEveryMs, signal).catch(() => undefined);
  }
}

/**
 * Cuts planned clips whose seconds lie in this worker's ring. The rows are the truth: what is still planned is asked again
 * until the clip is there or the ring has rolled over, which is then written down.
 */
async function cutNowAndThen(needs: WorkerNeeds, workFolder: string, signal: AbortSignal): Promise<void> {
  const { database, bell, clock, log, settings, files } = needs;
  let wake: AbortController | undefined;
  const offs = [bell.on('clip-planned', () => wake?.abort()), bell.on('reconnected', () => wake?.abort())];
  try {
    while (!signal.aborted) {
      try {
        for (const clip of await clips.pending(database)) {
          if (hasEnded(signal)) break;
          const nowMs = clock.nowMs();
          const cut = await cutClip(
            {
              ringFolder: settings.ringFolder,
              ringS: settings.ringS,
              files,
              workFolder,
              ffmpeg: settings.ffmpeg,
              log,
              ...(needs.entry === undefined ? {} : { entry: needs.entry }),
            },
            clip,
            nowMs,
          );
          if (cut.kind === 'cut') {
            await database.transaction((tx) => needs.afterCut(tx, clip, cut));
            log.info(
              {
                clipId: clip.id,
                cameraId: clip.cameraId,
                durationMs: cut.durationMs,
                cutBy: cut.cutBy,
                missing: cut.detail,
              },
              'clip cut',
            );
          } else if (nowMs > clip.toMs + settings.ringS * 1000) {
            // Another worker's ring may hold it; only when no ring can hold it any more it is lost.
            await database.transaction((tx) =>
              clips.update(
                tx,
                clip,
                { state: 'lost', detail: cut.why },
                { atMs: nowMs, actor: 'ingest', reason: cut.why },
              ),
            );
            log.warn({ clipId: clip.id, cameraId: clip.cameraId, why: cut.why }, 'clip lost');
          }
        }
      } catch (thrown) {
        log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'a clip could not be cut now');
      }
      wake = new AbortController();
      await clock.sleep(cutEveryMs, AbortSignal.any([signal, wake.signal])).catch(() => undefined);
    }
  } finally {
    for (const off of offs) off();
  }
}
