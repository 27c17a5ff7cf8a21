// Owns the six kinds of place: street layouts, houses, trees, lamps and zones around a mast, all from a seed.
import type { Rng } from './rng.ts';
import type { Family, Four, GroundBox, GroundZone, Layout, Point, Prop } from './scene-types.ts';

export interface Place {
  readonly layout: Layout;
  readonly props: Prop[];
  readonly zones: GroundZone[];
  /** Where the mast stands, and which point of the ground it looks at. */
  readonly mast: Point;
  readonly target: Point;
  readonly baseM: number;
  /** Lanes for traffic: line through (x, z) with heading yaw. */
  readonly lanes: readonly { axis: 'x' | 'z'; at: number; yaw: number }[];
  readonly parking: readonly { x: number; z: number; yaw: number }[];
  readonly walks: readonly { axis: 'x' | 'z'; at: number }[];
}

const rect = (x0: number, x1: number, z0: number, z1: number): Point[] => [
  [x0, z0],
  [x1, z0],
  [x1, z1],
  [x0, z1],
];

const NO_SAG: Four = [0, 0, 1, 0];

function baseLayout(rng: Rng, o: Partial<Layout> & Pick<Layout, 'road' | 'band' | 'lane'>): Layout {
  return {
    zebra: [],
    boxes: [],
    sag: NO_SAG,
    patch: rng.range(0, 0.4),
    crack: rng.range(0.1, 0.9),
    grassHue: rng.range(0, 0.9),
    ...o,
  };
}

function houses(rng: Rng, props: Prop[], z: number, from: number, to: number, side: number): void {
  let x = from;
  while (x < to) {
    const lengthM = rng.range(24, 62);
    const floors = rng.pick([5, 5, 9, 9, 9, 12, 16]);
    props.push({
      kind: 'house',
      x: x + lengthM / 2,
      z: z + side * rng.range(0, 9),
      yaw: side > 0 ? Math.PI : 0,
      lengthM,
      depthM: rng.range(11, 15),
      floors,
      style: rng.next(),
      hue: rng.next(),
    });
    x += lengthM + rng.range(6, 26);
  }
}

function treeRow(rng: Rng, props: Prop[], z: number, from: number, to: number, bare: boolean, gap: number): void {
  for (let x = from + rng.range(0, gap); x < to; x += gap * rng.range(0.75, 1.5)) {
    if (rng.chance(0.2)) continue;
    props.push({
      kind: 'tree',
      x,
      z: z + rng.range(-0.7, 0.7),
      heightM: rng.range(4.5, 9),
      bare,
      seed: rng.int(1, 1e6),
    });
  }
}

function lampRow(props: Prop[], z: number, yaw: number, gap: number, shift: number): void {
  for (let i = -3; i <= 3; i += 1) props.push({ kind: 'lamp', x: i * gap + shift, z, yaw, heightM: 9.5 });
}

function laneList(
  half: number,
  lanes: number,
  width: number,
  axis: 'x' | 'z',
  at0: number,
): { axis: 'x' | 'z'; at: number; yaw: number }[] {
  const out: { axis: 'x' | 'z'; at: number; yaw: number }[] = [];
  const n = Math.max(1, lanes);
  const w = lanes > 0 ? width : half;
  for (let i = 0; i < n; i += 1) {
    const off = (i + 0.5) * w;
    if (axis === 'x') {
      out.push({ axis, at: off, yaw: 0 }, { axis, at: -off, yaw: Math.PI });
    } else {
      out.push({ axis, at: at0 + off, yaw: Math.PI / 2 }, { axis, at: at0 - off, yaw: -Math.PI / 2 });
    }
  }
  return out;
}

