import { describe, expect, test } from 'vitest';
import { contrast, difference, eyeKinds } from './contrast.ts';
import { dark, day, grey, type Token } from './tokens.ts';

const grounds = ['bg0', 'bg1', 'bg2'] as const;
const words = ['text', 'neutral', 'mute', 'critical', 'high', 'watch'] as const;
const alarms = ['critical', 'high', 'watch', 'neutral'] as const;

describe.each([
  ['dark', dark],
  ['day', day],
  ['grey', grey],
] as [string, Record<Token, string>][])('%s theme', (_, tokens) => {
  test.each(grounds)('every word is readable on %s', (ground) => {
    for (const word of words) expect(contrast(tokens[word], tokens[ground]), word).toBeGreaterThanOrEqual(4.5);
  });

  test('outlines stand out from every ground', () => {
    for (const ground of grounds) expect(contrast(tokens.edge, tokens[ground]), ground).toBeGreaterThanOrEqual(3);
  });

  test('words on a filled shape are readable', () => {
    for (const fill of ['critical', 'high', 'watch'] as const)
      expect(contrast(tokens.on, tokens[fill]), fill).toBeGreaterThanOrEqual(4.5);
  });
});

test('the three alarms and normal are told apart by every kind of eyes', () => {
  for (const eyes of eyeKinds) {
    for (const [i, a] of alarms.entries()) {
      for (const b of alarms.slice(i + 1))
        expect(difference(dark[a], dark[b], eyes), `${a} ${b} ${eyes}`).toBeGreaterThanOrEqual(20);
    }
  }
});

test('the measures themselves are right', () => {
  expect(contrast('#000000', '#FFFFFF')).toBeCloseTo(21, 5);
  expect(difference('#123456', '#123456', 'normal')).toBe(0);
  // White against black differs by the whole length of the lightness axis.
  expect(difference('#000000', '#FFFFFF', 'normal')).toBeCloseTo(100, 1);
});
