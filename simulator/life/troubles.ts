// The nuisances of a street: what must not be taken for a hazard, when it happens, and how far it leads the eyes astray.
import type { Camera, Zone } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import { chance } from '../seed.ts';
import { uniform } from './noise.ts';
import type { SkyOf } from './sky.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

export const nuisances = [
  'parked-over',
  'works',
  'puddle',
  'kerb-bank',
  'half-cleared',
  'plough',
  'shadow',
  'low-sun',
  'headlights-wet',
  'lamps',
  'infra-red',
  'umbrellas',
  'street-washing',
  'dark-patch',
  'mirror',
  'shake',
  'lens-drops',
  'lens-snow',
  'lens-ice',
  'moved',
  'frozen',
  'black',
  'wrong-clock',
  'late-pictures',
  'late-delivery',
] as const;
export type Nuisance = (typeof nuisances)[number];

export interface Trouble {
  readonly kind: Nuisance;
  readonly cameraId: string;
  /** The zone it concerns; the whole camera where it is empty. */
  readonly zoneId: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** How bad: a share of the zone for water and snow, a strength in 0..1 for the others, minutes for what comes late. */
  readonly size: number;
}

const all: readonly HazardName[] = ['snow', 'flooding', 'open-manhole', 'dumping'];

/** For which hazard a nuisance may be taken. */
export const concerns: Readonly<Record<Nuisance, readonly HazardName[]>> = {
  'parked-over': ['open-manhole', 'snow', 'dumping'],
  works: ['open-manhole'],
  puddle: ['flooding'],
  'kerb-bank': ['snow'],
  'half-cleared': ['snow'],
  plough: ['snow'],
  shadow: ['open-manhole', 'dumping'],
  'low-sun': ['flooding', 'snow', 'open-manhole'],
  'headlights-wet': ['flooding'],
  lamps: ['flooding'],
  'infra-red': all,
  umbrellas: ['dumping', 'open-manhole'],
  'street-washing': ['flooding'],
  'dark-patch': ['open-manhole'],
  mirror: ['flooding'],
  shake: all,
  'lens-drops': all,
  'lens-snow': all,
  'lens-ice': all,
  moved: all,
  frozen: all,
  black: all,
  'wrong-clock': all,
  'late-pictures': all,
  'late-delivery': all,
};

type Need = 'rain' | 'snow' | 'frost' | 'winter' | 'wet-night' | 'warm';

/** How often things trouble a camera: chance a day, hours from and to. Product defaults; a city's own log replaces them. */
const habits: readonly {
  readonly kind: Nuisance;
  readonly perDay: number;
  readonly hours: readonly [number, number];
  readonly size?: readonly [number, number];
  readonly needs?: Need;
  readonly zones?: (zone: Zone) => boolean;
}[] = [
  { kind: 'parked-over', perDay: 0.25, hours: [0.3, 9], zones: (z) => z.kind === 'manhole' || z.kind === 'yard-entry' },
  { kind: 'works', perDay: 0.01, hours: [0.5, 4], zones: (z) => z.kind === 'manhole' },
  { kind: 'shadow', perDay: 0.3, hours: [0.5, 3], zones: (z) => z.kind === 'manhole' || z.kind === 'no-dumping' },
  { kind: 'puddle', perDay: 0.15, hours: [2, 24], size: [0.02, 0.14], zones: (z) => z.hazards.includes('flooding') },
  {
    kind: 'kerb-bank',
    perDay: 0.2,
    hours: [6, 24],
    size: [0.02, 0.1],
    needs: 'winter',
    zones: (z) => z.hazards.includes('snow'),
  },
  {
    kind: 'street-washing',
    perDay: 0.08,
    hours: [0.2, 0.8],
    size: [0.02, 0.1],
    needs: 'warm',
    zones: (z) => z.kind === 'carriageway' || z.kind === 'crossing',
  },
  {
    kind: 'headlights-wet',
    perDay: 0.8,
    hours: [0.2, 1.5],
    needs: 'wet-night',
    zones: (z) => z.hazards.includes('flooding'),
  },
  { kind: 'lamps', perDay: 0.4, hours: [0.5, 5], needs: 'wet-night', zones: (z) => z.hazards.includes('flooding') },
  { kind: 'umbrellas', perDay: 0.3, hours: [0.2, 1], needs: 'rain' },
  { kind: 'shake', perDay: 0.1, hours: [0.2, 3] },
  { kind: 'lens-drops', perDay: 0.06, hours: [0.2, 2], needs: 'rain' },
  { kind: 'lens-snow', perDay: 0.08, hours: [0.5, 8], needs: 'snow' },
  { kind: 'lens-ice', perDay: 0.02, hours: [1, 10], needs: 'frost' },
  { kind: 'moved', perDay: 0.003, hours: [2, 24] },
  { kind: 'frozen', perDay: 0.003, hours: [0.2, 6] },
  { kind: 'black', perDay: 0.004, hours: [0.2, 10] },
  { kind: 'wrong-clock', perDay: 0.01, hours: [2, 24] },
  { kind: 'late-pictures', perDay: 0.02, hours: [0.3, 4], size: [2, 15] },
  { kind: 'late-delivery', perDay: 0.02, hours: [0.2, 2], size: [1, 8] },
];

