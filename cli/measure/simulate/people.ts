// The people of the simulated city: the operator who decides, the crews who claim, the controller who checks. They know the truth.
import type { City } from '#config';
import type { Clock } from '#core/clock';
import { newId, PersonId } from '#core/ids';
import type { Incident, RejectReason } from '#core/incident';
import type { IssueName } from '#core/hazard-name';
import { silentLog } from '#core/log';
import type { Person } from '#core/person';
import type { Task } from '#core/task';
import { asksPeople, closeByPerson, decideMass, giveVerdict, type IncidentSettings, type OpenTasks } from '#incidents';
import type { life } from '#simulator';
import { agencies, incidents, mass, people, rules, tasks, type Database, type Tx } from '#store';
import {
  checkTask,
  openCourier,
  openTasks,
  returnTask,
  takeAnswer,
  verifyTask,
  waysOf,
  type CourierSettings,
} from '#tasks';
import type { Telling } from './telling.ts';

/** An operator needs so long from the alarm to the key, milliseconds. */
const verdictAfterMs = 90_000;
/** A crew says done so long after the work. */
const claimAfterMs = 5 * 60_000;
/** So many of a hundred repairs are first claimed without having been made. */
const falseClaimsPer100 = 10;
/** The courier and the controller look at their lists this often; the courier has sent what is new within some rounds. */
const roundMs = 60_000;
const postedWithinMs = 5 * roundMs;

const operator: Person = {
  id: PersonId.parse('simulated-operator'),
  login: 'simulated',
  name: 'Simulated operator',
  roles: ['operator', 'shift_lead', 'controller'],
  agencyId: null,
  language: 'en',
  active: true,
};

const reasons: Readonly<Record<IssueName, RejectReason>> = {
  snow: 'weather',
  flooding: 'reflection',
  'open-manhole': 'shadow',
  dumping: 'shadow',
  upkeep: 'other',
};

/** What became of claims that work was done. */
export interface Claims {
  made: number;
  false: number;
  /** False claims that the camera's looks refused, and that a person had to refuse. */
  falseByCamera: number;
  falseByPerson: number;
  /** True claims that looks refused, and that a person had to accept against the camera. */
  trueRefused: number;
  acceptedByPerson: number;
  closed: number;
}

interface Work {
  readonly incidentId: string;
  readonly planted: life.Planted | null;
  claims: { atMs: number; isTrue: boolean }[];
  /** The claim that is being checked. */
  checked: { isTrue: boolean } | null;
}

export interface Crowd {
  readonly claims: Claims;
  readonly openTasks: OpenTasks;
  /** What follows for people from a change of an incident, in its transaction. */
  changed(tx: Tx, incident: Incident): Promise<void>;
  /** Lets everybody do what is due now. */
  act(): Promise<void>;
  /** Sees which mass incidents ask people; after the judge's own round. */
  look(): Promise<void>;
}

/** Makes the city's people and their rows. */
export async function settlePeople(database: Database, city: City): Promise<void> {
  await database.transaction(async (tx) => {
    await agencies.replace(tx, [...city.agencies]);
    await rules.replaceRouting(tx, [...city.routing], 'simulate');
    await rules.replacePolicies(tx, [...city.policies], 'simulate');
    await rules.replaceHolidays(tx, [...city.holidays], 'simulate');
    await people.insert(tx, operator, 'nobody signs in');
  });
}

