import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zoneFaults, type ZoneDraft } from '../../../contract.ts';
import {
  act,
  chosenZone,
  editingOf,
  freeId,
  snapped,
  under,
  type EditAct,
  type Editing,
  type Spot,
} from './zone-edit.ts';

const size = { widthPx: 1000, heightPx: 500 };
const mount = { heightM: 8, fovDeg: 60, tiltDeg: null, aspect: null, ladder: null };
const square = (id: string, x: number): ZoneDraft => ({
  id,
  kind: 'carriageway',
  polygon: [
    [x, 0.2],
    [x + 0.2, 0.2],
    [x + 0.2, 0.6],
    [x, 0.6],
  ],
  hazards: ['snow'],
  streetClass: 'none',
});
const start = (): Editing => editingOf({ zones: [square('A', 0.1), square('B', 0.6)], mount });
const all = (state: Editing, acts: readonly EditAct[]): Editing => acts.reduce(act, state);
const ring = (state: Editing, id: string) => state.now.zones.find((zone) => zone.id === id)?.polygon;

describe('drawing', () => {
  test('a new zone gets a free letter and its points in order', () => {
    const drawn = all(start(), [
      { kind: 'new' },
      { kind: 'append', at: [0.4, 0.7] },
      { kind: 'append', at: [0.5, 0.7] },
      { kind: 'append', at: [0.5, 0.9] },
      { kind: 'close' },
    ]);
    expect(drawn.zone).toBe('C');
    expect(ring(drawn, 'C')).toEqual([
      [0.4, 0.7],
      [0.5, 0.7],
      [0.5, 0.9],
    ]);
    expect(drawn.drawing).toBe(false);
    expect(freeId([{ id: 'a' }, { id: 'B' }])).toBe('C');
  });

  test('removes that point and no other, wherever it is', () => {
    const before = start();
    for (const point of [0, 1, 2, 3]) {
      const left = ring(act(before, { kind: 'remove-point', zone: 'B', point }), 'B');
      expect(left).toEqual(square('B', 0.6).polygon.filter((_, i) => i !== point));
    }
  });

  test('a drag is one step of undo, a drag that moved nothing is none', () => {
    const dragged = all(start(), [
      { kind: 'pick', zone: 'A', point: 0 },
      { kind: 'grab' },
      { kind: 'drag', at: [0.12, 0.22] },
      { kind: 'drag', at: [0.15, 0.25] },
      { kind: 'drop' },
    ]);
    expect(ring(dragged, 'A')?.[0]).toEqual([0.15, 0.25]);
    expect(dragged.past).toHaveLength(1);
    expect(act(dragged, { kind: 'undo' }).now).toEqual(start().now);
    const still = all(start(), [{ kind: 'pick', zone: 'A', point: 0 }, { kind: 'grab' }, { kind: 'drop' }]);
    expect(still.past).toHaveLength(0);
  });

  test('undo goes back in time and not by zone: the last step first, whatever is chosen', () => {
    const steps = all(start(), [
      { kind: 'pick', zone: 'A', point: 0 },
      { kind: 'nudge', by: [0.01, 0] },
      { kind: 'pick', zone: 'B', point: 1 },
      { kind: 'nudge', by: [0.01, 0] },
      { kind: 'pick', zone: 'A', point: 2 },
    ]);
    const once = act(steps, { kind: 'undo' });
    expect(ring(once, 'B')).toEqual(square('B', 0.6).polygon);
    expect(ring(once, 'A')?.[0]).toEqual([0.11, 0.2]);
    expect(act(once, { kind: 'undo' }).now).toEqual(start().now);
  });

  test('no point leaves the picture by nudges', () => {
    const moved = Array.from({ length: 300 }).reduce<Editing>(
      (state) => act(state, { kind: 'nudge', by: [-0.01, 0.01] }),
      act(start(), { kind: 'pick', zone: 'A', point: 0 }),
    );
    expect(ring(moved, 'A')?.[0]).toEqual([0, 1]);
    expect(moved.past).toHaveLength(300);
  });

  test('copies get ids of their own, as one step', () => {
    const copied = act(start(), { kind: 'copy', zones: [square('A', 0.3), square('K', 0.4)] });
    expect(copied.now.zones.map((zone) => zone.id)).toEqual(['A', 'B', 'C', 'K']);
    expect(act(copied, { kind: 'undo' }).now).toEqual(start().now);
  });
});

