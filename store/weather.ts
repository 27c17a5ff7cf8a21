// Weather by district, and snowfalls with their end.
import { z } from 'zod';
import { Snowfall, Weather } from '#core/weather';
import { at, atOrNull, json, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import { inserting, raw, sql } from './sql.ts';

const weatherRow = raw(
  'district, at, temperature_c, rain_mm_h, snowfall_cm_h, snow_depth_m, wind_m_s as "windMS", is_day, source',
);

/** Keeps readings; one that is there already (same district and moment) is corrected. */
export async function save(tx: Tx, readings: readonly Weather[]): Promise<void> {
  if (readings.length === 0) return;
  const given = readings.map((w) => ({ ...w, at: at(w.atMs) }));
  await tx.run(sql`
    insert into weather (district, at, temperature_c, rain_mm_h, snowfall_cm_h, snow_depth_m, wind_m_s, is_day, source)
    select district, at, "temperatureC", "rainMmH", "snowfallCmH", "snowDepthM", "windMS", "isDay", source
    from jsonb_to_recordset(${json(given)}) as given (district text, at timestamptz, "temperatureC" real, "rainMmH" real,
      "snowfallCmH" real, "snowDepthM" real, "windMS" real, "isDay" boolean, source text)
    on conflict (district, at) do update set
      temperature_c = excluded.temperature_c, rain_mm_h = excluded.rain_mm_h, snowfall_cm_h = excluded.snowfall_cm_h,
      snow_depth_m = excluded.snow_depth_m, wind_m_s = excluded.wind_m_s, is_day = excluded.is_day, source = excluded.source`);
  const newest = Math.max(...readings.map((w) => w.atMs));
  append(tx, 'weather', 'city', newest);
}

/** The last reading of each district. */
export const latest = (db: Db): Promise<Weather[]> =>
  db.rows(Weather, sql`select distinct on (district) ${weatherRow} from weather order by district, at desc`);

/** Readings since a moment, by district, oldest first. */
export const since = (db: Db, sinceMs: number): Promise<Weather[]> =>
  db.rows(
    Weather,
    sql`select ${weatherRow} from weather where at >= ${at(sinceMs)}::timestamptz order by district, at`,
  );

/** The last snowfall of each district. */
export const snowfalls = (db: Db): Promise<Snowfall[]> =>
  db.rows(
    Snowfall,
    sql`select distinct on (district) district, started_at, ended_at, source from snowfall order by district, started_at desc`,
  );

/** Keeps a snowfall; the same one (district and start) gets its end. */
export async function saveSnowfall(tx: Tx, snowfall: Snowfall): Promise<void> {
  const row = {
    district: snowfall.district,
    started_at: at(snowfall.startedAtMs),
    ended_at: atOrNull(snowfall.endedAtMs),
    source: snowfall.source,
  };
  await tx.run(sql`
    insert into snowfall ${inserting(row)}
    on conflict (district, started_at) do update set ended_at = excluded.ended_at, source = excluded.source`);
  append(tx, 'weather', snowfall.district, snowfall.endedAtMs ?? snowfall.startedAtMs);
}

const Turn = z.object({ district: z.string(), atMs: z.number() });
const ZoneCount = z.object({ district: z.string(), zones: z.number() });

/**
 * Zones that turned from clear of snow to covered since a moment, by district, oldest first; and how many zones of each district have
 * ever said anything of snow. What could not be judged in between does not matter.
 */
export async function whitening(
  db: Db,
  sinceMs: number,
): Promise<{ readonly turns: readonly z.infer<typeof Turn>[]; readonly zones: readonly z.infer<typeof ZoneCount>[] }> {
  const turns = await db.rows(
    Turn,
    sql`with judged as (
          select camera_id, zone_id, seen_at, word,
            lag(word) over (partition by camera_id, zone_id order by seen_at) as before
          from observation
          where hazard = 'snow' and word <> 'cannot-see' and seen_at >= ${at(sinceMs)}::timestamptz
        )
        select coalesce(zone.district, camera.district) as district, seen_at as at
        from judged join camera on camera.id = camera_id join zone on zone.camera_id = camera.id and zone.id = zone_id
        where word = 'hazard' and before = 'clear' order by seen_at`,
  );
  const zones = await db.rows(
    ZoneCount,
    sql`select coalesce(zone.district, camera.district) as district, count(*) as zones
        from last_word join camera on camera.id = camera_id join zone on zone.camera_id = camera.id and zone.id = zone_id
        where hazard = 'snow' group by 1`,
  );
  return { turns, zones };
}