function crossing(rng: Rng, bare: boolean): Place {
  const lanes = rng.int(1, 3);
  const lanes2 = rng.int(1, 2);
  const laneW = rng.range(3.3, 3.7);
  const w = lanes * laneW + 0.4;
  const w2 = lanes2 * laneW + 0.4;
  const r = rng.range(4.5, 8);
  const g = rng.chance(0.5) ? rng.range(1.2, 3) : 0;
  const pw = rng.range(2.4, 4.2);
  const off = w2 + r * 0.6 + 3.2;
  const off2 = w + r * 0.6 + 3.2;
  const zebra: Four[] = [
    [0, off, 1.9, rng.chance(0.85) ? 1 : 0],
    [0, -off, 1.9, rng.chance(0.85) ? 1 : 0],
    [1, off2, 1.9, rng.chance(0.7) ? 1 : 0],
    [1, -off2, 1.9, rng.chance(0.7) ? 1 : 0],
  ];
  const layout = baseLayout(rng, {
    road: [w, w2, 0, r],
    band: [g, pw, 1, rng.chance(0.7) ? 3 : 2],
    lane: [laneW, lanes, rng.pick([1, 2, 2]), rng.next()],
    zebra,
  });
  const props: Prop[] = [];
  const back = w + g + pw;
  for (const side of [1, -1]) {
    houses(rng, props, side * (back + rng.range(14, 26)), w2 + g + pw + rng.range(9, 16), 105, side);
    houses(rng, props, side * (back + rng.range(14, 26)), -110, -(w2 + g + pw + 34), side);
    treeRow(rng, props, side * (back + 2.5), w2 + 12, 80, bare, 8);
    treeRow(rng, props, side * (back + 2.5), -80, -(w2 + 12), bare, 8);
    lampRow(props, side * (w + 0.9), side > 0 ? Math.PI / 2 : -Math.PI / 2, 32, side * 15 + 1);
    props.push({ kind: 'signal', x: side * (w2 + r * 0.6 + 1), z: side * (w + 1.2), yaw: side > 0 ? Math.PI : 0 });
    props.push({
      kind: 'sign',
      x: -side * (off + 2.5),
      z: side * (w + 1),
      yaw: side > 0 ? Math.PI : 0,
      style: rng.int(0, 2),
    });
  }
  const sx = rng.pick([1, -1]);
  const sz = rng.pick([1, -1]);
  const mast: Point = [sx * (w2 + r + rng.range(2, 9)), sz * (w + r * 0.5 + rng.range(1, 4))];
  const target: Point = rng.chance(0.5)
    ? [sx * rng.range(-6, 4), sz * rng.range(-5, 2)]
    : [sx * (off - rng.range(4, 18)), sz * rng.range(-4, 3)];
  const zones: GroundZone[] = [
    { id: 'road', kind: 'carriageway', points: rect(-45, 45, -w, w) },
    { id: 'zebra-a', kind: 'crossing', points: rect(off - 2.2, off + 2.2, -w, w) },
    { id: 'zebra-b', kind: 'crossing', points: rect(-off - 2.2, -off + 2.2, -w, w) },
    { id: 'walk', kind: 'pavement', points: rect(-45, -w2 - r, -w - g - pw, -w - g) },
    { id: 'walk-2', kind: 'pavement', points: rect(w2 + r, 45, -w - g - pw, -w - g) },
  ];
  return {
    layout,
    props,
    zones,
    mast,
    target,
    baseM: 0,
    lanes: [...laneList(w, lanes, laneW, 'x', 0), ...laneList(w2, lanes2, laneW, 'z', 0)],
    parking: [],
    walks: [
      { axis: 'x', at: back - pw / 2 },
      { axis: 'x', at: -back + pw / 2 },
      { axis: 'z', at: w2 + g + pw / 2 },
    ],
  };
}

