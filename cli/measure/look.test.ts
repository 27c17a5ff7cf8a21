// The measure's own proof: an honest eye does the same work, and an eye that leaves some of it out is found.
import { afterAll, describe, expect, test } from 'vitest';
import { calibrationMs, steadily } from './calibrate.ts';
import { openLookStand } from './look-stand.ts';
import { measureLook, type LookSabotage } from './look.ts';

const stand = openLookStand('bench-1080p', 4);
afterAll(async () => {
  await (await stand)[Symbol.asyncDispose]();
});

/** Bars that are not met; what a busy machine decides (costs) is left out. */
async function missed(
  source: 'rtsp' | 'jpeg',
  sabotage: 'none' | LookSabotage,
): Promise<Record<string, number | null>> {
  const { bars } = await measureLook({
    looks: 8,
    sources: [source],
    views: ['manhole'],
    inFlight: 4,
    reps: 2,
    mostWarmReps: 1,
    clip: 'bench-1080p',
    ways: ['node-av'],
    against: 'none',
    seed: 1,
    sabotage,
    stand: await stand,
    say: () => undefined,
  });
  const costs = new Set([`look.${source}.cpuMs`, `look.${source}.manhole.partsOffPct`]);
  return Object.fromEntries(
    bars.filter((bar) => bar.pass !== true && !costs.has(bar.id)).map((bar) => [bar.id, bar.value]),
  );
}

describe('bench look', { timeout: 120_000 }, () => {
  test('finds nothing wrong with the product', async () => {
    expect(await missed('jpeg', 'none')).toEqual({});
  });

  test.each(['skip-write', 'skip-models', 'cached-picture'] as const)(
    'finds that work is left out: %s',
    async (sabotage) => {
      expect(await missed('jpeg', sabotage)).toEqual({ 'look.jpeg.manhole.sameWork': 0 });
    },
  );
});

test('a repetition beside which the machine is another one is measured again', async () => {
  expect(calibrationMs()).toBeGreaterThan(0);
  let runs = 0;
  const { kept, calibMs } = await steadily(3, () => Promise.resolve(++runs));
  expect(kept.length).toBeLessThanOrEqual(3);
  expect(runs).toBeGreaterThanOrEqual(3);
  expect(calibMs).toBeGreaterThan(0);
});
