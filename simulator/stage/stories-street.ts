// Owns the stories of clips about snow, water and covers, and of look-alikes that are allowed.
import type { Story } from './clip-plan.ts';
import { ease } from './motion.ts';
import type { Moment, Point, Vehicle } from './scene-types.ts';
import type { BuiltScene } from './scenes.ts';
import type { VehicleKind } from './vehicles.ts';
import { verge } from './stories-dumping.ts';

/** What the whole ground does moves in quarter seconds: only then must the whole picture be drawn anew. */
const slow = (tS: number): number => Math.floor(tS * 4) / 4;

/** Snow falls on an open road over `begin`, lies through `during`, and a plough clears it in `end`. */
export function snowOver(depth: number): Story {
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
export function windrowOn(place: (b: BuiltScene) => { x0: number; z0: number; x1: number; z1: number }): Story {
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
export function rising(levelM: number, muddy: number, crossing: VehicleKind | null, lane: number): Story {
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
export function openCover(state: 'missing' | 'shifted', cones: boolean): Story {
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

/** A bin lorry stands at its containers, a worker goes to and fro. */
export const binLorryAtWork: Story = (b, m, _p, tS) => {
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
};

/** Lorries that only stand. */
export const lorriesStanding: Story = (b, m) => {
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
};

/** A loader fills a tipper with snow at a store of snow. */
export const snowLoading: Story = (b, m, _p, tS) => {
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
};

/** Fenced works at an open cover, with people at work. */
export const worksAtCover: Story = (b, m, _p, tS) => {
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
};