function street(rng: Rng, bare: boolean, close: boolean): Place {
  const lanes = close ? rng.int(1, 2) : rng.int(1, 3);
  const laneW = rng.range(3.3, 3.7);
  const w = lanes * laneW + 0.4;
  const g = rng.chance(0.5) ? rng.range(1, 3.2) : 0;
  const pw = rng.range(2.6, 5);
  const stopX = rng.range(6, 18);
  const hasStop = !close && rng.chance(0.55);
  const boxes: GroundBox[] = hasStop ? [{ cx: stopX, cz: -(w + 1), hx: 9, hz: 1.6, kind: 0 }] : [];
  if (rng.chance(0.35)) boxes.push({ cx: rng.range(-20, 24), cz: -(w + 9), hx: 2.6, hz: 9, kind: 0 });
  const beyond = rng.chance(0.75) ? 3 : 2;
  const hasZebra = rng.chance(0.35);
  const zx = rng.range(2, 20);
  const layout = baseLayout(rng, {
    road: [w, -1, 0, 1],
    band: [g, pw, 1, beyond],
    lane: [laneW, lanes, rng.pick([1, 2]), rng.next()],
    zebra: hasZebra ? [[0, zx, 1.9, 1]] : [],
    boxes,
  });
  const back = w + g + pw;
  const props: Prop[] = [];
  for (const side of [1, -1]) {
    houses(rng, props, side * (back + rng.range(10, 24)), -110, 120, side);
    treeRow(rng, props, side * (back + 2.2), -70, 90, bare, 7);
    if (g > 1.4) treeRow(rng, props, side * (w + g / 2), -60, 90, bare, 13);
    lampRow(props, side * (w + 0.8), side > 0 ? Math.PI / 2 : -Math.PI / 2, 30, side * 9);
    for (let i = 0; i < 4; i += 1) {
      props.push({
        kind: 'bush',
        x: rng.range(-20, 50),
        z: side * (back + rng.range(1, 7)),
        heightM: rng.range(0.6, 1.6),
        seed: rng.int(1, 1e6),
        bare,
      });
    }
    if (rng.chance(0.5))
      props.push({ kind: 'bench', x: rng.range(2, 20), z: side * (back + 0.4), yaw: side > 0 ? Math.PI : 0 });
  }
  if (hasStop) props.push({ kind: 'shelter', x: stopX, z: -(w + 3.6 + 0.2), yaw: 0 });
  if (hasZebra) props.push({ kind: 'sign', x: zx - 2.6, z: w + 0.7, yaw: Math.PI, style: 0 });
  const sx = rng.pick([1, -1]);
  const side = rng.pick([1, -1]);
  const mast: Point = close
    ? [-sx * rng.range(7, 11), side * (w + rng.range(-0.5, g + 1))]
    : [-sx * rng.range(8, 16), side * (w + rng.range(0.5, 4))];
  const target: Point = close
    ? [sx * rng.range(0, 3), side * (w + g + pw * rng.range(-0.4, 0.7))]
    : [sx * rng.range(4, 12), side * rng.range(-5, 2)];
  const zones: GroundZone[] = [
    { id: 'road', kind: 'carriageway', points: rect(-45, 45, -w, w) },
    { id: 'walk', kind: 'pavement', points: rect(-45, 45, side * (w + g), side * (w + g + pw)) },
    { id: 'walk-2', kind: 'pavement', points: rect(-45, 45, -side * (w + g), -side * (w + g + pw)) },
  ];
  if (hasZebra) zones.push({ id: 'zebra-a', kind: 'crossing', points: rect(zx - 2.2, zx + 2.2, -w, w) });
  if (hasStop) zones.push({ id: 'stop', kind: 'stop', points: rect(stopX - 9, stopX + 9, -(w + 4.5), -w) });
  return {
    layout,
    props,
    zones,
    mast,
    target,
    baseM: 0,
    lanes: laneList(w, lanes, laneW, 'x', 0),
    parking: [],
    walks: [
      { axis: 'x', at: w + g + pw / 2 },
      { axis: 'x', at: -(w + g + pw / 2) },
    ],
  };
}

