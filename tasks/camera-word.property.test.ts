// The camera's word after a claim, over random looks: what it takes to say clear, and what says that the hazard is still there.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '#hazards';
import { runs } from '../test/support/property.ts';
import { cameraWord } from './verify.ts';

const claimedAtMs = Date.parse('2026-11-22T06:00:00Z');

const theLooks: fc.Arbitrary<Entry[]> = fc
  .array(
    fc.tuple(fc.constantFrom('clear' as const, 'clear' as const, 'hazard' as const), fc.integer({ min: 1, max: 900 })),
    {
      maxLength: 12,
    },
  )
  .map((looks) => {
    let atMs = claimedAtMs;
    return looks.map(([word, afterS], n) => {
      atMs += afterS * 1000;
      return { lookId: `look-${n}`, atMs, word, sub: '', level: 0, still: null, boxes: [], facts: {} };
    });
  });
const paces = fc.constantFrom(1, 10);

const wordOf = (entries: readonly Entry[], pace: number, laterMs = 0) =>
  cameraWord(entries, claimedAtMs, (entries.at(-1)?.atMs ?? claimedAtMs) + laterMs, pace);

test('clear needs three clear looks in a row over ten minutes of the city, and no hazard after them', () => {
  let clear = 0;
  fc.assert(
    fc.property(theLooks, paces, (entries, pace) => {
      const word = wordOf(entries, pace);
      const from = entries.findLastIndex((entry) => entry.word === 'hazard') + 1;
      const row = entries.slice(from);
      const overMs = (row.at(-1)?.atMs ?? 0) - (row[0]?.atMs ?? 0);
      expect(word.kind === 'clear').toBe(row.length >= 3 && overMs >= 600_000 / pace);
      if (word.kind === 'clear') clear += 1;
    }),
    runs(500),
  );
  expect(clear).toBeGreaterThan(0);
});

test('two hazards of the last three looks give the work back, however many clear ones came before', () => {
  fc.assert(
    fc.property(theLooks, paces, fc.nat(3_600_000), (entries, pace, laterMs) => {
      const seen = entries.slice(-3).filter((entry) => entry.word === 'hazard').length;
      expect(wordOf(entries, pace, laterMs).kind === 'hazard').toBe(seen >= 2);
    }),
    runs(500),
  );
});

test('time alone never says clear', () => {
  fc.assert(
    fc.property(theLooks, paces, fc.nat(86_400_000), (entries, pace, laterMs) => {
      const now = wordOf(entries, pace).kind;
      const later = wordOf(entries, pace, laterMs).kind;
      expect(later === 'clear').toBe(now === 'clear');
      expect([now, 'unverifiable']).toContain(later);
    }),
    runs(300),
  );
});
