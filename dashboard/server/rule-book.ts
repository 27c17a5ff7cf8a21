// Dated rows edited in the browser: read, tried on the last 30 days, proposed by one person, published by another.
import { localDay } from '#core/calendar';
import { AhualError } from '#core/errors';
import { newId } from '#core/ids';
import type { Incident, IncidentState } from '#core/incident';
import { Policy, RoutingRule } from '#core/policy';
import { epochMs } from '#core/units';
import { policyFor } from '#hazards';
import { agencies, incidents, placeVersions, rules, type Db } from '#store';
import { checkRules, route, type Route } from '#tasks';
import type { RuleRows, RuleTrial } from '../contract.ts';
import { placeOf } from './cards.ts';
import type { Glass } from './glass.ts';
import { agencyName } from './register.ts';
import { serve } from './serve.ts';

const tryDays = 30;
const dayMs = 86_400_000;
const mostTried = 20_000;
const mostChanges = 200;
const draftsShown = 30;
const versionsShown = 20;

/** States of incidents that somebody confirmed. */
const confirmedStates: readonly IncidentState[] = ['confirmed', 'in_work', 'verifying', 'closed', 'reopened'];

type Change = RuleTrial['changes'][number];
type Faults = RuleTrial['faults'];

const setOf = (kind: string, rows: readonly unknown[]): RuleRows | null => {
  if (kind === 'policy') {
    const parsed = Policy.array().safeParse(rows);
    return parsed.success ? { kind, rows: parsed.data } : null;
  }
  if (kind !== 'routing') return null;
  const parsed = RoutingRule.array().safeParse(rows);
  return parsed.success ? { kind, rows: parsed.data } : null;
};

/** Routes of dated rows. */
export function openRules(glass: Glass): void {
  const { app, door, database, register, clock, city } = glass;
  const districts = city.map.districts.features.map(({ properties }) => String(properties['id']));
  const today = (): string => localDay(epochMs(clock.nowMs()), city.zone);

  /** The day on which all of the rows hold: today, or the first day of the newest. */
  const dayOf = (set: RuleRows): string => [today(), ...set.rows.map((row) => row.validFrom)].sort().at(-1) ?? today();

  async function faultsOf(db: Db, set: RuleRows): Promise<Faults> {
    const [all, assets, routing, policies] = await Promise.all([
      agencies.all(db),
      agencies.assets(db),
      rules.routing(db),
      rules.policies(db),
    ]);
    const tables = { agencies: all, assets, districts, day: dayOf(set) };
    const faults =
      set.kind === 'routing'
        ? checkRules({ ...tables, rules: set.rows, policies })
        : checkRules({ ...tables, rules: routing, policies: set.rows });
    return faults.map(({ weight, row, what, cure }) => ({ weight, row, what, cure }));
  }

  const baseOf = async (kind: RuleRows['kind']): Promise<string> =>
    placeVersions.seenOf((await rules.published(database, kind)).rows);

  serve(app, door, 'placeRules', async ({ session }) => {
    const [routing, policy, drafts, routingVersions, policyVersions, routingBase, policyBase] = await Promise.all([
      rules.routing(database),
      rules.policies(database),
      rules.drafts(database, draftsShown),
      rules.versions(database, 'routing', versionsShown),
      rules.versions(database, 'policy', versionsShown),
      baseOf('routing'),
      baseOf('policy'),
    ]);
    const bases = { routing: routingBase, policy: policyBase };
    return {
      routing,
      policy,
      bases,
      districts,
      agencies: register.agencies().map(({ id, name }) => ({ id, name })),
      drafts: drafts.map(({ kind, rows, base, proposedBy, decidedBy, ...draft }) => ({
        ...draft,
        set: kind === 'policy' ? { kind, rows } : { kind, rows },
        proposedBy: register.nameOf(proposedBy),
        decidedBy: decidedBy === null ? null : register.nameOf(decidedBy),
        stale: draft.state === 'proposed' && base !== bases[kind],
        mine: proposedBy === session.person.id,
      })),
      versions: [...routingVersions, ...policyVersions]
        .sort((a, b) => b.number - a.number)
        .map(({ number, kind, atMs, author, rows }) => ({
          number,
          atMs,
          who: register.nameOf(author),
          set: setOf(kind, rows),
          rows: rows.length,
        })),
    };
  });

  serve(app, door, 'tryRules', async ({ body }) => {
    const sinceMs = clock.nowMs() - tryDays * dayMs;
    const [faults, tried] = await Promise.all([
      faultsOf(database, body),
      incidents.list(database, { sinceMs, states: confirmedStates, limit: mostTried }),
    ]);
    const changes =
      body.kind === 'routing'
        ? await routingChanges(glass, tried, body.rows)
        : await termChanges(glass, tried, body.rows);
    return {
      faults,
      tried: tried.length,
      changes: changes.slice(0, mostChanges),
      more: Math.max(0, changes.length - mostChanges),
    };
  });

  serve(app, door, 'proposeRules', async ({ body, session }) => {
    const errors = (await faultsOf(database, body.set)).filter((fault) => fault.weight === 'error');
    if (errors.length > 0) {
      const words = errors.slice(0, 5).map(({ row, what, cure }) => `${row} ${what}. ${cure}`);
      throw new AhualError('REQUEST_INVALID', words.join(' '), 'Correct these rows; nothing was proposed.');
    }
    const now = await rules.published(database, body.set.kind);
    if (placeVersions.seenOf(now.rows) === placeVersions.seenOf(body.set.rows)) {
      throw new AhualError('REQUEST_INVALID', 'Nothing is different from the rows that hold.', 'Change a row first.');
    }
    const id = newId(clock);
    const { base, note } = body;
    await database.transaction((tx) =>
      rules.propose(tx, body.set, { id, base, note, actor: session.person.id, atMs: clock.nowMs() }),
    );
    return { id };
  });

  serve(app, door, 'publishRules', async ({ params, session }) => {
    const draft = await rules.draftById(database, params.id);
    if (draft) {
      const errors = (await faultsOf(database, draft)).filter((fault) => fault.weight === 'error');
      const [first] = errors;
      if (first) {
        const message = `${first.row} ${first.what}. ${first.cure}`;
        throw new AhualError('REQUEST_INVALID', message, 'Take the proposal back and make it anew.');
      }
    }
    await database.transaction((tx) =>
      rules.decide(tx, params.id, { to: 'published', actor: session.person.id, atMs: clock.nowMs() }),
    );
    return {};
  });

  serve(app, door, 'withdrawRules', async ({ params, session }) => {
    await database.transaction((tx) =>
      rules.decide(tx, params.id, { to: 'withdrawn', actor: session.person.id, atMs: clock.nowMs() }),
    );
    return {};
  });
}

