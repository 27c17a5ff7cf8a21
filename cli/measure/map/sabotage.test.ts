// The bench notices: each known way to break the map misses a bar that does not hang on the speed of the machine. Small, and one build for all.
import { describe, expect, test } from 'vitest';
import { browserPath } from '../desk-driver.ts';
import type { Measurement } from '../frame.ts';
import { mapSabotages, type MapSabotage } from './broken.ts';
import { measureOn, withMapStand } from './map.ts';
import '../../../test/support/lent-databases.ts';

/** A bar that each sabotage misses by what is drawn and how, whatever the clock says. */
const missed: Readonly<Record<MapSabotage, string>> = {
  'layer-per-district': 'map.callsPerFrame',
  'svg-icons': 'map.callsPerFrame',
  'half-undrawn': 'map.undrawn.cameras',
  'webgl-in-software': 'map.wayFitsRenderer',
};
const byStructure = [...new Set([...Object.values(missed), 'map.undrawn.incidents'])];

const failed = ({ bars }: Measurement): string[] =>
  bars.filter((one) => byStructure.includes(one.id) && one.pass !== true).map((one) => one.id);

describe.skipIf(browserPath() === undefined)('the bench of the map', () => {
  test('lets the right map pass and misses a bar for every sabotage', async () => {
    const size = { cameras: 800, incidents: 30, seed: 3, say: () => undefined };
    const found = await withMapStand({ ...size, broken: true }, async (stand) => {
      const results: [string, string[]][] = [];
      for (const sabotage of ['none', ...mapSabotages] as const) {
        const measurement = await measureOn(stand, {
          ...size,
          sabotage,
          seconds: 0.6,
          clicks: 1,
          points: 1,
          size: [900, 640],
          out: undefined,
        });
        results.push([sabotage, failed(measurement)]);
      }
      return Object.fromEntries(results);
    });
    expect(found).toEqual({
      none: [],
      ...Object.fromEntries(mapSabotages.map((sabotage) => [sabotage, [missed[sabotage]]])),
    });
  }, 300_000);
});
