// What the application's role may do: rows, but no tables; and to the append-only tables it may only add.
import { z } from 'zod';
import type { Db } from './db.ts';
import { raw, sql } from './sql.ts';

/** The role of all processes but the migration. */
export const appRole = 'ahual_app';

/**
 * Makes the application's role with the password of its address, or gives it that password. Does nothing when the address names
 * another role, so that a database with one role for everything stays as it is. Inside a transaction.
 */
export async function makeAppRole(db: Db, appUrl: string): Promise<void> {
  const { username, password } = new URL(appUrl);
  if (decodeURIComponent(username) !== appRole) return;
  // By way of a setting: a password is not to stand in the text of a statement.
  await db.run(sql`select set_config('ahual.app_password', ${decodeURIComponent(password)}, true)`);
  await db.run(
    raw(`
    do $$ begin
      if not exists (select from pg_roles where rolname = '${appRole}') then
        create role ${appRole} login;
      end if;
      execute format('alter role ${appRole} password %L', current_setting('ahual.app_password'));
    end $$`),
  );
}

/** Added to, never changed or deleted by the application. */
export const appendOnly = [
  'audit',
  'custody',
  'plate_correction',
  'incident_change',
  'task_change',
  'change_feed',
  'rule_version',
  'place_version',
  'deleted_file',
  'score_month',
  'score_task',
  'task_camera_wrong',
] as const;

/**
 * The one way in which append-only rows go: at the end of their term, whole incidents with all that hangs on them. It runs with
 * the owner's rights and takes nothing younger than a year, whatever it is asked for. It says which files those rows named.
 */
const forget = raw(`
  create function forget(feed_before timestamptz, records_before timestamptz)
  returns table (gone integer, files text[]) language plpgsql security definer set search_path from current as $$
  declare
    before timestamptz := least(records_before, now() - interval '366 days');
    old text[];
    clips text[];
    tasks text[];
    touched integer;
  begin
    gone := 0;
    delete from change_feed where at < feed_before;
    get diagnostics touched = row_count; gone := gone + touched;
    select array_agg(id) into old from (
      select id from incident
      where state in ('closed', 'rejected', 'self_cleared', 'merged', 'expired')
        and coalesce(closed_at, decided_at, last_seen_at) < before
        and not exists (select from clip where incident_id = incident.id and on_hold)
        and not exists (select from violation where incident_id = incident.id and changed_at >= before)
      limit 1000) as ended;
    select array_agg(id) into clips from clip where incident_id = any (old);
    select array_agg(id) into tasks from task where incident_id = any (old);
    select array_agg(distinct sha256) into files from (
      select still_sha256 as sha256 from incident where id = any (old)
      union all select before_sha256 from incident where id = any (old)
      union all select photo_sha256 from task where incident_id = any (old)
      union all select crop_sha256 from plate where incident_id = any (old)
      union all select sha256 from clip where incident_id = any (old)) as named
      where sha256 is not null;
    delete from custody where clip_id = any (clips);
    delete from violation where incident_id = any (old);
    delete from clip where id = any (clips);
    delete from verdict where incident_id = any (old);
    delete from delivery where task_id = any (tasks);
    delete from task_answer where task_id = any (tasks);
    delete from task_change where task_id = any (tasks);
    delete from task where id = any (tasks);
    delete from incident_change where incident_id = any (old);
    delete from incident where id = any (old);
    get diagnostics touched = row_count; gone := gone + touched;
    delete from appeal where received_at < before and not exists (
      select from appeal_link join incident on incident.id = incident_id where appeal_id = appeal.id);
    get diagnostics touched = row_count; gone := gone + touched;
    delete from audit where at < before;
    get diagnostics touched = row_count; gone := gone + touched;
    return next;
  end $$`);

/** Acts that need the owner's rights, made anew by every migration. */
export async function makeOwnersActs(db: Db): Promise<void> {
  // What it gives has changed once, and a function is not replaced by one that gives something else.
  await db.run(raw('drop function if exists forget(timestamptz, timestamptz)'));
  await db.run(forget);
}

/** Gives the application's role its rights, where there is such a role; without it everything runs as the owner. */
export async function grantToApp(db: Db): Promise<void> {
  const [role] = await db.rows(
    z.object({ there: z.boolean() }),
    sql`select exists (select from pg_roles where rolname = ${appRole}) as there`,
  );
  if (role?.there !== true) return;
  await db.run(raw(`grant usage on schema public to ${appRole}`));
  await db.run(raw(`grant select, insert, update, delete on all tables in schema public to ${appRole}`));
  await db.run(raw(`grant usage on all sequences in schema public to ${appRole}`));
  await db.run(raw(`revoke insert, update, delete on migration from ${appRole}`));
  await db.run(raw(`revoke update, delete on ${appendOnly.join(', ')} from ${appRole}`));
}
