// Owns series: one camera and place under many lights, weathers and traffics, calm and with each hazard, for learning what a camera's own past is worth.
import { makeRng } from './rng.ts';
import type { Rng } from './rng.ts';
import { buildScene, calmMoment, scatterPeople, scatterTraffic, spotFor } from './scenes.ts';
import type { BuiltScene } from './scenes.ts';
import type { CoverState, Family, Light, Moment, Point, Scene, Sensor, Weather } from './scene-types.ts';

/** What is to be seen in one look of a series. */
export type LookTheme = 'calm' | 'ponding' | 'flood' | 'snow' | 'snow-cleared' | 'manhole' | 'heap';

interface LookPlan {
  readonly theme: LookTheme;
  readonly light: Light;
  readonly weather: Weather;
  /** Density of traffic, 0..1. */
  readonly traffic: number;
}

export interface SeriesLook {
  readonly theme: LookTheme;
  readonly scene: Scene;
  readonly moment: Moment;
  /** Depth of water, share of snow and the like, 0..1. */
  readonly degree: number;
}

/** Calm looks come first: they are what a camera learns its past from. */
function looksOf(rng: Rng, isWintry: boolean): LookPlan[] {
  const busy = (): number => rng.range(0.05, 0.6);
  const look = (theme: LookTheme, light: Light, weather: Weather): LookPlan => ({
    theme,
    light,
    weather,
    traffic: busy(),
  });
  const flood = (): LookPlan =>
    look('flood', rng.pick(['overcast', 'overcast', 'day', 'low-sun']), rng.pick(['after-rain', 'rain', 'overcast']));
  const both = [
    look('calm', 'day', 'clear'),
    look('calm', 'overcast', 'overcast'),
    look('calm', 'night', 'clear'),
    look('calm', rng.pick(['low-sun', 'dusk']), 'clear'),
    look('calm', 'overcast', rng.pick(['rain', 'after-rain'])),
    look(rng.pick(['calm', 'ponding']), 'night', rng.pick(['rain', 'after-rain'])),
  ];
  const hazards = isWintry
    ? [
        look('snow-cleared', rng.pick(['day', 'overcast', 'night']), 'snow'),
        look('snow', rng.pick(['day', 'overcast', 'low-sun']), rng.pick(['snow', 'snowfall'])),
        look('snow', 'night', rng.pick(['snow', 'snowfall'])),
        look('flood', rng.pick(['overcast', 'night', 'dusk']), 'thaw'),
      ]
    : [
        flood(),
        look('flood', rng.pick(['night', 'night', 'dusk']), rng.pick(['after-rain', 'rain'])),
        look('calm', rng.pick(['day', 'low-sun', 'night']), rng.pick(['clear', 'after-rain'])),
        look('ponding', rng.pick(['overcast', 'day']), 'after-rain'),
      ];
  const rare = look(rng.pick(['manhole', 'heap']), rng.pick(['day', 'overcast', 'low-sun', 'night']), 'clear');
  // A camera that has seen rain knows what its wet street looks like.
  const wet = [
    look('calm', 'overcast', rng.pick(['rain', 'after-rain'])),
    look('calm', 'day', 'after-rain'),
    look('calm', 'night', rng.pick(['rain', 'after-rain'])),
  ];
  return [...both, ...hazards, rare, ...wet];
}

/** The mast sways and the mount settles: at most some four pixels of 640. */
export function shaken(scene: Scene, rng: Rng): Scene['camera'] {
  const { camera } = scene;
  const sway = (): number => (rng.chance(0.5) ? rng.range(-0.4, 0.4) : 0);
  return { ...camera, yawDeg: camera.yawDeg + sway(), tiltDeg: camera.tiltDeg + sway() * 0.7 };
}

