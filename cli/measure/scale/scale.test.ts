// The measure's own proof: over the whole product nothing is lost, doubled or silent, and where it is made so, its bar is missed.
import { describe, expect, test } from 'vitest';
import type { ScaleSabotage } from './names.ts';
import { growth } from './meter.ts';
import { measureScale, quickly } from './scale.ts';

async function missed(...sabotage: ScaleSabotage[]): Promise<string[]> {
  const options = { ...quickly, cameras: 16, seconds: 16, lookEveryS: 2, dropS: 5, eyes: 1, inFlight: 16 };
  const { bars } = await measureScale({ ...options, redisUrl: undefined, sabotage, say: () => undefined });
  // How many of the due looks were done in time is a matter of how busy the machine is.
  return bars.filter((bar) => bar.pass !== true && bar.id !== 'scale.coverage').map((bar) => bar.id);
}

describe('the whole product over many cameras', () => {
  test('looks that vanish, looks that count twice and faults that nobody is told of are found, and nothing else is wrong', async () => {
    expect(await missed('lose', 'double', 'hush')).toEqual(['scale.lost', 'scale.doubled', 'scale.silentFaults']);
  }, 300_000);
});

test('growth leaves the warm-up out and compares the last quarter with the first after it, whatever happens between', () => {
  const warmUp = [1, 1, 1, 1, 1, 1];
  expect(growth([...warmUp, 100, 100, 100, 500, 100, 100, 100, 900, 100, 110, 110, 110])).toBeCloseTo(0.1);
  expect(growth([1, 2, 3])).toBeNull();
});
