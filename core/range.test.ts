// Rows, metres and pixels: inverses, order, and the truth of rendered clips whose manholes are known to be circles of 1.7 m.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Camera, Ladder } from './camera.ts';
import { distanceM } from './geo.ts';
import {
  acrossPx,
  alongPx,
  calibrationOf,
  depthAt,
  depthOf,
  distanceAt,
  fitLadder,
  footprint,
  groundAt,
  groundRows,
  horizonRow,
  pictureAt,
  placeAt,
  reachAcross,
  reachAlong,
  rowAt,
  shareWithin,
  viewFrom,
  viewOf,
} from './range.ts';
import { inRoot } from './root.ts';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const mounted = fc.record({ heightM: number(3, 30), fovDeg: number(20, 110), aspect: number(1, 2.4) });
const anyView = fc.tuple(mounted, number(2, 60)).map(([camera, tiltDeg]) => viewFrom(camera, tiltDeg));
const usual = viewFrom({ heightM: 8, fovDeg: 60 }, 20);
const camera = (part: object) =>
  Camera.parse({
    id: '1',
    name: { kk: 'a', ru: 'a', en: 'a' },
    point: { lat: 51.1, lon: 71.4 },
    district: 'esil',
    ...part,
  });

test('a row and its distance are each other’s inverse', () => {
  fc.assert(
    fc.property(anyView, number(0.5, 199), (view, aheadM) => {
      expect(distanceAt(view, rowAt(view, aheadM))).toBeCloseTo(aheadM, 4);
      expect(depthAt(view, rowAt(view, aheadM))).toBeCloseTo(depthOf(view, aheadM), 4);
    }),
  );
});

test('a point of the ground and its point in the picture are each other’s inverse', () => {
  fc.assert(
    fc.property(anyView, number(1, 150), number(-40, 40), (view, aheadM, asideM) => {
      const [x, y] = pictureAt(view, aheadM, asideM) ?? [NaN, NaN];
      const ground = groundAt(view, x, y);
      expect(ground?.aheadM).toBeCloseTo(aheadM, 3);
      expect(ground?.asideM).toBeCloseTo(asideM, 3);
    }),
  );
});

