// A person's decision on an incident: may this person do this now, and what follows; and how it is taken back.
import type { Clock } from '#core/clock';
import { AhualError, never } from '#core/errors';
import { isSeen } from '#core/hazard-name';
import { openIncidentStates, type Incident, type IncidentState } from '#core/incident';
import type { AgencyId } from '#core/ids';
import type { Person } from '#core/person';
import type { Verdict } from '#core/verdict';
import { issues, judgedSince } from '#hazards';
import { beliefs, incidents, people, scores, tasks, verdicts, type Tx } from '#store';
import { moveIncident, takenBack, type Actor } from './lifecycle.ts';
import { closedAgainstCamera, isLasting, quietMs } from './quiet.ts';
import { escalateAfterS, forPeople, paced, shelveMaxMin, type IncidentSettings } from './settings.ts';

/** What a confirmation asks of the tasks room, joined by the caller (`openTasks` of that room with its own settings). */
export interface TaskWish {
  readonly agencyId?: AgencyId;
  /** Send without the seconds of grace. */
  readonly sendNow?: boolean;
}
export type OpenTasks = (tx: Tx, incident: Incident, wish: TaskWish) => Promise<readonly { readonly id: string }[]>;

export interface VerdictOutcome {
  readonly incident: Incident;
  readonly taskIds: readonly string[];
  /** Until when it can be taken back; the moment of the verdict itself where it cannot. */
  readonly undoUntilMs: number;
  /** False when this very verdict had been taken before. */
  readonly fresh: boolean;
}

type Settings = Pick<IncidentSettings, 'pace' | 'undoS' | 'quietAfterRejectMin'>;

/**
 * Takes a verdict: incident, tasks and the verdict itself are written in the caller's transaction. The same verdict id
 * sent twice counts once and gives the same answer. Throws INCIDENT_CHANGED with who was first when the incident is no
 * longer the version that was on screen; AUTH_DENIED and MOVE_UNLAWFUL by the table of moves.
 */
export async function giveVerdict(
  tx: Tx,
  given: {
    readonly verdict: Verdict;
    readonly person: Person;
    readonly clock: Clock;
    readonly settings: Settings;
    readonly openTasks: OpenTasks;
  },
): Promise<VerdictOutcome> {
  const { verdict, person, clock, settings } = given;
  const before = await incidents.lock(tx, verdict.incidentId);
  const known = await verdicts.byId(tx, verdict.id);
  if (known) {
    if (known.personId !== person.id || known.verdict.incidentId !== verdict.incidentId) throw otherId(verdict.id);
    return {
      incident: before,
      taskIds: known.taskIds,
      undoUntilMs: undoUntil(known.verdict, known.atMs, settings),
      fresh: false,
    };
  }
  const atMs = clock.nowMs();
  if (before.version !== verdict.version) throw await whoWasFirst(tx, before, atMs);
  const actor: Actor = { kind: 'person', person };
  const options = (reason: string) => ({ atMs, actor, reason, pace: settings.pace });
  const decided = { decidedAtMs: atMs, decidedBy: person.id };

  let incident: Incident;
  let taskIds: string[] = [];
  switch (verdict.kind) {
    case 'confirm': {
      const other = verdict.hazard && verdict.hazard !== before.hazard ? { hazard: verdict.hazard, sub: '' } : {};
      const severity = verdict.severity ? { severity: verdict.severity } : {};
      incident = await moveIncident(
        tx,
        before,
        'confirmed',
        { ...decided, ...other, ...severity },
        options('confirmed'),
      );
      const opened = await given.openTasks(tx, incident, {
        ...(verdict.agencyId ? { agencyId: verdict.agencyId } : {}),
        ...(mayGoNow(verdict, incident) ? { sendNow: true } : {}),
      });
      taskIds = opened.map((task) => task.id);
      break;
    }
    case 'reject': {
      const patch = { ...decided, rejectReason: verdict.reason, note: verdict.note ?? before.note };
      incident = await moveIncident(tx, before, 'rejected', patch, options(`rejected: ${verdict.reason}`));
      const forMs = quietMs(verdict.reason, settings.quietAfterRejectMin, settings.pace);
      if (forMs > 0) await quieten(tx, incident, atMs, forMs, verdict.reason);
      break;
    }
    case 'unsure':
      incident = await takeUnsure(tx, before, person, options);
      break;
    case 'shelve': {
      refuseLongShelving(before, person, verdict.minutes);
      const untilMs = atMs + paced(verdict.minutes * 60, settings.pace);
      incident = await moveIncident(tx, before, 'shelved', { untilMs }, options(verdict.reason));
      break;
    }
    case 'merge': {
      await mustBeOpen(tx, verdict.into);
      const patch = { ...decided, mergedInto: verdict.into };
      incident = await moveIncident(tx, before, 'merged', patch, options('the same as another'));
      break;
    }
    default:
      return never(verdict);
  }
  await verdicts.record(tx, { verdict, personId: person.id, atMs, before, taskIds });
  return { incident, taskIds, undoUntilMs: undoUntil(verdict, atMs, settings), fresh: true };
}

