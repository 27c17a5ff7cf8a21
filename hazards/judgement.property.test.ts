// Properties of every hazard over random histories: order, doubling, lateness, and what may never raise.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hazardNames, type HazardName } from '#core/hazard-name';
import type { Observation } from '#core/observation';
import { Policy } from '#core/policy';
import { runs } from '../test/support/property.ts';
import type { Circumstances, Finding } from './hazard.ts';
import { historyCircumstances, historyObservations, type History, type HistoryLook } from './history.ts';
import { hazards } from './list.ts';
import { aheadS, noBelief, type Belief } from './persistence.ts';
import { defaultHazardSettings } from './settings.ts';

const snowPolicy = Policy.parse({
  id: 'snow-all',
  hazard: 'snow',
  event: 'end_of_snowfall',
  clock: '24x7',
  acceptH: 0.5,
  fixH: 4,
  validFrom: '2020-01-01',
  source: 'test',
  certainty: 'product default',
});

const lastMin = 8 * 60;

/** A place where nothing but the looks decides: the snow's deadline is long past, the zone may have every hazard. */
const place = (hazard: HazardName, pace: number): Omit<History, 'looks' | 'expect'> => ({
  name: '',
  pace,
  zone: { kind: hazard === 'dumping' ? 'no-dumping' : 'carriageway', streetClass: 'V' },
  policies: [snowPolicy],
  snowfall: { ended: -6000 },
});

const circumstances = (hazard: HazardName, pace: number): Circumstances =>
  historyCircumstances(hazard, place(hazard, pace), lastMin);

type Mood = 'alarming' | 'calm';

const aLook = (hazard: HazardName, mood: Mood = 'alarming'): fc.Arbitrary<HistoryLook> =>
  fc.record({
    atMin: fc.integer({ min: 0, max: lastMin * 4 }).map((quarter) => quarter / 4),
    word: fc.oneof(
      { weight: 5, arbitrary: fc.constant(mood === 'calm' ? ('clear' as const) : ('hazard' as const)) },
      { weight: 1, arbitrary: fc.constantFrom('hazard' as const, 'clear' as const) },
      { weight: 1, arbitrary: fc.constant('cannot-see' as const) },
    ),
    sub: fc.constantFrom(...hazards[hazard].subs),
    level: fc.double({ min: 0, max: 1, noNaN: true }),
    facts: fc.constantFrom(
      { why: 'dark' },
      { why: 'blurred' },
      { vehicleOver: true },
      { manned: true },
      { score: 0.9 },
    ),
  });

const theLooks = (hazard: HazardName, maxLength = 60, mood: Mood = 'alarming'): fc.Arbitrary<Observation[]> =>
  fc.array(aLook(hazard, mood), { maxLength }).map((looks) => historyObservations(hazard, looks));

/** The looks, some of them again, in any order of arrival: late by up to all the hours of the history. */
const arrivals = (made: Observation[]): fc.Arbitrary<Observation[]> =>
  fc
    .subarray(made)
    .chain((again) => fc.shuffledSubarray([...made, ...again], { minLength: made.length + again.length }));

const paces = fc.constantFrom(1, 60);

function play(
  hazard: HazardName,
  observations: readonly Observation[],
  around: Circumstances,
): { belief: Belief; findings: Finding[] } {
  let belief: Belief = noBelief;
  const findings = observations.map((observation) => {
    const step = hazards[hazard].step(belief, observation, around);
    belief = step.belief;
    return step.finding;
  });
  return { belief, findings };
}

