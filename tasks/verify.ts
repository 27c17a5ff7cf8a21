// Looks after a claim → verified, returned or for a person to decide (domain 3.3). The incident ends only through here.
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { isSeen } from '#core/hazard-name';
import type { Incident } from '#core/incident';
import type { Person } from '#core/person';
import type { Task } from '#core/task';
import { farLess, groundMark, issues, judgedSince, likeBefore, logOdds, type Entry } from '#hazards';
import { beliefs, cameras, incidents, tasks, weather, type Db, type Tx } from '#store';
import { moveTask, type TaskActor } from './lifecycle.ts';

/** What the camera says after a claim. */
export type CameraWord =
  | { readonly kind: 'clear'; readonly looks: number; readonly overS: number; readonly still: string | null }
  | { readonly kind: 'hazard'; readonly looks: number; readonly still: string | null }
  | { readonly kind: 'waiting'; readonly clear: number; readonly hazard: number; readonly why?: 'rain' }
  /** The camera and the crew contradict each other a second time: a person must decide by photo, call or another camera. */
  | { readonly kind: 'disputed'; readonly looks: number; readonly still: string | null }
  /** Nothing was seen for so long that a person must decide by photo, call or another camera. */
  | { readonly kind: 'unverifiable' };

const clearLooks = 3;
const clearOverS = 600;
const hazardLooks = 2;
const recentLooks = 3;
/** After this long without an answer the check goes to a person (domain 3.3: looks for 15 min). */
const giveUpS = 900;
/** However fast the city's clocks run, cameras have their own pace: five looks of a camera that is followed up, seconds. */
const giveUpLeastS = 15;
/** The camera alone gives a task back so often; a crew that says done once more may have seen what the camera cannot. */
const returnsByCamera = 1;
/** Water is gone only when it has not rained for so long (domain 3.3), and less than this is no rain, mm/h. */
const dryS = 1800;
const leastRainMmH = 0.1;

const newestStill = (entries: readonly Entry[]): string | null =>
  [...entries].reverse().find((e) => e.still)?.still ?? null;

/**
 * Judges the looks after a claim: passed by 3 clear ones in a row spread over ≥ 10 min at the city's pace; failed when the
 * hazard is in 2 of the last 3; unverifiable when neither after a quarter of an hour without any judged look.
 */
export function cameraWord(entries: readonly Entry[], claimedAtMs: number, nowMs: number, pace: number): CameraWord {
  const recent = entries.slice(-recentLooks);
  const hazard = recent.filter((e) => e.word === 'hazard');
  if (hazard.length >= hazardLooks) return { kind: 'hazard', looks: hazard.length, still: newestStill(hazard) };
  let from = entries.length;
  while (from > 0 && entries[from - 1]?.word === 'clear') from -= 1;
  const clear = entries.slice(from);
  const first = clear[0];
  const last = clear.at(-1);
  const overS = first && last ? (last.atMs - first.atMs) / 1000 : 0;
  if (clear.length >= clearLooks && overS >= clearOverS / pace) {
    return { kind: 'clear', looks: clear.length, overS, still: newestStill(clear) };
  }
  const newestMs = entries.at(-1)?.atMs ?? claimedAtMs;
  if (nowMs - newestMs > Math.max(giveUpS / pace, giveUpLeastS) * 1000) return { kind: 'unverifiable' };
  return { kind: 'waiting', clear: clear.length, hazard: entries.filter((e) => e.word === 'hazard').length };
}

/** What the camera says of a claimed task now; for the card beside the pair of pictures. */
export async function checkTask(
  db: Db,
  task: Task,
  incident: Incident,
  options: { readonly nowMs: number; readonly pace: number },
): Promise<CameraWord> {
  const { cameraId, zoneId, hazard } = incident;
  // What no eye looks for is judged by people alone, by the crew's photo or by going there.
  if (!cameraId || !zoneId || task.claimedAtMs === null || !isSeen(hazard)) return { kind: 'unverifiable' };
  const zone = (await cameras.byId(db, cameraId))?.zones.find((one) => one.id === zoneId);
  const drawn = incident.why.facts['ground'];
  // A zone that is gone or was drawn anew cannot be held against the pictures of the incident: a person decides.
  if (!zone || (typeof drawn === 'string' && drawn !== groundMark(zone))) return { kind: 'unverifiable' };
  const key = { cameraId, zoneId, hazard };
  const belief = (await beliefs.load(db, [key])).get(beliefs.keyOf(key));
  const entries = judgedSince(belief, task.claimedAtMs, incident.mark, likeBefore(belief, incident)).filter(
    (one) => !isFaint(one, incident),
  );
  const word = cameraWord(entries, task.claimedAtMs, options.nowMs, options.pace);
  if (word.kind === 'hazard' && task.returns >= returnsByCamera) return { ...word, kind: 'disputed' };
  if (hazard !== 'flooding' || word.kind !== 'clear' || !(await rained(db, incident, options))) return word;
  return { kind: 'waiting', clear: word.looks, hazard: 0, why: 'rain' };
}

/**
 * A look that still says hazard, but far less than when it was raised and not plainly: wet ground that mirrors the sky after the water is
 * gone. It neither closes nor returns; where nothing plainer comes, a person decides.
 */
