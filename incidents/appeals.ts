// To which incident a citizen's appeal belongs and which cameras look for it: by hazard, metres and hours. It never makes an incident.
import { waitingAppealStates, type Appeal, type AppealNews, type NewAppeal } from '#core/appeal';
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { distanceM } from '#core/geo';
import { hazardNames, isSeen, type HazardName } from '#core/hazard-name';
import { newId } from '#core/ids';
import { openIncidentStates, type Incident } from '#core/incident';
import type { Point } from '#core/place';
import { appeals, cameras, incidents, type Database, type Db, type Tx } from '#store';
import { forPeople } from './settings.ts';

interface Reach {
  /** The only open incident this near is the one that the citizen means. */
  readonly linkM: number;
  /** One this near may be meant: a person says. */
  readonly proposeM: number;
  /** Between the appeal and the time in which the incident was there. */
  readonly withinH: number;
  /** One that began so long after the appeal is another matter, unless a person says that it is the same. */
  readonly laterH: number;
}

/**
 * How near in metres and hours. Addresses of appeals name a house or a crossing; water and snow lie over tens of metres, a cover is
 * one metre wide and the next one may be the one that is meant, so it is linked by itself only at the spot.
 */
export const appealReach: Readonly<Record<HazardName, Reach>> = {
  snow: { linkM: 80, proposeM: 150, withinH: 24, laterH: 24 },
  flooding: { linkM: 150, proposeM: 150, withinH: 12, laterH: 3 },
  'open-manhole': { linkM: 15, proposeM: 80, withinH: 12, laterH: 3 },
  dumping: { linkM: 80, proposeM: 150, withinH: 12, laterH: 3 },
};
const widestM = Math.max(...hazardNames.map((hazard) => appealReach[hazard].proposeM));
const longestH = Math.max(...hazardNames.map((hazard) => appealReach[hazard].withinH));

/** Cameras this near may see the place; the nearest so many are asked. */
const cameraRadiusM = 150;
const mostAsked = 3;
/** Clocks of two services differ by so much at most; what was made later than that is from the future. */
const clockSlackMs = 10 * 60_000;
const hourMs = 3_600_000;
/** A verdict can be taken back for less than this: its news waits so long. */
const takeBackS = 120;
/** The name under which links are made that no person made. */
export const linker = 'appeals';

export interface Proposal {
  readonly incident: Incident;
  readonly distanceM: number;
  /** True while somebody still has something to do; an ended one may have come back. */
  readonly isOpen: boolean;
}

type Placed = Pick<Appeal, 'hazard' | 'point' | 'madeAtMs'>;

const stillOpen = (incident: Incident): boolean => openIncidentStates.some((state) => state === incident.state);

/** Incidents that an appeal may belong to: open ones first, then the nearest. Without a place or a hazard there are none. */
export function proposalsFor(appeal: Placed, known: readonly Incident[]): Proposal[] {
  const { hazard, point, madeAtMs } = appeal;
  if (!hazard || !point) return [];
  const { proposeM, withinH } = appealReach[hazard];
  return known
    .map((incident) => ({ incident, distanceM: distanceM(incident.point, point), isOpen: stillOpen(incident) }))
    .filter(({ incident, distanceM: metres, isOpen }) => {
      if (incident.hazard !== hazard || metres > proposeM) return false;
      if (!isOpen && incident.state !== 'closed' && incident.state !== 'self_cleared') return false;
      const endMs = isOpen ? Infinity : (incident.closedAtMs ?? incident.lastSeenAtMs);
      return endMs >= madeAtMs - withinH * hourMs && incident.openedAtMs <= madeAtMs + withinH * hourMs;
    })
    .sort(
      (a, b) =>
        Number(b.isOpen) - Number(a.isOpen) ||
        a.distanceM - b.distanceM ||
        a.incident.openedAtMs - b.incident.openedAtMs ||
        (a.incident.id < b.incident.id ? -1 : 1),
    );
}

