import { describe, expect, test } from 'vitest';
import { permissions, providerTroubles, type LogLine } from '../../../contract.ts';
import type { Say } from '../../parts/words.ts';
import { isTextKey, textOf } from '../../texts/index.ts';
import { factsOf, sentenceOf } from './log-words.ts';
import { browserOf } from './sessions.tsx';

const say: Say = (key, slots) => textOf('en', key, slots);
const line = (more: Partial<LogLine>): LogLine => ({
  number: 1,
  atMs: 0,
  actor: 'p-1',
  who: 'B. Nurlan',
  act: 'roles changed',
  objectKind: 'person',
  objectId: 'p-2',
  object: 'A. Serik',
  facts: {},
  ...more,
});

test('every permission, and every trouble at the provider, is said in words', () => {
  const keys = [...permissions.map((one) => `may.${one}`), ...providerTroubles.map((one) => `provider.${one}`)];
  expect(keys.filter((key) => !isTextKey(key))).toEqual([]);
});

describe('a line of the log', () => {
  test('is a sentence with before, after and why', () => {
    const changed = line({
      facts: { before: 'operator', after: 'controller shift_lead', reason: 'a new post', alone: true },
    });
    expect(sentenceOf(changed, say)).toBe('B. Nurlan changed the roles of A. Serik.');
    expect(factsOf(changed, say)).toEqual([
      'was: Operator',
      'is: Controller, Shift lead',
      'reason: a new post',
      'alone, there was no second administrator',
    ]);
  });

  test('of an incident names its state', () => {
    const moved = line({ act: 'incident confirmed', objectKind: 'incident', object: '#8812' });
    expect(sentenceOf(moved, say)).toBe('Incident #8812, confirmed: B. Nurlan.');
  });

  test('that nobody foresaw is still said', () => {
    expect(sentenceOf(line({ act: 'did a new thing', object: '' }), say)).toBe('p-2: did a new thing. B. Nurlan.');
  });

  test('shows no digests', () => {
    const digest = 'a'.repeat(64);
    expect(
      factsOf(line({ act: 'camera changed', facts: { before: digest, after: digest, why: 'moved' } }), say),
    ).toEqual(['reason: moved']);
  });
});

test('browsers are named as people name them', () => {
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
  expect(browserOf(chrome)).toBe('Chrome 140, Windows');
  expect(browserOf(`${chrome} Edg/140.0.0.0`)).toBe('Edge 140, Windows');
  expect(browserOf('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0')).toBe(
    'Firefox 128, Linux',
  );
  expect(browserOf('curl/8')).toBe('curl/8');
});
