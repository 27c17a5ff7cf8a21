// Beliefs are sets: order, delay and doubling of observations change nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyCircumstances, historyObservations, type HistoryLook } from './history.ts';
import { Belief, fold, heldOpen, judgedSince, noBelief, type Persistence } from './persistence.ts';
import { hazards } from './list.ts';

const rule: Persistence = {
  open: { looks: 3, of: 4, overS: 120, withinS: 86400 },
  close: { looks: 3, overS: 600 },
  keepS: 7200,
};

const aLook: fc.Arbitrary<HistoryLook> = fc.record({
  atMin: fc.integer({ min: 0, max: 180 }).map((n) => n / 2),
  word: fc.constantFrom('hazard', 'clear', 'cannot-see'),
  sub: fc.constantFrom('missing', 'works'),
  facts: fc.constantFrom({ why: 'dark' }, { why: 'blurred' }, { source: 'story' }),
});

const foldAll = (observations: ReturnType<typeof historyObservations>, pace: number): Belief =>
  observations.reduce((belief, o) => fold(belief, o, rule, pace).belief, noBelief);

test('late, swapped and doubled observations give the same belief', () => {
  fc.assert(
    fc.property(
      fc.array(aLook, { maxLength: 120 }).chain((looks) => {
        const made = historyObservations('open-manhole', looks);
        return fc.tuple(fc.constant(made), fc.shuffledSubarray([...made, ...made], { minLength: made.length * 2 }));
      }),
      fc.constantFrom(1, 120),
      ([inOrder, mixed], pace) => {
        expect(foldAll(mixed, pace)).toEqual(foldAll(inOrder, pace));
      },
    ),
    { numRuns: 200 },
  );
});

test('a belief survives the journey through JSON', () => {
  fc.assert(
    fc.property(fc.array(aLook, { maxLength: 60 }), (looks) => {
      const belief = foldAll(historyObservations('open-manhole', looks), 1);
      expect(Belief.parse(JSON.parse(JSON.stringify(belief)))).toEqual(belief);
      expect(belief.entries.length).toBeLessThanOrEqual(64);
    }),
    { numRuns: 50 },
  );
});

test('looks that cannot see never open and never close', () => {
  fc.assert(
    fc.property(fc.array(aLook, { maxLength: 60 }), (looks) => {
      const all = historyObservations('open-manhole', looks);
      const judged = all.filter((o) => o.word !== 'cannot-see');
      expect(heldOpen(foldAll(all, 1), rule, 1)).toEqual(heldOpen(foldAll(judged, 1), rule, 1));
    }),
    { numRuns: 100 },
  );
});

test('a second delivery raises nothing', () => {
  const hazard = hazards['open-manhole'];
  const looks: HistoryLook[] = [0, 1, 2].map((atMin) => ({ atMin, word: 'hazard', sub: 'missing' }));
  const at = historyCircumstances('open-manhole', { name: '' }, 2);
  let belief: unknown;
  let last = historyObservations('open-manhole', looks)[0];
  for (const observation of historyObservations('open-manhole', looks)) {
    belief = hazard.step(belief, observation, at).belief;
    last = observation;
  }
  if (!last) throw new RangeError('no look');
  const again = hazard.step(belief, last, at);
  expect(again).toEqual({ belief, finding: { kind: 'wait', reason: 'known' } });
});

test('a belief of an unknown shape begins anew instead of failing', () => {
  const hazard = hazards.flooding;
  const [observation] = historyObservations('flooding', [{ atMin: 0, word: 'clear' }]);
  if (!observation) throw new RangeError('no look');
  const { belief } = hazard.step(
    { from: 'an older version' },
    observation,
    historyCircumstances('flooding', { name: '' }, 0),
  );
  expect(belief.entries).toHaveLength(1);
  expect(judgedSince({ nonsense: 1 }, 0, null)).toEqual([]);
});
