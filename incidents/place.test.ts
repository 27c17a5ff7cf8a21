// Where on the map a hazard lies: the ground that the picture shows there, or the camera's place when nobody knows.
import { expect, test } from 'vitest';
import { Camera } from '#core/camera';
import { distanceM } from '#core/geo';
import { pictureAt, viewFrom } from '#core/range';
import { pointOf } from './place.ts';

const camera = Camera.parse({
  id: '1',
  name: { kk: 'a', ru: 'a', en: 'a' },
  point: { lat: 51.13, lon: 71.43 },
  bearingDeg: 90,
  heightM: 8,
  fovDeg: 66,
  tiltDeg: 22,
  district: 'esil',
});
const at = (aheadM: number, asideM: number): [number, number] =>
  pictureAt(viewFrom(camera, 22), aheadM, asideM) ?? [0, 0];

test('a box stands where its lower edge meets the ground', () => {
  const [x, y] = at(20, 0);
  const points: [number, number][] = [
    [x - 0.05, y - 0.2],
    [x + 0.05, y - 0.2],
    [x + 0.05, y],
    [x - 0.05, y],
  ];
  const point = pointOf(camera, { kind: 'box', points });
  expect(distanceM(camera.point, point)).toBeCloseTo(20, 1);
  expect(point.lon).toBeGreaterThan(camera.point.lon);
});

test('a zone stands where its middle is, south of a camera that looks east when it lies to the right', () => {
  const points = [at(10, 2), at(30, 2), at(30, 8), at(10, 8)];
  const point = pointOf(camera, { kind: 'zone', points });
  expect(distanceM(camera.point, point)).toBeGreaterThan(10);
  expect(distanceM(camera.point, point)).toBeLessThan(31);
  expect(point.lat).toBeLessThan(camera.point.lat);
});

test('without a calibration, a mark or any ground it is the place of the camera', () => {
  const plain = { ...camera, tiltDeg: undefined };
  const points: [number, number][] = [at(20, 0)];
  expect(pointOf(plain, { kind: 'box', points })).toEqual(camera.point);
  expect(pointOf(camera, null)).toEqual(camera.point);
  expect(pointOf({ ...camera, tiltDeg: 0 }, { kind: 'box', points: [[0.5, 0.2]] })).toEqual(camera.point);
});
