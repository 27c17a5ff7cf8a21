// Vehicles and people at watched places: what they do there all day, and the few who leave waste.
import type { Camera } from '#core/camera';
import { chance } from '../seed.ts';
import { uniform } from './noise.ts';
import type { Planted } from './planting.ts';
import type { SkyOf } from './sky.ts';
import { sortOf, type Sort } from './town.ts';

const dayMs = 86_400_000;

export const visitKinds = [
  'parking',
  'turning',
  'people-out',
  'bin-lorry',
  'delivery',
  'parked-lorry',
  'loading',
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

const calmVisits: Readonly<Partial<Record<Sort, readonly (readonly [VisitKind, number])[]>>> = {
  'waste-ground': [
    ['parking', 4],
    ['turning', 3],
    ['people-out', 1.5],
    ['delivery', 0.2],
    ['parked-lorry', 0.3],
    ['loading', 0.15],
  ],
  bins: [
    ['parking', 5],
    ['people-out', 6],
    ['bin-lorry', 2],
    ['turning', 2],
  ],
  'snow-store': [['snow-lorry', 30]],
};

function lastsOf(kind: VisitKind, next: () => number): number {
  if (kind === 'turning') return 8 + 20 * next();
  if (kind === 'parking') return 120 + 7200 * next() ** 2;
  if (kind === 'parked-lorry') return 3600 * (1 + 8 * next());
  if (kind === 'loading') return 600 + 1800 * next();
  return 40 + 260 * next();
}

/** Every visit of these days, by the moment of leaving. */
export function visitsOf(
  options: {
    readonly seed: number;
    readonly cameras: readonly Camera[];
    readonly sky: SkyOf;
    readonly fromMs: number;
    readonly days: number;
  },
  planted: readonly Planted[],
): Visit[] {
  const { seed, cameras, sky, fromMs, days } = options;
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
    const zone = camera.zones[0];
    const next = chance(`visits ${seed} ${camera.id}`);
    return (calmVisits[sortOf(camera)] ?? []).flatMap(([kind, perDay]) => {
      const count = zone ? Math.floor(perDay * days + next()) : 0;
      return Array.from({ length: count }, (): Visit | undefined => {
        const cameAtMs = fromMs + next() * days * dayMs;
        const lastsS = lastsOf(kind, next);
        if (!zone || (kind === 'snow-lorry' && sky.seasonOf(cameAtMs) !== 'winter')) return undefined;
        const stoppedS = kind === 'turning' ? 3 * next() : lastsS - 15;
        const leftAtMs = cameAtMs + lastsS * 1000;
        return { kind, cameraId: camera.id, zoneId: zone.id, cameAtMs, leftAtMs, stoppedS, planted: null };
      }).filter((visit) => visit !== undefined);
    });
  });
  return [...acts, ...calm].sort((a, b) => a.leftAtMs - b.leftAtMs);
}
