// Owns the catalogue of shipped clips: which place, which light, what happens when. Pure: a clip and a second give a moment.
import { makeRng } from './rng.ts';
import { aheadOf, buildScene, calmMoment } from './scenes.ts';
import type { BuiltScene, SceneWishes } from './scenes.ts';
import { carsAt, clamp01, ease, onCurve, walkersAt } from './motion.ts';
import type { Curve, Stream, Walk } from './motion.ts';
import type { Heap, Moment, Point, Vehicle } from './scene-types.ts';
import type { VehicleKind } from './vehicles.ts';

export type PhaseName = 'before' | 'begin' | 'during' | 'end' | 'after';
export type HazardName = 'dumping' | 'snow' | 'flooding' | 'open-manhole';

export interface ClipPhase {
  readonly name: PhaseName;
  readonly seconds: number;
  readonly loop: boolean;
  /** Same pictures as an earlier phase of equal length. */
  readonly sameAs?: PhaseName;
}

export interface ClipPlan {
  readonly id: string;
  readonly title: string;
  readonly hazard: HazardName | null;
  readonly sub: string;
  readonly seed: number;
  readonly wishes: SceneWishes;
  readonly phases: readonly ClipPhase[];
  /** Seconds after which traffic repeats; every phase is a whole number of these. */
  readonly periodS: number;
  /** What makes a look-alike allowed, where something is. */
  readonly permitted?: string;
  readonly streams?: readonly Stream[];
  readonly walks?: readonly Walk[];
  readonly parked?: (b: BuiltScene) => Vehicle[];
  /** Changes the calm, moving scene: phase and seconds since the phase began. */
  readonly play?: (b: BuiltScene, m: Moment, phase: PhaseName, tS: number) => Moment;
}

const calm = (seconds: number): readonly ClipPhase[] => [{ name: 'before', seconds, loop: true }];
const act = (before: number, begin: number, during: number, end: number): readonly ClipPhase[] => [
  { name: 'before', seconds: before, loop: true },
  { name: 'begin', seconds: begin, loop: false },
  { name: 'during', seconds: during, loop: true },
  { name: 'end', seconds: end, loop: false },
  { name: 'after', seconds: before, loop: true, sameAs: 'before' },
];

function parkedCars(seed: number, share: number): (b: BuiltScene) => Vehicle[] {
  return (b) => {
    const rng = makeRng(seed);
    const kinds: readonly [VehicleKind, ...VehicleKind[]] = ['sedan', 'hatch', 'suv', 'sedan', 'van'];
    return b.place.parking.flatMap((p, i) => {
      const car = { id: `parked-${i}`, kind: rng.pick(kinds), x: p.x, z: p.z, yaw: p.yaw, paint: rng.int(1, 1e6) };
      const away = Math.hypot(p.x - b.scene.camera.x, p.z - b.scene.camera.z) > 5;
      return rng.chance(share) && away ? [car] : [];
    });
  };
}

/** A tipper comes off the road, stops, raises, empties and leaves; later a loader clears the heap. */
function tipping(at: (b: BuiltScene) => Point, stuff: number): NonNullable<ClipPlan['play']> {
  return (b, m, phase, tS) => {
    const [sx, sz] = at(b);
    const stop: Point = [sx + 4.6, sz - 0.2];
    const lane = b.scene.layout.road[0] / 2;
    const come: Curve = [[b.scene.camera.x - 16, lane], [sx - 14, lane], [sx - 9, sz + 0.6], stop];
    const leave: Curve = [stop, [sx + 12, sz - 0.6], [sx + 15, lane], [sx + 62, lane]];
    const heap: Heap = {
      id: 'heap-1',
      x: sx - 0.6,
      z: sz,
      radiusM: 2.1,
      heightM: 1.35,
      grown: 1,
      stuff,
      seed: b.scene.seed,
    };
    if (phase === 'begin') {
      const there = ease(tS, 0, 5.2);
      const gone = ease(tS, 14.6, 19.2);
      const pose = tS < 14.6 ? onCurve(come, there) : onCurve(leave, gone);
      const raise = ease(tS, 5.6, 9) - ease(tS, 12.2, 14.8);
      const load = 1 - ease(tS, 7.4, 12);
      const grown = ease(tS, 7.6, 12.2);
      const lorry: Vehicle = {
        id: 'tipper',
        kind: 'tipper',
        x: pose.x,
        z: pose.z,
        yaw: pose.yaw,
        paint: b.scene.seed,
        raise,
        load,
        lights: true,
        brake: tS > 4.4 && tS < 14.6,
        stuff,
      };
      const pours = raise > 0.45 && load > 0.04 && load < 0.97;
      const vehicles = gone < 1 ? [...m.vehicles, lorry] : m.vehicles;
      return {
        ...m,
        vehicles,
        heaps: grown > 0.02 ? [{ ...heap, grown }] : [],
        pour: pours
          ? {
              x: pose.x - Math.cos(pose.yaw) * 3.9,
              z: pose.z + Math.sin(pose.yaw) * 3.9,
              y: 1.25,
              amount: 1,
              yaw: pose.yaw,
            }
          : null,
      };
    }
    if (phase === 'during') return { ...m, heaps: [heap] };
    if (phase === 'end') {
      const pass = (t: number): number => ease(t, 0, 1);
      const strokes = 2;
      const work = clamp01((tS - 1.4) / 5.4) * strokes;
      const k = Math.min(strokes - 1, Math.floor(work));
      const f = work - k;
      const near = tS < 1.4 ? 1 - pass(tS / 1.4) : tS > 6.8 ? -pass((tS - 6.8) / 2.2) : 0;
      const dist = tS < 1.4 ? 6 + near * 26 : tS > 6.8 ? 6 - near * 30 : 6 - Math.sin(f * Math.PI) * 3.6;
      const grown = 1 - clamp01((work - 0.4) / (strokes - 0.6));
      const loader: Vehicle = {
        id: 'loader',
        kind: 'loader',
        x: sx + dist + 1.5,
        z: sz,
        yaw: Math.PI,
        paint: 1,
        raise: f > 0.55 ? 0.5 : 0,
        load: f > 0.5 ? 1 : 0,
        lights: true,
        beacon: true,
        stuff,
      };
      return { ...m, vehicles: [...m.vehicles, loader], heaps: grown > 0.02 ? [{ ...heap, grown }] : [] };
    }
    return m;
  };
}

