// Owns the states of a camera in which simulated days show it: lights, weathers, snow, water, covers and what stands in the way, of one place.
import { groundKind } from './places.ts';
import { makeRng } from './rng.ts';
import type { Rng } from './rng.ts';
import { aheadOf, buildScene, calmMoment, scatterPeople, scatterTraffic } from './scenes.ts';
import type { BuiltScene } from './scenes.ts';
import { sensorAt, shaken } from './series.ts';
import type { Family, Light, Manhole, Moment, Person, Point, Scene, Vehicle, Weather, Windrow } from './scene-types.ts';

export type Season = 'summer' | 'winter';
export type CoverTruth = 'closed' | 'open' | 'works';
/** What stands over the cover or darkens it. */
export type Over = 'nothing' | 'vehicle' | 'shadow';

/** One state of a place, in the words that the life of the simulated town has for it. */
export interface DayState {
  readonly name: string;
  readonly season: Season;
  readonly light: Light;
  readonly weather: Weather;
  /** Snow on the carriageway, 0..1. */
  readonly snow: number;
  /** A ploughed bank: none, at the kerb where it belongs, or across a crossing or stop. */
  readonly bank: 'none' | 'kerb' | 'across';
  /** How far water has come: none, a puddle, a lane's edge, most of the carriageway, all of it. */
  readonly water: 'none' | 'puddle' | 'shallow' | 'rising' | 'flooded';
  /** Of the registered cover, or of the unregistered one where there is none. */
  readonly cover: CoverTruth;
  readonly over: Over;
}

export interface DayLook {
  readonly state: DayState;
  readonly scene: Scene;
  readonly moment: Moment;
}

const families: readonly [Family, ...Family[]] = [
  'street',
  'crossing',
  'yard',
  'pavement',
  'street',
  'crossing',
  'street',
  'underpass',
];

const dry = {
  season: 'summer',
  weather: 'clear',
  snow: 0,
  bank: 'none',
  water: 'none',
  cover: 'closed',
  over: 'nothing',
} as const;
const frost = { ...dry, season: 'winter', weather: 'snow' } as const;

/** What every place is seen in. */
const summer: readonly DayState[] = [
  { ...dry, name: 'dry-day', light: 'day' },
  { ...dry, name: 'dry-overcast', light: 'overcast', weather: 'overcast' },
  { ...dry, name: 'dry-low-sun', light: 'low-sun' },
  { ...dry, name: 'dry-dusk', light: 'dusk' },
  { ...dry, name: 'dry-night', light: 'night' },
  { ...dry, name: 'dry-night-busy', light: 'night' },
  { ...dry, name: 'rain-day', light: 'overcast', weather: 'rain' },
  { ...dry, name: 'rain-night', light: 'night', weather: 'rain' },
  { ...dry, name: 'wet-day', light: 'day', weather: 'after-rain' },
  { ...dry, name: 'wet-night', light: 'night', weather: 'after-rain' },
  { ...dry, name: 'puddle-day', light: 'overcast', weather: 'after-rain', water: 'puddle' },
  { ...dry, name: 'puddle-night', light: 'night', weather: 'after-rain', water: 'puddle' },
  { ...dry, name: 'rising-day', light: 'overcast', weather: 'rain', water: 'rising' },
  { ...dry, name: 'rising-night', light: 'night', weather: 'rain', water: 'rising' },
  { ...dry, name: 'flooded-day', light: 'overcast', weather: 'after-rain', water: 'flooded' },
  { ...dry, name: 'flooded-night', light: 'night', weather: 'after-rain', water: 'flooded' },
];