const anySpot = fc.tuple(
  fc.double({ min: -0.5, max: 1.5, noNaN: true }),
  fc.double({ min: -0.5, max: 1.5, noNaN: true }),
);
const anyAct: fc.Arbitrary<EditAct> = fc.oneof(
  anySpot.map((at): EditAct => ({ kind: 'append', at })),
  fc.constant<EditAct>({ kind: 'new' }),
  fc.constant<EditAct>({ kind: 'remove' }),
  fc.constant<EditAct>({ kind: 'split' }),
  fc.constant<EditAct>({ kind: 'close' }),
  fc.integer({ min: -3, max: 3 }).map((by): EditAct => ({ kind: 'step-point', by })),
  fc.integer({ min: -3, max: 3 }).map((by): EditAct => ({ kind: 'step-zone', by })),
  anySpot.map((by): EditAct => ({ kind: 'nudge', by })),
  fc.constant<EditAct>({ kind: 'redo' }),
  fc.constant<EditAct>({ kind: 'undo' }),
);

test('whatever was done, undo without end leads to the beginning and redo back to the end', () => {
  fc.assert(
    fc.property(fc.array(anyAct, { maxLength: 60 }), (acts) => {
      const end = all(start(), acts);
      let back = end;
      while (back.past.length > 0) back = act(back, { kind: 'undo' });
      expect(back.now).toEqual(start().now);
      let on = back;
      for (let n = 0; n < end.past.length; n++) on = act(on, { kind: 'redo' });
      expect(on.now).toEqual(end.now);
      for (const zone of end.now.zones) {
        for (const [x, y] of zone.polygon) expect(x >= 0 && x <= 1 && y >= 0 && y <= 1).toBe(true);
      }
      expect(new Set(end.now.zones.map((zone) => zone.id)).size).toBe(end.now.zones.length);
      const point = chosenZone(end)?.polygon[end.point ?? 0];
      if (end.point !== null) expect(point).toBeDefined();
    }),
    { numRuns: 300 },
  );
});

describe('under the pointer', () => {
  const at = (x: number, y: number): Spot => [x, y];
  test('a near point wins over a side, a side over nothing, and the chosen zone over the others', () => {
    const state = start();
    expect(under(at(0.105, 0.205), state, size, 12)).toEqual({ kind: 'point', zone: 'A', point: 0 });
    expect(under(at(0.2, 0.205), state, size, 12)).toMatchObject({ kind: 'edge', zone: 'A', after: 0 });
    expect(under(at(0.2, 0.4), state, size, 12)).toEqual({ kind: 'nothing' });
    // Sides of a zone that is not chosen do not get points by mistake.
    expect(under(at(0.7, 0.205), state, size, 12)).toEqual({ kind: 'nothing' });
  });

  test('snapping draws to corners, sides and the border, and lets go when it is off', () => {
    const state = start();
    expect(snapped(at(0.605, 0.21), state, size, 12)).toEqual([0.6, 0.2]);
    expect(snapped(at(0.7, 0.21), state, size, 12)).toEqual([0.7, 0.2]);
    expect(snapped(at(0.995, 0.9), state, size, 12)).toEqual([1, 0.9]);
    const off = act(state, { kind: 'snap' });
    expect(snapped(at(0.605, 0.21), off, size, 12)).toEqual([0.605, 0.21]);
    expect(snapped(at(1.3, -1), off, size, 12)).toEqual([1, 0]);
  });
});

describe('faults of a drawing', () => {
  const of = (polygon: ZoneDraft['polygon'], more: Partial<ZoneDraft> = {}) =>
    zoneFaults([{ ...square('A', 0.1), polygon, ...more }], new Set(['owner'])).map((fault) => fault.kind);
  test('are named one by one', () => {
    expect(of(square('A', 0.1).polygon)).toEqual([]);
    expect(of([[0.1, 0.1]])).toEqual(['few-points']);
    expect(
      of([
        [0.1, 0.1],
        [0.5, 0.5],
        [0.5, 0.1],
        [0.1, 0.5],
      ]),
    ).toEqual(['crossing']);
    expect(
      of([
        [0.1, 0.1],
        [0.5, 0.1],
        [0.3, 0.1],
        [0.3, 0.5],
      ]),
    ).toEqual(['crossing']);
    expect(
      of([
        [0.1, 0.1],
        [0.5, 0.1],
        [0.3, 0.105],
      ]),
    ).toEqual(['too-small']);
    expect(of(square('A', 0.1).polygon, { hazards: [] })).toEqual(['no-hazard']);
    expect(of(square('A', 0.1).polygon, { kind: 'manhole', hazards: ['dumping'] })).toEqual(['hazard-not-here']);
  });
});
