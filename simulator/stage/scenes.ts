// Owns the step from a seed to a place with camera, weather and light, and to a still's moment: hazards, traffic, people in balanced shares.
import { groundKind, makePlace, roadDistance, sagHeight } from './places.ts';
import type { Place } from './places.ts';
import { makeRng } from './rng.ts';
import type { Rng } from './rng.ts';
import type {
  CoverState,
  Family,
  GroundZone,
  Heap,
  Light,
  Manhole,
  Moment,
  Person,
  Point,
  Scene,
  Sensor,
  Vehicle,
  Weather,
  Windrow,
} from './scene-types.ts';
import { VEHICLES } from './vehicles.ts';
import type { VehicleKind } from './vehicles.ts';

export interface SceneWishes {
  readonly family?: Family;
  readonly weather?: Weather;
  readonly light?: Light;
  readonly season?: Scene['season'];
  readonly heightM?: number;
  readonly fovDeg?: number;
  /** Number of registered covers to place in view. */
  readonly manholes?: number;
  /** Kinds of ground a cover may lie in (0 asphalt, 2 tiles). */
  readonly coverKinds?: readonly number[];
  /** Distance range of covers from the mast in metres. */
  readonly coverDistM?: Point;
  readonly mast?: Point;
  readonly target?: Point;
  readonly caption?: string;
  readonly place?: string;
  readonly exposure?: number;
  /** Distance at which the optical axis meets the ground. */
  readonly aimDistM?: number;
}

export interface BuiltScene {
  readonly scene: Scene;
  readonly place: Place;
}

const STREETS: readonly [string, ...string[]] = [
  'Абай - Сейфуллин',
  'Кенесары 40',
  'Республика 24',
  'Сарыарка - Богенбай',
  'Кабанбай батыр 11',
  'Мангилик Ел 33',
  'Туран 55',
  'Иманова 9',
  'Жумабаев 16',
  'Тауелсиздик 3',
  'Валиханов 22',
  'Петров 18',
  'Момышулы 2',
  'Улы Дала 7',
];

function sensorFor(rng: Rng, light: Light, weather: Weather, wishes: SceneWishes): Sensor {
  const night = light === 'night';
  const dusk = light === 'dusk';
  const warm = rng.range(-0.05, 0.05) + (night ? rng.range(-0.02, 0.1) : 0);
  const green = rng.range(-0.025, 0.03);
  const rainy = weather === 'rain' || weather === 'snowfall';
  return {
    distortion: rng.range(0.02, 0.16),
    exposure:
      wishes.exposure ??
      (night ? rng.range(0.95, 1.6) : dusk ? rng.range(1.15, 1.6) : rng.range(0.82, 1.25)) *
        (weather === 'snow' && !night ? 0.72 : weather === 'snowfall' && !night ? 0.82 : 1),
    noise: night ? rng.range(0.03, 0.09) : dusk ? rng.range(0.02, 0.05) : rng.range(0.008, 0.028),
    vignette: rng.range(0.1, 0.6),
    soft: rng.range(0.4, 1.3),
    saturation: (night ? rng.range(0.55, 0.95) : rng.range(0.75, 1.15)) * (weather === 'clear' ? 1 : 0.9),
    contrast: rng.range(0.15, 0.65),
    tint: [1 + warm, 1 + green, 1 - warm],
    drops: rainy && rng.chance(0.45) ? rng.range(0.15, 0.8) : 0,
    caption: wishes.caption ?? `CAM ${String(rng.int(1, 11999)).padStart(5, '0')}`,
    place: wishes.place ?? rng.pick(STREETS),
    stamp: `2026-${String(rng.int(1, 12)).padStart(2, '0')}-${String(rng.int(1, 28)).padStart(2, '0')} ${String(rng.int(0, 23)).padStart(2, '0')}:${String(rng.int(0, 59)).padStart(2, '0')}:${String(rng.int(0, 59)).padStart(2, '0')}`,
    captionStyle: rng.int(0, 3),
  };
}

/** Point of the ground at a distance and bearing off the camera's axis (degrees). */
export function aheadOf(scene: Pick<Scene, 'camera'>, distM: number, offDeg: number): Point {
  const a = ((scene.camera.yawDeg + offDeg) * Math.PI) / 180;
  return [scene.camera.x + Math.cos(a) * distM, scene.camera.z - Math.sin(a) * distM];
}

