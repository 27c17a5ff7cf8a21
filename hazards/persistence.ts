// Memory of what looks said about one hazard in one zone, and the shared rule piece: k of n looks over t seconds.
// A belief is a set: whatever order, delay or doubling observations arrive with, the same ones give the same belief.
import { z } from 'zod';
import { Box } from '#core/detection';
import type { Mark } from '#core/incident';
import type { Observation } from '#core/observation';

const count = z.number().int().min(1).max(20);
const seconds = z.number().min(0).max(604_800);

/** When a hazard is held to be there (`open`) and to be gone (`close`). Seconds are those of life; the city's pace divides them. */
export const Persistence = z.strictObject({
  /**
   * At least `looks` of every `of` judged looks say hazard, the first and the last of them at least `overS` apart. Each of them comes
   * within `withinS` of the one before: looks of different hours do not add up. Not divided by the pace, cameras have their own.
   */
  open: z.strictObject({ looks: count, of: count, overS: seconds, withinS: seconds }),
  /** The newest `looks` judged looks all say clear, the first and the last at least `overS` apart. */
  close: z.strictObject({ looks: count, overS: seconds }),
  /** Looks older than this against the newest are forgotten. Not divided by the pace: it delays nothing. */
  keepS: seconds,
});
export type Persistence = z.infer<typeof Persistence>;

const Fact = z.union([z.number(), z.string(), z.boolean()]);

export const Entry = z.object({
  lookId: z.string(),
  atMs: z.number(),
  word: z.enum(['hazard', 'clear']),
  sub: z.string(),
  level: z.number(),
  still: z.string().nullable(),
  boxes: z.array(Box),
  facts: z.record(z.string(), Fact),
});
export type Entry = z.infer<typeof Entry>;

/** A look that was neither sure of the hazard nor of its absence. */
const Doubt = z.object({ lookId: z.string(), atMs: z.number(), level: z.number(), still: z.string().nullable() });
export type Doubt = z.infer<typeof Doubt>;

export const Belief = z.object({
  /** Judged looks, oldest first, at most one per stretch of time (see `fold`). */
  entries: z.array(Entry),
  /** Acts seen by a watch, oldest first; each raises once. */
  acts: z.array(Entry),
  /** Looks between the two operating points, oldest first, at most one per stretch: they are recorded and raise nothing. */
  doubts: z.array(Doubt).default([]),
  /** The newest look that could not be judged. It counts neither way. */
  blind: z.object({ atMs: z.number(), why: z.string() }).nullable(),
  /** The newest clear look ever, however long ago. */
  lastClearMs: z.number().nullable().default(null),
  /** Mark of the zone's drawing on which all of this was judged; a redrawn zone begins anew. */
  ground: z.string().default(''),
});
export type Belief = z.infer<typeof Belief>;

export const noBelief: Belief = { entries: [], acts: [], doubts: [], blind: null, lastClearMs: null, ground: '' };

const maxEntries = 64;
const maxActs = 16;
const maxDoubts = 16;
/** Clocks of machines differ; what is dated further ahead of ours than this cannot be judged yet, seconds. */
export const aheadS = 60;
const order = (a: { atMs: number; lookId: string }, b: { atMs: number; lookId: string }): number =>
  a.atMs - b.atMs || (a.lookId < b.lookId ? -1 : a.lookId > b.lookId ? 1 : 0);

/** Is this the word of a watch about an act, which needs no further looks? */
export const isAct = (observation: Observation): boolean => observation.support.facts['source'] === 'story';

/**
 * The stretch, in milliseconds, of which a belief keeps one look: fine enough for both conditions, coarse enough that the
 * calm word of a watched place every few seconds does not push older looks out.
 */
export const stretchMs = ({ open, close }: Persistence, pace: number): number =>
  Math.max(1, Math.floor((Math.min(open.overS / (2 * open.looks), close.overS / (4 * close.looks)) * 1000) / pace));

const entryOf = (o: Observation, word: 'hazard' | 'clear'): Entry => ({
  lookId: o.lookId,
  atMs: o.seenAtMs,
  word,
  sub: o.sub,
  level: o.level,
  still: o.stillSha256,
  boxes: word === 'hazard' ? o.support.boxes.slice(0, 3) : [],
  facts: word === 'hazard' ? o.support.facts : judgedPart(o),
});

/** Most of the zone was too far away, and in the rest nothing was seen. */
export const isTooFar = (o: Observation): boolean => o.word === 'cannot-see' && o.support.facts['why'] === 'too-far';

