// Each sabotage must miss a bar that the same small town meets unbroken; a town is made so that it is sensitive to it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCity, loadConfig, readSecrets } from '#config';
import { inRoot } from '#core/root';
import { life } from '#simulator';
import type { Bar } from '../frame.ts';
import type { Sabotage } from './sabotage.ts';
import { measureSimulate, type SimulateOptions } from './simulate.ts';
import '../../../test/support/lent-databases.ts';

const folder = mkdtempSync(join(tmpdir(), 'ahual-sabotage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { settings } = loadConfig({ AHUAL_CONFIG: inRoot('config', 'ahual.yml') });
const city = loadCity(settings.city.folder);
/** Fewer looks than in a city, so that hours are lived in seconds. */
const unhurried = { ...settings, ingest: { ...settings.ingest, lookEveryS: 420, coverEveryS: 120 } };

const start = life.readErrors();
const sure = (mean: number) => ({ mean, sd: 0.3 });
const exactly = { none: 0, scale: 1, sd: 0.01 };
const exact = { day: exactly, night: exactly };
/** Eyes that hardly err: what is missed or wrong is the sabotage's work. */
const good: life.ErrorModel = {
  ...start,
  source: 'eyes that hardly err',
  variance: { camera: 0.3, spell: 0.3, look: 0.4 },
  flood: {
    'dry-day': sure(-4),
    'dry-night': sure(-4),
    'wet-day': sure(-4),
    'wet-night': sure(-4),
    snow: sure(-4),
    'flooded-day': sure(4),
    'flooded-night': sure(4),
  },
  snow: { bare: sure(-5), winter: sure(-5), 'covered-day': sure(4), 'covered-night': sure(4) },
  spot: {
    'closed-day': sure(-4),
    'closed-night': sure(-4),
    shadow: sure(-4),
    'open-day': sure(4),
    'open-night': sure(4),
  },
  openBox: { closed: sure(-6), 'open-day': sure(3), 'open-night': sure(3) },
  past: {
    flood: { dry: 0, wet: 0, snow: 0, flooded: 0 },
    snow: { bare: 0, winter: 0, covered: 0 },
    from: 'no past',
  },
  shares: { water: exact, snow: exact, bank: exact },
  shareNoise: 0.01,
};
/** How ground without water reads, dry, wet or white. */
const calm = (score: { mean: number; sd: number }) => ({
  'dry-day': score,
  'dry-night': score,
  'wet-day': score,
  'wet-night': score,
  snow: score,
});
/** Glare that comes and goes from look to look. */
const flickering: life.ErrorModel = {
  ...good,
  source: 'glare in single looks',
  variance: { camera: 0.02, spell: 0.02, look: 0.96 },
  lookStepS: 40,
  flood: {
    ...good.flood,
    ...calm({ mean: -2, sd: 1.7 }),
  },
};
/** Ground that always looks flooded to some cameras, and never to the others. */
const stubborn: life.ErrorModel = {
  ...good,
  source: 'a few cameras that are always wrong',
  variance: { camera: 0.98, spell: 0.01, look: 0.01 },
  flood: { ...good.flood, ...calm({ mean: -2, sd: 4 }) },
};

/** As few cameras, hazards and hours as show it. */
type Town = Pick<SimulateOptions, 'seed' | 'cameras' | 'cameraDays' | 'hazards' | 'season' | 'only'> & {
  readonly name: string;
  readonly hours: number;
};
const winter = { seed: 644, cameraDays: 1, season: 'winter', only: ['street'] } as const;
/** Snow is judged when its deadline has passed, which takes half a day. */
const lane: Town = { ...winter, name: 'lane', cameras: 2, hazards: 3, hours: 12 };
const streets: Town = { ...winter, name: 'streets', cameras: 4, hazards: 7, hours: 6 };
/** In a thaw, where one sign of water is enough. */
const thaw = { seed: 4, cameraDays: 2, hazards: 0, season: 'thaw', only: ['underpass'] } as const;
const underpasses: Town = { ...thaw, name: 'underpasses', cameras: 4, hours: 3 };

const lived = new Map<string, Promise<readonly Bar[]>>();
/** The bars of a town's day; each is lived once. */
function barsOf(town: Town, errors: life.ErrorModel, sabotage: Sabotage): Promise<readonly Bar[]> {
  const key = `${town.name} ${errors.source} ${sabotage}`;
  const known = lived.get(key);
  if (known) return known;
  const path = join(folder, `${key.replaceAll(' ', '-')}.json`);
  writeFileSync(path, JSON.stringify(errors));
  const bars = measureSimulate({
    ...town,
    sabotage,
    errors: path,
    settings: unhurried,
    secrets: readSecrets({}),
    city,
    keepSaid: false,
    tickS: 60,
    say: () => undefined,
  }).then(({ measurement }) => measurement.bars);
  lived.set(key, bars);
  return bars;
}

/** Bars whose value lies on the wrong side of their limit. */
const missed = (bars: readonly Bar[]): string[] =>
  bars
    .filter(({ op, limit, value }) => value !== null && (op === '<=' ? value > limit : value < limit))
    .map(({ id }) => id);

describe('sabotages of simulated days', () => {
  it.each([
    ['no-weather', lane, good, 'simulate.recall.snow'],
    ['zone-shift-3pct', streets, good, 'simulate.recall.open-manhole'],
    ['night-off', streets, good, 'simulate.recall'],
    ['no-dedupe', streets, good, 'simulate.duplicates'],
    ['no-persistence', underpasses, flickering, 'simulate.falseAlarms.perCameraDay'],
    ['no-quiet', underpasses, stubborn, 'simulate.repeats'],
  ] as const)(
    '%s is noticed',
    async (sabotage, town, errors, bar) => {
      expect(missed(await barsOf(town, errors, 'none'))).not.toContain(bar);
      expect(missed(await barsOf(town, errors, sabotage))).toContain(bar);
    },
    300_000,
  );
});
