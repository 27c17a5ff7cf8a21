// The measure's own proof: whole, nothing grows and every fault is told; what leaks is found out.
import { expect, test } from 'vitest';
import { measureFaults, type FaultsOptions } from './faults.ts';
import '../../../test/support/lent-databases.ts';

const small = {
  minutes: 0,
  faults: ['status-503', 'still-page'],
  inFlight: 8,
  lookTimeoutS: 10,
  storm: 4,
  leastRounds: 4,
  say: () => undefined,
};

const barsOf = async (sabotage: FaultsOptions['sabotage'], over: Partial<FaultsOptions> = {}) =>
  new Map((await measureFaults({ ...small, sabotage, ...over })).bars.map((one) => [one.id, one]));

test(
  'whole: every fault is told and recovers, neighbours are seen, files and processes stay',
  { timeout: 300_000 },
  async () => {
    const bars = await barsOf('none');
    // Memory and seconds are for a longer run on a quiet machine.
    const counted = [...bars.values()].filter(({ id }) => !/rss|toStateS|threads/.test(id));
    expect(counted.filter(({ pass }) => pass !== true)).toEqual([]);
    expect(counted.length).toBeGreaterThanOrEqual(9);
  },
);

test('a socket that is left open after every few looks is found out', { timeout: 300_000 }, async () => {
  const bars = await barsOf('leak-socket', { faults: ['still-page'], storm: 0, leastRounds: 5 });
  expect(bars.get('faults.filesGrown')).toMatchObject({ pass: false });
  expect(bars.get('faults.wrongState')).toMatchObject({ pass: true });
});
