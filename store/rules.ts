// The dated rows of the city: deadlines, routing, articles, days off. Replaced as a whole; every published set is kept.
import { z } from 'zod';
import { Article, Holiday, Policy, RoutingRule } from '#core/policy';
import { AhualError } from '#core/errors';
import * as audit from './audit.ts';
import { at, json, withoutNulls, type Db, type Tx } from './db.ts';
import { seenOf } from './place-versions.ts';
import { inserting, raw, sql } from './sql.ts';

/** Deadlines, of all days. */
export const policies = (db: Db): Promise<Policy[]> =>
  db.rows(
    withoutNulls(Policy),
    sql`select id, hazard, sub, severity, street_classes, event, clock, accept_h, make_safe_h, fix_h,
          valid_from, valid_to, source, certainty
        from policy order by id`,
  );

/** Routing, by priority, of all days. */
export const routing = (db: Db): Promise<RoutingRule[]> =>
  db.rows(
    withoutNulls(RoutingRule),
    sql`select id, priority, hazard, sub, zone_kinds, street_classes, district, severity_min, main_agency as "primary",
          copy_agencies as copy, second_choice, valid_from, valid_to, source, certainty
        from routing_rule order by priority, id`,
  );

/** Candidate articles of law, of all days. */
export const articles = (db: Db): Promise<Article[]> =>
  db.rows(
    withoutNulls(Article),
    sql`select id, title, test, hazards, subs, fine, who_draws_up, valid_from, valid_to, source, certainty from article order by id`,
  );

/** Days off and moved days. */
export const holidays = (db: Db): Promise<Holiday[]> =>
  db.rows(Holiday, sql`select date, kind, name_kk, name_ru, certainty from holiday order by date, kind`);

async function publish(tx: Tx, kind: string, rows: readonly unknown[], author: string): Promise<void> {
  await tx.run(sql`insert into rule_version ${inserting({ kind, author, rows: json(rows) })}`);
}

/** Publishes the deadlines. */
export async function replacePolicies(tx: Tx, rows: readonly Policy[], author: string): Promise<void> {
  await tx.run(sql`delete from policy`);
  for (const p of rows) {
    const row = {
      id: p.id,
      hazard: p.hazard,
      sub: p.sub,
      severity: p.severity ?? null,
      street_classes: p.streetClasses,
      event: p.event,
      clock: p.clock,
      accept_h: p.acceptH,
      make_safe_h: p.makeSafeH ?? null,
      fix_h: p.fixH,
      ...dated(p),
    };
    await tx.run(sql`insert into policy ${inserting(row)}`);
  }
  await publish(tx, 'policy', rows, author);
}

/** Publishes the routing. */
export async function replaceRouting(tx: Tx, rows: readonly RoutingRule[], author: string): Promise<void> {
  await tx.run(sql`delete from routing_rule`);
  for (const r of rows) {
    const row = {
      id: r.id,
      priority: r.priority,
      hazard: r.hazard,
      sub: r.sub,
      zone_kinds: r.zoneKinds,
      street_classes: r.streetClasses,
      district: r.district ?? null,
      severity_min: r.severityMin ?? null,
      main_agency: r.primary,
      copy_agencies: r.copy,
      second_choice: r.secondChoice ?? null,
      ...dated(r),
    };
    await tx.run(sql`insert into routing_rule ${inserting(row)}`);
  }
  await publish(tx, 'routing', rows, author);
}

/** Publishes the articles. */
export async function replaceArticles(tx: Tx, rows: readonly Article[], author: string): Promise<void> {
  await tx.run(sql`delete from article`);
  for (const a of rows) {
    const row = {
      id: a.id,
      title: json(a.title),
      test: json(a.test),
      hazards: a.hazards,
      subs: a.subs,
      fine: json(a.fine),
      who_draws_up: json(a.whoDrawsUp),
      ...dated(a),
    };
    await tx.run(sql`insert into article ${inserting(row)}`);
  }
  await publish(tx, 'article', rows, author);
}

/** Publishes the days off. */
export async function replaceHolidays(tx: Tx, rows: readonly Holiday[], author: string): Promise<void> {
  await tx.run(sql`delete from holiday`);
  for (const h of rows) {
    const row = { date: h.date, kind: h.kind, name_kk: h.nameKk, name_ru: h.nameRu, certainty: h.certainty };
    await tx.run(sql`insert into holiday ${inserting(row)}`);
  }
  await publish(tx, 'holiday', rows, author);
}

const dated = (row: {
  validFrom: string;
  validTo?: string | undefined;
  source: string;
  certainty: string;
}): Record<string, unknown> => ({
  valid_from: row.validFrom,
  valid_to: row.validTo ?? null,
  source: row.source,
  certainty: row.certainty,
});

const Version = z.object({
  number: z.number(),
  kind: z.string(),
  atMs: z.number(),
  author: z.string(),
  rows: z.array(z.unknown()),
});
export type RuleVersion = z.infer<typeof Version>;

