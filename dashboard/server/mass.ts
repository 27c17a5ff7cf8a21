// Mass incidents: one card for many incidents of one cause, one decision for all that wait, and the way of a single member out of it.
import { AhualError } from '#core/errors';
import type { Incident } from '#core/incident';
import type { MassIncident } from '#core/mass';
import type { Person } from '#core/person';
import type { StreetClass } from '#core/place';
import type { Verdict } from '#core/verdict';
import { asksPeople, decideMass, floodAt, isSingle, moveIncident, takeBackMass, verdictWithinMs } from '#incidents';
import { audit, incidents, mass, verdicts, weather, type Tx } from '#store';
import type { MassCard } from '../contract.ts';
import type { Glass } from './glass.ts';
import { cardFor } from './incidents.ts';
import { Refusal } from './problems.ts';
import type { Register } from './register.ts';
import { serve } from './serve.ts';
import { sightOf } from './sight.ts';

const worstMax = 6;
const membersMax = 500;
const floodWindowS = 600;
/** A flood lasts until fewer come; so many windows back it can be told whether one had begun. */
const floodWindows = 12;

/**
 * Does its mass incident stand for this member, so that it is not shown for itself? Not for the critical and the worse ones, and not for
 * those that somebody put before the shift lead or put off: a decision on the whole does not reach them.
 */
export const standsFor = (one: Pick<MassIncident, 'severity'>, member: Pick<Incident, 'severity' | 'state'>): boolean =>
  (member.state === 'candidate' || member.state === 'pending_review') && !isSingle(member, one);

const noCount = { members: 0, undecided: 0, cameras: 0, oldestMs: null };

/** The cards of mass incidents as this person may see them; the worst pictures only where a decision is wanted, or `withWorst`. */
async function massCards(
  glass: Glass,
  person: Person,
  list: readonly MassIncident[],
  withWorst = false,
): Promise<MassCard[]> {
  const { database, clock, register, settings } = glass;
  if (list.length === 0) return [];
  const nowMs = clock.nowMs();
  const [counts, falls] = await Promise.all([mass.counts(database), weather.snowfalls(database)]);
  return Promise.all(
    list.map(async (one): Promise<MassCard> => {
      const count = counts.find((row) => row.massId === one.id) ?? noCount;
      const asks = asksPeople(one, count.undecided, nowMs);
      const ids = asks || withWorst ? await mass.worstMembers(database, one.id, worstMax) : [];
      const rows = await Promise.all(ids.map((id) => incidents.byId(database, id)));
      const fall = falls.find((row) => row.district === one.district && row.startedAtMs === one.sinceMs);
      return {
        id: one.id,
        number: one.number,
        version: one.version,
        hazard: one.hazard,
        district: one.district,
        cause: one.cause,
        sinceMs: one.sinceMs,
        causeEndedAtMs: one.cause === 'snowfall' ? (fall?.endedAtMs ?? null) : null,
        severity: one.severity,
        members: count.members,
        undecided: count.undecided,
        cameras: count.cameras,
        openedAtMs: one.openedAtMs,
        waitingSinceMs: Math.max(one.openedAtMs, one.quietUntilMs ?? 0, count.oldestMs ?? 0),
        limitMs: verdictWithinMs(one),
        asks,
        decision: decisionOf(one, person, register, settings.incidents.undoS),
        worst: rows.flatMap((row) => (row ? [cardFor(glass, person, row)] : [])),
      };
    }),
  );
}

function decisionOf(one: MassIncident, person: Person, register: Register, undoS: number): MassCard['decision'] {
  if (one.decision === null || one.decidedAtMs === null || one.decidedBy === null) return null;
  return {
    kind: one.decision,
    reason: one.rejectReason,
    who: register.nameOf(one.decidedBy),
    mine: one.decidedBy === person.id,
    atMs: one.decidedAtMs,
    undoUntilMs: one.decidedAtMs + undoS * 1000,
  };
}

/** All open mass incidents, and which of the incidents that wait are shown for themselves. */
export async function massesNow(
  glass: Glass,
  person: Person,
  waiting: readonly Incident[],
): Promise<{ readonly masses: MassCard[]; readonly singly: Incident[] }> {
  // A mass incident is of the whole city: to who sees a part of it each of its members stands for itself.
  if (sightOf(glass.register, person).limited) return { masses: [], singly: [...waiting] };
  const open = await mass.open(glass.database);
  const byId = new Map(open.map((one) => [one.id, one]));
  const singly = waiting.filter((incident) => {
    const one = incident.massId === null ? undefined : byId.get(incident.massId);
    return !one || !standsFor(one, incident);
  });
  return { masses: await massCards(glass, person, open), singly };
}

/** Do alarms come thicker than people can answer them? */
export async function isFlood({ database, clock, settings }: Glass): Promise<boolean> {
  const nowMs = clock.nowMs();
  const windowMs = (floodWindowS * 1000) / settings.incidents.pace;
  return floodAt(await mass.raisedSince(database, nowMs - floodWindows * windowMs), windowMs, nowMs);
}

