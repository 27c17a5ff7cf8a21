// What a calibrated camera may say of ground that is too far away: a hazard stays one, and `clear` is never said of it.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Camera, Zone } from '#core/camera';
import type { Sight } from '#core/detection';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { LookId } from '#core/ids';
import { inRoot } from '#core/root';
import { acrossPx, alongPx, pictureAt, rowAt, viewFrom } from '#core/range';
import { ModelCard } from '#models';
import { historyCamera, historyCircumstances, historyStartMs } from './history.ts';
import { hazards } from './list.ts';
import { observe } from './observe.ts';
import { judgedSince, noBelief, speaksOf } from './persistence.ts';
import { limitOf, reachIn, reachOf, streetPicture } from './reach.ts';
import { defaultHazardSettings as settings } from './settings.ts';

const mount = { heightM: 8, fovDeg: 66, tiltDeg: 22 };
const view = viewFrom(mount, mount.tiltDeg);
const corner = (aheadM: number, asideM: number): [number, number] => {
  const [x, y] = pictureAt(view, aheadM, asideM) ?? [0, 0];
  return [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
};
/** A street six metres wide from one distance to another. */
const street = (fromM: number, toM: number): Zone['polygon'] => [
  corner(fromM, -3),
  corner(toM, -3),
  corner(toM, 3),
  corner(fromM, 3),
];
const camera = (hazard: HazardName, zone: Partial<Zone>, more: Partial<Camera> = mount): Camera =>
  historyCamera(hazard, zone, more);

const calm: Sight = {
  quality: { kind: 'good', why: '' },
  detections: [],
  zones: [
    {
      zoneId: 'z1',
      surface: { dry: 1, wet: 0, water: 0, snow: 0, other: 0 },
      floodLevel: 0,
      snowLevel: 0,
      bank: null,
      hiddenShare: 0,
    },
  ],
  models: [],
};
const look = (n: number) => ({
  id: LookId.parse(`look-${n}`),
  seenAtMs: historyStartMs + n * 60_000,
  stillSha256: null,
});
const openingAt = (aheadM: number): Sight => {
  const [x, y] = pictureAt(view, aheadM, 0) ?? [0, 0];
  const box = { x: x - 0.01, y: y - 0.01, w: 0.02, h: 0.02 };
  return { ...calm, detections: [{ class: 'manhole_open', score: 0.9, box }] };
};
const limitM = limitOf(view, 'open-manhole', 'carriageway', settings);

test('the picture and the cells that limits are counted in are those of the network', () => {
  const card = ModelCard.parse(JSON.parse(readFileSync(inRoot('models', 'road-v0', 'model.json'), 'utf8')));
  expect(card.input).toMatchObject({ widthPx: streetPicture.widthPx, heightPx: streetPicture.heightPx });
  const surface = card.outputs.find((one) => one.name === 'surface');
  expect(surface?.shape.at(-1)).toBe(streetPicture.widthPx / streetPicture.cellPx);
  expect(surface?.shape.at(-2)).toBe(streetPicture.heightPx / streetPicture.cellPx);
});

test('at its limit a hazard has just the pixels that it needs', () => {
  const { reach } = settings['open-manhole'];
  const across = acrossPx(view, streetPicture.widthPx, limitM, reach.openingM);
  const along = alongPx(view, streetPicture.heightPx, limitM, reach.openingM);
  expect(Math.min(across / reach.acrossPx, along / reach.alongPx)).toBeCloseTo(1, 6);
  const floodM = limitOf(view, 'flooding', 'carriageway', settings);
  const cell = alongPx(view, streetPicture.heightPx, floodM, settings.flooding.reach.cellM);
  expect(cell).toBeCloseTo(streetPicture.cellPx, 6);
  expect(floodM).toBeGreaterThan(limitM);
});

test('a near zone is judged as ever, a camera without calibration too', () => {
  const near = { polygon: street(5, limitM * 0.9) };
  expect(observe(calm, camera('open-manhole', near), look(1))[0]).toMatchObject({ word: 'clear' });
  expect(observe(calm, camera('open-manhole', near), look(1))[0]?.support.facts).not.toHaveProperty('judgedY');
  const far = { polygon: street(limitM * 1.5, limitM * 3) };
  expect(observe(calm, camera('open-manhole', far, { heightM: 8 }), look(1))[0]).toMatchObject({ word: 'clear' });
});

test('a zone that is mostly too far away is never clear, and a hole that is seen there is still a hole', () => {
  const far = { polygon: street(5, limitM * 3) };
  const [nothing] = observe(calm, camera('open-manhole', far), look(1));
  expect(nothing).toMatchObject({ word: 'cannot-see', support: { facts: { why: 'too-far' } } });
  expect(nothing?.support.facts['inReach']).toBeLessThan(0.5);
  expect(observe(openingAt(limitM * 2), camera('open-manhole', far), look(2))[0]).toMatchObject({ word: 'hazard' });
});

test('a zone that is partly too far away is clear down from the row of the limit, and says so', () => {
  const partly = { polygon: street(5, limitM * 1.4) };
  const [said] = observe(calm, camera('open-manhole', partly), look(1));
  expect(said?.word).toBe('clear');
  expect(said?.support.facts['judgedY']).toBeCloseTo(rowAt(view, limitM), 2);
  expect(said?.support.facts['reachM']).toBeCloseTo(limitM, 0);
});

test('looks that do not reach a place neither clear it nor prove that the work there was done', () => {
  const hung = camera('open-manhole', { polygon: street(5, limitM * 3) });
  const [drawn] = hung.zones;
  if (!drawn) throw new RangeError('no zone');
  const around = { ...historyCircumstances('open-manhole', { name: '' }, 60), camera: hung, zone: drawn };
  let belief: unknown = noBelief;
  let kind = '';
  for (let n = 0; n < 8; n++) {
    const [said] = observe(calm, hung, look(n * 5));
    if (!said) throw new RangeError('no word');
    const step = hazards['open-manhole'].step(belief, said, around);
    belief = step.belief;
    kind = step.finding.kind;
  }
  expect(kind).toBe('gone');
  const mark = (aheadM: number) => ({ kind: 'box' as const, points: [corner(aheadM, -0.3), corner(aheadM, 0.3)] });
  expect(judgedSince(belief, 0, mark(limitM * 0.8)).length).toBeGreaterThan(3);
  expect(judgedSince(belief, 0, mark(limitM * 1.5))).toEqual([]);
  expect(judgedSince(belief, 0, { kind: 'zone', points: street(5, limitM * 3) })).toEqual([]);
  expect(speaksOf({ facts: {} }, null)).toBe(true);
});

test('looks that see nothing in the part that they reach contradict a false alarm', () => {
  const hung = camera('open-manhole', { polygon: street(5, limitM * 3) });
  const [drawn] = hung.zones;
  if (!drawn) throw new RangeError('no zone');
  const around = { ...historyCircumstances('open-manhole', { name: '' }, 60), camera: hung, zone: drawn };
  let belief: unknown = noBelief;
  const kinds: string[] = [];
  for (let n = 0; n < 12; n++) {
    const [said] = observe(n % 4 === 0 ? openingAt(limitM * 0.5) : calm, hung, look(n));
    if (!said) throw new RangeError('no word');
    const step = hazards['open-manhole'].step(belief, said, around);
    belief = step.belief;
    kinds.push(step.finding.kind);
  }
  expect(kinds).not.toContain('raise');
});

test('a registered cover is judged by its own pixels, further than an opening somewhere on the road', () => {
  const spotM = limitOf(view, 'open-manhole', 'manhole', settings);
  expect(spotM).toBeGreaterThan(limitM);
  const at = (aheadM: number): Zone['polygon'] => [
    corner(aheadM - 0.85, -0.85),
    corner(aheadM + 0.85, -0.85),
    corner(aheadM + 0.85, 0.85),
    corner(aheadM - 0.85, 0.85),
  ];
  const share = (aheadM: number) =>
    reachOf(
      camera('open-manhole', { kind: 'manhole', polygon: at(aheadM) }),
      { ...zoneOf(at(aheadM)) },
      'open-manhole',
      settings,
    )?.share ?? -1;
  expect(share(spotM * 0.8)).toBe(1);
  expect(share(spotM * 1.3)).toBe(0);
});

const zoneOf = (polygon: Zone['polygon']): Zone => ({
  id: 'z1',
  kind: 'manhole',
  hazards: ['open-manhole'],
  streetClass: 'none',
  polygon,
});

test('no camera says clear of a zone of which it reaches less than half', () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(
      number(4, 20),
      number(40, 90),
      number(5, 50),
      number(0, 0.9),
      fc.constantFrom(...hazardNames),
      (heightM, fovDeg, tiltDeg, top, hazard) => {
        const polygon: Zone['polygon'] = [
          [0.2, top],
          [0.8, top],
          [0.8, 1],
          [0.2, 1],
        ];
        const kind = hazard === 'dumping' ? 'no-dumping' : 'carriageway';
        const hung = camera(hazard, { kind, polygon }, { heightM, fovDeg, tiltDeg });
        const [zone] = hung.zones;
        const [said] = observe(calm, hung, look(1));
        if (!zone || !said) throw new RangeError('no word');
        const { share } = reachIn(viewFrom(hung, tiltDeg), zone, hazard, settings);
        expect(said.word).toBe(share < 0.5 ? 'cannot-see' : 'clear');
      },
    ),
    { numRuns: 200 },
  );
});
