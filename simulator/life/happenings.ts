// What really happens in the simulated town: hazards with their truth, and every nuisance that must not be taken for one.
import type { Camera, Zone } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import { chance, pick } from '../seed.ts';
import { ramp, uniform } from './noise.ts';
import type { SkyOf, Spell } from './sky.ts';
import { sortOf } from './town.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** A hazard that is really there: it should be raised after `fromMs`, and is of use to anybody until `usefulMs`. */
export interface Planted {
  readonly id: string;
  readonly hazard: HazardName;
  readonly sub: string;
  readonly cameraId: string;
  readonly zoneId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly usefulMs: number;
  /** How large: share of the zone under snow or water, how plainly a cover is open or a heap lies. */
  readonly size: number;
}

/** Seconds after which a raise comes too late to count (measure 4): snow 45 min, flooding 10, open manhole 8, dumping 2 after leaving. */
export const usefulS: Readonly<Record<HazardName, number>> = {
  snow: 45 * 60,
  flooding: 10 * 60,
  'open-manhole': 8 * 60,
  dumping: 120,
};

export const nuisances = [
  'parked-over',
  'works',
  'puddle',
  'kerb-bank',
  'lens-drops',
  'lens-snow',
  'lens-ice',
  'moved',
  'frozen',
  'black',
  'shadow',
] as const;
export type Nuisance = (typeof nuisances)[number];

export interface Trouble {
  readonly kind: Nuisance;
  readonly cameraId: string;
  /** The zone it concerns; the whole camera where it is empty. */
  readonly zoneId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly size: number;
}

export const visitKinds = [
  'parking',
  'turning',
  'people-out',
  'bin-lorry',
  'delivery',
  'snow-lorry',
  'tipper',
  'van',
] as const;
export type VisitKind = (typeof visitKinds)[number];

/** A vehicle at a watched place. `planted` names the hazard that it is. */
export interface Visit {
  readonly kind: VisitKind;
  readonly cameraId: string;
  readonly zoneId: string;
  readonly cameAtMs: number;
  readonly leftAtMs: number;
  readonly stoppedS: number;
  readonly planted: Planted | null;
}

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
}

export interface LifeOptions {
  readonly seed: number;
  readonly cameras: readonly Camera[];
  readonly sky: SkyOf;
  readonly fromMs: number;
  readonly days: number;
  /** How many hazards are planted in all, spread over the kinds that the cameras and the weather allow. */
  readonly hazards: number;
  /** When the snow of a snowfall that ended at this moment must be gone from a zone; null where nothing holds. */
  readonly snowDeadlineMs: (camera: Camera, zone: Zone, endedAtMs: number) => number | null;
}

