// One sight of one zone → how much of it stands under water.
import type { Zone } from '#core/camera';
import type { Sight } from '#core/detection';
import type { ZoneKind } from '#core/hazard-name';
import { ratio } from '#core/units';
import { pastFacts, rounded, unseen } from '../ground.ts';
import type { Reading } from '../hazard.ts';
import type { HazardSettings } from '../settings.ts';

const subOf: Partial<Record<ZoneKind, string>> = {
  underpass: 'underpass',
  'yard-entry': 'yard',
  pavement: 'pavement',
  stop: 'pavement',
};

/**
 * Level = the greater of the water's share of the zone and the calibrated flood level, which is the one with the camera's
 * own past where it has one. Wet asphalt is not water.
 */
export function readFlooding(sight: Sight, zone: Zone, { flooding }: HazardSettings): Reading {
  const seen = sight.zones.find((z) => z.zoneId === zone.id);
  if (!seen) return unseen('not-judged');
  const { water, wet } = seen.surface;
  const level = ratio(Math.max(water, seen.floodLevel));
  const facts = {
    share: rounded(water),
    wet: rounded(wet),
    flood: rounded(seen.floodLevel),
    hidden: rounded(seen.hiddenShare),
    ...pastFacts(seen, seen.past?.floodAlone, seen.floodLevel),
    ...(zone.areaM2 === undefined ? {} : { waterM2: Math.round(water * zone.areaM2) }),
  };
  if (seen.hiddenShare >= flooding.hiddenShare) return unseen('hidden', facts);
  if (water >= flooding.waterShare || seen.floodLevel >= flooding.floodLevel) {
    return { word: 'hazard', sub: subOf[zone.kind] ?? 'carriageway', level, boxes: [], facts };
  }
  if (water < flooding.clearShare && seen.floodLevel < flooding.clearLevel) {
    return { word: 'clear', sub: '', level, boxes: [], facts };
  }
  return unseen('unsure', facts, level);
}
