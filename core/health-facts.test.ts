import { describe, expect, it } from 'vitest';
import { healthStates, type HealthState } from './camera.ts';
import { healthFacts, isOnline, saidOf, stepFacts, type HealthFacts, type LookSigns } from './health-facts.ts';

const minuteMs = 60_000;

/** Facts after looks a minute apart. */
const after = (states: readonly HealthState[], signs: LookSigns = {}): HealthFacts =>
  states.reduce<HealthFacts>((facts, state, i) => stepFacts(facts, { state, atMs: i * minuteMs, signs }).facts, {});

describe('facts of health', () => {
  it('a camera whose looks are good is good in all that a look can tell, since its first', () => {
    const facts = after(['ok', 'ok', 'ok']);
    expect(isOnline(facts)).toBe(true);
    expect(Object.values(facts).every((fact) => fact.word === 'good' && fact.sinceMs === 0)).toBe(true);
  });

  it('every state but ok and unknown names at least one fault', () => {
    for (const state of healthStates) {
      const faults = [...saidOf(state, {})].filter(([, said]) => said.word === 'bad').map(([name]) => name);
      if (state === 'ok' || state === 'unknown') expect(faults, state).toEqual([]);
      else expect(faults.length, state).toBeGreaterThan(0);
    }
  });

  it('one failure changes nothing, two do, and the fact dates from the first of them', () => {
    expect(after(['ok', 'ok', 'silent']).frames).toMatchObject({ word: 'good', sinceMs: 0, doubt: { looks: 1 } });
    expect(after(['ok', 'ok', 'silent', 'silent']).frames).toEqual({ word: 'bad', sinceMs: 2 * minuteMs });
  });

  it('a camera that fails every other time does not flap', () => {
    const states = Array.from({ length: 40 }, (_, i): HealthState => (i % 2 === 0 ? 'ok' : 'silent'));
    expect(after(states).frames).toMatchObject({ word: 'good', sinceMs: 0 });
  });

  it('what a look could not tell stays as it was: a camera that is away is not less sharp', () => {
    const facts = after(['ok', 'blurred', 'blurred', 'unreachable', 'unreachable']);
    expect(facts.reachable?.word).toBe('bad');
    expect(facts.blurred).toEqual({ word: 'bad', sinceMs: minuteMs });
    expect(facts['signed-in']?.word).toBe('good');
  });

  it('a frozen picture is not online, a dark one is', () => {
    expect(isOnline(after(['ok', 'frozen', 'frozen']))).toBe(false);
    expect(isOnline(after(['ok', 'dark', 'dark']))).toBe(true);
    expect(isOnline({})).toBeNull();
  });

  it('measures the key interval by the longest waits, and forgets an old one slowly', () => {
    const wait = (facts: HealthFacts, keyWaitMs: number, n: number, fromMs = 0): HealthFacts =>
      Array.from({ length: n }).reduce<HealthFacts>(
        (known, _, i) => stepFacts(known, { state: 'ok', atMs: fromMs + i * 1000, signs: { keyWaitMs } }).facts,
        facts,
      );
    const slow = wait({}, 4000, 5);
    expect(wait(slow, 500, 50)['key-interval']).toMatchObject({ value: 4 });
    expect(slow['key-interval']).toMatchObject({ word: 'good', value: 4 });
    const bad = wait(slow, 12_000, 3);
    expect(bad['key-interval']).toMatchObject({ word: 'bad', value: 12 });
    expect(wait(bad, 500, 5, 2 * 3_600_000)['key-interval']).toMatchObject({ word: 'good', value: 0.5 });
  });

  it('says that a clock is off and that next to nothing comes', () => {
    const facts = after(['ok', 'ok', 'ok', 'ok'], { clockOffsetMs: -400_000, bitsPerS: 900 });
    expect(facts.clock).toMatchObject({ word: 'bad', value: -400 });
    expect(facts['bit-rate']).toMatchObject({ word: 'bad', value: 900 });
  });

  it('calls a bit rate bad that is far from what the camera had, slowly, and follows one that lasts', () => {
    const half = 30_000;
    const rates = (facts: HealthFacts, fromMs: number, bitsPerS: readonly number[]): HealthFacts =>
      bitsPerS.reduce<HealthFacts>(
        (known, rate, i) => stepFacts(known, { state: 'ok', atMs: fromMs + i * half, signs: { bitsPerS: rate } }).facts,
        facts,
      );
    const usual = rates({}, 0, [2_000_000, 2_400_000, 1_500_000, 900_000]);
    expect(usual['bit-rate']).toMatchObject({ word: 'good', usual: 2_000_000 });
    expect(rates(usual, 10 * half, [300_000, 300_000])['bit-rate']).toMatchObject({
      word: 'good',
      doubt: { looks: 2 },
    });
    const low = rates(usual, 10 * half, [300_000, 300_000, 300_000]);
    expect(low['bit-rate']).toMatchObject({ word: 'bad', sinceMs: 10 * half, value: 300_000, usual: 2_000_000 });
    expect(rates(usual, 10 * half, [12e6, 12e6, 12e6])['bit-rate']).toMatchObject({ word: 'bad' });
    expect(rates(low, 20 * half, [2e6, 2e6, 2e6])['bit-rate']).toMatchObject({ word: 'good' });
    const dayAfter = 10 * half + 86_400_000 + half;
    expect(rates(low, dayAfter, [310_000, 310_000, 310_000, 310_000])['bit-rate']).toMatchObject({
      word: 'good',
      usual: 310_000,
    });
    // Next to nothing is never usual.
    expect(rates({}, 0, [5000, 5000])['bit-rate']).toMatchObject({ word: 'bad' });
    expect(rates({}, 0, [5000, 5000])['bit-rate']?.usual).toBeUndefined();
  });

  it('calls pictures of a watched stream bad when more than a tenth is not judged, slowly', () => {
    const facts = after(['ok', 'ok', 'ok'], { missingPct: 4 });
    expect(facts.pictures).toMatchObject({ word: 'good', value: 4 });
    expect(after(['ok', 'ok'], { missingPct: 30 }).pictures).toMatchObject({ word: 'bad', value: 30 });
    const twice = [5, 6].reduce<HealthFacts>(
      (known, minute) => stepFacts(known, { state: 'ok', atMs: minute * minuteMs, signs: { missingPct: 30 } }).facts,
      facts,
    );
    expect(twice.pictures).toMatchObject({ word: 'good', doubt: { looks: 2 } });
  });

  it('writes nothing where a look says nothing new', () => {
    const facts = after(['ok', 'ok'], { keyWaitMs: 1000 });
    const same = stepFacts(facts, { state: 'ok', atMs: 9 * minuteMs, signs: { keyWaitMs: 900 } });
    expect(same.facts).toBe(facts);
    expect(same.turned).toEqual([]);
  });

  it('names the facts that turned', () => {
    const facts = after(['ok', 'needs-sign-in']);
    expect(stepFacts(facts, { state: 'needs-sign-in', atMs: 1, signs: {} }).turned).toEqual(['signed-in']);
  });

  it('knows all its names', () => {
    const named = new Set(healthStates.flatMap((state) => [...saidOf(state, {}).keys()]));
    for (const fact of ['key-interval', 'bit-rate', 'pictures', 'clock'] as const) named.add(fact);
    expect([...named].sort()).toEqual([...healthFacts].sort());
  });
});
