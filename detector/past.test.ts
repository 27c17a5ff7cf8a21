// The camera's own past with painted streets: what is kept of a look, whether it is the same view, and what it says of a zone.
import { describe, expect, it } from 'vitest';
import type { Surface } from '#core/detection';
import type { PastCard } from '#models';
import { colouredOf, paintedStreet, type Painting } from './painted-street.ts';
import { judgeZone, layBeside, levelWith, viewBeside } from './past-compare.ts';
import { learnReference } from './past-learn.ts';
import { featurePlanes, lightOf, pastCells, pastGrid, pastLookOf, smallLuma, type PastLook } from './past-look.ts';
import { mostPackedBytes, packLook, unpackLook } from './past-pack.ts';

const road = [
  [0.1, 0.6],
  [0.9, 0.6],
  [0.9, 0.95],
  [0.1, 0.95],
] as const;
const polygon = road.map(([x, y]): [number, number] => [x, y]);
const noBoxes: readonly never[] = [];

/** Stands for the network: texture and light of each cell, spread over the planes; coarse enough to forgive exposure. */
function featuresOf(street: ReturnType<typeof paintedStreet>): Float32Array {
  const { luma, widthPx, heightPx } = street;
  const features = new Float32Array(featurePlanes * pastCells);
  const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
  for (let cell = 0; cell < pastCells; cell++) {
    const x0 = Math.floor(((cell % pastGrid.across) * widthPx) / pastGrid.across);
    const y0 = Math.floor((Math.floor(cell / pastGrid.across) * heightPx) / pastGrid.down);
    let sum = 0;
    for (let y = y0; y < y0 + 8; y++) for (let x = x0; x < x0 + 8; x++) sum += luma[y * widthPx + x] ?? 0;
    const light = (sum / 64 / Math.max(1, mean) - 1) * 2;
    for (let plane = 0; plane < featurePlanes; plane++) features[plane * pastCells + cell] = light * Math.cos(plane);
  }
  return features;
}

function lookAt(
  painting: Painting,
  more: { seenAtMs?: number; network?: string; car?: [number, number] } = {},
): PastLook {
  const street = paintedStreet({ widthPx: 320, heightPx: 192, ...painting });
  const car = more.car;
  const look = pastLookOf({
    frame: colouredOf(street),
    luma: smallLuma(street),
    detections: car ? [{ class: 'car', score: 0.9, box: { x: car[0], y: car[1], w: 0.15, h: 0.12 } }] : [],
    features: featuresOf(street),
    levels: new Float32Array(3 * pastCells),
    ground: [0, 1, 2].map(() => new Float32Array(4 * pastCells)),
    network: more.network ?? 'road@1',
  });
  // Painted streets have no colour, which an infra-red camera's picture has not either.
  return { ...look, light: 'day', seenAtMs: more.seenAtMs ?? 1 };
}

const card: PastCard = {
  name: 'past-test',
  version: '1',
  kind: 'past',
  network: 'road@1',
  spread: { within: 0.1, outside: 0.1, prior: 1 },
  flooding: { bias: -1, weights: { alone: 1, far: 1 }, most: 2.5 },
  snow: { bias: 0, weights: { alone: 1 }, most: 2.5 },
  learnedFrom: 'nothing',
  licence: 'Apache-2.0',
};
const alone = { floodLevel: 0.3, snowLevel: 0.05, surface: { dry: 0.9, wet: 0.1, water: 0, snow: 0, other: 0 } };

const under = { dry: 0.2, wet: 0.1, water: 0.7, snow: 0, other: 0 };

function levelOf(now: PastLook, references: readonly PastLook[], surface: Surface = alone.surface): number | undefined {
  const beside = layBeside(now, references);
  const wants = { heaps: true, hole: false };
  return beside && judgeZone(card, now, beside, polygon, noBoxes, { ...alone, surface }, wants)?.floodLevel;
}

