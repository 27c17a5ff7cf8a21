// Mass incidents: a snowfall makes all cameras right at once, and being right is not being useful. One line for one cause, the critical
// and the worst ones singly, one decision for all that wait.
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { severities, type HazardName, type Severity } from '#core/hazard-name';
import { newId } from '#core/ids';
import type { Incident, RejectReason } from '#core/incident';
import type { MassCause, MassIncident } from '#core/mass';
import type { Person } from '#core/person';
import type { Circumstances } from '#hazards';
import { incidents, mass, people, type Change, type Database, type Tx } from '#store';
import type { Raise } from './judge.ts';
import { moveIncident } from './lifecycle.ts';
import { districtOf } from './place.ts';
import { byJudge, promote } from './raised.ts';
import { paced, type IncidentSettings } from './settings.ts';
import { giveVerdict, type OpenTasks } from './verdict.ts';

/** Snow that lies so long after its snowfall has other causes than the snowfall, hours. */
const snowfallHours = 96;
/** So many metres of snow on the ground make meltwater when the air is above freezing. */
const meltingDepthM = 0.02;
const leastRainMmH = 0.3;
/** Incidents of one rain within this time are counted together, and a mass incident that nobody joined for so long takes no more, seconds. */
const crowdS = 3600;
const restS = 7200;
/** Without a common cause: so many in so short a time, seconds (EEMUA 191: more than ten in ten minutes are a flood). */
const floodWindowS = 600;
/** Members that are worse than the others are put before people singly, but no more than so many. */
const mostSingly = 3;
/** Snow has hours where water has minutes: its newcomers ask so many times more seldom. */
const snowPause = 6;
/** Each rejection in a row doubles the pause, up to so many times the first: what was wet asphalt four times will be so the fifth. */
const mostPause = 8;
/** A mass incident of the same hazard, district and cause within so long takes over how often it was rejected, seconds. */
const samePlaceS = 24 * 3600;
/** Members that are decided in one transaction. */
const chunk = 20;

export interface CommonCause {
  readonly kind: Exclude<MassCause, 'many'>;
  readonly sinceMs: number;
}

/** What the weather says that incidents of this hazard now have in common; undefined when nothing. */
export function causeOf(hazard: HazardName, around: Circumstances): CommonCause | undefined {
  const { nowMs, snowfall, weather, city } = around;
  if (hazard === 'snow') {
    const endedAtMs = snowfall?.endedAtMs ?? nowMs;
    const isLately = snowfall !== undefined && nowMs - endedAtMs <= paced(snowfallHours * 3600, city.pace);
    return isLately ? { kind: 'snowfall', sinceMs: snowfall.startedAtMs } : undefined;
  }
  if (hazard !== 'flooding' || !weather) return undefined;
  if (weather.rainMmH >= leastRainMmH) return { kind: 'rain', sinceMs: nowMs };
  const melts = weather.snowDepthM >= meltingDepthM && weather.temperatureC > 0;
  return melts ? { kind: 'thaw', sinceMs: nowMs } : undefined;
}

/** Have people said that it is none, so lately that its newcomers wait? */
export const isRejectedNow = (one: Pick<MassIncident, 'decision' | 'quietUntilMs'>, nowMs: number): boolean =>
  one.decision === 'rejected' && nowMs < (one.quietUntilMs ?? 0);

/** Does a new incident belong to this open mass incident of its hazard and district? */
function takes(one: MassIncident, cause: CommonCause | undefined, nowMs: number, pace: number): boolean {
  if (one.cause === 'snowfall') return cause?.kind === 'snowfall' && cause.sinceMs === one.sinceMs;
  if (isRejectedNow(one, nowMs)) return true;
  return nowMs - one.lastJoinedAtMs <= paced(restS, pace);
}

const worse = (a: Severity, b: Severity): boolean => severities.indexOf(a) > severities.indexOf(b);

/** Is a member shown for itself beside its mass incident? The critical ones, and those worse than the others. */
export const isSingle = (incident: Pick<Incident, 'severity'>, { severity }: Pick<MassIncident, 'severity'>): boolean =>
  incident.severity === 'S4' || worse(incident.severity, severity);

export interface MassNeeds {
  readonly clock: Clock;
  readonly settings: IncidentSettings;
  /** Alarms come thick: fewer incidents make a mass incident. */
  readonly isFlood: boolean;
}

/**
 * The mass incident to which a new incident belongs, opened here when enough have come together; those of them on which nobody decided
 * yet join it. Critical incidents belong to none: a real manhole is never hidden in a snowfall.
 */
