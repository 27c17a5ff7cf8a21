// What the judge holds of each hazard in each zone. The form of a belief belongs to its hazard.
import { z } from 'zod';
import { at, json, type Db, type Tx } from './db.ts';
import { prepared, sql } from './sql.ts';

export interface BeliefKey {
  readonly cameraId: string;
  readonly zoneId: string;
  readonly hazard: string;
}

/** How a belief is named in the map that `load` gives. */
export const keyOf = (key: BeliefKey): string => `${key.cameraId}/${key.zoneId}/${key.hazard}`;

/** The beliefs of these keys, locked until the transaction ends; what has none yet is absent. */
export async function load(tx: Db, keys: readonly BeliefKey[]): Promise<Map<string, unknown>> {
  const rows = await tx.rows(
    z.object({ key: z.string(), belief: z.unknown() }),
    prepared(
      'belief-load',
      sql`select camera_id || '/' || zone_id || '/' || hazard as key, belief
          from belief
          where (camera_id, zone_id, hazard) in (
            select * from unnest(${keys.map((k) => k.cameraId)}::text[], ${keys.map((k) => k.zoneId)}::text[], ${keys.map((k) => k.hazard)}::text[]))
          order by camera_id, zone_id, hazard
          for update`,
    ),
  );
  return new Map(rows.map((row) => [row.key, row.belief]));
}

/** Keeps beliefs as of a moment. */
export async function save(tx: Tx, rows: readonly (BeliefKey & { belief: unknown; atMs: number })[]): Promise<void> {
  if (rows.length === 0) return;
  const given = rows.map((row) => ({
    c: row.cameraId,
    z: row.zoneId,
    h: row.hazard,
    belief: row.belief,
    at: at(row.atMs),
  }));
  await tx.run(
    prepared(
      'belief-save',
      sql`insert into belief (camera_id, zone_id, hazard, belief, at)
          select c, z, h, given.belief, given.at
          from jsonb_to_recordset(${json(given)}) as given (c text, z text, h text, belief jsonb, at timestamptz)
          order by c, z, h
          on conflict (camera_id, zone_id, hazard) do update set belief = excluded.belief, at = excluded.at`,
    ),
  );
}
