// One sight of one zone → how much of its ground lies under snow.
import type { Zone } from '#core/camera';
import type { Sight } from '#core/detection';
import type { ZoneKind } from '#core/hazard-name';
import { ratio } from '#core/units';
import { inZone, pastFacts, rounded, unseen } from '../ground.ts';
import type { Reading } from '../hazard.ts';
import type { HazardSettings } from '../settings.ts';

const subOf: Partial<Record<ZoneKind, string>> = {
  carriageway: 'carriageway',
  crossing: 'crossing',
  stop: 'stop',
  pavement: 'pavement',
  'yard-entry': 'yard',
};
const windrowPlaces: readonly ZoneKind[] = ['crossing', 'stop'];

/** Below this share of visible ground a share of it means nothing. */
const leastGround = 0.2;
/** A zone covered to this share is under snow as a whole. */
const evenCover = 0.6;

/** A bank means something where the plough has been: another zone of the same picture is clear, or there is no other. */
function isClearBeside(sight: Sight, zone: Zone, clearShare: number): boolean {
  const isAlone = sight.zones.every((z) => z.zoneId === zone.id || z.hiddenShare >= 0.5);
  return isAlone || isClearElsewhere(sight, zone, clearShare);
}

const isClearElsewhere = (sight: Sight, zone: Zone, clearShare: number): boolean =>
  sight.zones.some(
    ({ zoneId, hiddenShare, surface: s }) =>
      zoneId !== zone.id && hiddenShare < 0.5 && s.dry + s.wet >= leastGround && s.snow < clearShare / 2,
  );

/** Level = covered share of the visible ground (vehicles, walls and grass are no ground). */
export function readSnow(sight: Sight, zone: Zone, { snow }: HazardSettings): Reading {
  const seen = sight.zones.find((z) => z.zoneId === zone.id);
  if (!seen) return unseen('not-judged');
  const { dry, wet, water, snow: covered, other } = seen.surface;
  const ground = dry + wet + water + covered;
  const facts = {
    share: rounded(covered),
    ground: rounded(ground),
    other: rounded(other),
    hidden: rounded(seen.hiddenShare),
    ...pastFacts(seen, seen.past?.snowAlone, seen.snowLevel),
  };
  if (seen.hiddenShare >= snow.hiddenShare) return unseen('hidden', facts);
  if (ground < leastGround) return unseen('no-ground', facts);
  const level = ratio(covered / ground);
  const shown = { ...facts, share: rounded(level) };
  if (level < snow.coveredShare && windrowPlaces.includes(zone.kind)) {
    const bank = seen.bank?.share ?? 0;
    const facts = { ...shown, bank: rounded(bank) };
    if (seen.bank && bank >= snow.bankShare && isClearBeside(sight, zone, snow.clearShare)) {
      return { word: 'hazard', sub: 'windrow', level: ratio(bank), boxes: [seen.bank.box], facts };
    }
    if (bank >= snow.bankShare / 2) return unseen('unsure', facts, level);
  }
  if (level < snow.clearShare) return { word: 'clear', sub: '', level, boxes: [], facts: shown };
  // Water mirrors a white sky: where more of the ground is water than snow, the white is not held to be snow.
  if (level < snow.coveredShare || water > covered) return unseen('unsure', shown, level);
  const heaps = windrowPlaces.includes(zone.kind) ? inZone(sight, zone, ['heap'], snow.windrowScore) : [];
  // Under an even cover every lump looks like a bank: one means something where part of the ground is free again.
  const windrow = heaps.length > 0 && (level < evenCover || isClearElsewhere(sight, zone, snow.clearShare));
  return {
    word: 'hazard',
    sub: windrow ? 'windrow' : (subOf[zone.kind] ?? 'carriageway'),
    level,
    boxes: heaps.map((d) => d.box),
    facts: shown,
  };
}