/** A van stops at the verge and its driver leaves sacks. */
function sackDump(at: (b: BuiltScene) => Point): NonNullable<ClipPlan['play']> {
  return (b, m, phase, tS) => {
    const [sx, sz] = at(b);
    const side = Math.sign(sz) || 1;
    const park: Point = [sx + 3.2, sz - side * 2.2];
    const lane = -side * Math.min(1.8, b.scene.layout.road[0] / 2);
    const come: Curve = [[b.scene.camera.x - 16, lane], [sx - 10, lane], [sx - 5, park[1]], park];
    const leave: Curve = [park, [sx + 10, park[1]], [sx + 14, lane], [sx + 60, lane]];
    if (phase === 'begin') {
      const pose = tS < 12 ? onCurve(come, ease(tS, 0, 4)) : onCurve(leave, ease(tS, 12, 15.6));
      const van: Vehicle = {
        id: 'van',
        kind: 'van',
        x: pose.x,
        z: pose.z,
        yaw: pose.yaw,
        paint: b.scene.seed,
        lights: true,
        brake: tS > 3 && tS < 12,
      };
      const trip = clamp01((tS - 4.6) / 6.6) * 3;
      const f = trip - Math.floor(trip);
      const walking = tS > 4.5 && tS < 11.4;
      const go = f < 0.5 ? f * 2 : 2 - f * 2;
      const px = park[0] - 2.9 + (sx - park[0] + 2.5) * go;
      const pz = park[1] + (sz - park[1] - side * 0.7) * go;
      const count = tS < 4.6 ? 0 : Math.min(6, Math.floor(trip + 0.5) * 2);
      return {
        ...m,
        vehicles: tS < 15.6 ? [...m.vehicles, van] : m.vehicles,
        people: walking
          ? [
              ...m.people,
              {
                id: 'dumper',
                x: px,
                z: pz,
                yaw: f < 0.5 ? Math.PI : 0,
                clothes: 11,
                step: (tS * 1.8) % 1,
                ...(f < 0.5 ? { carries: 'sack' as const } : {}),
              },
            ]
          : m.people,
        sacks: count > 0 ? [{ id: 'sacks-1', x: sx, z: sz, count, seed: 5, black: false }] : [],
      };
    }
    if (phase === 'during') return { ...m, sacks: [{ id: 'sacks-1', x: sx, z: sz, count: 6, seed: 5, black: false }] };
    if (phase === 'end') {
      const left = tS < 2 ? 6 : tS < 3.2 ? 4 : tS < 4.4 ? 2 : 0;
      const pose = tS < 5.6 ? onCurve(come, ease(tS, 0, 1.8)) : onCurve(leave, ease(tS, 5.6, 7.8));
      return {
        ...m,
        vehicles: [
          ...m.vehicles,
          {
            id: 'crew',
            kind: 'bin-lorry',
            x: pose.x + 1,
            z: pose.z,
            yaw: pose.yaw,
            paint: 4,
            lights: true,
            beacon: true,
          },
        ],
        people:
          tS > 1.9 && tS < 5.4
            ? [
                ...m.people,
                {
                  id: 'crew-1',
                  x: sx - 0.8,
                  z: sz - side * 0.6,
                  yaw: 0.4,
                  clothes: 3,
                  step: (tS * 1.6) % 1,
                  worker: true,
                },
              ]
            : m.people,
        sacks: left > 0 ? [{ id: 'sacks-1', x: sx, z: sz, count: left, seed: 5, black: false }] : [],
      };
    }
    return m;
  };
}

/** What the whole ground does moves in quarter seconds: only then must the whole picture be drawn anew. */
const slow = (tS: number): number => Math.floor(tS * 4) / 4;