/** Shares of the zones that always look like something: asphalt mended in black, ground that shines when it is wet. */
const patched = 0.1;
const shining = 0.05;
/** Roads stay wet for so long after the rain. */
export const dryingMs = 90 * minuteMs;

interface Around {
  readonly seed: number;
  readonly cameras: readonly Camera[];
  readonly sky: SkyOf;
  readonly fromMs: number;
  readonly days: number;
}

const isNear = (a: number, b: number, degrees: number): boolean => Math.abs(((a - b + 540) % 360) - 180) <= degrees;

/** Low sun in the lens: an hour after its rise and before its set, for cameras that look towards it, on dry days. */
function lowSun({ sky, seed }: Around, camera: Camera, dayAtMs: number): Trouble[] {
  const out: Trouble[] = [];
  for (let atMs = dayAtMs; atMs < dayAtMs + dayMs; atMs += 15 * minuteMs) {
    const { azimuthDeg, sinceRiseH, untilSetH } = sky.sunAt(atMs);
    const isLow = (sinceRiseH >= 0 && sinceRiseH < 1.2) || (untilSetH > 0 && untilSetH < 1.2);
    if (!isLow || !isNear(azimuthDeg, camera.bearingDeg, 40)) continue;
    const { rainMmH, snowfallCmH } = sky.at(atMs);
    const key = `sun ${seed} ${camera.id} ${dayAtMs}`;
    if (rainMmH > 0 || snowfallCmH > 0 || uniform(key) > 0.7) continue;
    const size = 0.5 + 0.5 * uniform(`${key} size`);
    out.push({ kind: 'low-sun', cameraId: camera.id, zoneId: '', fromMs: atMs, toMs: atMs + 15 * minuteMs, size });
  }
  return out;
}

/** Half of the cameras have a lamp of their own and switch to grey at dusk and back at dawn. */
function infraRed({ sky, seed }: Around, camera: Camera, dayAtMs: number): Trouble[] {
  if (uniform(`infra-red ${seed} ${camera.id}`) < 0.5) return [];
  const out: Trouble[] = [];
  for (let atMs = dayAtMs; atMs < dayAtMs + dayMs; atMs += 10 * minuteMs) {
    if (sky.at(atMs).isDay === sky.at(atMs + 10 * minuteMs).isDay) continue;
    const toMs = atMs + 30 * minuteMs;
    out.push({ kind: 'infra-red', cameraId: camera.id, zoneId: '', fromMs: atMs, toMs, size: 1 });
  }
  return out;
}

/** What a zone always is. */
function lasting({ seed, fromMs, days }: Around, camera: Camera): Trouble[] {
  return camera.zones.flatMap((zone): Trouble[] => {
    const place = `${camera.id}/${zone.id}`;
    const key = `${seed} ${place}`;
    // The same draw by which an error model that was measured on such zones chooses them: they are named, and count once.
    const sort = (matter: string, at = place): number => uniform(`tail ${seed} ${matter} ${at}`);
    const isPatched = zone.kind === 'manhole' ? sort('spot') < patched : sort('box', `box ${place}`) < patched;
    const at = { cameraId: camera.id, zoneId: zone.id, fromMs: fromMs - dayMs, toMs: fromMs + (days + 1) * dayMs };
    const size = 0.4 + 0.6 * uniform(`lasting ${key}`);
    return [
      ...(zone.hazards.includes('open-manhole') && isPatched ? [{ ...at, kind: 'dark-patch' as const, size }] : []),
      ...(zone.hazards.includes('flooding') && sort('flood') < shining
        ? [{ ...at, kind: 'mirror' as const, size }]
        : []),
    ];
  });
}