/** Builds the place and camera of a seed; `wishes` fix what is not to be left to chance. */
export function buildScene(seed: number, wishes: SceneWishes = {}): BuiltScene {
  const rng = makeRng(seed);
  const family =
    wishes.family ??
    rng.pick([
      'crossing',
      'crossing',
      'street',
      'street',
      'yard',
      'wasteland',
      'wasteland',
      'underpass',
      'pavement',
      'pavement',
    ]);
  const weather =
    wishes.weather ??
    rng.pick(['clear', 'clear', 'clear', 'overcast', 'overcast', 'after-rain', 'rain', 'snow', 'snowfall', 'thaw']);
  const light = wishes.light ?? rng.pick(['day', 'day', 'low-sun', 'overcast', 'dusk', 'night', 'night', 'night']);
  const wintry = weather === 'snow' || weather === 'snowfall' || weather === 'thaw';
  const season = wishes.season ?? (wintry ? 'winter' : rng.pick(['summer', 'summer', 'autumn', 'spring']));
  const bare =
    season === 'winter' || (season === 'spring' && rng.chance(0.6)) || (season === 'autumn' && rng.chance(0.35));
  const place = makePlace(family, rng, bare);
  const mast = wishes.mast ?? place.mast;
  const looked = wishes.target ?? place.target;
  const pull = wishes.aimDistM ? wishes.aimDistM / Math.hypot(looked[0] - mast[0], looked[1] - mast[1]) : 1;
  const target: Point = [mast[0] + (looked[0] - mast[0]) * pull, mast[1] + (looked[1] - mast[1]) * pull];
  const heightM = wishes.heightM ?? (family === 'pavement' ? rng.range(6, 8.5) : rng.range(6, 12));
  const dist = Math.hypot(target[0] - mast[0], target[1] - mast[1]);
  const baseM = family === 'underpass' ? sagHeight(place.layout, mast[0]) * 0.8 : 0;
  const yawDeg = (Math.atan2(-(target[1] - mast[1]), target[0] - mast[0]) * 180) / Math.PI;
  const tiltDeg = Math.min(52, Math.max(11, (Math.atan2(heightM + baseM, dist) * 180) / Math.PI + rng.range(-4, 3)));
  const camera = {
    x: mast[0],
    z: mast[1],
    heightM,
    baseM,
    yawDeg,
    tiltDeg,
    fovDeg: wishes.fovDeg ?? rng.range(52, 84),
  };
  const manholes: Manhole[] = [];
  const wanted = wishes.manholes ?? (rng.chance(0.3) ? rng.int(1, 3) : 0);
  const kinds = wishes.coverKinds ?? [0, 2];
  const [near, far] = wishes.coverDistM ?? [7, 17];
  for (let i = 0; i < 400 && manholes.length < wanted; i += 1) {
    const [x, z] = aheadOf({ camera }, rng.range(near, far), rng.range(-0.36, 0.36) * camera.fovDeg);
    const slant = Math.hypot(x - mast[0], z - mast[1]);
    const down = (Math.atan2(heightM + baseM, slant) * 180) / Math.PI;
    if (Math.abs(down - tiltDeg) > camera.fovDeg * (wishes.coverDistM ? 0.16 : 0.25)) continue;
    const d = roadDistance(place.layout, x, z);
    if (!kinds.includes(groundKind(place.layout, x, z)) || Math.abs(d) < 0.7) continue;
    if (manholes.some((m) => Math.hypot(m.x - x, m.z - z) < 2)) continue;
    manholes.push({ id: `manhole-${manholes.length + 1}`, x, z, r: rng.range(0.31, 0.37), yaw: rng.range(0, 6) });
  }
  const zones: GroundZone[] = [...place.zones];
  for (const m of manholes) {
    const around: Point[] = Array.from({ length: 8 }, (_, i) => [
      m.x + Math.cos((i * Math.PI) / 4) * 0.85,
      m.z + Math.sin((i * Math.PI) / 4) * 0.85,
    ]);
    zones.push({ id: m.id, kind: 'manhole', points: around });
  }
  const sunHeightDeg =
    light === 'low-sun'
      ? rng.range(8, 17)
      : light === 'dusk'
        ? rng.range(-4, 2)
        : light === 'night'
          ? -20
          : rng.range(28, 58);
  const scene: Scene = {
    seed,
    family,
    weather,
    light,
    season,
    sunAzimuthDeg: rng.range(0, 360),
    sunHeightDeg,
    camera,
    layout: place.layout,
    props: place.props,
    manholes,
    zones,
    sensor: sensorFor(rng, light, weather, wishes),
  };
  return { scene, place };
}

