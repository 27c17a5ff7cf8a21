// The wall: counts, the three worst, the health of the eyes. No person's name, no picture, no restricted site (screens 4.2).
import type { Incident } from '#core/incident';
import type { MassIncident } from '#core/mass';
import type { Task } from '#core/task';
import { feed, incidents, mass, seats, stats, tasks, weather } from '#store';
import { asksPeople } from '#incidents';
import { messageOf } from '#core/errors';
import type { Wall, WallPanel } from '../contract.ts';
import { incidentCard, isLate, queueOrder } from './cards.ts';
import { dayStartMs } from './day-start.ts';
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

/** A panel as it was last read: when it cannot be read, it stands so and is named among the stale ones. */
interface Keeper<T> {
  readonly panel: WallPanel;
  last: { readonly value: T; readonly atMs: number } | undefined;
  readonly none: T;
}
const keeper = <T>(panel: WallPanel, none: T): Keeper<T> => ({ panel, none, last: undefined });

const nobody = { S1: 0, S2: 0, S3: 0, S4: 0 };
/** What each panel is before it was ever read; never shown as true. */
const newPanels = () => ({
  weather: keeper<Pick<Wall, 'weather' | 'snowingSinceMs'>>('weather', { weather: null, snowingSinceMs: null }),
  counts: keeper<Pick<Wall, 'open' | 'late' | 'districts'>>('counts', { open: nobody, late: 0, districts: [] }),
  cards: keeper<Pick<Wall, 'worst'>>('cards', { worst: [] }),
  map: keeper<Pick<Wall, 'marks'>>('map', { marks: [] }),
  eyes: keeper<Pick<Wall, 'life'>>('eyes', {
    life: {
      looksLastMinute: 0,
      lastLookAtMs: null,
      cameras: { all: 0, ok: 0, silent: 0 },
      coverage: null,
      blind: 0,
      site: [],
    },
  }),
  desk: keeper<Pick<Wall, 'seats' | 'waiting'>>('desk', {
    seats: { working: 0, paused: 0 },
    waiting: { n: 0, oldestSinceMs: null },
  }),
  masses: keeper<Pick<Wall, 'masses'>>('masses', { masses: [] }),
  today: keeper<Pick<Wall, 'today'>>('today', { today: { raised: 0, right: 0, decided: 0 } }),
});

/** The route of the wall. Each panel is read for itself: one that cannot be read does not spoil the others. */
export function openWall(glass: Glass): void {
  const { app, door, database, register, clock, city, log } = glass;
  const panels = newPanels();

  serve(app, door, 'wall', async (): Promise<Wall> => {
    const nowMs = clock.nowMs();
    const from = dayStartMs(nowMs, city.zone);
    const stale: Wall['stale'] = [];
    const read = async <T>(kept: Keeper<T>, work: () => Promise<T>): Promise<T> => {
      try {
        const value = await work();
        kept.last = { value, atMs: nowMs };
        return value;
      } catch (thrown) {
        log.warn({ panel: kept.panel, error: messageOf(thrown) }, 'a panel of the wall could not be read');
        stale.push({ panel: kept.panel, asOfMs: kept.last?.atMs ?? null });
        return kept.last?.value ?? kept.none;
      }
    };
    const number = await feed.last(database);
    // Read once for the panels that stand on them; each panel hears of a failure by itself.
    const [counts, open, many, members] = [
      stats.counts(database, nowMs, from),
      incidents.open(database),
      mass.open(database),
      mass.counts(database),
    ];
    for (const one of [counts, open, many, members]) one.catch(() => undefined);

    const [weatherNow, sums, cards, marked, eyes, desk, masses, today] = await Promise.all([
      read(panels.weather, async () => {
        const [latest, snow] = await Promise.all([weather.latest(database), weather.snowfalls(database)]);
        const snowing = snow.filter((fall) => fall.endedAtMs === null).map((fall) => fall.startedAtMs);
        return {
          weather: latest.toSorted((a, b) => b.atMs - a.atMs)[0] ?? null,
          snowingSinceMs: snowing.length === 0 ? null : Math.min(...snowing),
        };
      }),
      read(panels.counts, async () => {
        const states = ['created', 'sent', 'accepted', 'in_progress', 'returned'] as const;
        const [{ bySeverity, byDistrict }, running] = await Promise.all([
          counts,
          tasks.list(database, { states: [...states], limit: 5000 }),
        ]);
        const sum = { ...nobody };
        for (const { severity, n } of bySeverity) sum[severity] = n;
        return {
          open: sum,
          late: running.filter((task) => isLate(task, nowMs)).length,
          districts: byDistrict.map(({ district, hazard, n, late }) => ({ district, hazard, open: n, late })),
        };
      }),
      read(panels.cards, async () => ({ worst: await worstOf(glass, await open) })),
      read(panels.map, async () => ({
        marks: (await open)
          .filter((incident) => !unseen.has(incident.state) && register.camera(incident.cameraId)?.restricted !== true)
          .map(({ id, hazard, severity, point }) => ({ id, hazard, severity, point })),
      })),
      read(panels.eyes, async () => ({ life: await proofOfLife(database, nowMs, await counts, city.zone) })),
      read(panels.desk, async () => {
        const [all, masses, inside, { waiting, oldestWaitingAtMs }, sitting] = await Promise.all([
          open,
          many,
          members,
          counts,
          seats.since(database, nowMs - seatSilentMs),
        ]);
        const byId = new Map(masses.map((one) => [one.id, one]));
        const stoodFor = all.filter((incident) => {
          const one = byId.get(incident.massId ?? '');
          return one && incident.state === 'pending_review' && standsFor(one, incident);
        }).length;
        const asking = masses.filter((one) =>
          asksPeople(one, inside.find((row) => row.massId === one.id)?.undecided ?? 0, nowMs),
        ).length;
        return {
          seats: {
            working: sitting.filter((seat) => seat.pausedAtMs === null).length,
            paused: sitting.filter((seat) => seat.pausedAtMs !== null).length,
          },
          // As on the desk: members for whom their mass incident stands do not wait for themselves.
          waiting: { n: waiting - stoodFor + asking, oldestSinceMs: oldestWaitingAtMs },
        };
      }),
      read(panels.masses, async () => ({ masses: massesOf(await many, await members) })),
      read(panels.today, async () => {
        const [days, { raisedToday }] = await Promise.all([
          stats.incidentDays(database, from, nowMs + 1, city.zone),
          counts,
        ]);
        const sum = (pick: (day: (typeof days)[number]) => number): number =>
          days.reduce((total, day) => total + pick(day), 0);
        return {
          today: {
            raised: raisedToday,
            right: sum((day) => day.confirmed),
            decided: sum((day) => day.confirmed + day.rejected),
          },
        };
      }),
    ]);
    return {
      nowMs,
      feed: number,
      stale,
      ...weatherNow,
      ...sums,
      ...cards,
      ...marked,
      ...eyes,
      ...desk,
      ...masses,
      ...today,
    };
  });
}
