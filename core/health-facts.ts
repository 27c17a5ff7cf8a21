// A camera's health as facts: each good or bad with since when, and slow to change its mind. Pure.
import { z } from 'zod';
import type { HealthState } from './camera.ts';
import { bitRateLeast, isUsualRate, learnRate } from './usual-rate.ts';

export const healthFacts = [
  'reachable',
  'signed-in',
  'stream',
  'frames',
  'key-interval',
  'bit-rate',
  'pictures',
  'clock',
  'dark',
  'blurred',
  'blocked',
  'frozen',
  'moved',
  'overexposed',
  'obscured',
] as const;
/**
 * `reachable`, `signed-in`, `stream` (it gives its stream or still), `frames` (whole pictures come), then what was measured, then
 * what the picture suffers from: there `bad` means that it does.
 */
export const HealthFactName = z.enum(healthFacts);
export type HealthFactName = z.infer<typeof HealthFactName>;

export const FactWord = z.enum(['good', 'bad']);
export type FactWord = z.infer<typeof FactWord>;

export const HealthFact = z.object({
  word: FactWord,
  /** Since when it holds: the moment of the first look that said so. */
  sinceMs: z.number(),
  /** Key interval in seconds, bit rate in bits a second, pictures that were not judged in percent, offset of the camera's clock in seconds (ahead: above zero). */
  value: z.number().optional(),
  /** When that was measured. */
  valueMs: z.number().optional(),
  /** Of a bit rate: what the camera usually has, and when that was learned last. */
  usual: z.number().optional(),
  usualMs: z.number().optional(),
  /** Looks in a row that say otherwise, not enough of them yet. */
  doubt: z.object({ sinceMs: z.number(), looks: z.number() }).optional(),
});
export type HealthFact = z.infer<typeof HealthFact>;

export const HealthFacts = z.partialRecord(HealthFactName, HealthFact);
export type HealthFacts = z.infer<typeof HealthFacts>;

/** What a look measured on its way to the picture. */
export interface LookSigns {
  /** Waited so long for a key frame; absent for stills. */
  readonly keyWaitMs?: number;
  /** Only of a stream that was read for half a minute: a look takes one picture, and the bytes of one picture are no rate. */
  readonly bitsPerS?: number;
  /** Of the pictures that a watched stream should have brought, those that were left out or never came, percent. */
  readonly missingPct?: number;
  /** Camera's clock less ours. */
  readonly clockOffsetMs?: number;
}

/** What is measured on the way to the pictures; the others are told by the state of looks. */
export const measuredFacts = ['key-interval', 'bit-rate', 'pictures', 'clock'] as const;

const pictureFaults = ['dark', 'blurred', 'blocked', 'frozen', 'moved', 'overexposed', 'obscured'] as const;
const isPictureFault = (state: HealthState): state is (typeof pictureFaults)[number] =>
  pictureFaults.some((fault) => fault === state);

/** Longer between two key frames and a look may end before one comes, seconds. */
const keyIntervalMostS = 10;
/** More pictures than this of a watched stream that nobody judged are a fault, percent. */
const missingMostPct = 10;
/** A camera whose clock is farther off dates its own recordings wrongly, seconds. */
const clockOffMostS = 30;

/** So many looks in a row must say otherwise before a fact changes: connections fail for a moment, pictures for a passing lorry. */
const looksUntil = { connection: 2, measured: 3, picture: 2 } as const;
const kindOf = (fact: HealthFactName): keyof typeof looksUntil =>
  measuredFacts.some((known) => known === fact)
    ? 'measured'
    : pictureFaults.some((known) => known === fact)
      ? 'picture'
      : 'connection';

type Said = { readonly word: FactWord; readonly value?: number };

/** What one look says of each fact; of most it says nothing when it ended early. */
export function saidOf(state: HealthState, signs: LookSigns): ReadonlyMap<HealthFactName, Said> {
  const said = new Map<HealthFactName, Said>();
  const good = (...facts: HealthFactName[]): void => {
    for (const fact of facts) said.set(fact, { word: 'good' });
  };
  const bad = (fact: HealthFactName): void => {
    said.set(fact, { word: 'bad' });
  };
  if (state === 'ok' || isPictureFault(state)) {
    good('reachable', 'signed-in', 'stream', 'frames');
    if (state === 'ok') good(...pictureFaults);
    else bad(state);
  }
  if (state === 'unreachable') bad('reachable');
  if (state === 'refused') bad('stream');
  if (state === 'needs-sign-in') {
    good('reachable');
    bad('signed-in');
  }
  if (state === 'not-found' || state === 'busy') {
    good('reachable');
    bad('stream');
  }
  if (state === 'silent' || state === 'garbage' || state === 'crashed') {
    good('reachable');
    bad('frames');
  }
  if (state === 'no-key-frame') {
    good('reachable', 'signed-in', 'stream');
    bad('frames');
    bad('key-interval');
  }
  const measured = (fact: HealthFactName, value: number | undefined, isGood: boolean): void => {
    if (value !== undefined) said.set(fact, { word: isGood ? 'good' : 'bad', value });
  };
  const { keyWaitMs, bitsPerS, missingPct, clockOffsetMs } = signs;
  measured(
    'key-interval',
    keyWaitMs === undefined ? undefined : keyWaitMs / 1000,
    (keyWaitMs ?? 0) <= keyIntervalMostS * 1000,
  );
  measured('bit-rate', bitsPerS, (bitsPerS ?? 0) >= bitRateLeast);
  measured('pictures', missingPct, (missingPct ?? 0) <= missingMostPct);
  measured(
    'clock',
    clockOffsetMs === undefined ? undefined : clockOffsetMs / 1000,
    Math.abs(clockOffsetMs ?? 0) <= clockOffMostS * 1000,
  );
  return said;
}