test('higher rows lie further away, and above the horizon there is no ground', () => {
  fc.assert(
    fc.property(anyView, number(0, 1), number(0, 1), (view, a, b) => {
      const [upper, lower] = [Math.min(a, b), Math.max(a, b)];
      expect(distanceAt(view, upper)).toBeGreaterThanOrEqual(distanceAt(view, lower));
      if (upper < horizonRow(view) - 1e-6) expect(distanceAt(view, upper)).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});

test('things grow smaller with distance, and the reach is where they have just so many pixels', () => {
  fc.assert(
    fc.property(anyView, number(4, 30), number(0.3, 3), (view, leastPx, sizeM) => {
      const far = reachAcross(view, 640, sizeM, leastPx);
      if (far > 0.5 && far < 1e4) {
        expect(acrossPx(view, 640, far, sizeM)).toBeCloseTo(leastPx, 4);
        expect(acrossPx(view, 640, far + 1, sizeM)).toBeLessThan(leastPx);
      }
      const along = reachAlong(view, 384, sizeM, leastPx);
      if (along > 0.5 && along < 1e4) expect(alongPx(view, 384, along, sizeM)).toBeCloseTo(leastPx, 4);
    }),
  );
});

test('foreshortening is the derivative of the row', () => {
  fc.assert(
    fc.property(anyView, number(3, 100), (view, aheadM) => {
      const by = 0.01;
      const measured = (1080 * (rowAt(view, aheadM - by / 2) - rowAt(view, aheadM + by / 2))) / by;
      expect(alongPx(view, 1080, aheadM, 1)).toBeCloseTo(measured, 1);
    }),
  );
});

test('a cover of 0.6 m under a camera of 8 m, 60°, in 1080p has the pixels of a hand calculation', () => {
  // f = 1920 / (2 tan 30°) = 1663 px; at 20 m the depth is 20 cos 20° + 8 sin 20° = 21.5 m: 1663 × 0.6 / 21.5 = 46 px across,
  // and 1663 × 8 × 0.6 / 21.5² = 17 px high.
  expect(acrossPx(usual, 1920, 20, 0.6)).toBeCloseTo(46.3, 0);
  expect(alongPx(usual, 1080, 20, 0.6)).toBeCloseTo(17.2, 0);
});

test('the share of a zone within a distance grows from 0 to 1', () => {
  const road = groundRows(usual, [
    [0.3, 0.1],
    [0.7, 0.1],
    [1, 1],
    [0, 1],
  ]);
  expect(road.nearM).toBeLessThan(road.farM);
  fc.assert(
    fc.property(number(0, 250), number(0, 250), (a, b) => {
      const [near, far] = [shareWithin(road, Math.min(a, b)), shareWithin(road, Math.max(a, b))];
      expect(near).toBeLessThanOrEqual(far);
      expect(far).toBeLessThanOrEqual(1);
    }),
  );
  expect(shareWithin(road, 0)).toBe(0);
  expect(shareWithin(road, 200)).toBe(1);
});

test('a street of even width has half of its ground within half of its length', () => {
  const corner = (aheadM: number, asideM: number): [number, number] => pictureAt(usual, aheadM, asideM) ?? [0, 0];
  const street = groundRows(usual, [corner(10, -3), corner(50, -3), corner(50, 3), corner(10, 3)]);
  expect(shareWithin(street, 30)).toBeCloseTo(0.5, 1);
  expect(street.nearM).toBeCloseTo(10, 0);
  expect(street.farM).toBeCloseTo(50, -0.5);
});

test('sky is no ground', () => {
  const sky = groundRows(viewFrom({ heightM: 8, fovDeg: 60 }, 5), [
    [0, 0],
    [1, 0],
    [1, 0.2],
    [0, 0.2],
  ]);
  expect(sky.rows).toEqual([]);
  expect(shareWithin(sky, 1000)).toBe(0);
});

test('exact marks give back the tilt and the height that made them', () => {
  fc.assert(
    fc.property(mounted, number(8, 40), (mount, tiltDeg) => {
      const view = viewFrom(mount, tiltDeg);
      const marks = [0.95, 0.8, 0.65, 0.5]
        .map((y) => ({ y, distanceM: distanceAt(view, y) }))
        .filter(({ distanceM: d }) => d > 0.5 && d < 900);
      fc.pre(marks.length >= 3);
      const fit = fitLadder(mount, marks);
      expect(fit.view.tiltDeg).toBeCloseTo(tiltDeg, 2);
      expect(fit.view.heightM / mount.heightM).toBeCloseTo(1, 3);
      expect(fit.misfitRatio).toBeLessThan(0.001);
    }),
  );
});

test('a ladder overrules the written tilt and corrects a height that is 20 % wrong', () => {
  const truth = viewFrom({ heightM: 10, fovDeg: 70 }, 24);
  const ladder = [12, 16, 22, 30, 42].map((d) => ({ y: rowAt(truth, d), distanceM: d }));
  const found = viewOf(camera({ heightM: 8, fovDeg: 70, tiltDeg: 50, ladder }));
  for (const d of [10, 20, 35]) expect(distanceAt(found ?? usual, rowAt(truth, d)) / d).toBeCloseTo(1, 1);
});

test('marks that no plane explains are refused, and so is a camera that says nothing', () => {
  const ladder = [
    { y: 0.9, distanceM: 5 },
    { y: 0.6, distanceM: 60 },
    { y: 0.4, distanceM: 70 },
    { y: 0.2, distanceM: 72 },
  ];
  expect(calibrationOf(camera({ ladder, tiltDeg: 20 }))).toMatchObject({ kind: 'none', why: 'marks-contradict' });
  expect(calibrationOf(camera({}))).toEqual({ kind: 'none', why: 'not-given' });
  expect(calibrationOf(camera({ tiltDeg: 20 }))).toMatchObject({ kind: 'tilt' });
});

test('a ladder climbs: more metres, higher in the picture', () => {
  const rungs = (...pairs: [number, number][]) => pairs.map(([y, distance]) => ({ y, distanceM: distance }));
  expect(Ladder.safeParse(rungs([0.9, 5], [0.5, 20])).success).toBe(true);
  expect(Ladder.safeParse(rungs([0.9, 5])).success).toBe(false);
  expect(Ladder.safeParse(rungs([0.5, 20], [0.9, 5])).success).toBe(false);
  expect(Ladder.safeParse(rungs([0.9, 5], [0.5, 5])).success).toBe(false);
  expect(Ladder.safeParse(rungs([0.9, 5], [0.95, 20])).success).toBe(false);
});

test('the footprint lies ahead of the camera and ends where it should', () => {
  const hung = { point: { lat: 51.1, lon: 71.4 }, bearingDeg: 90 };
  const ground = footprint(hung, usual, 30);
  const [nearLeft, farLeft, farRight] = ground ?? [];
  if (!nearLeft || !farLeft || !farRight) throw new Error('no footprint');
  const middle = { lat: (farLeft.lat + farRight.lat) / 2, lon: (farLeft.lon + farRight.lon) / 2 };
  expect(distanceM(hung.point, middle)).toBeCloseTo(30, 0);
  expect(middle.lon).toBeGreaterThan(hung.point.lon);
  // Looking east, left is north.
  expect(farLeft.lat).toBeGreaterThan(farRight.lat);
  expect(nearLeft.lon).toBeLessThan(farLeft.lon);
  expect(footprint(hung, usual, 1)).toBeUndefined();
});

test('a point of the picture has its place on the map', () => {
  const hung = { point: { lat: 51.1, lon: 71.4 }, bearingDeg: 0 };
  const place = placeAt(hung, usual, 0.5, rowAt(usual, 25));
  expect(place && distanceM(hung.point, place)).toBeCloseTo(25, 3);
  expect(place?.lat).toBeGreaterThan(51.1);
  expect(placeAt(hung, usual, 0.5, -0.5)).toBeUndefined();
});

const Label = z.looseObject({
  scene: z.string(),
  camera: z.object({ heightM: z.number(), tiltDeg: z.number(), fovDeg: z.number() }),
  zones: z.array(z.object({ id: z.string(), kind: z.string(), polygon: z.array(z.tuple([z.number(), z.number()])) })),
});

/** Width and length in metres of what a polygon of the picture covers on the ground. */
function groundSize(view: ReturnType<typeof viewFrom>, polygon: readonly (readonly [number, number])[]) {
  const points = polygon.map(([x, y]) => groundAt(view, x, y));
  const span = (of: (p: NonNullable<(typeof points)[number]>) => number): number => {
    const values = points.map((p) => (p ? of(p) : NaN));
    return Math.max(...values) - Math.min(...values);
  };
  return { acrossM: span((p) => p.asideM), alongM: span((p) => p.aheadM) };
}

test('registered manholes of the rendered clips measure 1.7 m both ways, within what an unmodelled lens does', () => {
  const folder = inRoot('simulator', 'clips');
  const sizes = readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== 'catalogue.json')
    .flatMap((name) => {
      const label = Label.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      // Its road dips; flat ground is not what it shows.
      if (label.scene === 'underpass') return [];
      const view = viewFrom(label.camera, label.camera.tiltDeg);
      return label.zones
        .filter(({ kind, polygon }) => kind === 'manhole' && polygon.every((p) => p.every((v) => v > 0 && v < 1)))
        .map(({ polygon }) => groundSize(view, polygon));
    });
  expect(sizes.length).toBeGreaterThanOrEqual(5);
  for (const { acrossM, alongM } of sizes) {
    expect(acrossM).toBeGreaterThan(1.7 * 0.85);
    expect(acrossM).toBeLessThan(1.7 * 1.25);
    expect(alongM).toBeGreaterThan(1.7 * 0.8);
    expect(alongM).toBeLessThan(1.7 * 1.35);
  }
});
