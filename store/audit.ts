// Who did what to which thing. Append-only.
import { z } from 'zod';
import type { Facts } from '#core/errors';
import { at, json, type Db, type Tx } from './db.ts';
import { inserting, raw, sql } from './sql.ts';

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
export async function write(tx: Tx, act: Act): Promise<void> {
  const columns = {
    at: at(act.atMs),
    actor: act.actor,
    act: act.act,
    object_kind: act.objectKind,
    object_id: act.objectId,
    facts: json(act.facts),
  };
  await tx.run(sql`insert into audit ${inserting(columns)}`);
}

const columns = raw('number, at, actor, act, object_kind, object_id, facts');

/** Everything that was done to a thing, oldest first. */
export const of = (db: Db, objectKind: string, objectId: string): Promise<AuditRow[]> =>
  db.rows(
    Row,
    sql`select ${columns} from audit where object_kind = ${objectKind} and object_id = ${objectId} order by number`,
  );

/** The last acts, newest first. */
export const list = (db: Db, limit: number): Promise<AuditRow[]> =>
  db.rows(Row, sql`select ${columns} from audit order by number desc limit ${limit}::bigint`);
