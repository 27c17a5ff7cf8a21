// Several frames of one vehicle as one reading: each character by weighted vote, and nothing is shown as read that no two frames
// agree on. Pure.
import { chanceAt, type PlateForm, type PlateParse, type ReadCharacter } from '#core/plate-grammar';
import type { FrameReading, PlateReading } from '#core/plate';

/** A line of text on a vehicle in one frame: its characters, and what plates they can be, the best first. */
export interface PlateSighting {
  readonly atMs: number;
  readonly source: FrameReading['source'];
  /** Height of the plate in the picture's own pixels. */
  readonly heightPx: number;
  readonly row: readonly ReadCharacter[];
  readonly parses: readonly PlateParse[];
}

export const voteLimits = {
  /** Frames that must say the same by themselves. */
  agreeing: 2,
  /** Every character at least, and all in the mean. An O that was read as 0, as on every plate, reaches 0.6 and a Q then less. */
  leastConfidence: 0.57,
  meanConfidence: 0.75,
  /** Plates under this are never shown as read, whatever the network thinks it sees. */
  leastHeightPx: 11,
} as const;

/** A character that a frame did not see at all counts as this, so that one blind frame cannot forbid what the others saw. */
const blind = 0.02;

interface Vote<S extends PlateSighting> {
  readonly text: string;
  readonly form: PlateForm;
  readonly confidence: readonly number[];
  readonly agreeing: readonly S[];
  readonly score: number;
}

export interface Combined<S extends PlateSighting> {
  readonly reading: PlateReading;
  /** The frame that shows it best; undefined where nothing was found. */
  readonly best: S | undefined;
}

/** All sightings of one act as one reading. Frames are to be far enough apart in time to be two looks. */
export function combine<S extends PlateSighting>(sightings: readonly S[]): Combined<S> {
  const seen = sightings.filter((one) => one.parses.length > 0);
  const groups = groupsOf(seen);
  const votes = groups
    .map((group) => ({ group, vote: voteOf(group) }))
    .filter((one): one is { group: S[]; vote: Vote<S> } => one.vote !== undefined)
    .sort((a, b) => b.vote.agreeing.length - a.vote.agreeing.length || b.vote.score - a.vote.score);
  const [first, second] = votes;
  const frames = seen.map(frameReading).sort((a, b) => a.atMs - b.atMs);
  if (!first) {
    const largest = [...sightings].sort((a, b) => b.heightPx - a.heightPx)[0];
    return {
      reading: {
        state: largest ? 'unclear' : 'none',
        text: '',
        kind: null,
        confidence: [],
        agreeing: 0,
        frames,
        why: !largest ? 'no-plate' : largest.heightPx < voteLimits.leastHeightPx ? 'too-small' : 'unsure',
      },
      best: largest,
    };
  }
  const { vote, group } = first;
  const why = doubtOf(vote, group, second?.vote);
  return {
    reading: {
      state: why === '' ? 'read' : 'unclear',
      text: vote.text,
      kind: vote.form.kind,
      confidence: [...vote.confidence],
      agreeing: vote.agreeing.length,
      frames,
      why,
    },
    best: sharpest(vote.agreeing.length > 0 ? vote.agreeing : group),
  };
}

function doubtOf<S extends PlateSighting>(
  vote: Vote<S>,
  group: readonly S[],
  rival: Vote<S> | undefined,
): PlateReading['why'] {
  const limits = voteLimits;
  if (Math.max(...group.map((one) => one.heightPx)) < limits.leastHeightPx) return 'too-small';
  if (vote.agreeing.length < limits.agreeing) return 'one-reading';
  if (rival && rival.agreeing.length >= limits.agreeing && rival.text !== vote.text) return 'two-plates';
  const mean = vote.confidence.reduce((sum, one) => sum + one, 0) / vote.confidence.length;
  if (Math.min(...vote.confidence) < limits.leastConfidence || mean < limits.meanConfidence) return 'unsure';
  return vote.form.kind === 'other' ? 'unknown-form' : '';
}

/** Sightings that can be of one plate: half of their characters are alike in order. One of each frame at most. */
function groupsOf<S extends PlateSighting>(sightings: readonly S[]): S[][] {
  const sorted = [...sightings].sort((a, b) => scoreOf(b) - scoreOf(a));
  const groups: S[][] = [];
  for (const one of sorted) {
    const text = one.parses[0]?.text ?? '';
    const home = groups.find(
      (group) =>
        !group.some((other) => other.atMs === one.atMs) && likeness(group[0]?.parses[0]?.text ?? '', text) >= 0.5,
    );
    if (home) home.push(one);
    else groups.push([one]);
  }
  return groups;
}

