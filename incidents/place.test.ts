// Where on the map a hazard lies: the ground that the picture shows there, or the camera's place when nobody knows.
import { describe, expect, test } from 'vitest';
import { Camera, type Zone } from '#core/camera';
import { distanceM, offset } from '#core/geo';
import type { HazardName } from '#core/hazard-name';
import { CameraId } from '#core/ids';
import { pictureAt, viewFrom } from '#core/range';
import { isSamePlace, pointOf, sightingOf, type Sighting } from './place.ts';

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

describe('is it one thing or two?', () => {
  const mark = (aheadM: number, asideM: number, kind: 'box' | 'zone' = 'box') => {
    const [x, y] = at(aheadM, asideM);
    return {
      kind,
      points: [
        [x - 0.01, y - 0.02],
        [x + 0.01, y - 0.02],
        [x + 0.01, y],
        [x - 0.01, y],
      ] satisfies [number, number][],
    };
  };
  const plain = { ...camera, tiltDeg: undefined };
  const other = (metres: number, more: Partial<Camera> = {}): Camera => ({
    ...camera,
    id: CameraId.parse('2'),
    point: offset(camera.point, 0, metres),
    ...more,
  });
  const seen = (hazard: HazardName, by: Camera, aheadM: number, asideM = 0, zone?: Zone) =>
    sightingOf(hazard, by, zone, mark(aheadM, asideM), by.point);
  const isOne = (a: Sighting, b: Sighting) => isSamePlace(a, b, 40);

  test('two open covers of one camera are two, and one seen in two of its zones is one', () => {
    expect(isOne(seen('open-manhole', camera, 15), seen('open-manhole', camera, 15, 3))).toBe(false);
    expect(isOne(seen('open-manhole', plain, 15), seen('open-manhole', plain, 15, 3))).toBe(false);
    expect(isOne(seen('open-manhole', camera, 15), seen('open-manhole', camera, 15))).toBe(true);
  });

  test('a hole seen by two cameras is one only where both know its place to metres', () => {
    const beside = other(10);
    // The other camera hangs ten metres to the left: what is straight ahead of the one is ten metres to the right of the other.
    expect(isOne(seen('open-manhole', camera, 20), seen('open-manhole', beside, 20, 10))).toBe(true);
    expect(isOne(seen('open-manhole', camera, 20), seen('open-manhole', beside, 20, 0))).toBe(false);
    expect(isOne(seen('open-manhole', plain, 20), seen('open-manhole', other(1, { tiltDeg: undefined }), 20))).toBe(
      false,
    );
  });

  test('water is one within forty metres, where grounds touch, and along a segment of street', () => {
    const road = (from: number, to: number, segment?: string): Zone => ({
      id: 'A',
      kind: 'carriageway',
      polygon: [at(from, -4), at(to, -4), at(to, 4), at(from, 4)],
      hazards: ['flooding'],
      streetClass: 'A',
      ...(segment === undefined ? {} : { segment }),
    });
    const far = { ...other(0), point: offset(camera.point, 90, 300) };
    expect(isOne(seen('flooding', plain, 20), seen('flooding', other(39, { tiltDeg: undefined }), 20))).toBe(true);
    expect(isOne(seen('flooding', plain, 20), seen('flooding', other(41, { tiltDeg: undefined }), 20))).toBe(false);
    expect(isOne(seen('flooding', plain, 20), seen('snow', plain, 20))).toBe(false);
    const facing = { ...other(0), point: offset(camera.point, 90, 90), bearingDeg: 270 };
    expect(isOne(seen('flooding', camera, 20, 0, road(10, 50)), seen('flooding', facing, 20, 0, road(10, 50)))).toBe(
      true,
    );
    expect(isOne(seen('flooding', camera, 20, 0, road(10, 20)), seen('flooding', far, 20, 0, road(10, 20)))).toBe(
      false,
    );
    // Two views of one camera: one water only where the ground of both is known, and near.
    const aside = { ...camera, bearingDeg: 180 };
    const inView = (zone: Zone): Zone => ({ ...zone, preset: 'view-2' });
    const here = seen('flooding', camera, 20, 0, road(10, 20));
    expect(isOne(here, seen('flooding', camera, 20))).toBe(true);
    expect(isOne(here, seen('flooding', aside, 20, 0, inView(road(10, 20))))).toBe(true);
    expect(isOne(here, seen('flooding', aside, 60, 0, inView(road(55, 70))))).toBe(false);
    expect(isOne(here, seen('flooding', plain, 20, 0, inView(road(10, 20))))).toBe(false);
    expect(
      isOne(seen('flooding', camera, 20, 0, road(10, 20, 's1')), seen('flooding', far, 20, 0, road(10, 20, 's1'))),
    ).toBe(true);
  });
});
