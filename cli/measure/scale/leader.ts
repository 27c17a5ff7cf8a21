// `ahual bench scale --leader 1000,12000`: what the one leader and its database take to know and plan a whole city, without a single look.
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { plan, type PlanFact } from '#ingest';
import { cameras as cameraRows, cover, measured, type Database } from '#store';
import { treeCpuS } from '../cpu.ts';
import { bar, type Measurement } from '../frame.ts';
import { withOwnDatabase } from '../own-database.ts';
import { median, rounded } from '../statistics.ts';

export interface LeaderOptions {
  readonly sizes: readonly number[];
  readonly lookEveryS: number;
  readonly rounds: number;
  readonly say: (text: string) => void;
}

/** Lists are read this often, health this often, coverage is counted this often, plans are made this often, seconds. */
const everyS = { list: 60, health: 5, count: 20, round: 1 } as const;
/** A leader that takes longer than this for one round hands out late. */
const roundMostMs = 1000;

function cameraOf(n: number): Camera {
  const id = `c${String(n).padStart(6, '0')}`;
  const square = (x: number): [number, number][] => [
    [x, 0.5],
    [x + 0.3, 0.5],
    [x + 0.3, 0.9],
    [x, 0.9],
  ];
  return Camera.parse({
    id,
    name: { kk: id, ru: id, en: id },
    point: { lon: 71.3 + (n % 300) / 1000, lat: 51 + (n % 200) / 1000 },
    district: 'esil',
    restricted: false,
    rtsp: `rtsp://10.${Math.floor(n / 65_536)}.${Math.floor(n / 256) % 256}.${n % 256}:554/stream`,
    zones: [
      { id: 'road', kind: 'carriageway', hazards: ['snow', 'flooding', 'open-manhole'], polygon: square(0.1) },
      { id: 'walk', kind: 'pavement', hazards: ['snow', 'open-manhole'], polygon: square(0.5) },
    ],
  });
}

interface Taken {
  readonly ms: number;
  readonly ownMs: number;
  readonly databaseMs: number;
}

/** Runs a piece of work some times; medians of its duration, its CPU here, and its CPU in the database. */
async function timed(pid: number | undefined, times: number, work: () => Promise<unknown>): Promise<Taken> {
  const all: Taken[] = [];
  for (let i = 0; i < times; i++) {
    const before = { ms: systemClock.monotonicMs(), own: process.cpuUsage(), database: pid ? treeCpuS(pid) : 0 };
    await work();
    const own = process.cpuUsage(before.own);
    all.push({
      ms: systemClock.monotonicMs() - before.ms,
      ownMs: (own.user + own.system) / 1000,
      databaseMs: ((pid ? treeCpuS(pid) : 0) - before.database) * 1000,
    });
  }
  const of = (pick: (one: Taken) => number): number => rounded(median(all.map(pick)), 1) ?? 0;
  return { ms: of((one) => one.ms), ownMs: of((one) => one.ownMs), databaseMs: of((one) => one.databaseMs) };
}

async function measureSize(
  database: Database,
  pid: number,
  size: number,
  options: LeaderOptions,
): Promise<Record<string, unknown>> {
  const { lookEveryS, rounds, say } = options;
  const list = Array.from({ length: size }, (_, n) => cameraOf(n));
  const filled = await timed(undefined, 1, () => database.transaction((tx) => cameraRows.replace(tx, list)));
  await measured.fillCity(database, systemClock.nowMs(), lookEveryS);
  const hourMs = cover.hourOf(systemClock.nowMs());
  await database.transaction((tx) =>
    cover.add(
      tx,
      [cover.allLooks, 'snow', 'flooding', 'open-manhole'].map((hazard) => ({
        hourMs,
        hazard,
        put: 1,
        shed: 0,
        missed: 0,
      })),
    ),
  );
  say(`${size} cameras are there`);
  const readList = await timed(pid, rounds, () => cameraRows.all(database));
  const readHealth = await timed(pid, rounds, () => cameraRows.health(database));
  const counting = await timed(pid, rounds, () => cover.count(database, systemClock.nowMs()));
  const fact: PlanFact = {
    hazards: new Set(['snow', 'flooding', 'open-manhole']),
    hasCover: false,
    isSensitive: false,
    health: { state: 'ok', fails: 0, lastLookAtMs: systemClock.nowMs() - lookEveryS * 1000 },
    isFollowedUp: false,
    weather: undefined,
  };
  const round = await timed(pid, rounds, async () => {
    const nowMs = systemClock.nowMs();
    const due = await cameraRows.due(database, nowMs, 4000);
    const planned = plan(due, () => fact, { ...planSettings, lookEveryS }, nowMs, 4000);
    await database.transaction((tx) => cameraRows.planned(tx, [...planned.put, ...planned.later, ...planned.shed]));
    await systemClock.sleep(1000);
  });
  const coresOf = (pick: (one: Taken) => number): number | null =>
    rounded(
      (pick(readList) / everyS.list + pick(readHealth) / everyS.health + pick(counting) / everyS.count + pick(round)) /
        1000,
      4,
    );
  return {
    import: { ms: rounded(filled.ms, 0) },
    list: readList,
    health: readHealth,
    count: counting,
    round: { ...round, ms: rounded(round.ms - 1000, 1) },
    leaderCores: coresOf((one) => one.ownMs),
    databaseCores: coresOf((one) => one.databaseMs),
  };
}

const planSettings = { coverEveryS: 75, followUpEveryS: 30, lookStaleS: 120, pace: 1 };

/** Fills a city of each size into a database of its own and takes the leader's work over it. */
export async function measureLeader(options: LeaderOptions): Promise<Measurement> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const size of options.sizes) {
    result[String(size)] = await withOwnDatabase('ahual-bench-leader', (database, { pid }) =>
      measureSize(database, pid, size, options),
    );
  }
  const bars = options.sizes.map((size) => {
    const round = result[String(size)]?.['round'];
    const ms =
      typeof round === 'object' && round !== null && 'ms' in round && typeof round.ms === 'number' ? round.ms : null;
    return bar(`scale.leader.${size}.roundMs`, '<=', roundMostMs, ms, options.rounds);
  });
  return {
    command: 'bench scale --leader',
    args: { sizes: options.sizes, lookEveryS: options.lookEveryS, rounds: options.rounds },
    result,
    bars,
    notes: [
      `cores: the list is read every ${everyS.list} s where nothing changed, health every ${everyS.health} s, coverage is counted every ${everyS.count} s, a round is planned every second`,
    ],
  };
}
