// The camera's own past as the worker keeps it: which references a look gets, and when a look becomes one.
import { createHash, randomUUID } from 'node:crypto';
import { mainPreset, type Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { lookIdOf } from '#core/ids';
import type { Log } from '#core/log';
import type { Ground, Light } from '#core/past';
import { isTurning, presetOf, presetsOf, seenFrom } from '#core/preset';
import { incidents, past, picks, type Database, type Files } from '#store';
import type { Eye } from './eye/eye.ts';
import type { Learned, LookAnswer, LookAsk } from './eye/protocol.ts';
import { hasEnded } from './ended.ts';

/** So many quiet looks in a row, and the next one may teach. */
const quietLooks = 5;
/** A level above which a clear look is not quiet. */
const quietLevel = 0.25;
/** More of a zone hidden by vehicles than this, and the look teaches nothing. */
const quietHidden = 0.15;
/** Drafts that make a reference, and how far apart they are taken: cars that park move on. */
const draftsWanted = 3;
const draftEveryMs = 20 * 60_000;
/** Light and season move on: a reference of each light and ground is learned afresh so often. */
const freshMs = 7 * 86_400_000;
/** What is known of a camera is asked again after so long: another worker may have learned. */
const knownMs = 5 * 60_000;
const studyEveryMs = 30_000;
const studyTimeoutMs = 20_000;

/** Digest of what a camera's references were judged for: other zones, and they say nothing. */
export const zonesOf = (camera: Pick<Camera, 'zones'>): string =>
  createHash('sha256')
    .update(JSON.stringify(camera.zones.map(({ id, kind, polygon }) => [id, kind, polygon])))
    .digest('hex')
    .slice(0, 16);

/** The digest of each of a camera's views, by their ids. */
const zonesByView = (camera: Camera): ReadonlyMap<string, string> =>
  new Map(presetsOf(camera).map(({ id }) => [id, zonesOf(seenFrom(camera, id))]));

type Teaching = Pick<LookAsk, 'past' | 'learn'>;
type Taught = Pick<LookAnswer, 'outcome' | 'observations' | 'seenAtMs' | 'scene' | 'learned' | 'preset'>;

export interface PastBook {
  /** What the ask of a look carries of the camera's past. */
  lend(camera: Camera, eye: Pick<Eye, 'holdsPast' | 'state'>): Promise<Teaching>;
  /** Takes note of an answer: counts quiet looks, keeps what one of them taught. */
  note(camera: Camera, answer: Taught): Promise<void>;
}

interface Known {
  readonly readAtMs: number;
  readonly rows: readonly past.Reference[];
}

/** Is a look quiet: everything judged, everything clear, at low levels, hardly anything hidden? */
export function isQuiet({ outcome, observations }: Pick<Taught, 'outcome' | 'observations'>): boolean {
  // Zones of another view are neither quiet nor loud: the look does not show them.
  const mine = observations.filter(({ support }) => support.facts['why'] !== 'other-view');
  if (outcome.kind !== 'seen' || mine.length === 0) return false;
  return mine.every(({ word, level, support }) => {
    const { hidden } = support.facts;
    return word === 'clear' && level <= quietLevel && (typeof hidden !== 'number' || hidden <= quietHidden);
  });
}

/**
 * Opens the book. `pace` divides the waits as it does those of the rules. Losing the book costs the count of quiet looks, no
 * reference: those are in the database.
 */
export function openPast(
  { database, clock, log }: { readonly database: Database; readonly clock: Clock; readonly log: Log },
  pace: number,
): PastBook {
  const known = new Map<string, Known>();
  const quiet = new Map<string, { looks: number; scene: { light: Light; ground: Ground } | undefined }>();
  /** Which view a camera with several showed last; the next look probably shows it too. */
  const shown = new Map<string, string>();
  const streakKey = (camera: Camera, preset: string | undefined): string =>
    isTurning(camera) ? `${camera.id} ${preset ?? ''}` : camera.id;

  async function rowsOf(camera: Camera): Promise<readonly past.Reference[]> {
    const held = known.get(camera.id);
    const nowMs = clock.nowMs();
    const zones = zonesByView(camera);
    const isOfNow = (row: past.Reference): boolean => row.zones === zones.get(row.preset);
    const isUsable = held?.rows.every(isOfNow);
    if (held && isUsable && nowMs - held.readAtMs < knownMs / Math.min(pace, 20)) return held.rows;
    let rows = await past.of(database, camera.id);
    for (const preset of new Set(rows.filter((row) => !isOfNow(row)).map((row) => row.preset))) {
      const why = 'its zones were drawn anew';
      const stale = { kind: 'stale', cameraId: camera.id, preset, zones: zones.get(preset) ?? '' } as const;
      await database.transaction((tx) => past.forget(tx, stale, { atMs: nowMs, actor: 'ingest', why }));
    }
    rows = rows.filter(isOfNow);
    known.set(camera.id, { readAtMs: nowMs, rows });
    return rows;
  }

  /** Has this light and ground no reference, or one of long ago, and no draft of just now? */
  function isDue(rows: readonly past.Reference[], scene: { light: Light; ground: Ground } | undefined): boolean {
    const nowMs = clock.nowMs();
    const ageMs = (row: past.Reference): number => (nowMs - row.learnedAtMs) * pace;
    const isLike = (row: past.Reference): boolean => !scene || row.light === scene.light;
    if (rows.some((row) => row.state === 'draft' && isLike(row) && ageMs(row) < draftEveryMs)) return false;
    // What a person picked says nothing of how the place looks this week.
    const active = rows.filter((row) => row.state === 'active' && row.origin !== 'picked' && isLike(row));
    return !active.some((row) => (!scene || row.ground === scene.ground) && ageMs(row) < freshMs);
  }

  const draftsOf = (rows: readonly past.Reference[], light: Light | undefined): past.Reference[] =>
    rows.filter((row) => row.state === 'draft' && row.light === light);

  async function keep(
    camera: Camera,
    learned: Learned,
    preset: string,
    rows: readonly past.Reference[],
    seenAtMs: number,
  ): Promise<void> {
    const drafts = draftsOf(rows, learned.light);
    const isWhole = learned.of >= draftsWanted;
    const atMs = clock.nowMs();
    await database.transaction(async (tx) => {
      const sinceMs = Math.min(seenAtMs, ...drafts.map((row) => row.seenAtMs));
      if (await past.isTroubled(tx, camera.id, sinceMs)) {
        const which = { kind: 'drafts', cameraId: camera.id, light: learned.light } as const;
        await past.forget(tx, which, { atMs, actor: 'ingest', why: 'an incident was opened meanwhile' });
        return;
      }
      const row = rowOf(camera, preset, learned, { seenAtMs, learnedAtMs: atMs, origin: 'quiet', incidentId: null });
      const state = isWhole ? 'active' : 'draft';
      const replaces = isWhole ? drafts.map(({ id }) => id) : [];
      await past.keep(tx, { ...row, state }, learned.bytes, { replaces });
      const stale = { kind: 'stale', cameraId: camera.id, preset, zones: row.zones, network: row.network } as const;
      await past.forget(tx, stale, { atMs, actor: 'ingest', why: 'another network looks now' });
    });
    known.delete(camera.id);
    if (isWhole) log.info({ cameraId: camera.id, light: learned.light, ground: learned.ground }, 'reference learned');
  }

  return {
    async lend(camera, eye) {
      const rows = (await rowsOf(camera)).filter(spokenBy(eye.state().models));
      const active = rows.filter((row) => row.state === 'active');
      const ids = active.map(({ id }) => id);
      const isTurned = isTurning(camera);
      // Views may come and go without a reference having changed.
      const views = isTurned ? presetsOf(camera).map(({ id }) => id) : [];
      const version = createHash('sha256')
        .update([...ids, ...views].join())
        .digest('hex')
        .slice(0, 16);
      const isHeld = eye.holdsPast(camera.id, version);
      const preset = isTurned ? shown.get(camera.id) : mainPreset;
      const streak = quiet.get(streakKey(camera, preset));
      const own = rows.filter((row) => row.preset === preset);
      const teach = preset !== undefined && (streak?.looks ?? 0) >= quietLooks && isDue(own, streak?.scene);
      const drafts = teach ? draftsOf(own, streak?.scene?.light) : [];
      const sent = isHeld ? [] : active;
      const wanted = [
        ...sent.map(({ id }) => id),
        ...(drafts.length >= draftsWanted - 1 ? drafts.map(({ id }) => id) : []),
      ];
      const bytes = await past.bytesOf(database, wanted);
      const some = (of: readonly string[]): Uint8Array[] => of.flatMap((id) => bytes.get(id) ?? []);
      const there = sent.filter(({ id }) => bytes.has(id));
      const looks = isHeld ? null : some(there.map(({ id }) => id));
      const presets = isTurned && !isHeld ? { presets: there.map((row) => row.preset) } : {};
      const draftBytes = some(drafts.map(({ id }) => id));
      return {
        ...(ids.length > 0 ? { past: { version, looks, ...presets } } : {}),
        ...(teach ? { learn: { drafts: draftBytes, ...(isTurned ? { preset } : {}) } } : {}),
      };
    },
    async note(camera, answer) {
      const preset = isTurning(camera) ? (answer.preset ?? undefined) : mainPreset;
      // A picture of none of its views ends no row of quiet looks: it says nothing of any of them.
      if (preset === undefined) return;
      shown.set(camera.id, preset);
      const key = streakKey(camera, preset);
      const before = quiet.get(key);
      const scene = answer.scene ?? before?.scene;
      quiet.set(key, { looks: isQuiet(answer) ? (before?.looks ?? 0) + 1 : 0, scene });
      const { learned } = answer;
      if (!learned || !isQuiet(answer)) return;
      const rows = (await rowsOf(camera)).filter(spokenBy([learned.network])).filter((row) => row.preset === preset);
      if (!isDue(rows, { light: learned.light, ground: learned.ground })) return;
      await keep(camera, learned, preset, rows, answer.seenAtMs);
    },
  };
}

/** References of a network that no longer looks cannot be compared with; they go when new ones come. */
const spokenBy =
  (models: readonly string[]) =>
  (row: past.Reference): boolean =>
    models.length === 0 || models.includes(row.network);

const rowOf = (
  camera: Camera,
  preset: string,
  { light, ground, network }: Learned,
  rest: Pick<past.Reference, 'seenAtMs' | 'learnedAtMs' | 'origin' | 'incidentId'>,
): Omit<past.Reference, 'state'> => ({
  id: randomUUID(),
  cameraId: camera.id,
  light,
  ground,
  preset,
  zones: zonesOf(seenFrom(camera, preset)),
  network,
  ...rest,
});

export interface StudyNeeds {
  readonly database: Database;
  readonly files: Pick<Files, 'path'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly cameraOf: (id: string) => Promise<Camera | undefined>;
}

/** Learns from the stills that people's words put on the list, until the signal ends it. */
export async function runStudies(needs: StudyNeeds, eye: () => Pick<Eye, 'look'>, signal: AbortSignal): Promise<void> {
  const { database, clock, log } = needs;
  while (!signal.aborted) {
    try {
      for (const study of await database.transaction((tx) => past.takeStudies(tx, clock.nowMs(), 5))) {
        if (hasEnded(signal)) break;
        await learnFrom(needs, eye(), study);
      }
      for (const pick of await database.transaction((tx) => picks.take(tx, clock.nowMs(), 5))) {
        if (hasEnded(signal)) break;
        await learnPick(needs, eye(), pick);
      }
    } catch (thrown) {
      log.warn({ error: messageOf(thrown) }, 'a still could not be learned from now');
    }
    await clock.sleep(studyEveryMs, signal).catch(() => undefined);
  }
}

/** The references of a camera with several views, all at once; those that are `known` already are not read again. */
export async function lentTo(
  database: Database,
  camera: Camera,
  known?: NonNullable<LookAsk['past']>,
): Promise<NonNullable<LookAsk['past']>> {
  const zones = zonesByView(camera);
  const rows = (await past.of(database, camera.id)).filter(
    (row) => row.state === 'active' && row.zones === zones.get(row.preset),
  );
  const version = createHash('sha256')
    .update(`views ${rows.map(({ id }) => id).join()}`)
    .digest('hex')
    .slice(0, 16);
  if (known?.version === version) return known;
  const bytes = await past.bytesOf(
    database,
    rows.map(({ id }) => id),
  );
  const there = rows.flatMap(({ id, preset }) => {
    const look = bytes.get(id);
    return look ? [{ preset, look }] : [];
  });
  return { version, looks: there.map(({ look }) => look), presets: there.map(({ preset }) => preset) };
}

/** A kept still as a look of its camera that teaches. */
const studied = (
  { files }: Pick<StudyNeeds, 'files'>,
  eye: Pick<Eye, 'look'>,
  camera: Camera,
  { stillSha256, seenAtMs }: { readonly stillSha256: string; readonly seenAtMs: number },
  lent?: NonNullable<LookAsk['past']>,
): Promise<LookAnswer> =>
  eye.look({
    lookId: lookIdOf(camera.id, seenAtMs),
    camera,
    signIn: null,
    timeoutMs: studyTimeoutMs,
    still: 'never',
    lastDigest: null,
    learn: { drafts: [] },
    study: { path: files.path(stillSha256), takenAtMs: seenAtMs },
    ...(lent ? { past: lent } : {}),
  });

/**
 * Learns a picture that a person picked. One in which nothing can be judged, or that shows the view of the camera's references moved,
 * teaches nothing, and the page says so; a street that fits none of them is taken, for snow may have changed it. Its reference bears the name of the pick, so that both go together.
 */
export async function learnPick(needs: StudyNeeds, eye: Pick<Eye, 'look'>, pick: picks.Pick): Promise<boolean> {
  const { database, clock, log } = needs;
  const { id, stillSha256, seenAtMs, cameraId, preset } = pick;
  const whole = await needs.cameraOf(cameraId);
  if (!whole) return false;
  // A person said which view it is: it is looked at as a camera that has that view alone.
  const camera = seenFrom(whole, preset);
  const zones = zonesOf(camera);
  const known = (await past.of(database, cameraId)).filter(
    (row) => row.state === 'active' && row.preset === preset && row.zones === zones,
  );
  const bytes = await past.bytesOf(
    database,
    known.map((row) => row.id),
  );
  const version = createHash('sha256').update(`pick ${id}`).digest('hex').slice(0, 16);
  const lent = known.length > 0 ? { version, looks: [...bytes.values()] } : undefined;
  const answer = await studied(needs, eye, camera, { stillSha256, seenAtMs }, lent);
  const { learned, outcome } = answer;
  const atMs = clock.nowMs();
  const isUsable = learned !== undefined && outcome.kind === 'seen';
  return database.transaction(async (tx) => {
    const why = isUsable ? '' : outcome.kind === 'unseen' ? outcome.state : 'unknown';
    const holds = await picks.settle(tx, { id, state: isUsable ? 'learned' : 'useless', why, atMs });
    if (!holds || !isUsable) return false;
    const row = rowOf(whole, preset, learned, { seenAtMs, learnedAtMs: atMs, origin: 'picked', incidentId: null });
    await past.keep(tx, { ...row, id, state: 'active' }, learned.bytes, { replaces: [id], actor: pick.pickedBy });
    log.info({ cameraId, kind: pick.kind, light: learned.light }, 'picked reference learned');
    return true;
  });
}

/** The view in which an incident's zone lies; undefined where the zone is gone. */
async function viewOfIncident(database: Database, camera: Camera, incidentId: string): Promise<string | undefined> {
  const incident = await incidents.byId(database, incidentId);
  const zone = camera.zones.find(({ id }) => id === incident?.zoneId);
  return zone && presetOf(zone);
}

/** Looks at the still of an incident in which nothing was wrong after all, and keeps it as a reference. */
export async function learnFrom(needs: StudyNeeds, eye: Pick<Eye, 'look'>, study: past.Study): Promise<boolean> {
  const { database, clock, log } = needs;
  const camera = await needs.cameraOf(study.cameraId);
  if (!camera) return false;
  const lent = isTurning(camera) ? await lentTo(database, camera) : undefined;
  const answer = await studied(needs, eye, camera, study, lent);
  const { learned } = answer;
  const preset = isTurning(camera) ? answer.preset : mainPreset;
  // What an incident says of its own view it does not say of another that the camera may show meanwhile.
  const isOther = isTurning(camera) && preset !== (await viewOfIncident(database, camera, study.incidentId));
  if (!learned || typeof preset !== 'string' || isOther) {
    log.info({ cameraId: camera.id, incidentId: study.incidentId }, 'the still of an incident teaches nothing');
    return false;
  }
  const { origin, incidentId, actor } = study;
  const at = { seenAtMs: study.seenAtMs, learnedAtMs: clock.nowMs() };
  const row = rowOf(camera, preset, learned, { ...at, origin, incidentId });
  await database.transaction((tx) => past.keep(tx, { ...row, state: 'active' }, learned.bytes, { actor }));
  log.info({ cameraId: camera.id, incidentId, origin, light: learned.light }, 'reference learned');
  return true;
}