function grouped<T>(list: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

/** Snow is swept before its deadline: after so much of the time that there is. */
const sweptAfter = (seed: string): number => 0.3 + 0.6 * uniform(seed);
const sweepingMs = 25 * minuteMs;

/** Everything that happens to these cameras in these days. The same options give the same life. */
export function lifeOf(options: LifeOptions): Life {
  const { seed, sky, fromMs, days } = options;
  const endMs = fromMs + days * dayMs;
  const troubles = troublesOf(options);
  const planted = plant(options);
  const byZone = grouped(planted, (one) => `${one.cameraId}/${one.zoneId}`);
  const troublesBy = grouped(troubles, (one) => one.cameraId);
  const visits = visitsOf(options, planted).filter((visit) => visit.leftAtMs < endMs);

  function snowAt(camera: Camera, zone: Zone, atMs: number, here: readonly Planted[]): number {
    const spell = sky.last('snow', atMs);
    const key = `${seed} ${camera.id} ${zone.id}`;
    const left = sky.seasonOf(atMs) === 'winter' ? 0.02 + 0.07 * uniform(`left ${key}`) : 0;
    if (!spell) return left;
    const fallen = 0.92 * ramp(atMs, spell.fromMs, spell.fromMs + hourMs);
    const late = here.find(
      (one) => one.hazard === 'snow' && one.sub !== 'windrow' && one.id.endsWith(`@${spell.toMs}`),
    );
    const deadlineMs = options.snowDeadlineMs(camera, zone, spell.toMs) ?? spell.toMs + 12 * hourMs;
    const sweptMs = late ? late.toMs : spell.toMs + sweptAfter(`${key} ${spell.toMs}`) * (deadlineMs - spell.toMs);
    const swept = ramp(atMs, sweptMs - sweepingMs, sweptMs);
    return Math.max(left, fallen * (1 - swept));
  }

  return {
    planted,
    visits,
    troublesAt: (cameraId, atMs) =>
      (troublesBy.get(cameraId) ?? []).filter((one) => one.fromMs <= atMs && atMs < one.toMs),
    groundAt(camera, zone, atMs) {
      const here = byZone.get(`${camera.id}/${zone.id}`) ?? [];
      const now = here.filter((one) => one.fromMs <= atMs && atMs < one.toMs);
      const of = (hazard: HazardName): Planted | undefined => now.find((one) => one.hazard === hazard);
      const troubled = (troublesBy.get(camera.id) ?? []).filter(
        (one) => one.zoneId === zone.id && one.fromMs <= atMs && atMs < one.toMs,
      );
      const trouble = (kind: Nuisance): number =>
        Math.max(0, ...troubled.filter((t) => t.kind === kind).map((t) => t.size));
      const rain = sky.last('rain', atMs);
      const wet = rain
        ? ramp(atMs, rain.fromMs, rain.fromMs + 5 * minuteMs) * (1 - ramp(atMs, rain.toMs, rain.toMs + 90 * minuteMs))
        : 0;
      const flood = of('flooding');
      const open = of('open-manhole');
      const windrow = now.find((one) => one.sub === 'windrow');
      return {
        snow: zone.hazards.includes('snow') ? snowAt(camera, zone, atMs, here) : 0,
        bank: Math.max(windrow?.size ?? 0, trouble('kerb-bank')),
        water: flood
          ? flood.size * ramp(atMs, flood.fromMs - 15 * minuteMs, flood.fromMs + 5 * minuteMs)
          : wet * trouble('puddle'),
        wet: Math.max(wet, flood ? 1 : 0),
        cover: open ? 'open' : trouble('works') > 0 ? 'works' : 'closed',
        hidden: trouble('parked-over'),
        heap: of('dumping')?.size ?? 0,
      };
    },
  };
}

/** Snowfalls that are over early enough for their deadline to pass within the days. */
const endedSpells = ({ sky, fromMs, days }: LifeOptions): Spell[] =>
  sky.spells.filter((s) => s.kind === 'snow' && s.toMs > fromMs && s.toMs < fromMs + (days - 0.5) * dayMs);

function plant(options: LifeOptions): Planted[] {
  const { seed, cameras, sky, fromMs, days, hazards } = options;
  const next = chance(`planted ${seed}`);
  const endMs = fromMs + days * dayMs;
  const zonesFor = (hazard: HazardName) =>
    cameras.flatMap((camera) =>
      camera.zones
        .filter((zone) => zone.hazards.includes(hazard) && zone.kind !== 'snow-storage')
        .map((zone) => ({ camera, zone })),
    );
  const places: Readonly<Record<HazardName, ReturnType<typeof zonesFor>>> = {
    snow: zonesFor('snow'),
    flooding: zonesFor('flooding'),
    'open-manhole': zonesFor('open-manhole').filter(
      ({ zone }) => zone.kind === 'manhole' || uniform(`unregistered ${seed} ${zone.id}`) < 0.2,
    ),
    dumping: zonesFor('dumping'),
  };
  const spells = endedSpells(options);
  const rains = sky.spells.filter((s) => s.kind === 'rain');
  const kinds: HazardName[] = (['snow', 'flooding', 'open-manhole', 'dumping'] as const).filter(
    (hazard) => places[hazard].length > 0 && (hazard !== 'snow' || spells.length > 0),
  );
  const out: Planted[] = [];
  const taken = new Map<string, Planted[]>();
  for (let n = 0, tries = 0; n < hazards && kinds.length > 0 && tries < hazards * 20; tries++) {
    const hazard = kinds[n % kinds.length] ?? 'flooding';
    const at = pick(places[hazard], next());
    if (!at) continue;
    const { camera, zone } = at;
    const anyMs = fromMs + hourMs + next() * (endMs - fromMs - 6 * hourMs);
    const base = { hazard, cameraId: camera.id, zoneId: zone.id };
    let one: Planted | undefined;
    if (hazard === 'snow') {
      const spell = pick(spells, next());
      const deadlineMs = spell ? options.snowDeadlineMs(camera, zone, spell.toMs) : null;
      if (!spell || deadlineMs === null) continue;
      const again = sky.spells.find((s) => s.kind === 'snow' && s.fromMs > spell.toMs)?.fromMs ?? Infinity;
      const windrow = (zone.kind === 'crossing' || zone.kind === 'stop') && next() < 0.4;
      const begin = windrow
        ? spell.toMs + sweptAfter(`${seed} ${camera.id} ${zone.id} ${spell.toMs}`) * (deadlineMs - spell.toMs)
        : deadlineMs;
      const end = Math.min(begin + (3 + 5 * next()) * hourMs, again - hourMs);
      if (end - begin < 2 * hourMs || end > endMs) continue;
      one = {
        ...base,
        id: `snow ${camera.id}/${zone.id} @${spell.toMs}`,
        sub: windrow ? 'windrow' : 'carriageway',
        fromMs: begin,
        toMs: end,
        usefulMs: begin + usefulS.snow * 1000,
        size: windrow ? 0.16 + 0.2 * next() : 0.9,
      };
    } else if (hazard === 'flooding') {
      const rain = pick(rains, next());
      const begin = rain && next() < 0.8 ? rain.fromMs + 0.5 * (rain.toMs - rain.fromMs) : anyMs;
      one = {
        ...base,
        id: `flooding ${camera.id}/${zone.id} ${n}`,
        sub: 'carriageway',
        fromMs: begin,
        toMs: begin + (1 + 3 * next()) * hourMs,
        usefulMs: begin + usefulS.flooding * 1000,
        size: 0.3 + 0.4 * next(),
      };
    } else if (hazard === 'open-manhole') {
      one = {
        ...base,
        id: `open-manhole ${camera.id}/${zone.id} ${n}`,
        sub: 'missing',
        fromMs: anyMs,
        toMs: anyMs + (1 + 6 * next()) * hourMs,
        usefulMs: anyMs + usefulS['open-manhole'] * 1000,
        size: 1,
      };
    } else {
      const lastsMs = (60 + 240 * next()) * 1000;
      one = {
        ...base,
        id: `dumping ${camera.id}/${zone.id} ${n}`,
        sub: next() < 0.6 ? 'tipper' : 'van',
        fromMs: anyMs + lastsMs,
        toMs: anyMs + lastsMs + (6 + 18 * next()) * hourMs,
        usefulMs: anyMs + lastsMs + usefulS.dumping * 1000,
        size: 0.4 + 0.6 * next(),
      };
    }
    const key = `${camera.id}/${zone.id}`;
    const clash = (taken.get(key) ?? []).some(
      (o) => one.fromMs < o.toMs + 12 * hourMs && o.fromMs < one.toMs + 12 * hourMs,
    );
    if (clash || one.fromMs < fromMs || one.toMs > endMs) continue;
    taken.set(key, [...(taken.get(key) ?? []), one]);
    out.push(one);
    n++;
  }
  return out.sort((a, b) => a.fromMs - b.fromMs);
}

/** How often things trouble a camera: chance a day, hours from and to. Product defaults; a city's own log replaces them. */
const habits: readonly {
  readonly kind: Nuisance;
  readonly perDay: number;
  readonly hours: readonly [number, number];
  readonly needs?: 'rain' | 'snow' | 'frost' | 'winter';
  readonly zones?: (zone: Zone) => boolean;
}[] = [
  { kind: 'parked-over', perDay: 0.25, hours: [0.3, 9], zones: (z) => z.kind === 'manhole' || z.kind === 'yard-entry' },
  { kind: 'works', perDay: 0.01, hours: [0.5, 4], zones: (z) => z.kind === 'manhole' },
  { kind: 'shadow', perDay: 0.3, hours: [0.5, 3], zones: (z) => z.kind === 'manhole' || z.kind === 'no-dumping' },
  { kind: 'puddle', perDay: 0.15, hours: [2, 24], zones: (z) => z.hazards.includes('flooding') },
  { kind: 'kerb-bank', perDay: 0.2, hours: [6, 24], needs: 'winter', zones: (z) => z.hazards.includes('snow') },
  { kind: 'lens-drops', perDay: 0.06, hours: [0.2, 2], needs: 'rain' },
  { kind: 'lens-snow', perDay: 0.08, hours: [0.5, 8], needs: 'snow' },
  { kind: 'lens-ice', perDay: 0.02, hours: [1, 10], needs: 'frost' },
  { kind: 'moved', perDay: 0.003, hours: [2, 24] },
  { kind: 'frozen', perDay: 0.003, hours: [0.2, 6] },
  { kind: 'black', perDay: 0.004, hours: [0.2, 10] },
];

function troublesOf({ seed, cameras, sky, fromMs, days }: LifeOptions): Trouble[] {
  return cameras.flatMap((camera) => {
    const next = chance(`troubles ${seed} ${camera.id}`);
    return Array.from({ length: days }, (_, day) => fromMs + day * dayMs).flatMap((dayAtMs) =>
      habits.flatMap((habit): Trouble[] => {
        const zones = habit.zones ? camera.zones.filter(habit.zones) : [{ id: '' }];
        return zones.flatMap((zone): Trouble[] => {
          const [wanted, when, howLong, size] = [next(), next(), next(), next()];
          if (wanted >= habit.perDay) return [];
          let begin = dayAtMs + when * dayMs;
          if (habit.needs === 'rain' || habit.needs === 'snow') {
            const spell = sky.spells.find(
              (s) => s.kind === habit.needs && s.fromMs >= dayAtMs && s.fromMs < dayAtMs + dayMs,
            );
            if (!spell) return [];
            begin = spell.fromMs + when * (spell.toMs - spell.fromMs);
          }
          if (habit.needs === 'frost' && sky.at(begin).temperatureC > -12) return [];
          if (habit.needs === 'winter' && sky.seasonOf(begin) !== 'winter') return [];
          const lasts = (habit.hours[0] + (habit.hours[1] - habit.hours[0]) * howLong ** 2) * hourMs;
          const large =
            habit.kind === 'puddle'
              ? 0.02 + 0.12 * size
              : habit.kind === 'kerb-bank'
                ? 0.02 + 0.08 * size
                : 0.5 + 0.5 * size;
          return [
            { kind: habit.kind, cameraId: camera.id, zoneId: zone.id, fromMs: begin, toMs: begin + lasts, size: large },
          ];
        });
      }),
    );
  });
}

const calmVisits: Readonly<Record<'waste-ground' | 'bins' | 'snow-store', readonly (readonly [VisitKind, number])[]>> =
  {
    'waste-ground': [
      ['parking', 4],
      ['turning', 3],
      ['people-out', 1.5],
      ['delivery', 0.2],
    ],
    bins: [
      ['parking', 5],
      ['people-out', 6],
      ['bin-lorry', 2],
      ['turning', 2],
    ],
    'snow-store': [['snow-lorry', 30]],
  };

function visitsOf({ seed, cameras, sky, fromMs, days }: LifeOptions, planted: readonly Planted[]): Visit[] {
  const acts = planted
    .filter((one) => one.hazard === 'dumping')
    .map((one): Visit => {
      const lastsS = 60 + 240 * uniform(`lasts ${one.id}`);
      return {
        kind: one.sub === 'tipper' ? 'tipper' : 'van',
        cameraId: one.cameraId,
        zoneId: one.zoneId,
        cameAtMs: one.fromMs - lastsS * 1000,
        leftAtMs: one.fromMs,
        stoppedS: lastsS - 25,
        planted: one,
      };
    });
  const calm = cameras.flatMap((camera) => {
    const sort = sortOf(camera);
    const zone = camera.zones[0];
    if (!zone || (sort !== 'waste-ground' && sort !== 'bins' && sort !== 'snow-store')) return [];
    const next = chance(`visits ${seed} ${camera.id}`);
    return calmVisits[sort].flatMap(([kind, perDay]) => {
      const count = Math.floor(perDay * days + next());
      return Array.from({ length: count }, (): Visit | undefined => {
        const cameAtMs = fromMs + next() * days * dayMs;
        const lastsS =
          kind === 'turning' ? 8 + 20 * next() : kind === 'parking' ? 120 + 7200 * next() ** 2 : 40 + 260 * next();
        if (kind === 'snow-lorry' && sky.seasonOf(cameAtMs) !== 'winter') return undefined;
        const stoppedS = kind === 'turning' ? 3 * next() : lastsS - 15;
        return {
          kind,
          cameraId: camera.id,
          zoneId: zone.id,
          cameAtMs,
          leftAtMs: cameAtMs + lastsS * 1000,
          stoppedS,
          planted: null,
        };
      }).filter((visit) => visit !== undefined);
    });
  });
  return [...acts, ...calm].sort((a, b) => a.leftAtMs - b.leftAtMs);
}