/** What a place under the open sky is seen in besides. */
const winter: readonly DayState[] = [
  { ...frost, name: 'cleared-day', light: 'day' },
  { ...frost, name: 'cleared-low-sun', light: 'low-sun' },
  { ...frost, name: 'cleared-night', light: 'night' },
  { ...frost, name: 'cleared-night-busy', light: 'night' },
  { ...frost, name: 'bank-day', light: 'day', bank: 'kerb' },
  { ...frost, name: 'bank-night', light: 'night', bank: 'kerb' },
  { ...frost, name: 'thin-fall-day', light: 'overcast', weather: 'snowfall', snow: 0.2 },
  { ...frost, name: 'thin-fall-night', light: 'night', weather: 'snowfall', snow: 0.2 },
  { ...frost, name: 'fall-day', light: 'overcast', weather: 'snowfall', snow: 0.9 },
  { ...frost, name: 'fall-night', light: 'night', weather: 'snowfall', snow: 0.9 },
  { ...frost, name: 'covered-day', light: 'day', snow: 0.9 },
  { ...frost, name: 'covered-night', light: 'night', snow: 0.9 },
  { ...frost, name: 'half-swept-day', light: 'overcast', snow: 0.4 },
  { ...frost, name: 'half-swept-night', light: 'night', snow: 0.4 },
];

const shallow: readonly DayState[] = [
  { ...dry, name: 'shallow-day', light: 'overcast', weather: 'rain', water: 'shallow' },
  { ...dry, name: 'shallow-night', light: 'night', weather: 'rain', water: 'shallow' },
];

const across: readonly DayState[] = [
  { ...frost, name: 'across-day', light: 'day', bank: 'across' },
  { ...frost, name: 'across-night', light: 'night', bank: 'across' },
];

const coverStates: readonly DayState[] = [
  { ...dry, name: 'open-day', light: 'day', cover: 'open' },
  { ...dry, name: 'open-night', light: 'night', cover: 'open' },
  { ...dry, name: 'open-wet-day', light: 'overcast', weather: 'after-rain', cover: 'open' },
  { ...dry, name: 'open-wet-night', light: 'night', weather: 'after-rain', cover: 'open' },
  { ...frost, name: 'open-winter-day', light: 'day', cover: 'open' },
  { ...frost, name: 'open-winter-night', light: 'night', cover: 'open' },
  { ...dry, name: 'works-day', light: 'day', cover: 'works' },
  { ...dry, name: 'works-night', light: 'night', cover: 'works' },
  { ...dry, name: 'parked-day', light: 'day', over: 'vehicle' },
  { ...dry, name: 'parked-night', light: 'night', over: 'vehicle' },
  { ...dry, name: 'shadow-low-sun', light: 'low-sun', over: 'shadow' },
  { ...dry, name: 'shadow-day', light: 'day', over: 'shadow' },
];
/** An unregistered cover in the carriageway is only asked about by day and by night. */
const looseStates = coverStates.filter(({ name }) => name === 'open-day' || name === 'open-night');

/** Where a cover lies that nobody has registered: in the carriageway, in view. Undefined where there is no room. */
function looseCover({ scene }: BuiltScene, rng: Rng): Manhole | undefined {
  const road = scene.zones.find(({ id }) => id === 'road');
  for (let i = 0; road && i < 300; i += 1) {
    const [x, z] = aheadOf(scene, rng.range(8, 15), rng.range(-0.3, 0.3) * scene.camera.fovDeg);
    const xs = road.points.map((p) => p[0]);
    const zs = road.points.map((p) => p[1]);
    const isIn = x > Math.min(...xs) && x < Math.max(...xs) && z > Math.min(...zs) + 1 && z < Math.max(...zs) - 1;
    if (isIn && groundKind(scene.layout, x, z) === 0) return { id: 'loose', x, z, r: 0.34, yaw: rng.range(0, 6) };
  }
  return undefined;
}

/** The place of a scene of the days. Two of three have a registered cover, streets without one an unregistered one. */
function placeOf(seed: number, index: number): BuiltScene {
  const rng = makeRng(seed * 13 + 7);
  const family = families[index % families.length] ?? families[0];
  const hasCover = index % 3 !== 2 && family !== 'underpass';
  const built = buildScene(seed, {
    family,
    weather: 'clear',
    light: 'day',
    season: index % 2 === 0 ? 'winter' : 'summer',
    manholes: hasCover ? 1 : 0,
    coverDistM: [7, 14],
    ...(hasCover ? { heightM: rng.range(6, 9) } : {}),
  });
  if (built.scene.manholes.length > 0) return built;
  const loose = family === 'street' || family === 'crossing' ? looseCover(built, rng) : undefined;
  return loose ? { ...built, scene: { ...built.scene, manholes: [loose] } } : built;
}

