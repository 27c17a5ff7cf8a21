// Weather of simulated days: showers, snowfalls, thaw and frost as spells with a beginning and an end, the same for all who ask.
import type { Weather } from '#core/weather';
import { chance } from '../seed.ts';
import { ramp, wander } from './noise.ts';

export const seasons = ['winter', 'thaw', 'summer', 'mix'] as const;
export type Season = (typeof seasons)[number];
type Plain = Exclude<Season, 'mix'>;

const dayMs = 86_400_000;
const hourMs = 3_600_000;

export interface Spell {
  readonly kind: 'rain' | 'snow';
  readonly fromMs: number;
  readonly toMs: number;
  /** mm/h of rain, cm/h of snow at its height. */
  readonly rate: number;
}

export interface SkyOf {
  readonly spells: readonly Spell[];
  at(atMs: number): Omit<Weather, 'district' | 'source'>;
  /** The spell of a kind that is on at this moment, or ended last before it. */
  last(kind: Spell['kind'], atMs: number): Spell | undefined;
  seasonOf(atMs: number): Plain;
  /** Where the sun stands: compass degrees, and hours since its rise and until its set (negative while it is down). */
  sunAt(atMs: number): { readonly azimuthDeg: number; readonly sinceRiseH: number; readonly untilSetH: number };
}

const rates: Readonly<
  Record<Plain, { rainPerDay: number; snowPerDay: number; meanC: number; sunrise: number; sunset: number }>
> = {
  // Sun of Astana (51° N) in the middle of each season, hours of local time; spells a day by the shares of [OM] and [SNOW] in domain.md.
  winter: { rainPerDay: 0, snowPerDay: 0.45, meanC: -13, sunrise: 8.2, sunset: 17 },
  thaw: { rainPerDay: 0.35, snowPerDay: 0.15, meanC: 2, sunrise: 6.6, sunset: 19.1 },
  summer: { rainPerDay: 0.5, snowPerDay: 0, meanC: 19, sunrise: 4.6, sunset: 21.2 },
};
const cycle: readonly Plain[] = ['winter', 'winter', 'thaw', 'summer'];
/** Hours that local time is ahead of UTC in Astana since 1 March 2024. */
const aheadH = 5;

/** The weather from `fromMs` on for `days` days. A `mix` gives each of its seasons a quarter of the time, winter two. */
export function skyOf(options: {
  readonly seed: number;
  readonly season: Season;
  readonly fromMs: number;
  readonly days: number;
  /** These spells and no others, in place of drawn ones. */
  readonly spells?: readonly Spell[];
}): SkyOf {
  const { seed, season, fromMs, days } = options;
  const seasonOf = (atMs: number): Plain => {
    if (season !== 'mix') return season;
    const part = (atMs - fromMs) / dayMs / Math.max(1, days);
    return cycle[Math.min(cycle.length - 1, Math.max(0, Math.floor(part * cycle.length)))] ?? 'winter';
  };
  const next = chance(`sky ${seed}`);
  const spells: Spell[] = [...(options.spells ?? [])];
  for (let day = 0; options.spells === undefined && day < days; day++) {
    const startMs = fromMs + day * dayMs;
    const { rainPerDay, snowPerDay } = rates[seasonOf(startMs)];
    for (const kind of ['rain', 'snow'] as const) {
      const [wanted, when, howLong, howMuch] = [next(), next(), next(), next()];
      if (wanted >= (kind === 'rain' ? rainPerDay : snowPerDay)) continue;
      const begin = startMs + when * dayMs;
      // Showers are short and strong or long and weak.
      const lastsH = kind === 'rain' ? 0.5 + 4 * howLong ** 2 : 2 + 8 * howLong;
      const rate = kind === 'rain' ? (1 + 12 * howMuch ** 2) / Math.sqrt(lastsH) : 0.3 + 1.2 * howMuch;
      spells.push({ kind, fromMs: begin, toMs: begin + lastsH * hourMs, rate });
    }
  }
  spells.sort((a, b) => a.fromMs - b.fromMs);

  const strengthAt = (kind: Spell['kind'], atMs: number): number =>
    Math.max(
      0,
      ...spells
        .filter((s) => s.kind === kind && s.fromMs <= atMs && atMs < s.toMs)
        .map((s) => s.rate * (0.4 + 0.6 * ramp(atMs, s.fromMs, s.fromMs + 0.3 * (s.toMs - s.fromMs)))),
    );
  const hourOf = (atMs: number): number => (((atMs / hourMs + aheadH) % 24) + 24) % 24;
  return {
    spells,
    seasonOf,
    sunAt(atMs) {
      const { sunrise, sunset } = rates[seasonOf(atMs)];
      const hour = hourOf(atMs);
      // From where it rises to where it sets at this latitude: the longer the day, the wider the arc.
      const halfArc = 90 + (sunset - sunrise - 12) * 8;
      const azimuthDeg = 180 - halfArc + (2 * halfArc * (hour - sunrise)) / (sunset - sunrise);
      return { azimuthDeg, sinceRiseH: hour - sunrise, untilSetH: sunset - hour };
    },
    at(atMs) {
      const season = rates[seasonOf(atMs)];
      const hour = hourOf(atMs);
      const byHour = -4 * Math.cos(((hour - 4) / 24) * 2 * Math.PI);
      return {
        atMs,
        temperatureC: season.meanC + byHour + 4 * wander(`temperature ${seed}`, atMs, 86_400),
        rainMmH: strengthAt('rain', atMs),
        snowfallCmH: strengthAt('snow', atMs),
        snowDepthM: seasonOf(atMs) === 'winter' ? 0.2 : seasonOf(atMs) === 'thaw' ? 0.05 : 0,
        windMS: Math.max(0, 4 + 2 * wander(`wind ${seed}`, atMs, 7200)),
        isDay: hour >= season.sunrise && hour < season.sunset,
      };
    },
    last: (kind, atMs) => spells.findLast((s) => s.kind === kind && s.fromMs <= atMs),
  };
}
