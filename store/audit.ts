// Who did what to which thing. Append-only.
import { z } from 'zod';
import type { Facts } from '#core/errors';
import { at, json, type Db, type Tx } from './db.ts';
import { joined, raw, sql } from './sql.ts';

const Row = z.object({
  number: z.number(),
  atMs: z.number(),
  actor: z.string(),
  act: z.string(),
  objectKind: z.string(),
  objectId: z.string(),
  facts: z.record(z.string(), z.unknown()),
});
export type AuditRow = z.infer<typeof Row>;

export interface Act {
  readonly atMs: number;
  /** Person id, agency id or the name of the part that acted by itself. */
  readonly actor: string;
  readonly act: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly facts: Facts;
}

/** Writes an act down. */
export const write = (tx: Tx, act: Act): Promise<void> => writeMany(tx, [act]);

/** Writes acts down in their order, in one statement. */
export async function writeMany(tx: Tx, acts: readonly Act[]): Promise<void> {
  const rows = acts.map(({ atMs, ...act }) => ({ ...act, at: at(atMs) }));
  await tx.run(sql`
    insert into audit (at, actor, act, object_kind, object_id, facts)
    select at, actor, act, "objectKind", "objectId", facts
    from jsonb_to_recordset(${json(rows)})
      as given (at timestamptz, actor text, act text, "objectKind" text, "objectId" text, facts jsonb)`);
}

const columns = raw('number, at, actor, act, object_kind, object_id, facts');

/** Everything that was done to a thing, oldest first. */
export const of = (db: Db, objectKind: string, objectId: string): Promise<AuditRow[]> =>
  db.rows(
    Row,
    sql`select ${columns} from audit where object_kind = ${objectKind} and object_id = ${objectId} order by number`,
  );

export interface Wanted {
  /** Only lines before this number; without it, the newest. */
  readonly before?: number | undefined;
  /** Only of these kinds of things; without it, of all. */
  readonly kinds?: readonly string[] | undefined;
  /** Only what this one did. */
  readonly actor?: string | undefined;
  /** Only about things whose id is this. */
  readonly objectId?: string | undefined;
  readonly limit: number;
}

/** A page of acts, newest first. */
export function page(db: Db, { before, kinds, actor, objectId, limit }: Wanted): Promise<AuditRow[]> {
  const wanted = [
    sql`true`,
    ...(before === undefined ? [] : [sql`number < ${before}::bigint`]),
    ...(kinds === undefined ? [] : [sql`object_kind = any (${[...kinds]})`]),
    ...(actor === undefined ? [] : [sql`actor = ${actor}`]),
    ...(objectId === undefined ? [] : [sql`object_id = ${objectId}`]),
  ];
  return db.rows(
    Row,
    sql`select ${columns} from audit where ${joined(wanted, ' and ')} order by number desc limit ${limit}::bigint`,
  );
}

/** The short numbers of incidents and tasks by id, for sentences about them. */
export async function numbersOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db.rows(
    z.object({ id: z.string(), number: z.number() }),
    sql`select id, number from incident where id = any (${[...ids]})
        union all select id, number from task where id = any (${[...ids]})`,
  );
  return new Map(rows.map(({ id, number }) => [id, number]));
}

/** The last acts, newest first. */
export const list = (db: Db, limit: number): Promise<AuditRow[]> =>
  db.rows(Row, sql`select ${columns} from audit order by number desc limit ${limit}::bigint`);
