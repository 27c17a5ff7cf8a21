// From what people were told to figures and bars: false alarms, misses, delays, doubles, load.
import type { Camera } from '#core/camera';
import { hazardNames, type HazardName, type IssueName } from '#core/hazard-name';
import { life } from '#simulator';
import { bar, type Bar } from '../frame.ts';
import { median, quantile, rounded } from '../statistics.ts';
import type { Lived } from './days.ts';
import { cardMoments, type MassCard, type Told } from './telling.ts';

/** Upper 95 % bound of a Poisson mean after `n` events (one-sided, chi-square by Wilson and Hilferty 1931). */
export function poissonUpper(n: number): number {
  const k = n + 1;
  return k * (1 - 1 / (9 * k) + 1.6449 / (3 * Math.sqrt(k))) ** 3;
}

/** Lower 95 % bound of a share (one-sided Wilson 1927). */
export function shareLower(k: number, n: number): number | null {
  if (n === 0) return null;
  const z = 1.6449;
  const p = k / n;
  return (p + z ** 2 / (2 * n) - z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n * n))) / (1 + z ** 2 / n);
}

/** The greatest number of moments within one window. */
export function mostWithin(moments: readonly number[], windowMs: number): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let most = 0;
  let from = 0;
  sorted.forEach((atMs, index) => {
    while ((sorted[from] ?? atMs) < atMs - windowMs) from += 1;
    most = Math.max(most, index - from + 1);
  });
  return most;
}

/** How often each name occurs. */
export function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** When and by what a planted hazard was told for the first time. */
export interface Found {
  readonly planted: life.Planted;
  readonly atMs: number;
  readonly incidentId: string;
}

export interface Scores {
  readonly found: ReadonlyMap<string, Found>;
  /** Cards for nothing, and second cards for what had one. */
  readonly falseAlarms: readonly Told[];
  readonly falseMassCards: readonly MassCard[];
  readonly duplicates: readonly Told[];
  /** False cards in a zone and light where the same was rejected a short while ago. */
  readonly repeats: readonly Told[];
  readonly missed: readonly life.Planted[];
}

export interface ScoreOptions {
  readonly lived: Lived;
  readonly life: life.Life;
  readonly sky: life.SkyOf;
  readonly cameras: readonly Camera[];
  readonly cameraDays: number;
  readonly quietMin: number;
}

/** Two covers of one picture are two hazards: one told as the other's view was not told. */
const mayBeTogether = (hazard: IssueName): boolean => hazard !== 'open-manhole';

/** What of the told is true, what is doubled, and what nobody was told of in time. */
export function scoresOf({ lived, life: lives, sky, quietMin }: ScoreOptions): Scores {
  const { told, massCards } = lived;
  const found = new Map<string, Found>();
  const note = (planted: life.Planted, atMs: number, incidentId: string): void => {
    const known = found.get(planted.id);
    if (!known || atMs < known.atMs) found.set(planted.id, { planted, atMs, incidentId });
  };
  for (const { planted, atMs, incident } of told) if (planted) note(planted, atMs, incident.id);
  const toldAt = new Map<string, number>();
  for (const { incident, atMs } of told) if (!toldAt.has(incident.id)) toldAt.set(incident.id, atMs);
  for (const { from, into, atMs } of lived.merged) {
    const intoMs = toldAt.get(into);
    const planted = mayBeTogether(from.hazard) && intoMs !== undefined ? plantedAt(lives, from, atMs) : undefined;
    if (planted && intoMs !== undefined) note(planted, Math.max(atMs, intoMs), into);
  }

  const first = new Map<string, string>();
  const duplicates: Told[] = [];
  const wrong: Told[] = [];
  const repeats: Told[] = [];
  for (const one of told) {
    if (one.way === 'member') continue;
    const { planted, incident, atMs } = one;
    if (planted === null) {
      const isSame = (other: Told): boolean =>
        other.incident.cameraId === incident.cameraId &&
        other.incident.zoneId === incident.zoneId &&
        other.incident.hazard === incident.hazard &&
        atMs - other.atMs <= quietMin * 60_000 &&
        sky.at(other.atMs).isDay === sky.at(atMs).isDay;
      if (wrong.some((other) => other.planted === null && isSame(other))) repeats.push(one);
      wrong.push(one);
      continue;
    }
    const known = first.get(planted.id);
    if (known === undefined) first.set(planted.id, incident.id);
    else if (known !== incident.id) {
      duplicates.push(one);
      wrong.push(one);
    }
  }
  const isInTime = (planted: life.Planted): boolean => (found.get(planted.id)?.atMs ?? Infinity) <= planted.usefulMs;
  return {
    found,
    falseAlarms: wrong,
    falseMassCards: massCards.filter(({ members, trueMembers }) => 2 * trueMembers < members),
    duplicates,
    repeats,
    missed: lives.planted.filter((planted) => !isInTime(planted)),
  };
}

const plantedAt = (lives: life.Life, { hazard, cameraId, zoneId }: Told['incident'], atMs: number) =>
  lives.planted.find(
    (one) =>
      one.hazard === hazard &&
      atMs >= one.beginsMs &&
      atMs <= one.goneMs &&
      one.seenBy.some((spot) => spot.cameraId === cameraId && spot.zoneId === zoneId),
  );

