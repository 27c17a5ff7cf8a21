// Live views that go on now. A dashboard beats for its own; whoever finds one without a beat writes the end that nobody wrote.
import { z } from 'zod';
import type { Facts } from '#core/errors';
import * as audit from './audit.ts';
import { at, json, type Tx } from './db.ts';
import { sql } from './sql.ts';

export interface LiveViewRow {
  readonly id: string;
  readonly actor: string;
  readonly cameraId: string;
  /** What both rows of the audit say of it. */
  readonly facts: Facts;
}

/** A view begins: its row, and that of the audit. */
export async function begin(tx: Tx, view: LiveViewRow, atMs: number): Promise<void> {
  await tx.run(sql`
    insert into live_view (id, actor, camera_id, since_at, last_at, facts)
    values (${view.id}, ${view.actor}, ${view.cameraId}, ${at(atMs)}::timestamptz, ${at(atMs)}::timestamptz, ${json(view.facts)})`);
  const { id, actor, cameraId, facts } = view;
  await audit.write(tx, {
    atMs,
    actor,
    act: 'live view began',
    objectKind: 'camera',
    objectId: cameraId,
    facts: { ...facts, viewId: id },
  });
}

/**
 * These views go on. One that somebody else ended, because this dashboard stood still for too long, begins anew: whoever looks is
 * always in the audit.
 */
export async function beat(tx: Tx, views: readonly LiveViewRow[], atMs: number): Promise<void> {
  if (views.length === 0) return;
  const known = await tx.rows(
    z.object({ id: z.string() }),
    sql`update live_view set last_at = ${at(atMs)}::timestamptz where id = any (${views.map(({ id }) => id)}::text[])
        returning id`,
  );
  const ids = new Set(known.map(({ id }) => id));
  for (const view of views) if (!ids.has(view.id)) await begin(tx, view, atMs);
}

/** A view ended, with what the audit says of its end. False where its end was written already. */
export async function end(tx: Tx, view: LiveViewRow, atMs: number, facts: Facts): Promise<boolean> {
  const gone = await tx.run(sql`delete from live_view where id = ${view.id}`);
  if (gone === 0) return false;
  const { id, actor, cameraId } = view;
  await audit.write(tx, {
    atMs,
    actor,
    act: 'live view ended',
    objectKind: 'camera',
    objectId: cameraId,
    facts: { ...view.facts, ...facts, viewId: id },
  });
  return true;
}

const LostRow = z.object({
  id: z.string(),
  actor: z.string(),
  cameraId: z.string(),
  sinceMs: z.number(),
  lastMs: z.number(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/**
 * Ends the views that had no beat since `beforeMs`: the dashboard that showed them was killed. The end in the audit carries the moment
 * of the last beat, the seconds until then, and says that nobody closed it. Gives how many there were.
 */
export async function endLost(tx: Tx, beforeMs: number, nowMs: number): Promise<number> {
  const lost = await tx.rows(
    LostRow,
    sql`delete from live_view where id in (
          select id from live_view where last_at < ${at(beforeMs)}::timestamptz order by id for update skip locked)
        returning id, actor, camera_id, since_at as since, last_at as last, facts`,
  );
  lost.sort((a, b) => a.lastMs - b.lastMs);
  await audit.writeMany(
    tx,
    lost.map(({ id, actor, cameraId, sinceMs, lastMs, facts }) => ({
      atMs: nowMs,
      actor,
      act: 'live view ended',
      objectKind: 'camera',
      objectId: cameraId,
      facts: {
        ...facts,
        viewId: id,
        seconds: Math.round((lastMs - sinceMs) / 100) / 10,
        ended: 'restart',
        lastBeatMs: lastMs,
      },
    })),
  );
  return lost.length;
}
