// Number plates of acts of dumping: the rows say which are still to be read, the queue hands them out, an eye of its own reads each.
import type { Zone } from '#core/camera';
import type { Clip } from '#core/clip';
import type { Clock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { IncidentId } from '#core/ids';
import type { Incident } from '#core/incident';
import { withoutSecrets, type Log } from '#core/log';
import type { PlateReading } from '#core/plate';
import { clips, incidents, plates, type Database, type Files, type Queue } from '#store';
import type { CameraBook } from './book.ts';
import { hasEnded } from './ended.ts';
import { EyeChild, withResolvers } from './eye/child.ts';
import type { PlateAnswer, PlateAsk } from './eye/protocol.ts';
import { takeOver } from './look.ts';
import type { WorkerSettings } from './settings.ts';

export interface PlateNeeds {
  readonly database: Database;
  readonly queue: Queue;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly book: Pick<CameraBook, 'byId'>;
  readonly settings: Pick<WorkerSettings, 'ffmpeg' | 'hazards'>;
  readonly dropFolder: string;
  readonly entry?: string;
}

const lookAroundMs = 5000;
/** A part that is missing is asked for again so often: whoever installs it need not start anything anew. */
const restMs = 600_000;
const triesAtMost = 3;
const longestReadMs = 120_000;

/** Plans and reads until the signal ends it. A plate that was read stays as it is, whoever reads it again. */
export async function runPlates(needs: PlateNeeds, signal: AbortSignal): Promise<void> {
  const { database, queue, clock, log } = needs;
  const failed = new Map<string, number>();
  let restsUntilMs = 0;
  const stop = await queue.work('plate', { concurrency: 1 }, async ({ incidentId }) => {
    if (hasEnded(signal)) return;
    try {
      await readAndSave(needs, incidentId, signal);
      failed.delete(incidentId);
    } catch (thrown) {
      if (hasEnded(signal)) return;
      const why = withoutSecrets(messageOf(thrown));
      if (thrown instanceof AhualError && thrown.code === 'PART_MISSING') {
        restsUntilMs = clock.nowMs() + restMs;
        log.error({ error: why, cure: thrown.cure }, 'number plates cannot be read; tried again in ten minutes');
        return;
      }
      const tries = (failed.get(incidentId) ?? 0) + 1;
      failed.set(incidentId, tries);
      log.warn({ incidentId, tries, error: why }, 'a number plate could not be read now');
      if (tries >= triesAtMost) await giveUp(needs, incidentId);
    }
  });
  try {
    while (!signal.aborted) {
      try {
        if (clock.nowMs() >= restsUntilMs) {
          const due = await plates.due(database, clock.nowMs(), 20);
          await queue.put(
            'plate',
            due.map(({ incidentId }) => ({ key: incidentId, payload: { incidentId: IncidentId.parse(incidentId) } })),
          );
        }
      } catch (thrown) {
        log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'number plates could not be planned now');
      }
      await clock.sleep(lookAroundMs, signal).catch(() => undefined);
    }
  } finally {
    await stop();
  }
}

const cameToNothing: ReadonlySet<Incident['state']> = new Set(['rejected', 'self_cleared', 'merged', 'expired']);

/** Reads one plate and writes it down; does nothing where that was done, or where the incident came to nothing. */
export async function readAndSave(needs: PlateNeeds, incidentId: string, signal: AbortSignal): Promise<void> {
  const { database, files, clock, log, book } = needs;
  const startedMs = clock.monotonicMs();
  if (await plates.byIncident(database, incidentId)) return;
  const incident = await incidents.byId(database, incidentId);
  if (!incident || cameToNothing.has(incident.state)) return;
  const clip = (await clips.byIncident(database, incidentId)).find((one) => one.state === 'sealed');
  const camera = incident.cameraId === null ? undefined : await book.byId(incident.cameraId);
  const zone = camera?.zones.find((one) => one.id === incident.zoneId) ?? wholePicture;
  const answer = await readInEye(needs, askOf(incident, clip, zone, files), signal);
  const cropSha256 = await takeOver({ files, log }, answer.crop);
  const saved = await save(needs, incident, clip, answer.reading, cropSha256, answer.models);
  log.info(
    {
      incidentId,
      state: answer.reading.state,
      why: answer.reading.why,
      frames: answer.reading.frames.length,
      agreeing: answer.reading.agreeing,
      missing: answer.detail,
      saved,
      tookMs: Math.round(clock.monotonicMs() - startedMs),
    },
    'number plate looked for',
  );
}

function save(
  { database, clock }: Pick<PlateNeeds, 'database' | 'clock'>,
  incident: Pick<Incident, 'id'>,
  clip: Pick<Clip, 'id'> | undefined,
  reading: PlateReading,
  cropSha256: string | null,
  models: readonly string[],
): Promise<'saved' | 'known'> {
  return database.transaction((tx) =>
    plates.save(tx, {
      ...reading,
      incidentId: incident.id,
      clipId: clip?.id ?? null,
      cropSha256,
      models: [...models],
      readAtMs: clock.nowMs(),
    }),
  );
}