/** Snow falls on an open road over `begin`, lies through `during`, and a plough clears it in `end`. */
function snowOver(depth: number): NonNullable<ClipPlan['play']> {
  return (b, m, phase, tS) => {
    const w = b.scene.layout.road[0];
    const full = { ...m.snow, road: depth, pave: Math.max(m.snow.pave, depth * 0.8), trackDepth: 0.55 };
    if (phase === 'begin') {
      const k = ease(slow(tS), 0, 8);
      return {
        ...m,
        snow: {
          ...m.snow,
          road: m.snow.road + (depth - m.snow.road) * k,
          pave: m.snow.pave + (full.pave - m.snow.pave) * k,
          trackDepth: 0.9 - 0.35 * k,
        },
      };
    }
    if (phase === 'during') return { ...m, snow: full };
    if (phase === 'end') {
      const lane = w / 2;
      const x = -30 + ease(tS, 0, 8) * 118;
      const back = -30 + ease(tS, 0.6, 8) * 112;
      const ploughs: Vehicle[] = [
        { id: 'plough-1', kind: 'plough', x, z: lane, yaw: 0, paint: 1, lights: true, beacon: true },
        { id: 'plough-2', kind: 'plough', x: back - 9, z: -lane, yaw: 0, paint: 2, lights: true, beacon: true },
      ];
      return {
        ...m,
        vehicles: ploughs,
        snow: { ...full, pave: full.pave + (m.snow.pave - full.pave) * ease(slow(tS), 5, 8) },
        clear: [-400, Math.floor((Math.min(x, back - 6) + 3) / 3) * 3, -w - 9, w + 9],
      };
    }
    return m;
  };
}

/** A bank of ploughed snow left on a crossing; later it is taken away by a loader. */
function windrowOn(
  place: (b: BuiltScene) => { x0: number; z0: number; x1: number; z1: number },
): NonNullable<ClipPlan['play']> {
  return (b, m, phase, tS) => {
    const line = place(b);
    const at = (k: number): { x0: number; z0: number; x1: number; z1: number } => ({
      x0: line.x0,
      z0: line.z0,
      x1: line.x0 + (line.x1 - line.x0) * k,
      z1: line.z0 + (line.z1 - line.z0) * k,
    });
    const bank = (k: number): Moment['windrows'] =>
      k > 0.06 ? [{ ...at(k), heightM: 0.85, widthM: 1.9, seed: 3, paved: true }] : [];
    if (phase === 'begin') {
      const k = ease(tS, 0.5, 6.4);
      const head = at(Math.max(0.02, k));
      const off = Math.sign(line.z0) * 1.9;
      const x = tS < 6.4 ? head.x1 - 3 : head.x1 - 3 + (tS - 6.4) * 16;
      return {
        ...m,
        vehicles: [
          ...m.vehicles,
          { id: 'plough', kind: 'plough', x, z: line.z0 - off, yaw: 0, paint: 1, lights: true, beacon: true },
        ],
        windrows: [...m.windrows, ...bank(k)],
      };
    }
    if (phase === 'during') return { ...m, windrows: [...m.windrows, ...bank(1)] };
    if (phase === 'end') {
      const k = 1 - ease(tS, 0.8, 6.8);
      const head = at(Math.max(0, k));
      const x = tS > 7 ? head.x1 + 3 + (tS - 7) * 14 : head.x1 + 3.6;
      return {
        ...m,
        vehicles: [
          ...m.vehicles,
          {
            id: 'loader',
            kind: 'loader',
            x,
            z: line.z0,
            yaw: Math.PI,
            paint: 1,
            raise: Math.max(0, Math.sin(tS * 2.1)) * 0.5,
            load: 1,
            lights: true,
            beacon: true,
            stuff: 4,
          },
        ],
        windrows: [...m.windrows, ...bank(k)],
      };
    }
    return m;
  };
}

/** Water rises to `levelM` in `begin`, stands, and runs off in `end`. */
function rising(
  levelM: number,
  muddy: number,
  crossing: VehicleKind | null,
  lane: number,
): NonNullable<ClipPlan['play']> {
  return (b, m, phase, tS) => {
    const base = m.waterM;
    const wade = (seconds: number): Vehicle[] => {
      if (!crossing) return [];
      const l = b.place.lanes[lane % b.place.lanes.length];
      if (!l) return [];
      const x = l.yaw === 0 ? -34 + (tS / seconds) * 112 : 78 - (tS / seconds) * 112;
      return [{ id: 'wader', kind: crossing, x, z: l.at * 0.92, yaw: l.yaw, paint: 77, lights: true, wake: 1 }];
    };
    if (phase === 'begin')
      return {
        ...m,
        vehicles: tS < 2.5 ? m.vehicles : [],
        waterM: Math.max(base, 0.0) + (levelM - Math.max(base, 0.0)) * ease(slow(tS), 0, 7.8),
        wet: Math.max(m.wet, ease(slow(tS), 0, 3)),
        muddy,
      };
    if (phase === 'during') return { ...m, vehicles: wade(12), waterM: levelM, wet: 1, muddy };
    if (phase === 'end')
      return {
        ...m,
        vehicles: [],
        waterM: levelM - (levelM + 0.06) * ease(slow(tS), 0, 7.2),
        wet: 1 - (1 - m.wet) * ease(slow(tS), 5.5, 8),
        muddy,
      };
    return m;
  };
}