/** Which proposal is linked without asking: the only open one, when it lies at the spot and was there then. */
export function certainOf(appeal: Placed, proposals: readonly Proposal[]): Proposal | undefined {
  const open = proposals.filter(({ isOpen }) => isOpen);
  const [only] = open;
  if (!appeal.hazard || !only || open.length > 1) return undefined;
  const { linkM, laterH } = appealReach[appeal.hazard];
  const isLater = only.incident.openedAtMs > appeal.madeAtMs + laterH * hourMs;
  return only.distanceM <= linkM && !isLater ? only : undefined;
}

/** The cameras that are asked for a look: the nearest ones with a zone for this hazard; watched ones look all the time. */
export function camerasFor(appeal: Pick<Appeal, 'hazard' | 'point'>, list: readonly Camera[]): Camera[] {
  const { hazard, point } = appeal;
  if (!hazard || !point) return [];
  return list
    .filter((camera) => camera.zones.some((zone) => zone.hazards.includes(hazard)))
    .map((camera) => ({ camera, metres: distanceM(camera.point, point) }))
    .filter(({ metres }) => metres <= cameraRadiusM)
    .sort((a, b) => a.metres - b.metres || (a.camera.id < b.camera.id ? -1 : 1))
    .slice(0, mostAsked)
    .map(({ camera }) => camera);
}

/** Why nothing is done with an appeal, where nothing is. */
function setAside(given: Placed, nowMs: number, inCity: (point: Point) => boolean): Appeal['state'] | undefined {
  if (!given.hazard) return 'other-topic';
  if (!given.point) return 'no-place';
  if (!inCity(given.point)) return 'outside';
  if (given.madeAtMs > nowMs + clockSlackMs) return 'future';
  if (given.madeAtMs < nowMs - appealReach[given.hazard].withinH * hourMs) return 'old';
  return undefined;
}

/** What may be proposed for an appeal now. */
export async function proposalsNow(db: Db, appeal: Placed): Promise<Proposal[]> {
  const { hazard, point } = appeal;
  if (!hazard || !point) return [];
  const { proposeM, withinH } = appealReach[hazard];
  const open = await incidents.openNear(db, hazard, point, proposeM);
  const sinceMs = appeal.madeAtMs - withinH * hourMs;
  const ended = [];
  for (const id of await appeals.endedNear(db, { hazard, point, radiusM: proposeM, sinceMs })) {
    const incident = await incidents.byId(db, id);
    if (incident) ended.push(incident);
  }
  return proposalsFor(appeal, [...open, ...ended]);
}

export interface Received {
  readonly appeal: Appeal;
  readonly proposals: readonly Proposal[];
  /** False when the same number had come before: then nothing is changed. */
  readonly fresh: boolean;
  /** The same number came with other words, another place or time; what came first holds. */
  readonly differs: boolean;
}

const saysOther = (known: Appeal, given: NewAppeal): boolean =>
  known.madeAtMs !== given.madeAtMs ||
  known.topic !== given.topic ||
  known.point?.lon !== given.point?.lon ||
  known.point?.lat !== given.point?.lat ||
  (known.text !== given.text && known.text !== '');

/**
 * Takes an appeal in the caller's transaction: linked when one open incident lies at the spot, proposed when it may belong to one
 * of several or to one farther away, else the nearest cameras are asked for a look now. The same number sent again counts once.
 * `inCity` says whether a place lies in the city; `list` are the cameras.
 */