/** The same camera at another hour: its lens stays, exposure, grain and colour do not. */
export function sensorAt(base: Sensor, plan: Pick<LookPlan, 'light' | 'weather'>, rng: Rng): Sensor {
  const isNight = plan.light === 'night';
  const isDusk = plan.light === 'dusk';
  const isFalling = plan.weather === 'rain' || plan.weather === 'snowfall';
  const exposure = isNight ? rng.range(0.95, 1.6) : isDusk ? rng.range(1.15, 1.6) : rng.range(0.82, 1.25);
  return {
    ...base,
    exposure: exposure * (plan.weather === 'snow' && !isNight ? 0.72 : 1),
    noise: isNight ? rng.range(0.03, 0.09) : isDusk ? rng.range(0.02, 0.05) : rng.range(0.008, 0.028),
    saturation: base.saturation * (isNight ? rng.range(0.5, 0.95) : 1),
    drops: isFalling && rng.chance(0.3) ? rng.range(0.1, 0.6) : 0,
  };
}

/** All looks of a camera by its seed. The same seed always gives the same series. */
export function planSeries(seed: number): SeriesLook[] {
  const rng = makeRng(seed * 11 + 5);
  const isWintry = rng.chance(0.45);
  const family = rng.pick<Family>(['street', 'street', 'crossing', 'crossing', 'underpass', 'yard', 'pavement']);
  const built = buildScene(seed, {
    family,
    weather: 'clear',
    light: 'day',
    season: isWintry ? 'winter' : 'summer',
    manholes: rng.chance(0.5) ? 1 : 0,
  });
  return looksOf(rng, isWintry).map((plan, i) => lookAt(built, plan, makeRng(seed * 131 + i * 17 + 1)));
}

function lookAt({ scene: base, place }: BuiltScene, plan: LookPlan, rng: Rng): SeriesLook {
  const { light, weather, theme } = plan;
  const scene: Scene = {
    ...base,
    light,
    weather,
    camera: shaken(base, rng),
    sunAzimuthDeg: rng.range(0, 360),
    sunHeightDeg: light === 'low-sun' ? rng.range(8, 17) : light === 'night' ? -20 : rng.range(28, 58),
    sensor: sensorAt(base.sensor, plan, rng),
  };
  let m = calmMoment(scene, rng);
  const degree = rng.next();
  const avoid: Point[] = scene.manholes.map((h): Point => [h.x, h.z]);
  if (theme === 'flood') {
    const waterM = scene.family === 'underpass' ? 0.08 + degree * 0.9 : 0.06 + degree * 0.24;
    m = { ...m, waterM, wet: Math.max(m.wet, 0.6), muddy: rng.next() };
  } else if (theme === 'ponding') {
    m = { ...m, waterM: rng.range(0.005, 0.05), wet: Math.max(m.wet, 0.5), muddy: rng.next() };
  } else if (theme === 'snow') {
    const snow = { ...m.snow, road: 0.4 + 0.6 * degree, pave: 0.4 + 0.6 * rng.next(), caps: 0.8 };
    m = { ...m, snow: { ...snow, lawn: Math.max(m.snow.lawn, 0.7), trackDepth: rng.range(0.2, 1.1) } };
  } else if (theme === 'snow-cleared') {
    m = { ...m, snow: { ...m.snow, road: rng.range(0, 0.12), lawn: Math.max(m.snow.lawn, 0.7) } };
  } else if (theme === 'manhole') {
    const state: CoverState = rng.chance(0.65) ? 'missing' : 'shifted';
    m = { ...m, covers: Object.fromEntries(scene.manholes.map((h): [string, CoverState] => [h.id, state])) };
  } else if (theme === 'heap') {
    const [x, z] = spotFor(scene, place, rng, 9, 20);
    avoid.push([x, z]);
    const size = { radiusM: rng.range(1.2, 2.6), heightM: rng.range(0.6, 1.6) };
    m = { ...m, heaps: [{ id: 'heap-1', x, z, ...size, grown: 1, stuff: rng.int(0, 4), seed: rng.int(1, 1e6) }] };
  }
  const isDeep = theme === 'flood' && m.waterM > 0.5;
  const vehicles = scatterTraffic(scene, place, rng, isDeep ? 0.05 : plan.traffic, avoid).map((v) =>
    m.waterM > 0.06 && v.id.startsWith('v') ? { ...v, wake: rng.range(0.2, 1) } : v,
  );
  const people = scatterPeople(scene, place, rng, rng.int(0, 4), avoid);
  return { theme, scene, moment: { ...m, vehicles, people }, degree };
}