/** A cover is taken off in `begin` (cones come during it), and put back in `end`. */
function openCover(state: 'missing' | 'shifted', cones: boolean): NonNullable<ClipPlan['play']> {
  return (b, m, phase, tS) => {
    const h = b.scene.manholes[0];
    if (!h) return m;
    const ring: Point[] = [0, 1, 2, 3].map((i): Point => [
      h.x + Math.cos(i * 1.57 + h.yaw + 0.6) * 1.25,
      h.z + Math.sin(i * 1.57 + h.yaw + 0.6) * 1.25,
    ]);
    const open = { ...m.covers, [h.id]: state };
    const man = (x: number, z: number): Moment => ({
      ...m,
      people: [...m.people, { id: 'taker', x, z, yaw: 2, clothes: 21, step: (tS * 1.5) % 1 }],
    });
    if (phase === 'begin') {
      const walk = tS < 2 ? (2 - tS) * 2.2 : tS > 3.4 ? (tS - 3.4) * 2.2 : 0;
      const shown = man(h.x + 0.9 + walk, h.z - 0.5 - walk * 0.2);
      return tS < 2.6 ? shown : { ...shown, covers: open };
    }
    if (phase === 'during') return { ...m, covers: open, cones: cones ? ring : [] };
    if (phase === 'end') {
      const worker = {
        id: 'crew-1',
        x: h.x + 1.1 + Math.max(0, tS - 4) * 2,
        z: h.z - 0.6,
        yaw: 2.4,
        clothes: 3,
        step: (tS * 1.2) % 1,
        worker: true,
      };
      return {
        ...m,
        people: [...m.people, worker],
        covers: tS < 3 ? open : m.covers,
        cones: tS < 3.6 && cones ? ring : [],
      };
    }
    return m;
  };
}

const verge = (b: BuiltScene): Point => {
  const p = aheadOf(b.scene, 16, -2);
  const w = b.scene.layout.road[0];
  return [p[0], -(w + 4.6)];
};

const winterStreet = { weather: 'snow', season: 'winter' } as const;

