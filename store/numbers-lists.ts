// The lists that the numbers open: the rows from which each was counted.
import { z } from 'zod';
import { Severity, IssueName } from '#core/hazard-name';
import { type Db } from './db.ts';
import { groundOf, heldOf, silencedOf, silentOf } from './numbers-eyes.ts';
import {
  alarmsOf,
  claimsOf,
  keyedOf,
  missedOf,
  secondOf,
  tookOf,
  upkeepOf,
  type Step,
  type Stretch,
} from './numbers-claims.ts';
import { correctedOf, frozenOf, scoredOf, type ScoreMonth } from './scores.ts';
import { raw, sql, type Sql } from './sql.ts';

/** Which list, and narrowed by what. */
export type Wanted =
  | { readonly kind: 'claims'; readonly isRight?: boolean | undefined; readonly reason?: string | undefined }
  | { readonly kind: 'missed' }
  | { readonly kind: 'upkeep' }
  | { readonly kind: 'second' }
  | { readonly kind: 'keyed' }
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'alarms' }
  | { readonly kind: 'held'; readonly rule?: string | undefined }
  | { readonly kind: 'silenced' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unjudged' }
  | { readonly kind: 'scored'; readonly which: ScoredWhich; readonly of: ScoreMonth; readonly isFrozen: boolean };

/** Tasks of a month of scores: all that count, those for and those against the agency, the others, late corrections. */
export type ScoredWhich = 'counted' | 'good' | 'bad' | 'not' | 'corrected';

export interface Narrowed {
  readonly hazard?: string | undefined;
  readonly severity?: string | undefined;
  readonly cameraId?: string | undefined;
  readonly agencyId?: string | undefined;
  /** One of these cameras. */
  readonly cameraIds?: readonly string[] | undefined;
}

const Row = z.object({
  kind: z.enum(['incident', 'mass', 'task', 'camera', 'zone', 'held', 'quiet']),
  id: z.string(),
  number: z.number().nullable(),
  hazard: IssueName.nullable(),
  severity: Severity.nullable(),
  /** State of the thing; of what was held the rule, of a silence its reason. */
  state: z.string(),
  cameraId: z.string().nullable(),
  lon: z.number().nullable(),
  lat: z.number().nullable(),
  atMs: z.number().nullable(),
  tookMs: z.number().nullable(),
  /** Was the claim right? Null where nobody was asked. */
  isRight: z.boolean().nullable(),
  untilAtMs: z.number().nullable(),
});
export type NumberRow = z.infer<typeof Row>;
const Counted = Row.extend({ total: z.number() });

interface Source {
  readonly from: Sql;
  readonly columns: Sql;
  readonly where?: Sql;
  readonly order: Sql;
}

const noTime = raw('null::double precision as took_ms');
const noWord = raw('null::boolean as is_right');
const noEnd = raw('null::timestamptz as until_at');
const incidentLike = raw('kind, id, number, hazard, severity, state, camera_id, lon, lat');

function sourceOf(wanted: Wanted, stretch: Stretch, nowMs: number): Source {
  switch (wanted.kind) {
    case 'claims':
      return {
        from: claimsOf(stretch),
        columns: sql`kind, id, number, hazard, severity, case when reason = '' then state else reason end as state,
          camera_id, lon, lat, decided_at as at, ${noTime}, is_right, ${noEnd}`,
        where: sql`${wanted.isRight === undefined ? raw('true') : sql`is_right = ${wanted.isRight}`}
          and ${wanted.reason === undefined ? raw('true') : sql`not is_right and reason = ${wanted.reason}`}`,
        order: raw('at desc, id'),
      };
    case 'missed':
      return {
        from: missedOf(stretch),
        columns: sql`'incident' as kind, id, number, hazard, severity, state, camera_id, lon, lat, opened_at as at, ${noTime}, ${noWord}, ${noEnd}`,
        order: raw('at desc, id'),
      };
    case 'upkeep':
      return {
        from: upkeepOf(stretch),
        columns: sql`'incident' as kind, id, number, hazard, severity, state, camera_id, lon, lat, opened_at as at, ${noTime}, ${noWord}, ${noEnd}`,
        order: raw('at desc, id'),
      };
    case 'second':
      return {
        from: secondOf(stretch),
        columns: sql`'incident' as kind, id, number, hazard, severity, state, camera_id, lon, lat, second_at as at, ${noTime},
          agreed as is_right, ${noEnd}`,
        order: raw('is_right, at desc, id'),
      };
    case 'keyed':
      return {
        from: keyedOf(stretch),
        // Without the time of each: beside an incident's history it would be a person's own.
        columns: sql`'incident' as kind, id, number, hazard, severity, state, camera_id, lon, lat, at, ${noTime}, ${noWord}, ${noEnd}`,
        order: raw('at desc, id'),
      };
    case 'step':
      return {
        from: tookOf(wanted.step, stretch),
        columns: sql`${incidentLike}, at, took_ms, ${noWord}, ${noEnd}`,
        order: raw('took_ms desc, id'),
      };
    case 'alarms':
      return {
        from: alarmsOf(stretch),
        columns: sql`${incidentLike}, at, ${noTime}, ${noWord}, ${noEnd}`,
        order: raw('at desc, id'),
      };
    case 'held':
      return {
        from: heldOf(stretch),
        columns: sql`'held' as kind, camera_id || '/' || zone_id || '/' || rule as id, null::bigint as number, hazard, null as severity,
          rule as state, camera_id, null::double precision as lon, null::double precision as lat, last_at as at,
          extract(epoch from last_at - first_at)::double precision * 1000 as took_ms, ${noWord}, ${noEnd}`,
        where: wanted.rule === undefined ? raw('true') : sql`rule = ${wanted.rule}`,
        order: raw('at desc, id'),
      };
    case 'silenced':
      return {
        from: silencedOf(nowMs),
        columns: sql`${incidentLike}, at, ${noTime}, ${noWord}, until_at`,
        order: raw('until_at, id'),
      };
    case 'silent':
      return {
        from: silentOf(nowMs),
        columns: sql`'camera' as kind, camera_id as id, null::bigint as number, null as hazard, null as severity, state, camera_id, lon, lat, at,
          ${noTime}, ${noWord}, ${noEnd}`,
        order: raw('at nulls first, id'),
      };
    case 'unjudged':
      return {
        from: groundOf(nowMs),
        columns: sql`'zone' as kind, camera_id || '/' || zone_id as id, null::bigint as number, hazard, null as severity, state, camera_id,
          lon, lat, at, ${noTime}, ${noWord}, ${noEnd}`,
        where: raw('not is_judged'),
        order: raw('at nulls first, id'),
      };
    case 'scored':
      return {
        from: scoredFrom(wanted, nowMs),
        columns: sql`'task' as kind, id, number, hazard, severity, outcome as state, camera_id, lon, lat, fix_by_at as at,
          extract(epoch from claimed_at - fix_by_at)::double precision * 1000 as took_ms,
          case when is_counted then is_good end as is_right, ${noEnd}, agency_id`,
        where: scoredWhere[wanted.which],
        order: raw('at desc, id'),
      };
  }
}

/** A frozen month is read from what was frozen, unless it is asked what would be otherwise today. */
const scoredFrom = ({ which, of, isFrozen }: Extract<Wanted, { kind: 'scored' }>, nowMs: number): Sql =>
  which === 'corrected' ? correctedOf(of, nowMs) : isFrozen ? frozenOf(of.month) : scoredOf(of, nowMs);

const scoredWhere: Readonly<Record<ScoredWhich, Sql>> = {
  counted: raw('is_counted'),
  good: raw('is_good'),
  bad: raw('is_counted and not is_good'),
  not: raw('not is_counted'),
  corrected: raw('true'),
};

const narrowedBy = (column: string, value: string | undefined): Sql =>
  value === undefined ? raw('') : sql` and ${raw(column)} = ${value}`;

/** The rows from which a number was counted and how many there are in all; at most `limit` of them. */
export async function rows(
  db: Db,
  wanted: Wanted,
  narrowed: Narrowed,
  { stretch, nowMs, limit }: { stretch: Stretch; nowMs: number; limit: number },
): Promise<{ total: number; rows: NumberRow[] }> {
  const { from, columns, where = raw('true'), order } = sourceOf(wanted, stretch, nowMs);
  const found = await db.rows(
    Counted,
    sql`select listed.*, count(*) over () as total
        from (select ${columns} from ${from} where ${where}) as listed
        where true${narrowedBy('hazard', narrowed.hazard)}${narrowedBy('severity', narrowed.severity)}${narrowedBy('camera_id', narrowed.cameraId)}${narrowedBy('agency_id', narrowed.agencyId)}
          ${narrowed.cameraIds ? sql` and camera_id = any (${narrowed.cameraIds}::text[])` : raw('')}
        order by ${order} limit ${limit}::bigint`,
  );
  return { total: found[0]?.total ?? 0, rows: found };
}