/** Sending at once is for the critical only. */
const mayGoNow = (verdict: Verdict, incident: Incident): boolean =>
  verdict.kind === 'confirm' && verdict.now === true && incident.severity === 'S4';

const undoUntil = (verdict: Verdict, atMs: number, { undoS }: Settings): number =>
  verdict.kind === 'confirm' && verdict.now === true ? atMs : atMs + undoS * 1000;

async function quieten(tx: Tx, incident: Incident, sinceMs: number, forMs: number, reason: string): Promise<void> {
  const { cameraId, zoneId, hazard } = incident;
  // Nothing looks for what people alone report: there is nothing to keep quiet.
  if (cameraId && zoneId && isSeen(hazard)) {
    const light = quietLight(incident);
    await verdicts.setQuiet(tx, { cameraId, zoneId, hazard, light, sinceMs, untilMs: sinceMs + forMs, reason });
  }
}

/** Shadows and mirrors come and go with the light; what describes the place holds in any. */
function quietLight({ rejectReason, why }: Incident): verdicts.QuietLight {
  const { light } = why.facts;
  if (rejectReason !== null && isLasting(rejectReason)) return 'any';
  return light === 'day' || light === 'night' ? light : 'any';
}

async function endQuiet(tx: Tx, { cameraId, zoneId, hazard }: Incident): Promise<void> {
  if (cameraId && zoneId) await verdicts.endQuiet(tx, { cameraId, zoneId, hazard });
}

const unsureReason = 'unsure';

/** The first "unsure" asks a second pair of eyes for five minutes; a second person's, or the shift lead's question, escalates. */
async function takeUnsure(
  tx: Tx,
  before: Incident,
  person: Person,
  options: (reason: string) => Parameters<typeof moveIncident>[4],
): Promise<Incident> {
  if (before.state === 'pending_review') {
    const history = await incidents.history(tx, before.id);
    const raised = history.findLastIndex((change) => change.from !== change.to && change.to === 'pending_review');
    const others = history.slice(raised + 1).some((c) => c.reason === unsureReason && c.actor !== person.id);
    if (others) return moveIncident(tx, before, 'escalated', {}, options('two people are unsure'));
    const { atMs } = options('');
    const untilMs = Math.min(before.untilMs ?? Number.MAX_SAFE_INTEGER, atMs + forPeople(escalateAfterS.unsure));
    return moveIncident(tx, before, 'pending_review', { untilMs }, options(unsureReason));
  }
  return moveIncident(tx, before, 'escalated', {}, options(unsureReason));
}

function refuseLongShelving(incident: Incident, person: Person, minutes: number): void {
  const isLead = person.roles.includes('shift_lead');
  const longest = !isLead
    ? shelveMaxMin.operator
    : incident.hazard === 'snow'
      ? shelveMaxMin.snow
      : shelveMaxMin.shiftLead;
  if (minutes <= longest) return;
  throw new AhualError(
    'AUTH_DENIED',
    `incident #${incident.number} cannot be shelved for ${minutes} min by this role.`,
    `At most ${longest} min; the shift lead may shelve for longer.`,
    { incidentId: incident.id },
  );
}