/** The calm state of a place in its weather: dry or wet, with or without snow, empty of traffic. */
export function calmMoment(scene: Scene, rng: Rng): Moment {
  const w = scene.weather;
  const lawn =
    w === 'snow' ? rng.range(0.75, 1) : w === 'snowfall' ? rng.range(0.5, 1) : w === 'thaw' ? rng.range(0.15, 0.6) : 0;
  const wet =
    w === 'rain'
      ? rng.range(0.85, 1)
      : w === 'after-rain'
        ? rng.range(0.5, 1)
        : w === 'thaw'
          ? rng.range(0.6, 1)
          : w === 'snow' || w === 'snowfall'
            ? rng.range(0, 0.7)
            : 0;
  return {
    vehicles: [],
    people: [],
    covers: Object.fromEntries(scene.manholes.map((m): [string, CoverState] => [m.id, 'closed'])),
    cones: [],
    works: [],
    heaps: [],
    sacks: [],
    windrows: [],
    waterM: -1,
    muddy: 0.3,
    wet,
    snow: {
      road: 0,
      pave: lawn > 0 ? rng.range(0, 0.35) : 0,
      lawn,
      trackDepth: 0.9,
      trackWidth: rng.range(0.28, 0.55),
      packed: rng.range(0, 1),
      caps: lawn * 0.8,
    },
    clear: [0, 0, 0, 0],
    falling: w === 'rain' || w === 'snowfall' ? rng.range(0.5, 1.2) : 0,
    phase: rng.next(),
    pour: null,
  };
}

const COMMON_TRAFFIC: readonly [VehicleKind, ...VehicleKind[]] = [
  'sedan',
  'sedan',
  'sedan',
  'hatch',
  'suv',
  'suv',
  'van',
  'bus',
  'lorry',
  'tipper',
  'bin-lorry',
];

/** Cars spread over the lanes, none on top of another or of the given points. */
export function scatterTraffic(
  scene: Scene,
  place: Place,
  rng: Rng,
  density: number,
  avoid: readonly Point[],
): Vehicle[] {
  const out: Vehicle[] = [];
  const lit = scene.light === 'night' || scene.light === 'dusk' || scene.weather === 'snowfall' || rng.chance(0.5);
  for (const lane of place.lanes) {
    let s = -55 + rng.range(0, 25);
    while (s < 75) {
      const kind = rng.pick(COMMON_TRAFFIC);
      const half = VEHICLES[kind].lengthM / 2;
      s += half;
      const side = rng.range(-0.25, 0.25);
      const x = lane.axis === 'x' ? s : lane.at + side;
      const z = lane.axis === 'x' ? lane.at + side : s;
      const near = Math.hypot(x - scene.camera.x, z - scene.camera.z) < half + 4.5;
      const blocked =
        avoid.some((p) => Math.hypot(p[0] - x, p[1] - z) < half + 1.3) ||
        out.some((v) => Math.hypot(v.x - x, v.z - z) < half + VEHICLES[v.kind].lengthM / 2 + 0.4);
      if (rng.chance(density) && !near && !blocked) {
        out.push({
          id: `v${out.length}`,
          kind,
          x,
          z,
          yaw: lane.yaw + rng.range(-0.02, 0.02),
          paint: rng.int(1, 1e6),
          lights: lit,
          brake: rng.chance(0.2),
          load: rng.next(),
          stuff: rng.int(0, 2),
        });
      }
      s += half + rng.range(2.5, 16);
    }
  }
  for (const p of place.parking) {
    if (!rng.chance(0.6) || avoid.some((q) => Math.hypot(q[0] - p.x, q[1] - p.z) < 3.2)) continue;
    if (Math.hypot(p.x - scene.camera.x, p.z - scene.camera.z) < 5) continue;
    out.push({
      id: `p${out.length}`,
      kind: rng.pick(['sedan', 'sedan', 'hatch', 'suv', 'van']),
      x: p.x,
      z: p.z,
      yaw: p.yaw,
      paint: rng.int(1, 1e6),
      lights: false,
    });
  }
  return out;
}

