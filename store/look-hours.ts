// Looks of the whole city by hour: rolled up when an hour is over, and how many of a stretch's looks could be judged.
import { z } from 'zod';
import { HazardName } from '#core/hazard-name';
import { at, type Db } from './db.ts';
import type { Stretch } from './numbers-claims.ts';
import { joined, raw, sql, type Sql } from './sql.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** An hour is summed when it is over for so long, and again while a look that was redelivered may still come. */
const [settledMs, againMs] = [10 * 60_000, 6 * hourMs];
/** Further back nothing is made up for: those hours are counted from the rows of each camera. */
const backMs = 8 * dayMs;

const floor = (ms: number, step: number): number => Math.floor(ms / step) * step;

/** Sums the hours that are over, those of the last six hours anew. To be asked about once an hour. */
export async function rollHours(db: Db, nowMs: number): Promise<void> {
  const toMs = floor(nowMs - settledMs, hourMs);
  await db.run(sql`
    insert into look_hour (hour_at, hazard, looks, judged)
    select hour_at, hazard, sum(looks), sum(hazard_looks + clear_looks) from look_sum
    where hour_at < ${at(toMs)}::timestamptz and hour_at >= greatest(${at(toMs - backMs)}::timestamptz,
      least(${at(toMs - againMs)}::timestamptz, (select coalesce(max(hour_at), '-infinity') from look_hour)))
    group by 1, 2
    on conflict (hour_at, hazard) do update set looks = excluded.looks, judged = excluded.judged`);
}

const LookShare = z.object({ hazard: HazardName, looks: z.number(), judged: z.number() });

/**
 * Looks within the stretch and how many of them said hazard or clear, by hazard. Up to two days by hours of the roll-up, and from the
 * rows of each camera where an hour is not in it, as the one that runs; longer by days of UTC from the daily roll-up, and by hours since
 * yesterday.
 */
export async function looksJudged(db: Db, stretch: Stretch, nowMs: number): Promise<z.infer<typeof LookShare>[]> {
  const isLong = stretch.toMs - stretch.fromMs > 2 * dayMs;
  const rolledMs = floor(nowMs, dayMs) - dayMs;
  const fromMs = isLong ? Math.max(rolledMs, stretch.fromMs) : floor(stretch.fromMs, hourMs);
  const { toMs } = stretch;
  const days = sql` union all
    select hazard, looks::bigint, (hazard_looks + clear_looks)::bigint from look_day
    where day_at >= ${at(floor(stretch.fromMs, dayMs))}::timestamptz and day_at < ${at(Math.min(rolledMs, toMs))}::timestamptz`;
  return db.rows(
    LookShare,
    sql`select hazard, sum(looks)::bigint as looks, sum(judged)::bigint as judged
        from (
          select hazard, looks, judged from look_hour where ${within({ fromMs, toMs })}
          union all
          select hazard, looks::bigint, (hazard_looks + clear_looks)::bigint from look_sum
          where ${await notRolled(db, { fromMs, toMs })}${isLong ? days : raw('')}
        ) as counted group by hazard order by hazard`,
  );
}

const within = ({ fromMs, toMs }: Stretch): Sql =>
  sql`(hour_at >= ${at(fromMs)}::timestamptz and hour_at < ${at(toMs)}::timestamptz)`;

/** Hours of a stretch that the roll-up does not have, as stretches: a look into the rows of each camera then reads only those. */
async function notRolled(db: Db, stretch: Stretch): Promise<Sql> {
  const rolled = await db.rows(
    z.object({ hourMs: z.number() }),
    sql`select distinct hour_at as hour from look_hour where ${within(stretch)} order by 1`,
  );
  const gaps: Stretch[] = [];
  let fromMs = stretch.fromMs;
  for (const { hourMs: startMs } of rolled) {
    if (startMs > fromMs) gaps.push({ fromMs, toMs: startMs });
    fromMs = startMs + hourMs;
  }
  if (fromMs < stretch.toMs) gaps.push({ fromMs, toMs: stretch.toMs });
  return gaps.length === 0 ? raw('false') : sql`(${joined(gaps.map(within), ' or ')})`;
}
