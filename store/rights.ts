// What the application's role may do: rows, but no tables; and to the append-only tables it may only add.
import { z } from 'zod';
import type { Db } from './db.ts';
import { raw, sql } from './sql.ts';

/** The role of all processes but the migration. Who brings an own database creates it as a login role beforehand. */
export const appRole = 'ahual_app';

/** Added to, never changed or deleted by the application. */
export const appendOnly = ['audit', 'custody', 'incident_change', 'task_change', 'change_feed', 'rule_version', 'deleted_file'] as const;

/** Gives the application's role its rights, where there is such a role; without it everything runs as the owner. */
export async function grantToApp(db: Db): Promise<void> {
  const [role] = await db.rows(z.object({ there: z.boolean() }), sql`select exists (select from pg_roles where rolname = ${appRole}) as there`);
  if (role?.there !== true) return;
  await db.run(raw(`grant usage on schema public to ${appRole}`));
  await db.run(raw(`grant select, insert, update, delete on all tables in schema public to ${appRole}`));
  await db.run(raw(`grant usage on all sequences in schema public to ${appRole}`));
  await db.run(raw(`revoke insert, update, delete on migration from ${appRole}`));
  await db.run(raw(`revoke update, delete on ${appendOnly.join(', ')} from ${appRole}`));
}
