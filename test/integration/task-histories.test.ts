// Random acts of an agency, the people of the centre and the camera on one confirmed incident: an agency never closes its own work.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AhualError, never } from '#core/errors';
import type { Severity } from '#core/hazard-name';
import type { AgencyId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { Word } from '#core/observation';
import type { Person } from '#core/person';
import { Answer, type Task } from '#core/task';
import { closeByPerson, moveByPerson, type Judge } from '#incidents';
import { incidents, tasks } from '#store';
import { returnTask, takeAnswer, verifyTask, waysOf, type Courier } from '#tasks';
import { propertyTimeoutMs, runs } from '../support/property.ts';
import { emptyableCity } from './emptyable-city.ts';
import { aliya, controller, judgeSettings, lead, officer, taskSettings, type City } from './heart-city.ts';

const answers = ['accept', 'decline', 'start', 'made_safe', 'done'] as const;
const people: Readonly<Record<'operator' | 'controller' | 'lead' | 'officer', Person>> = {
  operator: aliya,
  controller,
  lead,
  officer,
};
const persons = ['operator', 'controller', 'lead', 'officer'] as const;

type Step =
  | { kind: 'answer'; answer: (typeof answers)[number]; task: number; byAnother: boolean }
  | { kind: 'looks'; words: Word[]; everyS: number }
  | { kind: 'verify' | 'return'; who: (typeof persons)[number]; task: number; method: 'photo' | 'call' | 'person' }
  | { kind: 'close'; who: (typeof persons)[number] }
  | { kind: 'move'; who: (typeof persons)[number]; to: 'closed' | 'in_work' | 'self_cleared' }
  | { kind: 'turn' };

const aPerson = fc.constantFrom(...persons);
const someWords = (word: Word, least: number, most: number): fc.Arbitrary<Word[]> =>
  fc.integer({ min: least, max: most }).map((n) => Array.from({ length: n }, () => word));

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      answer: fc.constantFrom(...answers, 'done' as const, 'done' as const),
      task: fc.constantFrom(0, 0, 1),
      byAnother: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('looks' as const),
      words: fc.oneof(
        someWords('clear', 3, 4),
        someWords('hazard', 2, 3),
        fc.array(fc.constantFrom<Word>('hazard', 'clear', 'cannot-see'), { minLength: 1, maxLength: 4 }),
      ),
      everyS: fc.constantFrom(120, 301),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('verify' as const, 'return' as const),
      who: aPerson,
      task: fc.constantFrom(0, 1),
      method: fc.constantFrom('photo' as const, 'call' as const, 'person' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), who: aPerson }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      who: aPerson,
      to: fc.constantFrom('closed' as const, 'in_work' as const, 'self_cleared' as const),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ kind: 'turn' as const }) },
);

/** A crew says that it is done, and the camera looks: else hardly any history would come so far. */
const aClaim: fc.Arbitrary<Step[]> = fc
  .record({ words: fc.oneof(someWords('clear', 2, 4), someWords('hazard', 1, 3)), everyS: fc.constantFrom(200, 301) })
  .map(({ words, everyS }) => [
    { kind: 'answer', answer: 'done', task: 0, byAnother: false },
    { kind: 'turn' },
    { kind: 'looks', words, everyS },
    { kind: 'turn' },
    { kind: 'turn' },
  ]);
/** A person looks at the pair of pictures instead. */
const aClosing: fc.Arbitrary<Step[]> = fc
  .constantFrom('controller' as const, 'lead' as const)
  .map((who) => [
    { kind: 'answer', answer: 'done', task: 0, byAnother: false },
    { kind: 'turn' },
    { kind: 'close', who },
  ]);
const aHistory: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.oneof(aClaim, aClosing, fc.constant([])),
    fc.array(fc.oneof({ weight: 5, arbitrary: aStep.map((step) => [step]) }, { weight: 1, arbitrary: aClaim }), {
      maxLength: 14,
      size: 'max',
    }),
  )
  .map(([first, parts]) => [...first, ...parts.flat()]);