/** Of a look that saw nothing: from which row of the picture down it could judge, and whether that was less than half of the zone. */
function judgedPart(o: Observation): Entry['facts'] {
  const judgedY = o.support.facts['judgedY'];
  if (typeof judgedY !== 'number') return {};
  return isTooFar(o) ? { judgedY, tooFar: true } : { judgedY };
}

/**
 * Does a look that saw nothing speak of this place? It does not where the place lies above the row down to which it judges, and
 * a whole zone is not judged by a look that reaches less than half of it.
 */
export function speaksOf(entry: Pick<Entry, 'facts'>, mark: Mark | null): boolean {
  const judgedY = entry.facts['judgedY'];
  if (typeof judgedY !== 'number') return true;
  if (mark?.kind !== 'box') return entry.facts['tooFar'] !== true;
  return Math.max(...mark.points.map((p) => p[1])) >= judgedY;
}

/**
 * Adds one observation to a belief. `fresh` is false when the belief knew it (a second delivery) or it is older than what
 * is remembered. Adding is order-free: of each stretch the newest judged look stays, of all the newest 64.
 */
export function fold(
  before: Belief,
  observation: Observation,
  persistence: Persistence,
  pace: number,
): { belief: Belief; fresh: boolean } {
  // Too far for `clear`, and yet a look that contradicts what was seen in the part that it reaches.
  const word = isTooFar(observation) ? 'clear' : observation.word;
  if (word === 'cannot-see') {
    const blind = { atMs: observation.seenAtMs, why: String(observation.support.facts['why'] ?? '') };
    const old = before.blind;
    const newer = !old || blind.atMs > old.atMs || (blind.atMs === old.atMs && blind.why > old.why);
    const seen = newer ? { ...before, blind } : before;
    if (observation.support.facts['why'] !== 'unsure') return { belief: seen, fresh: newer };
    if (before.doubts.some((d) => d.lookId === observation.lookId)) return { belief: seen, fresh: newer };
    const { lookId, level, seenAtMs: atMs, stillSha256: still } = observation;
    const doubts = thin([...before.doubts, { lookId, atMs, level, still }], persistence, pace, maxDoubts);
    return { belief: { ...seen, doubts }, fresh: newer || doubts.some((d) => d.lookId === lookId) };
  }
  const entry = entryOf(observation, word);
  if (isAct(observation) && word === 'hazard') {
    if (before.acts.some((a) => a.lookId === entry.lookId)) return { belief: before, fresh: false };
    const acts = [...before.acts, entry].sort(order).slice(-maxActs);
    return { belief: { ...before, acts }, fresh: acts.includes(entry) };
  }
  if (before.entries.some((e) => e.lookId === entry.lookId)) return { belief: before, fresh: false };
  const entries = thin([...before.entries, entry], persistence, pace, maxEntries);
  const lastClearMs = word === 'clear' ? Math.max(before.lastClearMs ?? entry.atMs, entry.atMs) : before.lastClearMs;
  return { belief: { ...before, entries, lastClearMs }, fresh: entries.includes(entry) };
}

function thin<T extends { atMs: number; lookId: string }>(
  looks: readonly T[],
  persistence: Persistence,
  pace: number,
  most: number,
): T[] {
  const stretch = stretchMs(persistence, pace);
  const newest = new Map<number, T>();
  for (const look of [...looks].sort(order)) newest.set(Math.floor(look.atMs / stretch), look);
  const kept = [...newest.values()];
  const lastMs = kept.at(-1)?.atMs ?? 0;
  return kept.filter((e) => e.atMs >= lastMs - persistence.keepS * 1000).slice(-most);
}

/** What a belief holds as of a moment: looks dated after it (a clock that was set back) wait until their time has come. */
export function asOf(belief: Belief, nowMs: number): Belief {
  const lastMs = nowMs + aheadS * 1000;
  const has = (look: { atMs: number }): boolean => look.atMs <= lastMs;
  if (belief.entries.every(has) && belief.doubts.every(has)) return belief;
  return { ...belief, entries: belief.entries.filter(has), doubts: belief.doubts.filter(has) };
}

/**
 * The lower operating point: since the newest clear look, hazard and doubtful looks together are as many and as long as the rule
 * asks of hazard looks alone. Nobody is woken; it is written down as almost raised. Undefined when there are not so many.
 */
