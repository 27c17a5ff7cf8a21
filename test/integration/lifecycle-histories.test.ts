// Random acts by random people on one incident: the table of moves decides, and each accepted act leaves exactly one trace of each kind.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import { IncidentId, newId } from '#core/ids';
import { incidentStates, type Incident, type IncidentState } from '#core/incident';
import { lawful, moveIncident, type Actor } from '#incidents';
import { incidents, sql, type Db } from '#store';
import { propertyTimeoutMs, runs } from '../support/property.ts';
import { aCity, aliya, controller, lead, officer, serik, type City } from './heart-city.ts';

const hourMs = 3_600_000;
const other = IncidentId.parse('another-incident');

const actors: readonly Actor[] = [
  { kind: 'system', name: 'judge' },
  ...[aliya, serik, lead, controller, officer].map((person) => ({ kind: 'person' as const, person })),
];

interface Act {
  readonly to: IncidentState;
  readonly actor: Actor;
  readonly reason: string;
  readonly patch: Partial<Incident>;
  /** `untilMs` of the patch, so long after the act; none without it. */
  readonly untilInMs: number | undefined;
  readonly afterMs: number;
  /** On what was on screen before the last change. */
  readonly isStale: boolean;
}

const anAct: fc.Arbitrary<Act> = fc.record({
  to: fc.constantFrom(...incidentStates),
  actor: fc.constantFrom(...actors),
  reason: fc.constantFrom('', 'words', 'taken back'),
  patch: fc.constantFrom<Partial<Incident>>(
    {},
    { rejectReason: 'shadow' },
    { rejectReason: 'other', note: '' },
    { rejectReason: 'other', note: 'a bag' },
    { severity: 'S4' },
    { severity: 'S1' },
  ),
  untilInMs: fc.constantFrom(undefined, -hourMs, hourMs),
  afterMs: fc.constantFrom(0, 1000, 3 * hourMs, 25 * hourMs),
  isStale: fc.constantFrom(false, false, false, false, true),
});

const aHistory = fc.record({
  hazard: fc.constantFrom('flooding' as const, 'open-manhole' as const),
  severity: fc.constantFrom('S1' as const, 'S2' as const, 'S4' as const),
  isAct: fc.boolean(),
  origin: fc.constantFrom('camera' as const, 'manual' as const),
  /** With a number the act becomes one that somebody may do, so that histories go far. */
  acts: fc.array(fc.tuple(anAct, fc.option(fc.nat(1000))), { minLength: 1, maxLength: 20 }),
});

const patchOf = (act: Act, to: IncidentState, atMs: number, into: Incident['id']): Partial<Incident> => ({
  ...act.patch,
  ...(act.untilInMs === undefined ? {} : { untilMs: atMs + act.untilInMs }),
  ...(to === 'merged' ? { mergedInto: into } : {}),
});

/** Of the steps that lead on from here, the nth that somebody may take with this act's words. */
function open(incident: Incident, act: Act, atMs: number, nth: number, into: Incident['id']) {
  const steps = incidentStates.flatMap((to) =>
    to === incident.state
      ? []
      : actors.flatMap((actor) => {
          const facts = { to, nowMs: atMs, pace: 1, patch: patchOf(act, to, atMs, into), reason: act.reason };
          return lawful(incident, incident.state, to, actor, facts).kind === 'lawful' ? [{ to, actor }] : [];
        }),
  );
  return steps[nth % Math.max(1, steps.length)];
}

const Count = z.object({ n: z.number() });

async function tracesOf(db: Db, id: string): Promise<{ changes: number; audit: number; feed: number }> {
  const one = async (statement: ReturnType<typeof sql>): Promise<number> =>
    (await db.rows(Count, statement))[0]?.n ?? 0;
  return {
    changes: await one(sql`select count(*) as n from incident_change where incident_id = ${id}`),
    audit: await one(sql`select count(*) as n from audit where object_kind = 'incident' and object_id = ${id}`),
    feed: await one(sql`select count(*) as n from change_feed where topic = 'incident' and id = ${id}`),
  };
}

/** An incident as the judge raises it; every history begins with a copy of it. */
async function template(city: City): Promise<Incident> {
  const judge = await city.judge();
  await city.looks(judge, 3, 200, 'c1', 'road', 'flooding', 'hazard');
  return city.only();
}

const isRefusal = (thrown: unknown): thrown is AhualError =>
  thrown instanceof AhualError && ['MOVE_UNLAWFUL', 'AUTH_DENIED', 'INCIDENT_CHANGED'].includes(thrown.code);