function yard(rng: Rng, bare: boolean): Place {
  const w = rng.range(2.8, 3.4);
  const bay = rng.range(-4, 6);
  const siteX = rng.range(9, 18);
  const siteZ = -(w + 4.2);
  const playX = rng.range(2, 10);
  const boxes: GroundBox[] = [
    { cx: bay - 8, cz: -(w + 2.2), hx: 9, hz: 2.4, kind: 0 },
    { cx: siteX, cz: siteZ, hx: 3.6, hz: 2.2, kind: 7 },
    { cx: playX, cz: w + 10, hx: 7, hz: 4.6, kind: 6 },
    { cx: bay + 6, cz: w + 2.2, hx: 8, hz: 2.2, kind: 0 },
  ];
  const layout = baseLayout(rng, {
    road: [w, rng.chance(0.6) ? 2.7 : -1, 24, 5],
    band: [0, rng.range(1.2, 2), 1, 3],
    lane: [3, 0, 0, 0.4 + rng.next() * 0.6],
    boxes,
    patch: rng.range(0.1, 0.5),
    crack: rng.range(0.4, 1),
  });
  const props: Prop[] = [];
  houses(rng, props, -(w + rng.range(17, 22)), -70, 80, -1);
  houses(rng, props, w + rng.range(24, 32), -70, 80, 1);
  props.push({
    kind: 'house',
    x: 62,
    z: rng.range(-6, 6),
    yaw: Math.PI / 2,
    lengthM: 44,
    depthM: 12,
    floors: rng.pick([5, 9, 9]),
    style: rng.next(),
    hue: rng.next(),
  });
  props.push({ kind: 'bins', x: siteX, z: siteZ - 0.6, yaw: 0, count: rng.int(3, 5), seed: rng.int(1, 1e6) });
  props.push({ kind: 'playground', x: playX, z: w + 10, yaw: 0 });
  props.push({ kind: 'bench', x: playX - 8.5, z: w + 9, yaw: Math.PI / 2 });
  for (let i = 0; i < 16; i += 1) {
    const z = rng.chance(0.5) ? -(w + rng.range(7, 13)) : w + rng.range(6, 19);
    const x = rng.range(-30, 45);
    if (Math.abs(x - playX) < 8 && z > 0) continue;
    if (rng.chance(0.55)) props.push({ kind: 'tree', x, z, heightM: rng.range(4, 10), bare, seed: rng.int(1, 1e6) });
    else props.push({ kind: 'bush', x, z, heightM: rng.range(0.7, 1.8), seed: rng.int(1, 1e6), bare });
  }
  lampRow(props, w + 0.9, Math.PI / 2, 22, 3);
  const parking: { x: number; z: number; yaw: number }[] = [];
  for (let i = 0; i < 6; i += 1)
    parking.push({ x: bay - 15.2 + i * 2.75, z: -(w + 2.2), yaw: rng.chance(0.5) ? Math.PI / 2 : -Math.PI / 2 });
  for (let i = 0; i < 5; i += 1)
    parking.push({ x: bay + 0.3 + i * 2.75, z: w + 2.1, yaw: rng.chance(0.5) ? Math.PI / 2 : -Math.PI / 2 });
  const flip = rng.pick([1, -1]);
  const mast: Point = [-rng.range(11, 17), flip * (w + rng.range(2, 6))];
  const target: Point = [rng.range(2, 9), -flip * rng.range(0, 4)];
  const zones: GroundZone[] = [
    { id: 'drive', kind: 'yard-entry', points: rect(-40, 40, -w, w) },
    { id: 'bins', kind: 'container-site', points: rect(siteX - 3.6, siteX + 3.6, siteZ - 2.2, siteZ + 2.2) },
    { id: 'back', kind: 'no-dumping', points: rect(-8, siteX - 4.5, -(w + 13), -(w + 5.2)) },
    { id: 'lawn', kind: 'no-dumping', points: rect(-12, playX - 8, w + 5, w + 15) },
  ];
  return {
    layout,
    props,
    zones,
    mast,
    target,
    baseM: 0,
    lanes: laneList(w, 0, 3, 'x', 0),
    parking,
    walks: [
      { axis: 'x', at: w + 0.8 },
      { axis: 'x', at: -(w + 5.6) },
    ],
  };
}