describe.each(hazardNames)('%s', (hazard) => {
  const persistence = hazards[hazard].persistenceOf(defaultHazardSettings);

  test('whatever order the looks arrive in, some of them twice: the same belief, and the same is found', () => {
    fc.assert(
      fc.property(
        theLooks(hazard, 120).chain((made) => fc.tuple(fc.constant(made), arrivals(made))),
        paces,
        ([made, mixed], pace) => {
          const around = circumstances(hazard, pace);
          const inOrder = [...made].sort((a, b) => a.seenAtMs - b.seenAtMs);
          const one = play(hazard, inOrder, around).belief;
          const other = play(hazard, mixed, around).belief;
          expect(other).toEqual(one);
          expect(hazards[hazard].rule(other, around, undefined)).toEqual(hazards[hazard].rule(one, around, undefined));
        },
      ),
      runs(100),
    );
  });

  test('whatever the clock says, nothing is raised by looks that are dated ahead of it, nor held gone', () => {
    let found = 0;
    fc.assert(
      fc.property(
        theLooks(hazard).chain(arrivals),
        fc.array(fc.integer({ min: 0, max: lastMin }), { minLength: 1, maxLength: 20 }),
        (arriving, moments) => {
          let belief: Belief = noBelief;
          arriving.forEach((observation, n) => {
            const around = historyCircumstances(hazard, place(hazard, 1), moments[n % moments.length] ?? 0);
            const step = hazards[hazard].step(belief, observation, around);
            const aheadMs = around.nowMs + aheadS * 1000;
            belief = step.belief;
            if (step.finding.kind === 'wait') return;
            found += 1;
            if (step.finding.kind === 'raise') expect(step.finding.lastSeenAtMs).toBeLessThanOrEqual(aheadMs);
            else expect(Math.max(...step.finding.clears.map((c) => c.atMs))).toBeLessThanOrEqual(aheadMs);
          });
        },
      ),
      runs(300),
    );
    expect(found).toBeGreaterThan(0);
  });

  test('a second delivery changes nothing and raises nothing', () => {
    fc.assert(
      fc.property(theLooks(hazard), paces, (made, pace) => {
        const around = circumstances(hazard, pace);
        const { belief } = play(hazard, made, around);
        for (const observation of made) {
          const again = hazards[hazard].step(belief, observation, around);
          expect(again).toEqual({ belief, finding: { kind: 'wait', reason: 'known' } });
        }
      }),
      runs(50),
    );
  });

  test('never raised by fewer looks than the rule asks for, nor in less time', () => {
    let raised = 0;
    fc.assert(
      fc.property(theLooks(hazard).chain(arrivals), paces, (arriving, pace) => {
        const { findings } = play(hazard, arriving, circumstances(hazard, pace));
        const needMs = (persistence.open.overS * 1000) / pace;
        findings.forEach((finding, n) => {
          if (finding.kind !== 'raise') return;
          raised += 1;
          const saying = arriving.slice(0, n + 1).filter((o) => o.word === 'hazard');
          const moments = saying.map((o) => o.seenAtMs);
          expect(new Set(saying.map((o) => o.lookId)).size).toBeGreaterThanOrEqual(persistence.open.looks);
          expect(Math.max(...moments) - Math.min(...moments)).toBeGreaterThanOrEqual(needMs);
          expect(finding.why.hazardLooks).toBeGreaterThanOrEqual(persistence.open.looks);
          expect(finding.why.overS * 1000).toBeGreaterThanOrEqual(needMs);
          expect(finding.act).toBe(false);
        });
      }),
      runs(300),
    );
    // Else the property would hold of a hazard that is never raised at all.
    expect(raised).toBeGreaterThan(0);
  });

  test('looks that cannot see neither open nor close', () => {
    fc.assert(
      fc.property(theLooks(hazard), paces, (made, pace) => {
        const around = circumstances(hazard, pace);
        const all = play(hazard, made, around);
        const judged = made.filter((o) => o.word !== 'cannot-see');
        const without = play(hazard, judged, around).belief;
        const { rule } = hazards[hazard];
        expect(all.belief.entries).toEqual(without.entries);
        expect(rule(all.belief, around, undefined)).toEqual(rule(without, around, undefined));
      }),
      runs(100),
    );
  });

  test('clear and blind looks alone never raise', () => {
    fc.assert(
      fc.property(theLooks(hazard), paces, (made, pace) => {
        const calm = made.filter((o) => o.word !== 'hazard');
        const { findings } = play(hazard, calm, circumstances(hazard, pace));
        expect(findings.filter((finding) => finding.kind === 'raise')).toEqual([]);
      }),
      runs(50),
    );
  });

  test('never held gone while fewer clear looks than the rule asks for were seen, nor in less time', () => {
    let gone = 0;
    fc.assert(
      fc.property(theLooks(hazard, 60, 'calm').chain(arrivals), paces, (arriving, pace) => {
        const { findings } = play(hazard, arriving, circumstances(hazard, pace));
        const needMs = (persistence.close.overS * 1000) / pace;
        findings.forEach((finding, n) => {
          if (finding.kind !== 'gone') return;
          gone += 1;
          const clear = arriving.slice(0, n + 1).filter((o) => o.word === 'clear');
          const moments = clear.map((o) => o.seenAtMs);
          expect(new Set(clear.map((o) => o.lookId)).size).toBeGreaterThanOrEqual(persistence.close.looks);
          expect(Math.max(...moments) - Math.min(...moments)).toBeGreaterThanOrEqual(needMs);
          expect(new Set(finding.clears.map((c) => c.lookId)).size).toBeGreaterThanOrEqual(persistence.close.looks);
        });
      }),
      runs(300),
    );
    expect(gone).toBeGreaterThan(0);
  });

  test('however long a history is, a belief stays small', () => {
    fc.assert(
      fc.property(
        fc.array(aLook(hazard), { minLength: 150, maxLength: 400 }),
        fc.array(fc.integer({ min: 0, max: lastMin * 60 }), { maxLength: 60 }),
        paces,
        (looks, acts, pace) => {
          const made = historyObservations(hazard, [
            ...looks,
            ...acts.map((second) => ({ atMin: second / 60, word: 'hazard' as const, facts: { source: 'story' } })),
          ]);
          const { belief } = play(hazard, made, circumstances(hazard, pace));
          expect(belief.entries.length).toBeLessThanOrEqual(64);
          expect(belief.acts.length).toBeLessThanOrEqual(16);
          expect(belief.doubts.length).toBeLessThanOrEqual(16);
        },
      ),
      runs(10),
    );
  });
});