export function scatterPeople(scene: Scene, place: Place, rng: Rng, count: number, avoid: readonly Point[]): Person[] {
  const out: Person[] = [];
  for (let i = 0; i < count; i += 1) {
    const walk = rng.pick([place.walks[0] ?? { axis: 'x', at: 0 }, ...place.walks.slice(1)]);
    const s = rng.range(-20, 35);
    const at = walk.at + rng.range(-0.9, 0.9);
    const x = walk.axis === 'x' ? s : at;
    const z = walk.axis === 'x' ? at : s;
    if (
      Math.hypot(x - scene.camera.x, z - scene.camera.z) < 4 ||
      avoid.some((p) => Math.hypot(p[0] - x, p[1] - z) < 1.5)
    )
      continue;
    out.push({
      id: `w${i}`,
      x,
      z,
      yaw: (walk.axis === 'x' ? 0 : Math.PI / 2) + (rng.chance(0.5) ? Math.PI : 0),
      clothes: rng.int(1, 1e6),
      step: rng.next(),
    });
  }
  return out;
}

export interface StillPlan {
  readonly scene: Scene;
  readonly moment: Moment;
  readonly hazards: readonly {
    hazard: 'dumping' | 'snow' | 'flooding' | 'open-manhole';
    sub: string;
    degree: number;
  }[];
}

/** A place on unpaved ground (or, failing that, beside the road) in view, between the given distances. */
export function spotFor(scene: Scene, place: Place, rng: Rng, near: number, far: number): Point {
  for (let i = 0; i < 60; i += 1) {
    const p = aheadOf(scene, rng.range(near, far), rng.range(-0.33, 0.33) * scene.camera.fovDeg);
    const k = groundKind(place.layout, p[0], p[1]);
    const d = roadDistance(place.layout, p[0], p[1]);
    if (d > 2.2 && (k === 4 || k === 3 || k === 5 || k === 7 || (k === 2 && i > 30))) return p;
    if (i > 45 && d > 0.8) return p;
  }
  return aheadOf(scene, (near + far) / 2, 0);
}

