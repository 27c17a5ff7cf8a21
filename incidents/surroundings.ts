// What a rule may lean on, read from the store and kept for a few seconds: cameras, weather, snowfalls, dated rows.
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import type { Holiday, Policy } from '#core/policy';
import { presetOf, seenFrom } from '#core/preset';
import type { Snowfall, Weather } from '#core/weather';
import type { Circumstances } from '#hazards';
import { cameras, rules, weather, type Db } from '#store';
import { districtOf } from './place.ts';
import type { IncidentSettings } from './settings.ts';

/** Weather and dated rows are read again after this, cameras after six times as long. */
const freshMs = 10_000;
const dayMs = 86_400_000;

export interface Surroundings {
  /** Everything around an observation; undefined when the camera or zone is no longer there. */
  of(db: Db, cameraId: string, zoneId: string, nowMs: number): Promise<Circumstances | undefined>;
}

interface CityRows {
  readonly readAtMs: number;
  readonly policies: readonly Policy[];
  readonly holidays: readonly Holiday[];
  readonly weather: ReadonlyMap<string, Weather>;
  /** When it was wet last, of each district with readings; null when not within a day. */
  readonly lastWet: ReadonlyMap<string, number | null>;
  readonly snowfalls: ReadonlyMap<string, Snowfall>;
}

/** The last snowfall of each district. */
function lastSnowfalls(rows: readonly Snowfall[]): Map<string, Snowfall> {
  const last = new Map<string, Snowfall>();
  for (const row of [...rows].sort((a, b) => a.startedAtMs - b.startedAtMs)) last.set(row.district, row);
  return last;
}

/** From here on it rains, mm/h; so much snow makes meltwater when the air is above freezing, metres. */
const leastRainMmH = 0.1;
const meltingDepthM = 0.02;

function lastWetOf(rows: readonly Weather[], nowMs: number): Map<string, number | null> {
  const last = new Map<string, number | null>();
  for (const row of rows) {
    if (row.atMs > nowMs) continue;
    const isWet = row.rainMmH >= leastRainMmH || (row.snowDepthM >= meltingDepthM && row.temperatureC > 0);
    const before = last.get(row.district) ?? null;
    last.set(row.district, isWet ? Math.max(before ?? 0, row.atMs) : before);
  }
  return last;
}

/** Opens the reader. It never says what is older than some seconds, and asks the store once for all looks of that time. */
export function openSurroundings(clock: Clock, settings: IncidentSettings): Surroundings {
  const seen = new Map<string, { readAtMs: number; camera: Camera | undefined }>();
  let city: CityRows | undefined;

  async function cityRows(db: Db): Promise<CityRows> {
    const nowMs = clock.monotonicMs();
    if (city && nowMs - city.readAtMs < freshMs) return city;
    const latest = await weather.latest(db);
    const lately = await weather.since(db, clock.nowMs() - dayMs);
    city = {
      readAtMs: nowMs,
      policies: await rules.policies(db),
      holidays: await rules.holidays(db),
      weather: new Map(latest.map((row) => [row.district, row])),
      lastWet: lastWetOf(lately, clock.nowMs()),
      snowfalls: lastSnowfalls(await weather.snowfalls(db)),
    };
    return city;
  }

  async function cameraOf(db: Db, id: string): Promise<Camera | undefined> {
    const nowMs = clock.monotonicMs();
    const known = seen.get(id);
    if (known && nowMs - known.readAtMs < freshMs * 6) return known.camera;
    const camera = await cameras.byId(db, id);
    seen.set(id, { readAtMs: nowMs, camera });
    return camera;
  }

  return {
    of: async (db, cameraId, zoneId, nowMs) => {
      const camera = await cameraOf(db, cameraId);
      const zone = camera?.zones.find((z) => z.id === zoneId);
      if (!camera || !zone) return undefined;
      const rows = await cityRows(db);
      const district = districtOf(camera, zone);
      return {
        nowMs,
        // As the view of the zone has it: what lies where in the picture is not said of the other views.
        camera: seenFrom(camera, presetOf(zone)),
        zone,
        city: { zone: settings.zone, pace: settings.pace, holidays: rows.holidays },
        policies: rows.policies,
        weather: rows.weather.get(district),
        lastWetMs: rows.lastWet.get(district),
        snowfall: rows.snowfalls.get(district),
        settings: settings.hazards,
      };
    },
  };
}