export async function receiveAppeal(
  tx: Tx,
  given: NewAppeal,
  around: {
    readonly clock: Clock;
    readonly cameras: readonly Camera[];
    readonly inCity: (point: Point) => boolean;
  },
): Promise<Received> {
  const again = async (known: Appeal): Promise<Received> => ({
    appeal: known,
    proposals: waits(known) || known.state === 'proposed' ? await proposalsNow(tx, known) : [],
    fresh: false,
    differs: saysOther(known, given),
  });
  const known = await appeals.byExternal(tx, given.source, given.externalId);
  if (known) return again(known);
  const nowMs = around.clock.nowMs();
  const aside = setAside(given, nowMs, around.inCity);
  const proposals = aside ? [] : await proposalsNow(tx, given);
  const certain = await stillCertain(tx, certainOf(given, proposals));
  // A cover that is open may be the next one, and water of yesterday may be back: a look tells.
  const asked = aside || certain ? [] : camerasFor(given, around.cameras);
  const appeal: Appeal = {
    ...given,
    id: newId(around.clock),
    receivedAtMs: nowMs,
    state: aside ?? stateOf(proposals, asked.length),
    askedCameras: asked.map((camera) => camera.id),
  };
  if (!(await appeals.insert(tx, appeal))) {
    const first = await appeals.byExternal(tx, given.source, given.externalId);
    if (first) return again(first);
  }
  if (certain) await linkCertain(tx, appeal.id, certain, nowMs);
  for (const camera of asked) await look(tx, camera, nowMs, appeal);
  const after = certain ? { ...appeal, state: 'linked' as const } : appeal;
  return { appeal: after, proposals, fresh: true, differs: false };
}

const waits = (appeal: Appeal): boolean => waitingAppealStates.some((state) => state === appeal.state);

const stateOf = (proposals: readonly Proposal[], asked: number): Appeal['state'] =>
  proposals.some(({ isOpen }) => isOpen) ? 'proposed' : asked > 0 ? 'looking' : 'no-camera';

async function look(tx: Tx, camera: Camera, atMs: number, { source, externalId }: Appeal): Promise<void> {
  if (camera.watch) return;
  try {
    await cameras.lookSooner(tx, camera.id, atMs, `appeal ${source} ${externalId}`);
  } catch (thrown) {
    // It was taken off the list a moment ago.
    if (!(thrown instanceof AhualError) || thrown.code !== 'CAMERA_UNKNOWN') throw thrown;
  }
}

/** Holds the incident so that it cannot end between being found and being linked; undefined when it just did. */
async function stillCertain(tx: Tx, certain: Proposal | undefined): Promise<Proposal | undefined> {
  return certain && stillOpen(await incidents.lock(tx, certain.incident.id)) ? certain : undefined;
}

const linkCertain = (tx: Tx, appealId: string, { incident, distanceM: metres }: Proposal, atMs: number) =>
  appeals.link(tx, {
    appealId,
    incidentId: incident.id,
    atMs,
    actor: linker,
    reason: `the only open one, ${Math.round(metres)} m away`,
  });

/**
 * Gives appeals that found nothing another try: what their cameras raised meanwhile, and what was opened in the very moment they
 * came. Returns how many were linked or proposed.
 */
export async function matchWaiting(database: Database, clock: Clock, limit = 500): Promise<number> {
  const nowMs = clock.nowMs();
  let matched = 0;
  for (const found of await appeals.waitingNearOpen(database, nowMs - longestH * hourMs, widestM, limit)) {
    const done = await database.transaction(async (tx) => {
      const appeal = await appeals.lock(tx, found.id);
      if (!waits(appeal)) return false;
      const proposals = (await proposalsNow(tx, appeal)).filter(({ isOpen }) => isOpen);
      const certain = await stillCertain(tx, certainOf(appeal, proposals));
      if (certain) return linkCertain(tx, appeal.id, certain, nowMs);
      return proposals.length > 0 && appeals.moveWaiting(tx, appeal.id, 'proposed', nowMs);
    });
    if (done) matched += 1;
  }
  return matched;
}

