import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { severities } from '#core/hazard-name';
import { gather, type Placed } from './clusters.ts';

type Mark = { id: string; severity: (typeof severities)[number] };

const placed = fc
  .uniqueArray(
    fc.record({
      x: fc.double({ min: -500, max: 500, noNaN: true }),
      y: fc.double({ min: -500, max: 500, noNaN: true }),
      id: fc.string({ minLength: 1, maxLength: 6 }),
      severity: fc.constantFrom(...severities),
    }),
    { selector: ({ id }) => id, maxLength: 80 },
  )
  .map((list) => list.map(({ x, y, id, severity }): Placed<Mark> => ({ x, y, mark: { id, severity } })));

describe('marks are gathered', () => {
  test('so that none is lost, none stands twice, the worst leads and rings stand apart', () => {
    fc.assert(
      fc.property(placed, fc.double({ min: 1, max: 300, noNaN: true }), (list, apart) => {
        const rings = gather(list, apart);
        const ids = rings.flatMap((ring) => ring.marks.map((mark) => mark.id));
        expect(ids.toSorted()).toEqual(list.map(({ mark }) => mark.id).toSorted());
        for (const ring of rings) {
          const worst = Math.max(...ring.marks.map((mark) => severities.indexOf(mark.severity)));
          expect(severities.indexOf(ring.marks[0]?.severity ?? 'S1')).toBe(worst);
          for (const other of rings)
            if (other !== ring) expect(Math.hypot(other.x - ring.x, other.y - ring.y)).toBeGreaterThanOrEqual(apart);
        }
      }),
    );
  });

  test('the same whatever their order', () => {
    fc.assert(
      fc.property(placed, fc.nat(), (list, turn) => {
        const at = list.length === 0 ? 0 : turn % list.length;
        const turned = [...list.slice(at), ...list.slice(0, at)];
        expect(gather(turned, 100)).toEqual(gather(list, 100));
      }),
    );
  });
});