async function mustBeOpen(tx: Tx, id: string): Promise<void> {
  const into = await incidents.byId(tx, id);
  const isOpen = into && openIncidentStates.some((state) => state === into.state) && into.state !== 'candidate';
  if (isOpen) return;
  throw new AhualError(
    into ? 'MOVE_UNLAWFUL' : 'INCIDENT_UNKNOWN',
    into ? `incident #${into.number} is ${into.state}; nothing can be merged into it.` : `there is no incident ${id}.`,
    'Choose an open incident.',
    { incidentId: id },
  );
}

const otherId = (id: string): AhualError =>
  new AhualError('REQUEST_INVALID', `the verdict id ${id} belongs to another verdict.`, 'Reload the page.', {});

/** The refusal of a late verdict: who changed the incident and how long ago. */
export async function whoWasFirst(tx: Tx, incident: Incident, nowMs: number): Promise<AhualError> {
  const last = (await incidents.history(tx, incident.id)).at(-1);
  const person = last ? await people.byId(tx, last.actor) : undefined;
  const who = person?.name ?? last?.actor ?? 'somebody';
  const agoS = last ? Math.max(0, Math.round((nowMs - last.atMs) / 1000)) : 0;
  return new AhualError(
    'INCIDENT_CHANGED',
    `${who} was first with incident #${incident.number}: it is ${incident.state} since ${agoS} s.`,
    'Look at it again; nothing of this was saved.',
    { incidentId: incident.id, version: incident.version, state: incident.state, by: who, atMs: last?.atMs ?? null },
  );
}

/**
 * Takes a verdict back within its seconds of grace: the incident is what it was before, its tasks are cancelled unsent, in
 * one transaction. Taking the same verdict back twice changes nothing more. Throws MOVE_UNLAWFUL when the time is over or a
 * task has been sent, AUTH_DENIED for another person's verdict.
 */
export async function takeBack(
  tx: Tx,
  given: {
    readonly verdictId: string;
    readonly person: Person;
    readonly clock: Clock;
    readonly settings: Pick<IncidentSettings, 'pace' | 'undoS' | 'quietAfterRejectMin'>;
    /** Cancels an unsent task; of the tasks room, joined by the caller. */
    readonly cancelTask: (tx: Tx, taskId: string, reason: string) => Promise<void>;
  },
): Promise<Incident> {
  const { person, clock, settings } = given;
  const first = await verdicts.byId(tx, given.verdictId);
  if (!first) {
    throw new AhualError('NOT_FOUND', `there is no verdict ${given.verdictId}.`, 'It was never saved.', {});
  }
  const incident = await incidents.lock(tx, first.verdict.incidentId);
  // Read again under the lock: another request may have taken it back meanwhile.
  const row = (await verdicts.byId(tx, given.verdictId)) ?? first;
  if (row.personId !== person.id) {
    throw new AhualError('AUTH_DENIED', 'this verdict is another person’s.', 'Ask them, or the shift lead.', {});
  }
  if (row.undoneAtMs !== null) return incident;
  const atMs = clock.nowMs();
  if (atMs > undoUntil(row.verdict, row.atMs, settings)) {
    throw tooLate(incident, 'the time to take it back is over');
  }
  const before = row.incidentBefore;
  if (incident.version !== before.version + 1) throw tooLate(incident, 'it has changed since');
  const opened = await tasks.byIncident(tx, incident.id);
  const mine = opened.filter((task) => row.taskIds.includes(task.id));
  if (mine.some((task) => task.sentAtMs !== null)) throw tooLate(incident, 'its task is sent');
  for (const task of mine) await given.cancelTask(tx, task.id, takenBack);
  if (row.verdict.kind === 'reject') await endQuiet(tx, incident);
  await verdicts.undo(tx, given.verdictId, atMs);
  const actor: Actor = { kind: 'person', person };
  return moveIncident(tx, incident, before.state, restored(before), {
    atMs,
    actor,
    reason: takenBack,
    pace: settings.pace,
  });
}