/** Opens the crowd. `chance` gives a number in 0..1 by a text, the same for the same town. */
export function openCrowd(given: {
  readonly database: Database;
  readonly clock: Clock;
  readonly settings: IncidentSettings;
  readonly tasks: CourierSettings;
  readonly telling: Telling;
  readonly chance: (text: string) => number;
}): Crowd {
  const { database, clock, settings, telling } = given;
  const claims: Claims = {
    made: 0,
    false: 0,
    falseByCamera: 0,
    falseByPerson: 0,
    trueRefused: 0,
    acceptedByPerson: 0,
    closed: 0,
  };
  const deciding = new Map<string, number>();
  const decidingMass = new Map<string, number>();
  const asking = new Set<string>();
  const works = new Map<string, Work>();
  const ways = waysOf({});
  // Letters arrive: what is measured is not the post.
  const arrives = {
    ...ways,
    email: { ...ways.page, name: 'email' as const },
    webhook: { ...ways.page, name: 'webhook' as const },
  };
  const courier = openCourier({
    database,
    clock,
    log: silentLog,
    settings: given.tasks,
    ways: arrives,
    random: () => 0.5,
  });
  const open: OpenTasks = (tx, incident, wish) => {
    openedAtMs = clock.nowMs();
    return openTasks(tx, incident, { clock, settings: given.tasks, ...wish });
  };
  let roundAtMs = 0;
  let openedAtMs = 0;
  let hasMembers = false;
  const isDue = ({ claims: [next], checked }: Work): boolean =>
    checked !== null || (next !== undefined && next.atMs <= clock.nowMs());

  function employ(incident: Incident): void {
    const nowMs = clock.nowMs();
    const planted = telling.truthOf(incident, nowMs);
    const doneMs = Math.max(nowMs, planted?.goneMs ?? nowMs) + claimAfterMs;
    const isFalse = planted !== null && given.chance(`claim ${planted.id}`) * 100 < falseClaimsPer100;
    const earlyMs = nowMs + (30 + 60 * given.chance(`early ${planted?.id ?? ''}`)) * 60_000;
    const early = isFalse && earlyMs < planted.toMs - 30 * 60_000 ? [{ atMs: earlyMs, isTrue: false }] : [];
    works.set(incident.id, {
      incidentId: incident.id,
      planted,
      claims: [...early, { atMs: doneMs, isTrue: true }],
      checked: null,
    });
  }

  async function decide(): Promise<void> {
    const nowMs = clock.nowMs();
    for (const [id, atMs] of deciding) {
      if (atMs > nowMs) continue;
      deciding.delete(id);
      const incident = await incidents.byId(database, id);
      if (incident?.state !== 'pending_review' && incident?.state !== 'escalated') continue;
      const common = { id: newId(clock), incidentId: incident.id, version: incident.version };
      const verdict =
        telling.truthOf(incident, nowMs) === null
          ? { ...common, kind: 'reject' as const, reason: reasons[incident.hazard] }
          : { ...common, kind: 'confirm' as const };
      await database.transaction(async (tx) => {
        const outcome = await giveVerdict(tx, { verdict, person: operator, clock, settings, openTasks: open });
        if (outcome.incident.state === 'confirmed') employ(outcome.incident);
      });
    }
    for (const [id, atMs] of decidingMass) {
      if (atMs > nowMs) continue;
      decidingMass.delete(id);
      const one = await mass.byId(database, id);
      const card = telling.massCards.findLast(({ massId }) => massId === id);
      if (one?.state !== 'open' || !card) continue;
      const decision =
        2 * card.trueMembers >= card.members
          ? { kind: 'confirm' as const }
          : { kind: 'reject' as const, reason: reasons[one.hazard] };
      await database.transaction((tx) =>
        decideMass(tx, { massId: id, version: one.version, decision, person: operator, clock, settings }),
      );
    }
  }

  async function claim(work: Work, task: Task, isTrue: boolean): Promise<void> {
    const steps = task.state === 'sent' ? (['accept', 'start', 'done'] as const) : (['start', 'done'] as const);
    await database.transaction(async (tx) => {
      for (const kind of steps) {
        const key = `${kind}-${newId(clock)}`.slice(0, 64);
        const answer = kind === 'done' ? { kind, key, photoSha256: null, note: '' } : { kind, key };
        await takeAnswer(tx, { taskId: task.id, agencyId: task.agencyId, answer, clock, settings: given.tasks });
      }
    });
    claims.made += 1;
    if (!isTrue) claims.false += 1;
    work.checked = { isTrue };
  }

  /** What the controller does with a claim on which the camera's looks alone do not decide. */
  async function control(work: Work, incident: Incident, task: Task): Promise<void> {
    const word = await checkTask(database, task, incident, { nowMs: clock.nowMs(), pace: settings.pace });
    if (word.kind === 'waiting' || word.kind === 'hazard') return;
    const isDone = work.checked?.isTrue === true;
    const common = { person: operator, clock, note: '' };
    if (word.kind !== 'clear' && !isDone) {
      await database.transaction((tx) => returnTask(tx, { ...common, task, method: 'photo' }));
      claims.falseByPerson += 1;
      work.checked = null;
      return;
    }
    const method = word.kind === 'clear' ? ('camera' as const) : ('photo' as const);
    if (word.kind === 'disputed') claims.acceptedByPerson += 1;
    await database.transaction((tx) =>
      closeByPerson(tx, {
        incidentId: incident.id,
        version: incident.version,
        person: operator,
        reason: 'the pair of pictures',
        clock,
        settings,
        verifyTask: async (inside, taskId) => {
          await verifyTask(inside, { ...common, task: { id: task.id }, method }).then(() => taskId);
        },
      }),
    );
  }

  async function work(one: Work): Promise<void> {
    const incident = await incidents.byId(database, one.incidentId);
    if (
      !incident ||
      incident.state === 'closed' ||
      incident.state === 'self_cleared' ||
      incident.state === 'rejected'
    ) {
      if (incident?.state === 'closed') claims.closed += 1;
      works.delete(one.incidentId);
      return;
    }
    const task = (await tasks.byIncident(database, incident.id)).findLast(
      ({ role, state }) => role === 'primary' && state !== 'rerouted' && state !== 'cancelled',
    );
    if (!task) return;
    if (one.checked !== null && task.state === 'returned') {
      if (one.checked.isTrue) {
        claims.trueRefused += 1;
        one.claims.push({ atMs: clock.nowMs() + 30 * 60_000, isTrue: true });
      } else claims.falseByCamera += 1;
      one.checked = null;
    }
    if (incident.state === 'verifying' && one.checked !== null) return control(one, incident, task);
    const due = one.claims[0];
    const mayClaim = task.state === 'sent' || task.state === 'accepted' || task.state === 'returned';
    if (!due || due.atMs > clock.nowMs() || !mayClaim || one.checked !== null) return;
    one.claims.shift();
    await claim(one, task, due.isTrue);
  }

  return {
    claims,
    openTasks: open,
    changed: async (tx, incident) => {
      const told = telling.changed(incident, clock.nowMs());
      if (told?.way === 'card') deciding.set(incident.id, clock.nowMs() + verdictAfterMs);
      if (incident.massId !== null) hasMembers = true;
      if (incident.state === 'confirmed' && !works.has(incident.id)) employ(incident);
      if (told?.way === 'again') {
        await open(tx, incident, { sendNow: true });
        employ(incident);
      }
    },
    look: async () => {
      if (!hasMembers) return;
      const nowMs = clock.nowMs();
      const counts = new Map((await mass.counts(database)).map((row) => [row.massId, row.undecided]));
      for (const one of await mass.open(database)) {
        const isAsking = asksPeople(one, counts.get(one.id) ?? 0, nowMs);
        if (isAsking && !asking.has(one.id)) {
          telling.asked(one, nowMs);
          decidingMass.set(one.id, nowMs + verdictAfterMs);
        }
        if (isAsking) asking.add(one.id);
        else asking.delete(one.id);
      }
    },
    act: async () => {
      await decide();
      const nowMs = clock.nowMs();
      if (nowMs - roundAtMs < roundMs) return;
      roundAtMs = nowMs;
      const due = [...works.values()].filter(isDue);
      if (nowMs - openedAtMs <= postedWithinMs) while ((await courier.deliver(new AbortController().signal)) > 0);
      if (due.some(({ checked }) => checked !== null)) await courier.check();
      for (const one of due) await work(one);
    },
  };
}
