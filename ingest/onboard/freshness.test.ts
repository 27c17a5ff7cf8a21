import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { exifMoment, freshnessOf, type StillAnswer } from './freshness.ts';

const base = Date.UTC(2026, 10, 22, 12, 0, 0);
const one = (s: number, over: Partial<StillAnswer> = {}): StillAnswer => ({
  atMs: base + s * 1000,
  dateMs: null,
  lastModifiedMs: null,
  exif: null,
  sha256: `picture ${s}`,
  ...over,
});
const clocked = (s: number, ageS: number, offsetS = 0, over: Partial<StillAnswer> = {}): StillAnswer =>
  one(s, { dateMs: base + (s + offsetS) * 1000, lastModifiedMs: base + (s + offsetS - ageS) * 1000, ...over });

describe('a still picture', () => {
  it.each<[string, readonly StillAnswer[], object]>([
    [
      'that changes and is young by its clock',
      [clocked(0, 1), clocked(6, 1)],
      { state: 'fresh', why: 'changes', ageS: 1 },
    ],
    [
      'of a camera whose clock is a day off',
      [clocked(0, 1, 86_400), clocked(6, 0, 86_400)],
      { state: 'fresh', clockOffsetS: 86_400 },
    ],
    ['that changes without any clock', [one(0), one(6)], { state: 'fresh', why: 'changes', ageS: null }],
    [
      'of an hour ago by its clock',
      [clocked(0, 3600, 0, { sha256: 'a' }), clocked(1, 3600, 0, { sha256: 'b' })],
      { state: 'stale', why: 'old-by-clock' },
    ],
    [
      'of the very same bytes and moment after six seconds',
      [clocked(0, 0, 0, { sha256: 'a' }), clocked(6, 6, 0, { sha256: 'a' })],
      { state: 'stale', why: 'same-bytes' },
    ],
    [
      'of the very same bytes without any clock',
      [one(0, { sha256: 'a' }), one(6, { sha256: 'a' })],
      { state: 'stale', why: 'same-bytes' },
    ],
    [
      'of the very same bytes with a clock that goes on',
      [clocked(0, 0, 0, { sha256: 'a' }), clocked(6, 0, 0, { sha256: 'a' })],
      { state: 'unsure', why: 'same-bytes' },
    ],
    [
      'of the same bytes twice and others the third time',
      [one(0, { sha256: 'a' }), one(6, { sha256: 'a' }), one(9)],
      { state: 'fresh' },
    ],
    ['of the same bytes within a second', [one(0, { sha256: 'a' }), one(1, { sha256: 'a' })], { state: 'unsure' }],
    [
      'that changes while its Last-Modified stands for ever',
      [clocked(0, 5000), clocked(6, 5006)],
      { state: 'fresh', ageS: null },
    ],
    ['that came once and is old', [clocked(0, 61)], { state: 'stale', ageS: 61 }],
    ['that came once and says nothing', [one(0)], { state: 'unsure', why: 'one-answer' }],
    [
      'that is old by its EXIF with a zone',
      [
        one(0, { exif: { atMs: base - 600_000, zoned: true }, sha256: 'a' }),
        one(2, { exif: { atMs: base - 600_000 + 2000, zoned: true } }),
      ],
      { state: 'stale', why: 'old-by-exif' },
    ],
    [
      'whose EXIF has no zone and proves nothing',
      [one(0, { exif: { atMs: base - 5 * 3_600_000, zoned: false } }), one(6)],
      { state: 'fresh' },
    ],
    ['that there is none of', [], { state: 'none' }],
  ])('%s', (_, answers, verdict) => {
    expect(freshnessOf(answers)).toMatchObject(verdict);
  });

  it('is dated by its EXIF, with and without a zone, and by nothing else', async () => {
    const dated = async (fields: Record<string, string>): Promise<Buffer | undefined> => {
      const plain = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } });
      const bytes = await plain.withExif({ IFD2: fields }).jpeg().toBuffer();
      return (await sharp(bytes).metadata()).exif;
    };
    const DateTimeOriginal = '2026:11:22 17:00:00';
    expect(exifMoment(await dated({ DateTimeOriginal }))).toEqual({ atMs: base + 5 * 3_600_000, zoned: false });
    expect(exifMoment(await dated({ DateTimeOriginal, OffsetTimeOriginal: '+05:00' }))).toEqual({
      atMs: base,
      zoned: true,
    });
    expect(exifMoment(await dated({ UserComment: 'no date' }))).toBeNull();
    expect(exifMoment(undefined)).toBeNull();
  });
});
