// openTasks(): task and delivery rows inside the caller's transaction, so that a verdict and its tasks are one act.
import type { Agency } from '#core/agency';
import type { Camera, Zone } from '#core/camera';
import { localDay } from '#core/calendar';
import type { Clock } from '#core/clock';
import { TaskId, newId, type AgencyId } from '#core/ids';
import type { Addressee, Incident } from '#core/incident';
import type { Delivery, Task } from '#core/task';
import { epochMs, type EpochMs } from '#core/units';
import type { CityTime, Deadline } from '#hazards';
import { agencies, cameras, rules, tasks, weather, type Db, type Tx } from '#store';
import { termsOf } from './deadline.ts';
import { route, type Route } from './route.ts';
import type { TaskSettings } from './settings.ts';

interface Plan {
  readonly route: Route;
  readonly terms: Deadline;
  readonly agencies: readonly Agency[];
  readonly camera: Camera | undefined;
}

async function planOf(
  db: Db,
  incident: Incident,
  nowMs: EpochMs,
  settings: Pick<TaskSettings, 'pace' | 'zone'>,
  chosen: AgencyId | undefined,
): Promise<Plan> {
  const [all, assets, routing, policies, holidays, snowfalls] = [
    await agencies.all(db),
    await agencies.assetsNear(db, incident.point, 10),
    await rules.routing(db),
    await rules.policies(db),
    await rules.holidays(db),
    incident.hazard === 'snow' ? await weather.snowfalls(db) : [],
  ];
  const camera = incident.cameraId ? await cameras.byId(db, incident.cameraId) : undefined;
  const zone: Zone | undefined = camera?.zones.find((z) => z.id === incident.zoneId);
  const city: CityTime = { zone: settings.zone, pace: settings.pace, holidays };
  const ended = snowfalls
    .filter((s) => s.district === incident.district)
    .sort((a, b) => b.startedAtMs - a.startedAtMs)[0]?.endedAtMs;
  const events = {
    confirmedAtMs: nowMs,
    detectedAtMs: epochMs(incident.openedAtMs),
    snowfallEndedAtMs: ended === undefined || ended === null ? null : epochMs(ended),
  };
  return {
    route: route(
      { incident, zone, agencies: all, assets, rules: routing, day: localDay(nowMs, settings.zone) },
      chosen,
    ),
    terms: termsOf(policies, incident, zone?.streetClass ?? 'none', events, city),
    agencies: all,
    camera,
  };
}

/** One body that would get a task, why, and by when. */
export interface Recipient extends Addressee {
  readonly role: Task['role'];
  readonly policyId: string;
  readonly acceptByMs: number;
  readonly makeSafeByMs: number | null;
  readonly fixByMs: number;
}

/** Who would get a task if the incident were confirmed now, the primary first; shown before the verdict. Throws ROUTE_MISSING. */
export async function previewRoute(
  db: Db,
  incident: Incident,
  options: { readonly clock: Clock; readonly settings: Pick<TaskSettings, 'pace' | 'zone'> },
): Promise<Recipient[]> {
  const { route: way, terms } = await planOf(db, incident, options.clock.nowMs(), options.settings, undefined);
  const { policyId, acceptByMs, makeSafeByMs, fixByMs } = terms;
  return [
    { ...way.primary, role: 'primary' as const },
    ...way.copies.map((copy) => ({ ...copy, role: 'copy' as const })),
  ].map((to) => ({ ...to, policyId, acceptByMs, makeSafeByMs, fixByMs }));
}

export interface OpenOptions {
  readonly clock: Clock;
  readonly settings: TaskSettings;
  /** An addressee that a person chose in place of the routed one. */
  readonly agencyId?: AgencyId | undefined;
  /** Without the seconds of grace. */
  readonly sendNow?: boolean | undefined;
  /** Only the primary task (a rerouted one: the copies have theirs). */
  readonly primaryOnly?: boolean | undefined;
}

/**
 * Opens the tasks of a confirmed or reopened incident with their deliveries, in the caller's transaction; they leave after
 * the seconds of grace. Terms are computed here once and stored with the policy's id. Throws ROUTE_MISSING.
 */
export async function openTasks(tx: Tx, incident: Incident, options: OpenOptions): Promise<Task[]> {
  const { clock, settings } = options;
  const { massId } = incident;
  const nowMs = clock.nowMs();
  const plan = await planOf(tx, incident, nowMs, settings, options.agencyId);
  const notBeforeMs = options.sendNow === true ? nowMs : nowMs + settings.undoS * 1000;
  const wanted = [
    { ...plan.route.primary, role: 'primary' as const },
    ...(options.primaryOnly === true ? [] : plan.route.copies.map((copy) => ({ ...copy, role: 'copy' as const }))),
  ];
  const opened: Task[] = [];
  for (const { agencyId, why, role } of wanted) {
    const agency = plan.agencies.find((a) => a.id === agencyId);
    if (!agency) continue;
    const task = await tasks.insert(tx, newTask(incident, plan, { agencyId, why, role, nowMs, notBeforeMs, clock }), {
      atMs: nowMs,
      actor: 'tasks',
      reason: why,
    });
    // One letter an agency for a mass incident: its page has all places of it.
    const isTold = massId !== null && (await tasks.massShare(tx, agencyId, massId))?.hasLetter === true;
    for (const delivery of deliveriesOf(agency, task, clock, notBeforeMs)) {
      if (!(isTold && delivery.way === 'email')) await tasks.insertDelivery(tx, delivery);
    }
    opened.push(task);
  }
  return opened;
}

function newTask(
  incident: Incident,
  { terms, camera }: Plan,
  given: { agencyId: AgencyId; why: string; role: Task['role']; nowMs: EpochMs; notBeforeMs: number; clock: Clock },
): Omit<Task, 'number' | 'version'> {
  const where = `${incident.point.lat.toFixed(5)}, ${incident.point.lon.toFixed(5)}`;
  return {
    id: TaskId.parse(newId(given.clock)),
    incidentId: incident.id,
    incidentNumber: incident.number,
    agencyId: given.agencyId,
    role: given.role,
    state: 'created',
    hazard: incident.hazard,
    sub: incident.sub,
    severity: incident.severity,
    point: incident.point,
    district: incident.district,
    placeName: camera?.name ?? { kk: where, ru: where, en: where },
    routedBy: given.why,
    policyId: terms.policyId,
    createdAtMs: given.nowMs,
    notBeforeMs: given.notBeforeMs,
    sentAtMs: null,
    acceptByMs: terms.acceptByMs,
    makeSafeByMs: terms.makeSafeByMs,
    fixByMs: terms.fixByMs,
    acceptedAtMs: null,
    claimedAtMs: null,
    verifiedAtMs: null,
    verifiedBy: null,
    madeSafeAtMs: null,
    declineReason: null,
    note: '',
    photoSha256: null,
    returns: 0,
  };
}

/** An agency's page always shows its tasks; its other ways stand beside it. One that is held gets nothing else. */
function deliveriesOf(
  agency: Agency,
  task: Task,
  clock: Clock,
  notBeforeMs: number,
): Pick<Delivery, 'id' | 'taskId' | 'way' | 'address' | 'notBeforeMs'>[] {
  const ways = agency.ways.includes('hold') ? (['hold'] as const) : [...new Set(['page' as const, ...agency.ways])];
  return ways.map((way) => ({
    id: newId(clock),
    taskId: task.id,
    way,
    address: way === 'email' ? (agency.email ?? '') : way === 'webhook' ? (agency.webhook ?? '') : agency.id,
    notBeforeMs,
  }));
}