const isFaint = (look: Entry, incident: Pick<Incident, 'level'>): boolean =>
  look.word === 'hazard' && look.level < plainLevel && logOdds(look.level) <= logOdds(incident.level) - farLess;

/** From this level on a hazard is plain whatever it was before. */
const plainLevel = 0.85;

/** Has it rained in the incident's district within the last half hour of life? */
async function rained(
  db: Db,
  { district }: Incident,
  { nowMs, pace }: { nowMs: number; pace: number },
): Promise<boolean> {
  const rows = await weather.since(db, nowMs - (dryS * 1000) / pace);
  return rows.some((row) => row.district === district && row.atMs <= nowMs && row.rainMmH >= leastRainMmH);
}

/** S1 and S2 may be closed by the camera alone; S3, S4 and every open manhole have a person (screens 4.6). */
export const cameraMayVerify = (incident: Pick<Incident, 'severity' | 'hazard'>): boolean =>
  incident.severity !== 'S3' && incident.severity !== 'S4' && issues[incident.hazard].selfClears;

const courier: TaskActor = { kind: 'system', name: 'verification' };

/**
 * One step of the check of a claimed task in the caller's transaction: claim → verifying → verified or returned by the
 * camera; while it waits, the camera is asked to look again. Returns the task as it is then.
 */
export async function checkClaim(
  tx: Tx,
  taskId: string,
  options: { readonly clock: Clock; readonly pace: number; readonly followUpEveryS: number },
): Promise<Task> {
  const atMs = options.clock.nowMs();
  let task = await tasks.lock(tx, taskId);
  if (task.state === 'done_claimed') {
    task = await moveTask(tx, task, 'verifying', {}, { atMs, actor: courier, reason: 'the camera looks' });
  }
  const incident = await incidents.byId(tx, task.incidentId);
  if (task.state !== 'verifying' || !incident) return task;
  const word = await checkTask(tx, task, incident, { nowMs: atMs, pace: options.pace });
  if (word.kind === 'hazard') return giveBack(tx, task, { atMs, actor: courier, reason: 'the hazard is still seen' });
  if (word.kind === 'clear') {
    if (!cameraMayVerify(incident)) return task;
    const reason = `clear in ${word.looks} looks over ${Math.round(word.overS)} s`;
    return moveTask(
      tx,
      task,
      'verified',
      { verifiedAtMs: atMs, verifiedBy: 'camera' },
      { atMs, actor: courier, reason },
    );
  }
  if (word.kind === 'waiting' && incident.cameraId && (await isThere(tx, incident.cameraId))) {
    await cameras.lookSooner(
      tx,
      incident.cameraId,
      atMs + options.followUpEveryS * 1000,
      `checking task ${task.number}`,
    );
  }
  return task;
}

const isThere = async (db: Db, id: Camera['id']): Promise<boolean> => (await cameras.byId(db, id)) !== undefined;

const giveBack = (tx: Tx, task: Task, options: Parameters<typeof moveTask>[4]): Promise<Task> =>
  moveTask(tx, task, 'returned', { returns: task.returns + 1 }, options);

/** How a person judged the work. */
export interface PersonCheck {
  readonly task: Pick<Task, 'id'>;
  readonly person: Person;
  readonly method: 'camera' | 'photo' | 'call' | 'person';
  readonly note: string;
  readonly clock: Clock;
}

/** A person holds the work done, by what they judged it. Throws MOVE_UNLAWFUL, AUTH_DENIED. */
export async function verifyTask(tx: Tx, { task: { id }, person, method, note, clock }: PersonCheck): Promise<Task> {
  const task = await tasks.lock(tx, id);
  const atMs = clock.nowMs();
  const reason = note.trim() || `verified by ${method}`;
  const patch = { verifiedAtMs: atMs, verifiedBy: method };
  return moveTask(tx, task, 'verified', patch, { atMs, actor: { kind: 'person', person }, reason });
}

/** A person gives the work back; its clock runs on. Throws MOVE_UNLAWFUL, AUTH_DENIED. */
export async function returnTask(tx: Tx, { task: { id }, person, method, note, clock }: PersonCheck): Promise<Task> {
  const task = await tasks.lock(tx, id);
  const reason = note.trim() || `not done, by ${method}`;
  return giveBack(tx, task, { atMs: clock.nowMs(), actor: { kind: 'person', person }, reason });
}

/** Calls a task off: its waiting deliveries are cancelled with it. Used by taking back, by a person, and when an incident ends. */
export async function cancelTask(
  tx: Tx,
  given: { readonly taskId: string; readonly actor: TaskActor; readonly reason: string; readonly clock: Clock },
): Promise<Task> {
  const task = await tasks.lock(tx, given.taskId);
  for (const delivery of await tasks.deliveriesOf(tx, task.id)) {
    if (delivery.state === 'waiting')
      await tasks.saveDelivery(tx, { ...delivery, state: 'cancelled', receipt: given.reason });
  }
  const { actor, reason } = given;
  return moveTask(tx, task, 'cancelled', {}, { atMs: given.clock.nowMs(), actor, reason });
}
