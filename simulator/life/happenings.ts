// What really happens in the simulated town: the ground of every zone at every moment, hazards, visits and nuisances.
import type { Camera, Zone } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import { ramp, uniform } from './noise.ts';
import { plant, sweptAfter, waterOf, type Planted, type PlantOptions, type Spot } from './planting.ts';
import type { Spell } from './sky.ts';
import { siteOf } from './town.ts';
import { dryingMs, leaningOf, troublesOf, type Leaning, type Nuisance, type Trouble } from './troubles.ts';
import { visitsOf, type Visit } from './visits.ts';

export { usefulS, type Planted, type Spot } from './planting.ts';
export { concerns, nuisances, type Leaning, type Nuisance, type Trouble } from './troubles.ts';
export { visitKinds, type Visit, type VisitKind } from './visits.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** What lies and stands in a zone at a moment, as somebody standing there would say. */
export interface Ground {
  readonly snow: number;
  readonly bank: number;
  readonly water: number;
  /** 0 dry to 1 wet. */
  readonly wet: number;
  readonly cover: 'closed' | 'open' | 'works';
  readonly hidden: number;
  readonly heap: number;
}

export interface Life {
  readonly planted: readonly Planted[];
  readonly visits: readonly Visit[];
  groundAt(camera: Camera, zone: Zone, atMs: number): Ground;
  troublesAt(cameraId: string, atMs: number): readonly Trouble[];
  /** All troubles of a camera that touch a stretch of time. */
  troublesWithin(cameraId: string, fromMs: number, toMs: number): readonly Trouble[];
  /** By how much nuisances move what the eyes say of calm ground there, in logits. */
  leaningAt(camera: Camera, zone: Zone, atMs: number): Leaning;
  /** Which moment a camera's picture shows: an earlier one where it is frozen or comes late. */
  shownAt(cameraId: string, atMs: number): number;
}

export type LifeOptions = PlantOptions;

function grouped<T>(list: readonly T[], keysOf: (one: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    for (const key of keysOf(one)) {
      const group = groups.get(key);
      if (group) group.push(one);
      else groups.set(key, [one]);
    }
  }
  return groups;
}

const keyOf = (spot: Spot): string => `${spot.cameraId}/${spot.zoneId}`;

const sweepingMs = 25 * minuteMs;
/** Of a hundred zones so many are left half-cleared, under the limit, and so many are swept just as their time ends. */
const halfClearedPer100 = 15;
const lastMinutePer100 = 6;
/** Wet ground keeps a film from which puddles are made. */
const wettingMs = 5 * minuteMs;

interface Sweep {
  readonly sweptMs: number;
  /** Share that the plough leaves, under the limit of the hazard. */
  readonly leaves: number;
}

/** How a zone's snow goes after a snowfall when nobody fails to take it away. */
function sweepOf({ seed, snowDeadlineMs }: LifeOptions, camera: Camera, zone: Zone, spell: Spell): Sweep {
  const key = `${seed} ${siteOf(camera, zone)} ${spell.toMs}`;
  const deadlineMs = snowDeadlineMs(camera, zone, spell.toMs) ?? spell.toMs + 12 * hourMs;
  const isLast = uniform(`last minute ${key}`) * 100 < lastMinutePer100;
  // In view of the plough the deadline gets half an hour more (domain 3.1).
  const sweptMs = isLast
    ? deadlineMs + (uniform(`when ${key}`) * 25 - 10) * minuteMs
    : spell.toMs + sweptAfter(key) * (deadlineMs - spell.toMs);
  const leaves = uniform(`half ${key}`) * 100 < halfClearedPer100 ? 0.05 + 0.12 * uniform(`rest ${key}`) : 0;
  return { sweptMs, leaves };
}

/** The plough at its work and what it leaves, as nuisances. */
function ploughs(options: LifeOptions): Trouble[] {
  const { cameras, sky, fromMs, days } = options;
  const spells = sky.spells.filter((s) => s.kind === 'snow' && s.toMs > fromMs && s.toMs < fromMs + days * dayMs);
  return cameras.flatMap((camera) =>
    camera.zones
      .filter((zone) => zone.hazards.includes('snow'))
      .flatMap((zone) =>
        spells.flatMap((spell): Trouble[] => {
          const { sweptMs, leaves } = sweepOf(options, camera, zone, spell);
          const at = { cameraId: camera.id, zoneId: zone.id };
          return [
            { ...at, kind: 'plough', fromMs: sweptMs - sweepingMs, toMs: sweptMs, size: 1 },
            ...(leaves > 0
              ? [{ ...at, kind: 'half-cleared' as const, fromMs: sweptMs, toMs: sweptMs + 8 * hourMs, size: leaves }]
              : []),
          ];
        }),
      ),
  );
}

