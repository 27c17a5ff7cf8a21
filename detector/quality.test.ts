import { describe, expect, it } from 'vitest';
import { blurred, paintedStreet, type Painting } from './painted-street.ts';
import { judgeQuality, measureExposure } from './quality.ts';

const wordOn = (painting: Painting): string => judgeQuality(measureExposure(paintedStreet(painting))).kind;

describe('quality of a frame', () => {
  it('lets an ordinary street pass by day, in dim light and in flat light', () => {
    expect(wordOn({})).toBe('good');
    expect(wordOn({ gain: 0.35 })).toBe('good');
    expect(wordOn({ gain: 0.4, lift: 90 })).toBe('good');
    expect(wordOn({ noise: 12 })).toBe('good');
  });

  it('lets a night street with lamps pass', () => {
    const lamps = [0.1, 0.3, 0.5, 0.7, 0.9].map((x) => ({ x, y: 0.3, w: 0.02, h: 0.5, luma: 2400 }));
    expect(wordOn({ gain: 0.1, patches: lamps })).toBe('good');
  });

  it('refuses what is dark', () => {
    expect(wordOn({ gain: 0.04 })).toBe('dark');
  });

  it('refuses what is burnt out', () => {
    expect(wordOn({ gain: 3, lift: 120 })).toBe('overexposed');
  });

  it('refuses a lens with something flat before it', () => {
    const cover = { x: 0, y: 0, w: 1, h: 1, luma: 120 };
    expect(wordOn({ patches: [cover], noise: 2 })).toBe('blocked');
  });

  it('refuses a blurred picture, and the same picture with less contrast', () => {
    const one = judgeQuality(measureExposure(blurred(paintedStreet(), 4)));
    expect(one.kind).toBe('blurred');
    const pale = judgeQuality(measureExposure(blurred(paintedStreet({ gain: 0.6, lift: 40 }), 4)));
    expect(pale.kind).toBe('blurred');
  });

  it('calls a picture frozen when every byte repeats although there is noise', () => {
    const first = measureExposure(paintedStreet({ seed: 7 }));
    expect(judgeQuality(measureExposure(paintedStreet({ seed: 7 })), first.digest).kind).toBe('frozen');
    expect(judgeQuality(measureExposure(paintedStreet({ seed: 8 })), first.digest).kind).toBe('good');
    expect(judgeQuality(measureExposure(paintedStreet({ seed: 7 }))).kind).toBe('good');
  });
});
