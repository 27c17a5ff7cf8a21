// Owns the stories of clips about lorries and sacks: what comes, what it leaves, how it is put right.
import type { Story } from './clip-plan.ts';
import { clamp01, ease, onCurve } from './motion.ts';
import type { Curve } from './motion.ts';
import { makeRng } from './rng.ts';
import type { Heap, Point, Vehicle } from './scene-types.ts';
import { aheadOf } from './scenes.ts';
import type { BuiltScene } from './scenes.ts';
import type { VehicleKind } from './vehicles.ts';

/** The place beside the road where things are left: some 16 m before the camera. */
export const verge = (b: BuiltScene): Point => {
  const p = aheadOf(b.scene, 16, -2);
  const w = b.scene.layout.road[0];
  return [p[0], -(w + 4.6)];
};

/** Cars standing in the bays of a yard. */
export function parkedCars(seed: number, share: number): (b: BuiltScene) => Vehicle[] {
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
export function tipping(at: (b: BuiltScene) => Point, stuff: number): Story {
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
export function sackDump(at: (b: BuiltScene) => Point): Story {
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
