// The wall: counts, the three worst, the health of the eyes. No person's name, no picture, no restricted site (screens 4.2).
import { DateTime } from 'luxon';
import type { Incident } from '#core/incident';
import type { MassIncident } from '#core/mass';
import type { Task } from '#core/task';
import { feed, incidents, mass, seats, stats, tasks, weather } from '#store';
import { asksPeople } from '#incidents';
import type { Wall } from '../contract.ts';
import { incidentCard, isLate, queueOrder } from './cards.ts';
import { lensOf, type Glass } from './glass.ts';
import { proofOfLife } from './life.ts';
import { standsFor } from './mass.ts';
import { agencyName } from './register.ts';
import { serve } from './serve.ts';

const worstMax = 3;
/** A claim that nobody has judged yet is no news for a hall with visitors. */
const judged = new Set<Incident['state']>(['confirmed', 'in_work', 'verifying', 'reopened']);

/** A desk beats every ten seconds; after three that were missed it is empty. */
export const seatSilentMs = 30_000;

const unseen = new Set<Incident['state']>(['candidate', 'shelved']);

/** The city's midnight before `nowMs`. */
export const dayStartMs = (nowMs: number, zone: string): number =>
  DateTime.fromMillis(nowMs, { zone }).startOf('day').toMillis();

async function worstOf(glass: Glass, open: readonly Incident[]): Promise<Wall['worst']> {
  const lens = lensOf(glass);
  const shown = open
    .filter((incident) => judged.has(incident.state) && glass.register.camera(incident.cameraId)?.restricted !== true)
    .map((incident) => incidentCard(incident, lens))
    .sort(queueOrder)
    .slice(0, worstMax);
  return Promise.all(
    shown.map(async ({ id, number, hazard, sub, severity, state, place, district, point, waitingSinceMs }) => {
      const primary = (await tasks.byIncident(glass.database, id)).findLast((task: Task) => task.role === 'primary');
      return {
        id,
        number,
        hazard,
        sub,
        severity,
        state,
        place,
        district,
        point,
        sinceMs: waitingSinceMs,
        agency: primary ? agencyName(glass.register, primary.agencyId) : null,
        taskState: primary?.state ?? null,
      };
    }),
  );
}

/** Mass incidents that nobody called wrong and of which anything is left, the most places first. */
function massesOf(open: readonly MassIncident[], counts: readonly mass.MassCount[]): Wall['masses'] {
  return open
    .filter((one) => one.decision !== 'rejected')
    .map(({ id, number, hazard, severity, district }) => {
      const places = counts.find((row) => row.massId === id)?.openNow ?? 0;
      return { number, hazard, severity, district, places };
    })
    .filter(({ places }) => places > 0)
    .sort((a, b) => b.places - a.places || a.number - b.number);
}

/** The route of the wall. */
export function openWall(glass: Glass): void {
  const { app, door, database, register, clock, city } = glass;

  serve(app, door, 'wall', async () => {
    const nowMs = clock.nowMs();
    const from = dayStartMs(nowMs, city.zone);
    const number = await feed.last(database);
    const [counts, open, many, members, days, latest, snow, running, sitting] = await Promise.all([
      stats.counts(database, nowMs, from),
      incidents.open(database),
      mass.open(database),
      mass.counts(database),
      stats.incidentDays(database, from, nowMs + 1, city.zone),
      weather.latest(database),
      weather.snowfalls(database),
      tasks.list(database, { states: ['created', 'sent', 'accepted', 'in_progress', 'returned'], limit: 5000 }),
      seats.since(database, nowMs - seatSilentMs),
    ]);
    const bySeverity = { S1: 0, S2: 0, S3: 0, S4: 0 };
    for (const { severity, n } of counts.bySeverity) bySeverity[severity] = n;
    const sum = (pick: (day: (typeof days)[number]) => number): number =>
      days.reduce((total, day) => total + pick(day), 0);
    const byId = new Map(many.map((one) => [one.id, one]));
    const stoodFor = open.filter((incident) => {
      const one = byId.get(incident.massId ?? '');
      return one && incident.state === 'pending_review' && standsFor(one, incident);
    }).length;
    const asking = many.filter((one) =>
      asksPeople(one, members.find((row) => row.massId === one.id)?.undecided ?? 0, nowMs),
    ).length;
    const snowing = snow.filter((fall) => fall.endedAtMs === null).map((fall) => fall.startedAtMs);
    return {
      nowMs,
      feed: number,
      weather: latest.toSorted((a, b) => b.atMs - a.atMs)[0] ?? null,
      snowingSinceMs: snowing.length === 0 ? null : Math.min(...snowing),
      open: bySeverity,
      late: running.filter((task) => isLate(task, nowMs)).length,
      districts: counts.byDistrict.map(({ district, hazard, n, late }) => ({ district, hazard, open: n, late })),
      worst: await worstOf(glass, open),
      marks: open
        .filter((incident) => !unseen.has(incident.state) && register.camera(incident.cameraId)?.restricted !== true)
        .map(({ id, hazard, severity, point }) => ({ id, hazard, severity, point })),
      seats: {
        working: sitting.filter((seat) => seat.pausedAtMs === null).length,
        paused: sitting.filter((seat) => seat.pausedAtMs !== null).length,
      },
      life: await proofOfLife(database, nowMs, counts),
      masses: massesOf(many, members),
      // As on the desk: members for whom their mass incident stands do not wait for themselves.
      waiting: { n: counts.waiting - stoodFor + asking, oldestSinceMs: counts.oldestWaitingAtMs },
      today: {
        raised: counts.raisedToday,
        right: sum((day) => day.confirmed),
        decided: sum((day) => day.confirmed + day.rejected),
      },
    };
  });
}