export function heldBelow(
  belief: Belief,
  { open }: Persistence,
  pace: number,
): { readonly looks: number; readonly level: number; readonly still: string | null } | undefined {
  const clearedAtMs = belief.entries.findLast((e) => e.word === 'clear')?.atMs ?? -Infinity;
  const since = [...belief.entries, ...belief.doubts].filter((look) => look.atMs > clearedAtMs).sort(order);
  const last = since.at(-1);
  const first =
    since[since.findLastIndex((look, i) => look.atMs - (since[i - 1]?.atMs ?? -Infinity) > open.withinS * 1000)];
  if (!first || !last || since.length < open.looks || last.atMs - first.atMs < (open.overS * 1000) / pace)
    return undefined;
  const level = Math.max(...since.map((look) => look.level));
  return { looks: since.length, level, still: since.findLast((look) => look.still !== null)?.still ?? null };
}

export type Held =
  | { kind: 'held'; entries: readonly Entry[]; hazards: readonly Entry[]; overS: number }
  | { kind: 'not-yet'; reason: 'clear' | 'few-looks' | 'short-time' | 'contradicted' };

/**
 * Is the hazard held to be there? The newest judged look must say hazard; going back from it, the shortest stretch that
 * holds `looks` hazard words over `overS / pace` seconds must not hold more clear words than the rule allows.
 */
export function heldOpen(belief: Belief, { open }: Persistence, pace: number): Held {
  const { entries } = belief;
  const newest = entries.at(-1);
  if (newest?.word !== 'hazard') return { kind: 'not-yet', reason: newest ? 'clear' : 'few-looks' };
  const needMs = (open.overS * 1000) / pace;
  let hazards = 0;
  let nextMs = newest.atMs;
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i];
    if (entry?.word !== 'hazard') continue;
    if (nextMs - entry.atMs > open.withinS * 1000) break;
    nextMs = entry.atMs;
    hazards += 1;
    const spanMs = newest.atMs - entry.atMs;
    if (hazards < open.looks || spanMs < needMs) continue;
    const stretch = entries.slice(i);
    if (hazards * open.of < open.looks * stretch.length) return { kind: 'not-yet', reason: 'contradicted' };
    return {
      kind: 'held',
      entries: stretch,
      hazards: stretch.filter((e) => e.word === 'hazard'),
      overS: spanMs / 1000,
    };
  }
  return { kind: 'not-yet', reason: hazards < open.looks ? 'few-looks' : 'short-time' };
}

/** The clear looks at the end of a belief when they are enough to hold the hazard gone; undefined otherwise. */
export function heldGone(belief: Belief, { close }: Persistence, pace: number): readonly Entry[] | undefined {
  const { entries } = belief;
  let from = entries.length;
  while (from > 0 && entries[from - 1]?.word === 'clear') from -= 1;
  const clears = entries.slice(from);
  const first = clears[0];
  const last = clears.at(-1);
  if (!first || !last || clears.length < close.looks) return undefined;
  return last.atMs - first.atMs >= (close.overS * 1000) / pace ? clears : undefined;
}

/** So many looks before the hazard at least, to know how a place usually looks. */
const leastBefore = 3;

/**
 * The highest level that looks gave a place up to a moment, sure or not; for the check after a claim. Undefined where fewer than three of
 * them are remembered, and of unknown shapes.
 */
export function highestBefore(belief: unknown, untilMs: number): number | undefined {
  const parsed = Belief.safeParse(belief);
  if (!parsed.success) return undefined;
  const levels = [...parsed.data.entries, ...parsed.data.doubts]
    .filter((look) => look.atMs <= untilMs)
    .map(({ level }) => level);
  return levels.length < leastBefore ? undefined : Math.max(...levels);
}

/**
 * Looks of a kept belief later than a moment that judged the place of `mark`, oldest first; for the check after a claim. With
 * `asClear`, hazard and doubtful looks of which it holds stand among them as clear ones.
 * Unknown shapes give none.
 */
export function judgedSince(
  belief: unknown,
  sinceMs: number,
  mark: Mark | null,
  asClear: (level: number) => boolean = () => false,
): readonly Entry[] {
  const parsed = Belief.safeParse(belief);
  if (!parsed.success) return [];
  const { entries, doubts } = parsed.data;
  const eased = doubts
    .filter(({ level }) => asClear(level))
    .map((doubt): Entry => ({ ...doubt, word: 'clear', sub: '', boxes: [], facts: {} }));
  return [
    ...entries.map((e): Entry => (e.word === 'hazard' && asClear(e.level) ? { ...e, word: 'clear' } : e)),
    ...eased,
  ]
    .filter((e) => e.atMs > sinceMs && (e.word === 'hazard' || speaksOf(e, mark)))
    .sort(order);
}