function wasteland(rng: Rng, bare: boolean): Place {
  const w = rng.range(3, 4);
  const lot = rng.chance(0.4);
  const boxes: GroundBox[] = lot ? [{ cx: rng.range(4, 14), cz: -(w + 7), hx: 8, hz: 5, kind: rng.pick([5, 7]) }] : [];
  if (rng.chance(0.5)) boxes.push({ cx: rng.range(6, 16), cz: -(w + 8), hx: 2, hz: 9, kind: 4 });
  const layout = baseLayout(rng, {
    road: [w, -1, 0, 1],
    band: [rng.range(0.8, 2), 0, 0, rng.chance(0.75) ? 4 : 3],
    lane: [w, 1, rng.pick([0, 1, 1]), rng.range(0.3, 1)],
    boxes,
    grassHue: rng.range(0.2, 1),
  });
  const props: Prop[] = [];
  const back = -(w + rng.range(26, 40));
  if (rng.chance(0.6)) props.push({ kind: 'fence', x: 10, z: back, yaw: 0, lengthM: 130, style: 'panel' });
  if (rng.chance(0.4))
    props.push({
      kind: 'garage',
      x: rng.range(-5, 25),
      z: back + 5,
      yaw: 0,
      count: rng.int(5, 10),
      seed: rng.int(1, 1e6),
    });
  houses(rng, props, back - rng.range(30, 80), -110, 140, -1);
  for (let i = 0; i < 22; i += 1) {
    const z = rng.chance(0.8) ? -(w + rng.range(9, 30)) : w + rng.range(4, 14);
    const x = rng.range(-45, 60);
    if (rng.chance(0.35))
      props.push({ kind: 'tree', x, z: z < 0 ? z - 8 : z + 6, heightM: rng.range(4, 8), bare, seed: rng.int(1, 1e6) });
    else props.push({ kind: 'bush', x, z, heightM: rng.range(0.4, 1.7), seed: rng.int(1, 1e6), bare });
  }
  for (let i = -2; i < 4; i += 1)
    props.push({
      kind: i === 0 || rng.chance(0.7) ? 'lamp' : 'pole',
      x: i * 34 + 10,
      z: w + 1.6,
      yaw: Math.PI / 2,
      heightM: 9,
    });
  const mast: Point = [-rng.range(8, 16), w + rng.range(0.5, 4)];
  const target: Point = [rng.range(2, 9), -(w + rng.range(0, 6))];
  const zones: GroundZone[] = [
    { id: 'road', kind: 'carriageway', points: rect(-45, 60, -w, w) },
    { id: 'verge', kind: 'no-dumping', points: rect(-8, 34, -(w + 22), -(w + 1.2)) },
  ];
  return {
    layout,
    props,
    zones,
    mast,
    target,
    baseM: 0,
    lanes: laneList(w, 1, w, 'x', 0),
    parking: [],
    walks: [{ axis: 'x', at: -(w + 1.6) }],
  };
}