/** Three eyes could not do it: written down, so that nobody waits for it. */
async function giveUp(needs: PlateNeeds, incidentId: string): Promise<void> {
  const incident = await incidents.byId(needs.database, incidentId);
  if (!incident) return;
  const [clip] = await clips.byIncident(needs.database, incidentId);
  const nothing: PlateReading = {
    state: 'none',
    text: '',
    kind: null,
    confidence: [],
    agreeing: 0,
    frames: [],
    why: 'failed',
  };
  await save(needs, incident, clip, nothing, null, []);
}

/** Where the zone of an incident is not known any more, the vehicle may stand anywhere. */
const wholePicture: Zone = {
  id: 'whole',
  kind: 'no-dumping',
  hazards: ['dumping'],
  streetClass: 'none',
  polygon: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ],
};

function askOf(incident: Incident, clip: Clip | undefined, zone: Zone, files: Pick<Files, 'path'>): PlateAsk {
  const { facts } = incident.why;
  const hashes = [facts['stillActing'], facts['stillCame'], incident.stillSha256];
  const stills = [...new Set(hashes)]
    .filter((sha256): sha256 is string => typeof sha256 === 'string')
    .map((sha256, i) => ({ path: files.path(sha256), atMs: incident.openedAtMs + i }));
  const atS = clip ? secondsOf(facts, clip) : [];
  return {
    zone,
    film:
      clip?.sha256 != null && clip.startsAtMs !== null && atS.length > 0
        ? { path: files.path(clip.sha256), startsAtMs: clip.startsAtMs, atS }
        : null,
    stills,
    timeoutMs: longestReadMs,
  };
}

/** Nearer together than this, two frames of a street camera show the same noise: they are no two looks. */
const apartS = 0.4;
const mostFrames = 30;

/**
 * Which seconds of a clip to look at, rising: the coming and the leaving, when a vehicle shows its ends from all sides, every half
 * second; the act itself now and then; of a clip without those moments, all of it evenly.
 */
export function secondsOf(facts: Incident['why']['facts'], clip: Pick<Clip, 'startsAtMs' | 'durationMs'>): number[] {
  const { startsAtMs, durationMs } = clip;
  if (startsAtMs === null || durationMs === null || durationMs <= 0) return [];
  const endS = Math.max(0, durationMs / 1000 - 0.3);
  const moment = (name: string): number | undefined => {
    const value = facts[name];
    return typeof value === 'number' ? (value - startsAtMs) / 1000 : undefined;
  };
  const [cameS, raisedS, leftS] = [moment('cameAtMs'), moment('raisedAtMs'), moment('leftAtMs')];
  const around = (atS: number | undefined, offsets: readonly number[]): number[] =>
    atS === undefined ? [] : offsets.map((offset) => atS + offset);
  const wished = [
    ...around(cameS, [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6]),
    ...around(raisedS, [-3, -1.5, 0, 1.5, 3]),
    ...around(leftS, [-6, -5, -4, -3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5]),
  ].filter((atS) => atS >= 0 && atS <= endS);
  const evenly = Array.from({ length: 16 }, (_, i) => (endS * (i + 0.5)) / 16);
  const rising = (wished.length >= 4 ? wished : evenly).toSorted((a, b) => a - b);
  const chosen: number[] = [];
  for (const atS of rising) {
    if (atS - (chosen.at(-1) ?? Number.NEGATIVE_INFINITY) >= apartS) chosen.push(Math.round(atS * 100) / 100);
  }
  return chosen.slice(0, mostFrames);
}

/** Reads in a child of its own: it lives for some seconds and takes the memory of its networks with it. */
async function readInEye(needs: PlateNeeds, ask: PlateAsk, signal: AbortSignal): Promise<PlateAnswer> {
  const done = withResolvers<PlateAnswer>();
  const fail = (why: string): void => {
    done.reject(new AhualError('INTERNAL', `A number plate was not read: ${why}.`, 'It is tried again.'));
  };
  const child = new EyeChild({
    opening: {
      kind: 'open',
      eye: 'plate',
      ways: [],
      ffmpeg: needs.settings.ffmpeg,
      allowedHosts: [],
      hazards: needs.settings.hazards,
      dropFolder: needs.dropFolder,
      files: false,
      watch: null,
    },
    inFlight: 1,
    ...(needs.entry === undefined ? {} : { entry: needs.entry }),
    log: needs.log,
    onMessage: (message) => {
      if (message.kind === 'plate-read') done.resolve(message.answer);
    },
    onEnd: ({ why }) => {
      fail(`the eye that read it died (${why})`);
    },
  });
  const late = setTimeout(() => {
    child.kill();
  }, longestReadMs + 20_000);
  const end = (): void => {
    fail('the worker ends');
  };
  signal.addEventListener('abort', end, { once: true });
  done.promise.catch(() => undefined);
  try {
    await child.ready;
    child.send({ kind: 'plate', id: 1, ask });
    return await done.promise;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', end);
    await child.stop();
  }
}