/** A verdict that the judge gave on a member because somebody decided on the whole. */
export const isByMass = (verdictId: string, before: Pick<Incident, 'massId'>): boolean =>
  before.massId !== null && verdictId.startsWith(`${before.massId}-`);

/**
 * A member on which somebody decides singly is put before people in this very moment: looking at it changed nothing. Gives the verdict
 * with the version that it then has.
 */
export async function outOfMass(tx: Tx, verdict: Verdict, { clock, settings }: Glass): Promise<Verdict> {
  const member = await incidents.lock(tx, verdict.incidentId);
  const waits = member.state === 'candidate' && member.massId !== null && member.version === verdict.version;
  if (!waits || (await verdicts.byId(tx, verdict.id))) return verdict;
  const atMs = clock.nowMs();
  const raised = await moveIncident(
    tx,
    member,
    'pending_review',
    { raisedAtMs: atMs, untilMs: null },
    { atMs, actor: { kind: 'system', name: 'desk' }, reason: 'decided singly', pace: settings.incidents.pace },
  );
  return { ...verdict, version: raised.version };
}

/** A refused decision is explained by the one that came first. */
async function withFirstMass<T>({ database, register }: Glass, massId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof AhualError) || thrown.status !== 409) throw thrown;
    const now = await mass.byId(database, massId);
    if (!now || now.decidedBy === null || now.decidedAtMs === null) throw thrown;
    const who = register.nameOf(now.decidedBy);
    const first = { who, atMs: now.decidedAtMs, state: now.decision ?? now.state, version: now.version };
    throw new Refusal(thrown, { first });
  }
}

function streetClasses(members: readonly Incident[], register: Register): { streetClass: StreetClass; n: number }[] {
  const sums = new Map<StreetClass, number>();
  for (const { cameraId, zoneId } of members) {
    const zone = register.camera(cameraId)?.zones.find((one) => one.id === zoneId);
    const streetClass = zone?.streetClass ?? 'none';
    sums.set(streetClass, (sums.get(streetClass) ?? 0) + 1);
  }
  return [...sums]
    .map(([streetClass, n]) => ({ streetClass, n }))
    .sort((a, b) => b.n - a.n || a.streetClass.localeCompare(b.streetClass));
}

/** The members of a mass incident, at most `membersMax`, worst first. */
async function membersOf({ database }: Glass, one: MassIncident): Promise<Incident[]> {
  const [ids, open] = await Promise.all([
    mass.memberIds(database, one.id, membersMax),
    incidents.open(database, { hazard: one.hazard, district: one.district }),
  ]);
  const byId = new Map(open.map((incident) => [incident.id.toString(), incident]));
  const rows = await Promise.all(ids.map(async (id) => byId.get(id) ?? incidents.byId(database, id)));
  return rows.flatMap((row) => row ?? []);
}

/** Routes of mass incidents. */
export function openMass(glass: Glass): void {
  const { app, door, database, clock, register, settings } = glass;

  const cardOf = async (person: Person, one: MassIncident, withWorst = false): Promise<MassCard> => {
    const [card] = await massCards(glass, person, [one], withWorst);
    if (card) return card;
    throw new AhualError('INTERNAL', `no card of mass incident ${one.id}.`, 'Reload the page.', {});
  };

  serve(app, door, 'mass', async ({ params, session }) => {
    const one = await mass.byId(database, params.id);
    if (!one) throw new AhualError('INCIDENT_UNKNOWN', 'There is no such mass incident.', 'Go back to the queue.');
    const [card, members] = await Promise.all([cardOf(session.person, one, true), membersOf(glass, one)]);
    return {
      nowMs: clock.nowMs(),
      card,
      members: members.map((member) => cardFor(glass, session.person, member)),
      byStreetClass: streetClasses(members, register),
    };
  });

  serve(app, door, 'massVerdict', async ({ params, body, session }) => {
    const { person } = session;
    const { kind, version, decisionMs } = body;
    const decision = kind === 'reject' ? { kind, reason: body.reason } : { kind };
    const decided = await withFirstMass(glass, params.id, () =>
      database.transaction(async (tx) => {
        const given = await decideMass(tx, {
          massId: params.id,
          version,
          decision,
          person,
          clock,
          settings: settings.incidents,
        });
        await audit.write(tx, {
          atMs: clock.nowMs(),
          actor: person.id,
          act: 'mass incident decided',
          objectKind: 'mass_incident',
          objectId: params.id,
          facts: { kind, decisionMs },
        });
        return given;
      }),
    );
    return { mass: await cardOf(person, decided.mass), undoUntilMs: decided.undoUntilMs };
  });

  serve(app, door, 'undoMass', async ({ params, session }) => {
    const { person } = session;
    const one = await withFirstMass(glass, params.id, () =>
      database.transaction((tx) =>
        takeBackMass(tx, { massId: params.id, person, clock, settings: settings.incidents }),
      ),
    );
    return { mass: await cardOf(person, one) };
  });
}