export async function massFor(
  tx: Tx,
  hazard: HazardName,
  raise: Pick<Raise, 'severity'>,
  around: Circumstances,
  { clock, settings, isFlood }: MassNeeds,
): Promise<{ readonly mass: MassIncident; readonly joined: readonly Incident[]; readonly isNew: boolean } | undefined> {
  if (raise.severity === 'S4') return undefined;
  const { nowMs, camera, zone } = around;
  const { pace } = settings;
  const district = districtOf(camera, zone);
  const cause = causeOf(hazard, around);
  const known = (await mass.openOf(tx, hazard, district)).find((one) => takes(one, cause, nowMs, pace));
  if (known) return { mass: known, joined: [], isNew: false };

  const from = cause || isFlood ? settings.massFromCause : settings.massFrom;
  const sinceMs = cause?.kind === 'snowfall' ? cause.sinceMs : nowMs - paced(cause ? crowdS : floodWindowS, pace);
  const crowd = await mass.crowd(tx, { hazard, district: cause ? district : null, sinceMs });
  if (crowd.opened < from) return undefined;
  const here = cause ? crowd : await mass.crowd(tx, { hazard, district, sinceMs });
  const waiting: Incident[] = [];
  for (const id of here.undecided) waiting.push(await incidents.lock(tx, id));
  const opened = await mass.insert(
    tx,
    {
      id: newId(clock),
      hazard,
      district,
      cause: cause?.kind ?? 'many',
      sinceMs: cause?.sinceMs ?? nowMs,
      state: 'open',
      severity: usual([...waiting.map((one) => one.severity), raise.severity]),
      openedAtMs: nowMs,
      lastJoinedAtMs: nowMs,
      endedAtMs: null,
      decision: null,
      decidedAtMs: null,
      decidedBy: null,
      rejectReason: null,
      rejections: await mass.rejectionsLately(tx, {
        hazard,
        district,
        cause: cause?.kind ?? 'many',
        sinceMs: nowMs - paced(samePlaceS, pace),
      }),
      quietUntilMs: null,
    },
    judgeSays(nowMs, `${crowd.opened + 1} of ${hazard} in ${district}`),
  );
  const joined: Incident[] = [];
  for (const one of waiting) {
    const patch = { massId: opened.id, ...(isSingle(one, opened) ? {} : { untilMs: null }) };
    joined.push(await moveIncident(tx, one, one.state, patch, byJudge(nowMs, pace, `part of M${opened.number}`)));
  }
  return { mass: opened, joined, isNew: true };
}

/** The severity that most of them have; of equally frequent ones the graver. */
function usual(list: readonly Severity[]): Severity {
  const count = (severity: Severity): number => list.filter((one) => one === severity).length;
  return [...severities].reverse().reduce<Severity>((best, one) => (count(one) > count(best) ? one : best), 'S4');
}

/** May a member that is worse than the others still be put before people singly? */
export async function maySingle(tx: Tx, one: MassIncident, incident: Pick<Incident, 'severity'>): Promise<boolean> {
  return isSingle(incident, one) && (await mass.singles(tx, one)) < mostSingly;
}

const judgeSays = (atMs: number, reason: string): Change => ({ atMs, actor: 'judge', reason });

type Deciding = Pick<IncidentSettings, 'pace' | 'undoS' | 'massPauseMin'>;

/** Is the mass incident before people now: somebody has to decide on members, and it was not decided a moment ago? */
export const asksPeople = (one: MassIncident, undecided: number, nowMs: number): boolean =>
  one.state === 'open' && undecided > 0 && (one.quietUntilMs === null || nowMs >= one.quietUntilMs);

/**
 * One decision for all members that wait now. It is written on the mass incident at once; the members follow after the seconds of grace,
 * by the judge, each with a verdict of its own in the name of this person. Later members ask again after a pause. Throws
 * INCIDENT_CHANGED when it is no longer the version on screen, MOVE_UNLAWFUL when it has ended.
 */
export async function decideMass(
  tx: Tx,
  given: {
    readonly massId: string;
    readonly version: number;
    readonly decision: { readonly kind: 'confirm' } | { readonly kind: 'reject'; readonly reason: RejectReason };
    readonly person: Person;
    readonly clock: Clock;
    readonly settings: Deciding;
  },
): Promise<{ readonly mass: MassIncident; readonly undoUntilMs: number }> {
  const { person, settings, decision } = given;
  const atMs = given.clock.nowMs();
  const before = await mass.lock(tx, given.massId);
  if (before.version !== given.version) throw await massWasFirst(tx, before, atMs);
  if (before.state !== 'open') {
    throw new AhualError('MOVE_UNLAWFUL', `mass incident M${before.number} has ended.`, 'Look at the queue again.', {});
  }
  const rejections = decision.kind === 'reject' ? before.rejections + 1 : 0;
  const decided = await mass.update(
    tx,
    before,
    {
      decision: decision.kind === 'confirm' ? 'confirmed' : 'rejected',
      rejectReason: decision.kind === 'reject' ? decision.reason : null,
      decidedAtMs: atMs,
      decidedBy: person.id,
      rejections,
      quietUntilMs: atMs + pauseMs(before.hazard, rejections, settings) + settings.undoS * 1000,
    },
    { atMs, actor: person.id, reason: decision.kind === 'confirm' ? 'confirmed' : `rejected: ${decision.reason}` },
  );
  return { mass: decided, undoUntilMs: atMs + settings.undoS * 1000 };
}