function underpass(rng: Rng, bare: boolean): Place {
  const lanes = rng.int(1, 2);
  const laneW = 3.6;
  const w = lanes * laneW + 0.4;
  const depth = rng.range(1.5, 2.8);
  const layout = baseLayout(rng, {
    road: [w, -1, 0, 1],
    band: [0, 1.5, 1, 7],
    lane: [laneW, lanes, 2, rng.next()],
    sag: [depth, 0, rng.range(26, 34), 0],
  });
  const props: Prop[] = [];
  props.push({
    kind: 'bridge',
    x: rng.range(8, 14),
    z: 0,
    spanM: w + 1.7,
    widthM: rng.range(9, 15),
    clearM: rng.range(4.3, 5),
    wallM: depth,
  });
  houses(rng, props, -(w + rng.range(26, 40)), -90, 110, -1);
  houses(rng, props, w + rng.range(26, 40), -90, 110, 1);
  treeRow(rng, props, -(w + 9), -40, 70, bare, 9);
  treeRow(rng, props, w + 9, 5, 70, bare, 9);
  const flip = rng.pick([1, -1]);
  const mast: Point = [-rng.range(17, 24), flip * (w + 1.0)];
  const target: Point = [rng.range(-4, 2), flip * rng.range(-4, 0)];
  props.push({ kind: 'lamp', x: -10, z: -flip * (w + 1), yaw: flip > 0 ? -Math.PI / 2 : Math.PI / 2, heightM: 8 });
  props.push({ kind: 'lamp', x: 32, z: w + 1, yaw: Math.PI / 2, heightM: 9 });
  const zones: GroundZone[] = [
    { id: 'underpass', kind: 'underpass', points: rect(-14, 12, -w, w) },
    { id: 'road', kind: 'carriageway', points: rect(-30, 12, -w, w) },
  ];
  return {
    layout,
    props,
    zones,
    mast,
    target,
    baseM: depth * 0.55,
    lanes: laneList(w, lanes, laneW, 'x', 0),
    parking: [],
    walks: [{ axis: 'x', at: w + 0.8 }],
  };
}

/** A place of the given kind; the same random state gives the same place. `bare`: trees have no leaves. */
export function makePlace(family: Family, rng: Rng, bare: boolean): Place {
  switch (family) {
    case 'crossing':
      return crossing(rng, bare);
    case 'street':
      return street(rng, bare, false);
    case 'pavement':
      return street(rng, bare, true);
    case 'yard':
      return yard(rng, bare);
    case 'wasteland':
      return wasteland(rng, bare);
    case 'underpass':
      return underpass(rng, bare);
  }
}

/** Signed distance to the carriageway in metres (negative inside); the same formula as the ground shader. */
export function roadDistance(layout: Layout, x: number, z: number): number {
  const [w, w2, crossX, r] = layout.road;
  let a = Math.abs(z) - w;
  if (w2 > 0) {
    const b = Math.abs(x - crossX) - w2;
    const ux = Math.max(r - a, 0);
    const uy = Math.max(r - b, 0);
    a = Math.max(r, Math.min(a, b)) - Math.hypot(ux, uy);
  }
  for (const box of layout.boxes) {
    if (box.kind !== 0) continue;
    const dx = Math.abs(x - box.cx) - box.hx;
    const dz = Math.abs(z - box.cz) - box.hz;
    const d = Math.hypot(Math.max(dx, 0), Math.max(dz, 0)) + Math.min(Math.max(dx, dz), 0) - 0.4;
    a = Math.min(a, d);
  }
  return a;
}

/** Ground kind at a point (see GroundBox); the same rule as the ground shader. */
export function groundKind(layout: Layout, x: number, z: number): number {
  const d = roadDistance(layout, x, z);
  const [strip, pave, kerb, beyond] = layout.band;
  if (d < 0) return 0;
  for (const box of layout.boxes) {
    if (box.kind >= 2 && Math.abs(x - box.cx) < box.hx && Math.abs(z - box.cz) < box.hz) return box.kind;
  }
  const e = kerb > 0.5 ? 0.16 : 0;
  if (d < e) return 1;
  if (d < e + strip) return beyond === 4 ? 4 : 3;
  if (d < e + strip + pave) return 2;
  return beyond;
}

/** Height of the road dip at x in metres over its lowest point. */
export function sagHeight(layout: Layout, x: number): number {
  const [depth, at, half] = layout.sag;
  const t = Math.min(1, Math.max(0, (Math.abs((x - at) / half) - 0.15) / 0.85));
  return depth * t * t * (3 - 2 * t);
}