/** All looks of a scene: the same seed and index always give the same ones, the plain day first and unshaken. */
export function planDays(seed: number, index: number): DayLook[] {
  const built = placeOf(seed, index);
  const { scene } = built;
  const [cover] = scene.manholes;
  const isOpenSky = scene.family !== 'underpass';
  const hasAcross = scene.zones.some(({ kind }) => kind === 'crossing' || kind === 'stop');
  const states = [
    ...summer,
    ...(isOpenSky ? winter : []),
    ...(isOpenSky && hasAcross ? across : []),
    ...(cover ? (cover.id === 'loose' ? looseStates : coverStates) : []),
    ...shallow,
  ];
  return states.map((state, i) => lookOf(built, state, makeRng(seed * 137 + i * 19 + 2), i === 0));
}

const waterM: Readonly<
  Record<DayState['water'], { street: readonly [number, number]; dip: readonly [number, number] }>
> = {
  none: { street: [-1, -1], dip: [-1, -1] },
  puddle: { street: [0.012, 0.04], dip: [0.02, 0.06] },
  shallow: { street: [0.045, 0.062], dip: [0.06, 0.11] },
  rising: { street: [0.07, 0.1], dip: [0.12, 0.2] },
  flooded: { street: [0.16, 0.28], dip: [0.35, 0.8] },
};

function lookOf({ scene: base, place }: BuiltScene, state: DayState, rng: Rng, isFirst: boolean): DayLook {
  const { light, weather } = state;
  const isNight = light === 'night';
  const scene: Scene = {
    ...base,
    light,
    weather,
    camera: isFirst ? base.camera : shaken(base, rng),
    sunAzimuthDeg: rng.range(0, 360),
    sunHeightDeg: light === 'low-sun' ? rng.range(8, 17) : isNight ? -20 : light === 'dusk' ? 0 : rng.range(28, 58),
    sensor: sensorAt(base.sensor, { light, weather }, rng),
  };
  const calm = calmMoment(scene, rng);
  const avoid: Point[] = scene.manholes.map((h): Point => [h.x, h.z]);
  const [cover] = scene.manholes;
  const extra = cover ? aboutCover(scene, cover, state, rng) : nothingThere;
  const [low, high] = waterM[state.water][scene.family === 'underpass' ? 'dip' : 'street'];
  const hasWater = state.water !== 'none';
  const isBusy = state.name.endsWith('-busy');
  const density = isBusy ? rng.range(0.5, 0.8) : isNight ? rng.range(0.05, 0.35) : rng.range(0.1, 0.6);
  const vehicles = scatterTraffic(scene, place, rng, density, [
    ...avoid,
    ...extra.vehicles.map((v): Point => [v.x, v.z]),
  ]);
  const isWintry = state.season === 'winter';
  const moment: Moment = {
    ...calm,
    waterM: hasWater ? rng.range(low, high) : -1,
    wet: hasWater ? Math.max(calm.wet, 0.6) : calm.wet,
    muddy: rng.next(),
    snow: isWintry
      ? {
          ...calm.snow,
          road: state.snow > 0 ? Math.min(1, state.snow * rng.range(0.9, 1.1)) : rng.range(0, 0.08),
          pave: state.snow > 0 ? Math.min(1, state.snow * rng.range(0.8, 1.1)) : rng.range(0, 0.15),
          lawn: Math.max(calm.snow.lawn, 0.7),
          caps: 0.7,
          trackDepth: state.snow > 0.5 ? rng.range(0.2, 0.9) : calm.snow.trackDepth,
        }
      : calm.snow,
    windrows: windrowsOf(scene, state, rng),
    covers: { ...calm.covers, ...(cover && state.cover !== 'closed' ? { [cover.id]: extra.cover } : {}) },
    cones: extra.cones,
    works: extra.works,
    vehicles: [
      ...extra.vehicles,
      ...vehicles.map((v) =>
        state.water === 'flooded' && v.id.startsWith('v') ? { ...v, wake: rng.range(0.2, 1) } : v,
      ),
    ],
    people: [...extra.people, ...scatterPeople(scene, place, rng, rng.int(0, 4), avoid)],
  };
  return { state, scene, moment };
}