/**
 * A look joins a stream anywhere between two key frames: the longest wait of an hour is about the interval. Other values are taken
 * anew when they moved by a quarter: what is no news is not written.
 */
const freshMs = 3_600_000;
const newsShare = 0.25;

function valueOf(
  fact: HealthFactName,
  before: HealthFact | undefined,
  now: number | undefined,
  atMs: number,
): Pick<HealthFact, 'value' | 'valueMs'> {
  const old = before?.value;
  const kept = old === undefined ? {} : { value: old, valueMs: before?.valueMs };
  if (now === undefined) return kept;
  const value = Math.round(now * 100) / 100;
  if (old === undefined || atMs - (before?.valueMs ?? 0) > freshMs) return { value, valueMs: atMs };
  const moved = fact === 'key-interval' ? value - old : Math.abs(value - old);
  return moved > Math.max(newsShare * Math.abs(old), 0.5) ? { value, valueMs: atMs } : kept;
}

/** One fact after one more saying of it. */
export function stepFact(name: HealthFactName, before: HealthFact | undefined, said: Said, atMs: number): HealthFact {
  const rest = valueOf(name, before, said.value, atMs);
  if (!before) return { word: said.word, sinceMs: atMs, ...rest };
  if (before.word === said.word) return { word: before.word, sinceMs: before.sinceMs, ...rest };
  const doubt = { sinceMs: before.doubt?.sinceMs ?? atMs, looks: (before.doubt?.looks ?? 0) + 1 };
  if (doubt.looks >= looksUntil[kindOf(name)]) return { word: said.word, sinceMs: doubt.sinceMs, ...rest };
  return { word: before.word, sinceMs: before.sinceMs, ...rest, doubt };
}

/** The bit rate after one more value: bad is also what is far from what the camera usually has. */
function stepRate(before: HealthFact | undefined, value: number, atMs: number): HealthFact {
  const known = before ?? {};
  const word = isUsualRate(value, known) ? 'good' : 'bad';
  const next = stepFact('bit-rate', before, { word, value }, atMs);
  return { ...next, ...learnRate(known, value, atMs, next.word === 'bad' ? next.sinceMs : null) };
}

/** All facts after a look; the very same object when the look said nothing new. `turned` names those whose word changed. */
export function stepFacts(
  before: HealthFacts,
  look: { readonly state: HealthState; readonly atMs: number; readonly signs: LookSigns },
): { readonly facts: HealthFacts; readonly turned: readonly HealthFactName[] } {
  const turned: HealthFactName[] = [];
  const news: [HealthFactName, HealthFact][] = [];
  for (const [name, said] of saidOf(look.state, look.signs)) {
    const old = before[name];
    const now =
      name === 'bit-rate' && said.value !== undefined
        ? stepRate(old, said.value, look.atMs)
        : stepFact(name, old, said, look.atMs);
    if (old?.word !== now.word && (old !== undefined || now.word === 'bad')) turned.push(name);
    if (!old || !sameFact(old, now)) news.push([name, now]);
  }
  return news.length === 0 ? { facts: before, turned } : { facts: { ...before, ...Object.fromEntries(news) }, turned };
}

const sameFact = (a: HealthFact, b: HealthFact): boolean =>
  a.word === b.word &&
  a.sinceMs === b.sinceMs &&
  a.value === b.value &&
  a.valueMs === b.valueMs &&
  a.usualMs === b.usualMs &&
  a.doubt?.looks === b.doubt?.looks;

const needed: readonly HealthFactName[] = ['reachable', 'signed-in', 'stream', 'frames', 'frozen'];

/** Do living pictures come? A camera that sends one and the same picture for ever is not online. Null before its first look. */
export function isOnline(facts: HealthFacts): boolean | null {
  if (Object.keys(facts).length === 0) return null;
  return needed.every((name) => facts[name]?.word !== 'bad');
}
