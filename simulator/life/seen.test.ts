// What a look brings follows the measured errors: tails, troubled lenses, vehicles over covers, shares of water.
import { describe, expect, it } from 'vitest';
import { readErrors, type ErrorModel } from './errors.ts';
import { lifeOf, type Life, type Trouble } from './happenings.ts';
import { sightAt, type Seeing } from './seen.ts';
import { skyOf } from './sky.ts';
import { townOf } from './town.ts';

const hourMs = 3_600_000;
const fromMs = Date.UTC(2026, 6, 5, 19);
const noonMs = fromMs + 13 * hourMs;

/** A dry summer town in which nothing happens but what a test puts there. */
function town(
  errors: ErrorModel,
  troubles: readonly Pick<Trouble, 'kind' | 'zoneId'>[] = [],
  ground = {},
): Seeing & { cameras: ReturnType<typeof townOf> } {
  const cameras = townOf({ seed: 2, cameras: 300 });
  const sky = skyOf({ seed: 2, season: 'summer', fromMs, days: 2, spells: [] });
  const quiet = lifeOf({ seed: 2, cameras, sky, fromMs, days: 2, hazards: 0, snowDeadlineMs: () => null });
  const life: Life = {
    ...quiet,
    troublesAt: (cameraId) =>
      troubles.map((one) => ({ ...one, cameraId, fromMs, toMs: fromMs + 48 * hourMs, size: 1 })),
    groundAt: (camera, zone, atMs) => ({
      ...quiet.groundAt(camera, zone, atMs),
      water: 0,
      wet: 0,
      hidden: 0,
      ...ground,
    }),
  };
  return { seed: 2, cameras, sky, life, errors };
}

const zonesOf = (seeing: ReturnType<typeof town>, kinds: readonly string[], atMs = noonMs) =>
  seeing.cameras.flatMap((camera) =>
    sightAt(seeing, camera, atMs).zones.filter(({ zoneId }) =>
      kinds.includes(camera.zones.find((z) => z.id === zoneId)?.kind ?? ''),
    ),
  );
const logitOf = (p: number): number => Math.log(p / (1 - p));
const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const roads = ['carriageway'];

describe('looks drawn from the error model', () => {
  it('reads the measured model, whose parts of variance make one whole', () => {
    const errors = readErrors();
    for (const { camera, spell, look } of Object.values(errors.variance.of ?? {})) {
      expect(camera + spell + look).toBeCloseTo(1, 2);
    }
    expect(errors.flood['flooded-day'].mean).toBeGreaterThan(errors.flood['wet-day'].mean);
    expect(errors.notes.length).toBeGreaterThan(3);
  });

  it('has the mean and the spread that were measured', () => {
    const errors = readErrors();
    const { mean, sd } = { ...errors.flood['dry-day'] };
    const plain = { ...errors, flood: { ...errors.flood, 'dry-day': { mean, sd } } };
    const levels = zonesOf(town(plain), roads).map(({ floodLevel }) => logitOf(floodLevel));
    const middle = meanOf(levels);
    expect(Math.abs(middle - (mean + errors.past.flood.dry))).toBeLessThan(0.3);
    expect(Math.abs(Math.sqrt(meanOf(levels.map((x) => (x - middle) ** 2))) - sd)).toBeLessThan(0.25);
  });

  it('keeps zones of another sort the same at every moment', () => {
    const errors = readErrors();
    const tail = { share: 0.2, mean: 4, sd: 0.1 };
    const seeing = town({ ...errors, flood: { ...errors.flood, 'dry-day': { mean: -4, sd: 0.3, tail } } });
    const at = (atMs: number): boolean[] => zonesOf(seeing, roads, atMs).map(({ floodLevel }) => floodLevel > 0.8);
    const first = at(noonMs);
    expect(at(noonMs + 2 * hourMs)).toEqual(first);
    const share = first.filter(Boolean).length / first.length;
    expect([share > 0.1, share < 0.32]).toEqual([true, true]);
  });

  it('refuses a troubled lens as often as measured; those that pass mislead', () => {
    const errors = readErrors();
    const seeing = town(errors, [{ kind: 'lens-snow', zoneId: '' }]);
    const looks = seeing.cameras.map((camera) => sightAt(seeing, camera, noonMs));
    const refused = looks.filter(({ quality }) => quality.kind !== 'good').length / looks.length;
    expect(Math.abs(refused - errors.blind['lens-snow'].share)).toBeLessThan(0.08);
    const levels = (one: typeof seeing): number =>
      meanOf(zonesOf(one, roads).map(({ floodLevel }) => logitOf(floodLevel)));
    expect(levels(seeing)).toBeGreaterThan(levels(town(errors)) + 1);
  });

  it('lets some vehicles stand over covers unnoticed', () => {
    const errors = readErrors();
    const parked = town(errors, [{ kind: 'parked-over', zoneId: 'M1' }], { hidden: 0.9 });
    const hidden = zonesOf(parked, ['manhole']).filter(({ zoneId }) => zoneId === 'M1');
    const noticed = hidden.filter(({ hiddenShare }) => hiddenShare > 0.5);
    expect(Math.abs(noticed.length / hidden.length - errors.notice.vehicleOver.share)).toBeLessThan(0.15);
    for (const { spot, hiddenShare } of hidden) expect((spot?.covered ?? 0) > 0.5).toBe(hiddenShare > 0.5);
  });

  it('reads less water than there is, and none where the level does not agree', () => {
    const seeing = town(readErrors(), [], { water: 0.6, wet: 1 });
    const seen = zonesOf(seeing, roads);
    expect(meanOf(seen.map(({ surface }) => surface.water))).toBeLessThan(0.5);
    for (const { floodLevel, surface } of seen) if (floodLevel < 0.6) expect(surface.water).toBe(0);
    expect(seen.some(({ surface }) => surface.water > 0.2)).toBe(true);
  });
});
