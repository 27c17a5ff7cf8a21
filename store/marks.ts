// Small named facts of the installation, and the beats of its processes.
import { z } from 'zod';
import { at, json, type Db } from './db.ts';
import { sql } from './sql.ts';

/** A named fact; undefined when it was never set. */
export async function get(db: Db, name: string): Promise<unknown> {
  const [row] = await db.rows(z.object({ value: z.unknown() }), sql`select value from mark where name = ${name}`);
  return row?.value;
}

/** Sets a named fact. */
export async function set(tx: Db, name: string, value: unknown): Promise<void> {
  await tx.run(sql`
    insert into mark (name, value) values (${name}, ${json(value)})
    on conflict (name) do update set value = excluded.value, at = now()`);
}

const Beat = z.object({ process: z.string(), atMs: z.number(), facts: z.record(z.string(), z.unknown()) });
export type Beat = z.infer<typeof Beat>;

/** A process says that it lives, and what of itself is worth knowing. */
export async function beat(
  tx: Db,
  process: string,
  atMs: number,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  await tx.run(sql`
    insert into process_beat (process, at, facts) values (${process}, ${at(atMs)}::timestamptz, ${json(facts)})
    on conflict (process) do update set at = excluded.at, facts = excluded.facts`);
}

/** The last beat of every process, by name. */
export const beats = (db: Db): Promise<Beat[]> =>
  db.rows(Beat, sql`select process, at, facts from process_beat order by process`);
