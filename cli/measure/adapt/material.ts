// What a correction may learn from: samples joined with agreed verdicts and marks, and calm looks as negatives. Pure.
import type { RejectReason } from '#core/incident';
import type { adapt } from '#store';

type Sample = adapt.SampleRow;
type Judged = adapt.JudgedRow;
type Mark = adapt.MarkRow;

/** One look with what people hold to be true of it. */
export interface Example {
  readonly cameraId: string;
  readonly atMs: number;
  /** Looks of one incident, or of one calm day of a zone: never split, resampled together, weighing 1 together. */
  readonly group: string;
  /** Local day of the group's first look. */
  readonly day: string;
  readonly positive: boolean;
  readonly origin: 'verdict' | 'mark' | 'calm';
  readonly weight: number;
  readonly margin: number;
  readonly features: readonly number[] | null;
}

/** Why verdicts taught nothing, for the person who asks. */
export interface Unused {
  readonly once: number;
  readonly contradicted: number;
  readonly saysNothing: number;
  readonly withoutSample: number;
}

export interface Material {
  readonly examples: readonly Example[];
  readonly unused: Unused;
}

/** Reasons that say "the picture fooled the machine"; the others say nothing of what is in the picture. */
const fooledBy: readonly RejectReason[] = ['shadow', 'reflection', 'wet_asphalt', 'lens', 'weather', 'other'];

/** Two people who reject the same thing at the same place within so long have seen the same thing. */
const sameThingMs = 14 * 86_400_000;
/** So many looks stand for one incident. */
const mostPerGroup = 6;
/** Looks so near to an incident are not calm. */
const nearMs = 2 * 3_600_000;

const placeOf = (one: { readonly cameraId: string; readonly zoneId: string }): string =>
  `${one.cameraId}/${one.zoneId}`;

/** From when to when the looks of a verdict's incident lie: from before it opened to its last look. */
const windowOf = (row: Judged): readonly [number, number] => [
  row.openedMs - row.overS * 1000 - 1000,
  row.lastSeenMs + 1000,
];

/** A confirmation as another hazard rejects this one. */
const isPositive = (row: Judged): boolean =>
  row.kind === 'confirm' && (row.otherHazard === null || row.otherHazard === row.hazard);

const within = (
  one: { readonly cameraId: string; readonly zoneId: string; readonly seenAtMs: number },
  row: Judged,
) => {
  const [from, to] = windowOf(row);
  return placeOf(one) === placeOf(row) && one.seenAtMs >= from && one.seenAtMs <= to;
};

/**
 * Verdicts that teach: the last word on its incident, not overturned, and agreed. A confirmation is agreed when an agency
 * reported work on it; either is agreed when a second person decided the same of the same place within 14 days, or marked
 * a look of it the same.
 */
function agreed(
  rows: readonly Judged[],
  marks: readonly Mark[],
): { agreed: Judged[]; unused: Omit<Unused, 'withoutSample'> } {
  const unused = { once: 0, contradicted: 0, saysNothing: 0 };
  const last = new Map(rows.map((row) => [row.incidentId, row]));
  const found: Judged[] = [];
  for (const row of last.values()) {
    const fooled: readonly (string | null)[] = fooledBy;
    const positive = isPositive(row);
    if (row.kind === 'reject' && !fooled.includes(row.reason)) {
      unused.saysNothing++;
      continue;
    }
    const ofOthers = marks.filter((mark) => mark.personId !== row.personId && within(mark, row));
    const contradicted =
      row.overturned ||
      rows.some((other) => other.incidentId === row.incidentId && isPositive(other) !== positive) ||
      ofOthers.some((mark) => mark.isHazard !== positive);
    if (contradicted) {
      unused.contradicted++;
      continue;
    }
    const seconded =
      ofOthers.length > 0 ||
      rows.some(
        (other) =>
          other.personId !== row.personId &&
          placeOf(other) === placeOf(row) &&
          isPositive(other) === positive &&
          (positive || fooled.includes(other.reason)) &&
          Math.abs(other.atMs - row.atMs) <= sameThingMs,
      );
    if (seconded || (positive && row.borneOut)) found.push(row);
    else unused.once++;
  }
  return { agreed: found, unused };
}

/** At most `most` of them, evenly spread, the ends kept. */
function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]).filter(
    (one) => one !== undefined,
  );
}

function grouped(
  samples: readonly Sample[],
  group: string,
  fact: Pick<Example, 'positive' | 'origin'>,
  dayOf: (atMs: number) => string,
): Example[] {
  const chosen = spread(samples, mostPerGroup);
  const day = dayOf(chosen[0]?.seenAtMs ?? 0);
  return chosen.map((sample) => ({
    ...fact,
    cameraId: sample.cameraId,
    atMs: sample.seenAtMs,
    group,
    day,
    weight: 1 / chosen.length,
    margin: sample.margin,
    features: sample.features,
  }));
}