/** The printed object's figures and bars. Bars decide only over the whole measure: 1,000 camera-days and 200 hazards. */
export function figuresOf(
  options: ScoreOptions,
  scores: Scores,
): { result: Record<string, unknown>; bars: Bar[]; isWhole: boolean } {
  const { lived, life: lives, cameras, cameraDays } = options;
  const { found, falseAlarms, falseMassCards, duplicates, repeats, missed } = scores;
  const planted = lives.planted.length;
  const raised = planted - missed.length;
  const delays = (hazard: HazardName): number[] =>
    [...found.values()].flatMap((one) =>
      one.planted.hazard === hazard ? [Math.max(0, one.atMs - one.planted.fromMs) / 60_000] : [],
    );
  const delayOf = (hazard: HazardName) => ({
    p50: rounded(median(delays(hazard)), 1),
    p95: rounded(quantile(delays(hazard), 0.95), 1),
  });
  const ofHazard = (hazard: HazardName) => {
    const all = lives.planted.filter((one) => one.hazard === hazard);
    const late = missed.filter((one) => one.hazard === hazard).length;
    return { n: all.length, raised: all.length - late, delayMin: delayOf(hazard) };
  };
  const byHazard = Object.fromEntries(hazardNames.map((hazard) => [hazard, ofHazard(hazard)]));
  const n = falseAlarms.length + falseMassCards.length;
  const upper95 = poissonUpper(n) / cameraDays;
  const lower95 = shareLower(raised, planted);
  const recall = planted === 0 ? null : raised / planted;
  const perCpuS = lived.looks / Math.max(0.001, lived.judgeCpuS);
  const recallOf = (hazard: HazardName): number | null => {
    const { n: all, raised: told } = ofHazard(hazard);
    return all === 0 ? null : rounded(told / all, 4);
  };
  const bars: Bar[] = [
    bar('simulate.falseAlarms.perCameraDay', '<=', 0.01, rounded(n / cameraDays, 5), cameraDays),
    bar('simulate.falseAlarms.proven', '<=', 0.01, rounded(upper95, 5), cameraDays),
    bar('simulate.recall', '>=', 0.95, rounded(recall, 4), planted),
    bar('simulate.recall.proven', '>=', 0.95, rounded(lower95, 4), planted),
    ...hazardNames.map((hazard) => bar(`simulate.recall.${hazard}`, '>=', 0.9, recallOf(hazard), ofHazard(hazard).n)),
    bar('simulate.delay.open-manhole.min', '<=', 3, delayOf('open-manhole').p50, delays('open-manhole').length),
    bar('simulate.delay.flooding.min', '<=', 5, delayOf('flooding').p50, delays('flooding').length),
    bar('simulate.delay.dumping.min', '<=', 1, delayOf('dumping').p50, delays('dumping').length),
    bar('simulate.delay.snow.min', '<=', 10, delayOf('snow').p50, delays('snow').length),
    bar('simulate.duplicates', '<=', 0, duplicates.length, lived.told.length),
    bar('simulate.repeats', '<=', 0, repeats.length, lived.told.length),
    bar('simulate.judge.looksPerCpuS', '>=', 200, rounded(perCpuS, 0), lived.looks),
  ];
  const isWhole = cameraDays >= 1000 && planted >= 200;
  const places = counted(cameras.map((camera) => placeOf(camera)));
  const moments = cardMoments(lived.told, lived.massCards);
  return {
    isWhole,
    bars: isWhole ? bars : bars.map((one) => ({ ...one, pass: null })),
    result: {
      cameraDays,
      met: { falseAlarms: n / cameraDays <= 0.01, recall: recall === null ? null : recall >= 0.95 },
      proven: { falseAlarms: upper95 <= 0.01, recall: lower95 === null ? null : lower95 >= 0.95 },
      falseAlarms: {
        n,
        perCameraDay: rounded(n / cameraDays, 5),
        upper95: rounded(upper95, 5),
        byHazard: counted(falseAlarms.map(({ incident }) => incident.hazard)),
        byNuisance: counted(
          falseAlarms
            .filter(({ planted: real }) => real === null)
            .flatMap(({ troubles }) => (troubles.length > 0 ? troubles : ['none'])),
        ),
        mass: falseMassCards.length,
        massBy: counted(falseMassCards.map(({ hazard, cause }) => `${hazard} ${cause}`)),
        massAgain: falseMassCards.filter(({ rejections }) => rejections > 0).length,
        worstCamera: Math.max(0, ...Object.values(counted(falseAlarms.map(({ incident }) => incident.cameraId ?? '')))),
      },
      hazards: { planted, raised, recall: rounded(recall, 4), lower95: rounded(lower95, 4), byHazard },
      duplicates: duplicates.length,
      repeats: repeats.length,
      load: {
        cards: moments.length,
        massCards: lived.massCards.length,
        members: lived.told.filter(({ way }) => way === 'member').length,
        maxPer10Min: mostWithin(moments, 600_000),
      },
      claims: { ...lived.claims },
      town: {
        places: Object.keys(places).length,
        worstPlaceShare: rounded(Math.max(0, ...Object.values(places)) / Math.max(1, cameras.length), 3),
        nightShare: rounded(lived.nightLooks / Math.max(1, lived.looks), 3),
        sharedCameras: cameras.filter((camera) => (places[placeOf(camera)] ?? 1) > 1).length,
        seenByMore: lives.planted.filter(({ seenBy }) => new Set(seenBy.map((spot) => spot.cameraId)).size > 1).length,
      },
      work: {
        looks: lived.looks,
        observations: lived.observations,
        judgeCpuS: rounded(lived.judgeCpuS, 1),
        looksPerJudgeCpuS: rounded(perCpuS, 0),
        cpuSPerCameraDay: rounded(lived.cpuS / cameraDays, 2),
      },
    },
  };
}

/** Cameras that look at one piece of ground are one place. */
const placeOf = (camera: Camera): string => {
  const [zone] = camera.zones;
  return zone ? life.siteOf(camera, zone) : camera.id;
};
