// Clips and the chain of their seals, custody, and violations.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Clip } from '#core/clip';
import { AhualError } from '#core/errors';
import { CustodyRow, Violation } from '#core/violation';
import * as audit from './audit.ts';
import { at, atOrNull, json, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import type { Change } from './incidents.ts';
import { inserting, raw, setting, sql } from './sql.ts';

const clipRow = raw(`
  id, incident_id, camera_id, state, from_at as "from", to_at as "to", starts_at, duration_ms, sha256, bytes, cut_by, sealed_at,
  previous_seal, seal, detail`);

const columnsOf = (c: Clip): Record<string, unknown> => ({
  id: c.id,
  incident_id: c.incidentId,
  camera_id: c.cameraId,
  state: c.state,
  from_at: at(c.fromMs),
  to_at: at(c.toMs),
  starts_at: atOrNull(c.startsAtMs),
  duration_ms: c.durationMs,
  sha256: c.sha256,
  bytes: c.bytes,
  cut_by: c.cutBy,
  sealed_at: atOrNull(c.sealedAtMs),
  previous_seal: c.previousSeal,
  seal: c.seal,
  detail: c.detail,
});

/** Plans a clip; rings `clip-planned`. */
export async function plan(tx: Tx, clip: Clip): Promise<void> {
  await tx.run(sql`insert into clip ${inserting(columnsOf(clip))}`);
  append(tx, 'clip', clip.id, clip.toMs);
  await tx.notify({ kind: 'clip-planned', clipId: clip.id });
}

/**
 * Changes a clip that is still in the state of `before`, and gives what it is now. A clip that becomes sealed takes the next place
 * in the chain of seals. Throws INCIDENT_CHANGED when somebody was first.
 */
export async function update(tx: Tx, before: Clip, patch: Partial<Clip>, change: Change): Promise<Clip> {
  const wanted = { ...before, ...patch, id: before.id };
  const seals = wanted.seal !== null && before.seal === null;
  if (seals) await lockSeals(tx);
  const number = seals ? sql`, seal_number = (select coalesce(max(seal_number), 0) + 1 from clip)` : raw('');
  const [row] = await tx.rows(
    Clip,
    sql`update clip set ${setting(columnsOf(wanted))}${number}
        where id = ${before.id} and state = ${before.state} and seal is not distinct from ${before.seal}::text
        returning ${clipRow}`,
  );
  if (!row) {
    throw new AhualError(
      'INCIDENT_CHANGED',
      `clip ${before.id} was changed meanwhile or is gone.`,
      'Look at it again.',
      { clipId: before.id },
    );
  }
  await audit.write(tx, {
    atMs: change.atMs,
    actor: change.actor,
    act: before.state === row.state ? 'clip changed' : `clip ${row.state}`,
    objectKind: 'clip',
    objectId: row.id,
    facts: { reason: change.reason, sha256: row.sha256, incidentId: row.incidentId },
  });
  append(tx, 'clip', row.id, change.atMs);
  return row;
}

/** One seal at a time: between reading the last one and writing the next nobody else may come. */
const lockSeals = (tx: Tx): Promise<number> => tx.run(sql`select pg_advisory_xact_lock(hashtext('seal'))`);

/** The last seal of the chain, null before the first; until the transaction ends nobody else can seal. */
export async function lastSeal(tx: Tx): Promise<string | null> {
  await lockSeals(tx);
  const [row] = await tx.rows(
    z.object({ seal: z.string() }),
    sql`select seal from clip where seal_number is not null order by seal_number desc limit 1`,
  );
  return row?.seal ?? null;
}

/** Sealed clips in the order of the chain. */
export const seals = (db: Db): Promise<Clip[]> =>
  db.rows(Clip, sql`select ${clipRow} from clip where seal_number is not null order by seal_number`);

/** One clip. */
export async function byId(db: Db, id: string): Promise<Clip | undefined> {
  const [row] = await db.rows(Clip, sql`select ${clipRow} from clip where id = ${id}`);
  return row;
}

/** One clip, locked until the transaction ends. */
export async function lock(tx: Tx, id: string): Promise<Clip | undefined> {
  const [row] = await tx.rows(Clip, sql`select ${clipRow} from clip where id = ${id} for update`);
  return row;
}

/** Clips of an incident, oldest first. */
export const byIncident = (db: Db, incidentId: string): Promise<Clip[]> =>
  db.rows(Clip, sql`select ${clipRow} from clip where incident_id = ${incidentId} order by from_at, id`);

/** Planned clips that nobody has cut yet, the oldest first. */
export const pending = (db: Db): Promise<Clip[]> =>
  db.rows(Clip, sql`select ${clipRow} from clip where state = 'planned' order by to_at, id`);

/** Puts a clip under legal hold, or lifts it: nothing of it is deleted meanwhile. */
export async function hold(tx: Tx, id: string, isOn: boolean): Promise<boolean> {
  return (await tx.run(sql`update clip set on_hold = ${isOn} where id = ${id}`)) > 0;
}

/** Is a clip under legal hold? */
export async function isHeld(db: Db, id: string): Promise<boolean> {
  const [row] = await db.rows(z.object({ onHold: z.boolean() }), sql`select on_hold from clip where id = ${id}`);
  return row?.onHold ?? false;
}

/**
 * The hash of a custody row: SHA-256 over its fields as JSON in this order, the hash of the row before it (empty for the first)
 * last. Whoever has the rows can check the chain with this alone.
 */
export const custodyHash = (row: Omit<CustodyRow, 'hash'>): string =>
  createHash('sha256')
    .update(
      JSON.stringify([row.atMs, row.who, row.role, row.act, row.purpose, row.clipId, row.objectSha256, row.previous]),
    )
    .digest('hex');

/** Adds a row to the custody chain of its clip, and gives it whole. Throws CLIP_UNKNOWN. */
export async function appendCustody(tx: Tx, given: Omit<CustodyRow, 'previous' | 'hash'>): Promise<CustodyRow> {
  const clip = await tx.rows(
    z.object({ id: z.string() }),
    sql`select id from clip where id = ${given.clipId} for update`,
  );
  if (clip.length === 0) {
    throw new AhualError('CLIP_UNKNOWN', `there is no clip ${given.clipId}.`, 'Look for it in the list of clips.', {
      clipId: given.clipId,
    });
  }
  const [last] = await tx.rows(
    z.object({ hash: z.string() }),
    sql`select hash from custody where clip_id = ${given.clipId} order by number desc limit 1`,
  );
  const chained = { ...given, atMs: Math.round(given.atMs), previous: last?.hash ?? '' };
  const row: CustodyRow = { ...chained, hash: custodyHash(chained) };
  const columns = {
    clip_id: row.clipId,
    at: at(row.atMs),
    who: row.who,
    role: row.role,
    act: row.act,
    purpose: row.purpose,
    object_sha256: row.objectSha256,
    previous: row.previous,
    hash: row.hash,
  };
  await tx.run(sql`insert into custody ${inserting(columns)}`);
  return row;
}

/** Who touched a clip, oldest first. */
export const custodyOf = (db: Db, clipId: string): Promise<CustodyRow[]> =>
  db.rows(
    CustodyRow,
    sql`select at, who, role, act, purpose, clip_id, object_sha256, previous, hash from custody where clip_id = ${clipId} order by number`,
  );

const violationRow = raw(
  'id, number, incident_id, clip_id, state, version, track, article_id, chosen_by, created_at, note, mark',
);

const violationColumns = (v: Violation): Record<string, unknown> => ({
  id: v.id,
  number: v.number,
  incident_id: v.incidentId,
  clip_id: v.clipId,
  state: v.state,
  version: v.version,
  track: v.track,
  article_id: v.articleId,
  chosen_by: v.chosenBy,
  created_at: at(v.createdAtMs),
  note: v.note,
  mark: v.mark === null ? null : json(v.mark),
});

async function tellViolation(tx: Tx, from: string | null, after: Violation, change: Change): Promise<void> {
  await audit.write(tx, {
    atMs: change.atMs,
    actor: change.actor,
    act: from === after.state ? 'violation changed' : `violation ${after.state}`,
    objectKind: 'violation',
    objectId: after.id,
    facts: { reason: change.reason, version: after.version, from, number: after.number },
  });
  append(tx, 'violation', after.id, change.atMs);
}

/** A new violation, version 1. */
export async function insertViolation(
  tx: Tx,
  violation: Omit<Violation, 'version'>,
  change: Change,
): Promise<Violation> {
  const row = { ...violation, version: 1 };
  await tx.run(sql`insert into violation ${inserting({ ...violationColumns(row), changed_at: at(change.atMs) })}`);
  await tellViolation(tx, null, row, change);
  return row;
}

/** Changes a violation that is still as it was in `before`. Throws INCIDENT_CHANGED when somebody was first. */
export async function updateViolation(
  tx: Tx,
  before: Violation,
  patch: Partial<Violation>,
  change: Change,
): Promise<Violation> {
  const wanted = { ...before, ...patch, id: before.id, number: before.number, version: before.version + 1 };
  const [row] = await tx.rows(
    Violation,
    sql`update violation set ${setting({ ...violationColumns(wanted), changed_at: at(change.atMs) })}
        where id = ${before.id} and version = ${before.version} returning ${violationRow}`,
  );
  if (!row) {
    throw new AhualError(
      'INCIDENT_CHANGED',
      `violation ${before.number} was changed meanwhile or is gone.`,
      'Look at it again.',
      { violationId: before.id },
    );
  }
  await tellViolation(tx, before.state, row, change);
  return row;
}

/** One violation. */
export async function violationById(db: Db, id: string): Promise<Violation | undefined> {
  const [row] = await db.rows(Violation, sql`select ${violationRow} from violation where id = ${id}`);
  return row;
}

/** Violations, newest first. */
export const violations = (db: Db): Promise<Violation[]> =>
  db.rows(Violation, sql`select ${violationRow} from violation order by created_at desc, number desc`);

/** The violations made of a clip. */
export const violationsOf = (db: Db, clipId: string): Promise<Violation[]> =>
  db.rows(Violation, sql`select ${violationRow} from violation where clip_id = ${clipId} order by created_at, number`);

/** The next number of a year, such as `A-2026-000123`; without gaps, since it is given back when the transaction fails. */
export async function nextViolationNumber(tx: Tx, year: number): Promise<string> {
  const [row] = await tx.rows(
    z.object({ last: z.number() }),
    sql`insert into violation_count (year, last) values (${year}::integer, 1)
        on conflict (year) do update set last = violation_count.last + 1 returning last`,
  );
  return `A-${year}-${String(row?.last ?? 0).padStart(6, '0')}`;
}