/**
 * Joins samples with what people said. `from`: whether verdicts or only marks speak for called looks. Samples of other
 * networks than `network` teach nothing. `dayOf` names the local day of a moment.
 */
export function materialOf(given: {
  readonly samples: readonly Sample[];
  readonly judged: readonly Judged[];
  readonly marks: readonly Mark[];
  readonly from: 'verdicts' | 'marks';
  readonly network: string;
  readonly dayOf: (atMs: number) => string;
}): Material {
  const { judged, marks, dayOf } = given;
  const samples = given.samples.filter((sample) => sample.network === given.network);
  const { agreed: verdicts, unused } = agreed(judged, marks);
  const examples: Example[] = [];
  let withoutSample = 0;
  const markOf = new Map<string, Mark[]>();
  for (const mark of marks) {
    const key = `${placeOf(mark)}@${mark.seenAtMs}`;
    markOf.set(key, [...(markOf.get(key) ?? []), mark]);
  }
  const taken = new Set<Sample>();
  if (given.from === 'verdicts') {
    for (const row of verdicts) {
      const mine = samples.filter((one) => !taken.has(one) && one.word === 'hazard' && within(one, row));
      if (mine.length === 0) withoutSample++;
      for (const one of mine) taken.add(one);
      examples.push(
        ...grouped(mine, `incident ${row.incidentId}`, { positive: isPositive(row), origin: 'verdict' }, dayOf),
      );
    }
  }
  // A mark is a person's own look at one picture; two people who differ leave it out. Marks of one day of a zone go together.
  const marked = new Map<string, { samples: Sample[]; positive: boolean }>();
  for (const sample of samples) {
    const said = markOf.get(`${placeOf(sample)}@${sample.seenAtMs}`) ?? [];
    const [first] = said;
    if (first === undefined) continue;
    const known = taken.has(sample);
    taken.add(sample);
    if (known || said.some((mark) => mark.isHazard !== first.isHazard)) continue;
    const key = `mark ${placeOf(sample)} ${dayOf(sample.seenAtMs)} ${first.isHazard ? 'hazard' : 'clear'}`;
    const group = marked.get(key) ?? { samples: [], positive: first.isHazard };
    group.samples.push(sample);
    marked.set(key, group);
  }
  for (const [key, { samples: mine, positive }] of marked) {
    examples.push(...grouped(mine, key, { positive, origin: 'mark' }, dayOf));
  }
  // Calm: nobody and nothing called it, and no incident that was not rejected is near.
  const calm = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (taken.has(sample) || sample.word === 'hazard' || sample.said === 'hazard') continue;
    const near = judged.some(
      (row) =>
        isPositive(row) &&
        placeOf(row) === placeOf(sample) &&
        sample.seenAtMs >= row.openedMs - row.overS * 1000 - nearMs &&
        sample.seenAtMs <= Math.max(row.lastSeenMs, row.atMs) + nearMs,
    );
    if (near) continue;
    const key = `calm ${placeOf(sample)} ${dayOf(sample.seenAtMs)}`;
    calm.set(key, [...(calm.get(key) ?? []), sample]);
  }
  for (const [key, mine] of calm) examples.push(...grouped(mine, key, { positive: false, origin: 'calm' }, dayOf));
  return { examples: examples.sort((a, b) => a.atMs - b.atMs), unused: { ...unused, withoutSample } };
}

/** A camera's material cut by days: the last fifth of the days, never fewer than two, is kept out of the fit. */
export interface Split {
  readonly fit: readonly Example[];
  readonly holdout: readonly Example[];
  readonly holdoutFromMs: number;
  readonly holdoutDays: number;
}

/** Cuts by days; null when there are fewer than four days with material. Groups that cross the cut are in neither part. */
export function splitByDays(examples: readonly Example[]): Split | null {
  const days = [...new Set(examples.map((one) => one.day))].sort();
  if (days.length < 4) return null;
  const holdoutDays = Math.max(2, Math.ceil(days.length * 0.2));
  const first = days[days.length - holdoutDays] ?? '';
  const holdout = examples.filter((one) => one.day >= first);
  const holdoutFromMs = Math.min(...holdout.map((one) => one.atMs));
  const fit = examples.filter((one) => one.day < first && one.atMs < holdoutFromMs);
  const crossing = new Set(examples.filter((one) => one.day < first && one.atMs >= holdoutFromMs).map((o) => o.group));
  return { fit: fit.filter((one) => !crossing.has(one.group)), holdout, holdoutFromMs, holdoutDays };
}