/** Balanced training still of a seed. About half carry no hazard. */
export function planStill(seed: number): StillPlan {
  const rng = makeRng(seed * 7 + 3);
  const u = rng.next();
  const theme = u < 0.19 ? 'manhole' : u < 0.36 ? 'dumping' : u < 0.48 ? 'flood' : u < 0.585 ? 'snow' : 'calm';
  const family =
    theme === 'dumping'
      ? rng.pick<Family>(['wasteland', 'wasteland', 'wasteland', 'yard', 'street'])
      : theme === 'flood'
        ? rng.pick<Family>(['street', 'crossing', 'underpass', 'yard', 'pavement'])
        : theme === 'manhole'
          ? rng.pick<Family>(['pavement', 'pavement', 'street', 'crossing', 'yard'])
          : undefined;
  const weather =
    theme === 'flood'
      ? rng.pick<Weather>(['rain', 'after-rain', 'after-rain', 'overcast', 'thaw'])
      : theme === 'snow'
        ? rng.pick<Weather>(['snow', 'snow', 'snowfall', 'thaw'])
        : undefined;
  const wantsCover = theme === 'manhole' || rng.chance(0.28);
  const wishes: SceneWishes = {
    ...(family ? { family } : {}),
    ...(weather ? { weather } : {}),
    ...(wantsCover ? { manholes: rng.int(1, 3) } : { manholes: 0 }),
    ...(wantsCover && theme === 'manhole' ? { heightM: rng.range(6, 9) } : {}),
  };
  const { scene, place } = buildScene(seed, wishes);
  let m = calmMoment(scene, rng);
  const hazards: { hazard: 'dumping' | 'snow' | 'flooding' | 'open-manhole'; sub: string; degree: number }[] = [];
  const avoid: Point[] = scene.manholes.map((h): Point => [h.x, h.z]);
  const extra: Vehicle[] = [];
  const people: Person[] = [];
  const cones: Point[] = [];
  const works: { x: number; z: number; yaw: number }[] = [];
  const heaps: Heap[] = [];
  const sacks: { id: string; x: number; z: number; count: number; seed: number; black: boolean }[] = [];
  const windrows: Windrow[] = [];
  const covers: Record<string, CoverState> = { ...m.covers };
  const wintry = m.snow.lawn > 0.3;

  const first = scene.manholes[0];
  if (theme === 'manhole' && first) {
    for (const h of scene.manholes) {
      if (h !== first && rng.chance(0.6)) continue;
      const state: CoverState = rng.chance(0.65) ? 'missing' : 'shifted';
      covers[h.id] = state;
      hazards.push({ hazard: 'open-manhole', sub: state, degree: 1 });
      if (rng.chance(0.22))
        for (let i = 0; i < 3; i += 1)
          cones.push([h.x + Math.cos(i * 2.1 + h.yaw) * 1.1, h.z + Math.sin(i * 2.1 + h.yaw) * 1.1]);
    }
  } else if (first && theme !== 'dumping' && rng.chance(0.12)) {
    works.push({ x: first.x, z: first.z, yaw: rng.range(0, 3) });
    covers[first.id] = 'missing';
    people.push({ id: 'worker', x: first.x + 1.6, z: first.z + 0.6, yaw: 2, clothes: 3, step: 0, worker: true });
    for (let i = 0; i < 4; i += 1) cones.push([first.x + Math.cos(i * 1.57) * 1.9, first.z + Math.sin(i * 1.57) * 1.9]);
    hazards.push({ hazard: 'open-manhole', sub: 'works', degree: 0.2 });
  }

  if (theme === 'dumping') {
    const degree = rng.next();
    const [x, z] = spotFor(scene, place, rng, 9, 24);
    const yaw = rng.range(0, Math.PI * 2);
    const stuff = rng.int(0, 4);
    const style = rng.next();
    avoid.push([x, z], [x + Math.cos(yaw) * 6, z - Math.sin(yaw) * 6]);
    if (style < 0.42) {
      const raise = degree < 0.15 ? 0 : rng.range(0.35, 1);
      const load = raise > 0.3 ? rng.range(0, 0.8) : rng.range(0.5, 1);
      const grown = raise > 0.3 ? 1 - load * 0.7 : 0;
      extra.push({
        id: 'tipper',
        kind: 'tipper',
        x: x + Math.cos(yaw) * 5.4,
        z: z - Math.sin(yaw) * 5.4,
        yaw,
        paint: rng.int(1, 1e6),
        raise,
        load,
        lights: true,
        brake: true,
        stuff,
      });
      if (grown > 0.1)
        heaps.push({
          id: 'heap-1',
          x,
          z,
          radiusM: rng.range(1.5, 2.8),
          heightM: rng.range(0.8, 1.7),
          grown,
          stuff,
          seed: rng.int(1, 1e6),
        });
      m = {
        ...m,
        pour:
          raise > 0.4 && load > 0.1
            ? { x: x + Math.cos(yaw) * 1.4, z: z - Math.sin(yaw) * 1.4, y: 1.2, amount: 1, yaw }
            : null,
      };
      hazards.push({ hazard: 'dumping', sub: 'lorry', degree: raise });
    } else if (style < 0.78) {
      const n = rng.int(1, 3);
      for (let i = 0; i < n; i += 1)
        heaps.push({
          id: `heap-${i}`,
          x: x + i * rng.range(1.8, 3.4),
          z: z + rng.range(-1.8, 1.8),
          radiusM: rng.range(1, 2.8),
          heightM: rng.range(0.5, 1.7),
          grown: 1,
          stuff: rng.chance(0.7) ? stuff : rng.int(0, 4),
          seed: rng.int(1, 1e6),
        });
      if (rng.chance(0.45))
        sacks.push({
          id: 'sacks-1',
          x: x - 2.4,
          z: z + rng.range(-1, 1),
          count: rng.int(3, 9),
          seed: rng.int(1, 1e6),
          black: rng.chance(0.5),
        });
      if (rng.chance(0.3))
        extra.push({
          id: 'loader',
          kind: 'loader',
          x: x + Math.cos(yaw) * 6,
          z: z - Math.sin(yaw) * 6,
          yaw: yaw + Math.PI,
          paint: 1,
          raise: rng.next(),
          load: rng.next(),
          lights: true,
          beacon: true,
          stuff,
        });
      hazards.push({ hazard: 'dumping', sub: 'heap', degree: Math.min(1, n / 3) });
    } else {
      sacks.push({ id: 'sacks-1', x, z, count: rng.int(2, 12), seed: rng.int(1, 1e6), black: rng.chance(0.5) });
      if (rng.chance(0.6)) {
        extra.push({
          id: 'van',
          kind: rng.pick(['van', 'suv', 'hatch']),
          x: x + Math.cos(yaw) * 4,
          z: z - Math.sin(yaw) * 4,
          yaw,
          paint: rng.int(1, 1e6),
          lights: true,
        });
        people.push({
          id: 'dumper',
          x: x + Math.cos(yaw) * 1.1,
          z: z - Math.sin(yaw) * 1.1,
          yaw: yaw + Math.PI,
          clothes: rng.int(1, 1e6),
          step: rng.next(),
          carries: 'sack',
        });
      }
      hazards.push({ hazard: 'dumping', sub: 'sacks', degree: 0.5 });
    }
  } else if (scene.family === 'wasteland' && rng.chance(0.3)) {
    // a lorry that only stands or turns
    const [x, z] = spotFor(scene, place, rng, 11, 24);
    extra.push({
      id: 'standing',
      kind: rng.pick(['tipper', 'lorry', 'bin-lorry']),
      x,
      z,
      yaw: rng.range(0, 6.28),
      paint: rng.int(1, 1e6),
      raise: 0,
      load: rng.next(),
      lights: rng.chance(0.5),
      stuff: rng.int(0, 4),
    });
    avoid.push([x, z]);
  }

  if (theme === 'flood') {
    const degree = rng.next();
    const waterM = scene.family === 'underpass' ? 0.06 + degree * 0.95 : 0.045 + degree * 0.26;
    m = { ...m, waterM, wet: Math.max(m.wet, 0.6), muddy: rng.next() };
    hazards.push({
      hazard: 'flooding',
      sub: scene.family === 'underpass' ? 'underpass' : scene.family === 'yard' ? 'yard' : 'carriageway',
      degree,
    });
  } else if (m.wet > 0.55 && rng.chance(0.5)) {
    m = { ...m, waterM: rng.range(0.005, 0.055), muddy: rng.next() };
  }

  if (theme === 'snow') {
    const degree = rng.next();
    if (rng.chance(0.7)) {
      m = {
        ...m,
        snow: {
          ...m.snow,
          road: 0.35 + 0.65 * degree,
          pave: 0.4 + 0.6 * rng.next(),
          lawn: Math.max(m.snow.lawn, 0.7),
          trackDepth: rng.range(0.2, 1.1),
          caps: 0.8,
        },
      };
      hazards.push({ hazard: 'snow', sub: 'carriageway', degree });
      if (rng.chance(0.3))
        extra.push({
          id: 'plough',
          kind: 'plough',
          x: rng.range(2, 24),
          z: scene.layout.road[0] * 0.45,
          yaw: 0,
          paint: 1,
          lights: true,
          beacon: true,
        });
    } else m = { ...m, snow: { ...m.snow, road: rng.range(0, 0.3), lawn: Math.max(m.snow.lawn, 0.7) } };
    if (rng.chance(0.6)) {
      const w = scene.layout.road[0] - 0.5;
      const side = rng.pick([1, -1]);
      const from = rng.range(-15, 4);
      windrows.push({
        x0: from,
        z0: side * w,
        x1: from + rng.range(12, 40),
        z1: side * w,
        heightM: rng.range(0.35, 1),
        widthM: rng.range(0.9, 1.9),
        seed: rng.int(1, 1e6),
        paved: true,
      });
      if (!hazards.length) hazards.push({ hazard: 'snow', sub: 'windrow', degree });
    }
  } else if (wintry) {
    if (rng.chance(0.5)) m = { ...m, snow: { ...m.snow, road: rng.range(0.05, 0.35) } };
    if (rng.chance(0.4)) {
      const w = scene.layout.road[0] + 1.4 + scene.layout.band[0] * 0.4;
      windrows.push({
        x0: -30,
        z0: -w,
        x1: 50,
        z1: -w,
        heightM: rng.range(0.2, 0.5),
        widthM: rng.range(0.7, 1.3),
        seed: rng.int(1, 1e6),
        paved: false,
      });
    }
  }

  for (const s of [...extra]) avoid.push([s.x, s.z]);
  const traffic = scatterTraffic(
    scene,
    place,
    rng,
    theme === 'flood' && m.waterM > 0.5 ? 0.05 : rng.range(0, 0.6),
    avoid,
  ).map((v) =>
    m.waterM > 0.06 && roadDistance(scene.layout, v.x, v.z) < 0 && v.id.startsWith('v')
      ? { ...v, wake: rng.range(0.2, 1) }
      : v,
  );
  m = {
    ...m,
    vehicles: [...extra, ...traffic],
    people: [...people, ...scatterPeople(scene, place, rng, rng.int(0, 5), avoid)],
    covers,
    cones,
    works,
    heaps,
    sacks,
    windrows,
  };
  return { scene, moment: m, hazards };
}