interface World {
  readonly city: City;
  readonly judge: Judge;
  readonly courier: Courier;
  readonly id: Incident['id'];
  /** What the camera said and when, in the test's own book. */
  readonly said: { word: Word; atMs: number }[];
  keys: number;
}

const signal = new AbortController().signal;

async function begin(city: City, severity: Severity): Promise<World> {
  const judge = await city.judge();
  const courier = city.courier({
    ...waysOf({}),
    email: { name: 'email', send: () => Promise.resolve({ kind: 'delivered', receipt: '250 ok' }) },
  });
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  const incident = await city.only();
  await city.confirm(incident, aliya, { id: `verdict-${incident.id}`, severity });
  city.clock.advance(10_000);
  await courier.deliver(signal);
  await judge.tick();
  return { city, judge, courier, id: incident.id, said: [], keys: 0 };
}

const nowOf = async ({ city, id }: World): Promise<Incident> => {
  const incident = await incidents.byId(city.database, id);
  if (!incident) throw new Error('the incident is gone');
  return incident;
};

/** What a person or an agency tried: done, or refused as the law refuses. Anything else is a fault. */
async function tried(work: Promise<unknown>): Promise<'done' | 'refused'> {
  return work.then(
    () => 'done' as const,
    (thrown: unknown) => {
      if (thrown instanceof AhualError && ['MOVE_UNLAWFUL', 'AUTH_DENIED', 'INCIDENT_CHANGED'].includes(thrown.code))
        return 'refused' as const;
      throw thrown;
    },
  );
}

async function act(world: World, step: Step): Promise<'done' | 'refused'> {
  const { city, judge, courier, id } = world;
  const { clock, database } = city;
  const all = (await tasks.byIncident(database, id)).sort((a, b) => (a.role < b.role ? 1 : -1));
  const task = 'task' in step ? all[step.task % Math.max(1, all.length)] : undefined;
  switch (step.kind) {
    case 'answer': {
      if (!task) return 'refused';
      const agencyId: AgencyId = step.byAnother
        ? (all.find((t) => t.agencyId !== task.agencyId)?.agencyId ?? task.agencyId)
        : task.agencyId;
      world.keys += 1;
      const answer = Answer.parse({
        kind: step.answer,
        key: `key-${world.keys}-${id}`,
        photoSha256: null,
        reason: 'already_done',
        note: 'it is done, please close it',
      });
      return tried(
        database.transaction((tx) =>
          takeAnswer(tx, { taskId: task.id, agencyId, answer, clock, settings: taskSettings }),
        ),
      );
    }
    case 'looks':
      for (const word of step.words) {
        clock.advance(step.everyS * 1000);
        await city.see('c1', 'road', 'flooding', word);
        world.said.push({ word, atMs: clock.nowMs() });
      }
      return 'done';
    case 'verify':
    case 'return': {
      if (!task) return 'refused';
      const check = { task, person: people[step.who], method: step.method, note: 'seen by me', clock };
      return tried(
        database.transaction((tx) => (step.kind === 'verify' ? verifyTask(tx, check) : returnTask(tx, check))),
      );
    }
    case 'close': {
      const person = people[step.who];
      const { version } = await nowOf(world);
      return tried(
        database.transaction((tx) =>
          closeByPerson(tx, {
            incidentId: id,
            version,
            person,
            reason: 'dry on both pictures',
            clock,
            settings: judgeSettings,
            verifyTask: async (inside, taskId) => {
              const locked = await tasks.lock(inside, taskId);
              await verifyTask(inside, { task: locked, person, method: 'photo', note: '', clock });
            },
          }),
        ),
      );
    }
    case 'move': {
      const { version } = await nowOf(world);
      const given = { incidentId: id, version, to: step.to, person: people[step.who], reason: 'words', clock };
      return tried(database.transaction((tx) => moveByPerson(tx, { ...given, settings: judgeSettings })));
    }
    case 'turn':
      while ((await judge.judgeInbox()) > 0);
      await courier.check();
      await judge.tick();
      return 'done';
    default:
      return never(step);
  }
}

