import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { languages } from '#core/hazard-name';
import { healthStates } from '#core/camera';
import { incidentStates, rejectReasons } from '#core/incident';
import { roles } from '#core/person';
import { declineReasons, taskStates } from '#core/task';
import { violationStates } from '#core/violation';
import { isTextKey, textOf, textTables, type Text } from './index.ts';

const forms = (text: Text): string[] => (typeof text === 'string' ? [text] : Object.values(text));
const slotsOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort();

describe.each(languages)('texts in %s', (language) => {
  const table = textTables[language];

  test('hold every key, and no other', () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(textTables.en).sort());
  });

  test('are never empty and have the slots of the other languages', () => {
    for (const [key, english] of Object.entries(textTables.en)) {
      if (!isTextKey(key)) throw new Error(key);
      for (const form of forms(table[key])) {
        expect(form.trim(), key).not.toBe('');
        expect(slotsOf(form), key).toEqual(slotsOf(forms(english)[0] ?? ''));
      }
    }
  });

  test('name every state, reason and role', () => {
    const needed = [
      ...incidentStates.map((one) => `state.${one}`),
      ...rejectReasons.map((one) => `reject.${one}`),
      ...taskStates.map((one) => `task.${one}`),
      ...declineReasons.map((one) => `decline.${one}`),
      ...violationStates.map((one) => `violation.${one}`),
      ...healthStates.map((one) => `health.${one}`),
      ...roles.map((one) => `role.${one}`),
    ];
    expect(needed.filter((key) => !isTextKey(key))).toEqual([]);
  });
});

test('Kazakh is Kazakh: no letters or words of Russian where its own are wanted', () => {
  for (const [key, text] of Object.entries(textTables.kk)) {
    for (const form of forms(text)) {
      expect(form, key).not.toMatch(/[щё]/i);
      expect(
        form.replace(/\{\w+\}|[DWMCVTOA] |CAM|SHA-256|CSV|UTF-\d+|Windows-1251|JSON|Excel|°C/g, ''),
        key,
      ).not.toMatch(/[a-z]{2,}/i);
    }
  }
});

test('roles are called what the city calls them', () => {
  const Rows = z.array(z.object({ key: z.string(), kk: z.string(), ru: z.string(), en: z.string() }));
  const rows = Rows.parse(parse(readFileSync('config/city/terms.csv', 'utf8'), { columns: true }));
  const checked = rows.filter((row) => /^(role|reject)\./.test(row.key) && isTextKey(row.key));
  expect(checked.length).toBeGreaterThan(20);
  for (const { key, ...words } of checked) {
    if (!isTextKey(key)) continue;
    for (const language of languages) expect(textOf(language, key), `${key} ${language}`).toBe(words[language]);
  }
});

test('slots are filled, numbers as the language writes them', () => {
  expect(textOf('ru', 'frame.waiting', { n: 12036 })).toBe('Ждут решения: 12\u00a0036');
  expect(textOf('kk', 'line.down', { time: '14:31:52' })).toContain('14:31:52');
});
