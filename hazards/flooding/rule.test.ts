// Each named history and what must come of it.
import { expect, test } from 'vitest';
import { play } from '../history.ts';
import { flooding } from './hazard.ts';
import { histories } from './histories.ts';

test.each(histories.map((h) => [h.name, h] as const))('%s', (_name, history) => {
  expect(play(flooding, history).findings.at(-1)).toMatchObject(history.expect);
});