const changeOf = (glass: Glass, incident: Incident): Omit<Change, 'what' | 'before' | 'after'> => ({
  incidentId: incident.id,
  number: incident.number,
  hazard: incident.hazard,
  district: incident.district,
  place: placeOf(incident, glass.register),
  decidedAtMs: incident.decidedAtMs ?? incident.openedAtMs,
});

/** Which incidents would have gone to another agency; `rows` are taken as if they had held on their day. */
async function routingChanges(
  glass: Glass,
  tried: readonly Incident[],
  rows: readonly RoutingRule[],
): Promise<Change[]> {
  const { database, register, city, clock } = glass;
  const [all, assets, now] = await Promise.all([
    agencies.all(database),
    agencies.assets(database),
    rules.routing(database),
  ]);
  const today = localDay(epochMs(clock.nowMs()), city.zone);
  const later = [today, ...rows.map((row) => row.validFrom)].sort().at(-1) ?? today;
  const wayOf = (incident: Incident, given: readonly RoutingRule[], day: string): Route | null => {
    const zone = register.camera(incident.cameraId)?.zones.find((one) => one.id === incident.zoneId);
    const near = assets.filter(
      ({ point }) => Math.abs(point.lat - incident.point.lat) < 2e-4 && Math.abs(point.lon - incident.point.lon) < 2e-4,
    );
    try {
      return route({ incident, zone, agencies: all, assets: near, rules: given, day });
    } catch (thrown) {
      if (thrown instanceof AhualError && thrown.code === 'ROUTE_MISSING') return null;
      throw thrown;
    }
  };
  const nameOf = (id: string | undefined): string => (id === undefined ? '–' : agencyName(register, id).ru);
  const copiesOf = (way: Route): string =>
    way.copies
      .map(({ agencyId }) => nameOf(agencyId))
      .sort()
      .join(', ');
  return tried.flatMap((incident): Change[] => {
    const [before, after] = [wayOf(incident, now, today), wayOf(incident, rows, later)];
    const base = changeOf(glass, incident);
    if (!before || !after) {
      if (!before && !after) return [];
      const named = (way: Route | null): string => (way ? nameOf(way.primary.agencyId) : '–');
      return [{ ...base, what: 'nobody', before: named(before), after: named(after) }];
    }
    if (before.primary.agencyId !== after.primary.agencyId) {
      const [old, fresh] = [nameOf(before.primary.agencyId), nameOf(after.primary.agencyId)];
      return [{ ...base, what: 'primary', before: old, after: fresh }];
    }
    if (copiesOf(before) !== copiesOf(after)) {
      return [{ ...base, what: 'copies', before: copiesOf(before), after: copiesOf(after) }];
    }
    if (before.secondChoice === after.secondChoice) return [];
    return [{ ...base, what: 'second', before: nameOf(before.secondChoice), after: nameOf(after.secondChoice) }];
  });
}

/** Which incidents would have had another term. */
async function termChanges(glass: Glass, tried: readonly Incident[], rows: readonly Policy[]): Promise<Change[]> {
  const { database, register, city, clock } = glass;
  const now = await rules.policies(database);
  const today = localDay(epochMs(clock.nowMs()), city.zone);
  const later = [today, ...rows.map((row) => row.validFrom)].sort().at(-1) ?? today;
  const hours = (value: number): string => `${Number(value.toFixed(2))}`;
  const termOf = (incident: Incident, given: readonly Policy[], day: string): string => {
    const zone = register.camera(incident.cameraId)?.zones.find((one) => one.id === incident.zoneId);
    const { hazard, sub, severity } = incident;
    const row = policyFor(given, { hazard, sub, severity, streetClass: zone?.streetClass ?? 'none' }, day);
    if (!row) return '–';
    const safe = row.makeSafeH === undefined ? '–' : hours(row.makeSafeH);
    return `${row.id}: ${hours(row.acceptH)} / ${safe} / ${hours(row.fixH)} (${row.clock})`;
  };
  return tried.flatMap((incident): Change[] => {
    const [before, after] = [termOf(incident, now, today), termOf(incident, rows, later)];
    if (before === after) return [];
    return [{ ...changeOf(glass, incident), what: after === '–' ? 'nobody' : 'term', before, after }];
  });
}
