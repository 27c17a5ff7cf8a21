// Pure: is a still picture of now, or an old one that a camera keeps sending? Judged from two or three answers some seconds apart.
import { createHash } from 'node:crypto';
import type { Freshness } from './shapes.ts';

export interface StillAnswer {
  /** When its head came, by our clock, ms. */
  readonly atMs: number;
  /** `Date` and `Last-Modified`, by the camera's clock. */
  readonly dateMs: number | null;
  readonly lastModifiedMs: number | null;
  /** When it was taken by its own EXIF; `zoned` only where EXIF says the zone too. */
  readonly exif: { readonly atMs: number; readonly zoned: boolean } | null;
  readonly sha256: string;
}

/** A still may be so old and still serve a look; more and it is not of now. */
export const stalestS = 30;
/** Two answers that are nearer than this say nothing by being equal: cameras refresh their still every second or two. */
const tellingS = 4;

const none = (state: 'stale' | 'unsure' | 'none', why: Freshness['why']): Freshness => ({
  state,
  why,
  ageS: null,
  clockOffsetS: null,
});

/** Seconds between when the still was taken and when it was sent, both by the camera's own clock: its offset does not matter. */
function ageOf(one: StillAnswer): { ageS: number; why: 'clock' | 'exif' } | undefined {
  if (one.dateMs !== null && one.lastModifiedMs !== null)
    return { ageS: (one.dateMs - one.lastModifiedMs) / 1000, why: 'clock' };
  if (one.exif?.zoned === true) return { ageS: ((one.dateMs ?? one.atMs) - one.exif.atMs) / 1000, why: 'exif' };
  return undefined;
}

/**
 * Judges a still by its clock and by its changing. Fresh: young by its own clock, or other bytes than some seconds before. Stale: old
 * by its own clock, or the very same bytes after four seconds or more, which no sensor sends twice. A clock that never moves with a
 * picture that does is taken for a broken clock, not for an old picture; a picture that never changes with a clock that does is unsure:
 * it may be a film that repeats, and the looks find a frozen picture by themselves.
 */
export function freshnessOf(answers: readonly StillAnswer[]): Freshness {
  const [first] = answers;
  const last = answers.at(-1);
  if (!first || !last) return none('none', 'no-still');
  const clockOffsetS = last.dateMs === null ? null : (last.dateMs - last.atMs) / 1000;
  const age = ageOf(last);
  const facts = { ageS: age?.ageS ?? null, clockOffsetS };
  const isOld = age !== undefined && age.ageS > stalestS;
  const oldWhy = age?.why === 'exif' ? 'old-by-exif' : 'old-by-clock';
  if (last === first) {
    if (isOld) return { state: 'stale', why: oldWhy, ...facts };
    return age === undefined
      ? { state: 'unsure', why: 'one-answer', ...facts }
      : { state: 'fresh', why: 'clock', ...facts };
  }
  const apartS = (last.atMs - first.atMs) / 1000;
  const changed = answers.some(({ sha256 }) => sha256 !== first.sha256);
  if (!changed && apartS >= tellingS) {
    const [was, is] = [first.lastModifiedMs, last.lastModifiedMs];
    const clockMoves = was !== null && is !== null && is - was > apartS * 500;
    return { state: clockMoves ? 'unsure' : 'stale', why: 'same-bytes', ...facts };
  }
  const before = ageOf(first);
  const clockStands =
    age !== undefined && before !== undefined && changed && age.ageS - before.ageS > apartS * 0.8 && apartS >= 1;
  if (isOld && !clockStands) return { state: 'stale', why: oldWhy, ...facts };
  if (changed) return { state: 'fresh', why: 'changes', ...facts, ...(clockStands ? { ageS: null } : {}) };
  return age === undefined
    ? { state: 'unsure', why: 'one-answer', ...facts }
    : { state: 'fresh', why: 'clock', ...facts };
}

/** Digest of a still's bytes, for comparing two of them. */
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * When a JPEG was taken by its EXIF block (CIPA DC-008): `DateTimeOriginal`, and its zone where `OffsetTimeOriginal` is there. Read as
 * plain text of the block: a camera's own, and nothing but a date is believed.
 */
export function exifMoment(exif: Uint8Array | undefined): StillAnswer['exif'] {
  if (!exif) return null;
  const text = Buffer.from(exif.subarray(0, 65_536)).toString('latin1');
  const dates = [...text.matchAll(/(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/g)].map(([, y, mo, d, h, mi, s]) =>
    Date.parse(`${y ?? ''}-${mo ?? ''}-${d ?? ''}T${h ?? ''}:${mi ?? ''}:${s ?? ''}Z`),
  );
  const atMs = Math.max(...dates.filter(Number.isFinite));
  if (!Number.isFinite(atMs)) return null;
  const zone = /\0([+-])(\d\d):(\d\d)\0/.exec(text);
  if (!zone) return { atMs, zoned: false };
  const offsetMs = (Number(zone[2]) * 60 + Number(zone[3])) * 60_000 * (zone[1] === '-' ? -1 : 1);
  return { atMs: atMs - offsetMs, zoned: true };
}
