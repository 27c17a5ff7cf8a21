// What was almost raised: everything that was seen and kept from people, by which rule and how often (screens 4.7).
import type { Zone } from '#core/camera';
import type { Held } from '#core/held';
import type { HazardSettings } from '#hazards';
import { held } from '#store';
import type { HeldList, HeldRow } from '../contract.ts';
import type { Glass } from './glass.ts';
import { mayPictures } from './scope.ts';
import { serve } from './serve.ts';

const hourMs = 3_600_000;

/**
 * The level from which a look alone says hazard. Water has two: the share of the zone under it, and the level of the whole zone; what
 * lies below the second and was yet held as a hazard was one by the first.
 */
function raiseAt(
  row: Pick<Held, 'hazard' | 'rule' | 'level'>,
  zone: Zone | undefined,
  settings: HazardSettings,
): number {
  switch (row.hazard) {
    case 'snow':
      return settings.snow.coveredShare;
    case 'dumping':
      return settings.dumping.heapScore;
    case 'open-manhole':
      return zone?.kind === 'manhole' ? settings['open-manhole'].spotOpen : settings['open-manhole'].boxScore;
    case 'flooding': {
      const { floodLevel, waterShare } = settings.flooding;
      return row.rule === 'below-raise' || row.level >= floodLevel ? floodLevel : waterShare;
    }
  }
}

type Sums = HeldList['sums'];

function sumsOf(
  lastHour: readonly held.HeldSum[],
  last12h: readonly held.HeldSum[],
  last24h: readonly held.HeldSum[],
): Sums {
  const of = (sums: readonly held.HeldSum[], wanted: held.HeldSum): number =>
    sums.find((one) => one.hazard === wanted.hazard && one.rule === wanted.rule)?.episodes ?? 0;
  return last24h
    .map((day) => ({
      hazard: day.hazard,
      rule: day.rule,
      lastHour: of(lastHour, day),
      last12h: of(last12h, day),
      last24h: day.episodes,
      cameras: day.cameras,
    }))
    .sort((a, b) => b.last24h - a.last24h || a.hazard.localeCompare(b.hazard) || a.rule.localeCompare(b.rule));
}

/** The route of what was almost raised. */
export function openHeld({ app, door, database, clock, register, settings }: Glass): void {
  serve(app, door, 'held', async ({ query, session }) => {
    const nowMs = clock.nowMs();
    const { sinceMs = nowMs - 24 * hourMs, hazard, rule, limit } = query;
    const [rows, lastHour, last12h, last24h] = await Promise.all([
      held.list(database, { sinceMs, hazard, rule, limit }),
      held.sums(database, nowMs - hourMs),
      held.sums(database, nowMs - 12 * hourMs),
      held.sums(database, nowMs - 24 * hourMs),
    ]);
    const numbers = await held.numbersOf(
      database,
      rows.flatMap((row) => row.incidentId ?? []),
    );
    const shown = rows.map((row): HeldRow => {
      const camera = register.camera(row.cameraId);
      const zone = camera?.zones.find((one) => one.id === row.zoneId);
      const number = row.incidentId === null ? undefined : numbers.get(row.incidentId);
      const { cameraId, zoneId, firstAtMs, lastAtMs, looks, level } = row;
      return {
        cameraId,
        place: camera?.name ?? { kk: cameraId, ru: cameraId, en: cameraId },
        zoneId,
        zoneKind: zone?.kind ?? null,
        hazard: row.hazard,
        rule: row.rule,
        firstAtMs,
        lastAtMs,
        looks,
        level,
        raiseAt: raiseAt(row, zone, settings.incidents.hazards),
        stillSha256: camera && mayPictures(session.person, camera) ? row.stillSha256 : null,
        incident: row.incidentId !== null && number !== undefined ? { id: row.incidentId, number } : null,
      };
    });
    return { nowMs, rows: shown, sums: sumsOf(lastHour, last12h, last24h) };
  });
}