describe('a look that is kept', () => {
  it('comes out of its bytes as it went in', () => {
    const look = lookAt({ seed: 3 }, { seenAtMs: 1_800_000_000_000, car: [0.3, 0.7] });
    const back = unpackLook(packLook(look));
    expect({ ...back, outline: null }).toEqual({ ...look, outline: null });
    look.outline.edges.forEach((value, i) => expect(back.outline.edges[i]).toBeCloseTo(value, 1));
  });

  it('fits into its place even when every pixel is noise', () => {
    const look = lookAt({ noise: 120, seed: 8 });
    look.features.forEach((_, i) => (look.features[i] = ((i * 7919) % 33) - 16));
    expect(packLook(look).length).toBeLessThanOrEqual(mostPackedBytes);
  });

  it.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => new Uint8Array()],
    ['something else', () => new TextEncoder().encode('{"form":"ahual.past/0"}')],
  ])('is refused when it is %s', (_, spoil) => {
    expect(() => unpackLook(spoil(packLook(lookAt({}))))).toThrow(/cannot be used/);
  });

  it('knows night from day, and a picture without colour', () => {
    const street = paintedStreet({});
    const lit = (gain: number, patches: Painting['patches'] = []) => {
      const grey = paintedStreet({ gain, patches });
      const frame = colouredOf(grey);
      for (let at = 0; at < frame.rgb.length; at += 3) frame.rgb[at] = Math.min(255, (frame.rgb[at] ?? 0) + 12);
      return lightOf(smallLuma(grey), frame);
    };
    expect(lightOf(smallLuma(street), colouredOf(street))).toBe('infra-red');
    expect(lit(1)).toBe('day');
    expect(lit(0.25)).toBe('night');
    // Lamps fill the range: as light as a day by its mean, under a black sky.
    const sky = { x: 0, y: 0, w: 1, h: 0.3, luma: 30 };
    const lamps = [0.2, 0.5, 0.8].map((x) => ({ x, y: 0.25, w: 0.05, h: 0.08, luma: 240 }));
    expect(lit(1, [sky, ...lamps])).toBe('night');
    expect(lit(1, lamps)).toBe('day');
  });
});

describe('a reference', () => {
  it('loses the car that was parked in one of three looks', () => {
    const empty = [lookAt({ seed: 1 }), lookAt({ seed: 2 })];
    const parked = lookAt({ seed: 3, patches: [{ x: 0.4, y: 0.7, w: 0.2, h: 0.15, luma: 15 }] }, { seenAtMs: 5 });
    const reference = learnReference([...empty, parked]);
    const cell = Math.floor(0.77 * pastGrid.down) * pastGrid.across + Math.floor(0.5 * pastGrid.across);
    const at = cell * featurePlanes;
    expect(Math.abs((reference.features[at] ?? 0) - (empty[0]?.features[at] ?? 0))).toBeLessThanOrEqual(1);
    expect(Math.abs((parked.features[at] ?? 0) - (empty[0]?.features[at] ?? 0))).toBeGreaterThan(4);
    expect(reference.seenAtMs).toBe(5);
  });

  it('shows the ground that a known vehicle hid in one look', () => {
    const reference = learnReference([lookAt({}, { car: [0.3, 0.7] }), lookAt({}, { seenAtMs: 2, car: [0.6, 0.7] })]);
    expect(reference.open.every((value) => value === 1)).toBe(true);
  });
});

describe('the view', () => {
  it('is the same after a small shake, and the road is laid where it is now', () => {
    const [before, now] = [lookAt({}), lookAt({ shiftX: 4, seed: 7 })];
    expect(viewBeside(now, [before]).kind).toBe('good');
    expect(layBeside(now, [before])?.laid[0]?.lie).toMatchObject({ dx: -1, dy: 0 });
  });

  it('is moved when the camera was turned', () => {
    const [before, now] = [lookAt({}), lookAt({ shiftX: 20, seed: 7 })];
    expect(viewBeside(now, [before])).toMatchObject({ kind: 'moved' });
  });

  it('fits nowhere in fog: not moved, and no reference speaks', () => {
    const now = lookAt({ patches: [{ x: 0, y: 0, w: 1, h: 1, luma: 170 }], seed: 5 });
    expect(viewBeside(now, [lookAt({})]).kind).toBe('good');
    expect(layBeside(now, [lookAt({})])).toBeUndefined();
  });

  it.each([
    ['another light', { ...lookAt({}), light: 'night' as const }],
    ['another network', lookAt({}, { network: 'road@2' })],
  ])('is not compared with %s', (_, reference) => {
    expect(layBeside(lookAt({ seed: 4 }), [reference])).toBeUndefined();
  });
});