/** Everything that happens to these cameras in these days. The same options give the same life. */
export function lifeOf(options: LifeOptions): Life {
  const { seed, sky, fromMs, days } = options;
  const endMs = fromMs + days * dayMs;
  const planted = plant(options);
  const byZone = grouped(planted, (one) => one.seenBy.map(keyOf));
  const troublesBy = grouped([...troublesOf(options), ...ploughs(options)], (one) => [one.cameraId]);
  const visits = visitsOf(options, planted).filter((visit) => visit.leftAtMs < endMs);
  const none: readonly never[] = [];

  const troublesAt = (cameraId: string, atMs: number): readonly Trouble[] =>
    (troublesBy.get(cameraId) ?? none).filter((one) => one.fromMs <= atMs && atMs < one.toMs);

  function snowAt(camera: Camera, zone: Zone, atMs: number, here: readonly Planted[]): number {
    const spell = sky.last('snow', atMs);
    const key = `${seed} ${siteOf(camera, zone)}`;
    const left = sky.seasonOf(atMs) === 'winter' ? 0.02 + 0.07 * uniform(`left ${key}`) : 0;
    if (!spell) return left;
    const fallen = 0.92 * ramp(atMs, spell.fromMs, spell.fromMs + hourMs);
    const late = here.find(
      (one) => one.hazard === 'snow' && one.sub !== 'windrow' && one.cause === `snowfall @${spell.toMs}`,
    );
    const sweep = sweepOf(options, camera, zone, spell);
    const sweptMs = late?.toMs ?? sweep.sweptMs;
    const swept = ramp(atMs, sweptMs - sweepingMs, sweptMs);
    const leaves = late ? 0 : sweep.leaves * (1 - ramp(atMs, sweptMs, sweptMs + 8 * hourMs));
    return Math.max(left, leaves * swept, fallen * (1 - swept));
  }

  function wetAt(atMs: number, troubled: readonly Trouble[]): number {
    const rain = sky.last('rain', atMs);
    const fromRain = rain
      ? ramp(atMs, rain.fromMs, rain.fromMs + wettingMs) * (1 - ramp(atMs, rain.toMs, rain.toMs + dryingMs))
      : 0;
    return troubled.some((one) => one.kind === 'street-washing') ? 1 : fromRain;
  }
  const inZone = (cameraId: string, zoneId: string, atMs: number): readonly Trouble[] =>
    (troublesBy.get(cameraId) ?? none).filter((one) => one.zoneId === zoneId && one.fromMs <= atMs && atMs < one.toMs);

  return {
    planted,
    visits,
    troublesAt,
    troublesWithin: (cameraId, a, b) =>
      (troublesBy.get(cameraId) ?? none).filter((one) => one.fromMs <= b && a < one.toMs),
    leaningAt: (camera, zone, atMs) =>
      leaningOf(troublesAt(camera.id, atMs), zone.id, wetAt(atMs, inZone(camera.id, zone.id, atMs))),
    shownAt(cameraId, atMs) {
      const now = troublesAt(cameraId, atMs);
      const frozen = now.find((one) => one.kind === 'frozen');
      const late = now.find((one) => one.kind === 'late-pictures');
      return frozen?.fromMs ?? atMs - (late ? late.size * minuteMs : 0);
    },
    groundAt(camera, zone, atMs) {
      const here = byZone.get(`${camera.id}/${zone.id}`) ?? none;
      const now = here.filter((one) => one.fromMs <= atMs && atMs < one.toMs);
      const of = (hazard: HazardName): Planted | undefined => now.find((one) => one.hazard === hazard);
      const troubled = inZone(camera.id, zone.id, atMs);
      const trouble = (kind: Nuisance): number =>
        Math.max(0, ...troubled.filter((t) => t.kind === kind).map((t) => t.size));
      const wet = wetAt(atMs, troubled);
      const flood = here.find((one) => one.hazard === 'flooding' && one.beginsMs <= atMs && atMs < one.goneMs);
      const isBeside = flood !== undefined && flood.zoneId !== zone.id;
      const open = of('open-manhole');
      const windrow = now.find((one) => one.sub === 'windrow');
      return {
        snow: zone.hazards.includes('snow') ? snowAt(camera, zone, atMs, here) : 0,
        bank: Math.max(windrow?.size ?? 0, trouble('kerb-bank')),
        water: Math.max(flood ? waterOf(flood, atMs, isBeside) : 0, wet * trouble('puddle'), trouble('street-washing')),
        wet: Math.max(wet, flood ? 1 : 0),
        cover: open ? 'open' : trouble('works') > 0 ? 'works' : 'closed',
        hidden: Math.max(trouble('parked-over'), 0.4 * trouble('plough')),
        heap: of('dumping')?.size ?? 0,
      };
    },
  };
}