/** Appeals that may belong to an incident and are linked to nothing, the nearest first. */
export async function appealsNear(
  db: Db,
  incident: Incident,
  nowMs: number,
  limit = 20,
): Promise<{ appeal: Appeal; distanceM: number }[]> {
  const { hazard, point } = incident;
  if (!isSeen(hazard)) return [];
  const { proposeM, withinH } = appealReach[hazard];
  const endMs = stillOpen(incident) ? nowMs : (incident.closedAtMs ?? incident.lastSeenAtMs);
  const toMs = endMs + withinH * hourMs;
  const fromMs = incident.openedAtMs - withinH * hourMs;
  const found = await appeals.unlinkedNear(db, { hazard, point, radiusM: proposeM, fromMs, toMs, limit: 200 });
  const near = found
    .flatMap((appeal) => proposalsFor(appeal, [incident]).map((one) => ({ appeal, distanceM: one.distanceM })))
    .sort((a, b) => a.distanceM - b.distanceM || b.appeal.madeAtMs - a.appeal.madeAtMs)
    .slice(0, limit);
  const kept = [];
  // One that a person took off this very incident is not offered to it again.
  for (const one of near) if (!(await appeals.wasUndone(db, one.appeal.id, incident.id))) kept.push(one);
  return kept;
}

export interface LinkByPerson {
  readonly appealId: string;
  readonly incidentId: string;
  readonly personId: string;
  readonly clock: Clock;
}

/** A person joins an appeal to an incident. Doing it twice is doing it once. Throws NOT_FOUND, INCIDENT_UNKNOWN or MOVE_UNLAWFUL. */
export async function linkAppeal(tx: Tx, { appealId, incidentId, personId, clock }: LinkByPerson): Promise<boolean> {
  // The appeal first, as everywhere: two who link at once must not wait for each other.
  await appeals.lock(tx, appealId);
  const incident = await incidents.lock(tx, incidentId);
  if (!stillOpen(incident) && incident.state !== 'closed' && incident.state !== 'self_cleared') {
    throw new AhualError(
      'MOVE_UNLAWFUL',
      `incident #${incident.number} is ${incident.state}: no appeal can be linked to it.`,
      'Look for the one that is open.',
      { incidentId },
    );
  }
  const reason = 'by a person';
  return appeals.link(tx, { appealId, incidentId, atMs: clock.nowMs(), actor: personId, reason });
}

/** A person takes an appeal off an incident; no link of the two is made by itself again. Throws NOT_FOUND. */
export const unlinkAppeal = (tx: Tx, { appealId, incidentId, personId, clock }: LinkByPerson): Promise<boolean> =>
  appeals.unlink(tx, { appealId, incidentId, atMs: clock.nowMs(), actor: personId, reason: 'by a person' });

const ends = {
  closed: 'closed',
  self_cleared: 'self-cleared',
  rejected: 'rejected',
  expired: 'expired',
} as const satisfies Partial<Record<Incident['state'], AppealNews>>;
const isEnd = (state: Incident['state']): state is keyof typeof ends => Object.hasOwn(ends, state);

/**
 * Writes down, in the transaction of the change itself, what the services of linked appeals are to be told of an incident that
 * ended or began anew. News of an end that a person may still take back waits; taken back, it is never told.
 */
export async function tellAppeals(tx: Tx, from: Incident['state'], after: Incident, atMs: number): Promise<void> {
  const incidentId = after.id;
  if (from === after.state) return;
  const toEnd = isEnd(after.state);
  if (!toEnd && !isEnd(from)) return;
  const appealIds = await appeals.linkedIds(tx, incidentId);
  if (appealIds.length === 0) return;
  if (isEnd(after.state)) {
    const dueAtMs = after.state === 'rejected' ? atMs + forPeople(takeBackS) : atMs;
    await appeals.notice(tx, { appealIds, incidentId, news: ends[after.state], atMs, dueAtMs });
    return;
  }
  const untold = await appeals.withdraw(tx, { incidentId, news: Object.values(ends) });
  const told = appealIds.filter((id) => !untold.some((one) => one.appealId === id));
  await appeals.notice(tx, { appealIds: told, incidentId, news: 'reopened', atMs });
}
