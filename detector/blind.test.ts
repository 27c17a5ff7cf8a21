import { describe, expect, it } from 'vitest';
import { blindLevelOf, blindLimit, blindnessOf, obscuredBy, withSight } from './blind.ts';
import { blurred, paintedStreet } from './painted-street.ts';
import { doubtOf, judgeQuality, measureExposure, qualityLimits } from './quality.ts';

const good = { kind: 'good', why: '' } as const;
const zone = (zoneId: string, blindLevel: number) => ({ zoneId, blindLevel });

describe('a picture behind drops, ice or glare', () => {
  it('is obscured when none of its zones can be judged, and says how many', () => {
    const all = obscuredBy(good, [zone('a', 0.97), zone('b', 0.95)], 0.1);
    expect(all.kind).toBe('obscured');
    expect(all.why).toContain('none of its 2 zones');
    expect(all.why).toContain('0.95');
  });

  it('is judged when one zone still can be, whatever the rest of it looks like', () => {
    expect(obscuredBy(good, [zone('a', 0.99), zone('b', 0.4)], 0.99)).toEqual(good);
  });

  it('goes by its lower part where nobody has drawn zones', () => {
    expect(obscuredBy(good, [], blindLimit).kind).toBe('obscured');
    expect(obscuredBy(good, [], blindLimit - 0.01)).toEqual(good);
  });

  it('keeps the reason that was found before', () => {
    const dark = { kind: 'dark', why: 'lamps' } as const;
    expect(obscuredBy(dark, [zone('a', 1)], 1)).toBe(dark);
  });

  it('is judged by networks that say nothing of it', () => {
    expect(obscuredBy(good, [{ zoneId: 'a' }], 0)).toEqual(good);
  });
});

describe('the level of a zone', () => {
  it('is what the network says of the lens where all of it is ground, and grows where there is none', () => {
    expect(blindLevelOf(0.4, 1)).toBeCloseTo(0.4);
    expect(blindLevelOf(0.4, 0.5)).toBeGreaterThan(0.5);
    expect(blindLevelOf(0, 0)).toBeLessThan(blindLimit);
    expect(blindLevelOf(1, 0)).toBe(1);
    expect(blindLevelOf(0, 1)).toBe(0);
  });
});

describe('a zone', () => {
  const sight = {
    zoneId: 'a',
    surface: { dry: 1, wet: 0, water: 0, snow: 0, other: 0 },
    floodLevel: 0,
    snowLevel: 0,
    bank: null,
    hiddenShare: 0,
  };
  it('says by itself that it is hidden, from the limit on', () => {
    expect(withSight({ ...sight, blindLevel: blindLimit }).unseen).toBe('obscured');
    expect(withSight({ ...sight, blindLevel: blindLimit - 0.01 })).not.toHaveProperty('unseen');
    expect(withSight(sight)).not.toHaveProperty('unseen');
  });
});

describe('the doubt about a picture', () => {
  const doubt = (luma: ReturnType<typeof paintedStreet>): number => doubtOf(measureExposure(luma));

  it('is small by day, grows with blur, darkness and light, and passes one half where the picture is refused', () => {
    expect(doubt(paintedStreet())).toBeLessThan(0.15);
    const softer = [0, 1, 2, 4].map((radius) => doubt(blurred(paintedStreet(), radius)));
    expect(softer).toEqual(softer.toSorted((a, b) => a - b));
    for (const bad of [
      blurred(paintedStreet(), 4),
      paintedStreet({ gain: 0.03 }),
      paintedStreet({ gain: 3, lift: 120 }),
    ]) {
      expect(judgeQuality(measureExposure(bad)).kind).not.toBe('good');
      expect(doubt(bad)).toBeGreaterThanOrEqual(0.5);
    }
  });

  it('is one for a picture that is refused, else the greater of light and network', () => {
    const exposure = measureExposure(paintedStreet());
    expect(blindnessOf({ kind: 'moved', why: '' }, exposure, 0)).toBe(1);
    expect(blindnessOf(good, exposure, 0.8)).toBe(0.8);
    expect(blindnessOf(good, { ...exposure, sharpness: qualityLimits.sharpness }, 0.2)).toBeCloseTo(0.5);
  });
});
