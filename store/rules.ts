// The dated rows of the city: deadlines, routing, articles, days off. Replaced as a whole; every published set is kept.
import { z } from 'zod';
import { Article, Holiday, Policy, RoutingRule } from '#core/policy';
import { json, withoutNulls, type Db, type Tx } from './db.ts';
import { inserting, sql } from './sql.ts';

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
