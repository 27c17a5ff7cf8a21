// From a finding to rows: candidates, alarms, merged views, reopenings.
import type { Clock } from '#core/clock';
import { IncidentId } from '#core/ids';
import { newId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { Circumstances } from '#hazards';
import { issues } from '#hazards';
import type { Tx } from '#store';
import type { Raise } from './judge.ts';
import { moveIncident, openIncident, type Actor, type MoveOptions } from './lifecycle.ts';
import { districtOf, pointOf } from './place.ts';
import { escalateAfterS, forPeople, type IncidentSettings } from './settings.ts';

const judgeActor: Actor = { kind: 'system', name: 'judge' };

/** Options of a move made by the judge. */
export const byJudge = (atMs: number, pace: number, reason: string): MoveOptions => ({
  atMs,
  pace,
  reason,
  actor: judgeActor,
});

/** When an alarm that nobody decides goes to the shift lead: S4 after 2 min, S3 after 10 min; others wait. */
export function escalatesAt(incident: Pick<Incident, 'severity'>, nowMs: number): number | null {
  if (incident.severity !== 'S4' && incident.severity !== 'S3') return null;
  return nowMs + forPeople(escalateAfterS[incident.severity]);
}

/** What a finding says of an incident: its fields. */
export const fieldsOf = (raise: Raise): Partial<Incident> => ({
  sub: raise.sub,
  severity: raise.severity,
  level: raise.level,
  why: raise.why,
  mark: raise.mark,
  stillSha256: raise.stillSha256,
  lastSeenAtMs: raise.lastSeenAtMs,
  ...(raise.beforeSha256 ? { beforeSha256: raise.beforeSha256, beforeAtMs: raise.beforeAtMs } : {}),
});

/** Opens the candidate that a finding asks for. */
export function openCandidate(
  tx: Tx,
  raise: Raise,
  hazard: Incident['hazard'],
  around: Circumstances,
  clock: Clock,
  settings: IncidentSettings,
  massId: string | null = null,
): Promise<Incident> {
  const { camera, zone, nowMs } = around;
  const grave = raise.severity === 'S3' || raise.severity === 'S4';
  const incident: Omit<Incident, 'number' | 'version'> = {
    id: IncidentId.parse(newId(clock)),
    hazard,
    sub: raise.sub,
    state: 'candidate',
    severity: raise.severity,
    cameraId: camera.id,
    zoneId: zone.id,
    point: pointOf(camera, raise.mark),
    district: districtOf(camera, zone),
    origin: 'camera',
    openedAtMs: nowMs,
    raisedAtMs: null,
    decidedAtMs: null,
    closedAtMs: null,
    lastSeenAtMs: raise.lastSeenAtMs,
    untilMs: grave || massId !== null ? null : nowMs + forPeople(issues[hazard].reviewWithinS),
    level: raise.level,
    why: raise.why,
    mark: raise.mark,
    stillSha256: raise.stillSha256,
    beforeSha256: raise.beforeSha256,
    beforeAtMs: raise.beforeAtMs,
    rejectReason: null,
    mergedInto: null,
    decidedBy: null,
    note: '',
    reopens: 0,
    massId,
  };
  return openIncident(tx, incident, byJudge(nowMs, settings.pace, raise.why.rule));
}

/** Puts a candidate before people. */
export const promote = (tx: Tx, candidate: Incident, nowMs: number, pace: number): Promise<Incident> =>
  moveIncident(
    tx,
    candidate,
    'pending_review',
    { raisedAtMs: nowMs, untilMs: escalatesAt(candidate, nowMs) },
    byJudge(nowMs, pace, 'raised'),
  );

/** What time alone does to an incident whose `untilMs` has come (rows 6, 10, 11); undefined when nothing. */
export async function expire(tx: Tx, incident: Incident, nowMs: number, pace: number): Promise<Incident | undefined> {
  const by = (reason: string): MoveOptions => byJudge(nowMs, pace, reason);
  if (incident.state === 'candidate')
    return moveIncident(tx, incident, 'expired', {}, by('nobody could review it in time'));
  if (incident.state === 'pending_review')
    return moveIncident(tx, incident, 'escalated', {}, by('nobody decided in time'));
  if (incident.state !== 'shelved') return undefined;
  const untilMs = escalatesAt(incident, nowMs);
  return moveIncident(tx, incident, 'pending_review', { untilMs }, by('the shelved time is over'));
}