const restored = (before: Incident): Partial<Incident> => ({
  hazard: before.hazard,
  sub: before.sub,
  severity: before.severity,
  decidedAtMs: before.decidedAtMs,
  decidedBy: before.decidedBy,
  closedAtMs: before.closedAtMs,
  untilMs: before.untilMs,
  rejectReason: before.rejectReason,
  mergedInto: before.mergedInto,
  note: before.note,
});

const tooLate = (incident: Incident, why: string): AhualError =>
  new AhualError(
    'MOVE_UNLAWFUL',
    `the verdict on incident #${incident.number} cannot be taken back: ${why}.`,
    'Send a correction: open the incident and decide again, or ask the controller to cancel its task.',
    { incidentId: incident.id },
  );

/**
 * A person's step that is no verdict: unshelve, close without a task, close as verified, send back to work, hold as
 * cleared, reopen, correct a final decision (domain 3.2, rows 10, 16, 17, 19–21, 23). The table of moves says who may.
 */
export async function moveByPerson(
  tx: Tx,
  given: {
    readonly incidentId: string;
    /** The version on screen. */
    readonly version: number;
    readonly to: IncidentState;
    readonly person: Person;
    readonly reason: string;
    readonly clock: Clock;
    readonly settings: Pick<IncidentSettings, 'pace'>;
  },
): Promise<Incident> {
  const atMs = given.clock.nowMs();
  const incident = await incidents.lock(tx, given.incidentId);
  if (incident.version !== given.version) throw await whoWasFirst(tx, incident, atMs);
  const actor: Actor = { kind: 'person', person: given.person };
  const again =
    given.to === 'reopened'
      ? { reopens: incident.reopens + 1, raisedAtMs: atMs }
      : given.to === 'pending_review'
        ? { raisedAtMs: atMs }
        : {};
  return moveIncident(tx, incident, given.to, again, { atMs, actor, reason: given.reason, pace: given.settings.pace });
}

/**
 * Closes an incident whose work a person has judged by the pair of pictures (S3, S4, every open manhole; domain 3.3). Its
 * claimed tasks are verified in the same transaction by `verifyTask` of the tasks room. Where the camera still says hazard at that moment it
 * is the camera that errs, and the same sight is not told again before the place has looked clear.
 */
export async function closeByPerson(
  tx: Tx,
  given: {
    readonly incidentId: string;
    readonly version: number;
    readonly person: Person;
    readonly reason: string;
    readonly clock: Clock;
    readonly settings: Pick<IncidentSettings, 'pace'>;
    readonly verifyTask: (tx: Tx, taskId: string) => Promise<void>;
  },
): Promise<Incident> {
  const incident = await moveByPerson(tx, { ...given, to: 'closed' });
  let claimedAtMs: number | null = null;
  const held: string[] = [];
  for (const task of await tasks.byIncident(tx, incident.id)) {
    if (task.state !== 'done_claimed' && task.state !== 'verifying') continue;
    claimedAtMs = Math.max(claimedAtMs ?? 0, task.claimedAtMs ?? 0);
    await given.verifyTask(tx, task.id);
    held.push(task.id);
  }
  if (claimedAtMs !== null && (await stillSaysHazard(tx, incident, claimedAtMs))) {
    await scores.cameraWasWrong(tx, held, given.clock.nowMs(), given.person.id);
    // No time of silence: only what never looked clear in between stays untold.
    await quieten(tx, incident, given.clock.nowMs(), 0, closedAgainstCamera);
  }
  return incident;
}

async function stillSaysHazard(
  tx: Tx,
  { cameraId, zoneId, hazard, mark }: Incident,
  sinceMs: number,
): Promise<boolean> {
  if (!cameraId || !zoneId) return false;
  const key = { cameraId, zoneId, hazard };
  const belief = (await beliefs.load(tx, [key])).get(beliefs.keyOf(key));
  return judgedSince(belief, sinceMs, mark).at(-1)?.word === 'hazard';
}

/** Within how long a verdict on an incident is wanted, milliseconds (domain 3.2, rows 6 and 11). */
export const verdictWithinMs = (incident: Pick<Incident, 'severity' | 'hazard'>): number =>
  incident.severity === 'S4' || incident.severity === 'S3'
    ? forPeople(escalateAfterS[incident.severity])
    : forPeople(issues[incident.hazard].reviewWithinS);