/** Three clear looks at the end of what the camera said after the claim, ten minutes from the first to the last. */
function saidClear({ said }: World, claimedAtMs: number): boolean {
  const judged = said.filter((look) => look.atMs > claimedAtMs && look.word !== 'cannot-see');
  const row = judged.slice(judged.findLastIndex((look) => look.word === 'hazard') + 1);
  return row.length >= 3 && (row.at(-1)?.atMs ?? 0) - (row[0]?.atMs ?? 0) >= 600_000;
}

const mayClose = (who: (typeof persons)[number]): boolean => who === 'controller' || who === 'lead';

test(
  'an incident is closed by three clear looks of the camera (S1, S2) or by a person with the right to it, never by an agency',
  { timeout: propertyTimeoutMs },
  async () => {
    const { city, empty } = await emptyableCity();
    const closed = new Map<string, number>();
    let returned = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom<Severity>('S1', 'S2', 'S2', 'S3', 'S4'), aHistory, async (severity, steps) => {
        await empty();
        const world = await begin(city, severity);
        /** Tasks that a person with the right held for done. */
        const heldDone = new Set<Task['id']>();
        for (const step of steps) {
          const before = await nowOf(world);
          const tasksBefore = await tasks.byIncident(city.database, world.id);
          const outcome = await act(world, step);
          const after = await nowOf(world);
          const tasksAfter = await tasks.byIncident(city.database, world.id);

          if (step.kind === 'answer') {
            expect({ ...after, version: 0 }).toEqual({ ...before, version: 0 });
            if (step.byAnother && tasksBefore.length > 1) expect(outcome).toBe('refused');
            if (step.answer === 'made_safe') {
              expect(tasksAfter.map((t) => t.state)).toEqual(tasksBefore.map((t) => t.state));
            }
            expect(tasksAfter.filter((t) => t.state === 'verified')).toHaveLength(
              tasksBefore.filter((t) => t.state === 'verified').length,
            );
          }
          // To move an incident to where it is changes nothing but its version.
          const isMove = 'who' in step && !(step.kind === 'move' && step.to === before.state);
          if (isMove && !mayClose(step.who)) expect(outcome).toBe('refused');

          for (const task of tasksAfter) {
            const was = tasksBefore.find((t) => t.id === task.id);
            if (task.state !== 'verified' || was?.state === 'verified') continue;
            if (task.verifiedBy === 'camera') {
              expect(['S1', 'S2']).toContain(after.severity);
              expect(step.kind).toBe('turn');
              expect(saidClear(world, task.claimedAtMs ?? Infinity)).toBe(true);
            } else {
              expect('who' in step && mayClose(step.who)).toBe(true);
              heldDone.add(task.id);
            }
          }
          if (step.kind === 'turn') {
            for (const task of tasksAfter) {
              // A camera that contradicts the crew a second time leaves it to a person.
              if (task.state !== 'verifying' || task.claimedAtMs === null || task.returns > 0) continue;
              const since = world.said
                .filter((l) => l.atMs > (task.claimedAtMs ?? 0) && l.word !== 'cannot-see')
                .slice(-3);
              expect(since.filter((look) => look.word === 'hazard').length).toBeLessThan(2);
            }
            returned += tasksAfter.filter((t) => t.state === 'returned').length;
          }

          if (after.state === 'closed' && before.state !== 'closed') {
            const [last] = (await incidents.history(city.database, world.id))
              .filter((c) => c.to === 'closed')
              .slice(-1);
            const byPerson = last?.actor !== 'judge';
            const byCamera = tasksAfter.some((t) => t.verifiedBy === 'camera' && t.state === 'verified');
            closed.set(byPerson ? 'person' : byCamera ? 'camera' : 'task', 1);
            if (byPerson) expect('who' in step && mayClose(step.who)).toBe(true);
            else if (byCamera) expect(['S1', 'S2']).toContain(after.severity);
            else expect(heldDone.size).toBeGreaterThan(0);
          }
        }
      }),
      runs(20),
    );
    // Histories in which nobody ever closes and nothing is returned would prove nothing.
    expect(closed.size).toBeGreaterThan(0);
    expect(returned).toBeGreaterThan(0);
  },
);
