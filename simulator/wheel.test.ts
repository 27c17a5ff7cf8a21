import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '#core/clock';
import { Wheel } from './wheel.ts';

/** Moves time in small steps and lets the wheel turn after each. */
async function pass(clock: ManualClock, ms: number, stepMs = 5): Promise<void> {
  for (let t = 0; t < ms; t += stepMs) {
    clock.advance(stepMs);
    await setImmediate();
  }
}

describe('the wheel', () => {
  it('runs each task at its moment, in order, at most one slot late', async () => {
    const clock = new ManualClock(0);
    await using wheel = new Wheel({ clock, slotMs: 10 });
    const ran: [number, number][] = [];
    for (const atMs of [95, 40, 41, 300, 12_000]) wheel.at(atMs, () => ran.push([atMs, clock.monotonicMs()]));
    await pass(clock, 12_100);
    expect(ran.map(([atMs]) => atMs)).toEqual([40, 41, 95, 300, 12_000]);
    for (const [atMs, ranMs] of ran) {
      expect(ranMs).toBeGreaterThanOrEqual(atMs);
      expect(ranMs - atMs).toBeLessThanOrEqual(15);
    }
  });

  it('finds everything that was due after time jumped', async () => {
    const clock = new ManualClock(0);
    await using wheel = new Wheel({ clock, slotMs: 10 });
    let ran = 0;
    for (let i = 1; i <= 100; i++) wheel.at(i * 97, () => ran++);
    clock.advance(60_000);
    await setImmediate();
    await setImmediate();
    expect(ran).toBe(100);
  });

  it('goes on when a task throws, and takes tasks from tasks', async () => {
    const clock = new ManualClock(0);
    const errors: unknown[] = [];
    await using wheel = new Wheel({ clock, slotMs: 10, onError: (thrown) => errors.push(thrown) });
    let ran = 0;
    wheel.at(20, () => {
      throw new Error('one camera');
    });
    const again = (): void => {
      ran++;
      if (ran < 5) wheel.after(20, again);
    };
    wheel.at(20, again);
    await pass(clock, 300);
    expect(ran).toBe(5);
    expect(errors).toHaveLength(1);
  });

  it('runs nothing after it is taken down', async () => {
    const clock = new ManualClock(0);
    const wheel = new Wheel({ clock });
    let ran = 0;
    wheel.at(100, () => ran++);
    await wheel[Symbol.asyncDispose]();
    clock.advance(1000);
    await setImmediate();
    expect(ran).toBe(0);
  });
});
