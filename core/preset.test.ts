// The views of a camera: what one of them is, and what does not fit together.
import { expect, test } from 'vitest';
import { Camera } from './camera.ts';
import { isTurning, presetFaults, presetsOf, seenFrom } from './preset.ts';

const zone = (id: string, preset?: string) => ({
  id,
  kind: 'carriageway',
  hazards: ['snow'],
  polygon: [
    [0, 0.5],
    [1, 0.5],
    [1, 1],
  ],
  ...(preset === undefined ? {} : { preset }),
});
const cameraWith = (more: object): Camera =>
  Camera.parse({
    id: '1',
    name: { kk: 'a', ru: 'a', en: 'a' },
    point: { lon: 71.43, lat: 51.13 },
    district: 'esil',
    bearingDeg: 90,
    tiltDeg: 20,
    ...more,
  });

test('a camera with one view is itself', () => {
  const plain = cameraWith({ zones: [zone('A')] });
  expect(presetsOf(plain)).toEqual([{ id: 'main', name: '' }]);
  expect(seenFrom(plain, 'main')).toBe(plain);
  const named = cameraWith({ zones: [zone('A')], presets: [{ id: 'main', name: 'Yard' }] });
  expect([isTurning(plain), isTurning(named)]).toEqual([false, false]);
  expect(seenFrom(named, 'main')).toBe(named);
});

test('a view has its zones, its own direction and scale, and nothing of the scale of the main one', () => {
  const turning = cameraWith({
    zones: [zone('A'), zone('B', 'far')],
    presets: [{ id: 'far', bearingDeg: 180, fovDeg: 20 }, { id: 'main' }],
  });
  expect(seenFrom(turning, 'main')).toEqual(cameraWith({ zones: [zone('A')] }));
  const far = seenFrom(turning, 'far');
  expect(far).toMatchObject({ bearingDeg: 180, fovDeg: 20, zones: [{ id: 'B' }] });
  expect(far.tiltDeg).toBeUndefined();
  expect(isTurning(far)).toBe(false);
  expect(seenFrom(turning, 'gone').zones).toEqual([]);
});

test('views and zones that do not fit together are said', () => {
  expect(presetFaults(cameraWith({ zones: [zone('A')] }))).toEqual([]);
  expect(presetFaults(cameraWith({ zones: [zone('A', 'far')] }))).toEqual([
    'zone A belongs to the view "far", which the camera has not',
  ]);
  expect(presetFaults(cameraWith({ presets: [{ id: 'far' }, { id: 'far' }] }))).toEqual([
    'the view "far" stands twice',
    'a camera keeps its view "main"',
  ]);
});