interface AboutCover extends Pick<Moment, 'cones' | 'works'> {
  readonly cover: 'missing' | 'shifted' | 'closed';
  readonly vehicles: readonly Vehicle[];
  readonly people: readonly Person[];
}
const nothingThere: AboutCover = { cover: 'closed', cones: [], works: [], vehicles: [], people: [] };

function aboutCover(scene: Scene, { x, z }: Manhole, state: DayState, rng: Rng): AboutCover {
  if (state.cover === 'open') return { ...nothingThere, cover: rng.chance(0.65) ? 'missing' : 'shifted' };
  if (state.cover === 'works') {
    return {
      cover: 'missing',
      works: [{ x, z, yaw: rng.range(0, 3) }],
      cones: [0, 1, 2, 3].map((i): Point => [x + Math.cos(i * 1.57) * 1.9, z + Math.sin(i * 1.57) * 1.9]),
      vehicles: [],
      people: [{ id: 'worker', x: x + 1.6, z: z + 0.6, yaw: 2, clothes: 3, step: 0, worker: true }],
    };
  }
  const stands = (dx: number, dz: number, yaw: number): Vehicle => ({
    id: 'standing',
    kind: rng.pick(['sedan', 'suv', 'van']),
    x: x + dx,
    z: z + dz,
    yaw,
    paint: rng.int(1, 1e6),
    lights: false,
  });
  if (state.over === 'vehicle') return { ...nothingThere, vehicles: [stands(0, 0, rng.pick([0, Math.PI, 1.57]))] };
  if (state.over === 'shadow') {
    // The sun stands behind the vehicle, so that its shadow, or the edge of it, lies on the cover.
    const towards = (scene.sunAzimuthDeg * Math.PI) / 180;
    const far = scene.light === 'low-sun' ? rng.range(2.6, 5) : rng.range(2, 2.8);
    return { ...nothingThere, vehicles: [stands(Math.cos(towards) * far, Math.sin(towards) * far, -towards + 1.57)] };
  }
  return nothingThere;
}

function windrowsOf(scene: Scene, { bank }: DayState, rng: Rng): Windrow[] {
  if (bank === 'none') return [];
  const w = scene.layout.road[0];
  if (bank === 'kerb') {
    return [1, -1].map((side) => ({
      x0: -30,
      z0: side * (w - 0.1),
      x1: 50,
      z1: side * (w - 0.1),
      heightM: rng.range(0.2, 0.45),
      widthM: rng.range(0.6, 1),
      seed: rng.int(1, 1e6),
      paved: true,
    }));
  }
  // The plough has passed and left its bank lying over the whole way across.
  return scene.zones.flatMap((zone): Windrow[] => {
    if (zone.kind !== 'crossing' && zone.kind !== 'stop') return [];
    const xs = zone.points.map((p) => p[0]);
    const zs = zone.points.map((p) => p[1]);
    const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
    const [z0, z1] = [Math.min(...zs), Math.max(...zs)];
    const isLong = x1 - x0 > z1 - z0;
    const middle: Point = [(x0 + x1) / 2, (z0 + z1) / 2];
    const line = isLong
      ? { x0: x0 - 2, x1: x1 + 2, z0: middle[1], z1: middle[1] }
      : { x0: middle[0], x1: middle[0], z0, z1 };
    return [{ ...line, heightM: rng.range(0.5, 0.95), widthM: rng.range(1.5, 2), seed: rng.int(1, 1e6), paved: true }];
  });
}