/** For how long newcomers of a mass incident wait after a decision, given how many rejections in a row it makes, milliseconds. */
const pauseMs = (hazard: HazardName, rejections: number, { massPauseMin, pace }: Deciding): number =>
  paced(
    massPauseMin *
      60 *
      (hazard === 'snow' ? snowPause : 1) *
      Math.min(mostPause, rejections === 0 ? 1 : 2 ** (rejections - 1)),
    pace,
  );

/** Takes a decision back within the seconds of grace: no member was touched yet. Throws MOVE_UNLAWFUL, AUTH_DENIED. */
export async function takeBackMass(
  tx: Tx,
  given: { readonly massId: string; readonly person: Person; readonly clock: Clock; readonly settings: Deciding },
): Promise<MassIncident> {
  const atMs = given.clock.nowMs();
  const before = await mass.lock(tx, given.massId);
  if (before.decidedBy !== given.person.id) {
    throw new AhualError('AUTH_DENIED', 'this decision is another person’s.', 'Ask them, or the shift lead.', {});
  }
  if (before.decidedAtMs === null || atMs > before.decidedAtMs + given.settings.undoS * 1000) {
    throw new AhualError(
      'MOVE_UNLAWFUL',
      `the decision on M${before.number} cannot be taken back: its time is over.`,
      'Correct the incidents one by one.',
      { massId: before.id },
    );
  }
  const none = {
    decision: null,
    decidedAtMs: null,
    decidedBy: null,
    rejectReason: null,
    rejections: before.decision === 'rejected' ? before.rejections - 1 : before.rejections,
    quietUntilMs: null,
  };
  return mass.update(tx, before, none, { atMs, actor: given.person.id, reason: 'taken back' });
}

async function massWasFirst(tx: Tx, one: MassIncident, nowMs: number): Promise<AhualError> {
  const person = one.decidedBy === null ? undefined : await people.byId(tx, one.decidedBy);
  const who = person?.name ?? 'somebody';
  const agoS = one.decidedAtMs === null ? 0 : Math.max(0, Math.round((nowMs - one.decidedAtMs) / 1000));
  return new AhualError(
    'INCIDENT_CHANGED',
    `${who} was first with mass incident M${one.number} ${agoS} s ago.`,
    'Look at it again; nothing of this was saved.',
    { massId: one.id, version: one.version, by: who, atMs: one.decidedAtMs },
  );
}

/**
 * What time does to mass incidents: decisions whose grace is over reach their members, and what has no open member and no newcomer any
 * more ends. `changed` is told of every incident that moved. Returns how many members were decided.
 */
export async function followMass(
  database: Database,
  given: {
    readonly clock: Clock;
    readonly settings: IncidentSettings;
    readonly openTasks: OpenTasks;
    readonly changed: (tx: Tx, incident: Incident) => Promise<unknown>;
  },
): Promise<number> {
  const { clock, settings } = given;
  let decided = 0;
  for (const one of await mass.open(database)) {
    const isDue = one.decision !== null && clock.nowMs() > (one.decidedAtMs ?? 0) + settings.undoS * 1000;
    for (let done = chunk; isDue && done === chunk; decided += done) {
      done = await database.transaction((tx) => decideMembers(tx, one.id, given));
    }
  }
  const nowMs = clock.nowMs();
  const counts = new Map((await mass.counts(database)).map((row) => [row.massId, row]));
  for (const one of await mass.open(database)) {
    const hasRested = nowMs - one.lastJoinedAtMs > paced(restS, settings.pace) && !isRejectedNow(one, nowMs);
    if ((counts.get(one.id)?.openNow ?? 0) > 0 || !hasRested) continue;
    await database.transaction(async (tx) => {
      const now = await mass.lock(tx, one.id);
      if (now.state !== 'open' || now.lastJoinedAtMs !== one.lastJoinedAtMs) return;
      await mass.update(tx, now, { state: 'ended', endedAtMs: nowMs }, judgeSays(nowMs, 'nothing of it is left'));
    });
  }
  return decided;
}

async function decideMembers(
  tx: Tx,
  massId: string,
  { clock, settings, openTasks, changed }: Parameters<typeof followMass>[1],
): Promise<number> {
  const one = await mass.lock(tx, massId);
  if (one.decision === null || one.decidedAtMs === null || one.decidedBy === null) return 0;
  const person = await people.byId(tx, one.decidedBy);
  if (!person) return 0;
  const members = await mass.reachedMembers(tx, one, one.decidedAtMs, chunk);
  const nowMs = clock.nowMs();
  for (const { id } of members) {
    const locked = await incidents.lock(tx, id);
    const member = locked.state === 'candidate' ? await promote(tx, locked, nowMs, settings.pace) : locked;
    const common = { id: `${massId}-${one.version}-${id}`, incidentId: member.id, version: member.version };
    const { incident } = await giveVerdict(tx, {
      verdict:
        one.decision === 'confirmed'
          ? { ...common, kind: 'confirm' }
          : { ...common, kind: 'reject', reason: one.rejectReason ?? 'other', note: `M${one.number}` },
      person,
      clock,
      settings,
      openTasks,
    });
    await changed(tx, incident);
  }
  return members.length;
}