/** Every shipped clip. Seeds stay below 100000: those above are for training stills. */
export const CLIPS: readonly ClipPlan[] = [
  {
    id: 'dumping-wasteland-day',
    title: 'Wasteland by day: a tipper empties its body, a loader clears it',
    hazard: 'dumping',
    sub: 'lorry',
    seed: 1101,
    wishes: {
      family: 'wasteland',
      weather: 'clear',
      light: 'day',
      season: 'summer',
      manholes: 0,
      heightM: 8,
      fovDeg: 66,
      mast: [-13, 6.5],
      target: [4.5, -5],
      caption: 'CAM 04411',
      place: 'Тайтобе 3',
    },
    phases: act(10, 20, 10, 10),
    periodS: 10,
    streams: [{ lane: 0, kind: 'sedan', paint: 31, offset: 0.15, speedMps: 13 }],
    play: tipping(verge, 1),
  },
  {
    id: 'open-manhole-pavement',
    title: 'Pavement: the cover is taken away, cones are set, the cover comes back',
    hazard: 'open-manhole',
    sub: 'missing',
    seed: 1207,
    wishes: {
      family: 'pavement',
      weather: 'clear',
      light: 'day',
      season: 'summer',
      heightM: 6.5,
      fovDeg: 58,
      manholes: 1,
      coverKinds: [2],
      coverDistM: [8.5, 11],
      caption: 'CAM 01877',
      place: 'Кенесары 40',
    },
    phases: act(8, 5, 8, 5),
    periodS: 8,
    streams: [
      { lane: 0, kind: 'sedan', paint: 12, offset: 0.3, speedMps: 12 },
      { lane: 1, kind: 'suv', paint: 8, offset: 0.65, speedMps: 12 },
    ],
    play: openCover('missing', true),
  },
  {
    id: 'flooding-street-lane',
    title: 'Street: a lane fills after rain, a car wades through, the water runs off',
    hazard: 'flooding',
    sub: 'carriageway',
    seed: 1308,
    wishes: {
      family: 'street',
      weather: 'after-rain',
      light: 'overcast',
      season: 'summer',
      manholes: 0,
      heightM: 8,
      fovDeg: 70,
      caption: 'CAM 02290',
      place: 'Республика 24',
    },
    phases: act(8, 8, 12, 8),
    periodS: 4,
    streams: [{ lane: 0, kind: 'sedan', paint: 3, offset: 0.1, speedMps: 18 }],
    play: rising(0.19, 0.45, 'suv', 0),
  },
  {
    id: 'snow-carriageway',
    title: 'Street: snow covers the carriageway, ploughs clear it',
    hazard: 'snow',
    sub: 'carriageway',
    seed: 1402,
    wishes: {
      family: 'street',
      ...winterStreet,
      light: 'overcast',
      manholes: 0,
      heightM: 9,
      fovDeg: 68,
      caption: 'CAM 00716',
      place: 'Абай 47',
    },
    phases: act(8, 8, 8, 8),
    periodS: 8,
    streams: [
      { lane: 0, kind: 'sedan', paint: 5, offset: 0.2, speedMps: 10 },
      { lane: 1, kind: 'bus', paint: 9, offset: 0.6, speedMps: 9 },
    ],
    play: snowOver(0.95),
  },
  {
    id: 'calm-crossing-day',
    title: 'Crossing by day',
    hazard: null,
    sub: '',
    seed: 2101,
    wishes: {
      family: 'crossing',
      weather: 'clear',
      light: 'day',
      season: 'summer',
      manholes: 1,
      fovDeg: 72,
      heightM: 9,
      caption: 'CAM 00012',
      place: 'Абай - Сейфуллин',
    },
    phases: calm(8),
    periodS: 8,
    streams: [
      { lane: 0, kind: 'sedan', paint: 4, offset: 0.1 },
      { lane: 1, kind: 'hatch', paint: 9, offset: 0.5 },
      { lane: 1, kind: 'bus', paint: 2, offset: 0.9, speedMps: 9 },
    ],
    walks: [
      { walk: 0, clothes: 4, offset: 0.2 },
      { walk: 1, clothes: 9, offset: 0.6, back: true },
    ],
  },
  {
    id: 'calm-street-night-wet',
    title: 'Wet street by night: headlights mirrored in the asphalt, no water standing',
    hazard: null,
    sub: '',
    seed: 2204,
    wishes: {
      family: 'street',
      weather: 'after-rain',
      light: 'night',
      season: 'autumn',
      manholes: 0,
      fovDeg: 68,
      heightM: 8,
      caption: 'CAM 03318',
      place: 'Туран 55',
    },
    phases: calm(8),
    periodS: 8,
    streams: [
      { lane: 0, kind: 'sedan', paint: 14, offset: 0.05 },
      { lane: 1, kind: 'suv', paint: 6, offset: 0.55 },
    ],
  },
  {
    id: 'calm-yard-day',
    title: 'Courtyard by day: parked cars, bins, playground',
    hazard: null,
    sub: '',
    seed: 2303,
    wishes: {
      family: 'yard',
      weather: 'clear',
      light: 'day',
      season: 'summer',
      manholes: 1,
      fovDeg: 72,
      heightM: 8,
      caption: 'CAM 05120',
      place: 'Иманова 9',
    },
    phases: calm(8),
    periodS: 8,
    parked: parkedCars(3, 0.8),
    walks: [{ walk: 0, clothes: 5, offset: 0.4 }],
  },
  {
    id: 'calm-winter-street',
    title: 'Winter street, swept: snow on the lawns only',
    hazard: null,
    sub: '',
    seed: 2402,
    wishes: {
      family: 'street',
      ...winterStreet,
      light: 'day',
      manholes: 0,
      fovDeg: 66,
      heightM: 9,
      caption: 'CAM 00831',
      place: 'Мангилик Ел 33',
    },
    phases: calm(8),
    periodS: 8,
    streams: [
      { lane: 0, kind: 'sedan', paint: 22, offset: 0.25 },
      { lane: 1, kind: 'van', paint: 17, offset: 0.7 },
    ],
    walks: [{ walk: 1, clothes: 2, offset: 0.3 }],
  },

  {
    id: 'flooding-underpass',
    title: 'Underpass: water rises under the bridge and is pumped out',
    hazard: 'flooding',
    sub: 'underpass',
    seed: 1311,
    wishes: {
      family: 'underpass',
      weather: 'overcast',
      light: 'overcast',
      season: 'summer',
      manholes: 0,
      heightM: 7,
      fovDeg: 70,
      caption: 'CAM 06001',
      place: 'Богенбай, подземный проезд',
    },
    phases: act(8, 8, 12, 8),
    periodS: 4,
    streams: [{ lane: 0, kind: 'hatch', paint: 15, offset: 0.2, speedMps: 18 }],
    play: rising(0.62, 0.6, 'sedan', 1),
  },
  {
    id: 'dumping-verge-night',
    title: 'Verge by night: a tipper empties its body under a street lamp',
    hazard: 'dumping',
    sub: 'lorry',
    seed: 1112,
    wishes: {
      family: 'wasteland',
      weather: 'overcast',
      light: 'night',
      season: 'autumn',
      exposure: 2.1,
      manholes: 0,
      heightM: 8,
      fovDeg: 66,
      mast: [-11, 6],
      target: [5, -4.6],
      caption: 'CAM 04502',
      place: 'Коктал, обочина',
    },
    phases: act(10, 20, 10, 10),
    periodS: 10,
    streams: [{ lane: 0, kind: 'sedan', paint: 19, offset: 0.15, speedMps: 13 }],
    play: tipping(verge, 0),
  },
  {
    id: 'snow-windrow-crossing',
    title: 'Crossing: a plough leaves a bank across the zebra, a loader takes it away',
    hazard: 'snow',
    sub: 'windrow',
    seed: 1411,
    wishes: {
      family: 'crossing',
      ...winterStreet,
      light: 'overcast',
      manholes: 0,
      heightM: 9,
      fovDeg: 70,
      caption: 'CAM 00218',
      place: 'Сарыарка - Богенбай',
    },
    phases: act(8, 8, 8, 8),
    periodS: 8,
    streams: [{ lane: 0, kind: 'sedan', paint: 7, offset: 0.35 }],
    walks: [{ walk: 1, clothes: 6, offset: 0.3 }],
    play: windrowOn((b) => {
      const w = b.scene.layout.road[0];
      const s = Math.sign(b.scene.camera.z) || 1;
      const off = b.scene.layout.zebra[0]?.[1] ?? 12;
      const dir = Math.sign(b.scene.camera.x) || 1;
      return { x0: -dir * off - 7, z0: s * (w - 1.4), x1: -dir * off + 8, z1: s * (w - 1.4) };
    }),
  },
  {
    id: 'open-manhole-carriageway',
    title: 'Carriageway: a cover lies shifted off its frame',
    hazard: 'open-manhole',
    sub: 'shifted',
    seed: 1215,
    wishes: {
      family: 'street',
      weather: 'overcast',
      light: 'overcast',
      season: 'spring',
      heightM: 7,
      fovDeg: 62,
      aimDistM: 12,
      manholes: 1,
      coverKinds: [0],
      coverDistM: [8.5, 12.5],
      caption: 'CAM 01903',
      place: 'Жумабаев 16',
    },
    phases: act(8, 5, 8, 5),
    periodS: 8,
    streams: [{ lane: 0, kind: 'hatch', paint: 30, offset: 0.5, speedMps: 12 }],
    play: openCover('shifted', false),
  },
  {
    id: 'dumping-sacks-dusk',
    title: 'Ditch at dusk: a driver leaves sacks, a crew picks them up',
    hazard: 'dumping',
    sub: 'sacks',
    seed: 1123,
    wishes: {
      family: 'wasteland',
      weather: 'overcast',
      light: 'dusk',
      season: 'autumn',
      exposure: 2.0,
      manholes: 0,
      heightM: 7.5,
      fovDeg: 62,
      mast: [-10, 6],
      target: [4, -4],
      caption: 'CAM 04477',
      place: 'Ильинка, кювет',
    },
    phases: act(8, 16, 8, 8),
    periodS: 8,
    play: sackDump(verge),
  },
  {
    id: 'open-manhole-yard',
    title: 'Yard entry: the cover is gone',
    hazard: 'open-manhole',
    sub: 'missing',
    seed: 1226,
    wishes: {
      family: 'yard',
      weather: 'overcast',
      light: 'day',
      season: 'autumn',
      heightM: 6.5,
      fovDeg: 64,
      aimDistM: 12.5,
      manholes: 1,
      coverKinds: [0],
      coverDistM: [8.5, 12.5],
      caption: 'CAM 05244',
      place: 'Петров 18',
    },
    phases: act(8, 5, 8, 5),
    periodS: 8,
    parked: parkedCars(8, 0.6),
    play: openCover('missing', true),
  },
  {
    id: 'snow-street-night',
    title: 'Street by night: snow lies on the lanes, ploughs clear it',
    hazard: 'snow',
    sub: 'carriageway',
    seed: 1421,
    wishes: {
      family: 'street',
      ...winterStreet,
      light: 'night',
      manholes: 0,
      heightM: 8.5,
      fovDeg: 68,
      caption: 'CAM 00902',
      place: 'Кабанбай батыр 11',
    },
    phases: act(8, 8, 8, 8),
    periodS: 8,
    streams: [{ lane: 0, kind: 'sedan', paint: 41, offset: 0.2, speedMps: 10 }],
    play: snowOver(0.9),
  },

  {
    id: 'calm-crossing-dusk',
    title: 'Crossing at dusk',
    hazard: null,
    sub: '',
    seed: 2112,
    wishes: {
      family: 'crossing',
      weather: 'clear',
      light: 'dusk',
      season: 'autumn',
      manholes: 0,
      fovDeg: 74,
      heightM: 9,
      caption: 'CAM 00034',
      place: 'Валиханов 22',
    },
    phases: calm(8),
    periodS: 8,
    streams: [
      { lane: 0, kind: 'suv', paint: 16, offset: 0.4 },
      { lane: 1, kind: 'sedan', paint: 13, offset: 0.8 },
    ],
  },
  {
    id: 'calm-street-low-sun',
    title: 'Street with low sun: long shadows over the lanes',
    hazard: null,
    sub: '',
    seed: 2213,
    wishes: {
      family: 'street',
      weather: 'clear',
      light: 'low-sun',
      season: 'summer',
      manholes: 1,
      fovDeg: 66,
      heightM: 8,
      caption: 'CAM 03120',
      place: 'Улы Дала 7',
    },
    phases: calm(8),
    periodS: 8,
    streams: [
      { lane: 0, kind: 'sedan', paint: 29, offset: 0.3 },
      { lane: 1, kind: 'lorry', paint: 18, offset: 0.75, speedMps: 10 },
    ],
    walks: [{ walk: 0, clothes: 7, offset: 0.5 }],
  },
  {
    id: 'calm-street-after-rain',
    title: 'Street after rain: wet, dark, not flooded',
    hazard: null,
    sub: '',
    seed: 2221,
    wishes: {
      family: 'street',
      weather: 'after-rain',
      light: 'overcast',
      season: 'summer',
      manholes: 0,
      fovDeg: 66,
      heightM: 8.5,
      caption: 'CAM 02311',
      place: 'Момышулы 2',
    },
    phases: calm(8),
    periodS: 8,
    streams: [
      { lane: 0, kind: 'hatch', paint: 23, offset: 0.15 },
      { lane: 1, kind: 'bus', paint: 5, offset: 0.6, speedMps: 9 },
    ],
  },
  {
    id: 'calm-street-rain',
    title: 'Street in rain',
    hazard: null,
    sub: '',
    seed: 2232,
    wishes: {
      family: 'street',
      weather: 'rain',
      light: 'overcast',
      season: 'summer',
      manholes: 0,
      fovDeg: 68,
      heightM: 8,
      caption: 'CAM 02345',
      place: 'Тауелсиздик 3',
    },
    phases: calm(6),
    periodS: 6,
    streams: [{ lane: 0, kind: 'sedan', paint: 44, offset: 0.35 }],
  },
  {
    id: 'calm-yard-bin-lorry',
    title: 'Courtyard: a bin lorry empties the containers',
    hazard: null,
    sub: '',
    permitted: 'container-site',
    seed: 2314,
    wishes: {
      family: 'yard',
      weather: 'overcast',
      light: 'overcast',
      season: 'spring',
      manholes: 0,
      fovDeg: 70,
      heightM: 8,
      mast: [-8, 7],
      target: [9, -3],
      caption: 'CAM 05133',
      place: 'Иманова 9',
    },
    phases: calm(8),
    periodS: 8,
    parked: parkedCars(5, 0.5),
    play: (b, m, _p, tS) => {
      const site = b.scene.layout.boxes[1];
      const [x, z] = [site?.cx ?? 12, (site?.cz ?? -7) + 4.4];
      const step = (Math.sin((tS / 8) * Math.PI * 2) + 1) / 2;
      return {
        ...m,
        vehicles: [
          ...m.vehicles,
          {
            id: 'bin-lorry',
            kind: 'bin-lorry',
            x: x + 4.4,
            z,
            yaw: 0,
            paint: 2,
            lights: true,
            beacon: true,
            brake: true,
          },
        ],
        people: [
          ...m.people,
          {
            id: 'crew-1',
            x: x - 0.6 + step * 0.8,
            z: z - 0.4 - step * 1.6,
            yaw: 1.2,
            clothes: 3,
            step: (tS * 1.5) % 1,
            worker: true,
          },
        ],
      };
    },
  },
  {
    id: 'calm-wasteland-lorry',
    title: 'Wasteland: a loaded tipper stands, then turns and leaves; nothing is emptied',
    hazard: null,
    sub: '',
    seed: 2511,
    wishes: {
      family: 'wasteland',
      weather: 'clear',
      light: 'day',
      season: 'summer',
      manholes: 0,
      heightM: 8,
      fovDeg: 66,
      mast: [-13, 6.5],
      target: [4.5, -4],
      caption: 'CAM 04419',
      place: 'Тайтобе 3',
    },
    phases: calm(8),
    periodS: 8,
    play: (b, m) => {
      const [x, z] = verge(b);
      return {
        ...m,
        vehicles: [
          ...m.vehicles,
          {
            id: 'standing',
            kind: 'tipper',
            x: x + 3,
            z,
            yaw: -0.15,
            paint: 51,
            raise: 0,
            load: 1,
            lights: false,
            stuff: 3,
          },
          { id: 'standing-2', kind: 'lorry', x: x + 14, z: z - 2, yaw: 0.4, paint: 52, lights: false },
        ],
      };
    },
    streams: [{ lane: 0, kind: 'tipper', paint: 53, offset: 0.4, speedMps: 10 }],
  },
  {
    id: 'calm-snow-storage',
    title: 'Snow storage: a loader fills a tipper, where that is allowed',
    hazard: null,
    sub: '',
    permitted: 'snow-storage',
    seed: 2522,
    wishes: {
      family: 'wasteland',
      ...winterStreet,
      light: 'day',
      manholes: 0,
      heightM: 8,
      fovDeg: 68,
      mast: [-12, 6.5],
      target: [4.5, -5],
      caption: 'CAM 07001',
      place: 'Снегоотвал 2',
    },
    phases: calm(8),
    periodS: 8,
    play: (b, m, _p, tS) => {
      const [x, z] = verge(b);
      const u = (Math.sin((tS / 8) * Math.PI * 2) + 1) / 2;
      return {
        ...m,
        vehicles: [
          {
            id: 'tipper',
            kind: 'tipper',
            x: x + 8,
            z: z + 1,
            yaw: 0,
            paint: 61,
            raise: 0,
            load: 0.8,
            lights: true,
            stuff: 4,
          },
          {
            id: 'loader',
            kind: 'loader',
            x: x + 2.2 - u * 2.2,
            z: z - 4.6,
            yaw: -0.25,
            paint: 1,
            raise: u * 0.8,
            load: 1,
            lights: true,
            beacon: true,
            stuff: 4,
          },
        ],
        heaps: [
          { id: 'store-1', x: x + 13, z: z - 8, radiusM: 5, heightM: 2.6, grown: 1, stuff: 4, seed: 4 },
          { id: 'store-2', x: x + 5, z: z - 10, radiusM: 4, heightM: 2.1, grown: 1, stuff: 4, seed: 8 },
        ],
      };
    },
  },
  {
    id: 'calm-works-manhole',
    title: 'Fenced works at a manhole with workers',
    hazard: null,
    sub: '',
    permitted: 'works',
    seed: 2533,
    wishes: {
      family: 'pavement',
      weather: 'overcast',
      light: 'day',
      season: 'autumn',
      heightM: 7,
      fovDeg: 60,
      aimDistM: 11,
      manholes: 1,
      coverKinds: [2],
      coverDistM: [8.5, 12.5],
      caption: 'CAM 01950',
      place: 'Республика 24',
    },
    phases: calm(8),
    periodS: 8,
    streams: [{ lane: 0, kind: 'van', paint: 21, offset: 0.5 }],
    play: (b, m, _p, tS) => {
      const h = b.scene.manholes[0];
      if (!h) return m;
      const u = Math.sin((tS / 8) * Math.PI * 2);
      return {
        ...m,
        covers: { ...m.covers, [h.id]: 'missing' },
        works: [{ x: h.x, z: h.z, yaw: 0.3 }],
        people: [
          ...m.people,
          { id: 'crew-1', x: h.x + 0.8, z: h.z + 0.6 + u * 0.15, yaw: 2.5, clothes: 3, step: 0, worker: true },
          { id: 'crew-2', x: h.x + 1.9, z: h.z - 0.8, yaw: 2 + u * 0.3, clothes: 5, step: 0.1, worker: true },
        ],
        cones: [
          [h.x - 2, h.z - 1.6],
          [h.x - 2, h.z + 1.6],
          [h.x + 2.4, h.z - 1.8],
        ],
      };
    },
  },
  {
    id: 'calm-pavement-covers',
    title: 'Pavement with closed covers',
    hazard: null,
    sub: '',
    seed: 2542,
    wishes: {
      family: 'pavement',
      weather: 'overcast',
      light: 'overcast',
      season: 'summer',
      heightM: 6.5,
      fovDeg: 60,
      manholes: 3,
      coverKinds: [0, 2],
      coverDistM: [8, 14],
      aimDistM: 11.5,
      caption: 'CAM 01801',
      place: 'Кенесары 40',
    },
    phases: calm(8),
    periodS: 8,
    streams: [{ lane: 0, kind: 'sedan', paint: 33, offset: 0.45 }],
    walks: [{ walk: 0, clothes: 12, offset: 0.4 }],
  },
  {
    id: 'calm-underpass-dry',
    title: 'Underpass, dry',
    hazard: null,
    sub: '',
    seed: 2551,
    wishes: {
      family: 'underpass',
      weather: 'clear',
      light: 'day',
      season: 'summer',
      manholes: 0,
      heightM: 7,
      fovDeg: 70,
      caption: 'CAM 06014',
      place: 'Сарыарка, проезд',
    },
    phases: calm(8),
    periodS: 8,
    streams: [
      { lane: 0, kind: 'sedan', paint: 35, offset: 0.2 },
      { lane: 1, kind: 'van', paint: 36, offset: 0.6 },
    ],
  },
  {
    id: 'calm-street-patches',
    title: 'Street with asphalt patches and cracks',
    hazard: null,
    sub: '',
    seed: 2562,
    wishes: {
      family: 'street',
      weather: 'clear',
      light: 'day',
      season: 'spring',
      manholes: 2,
      heightM: 7.5,
      fovDeg: 62,
      caption: 'CAM 03007',
      place: 'Петров 18',
    },
    phases: calm(8),
    periodS: 8,
    streams: [{ lane: 0, kind: 'suv', paint: 38, offset: 0.35 }],
  },
  {
    id: 'calm-snowfall-street',
    title: 'Snowfall over a wet street; lanes stay dark',
    hazard: null,
    sub: '',
    seed: 2573,
    wishes: {
      family: 'street',
      weather: 'snowfall',
      light: 'overcast',
      season: 'winter',
      manholes: 0,
      heightM: 8.5,
      fovDeg: 68,
      caption: 'CAM 00877',
      place: 'Абай 47',
    },
    phases: calm(6),
    periodS: 6,
    streams: [{ lane: 0, kind: 'sedan', paint: 39, offset: 0.5 }],
  },
  {
    id: 'calm-crossing-night',
    title: 'Crossing by night',
    hazard: null,
    sub: '',
    seed: 2583,
    wishes: {
      family: 'crossing',
      weather: 'clear',
      light: 'night',
      season: 'summer',
      manholes: 1,
      heightM: 9,
      fovDeg: 72,
      caption: 'CAM 00051',
      place: 'Республика - Иманова',
    },
    phases: calm(8),
    periodS: 8,
    streams: [
      { lane: 0, kind: 'sedan', paint: 42, offset: 0.1 },
      { lane: 1, kind: 'bus', paint: 43, offset: 0.55, speedMps: 9 },
    ],
  },
];