/** Published sets of a kind, newest first. */
export const versions = (
  db: Db,
  kind: 'policy' | 'routing' | 'article' | 'holiday',
  limit: number,
): Promise<RuleVersion[]> =>
  db.rows(
    Version,
    sql`select number, kind, at, author, rows from rule_version where kind = ${kind} order by number desc limit ${limit}::bigint`,
  );

// ---- drafts: one person proposes, another publishes

/** Kinds of dated rows that are edited in the browser. */
export const draftKinds = ['policy', 'routing'] as const;
export type DraftKind = (typeof draftKinds)[number];

const draft = {
  id: z.string(),
  state: z.enum(['proposed', 'published', 'withdrawn']),
  base: z.string(),
  note: z.string(),
  proposedBy: z.string(),
  proposedAtMs: z.number(),
  decidedBy: z.string().nullable(),
  decidedAtMs: z.number().nullable(),
};
const Draft = z.discriminatedUnion('kind', [
  z.object({ ...draft, kind: z.literal('policy'), rows: z.array(Policy) }),
  z.object({ ...draft, kind: z.literal('routing'), rows: z.array(RoutingRule) }),
]);
export type Draft = z.infer<typeof Draft>;

/** A set of rows with its kind. */
export type RuleSet =
  | { readonly kind: 'policy'; readonly rows: readonly Policy[] }
  | { readonly kind: 'routing'; readonly rows: readonly RoutingRule[] };

/** The published rows of a kind. */
export async function published(db: Db, kind: DraftKind): Promise<RuleSet> {
  return kind === 'policy' ? { kind, rows: await policies(db) } : { kind, rows: await routing(db) };
}

const draftColumns = raw('id, kind, state, base, rows, note, proposed_by, proposed_at, decided_by, decided_at');

/** Drafts, newest first: those that wait and those decided last. */
export const drafts = (db: Db, limit: number): Promise<Draft[]> =>
  db.rows(
    Draft,
    sql`select ${draftColumns} from rule_draft order by state <> 'proposed', proposed_at desc, id limit ${limit}::bigint`,
  );

/** One draft. */
export async function draftById(db: Db, id: string): Promise<Draft | undefined> {
  const [row] = await db.rows(Draft, sql`select ${draftColumns} from rule_draft where id = ${id}`);
  return row;
}

/** Puts a set of rows before the others. `base` is the digest of the published set that it was made from; it must still be so. */
export async function propose(
  tx: Tx,
  set: RuleSet,
  given: {
    readonly id: string;
    readonly base: string;
    readonly note: string;
    readonly actor: string;
    readonly atMs: number;
  },
): Promise<void> {
  await refuseOther(tx, set.kind, given.base);
  const { id, base, note, actor, atMs } = given;
  const row = { id, kind: set.kind, state: 'proposed', base, note, proposed_by: actor, proposed_at: at(atMs) };
  await tx.run(sql`insert into rule_draft ${inserting({ ...row, rows: json(set.rows) })}`);
  const facts = { kind: set.kind, rows: set.rows.length, note };
  await audit.write(tx, { atMs, actor, act: 'rules proposed', objectKind: 'rules', objectId: id, facts });
}

async function refuseOther(tx: Tx, kind: DraftKind, base: string): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('rule-edit'), hashtext(${kind}))`);
  if (seenOf((await published(tx, kind)).rows) === base) return;
  throw new AhualError(
    'INCIDENT_CHANGED',
    'Other rows were published since this was made.',
    'Look at the rows that hold now, then make the change anew.',
  );
}

/**
 * Publishes a draft or takes it back. Only another person than the one who proposed it publishes; taking back is for both.
 * Throws NOT_FOUND, INCIDENT_CHANGED where it was decided or other rows were published meanwhile, AUTH_DENIED.
 */
export async function decide(
  tx: Tx,
  id: string,
  given: { readonly to: 'published' | 'withdrawn'; readonly actor: string; readonly atMs: number },
): Promise<Draft> {
  await tx.run(sql`select id from rule_draft where id = ${id} for update`);
  const found = await draftById(tx, id);
  const { to, actor, atMs } = given;
  if (!found) throw new AhualError('NOT_FOUND', 'There is no such proposal.', 'Go back to the list.');
  if (found.state !== 'proposed')
    throw new AhualError('INCIDENT_CHANGED', 'This proposal was decided meanwhile.', 'Look at the list again.');
  if (to === 'published') {
    if (found.proposedBy === actor)
      throw new AhualError(
        'AUTH_DENIED',
        'Who proposed the rows does not publish them.',
        'Ask another system administrator to read and publish them.',
      );
    await refuseOther(tx, found.kind, found.base);
    if (found.kind === 'policy') await replacePolicies(tx, found.rows, actor);
    else await replaceRouting(tx, found.rows, actor);
  }
  await tx.run(
    sql`update rule_draft set state = ${to}, decided_by = ${actor}, decided_at = ${at(atMs)}::timestamptz where id = ${id}`,
  );
  const facts = { kind: found.kind, rows: found.rows.length, note: found.note, proposedBy: found.proposedBy };
  await audit.write(tx, { atMs, actor, act: `rules ${to}`, objectKind: 'rules', objectId: id, facts });
  return { ...found, state: to, decidedBy: actor, decidedAtMs: atMs };
}
