import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Settings } from '#config';
import { Camera } from '#core/camera';
import { inRing } from '#core/geo';
import { depthOf, farthestM, pictureAt, rowAt, viewFrom } from '#core/range';
import { defaultHazardSettings } from '#hazards';
import { groundOf, judgedGround, tileSource } from './map.ts';

const corner = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
const hung = fc.record({
  heightM: fc.double({ min: 3, max: 30, noNaN: true }),
  fovDeg: fc.double({ min: 30, max: 100, noNaN: true }),
  tiltDeg: fc.double({ min: 8, max: 60, noNaN: true }),
  bearingDeg: fc.double({ min: 0, max: 360, noNaN: true }),
});

/** Corners as ahead and aside of the camera, by turning them back. */
function turnedBack(corners: readonly number[], bearingDeg: number): [number, number][] {
  const turn = (bearingDeg * Math.PI) / 180;
  return Array.from({ length: corners.length / 2 }, (_, i) => {
    const [east, north] = [(corners[2 * i] ?? 0) / 10, (corners[2 * i + 1] ?? 0) / 10];
    return [east * Math.sin(turn) + north * Math.cos(turn), east * Math.cos(turn) - north * Math.sin(turn)];
  });
}

describe('the ground of a zone', () => {
  test('lies within the reach, and in the picture where the zone is', () => {
    fc.assert(
      fc.property(
        hung,
        fc.array(corner, { minLength: 3, maxLength: 7 }),
        fc.double({ min: 5, max: 300, noNaN: true }),
        (camera, polygon, limitM) => {
          const view = viewFrom(camera, camera.tiltDeg);
          const corners = groundOf(camera, view, { polygon }, limitM);
          expect(corners.length % 2).toBe(0);
          const [left, right] = [Math.min(...polygon.map(([x]) => x)), Math.max(...polygon.map(([x]) => x))];
          for (const [ahead, aside] of turnedBack(corners, camera.bearingDeg)) {
            // A decimetre of rounding, and what it is in the picture there.
            expect(ahead).toBeLessThanOrEqual(Math.min(limitM, farthestM) + 0.2);
            const [x = -1, y = -1] = pictureAt(view, ahead, aside) ?? [];
            const slack =
              (0.2 * view.focalY * (camera.heightM + 1)) / depthOf(view, ahead) ** 2 + 0.3 / depthOf(view, ahead);
            expect(x).toBeGreaterThanOrEqual(left - slack * view.focalX - 1e-6);
            expect(x).toBeLessThanOrEqual(right + slack * view.focalX + 1e-6);
            expect(y).toBeGreaterThanOrEqual(Math.min(rowAt(view, Math.min(limitM, farthestM)), 1) - slack - 1e-6);
            expect(y).toBeLessThanOrEqual(1 + slack);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of a zone above the horizon is none', () => {
    const camera = { heightM: 8, fovDeg: 60, bearingDeg: 0 };
    const view = viewFrom(camera, 10);
    const polygon: [number, number][] = [
      [0, 0],
      [1, 0],
      [0.5, 0.1],
    ];
    expect(groundOf(camera, view, { polygon }, 100)).toEqual([]);
  });

  test('turns with the camera: looking east, it lies east', () => {
    const camera = { heightM: 8, fovDeg: 60, bearingDeg: 90 };
    const view = viewFrom(camera, 25);
    const polygon: [number, number][] = [
      [0.2, 0.6],
      [0.8, 0.6],
      [0.8, 1],
      [0.2, 1],
    ];
    const corners = groundOf(camera, view, { polygon }, 60);
    const ring = Array.from({ length: corners.length / 2 }, (_, i): [number, number] => [
      corners[2 * i] ?? 0,
      corners[2 * i + 1] ?? 0,
    ]);
    expect(ring.every(([east]) => east > 0)).toBe(true);
    const middle = 10 * (8 / Math.tan((30 * Math.PI) / 180));
    expect(inRing(middle, 0, ring)).toBe(true);
  });
});

const zone = {
  id: 'road',
  kind: 'carriageway' as const,
  polygon: [
    [0, 0.5],
    [1, 0.5],
    [1, 1],
    [0, 1],
  ] as [number, number][],
  hazards: ['snow', 'open-manhole'] as ('snow' | 'open-manhole')[],
};
const camera = (more: Record<string, unknown>): Camera =>
  Camera.parse({
    id: 'c1',
    name: { kk: 'к', ru: 'к', en: 'c' },
    point: { lon: 71.4, lat: 51.1 },
    district: 'esil',
    zones: [zone],
    ...more,
  });

describe('the ground that a camera can judge', () => {
  test('needs a scale, a hazard that the zone names, and reach', () => {
    const of = (hazard: 'snow' | 'open-manhole' | 'dumping', more: Record<string, unknown>) =>
      judgedGround(camera(more), hazard, defaultHazardSettings);
    expect(of('snow', {})).toEqual({ pieces: [], without: { uncalibrated: 1, tooFar: 0 } });
    expect(of('dumping', { tiltDeg: 30 })).toEqual({ pieces: [], without: { uncalibrated: 0, tooFar: 0 } });
    expect(of('snow', { tiltDeg: 30 }).pieces).toHaveLength(1);
    // A shallow view: a lid at the zone's far end is a pixel high, and most of the zone lies there.
    expect(of('open-manhole', { tiltDeg: 5 })).toEqual({ pieces: [], without: { uncalibrated: 0, tooFar: 1 } });
  });

  test('of a small thing reaches less far than of snow', () => {
    const far = (hazard: 'snow' | 'open-manhole') =>
      judgedGround(camera({ tiltDeg: 40 }), hazard, defaultHazardSettings).pieces[0]?.limitM ?? 0;
    expect(far('open-manhole')).toBeGreaterThan(0);
    expect(far('open-manhole')).toBeLessThan(far('snow'));
  });
});

test('only a host that the settings name is named in the content policy', () => {
  const map = (tiles: unknown) => Settings.parse({ dashboard: { map: { tiles } } }).dashboard.map;
  expect(tileSource(map(null))).toEqual([]);
  expect(tileSource(map({ kind: 'pmtiles', file: '/srv/a.pmtiles' }))).toEqual([]);
  expect(tileSource(map({ kind: 'xyz', url: '/tiles/{z}/{x}/{y}.png' }))).toEqual([]);
  expect(tileSource(map({ kind: 'xyz', url: 'https://tiles.example.kz:8443/a/{z}/{x}/{y}.png?k=1' }))).toEqual([
    'https://tiles.example.kz:8443',
  ]);
});

test('settings of tiles that cannot work are refused', () => {
  const is = (tiles: unknown) => Settings.safeParse({ dashboard: { map: { tiles } } }).success;
  expect(is({ kind: 'xyz', url: 'https://a.kz/{z}/{x}/{y}.png' })).toBe(true);
  expect(is({ kind: 'xyz', url: 'https://a.kz/tiles.png' })).toBe(false);
  expect(is({ kind: 'xyz', file: '/srv/a' })).toBe(false);
  expect(is({ kind: 'pmtiles' })).toBe(false);
  expect(is({ kind: 'pmtiles', url: 'https://a.kz/a', file: '/srv/a' })).toBe(false);
  expect(is({ kind: 'pmtiles', url: 'javascript:alert(1)' })).toBe(false);
  expect(is({ kind: 'pmtiles', url: '//other.kz/a' })).toBe(false);
});