/** When a habit begins on a day, by what it needs; undefined where the day does not offer it. */
function beginOf({ sky }: Around, needs: Need | undefined, dayAtMs: number, when: number): number | undefined {
  const begin = dayAtMs + when * dayMs;
  const spellOf = (kind: 'rain' | 'snow') =>
    sky.spells.find((s) => s.kind === kind && s.fromMs >= dayAtMs && s.fromMs < dayAtMs + dayMs);
  switch (needs) {
    case undefined:
      return begin;
    case 'rain':
    case 'snow': {
      const spell = spellOf(needs);
      return spell && spell.fromMs + when * (spell.toMs - spell.fromMs);
    }
    case 'wet-night': {
      const spell = spellOf('rain');
      const atMs = spell && spell.fromMs + when * (spell.toMs + dryingMs - spell.fromMs);
      return atMs !== undefined && !sky.at(atMs).isDay ? atMs : undefined;
    }
    case 'frost':
      return sky.at(begin).temperatureC > -12 ? undefined : begin;
    case 'winter':
      return sky.seasonOf(begin) === 'winter' ? begin : undefined;
    case 'warm':
      return sky.seasonOf(begin) === 'winter' ? undefined : begin;
  }
}

/** Everything that troubles these cameras in these days, but what follows from a snowfall. */
export function troublesOf(around: Around): Trouble[] {
  const { seed, cameras, fromMs, days } = around;
  return cameras.flatMap((camera) => {
    const next = chance(`troubles ${seed} ${camera.id}`);
    const eachDay = Array.from({ length: days }, (_, day) => fromMs + day * dayMs);
    const habitual = eachDay.flatMap((dayAtMs) =>
      habits.flatMap((habit): Trouble[] => {
        const zones = habit.zones ? camera.zones.filter(habit.zones) : [{ id: '' }];
        return zones.flatMap((zone): Trouble[] => {
          const [wanted, when, howLong, howMuch] = [next(), next(), next(), next()];
          if (wanted >= habit.perDay) return [];
          const begin = beginOf(around, habit.needs, dayAtMs, when);
          if (begin === undefined) return [];
          const lasts = (habit.hours[0] + (habit.hours[1] - habit.hours[0]) * howLong ** 2) * hourMs;
          const [least, most] = habit.size ?? [0.5, 1];
          const size = least + (most - least) * howMuch;
          return [{ kind: habit.kind, cameraId: camera.id, zoneId: zone.id, fromMs: begin, toMs: begin + lasts, size }];
        });
      }),
    );
    const lit = eachDay.flatMap((dayAtMs) => [
      ...lowSun(around, camera, dayAtMs),
      ...infraRed(around, camera, dayAtMs),
    ]);
    return [...lasting(around, camera), ...habitual, ...lit];
  });
}

/** By how much nuisances move what the eyes say of calm ground, in logits. */
export interface Leaning {
  readonly flood: number;
  readonly snow: number;
  readonly cover: number;
  readonly heap: number;
  /** What mended and shining ground adds for ever, where the error model has not been measured on such zones. */
  readonly patch: number;
  readonly mirror: number;
}

/** At full strength; assumptions, not measurements: the error model's spread holds what was measured. */
const leanings: Partial<Record<Nuisance, Partial<Leaning>>> = {
  'low-sun': { flood: 0.6, snow: 0.4, cover: 0.6 },
  'headlights-wet': { flood: 1.2 },
  lamps: { flood: 0.8 },
  'infra-red': { snow: 0.6, cover: 0.3 },
  'dark-patch': { patch: 1.6 },
  shake: { cover: 0.4, flood: 0.2, heap: 0.2 },
  moved: { cover: 1.2, flood: 0.5, heap: 0.5 },
};
/** A zone that shines does so when it is wet. */
const mirrorWet = 1.5;

/** What the nuisances of a moment do to a zone's levels; `wet` 0 dry to 1 wet. */
export function leaningOf(troubles: readonly Trouble[], zoneId: string, wet: number): Leaning {
  const sum = { flood: 0, snow: 0, cover: 0, heap: 0, patch: 0, mirror: 0 };
  for (const { kind, zoneId: at, size } of troubles) {
    if (at !== '' && at !== zoneId) continue;
    const by = leanings[kind] ?? {};
    sum.flood += size * (by.flood ?? 0);
    sum.mirror += kind === 'mirror' ? size * mirrorWet * wet : 0;
    sum.patch += size * (by.patch ?? 0);
    sum.snow += size * (by.snow ?? 0);
    sum.cover += size * (by.cover ?? 0);
    sum.heap += size * (by.heap ?? 0);
  }
  return sum;
}