/** A camera in service is set bright enough to be read. */
const LEAST_EXPOSURE = { day: 1.05, overcast: 1.2, 'low-sun': 0.95, dusk: 1.6, night: 1.5 } as const;

/** The built place of a clip; the caption carries no running clock, so a loop cannot jump. */
export function buildClip(plan: ClipPlan): BuiltScene {
  const built = buildScene(plan.seed, plan.wishes);
  const { scene } = built;
  const extra =
    plan.permitted === 'snow-storage'
      ? scene.zones.map((zone) =>
          zone.kind === 'no-dumping' ? { ...zone, id: 'storage', kind: 'snow-storage' as const } : zone,
        )
      : scene.zones;
  return {
    ...built,
    scene: {
      ...scene,
      zones: extra,
      sensor: {
        ...scene.sensor,
        exposure: Math.max(scene.sensor.exposure, LEAST_EXPOSURE[scene.light]),
        stamp: '',
        drops: scene.weather === 'rain' ? 0.3 : 0,
        captionStyle: 2,
      },
    },
  };
}

/** What is there in a clip at `tS` seconds after a phase began. */
export function clipMoment(plan: ClipPlan, b: BuiltScene, phase: PhaseName, tS: number): Moment {
  const base = calmMoment(b.scene, makeRng(plan.seed + 5));
  const moving: Moment = {
    ...base,
    wet: b.scene.weather === 'after-rain' ? 0.8 : b.scene.weather === 'snow' ? 0.35 : base.wet,
    waterM: b.scene.weather === 'after-rain' && plan.hazard === null ? 0.012 : -1,
    phase: b.scene.weather === 'rain' ? (tS / plan.periodS) % 1 : 0.25,
    vehicles: [...(plan.parked?.(b) ?? []), ...carsAt(b.scene, b.place, plan.streams ?? [], tS, plan.periodS)],
    people: walkersAt(b.scene, b.place, plan.walks ?? [], tS, plan.periodS),
  };
  return plan.play ? plan.play(b, moving, phase, tS) : moving;
}