const scoreOf = (one: PlateSighting): number => one.parses[0]?.score ?? Number.NEGATIVE_INFINITY;

/** Longest common subsequence over the longer length. */
export function likeness(a: string, b: string): number {
  let before = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    const now = [0];
    for (let j = 1; j <= b.length; j++) {
      now[j] = x === b[j - 1] ? (before[j - 1] ?? 0) + 1 : Math.max(before[j] ?? 0, now[j - 1] ?? 0);
    }
    before = now;
  }
  return (before[b.length] ?? 0) / Math.max(1, a.length, b.length);
}

/** How much a frame has to say: the geometric mean of its confidences. */
const weightOf = (parse: PlateParse): number =>
  Math.exp(parse.confidence.reduce((sum, one) => sum + Math.log(Math.max(1e-4, one)), 0) / parse.confidence.length);

function voteOf<S extends PlateSighting>(group: readonly S[]): Vote<S> | undefined {
  const forms = new Set(group.map((one) => one.parses[0]?.form).filter((form) => form !== undefined));
  const votes = [...forms].map((form) => voteAs(group, form)).filter((vote) => vote !== undefined);
  return votes.sort((a, b) => b.score - a.score)[0];
}

function voteAs<S extends PlateSighting>(group: readonly S[], form: PlateForm): Vote<S> | undefined {
  const places = form.groups.flat();
  const heard = group.flatMap((sighting) => {
    const parse = sighting.parses.find((one) => one.form.id === form.id);
    return parse ? [{ sighting, parse, weight: weightOf(parse) }] : [];
  });
  const total = heard.reduce((sum, one) => sum + one.weight, 0);
  if (total <= 0) return undefined;
  let text = '';
  const confidence: number[] = [];
  for (const [j, place] of places.entries()) {
    let best = { text: '', sum: Number.NEGATIVE_INFINITY, mean: 0 };
    for (const candidate of place) {
      let sum = 0;
      let mean = 0;
      for (const { sighting, parse, weight } of heard) {
        const character = sighting.row[parse.from[j] ?? -1];
        const chance = character ? chanceAt(character, candidate, place) : 0;
        sum += weight * Math.log(Math.max(blind, chance));
        mean += weight * chance;
      }
      if (sum > best.sum) best = { text: candidate, sum, mean: mean / total };
    }
    text += best.text;
    confidence.push(Math.min(1, best.mean));
  }
  if (!form.holds(text)) return undefined;
  // A frame that can be no such plate speaks against the form as much as a bad parse would.
  const silent = group.length - heard.length;
  const score = heard.reduce((sum, { parse }) => sum + parse.score, 0) / group.length - (12 * silent) / group.length;
  const agreeing = heard
    .filter(({ sighting, parse }) => sighting.parses[0] === parse && parse.text === text && isRegular(sighting, parse))
    .map(({ sighting }) => sighting);
  return { text, form, confidence, agreeing, score };
}

/**
 * Characters stand at even distances: a gap of nearly two within a group means that one was not seen, and the plate may be of a
 * longer form. Distances over a row's end are not compared.
 */
export function isRegular({ row }: Pick<PlateSighting, 'row'>, parse: PlateParse): boolean {
  const ats = parse.from.map((i) => row[i]?.at ?? 0);
  const ends = new Set<number>();
  let length = 0;
  for (const group of parse.form.groups) ends.add((length += group.length));
  const gaps = ats.slice(1).map((at, i) => ({ gap: at - (ats[i] ?? 0), isWithin: !ends.has(i + 1) }));
  const within = gaps.filter((one) => one.isWithin && one.gap < 1).map((one) => one.gap);
  const middle = [...within].sort((a, b) => a - b)[Math.floor(within.length / 2)] ?? 0;
  if (middle <= 0) return true;
  return gaps.every(({ gap, isWithin }) => gap >= 1 || gap <= (isWithin ? 1.65 : 2.75) * middle);
}

const frameReading = (one: PlateSighting): FrameReading => {
  const parse = one.parses[0];
  return {
    atMs: one.atMs,
    source: one.source,
    text: parse?.text ?? '',
    kind: parse?.form.kind ?? 'other',
    confidence: parse?.confidence.map((value) => Math.min(1, value)) ?? [],
    heightPx: Math.round(one.heightPx * 10) / 10,
  };
};

const sharpest = <S extends PlateSighting>(some: readonly S[]): S | undefined =>
  [...some].sort((a, b) => scoreOf(b) + Math.log(b.heightPx) - scoreOf(a) - Math.log(a.heightPx))[0];