describe('a zone beside its past', () => {
  const references = [lookAt({ seed: 1 }), lookAt({ seed: 2 }, { seenAtMs: 2 })];
  const water = { x: 0, y: 0.62, w: 1, h: 0.3, luma: 220 };

  it('is raised by water where asphalt was', () => {
    expect(levelOf(lookAt({ patches: [water], seed: 9 }), references, under)).toBeGreaterThan(0.5);
  });

  it('is hardly raised by a street that is merely wet, however unlike the dry ones it is', () => {
    const wet = { dry: 0.15, wet: 0.8, water: 0.05, snow: 0, other: 0 };
    const now = lookAt({ patches: [water], seed: 9 });
    expect(levelOf(now, references, wet)).toBeLessThan(alone.floodLevel);
    expect(levelOf(now, references, under)).toBeGreaterThan(alone.floodLevel + 0.2);
  });

  it('is calmed when it looks as it ever did, also in a shorter exposure and with a small shake', () => {
    const calm = levelOf(lookAt({ seed: 9 }), references) ?? 1;
    expect(calm).toBeLessThan(0.3);
    expect(levelOf(lookAt({ gain: 0.85, seed: 9 }), references)).toBeLessThan(0.3);
    expect(levelOf(lookAt({ shiftX: 4, seed: 9 }), references)).toBeLessThan(0.35);
  });

  it('is calmed when one reference shows the same mirror', () => {
    const mirror = lookAt({ patches: [water], seed: 3 }, { seenAtMs: 3 });
    const now = lookAt({ patches: [water], seed: 9 });
    expect(levelOf(now, [...references, mirror], under)).toBeLessThan(levelOf(now, references, under) ?? 0);
  });

  it('is not moved further than the weights may', () => {
    const inputs = { alone: 0, far: 50, farOutside: 0, levelStep: 0, shareStep: 0, wetStep: 0, count: 0 };
    expect(levelWith(card.flooding, inputs)).toBeCloseTo(1 / (1 + Math.exp(-2.5)), 6);
    expect(levelWith(card.flooding, { ...inputs, far: -50 })).toBeCloseTo(1 / (1 + Math.exp(2.5)), 6);
  });

  it('tells what is new on the ground, not a car that the network sees', () => {
    const thing = { x: 0.4, y: 0.7, w: 0.15, h: 0.12, luma: 15 };
    const now = lookAt({ patches: [thing], seed: 9 });
    const beside = layBeside(now, references);
    if (!beside) throw new Error('the view is the same');
    const newShare = (boxes: Parameters<typeof judgeZone>[4]) =>
      judgeZone(card, now, beside, polygon, boxes, alone, { heaps: true, hole: false })?.past.newShare ?? -1;
    expect(newShare([])).toBeGreaterThan(0.03);
    expect(newShare([{ x: 0.39, y: 0.69, w: 0.17, h: 0.14 }])).toBe(0);
    expect(
      judgeZone(card, now, beside, polygon, [], alone, { heaps: false, hole: false })?.past.newShare,
    ).toBeUndefined();
  });

  it('tells a dark hole where a cover was, in whatever exposure', () => {
    const spot = [0.4, 0.6].flatMap((x) => [0.7, 0.9].map((y): [number, number] => [x, y]));
    const around = [spot[0], spot[2], spot[3], spot[1]].flatMap((point) => (point ? [point] : []));
    const darkerIn = (painting: Painting) => {
      const now = lookAt(painting);
      const beside = layBeside(now, references);
      return beside && judgeZone(card, now, beside, around, noBoxes, alone, { heaps: false, hole: true })?.past.darker;
    };
    const hole = { x: 0.46, y: 0.76, w: 0.08, h: 0.08, luma: 10 };
    expect(darkerIn({ patches: [hole], seed: 9 })).toBeGreaterThan(0.3);
    expect(Math.abs(darkerIn({ gain: 0.85, seed: 9 }) ?? 1)).toBeLessThan(0.1);
  });

  it('is left alone where a vehicle stood in every reference', () => {
    const hidden = references.map((look) => ({ ...look, open: new Uint8Array(pastCells) }));
    expect(levelOf(lookAt({ seed: 9 }), hidden)).toBeUndefined();
  });
});