test(
  'only rows of the table are taken, each leaves one change, one audit row and one number of the feed; a refusal leaves nothing',
  { timeout: propertyTimeoutMs },
  async () => {
    const city = await aCity();
    const { database, clock } = city;
    const like = await template(city);
    const taken = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(aHistory, async ({ hazard, severity, isAct, origin, acts }) => {
        const id = IncidentId.parse(newId(clock));
        const begun = {
          ...like,
          id,
          hazard,
          severity,
          origin,
          state: 'candidate' as const,
          why: { ...like.why, rule: isAct ? 'dumping.act' : like.why.rule },
          openedAtMs: clock.nowMs(),
        };
        let now = await database.transaction((tx) =>
          incidents.insert(tx, begun, { atMs: clock.nowMs(), actor: 'judge', reason: 'begins' }),
        );
        let before = now;
        for (const [act, leadsOn] of acts) {
          clock.advance(act.afterMs);
          const atMs = clock.nowMs();
          const { to, actor } = leadsOn === null ? act : (open(now, act, atMs, leadsOn, like.id) ?? act);
          const patch = patchOf(act, to, atMs, act.afterMs === 0 ? id : like.id);
          const on = act.isStale ? before : now;
          const law = lawful(on, on.state, to, actor, { to, nowMs: atMs, pace: 1, patch, reason: act.reason });
          const mayPass = law.kind === 'lawful' && on.version === now.version;
          const traces = await tracesOf(database, id);
          const after = await database
            .transaction((tx) => moveIncident(tx, on, to, patch, { atMs, actor, reason: act.reason, pace: 1 }))
            .catch((thrown: unknown) => {
              if (isRefusal(thrown)) return thrown;
              throw thrown;
            });
          expect(after instanceof AhualError ? 'refused' : 'taken').toBe(mayPass ? 'taken' : 'refused');
          const left = await tracesOf(database, id);
          const kept = await incidents.byId(database, id);
          if (after instanceof AhualError) {
            expect(left).toEqual(traces);
            expect(kept).toEqual(now);
            continue;
          }
          taken.set(`${now.state} ${to}`, (taken.get(`${now.state} ${to}`) ?? 0) + 1);
          const one = { changes: traces.changes + 1, audit: traces.audit + 1, feed: traces.feed + 1 };
          expect(left).toEqual(one);
          expect(kept).toEqual(after);
          expect(after).toMatchObject({ id, number: now.number, state: to, version: now.version + 1 });
          const [last] = (await incidents.history(database, id)).slice(-1);
          expect(last).toMatchObject({ from: now.state, to, version: after.version, reason: act.reason });
          before = now;
          now = after;
        }
        const history = await incidents.history(database, id);
        expect(history.map((change) => change.version)).toEqual(history.map((_, n) => n + 1));
        history.slice(1).forEach((change, n) => {
          expect(change.from).toBe(history[n]?.to);
        });
      }),
      runs(40),
    );
    // Histories that go nowhere would prove nothing.
    expect(taken.size).toBeGreaterThan(12);
  },
);

test('of two people who act on one incident in the same moment one is first, and the other leaves nothing', async () => {
  const city = await aCity();
  const { database, clock } = city;
  const like = await template(city);
  const moves = [
    { to: 'confirmed' as const, patch: {} },
    { to: 'rejected' as const, patch: { rejectReason: 'shadow' as const } },
    { to: 'merged' as const, patch: { mergedInto: other } },
    { to: 'shelved' as const, patch: { untilMs: clock.nowMs() + hourMs } },
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(aliya, serik, lead), fc.constantFrom(...moves)), {
        minLength: 2,
        maxLength: 4,
      }),
      async (acts) => {
        const id = IncidentId.parse(newId(clock));
        const atMs = clock.nowMs();
        const raised = await database.transaction((tx) =>
          incidents.insert(
            tx,
            { ...like, id, severity: 'S2', state: 'pending_review' },
            { atMs, actor: 'judge', reason: '' },
          ),
        );
        const done = await Promise.allSettled(
          acts.map(([person, { to, patch }]) =>
            database.transaction((tx) =>
              moveIncident(tx, raised, to, patch.mergedInto ? { mergedInto: like.id } : patch, {
                atMs,
                actor: { kind: 'person', person },
                reason: 'words',
                pace: 1,
              }),
            ),
          ),
        );
        expect(done.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
        for (const one of done)
          if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'INCIDENT_CHANGED' });
        expect(await tracesOf(database, id)).toEqual({ changes: 2, audit: 2, feed: 2 });
        expect(await incidents.byId(database, id)).toMatchObject({ version: raised.version + 1 });
      },
    ),
    runs(25),
  );
});
