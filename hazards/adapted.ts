// A camera's learned correction, applied: the numbers of one zone are moved by log-odds, then the hazard reads them as ever.
import type { Adaptation, AdaptationParameters, Lesson } from '#core/adaptation';
import { mostCorrection } from '#core/adaptation';
import type { Camera, Zone } from '#core/camera';
import type { DetectionClass, Sight, ZoneSight } from '#core/detection';
import { inRing } from '#core/geo';
import type { HazardName } from '#core/hazard-name';
import { presetOf } from '#core/preset';
import type { Reading } from './hazard.ts';
import { hazards } from './list.ts';
import type { HazardSettings } from './settings.ts';

/** Levels nearer to 0 or 1 than this are not told apart. */
const edge = 1e-3;

/** Log-odds of a level, with its ends cut off at ±6.9. */
export const logOdds = (level: number): number => {
  const inside = Math.min(1 - edge, Math.max(edge, level));
  return Math.log(inside / (1 - inside));
};

/** A level moved by log-odds; never out of 0..1, unmoved by 0, and monotone in both. */
export function movedBy(level: number, by: number): number {
  if (by === 0) return level;
  const moved = 1 / (1 + Math.exp(-(logOdds(level) + by)));
  return by < 0 ? Math.min(level, moved) : Math.max(level, moved);
}

const limited = (by: number): number => Math.min(mostCorrection.up, Math.max(mostCorrection.down, by));

/** By how much a correction moves a zone of this margin (log-odds, limited); null when it needs features and there are none. */
export function correctionOf(
  parameters: AdaptationParameters,
  margin: number,
  features: readonly number[] | null,
): number | null {
  switch (parameters.kind) {
    case 'threshold':
      return limited(parameters.offset);
    case 'norm':
      return limited(parameters.toCentre + (margin - parameters.centre) * parameters.stretch - margin);
    case 'head': {
      if (features === null) return null;
      const { bias, weights, mean, scale } = parameters;
      const sum = weights.reduce(
        (total, weight, i) => total + (weight * ((features[i] ?? 0) - (mean[i] ?? 0))) / (scale[i] ?? 1),
        bias,
      );
      return limited(sum);
    }
  }
}

/** Classes whose scores in a zone stand for a hazard. */
const classesOf: Partial<Record<HazardName, readonly DetectionClass[]>> = {
  'open-manhole': ['manhole_open'],
  dumping: ['heap', 'sacks'],
};

const groundOf = ({ surface: { dry, wet, water, snow } }: ZoneSight): number => dry + wet + water + snow;

function movedZone(seen: ZoneSight, hazard: HazardName, by: number): ZoneSight {
  const { surface } = seen;
  switch (hazard) {
    case 'flooding': {
      const water = movedBy(surface.water, by);
      // What is not water is wet ground; where water is added it comes from the rest of the ground.
      const wet = Math.max(0, surface.wet + surface.water - water);
      return { ...seen, floodLevel: movedBy(seen.floodLevel, by), surface: { ...surface, water, wet } };
    }
    case 'snow': {
      const ground = groundOf(seen);
      const snow = ground > 0 ? ground * movedBy(surface.snow / ground, by) : 0;
      const rest = ground - surface.snow;
      const keep = rest > 0 ? (ground - snow) / rest : 0;
      const bare = rest > 0 ? 0 : ground - snow;
      return {
        ...seen,
        snowLevel: movedBy(seen.snowLevel, by),
        surface: {
          ...surface,
          snow,
          dry: surface.dry * keep + bare,
          wet: surface.wet * keep,
          water: surface.water * keep,
        },
        bank: seen.bank === null ? null : { ...seen.bank, share: movedBy(seen.bank.share, by) },
      };
    }
    case 'open-manhole': {
      const { spot } = seen;
      if (spot === undefined) return seen;
      const open = movedBy(spot.open, by);
      return { ...seen, spot: { ...spot, open, closed: Math.max(0, spot.closed + spot.open - open) } };
    }
    case 'dumping':
      return seen;
  }
}

/** A copy of the sight in which the numbers that one hazard leans on in one zone are moved by log-odds. */
export function adaptSight(sight: Sight, zone: Zone, hazard: HazardName, by: number): Sight {
  if (by === 0) return sight;
  const classes = classesOf[hazard] ?? [];
  return {
    ...sight,
    zones: sight.zones.map((seen) => (seen.zoneId === zone.id ? movedZone(seen, hazard, by) : seen)),
    detections: sight.detections.map((d) =>
      classes.includes(d.class) && inRing(d.box.x + d.box.w / 2, d.box.y + d.box.h / 2, zone.polygon)
        ? { ...d, score: movedBy(d.score, by) }
        : d,
    ),
  };
}

const windrowPlaces: readonly Zone['kind'][] = ['crossing', 'stop'];

/**
 * By how much the networks lie above the point where a look says "hazard" (log-odds): moving the zone's numbers by more
 * than its negative brings the word over that point, by less takes it back. Null where the look cannot judge the zone.
 */
