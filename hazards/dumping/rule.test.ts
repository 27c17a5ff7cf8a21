// Each named history and story, and what must come of it.
import { expect, test } from 'vitest';
import { historyCamera, historyStartMs, play } from '../history.ts';
import { observeBeat, observeStory } from '../observe.ts';
import { defaultHazardSettings } from '../settings.ts';
import { LookId } from '#core/ids';
import { dumping } from './hazard.ts';
import { histories, parking, stories } from './histories.ts';

const look = { id: LookId.parse('look-1'), seenAtMs: historyStartMs, stillSha256: null };

test.each(histories.map((h) => [h.name, h] as const))('%s', (_name, history) => {
  expect(play(dumping, history).findings.at(-1)).toMatchObject(history.expect);
});

test.each(stories.map((s) => [s.name, s] as const))('a story: %s', (_name, { zoneKind, story, expect: wanted }) => {
  const camera = historyCamera('dumping', { kind: zoneKind ?? 'no-dumping' });
  const seen = observeStory({ ...parking, ...story }, camera, look);
  expect(seen).toMatchObject({ word: wanted.word, ...(wanted.sub ? { sub: wanted.sub } : {}) });
  if (wanted.why) expect(seen.support.facts['why']).toBe(wanted.why);
});

test('an act keeps the picture from before the vehicle came', () => {
  const [first] = histories;
  if (!first) throw new RangeError('no history');
  expect(play(dumping, first).findings[0]).toMatchObject({
    beforeSha256: 'b',
    beforeAtMs: 5,
    stillSha256: 'acting',
    act: true,
  });
});

test.each([
  ['a heap', { heapScore: 0.8, newShare: 0.1, hiddenShare: 0 }, 'hazard'],
  ['the clean place', { heapScore: 0.1, newShare: 0.01, hiddenShare: 0 }, 'clear'],
  ['new snow on the clean place', { heapScore: 0.1, newShare: 0.6, hiddenShare: 0 }, 'cannot-see'],
  ['a lorry in front of the place', { heapScore: 0.1, newShare: 0.01, hiddenShare: 0.8 }, 'cannot-see'],
  ['something that may be a heap', { heapScore: 0.4, newShare: 0.01, hiddenShare: 0 }, 'cannot-see'],
] as const)('a beat: %s', (_name, beat, word) => {
  const camera = historyCamera('dumping', { kind: 'no-dumping' });
  expect(observeBeat({ zoneId: 'z1', heapBox: null, ...beat }, camera, look, defaultHazardSettings).word).toBe(word);
});

test('a beat of a zone that the camera no longer has says nothing', () => {
  const camera = historyCamera('dumping', { kind: 'no-dumping' });
  const beat = { zoneId: 'gone', heapBox: null, heapScore: 0, newShare: 0, hiddenShare: 0 };
  expect(observeBeat(beat, camera, look)).toMatchObject({ word: 'cannot-see', zoneId: 'gone' });
});
