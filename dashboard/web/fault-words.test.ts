// Every fault of routing rows that forbids a change is a sentence in every language. The faults are read from the check itself.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { languages } from '#core/hazard-name';
import { faultSentence } from './fault-words.ts';

const code = readFileSync('tasks/routing-check.ts', 'utf8');
const whats = [...code.matchAll(/\berror\(\s*(?:`[^`]*`|row),\s*(?:'([^']+)'|`([^`]+)`|(what))/g)].map((m) =>
  (m[1] ?? m[2] ?? /const what = `([^`]+)`/.exec(code)?.[1] ?? '')
    .replace(/\$\{[^}]*hazard\}/g, 'snow')
    .replace(/\$\{[^}]*\}/g, 'x-1'),
);

test.each(languages)('in %s', (language) => {
  expect(whats.length).toBeGreaterThan(12);
  for (const what of whats) {
    const sentence = faultSentence({ row: 'rule r-7', what, cure: '' }, language);
    expect(sentence, what).toContain('r-7');
    expect(sentence, what).not.toMatch(/[{}]/);
    if (language !== 'en') expect(sentence, what).not.toMatch(/\b(rule|has|is|which|snow)\b/);
  }
});

test('a fault of a kind that has no sentence yet is left to the caller', () => {
  expect(faultSentence({ row: 'rule r-7', what: 'is a new thing', cure: '' }, 'ru')).toBeUndefined();
});