export function marginOf(sight: Sight, zone: Zone, hazard: HazardName, settings: HazardSettings): number | null {
  const seen = sight.zones.find((one) => one.zoneId === zone.id);
  if (seen === undefined) return null;
  const over = (level: number, limit: number): number => logOdds(level) - logOdds(limit);
  const best = (classes: readonly DetectionClass[]): number =>
    Math.max(
      0,
      ...sight.detections
        .filter((d) => classes.includes(d.class) && inRing(d.box.x + d.box.w / 2, d.box.y + d.box.h / 2, zone.polygon))
        .map((d) => d.score),
    );
  switch (hazard) {
    case 'flooding': {
      const { hiddenShare, waterShare, floodLevel } = settings.flooding;
      if (seen.hiddenShare >= hiddenShare) return null;
      return Math.max(over(seen.surface.water, waterShare), over(seen.floodLevel, floodLevel));
    }
    case 'snow': {
      const { hiddenShare, coveredShare, bankShare } = settings.snow;
      const ground = groundOf(seen);
      if (seen.hiddenShare >= hiddenShare || ground < 0.2) return null;
      const covered = over(seen.surface.snow / ground, coveredShare);
      return windrowPlaces.includes(zone.kind) ? Math.max(covered, over(seen.bank?.share ?? 0, bankShare)) : covered;
    }
    case 'open-manhole': {
      const { hiddenShare, spotOpen, boxScore } = settings['open-manhole'];
      if (seen.hiddenShare >= hiddenShare) return null;
      if (zone.kind === 'manhole' && seen.spot) return over(seen.spot.open, spotOpen);
      return over(best(['manhole_open']), boxScore);
    }
    case 'dumping':
      if (seen.hiddenShare >= settings.dumping.hiddenShare) return null;
      return over(best(['heap', 'sacks']), settings.dumping.heapScore);
  }
}

/** What a correction's level stands on: networks that speak in every look, so that a second opinion changes nothing here. */
export const networkOf = (models: readonly string[]): string =>
  models.filter((name) => /^(road|spot)-/.test(name)).join(', ');

/** What an adapted reading says, and what the networks alone say. */
export interface AdaptedReading {
  readonly alone: Reading;
  readonly said: Reading;
  readonly shadow: { readonly id: string; readonly reading: Reading } | null;
}

/** Reads a zone by the networks alone, by the correction that speaks, and by the one that runs beside. */
export function readAdapted(
  sight: Sight,
  zone: Zone,
  hazard: HazardName,
  settings: HazardSettings,
  adaptations: readonly Adaptation[],
): AdaptedReading {
  const alone = hazards[hazard].read(sight, zone, settings);
  if (adaptations.length === 0) return { alone, said: alone, shadow: null };
  const network = networkOf(sight.models);
  const features = sight.zones.find((one) => one.zoneId === zone.id)?.features ?? null;
  const margin = marginOf(sight, zone, hazard, settings);
  const apply = (adaptation: Adaptation | undefined): Reading | null => {
    if (adaptation?.network !== network || margin === null) return null;
    const by = correctionOf(adaptation.parameters, margin, features);
    return by === null ? null : hazards[hazard].read(adaptSight(sight, zone, hazard, by), zone, settings);
  };
  const mine = adaptations.filter((one) => one.hazard === hazard);
  const speaker = mine.find((one) => one.speaks);
  const spoken = apply(speaker);
  const beside = mine.find((one) => !one.speaks);
  const besideReading = apply(beside);
  const said =
    speaker === undefined || spoken === null
      ? alone
      : {
          ...spoken,
          facts: { ...spoken.facts, adapted: speaker.number, alone: Math.round(alone.level * 1000) / 1000 },
        };
  return {
    alone,
    said,
    shadow: beside === undefined || besideReading === null ? null : { id: beside.id, reading: besideReading },
  };
}

/**
 * What a look could teach of every zone and hazard that it could judge. `settings` are those of the reading; a picture of no
 * use teaches nothing.
 */
export function lessonsOf(
  sight: Sight,
  camera: Camera,
  settings: HazardSettings,
  adaptations: readonly Adaptation[],
): Lesson[] {
  if (sight.quality.kind !== 'good') return [];
  const network = networkOf(sight.models);
  const mine = camera.zones.filter((zone) => sight.preset === undefined || presetOf(zone) === sight.preset);
  return mine.flatMap((zone) =>
    zone.hazards
      .filter((name) => settings[name].enabled && hazards[name].zoneKinds.includes(zone.kind))
      .flatMap((hazard) => {
        const margin = marginOf(sight, zone, hazard, settings);
        if (margin === null) return [];
        const { alone, said, shadow } = readAdapted(sight, zone, hazard, settings, adaptations);
        return [
          {
            zoneId: zone.id,
            hazard,
            word: alone.word,
            level: alone.level,
            margin,
            said: said.word,
            network,
            features: sight.zones.find((one) => one.zoneId === zone.id)?.features ?? null,
            shadow: shadow === null ? null : { id: shadow.id, word: shadow.reading.word, level: shadow.reading.level },
          },
        ];
      }),
  );
}
