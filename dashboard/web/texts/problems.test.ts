// Every refusal that can reach a browser is a whole sentence in every language. The refusals are read from the code that throws them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '#core/errors';
import { languages } from '#core/hazard-name';
import type { Problem } from '../../contract.ts';
import { reasonOf, reasonRows } from '../../problem-reasons.ts';
import { sentenceOf, type Trouble } from '../trouble.ts';
import { isTextKey, textOf } from './index.ts';

/** Rooms whose refusals a request can meet. What the console alone asks (`ahual models`) stays English. */
const rooms = ['store', 'incidents', 'tasks', 'evidence', 'dashboard/server'];
const consoleOnly = new Set(['store/adapt-models.ts']);

/** Names that stand for `new AhualError('CODE', …)` in a file: what they are given first is the message. */
const short = ['refused', 'invalid', 'wanted', 'tooLate'];

/** Sentences that are put together out of parts: what they come to. */
const composed: Readonly<Record<string, readonly string[]>> = {
  'store/place-versions.ts': ['The camera cam-1 was removed meanwhile.'],
  'incidents/lifecycle.ts': [
    'incident #7 cannot go from rejected to confirmed by this role.',
    'the incident cannot go from nothing to confirmed by this role.',
    'incident #7 cannot go from pending_review to rejected now.',
    'incident #7 cannot go from closed to rejected: there is no such step.',
  ],
  'incidents/verdict.ts': [
    'the verdict on incident #7 cannot be taken back: the time to take it back is over.',
    'the verdict on incident #7 cannot be taken back: it has changed since.',
    'the verdict on incident #7 cannot be taken back: its task is sent.',
    'incident #7 is closed; nothing can be merged into it.',
  ],
  'evidence/violation.ts': [
    'violation 7 cannot go from draft to handed_over.',
    'violation 7 cannot go from draft to handed_over by this role.',
  ],
  'tasks/lifecycle.ts': [
    'task 7 cannot go from sent to verified.',
    'task 7 cannot go from sent to verified by this role.',
  ],
  'dashboard/server/jpeg.ts': [
    'this photo cannot be kept: it is a PNG, not a JPEG.',
    'this photo cannot be kept: it is cut short.',
  ],
  'dashboard/server/accounts-acts.ts': [],
  'dashboard/server/accounts-entry.ts': [],
  'dashboard/server/rule-book.ts': [],
  'dashboard/server/zones.ts': [],
  'dashboard/server/photos.ts': [],
  'dashboard/server/places.ts': [],
};
/** Refusals that are known by their cure: their message is a list of faults. */
const byCure = [
  'Correct these rows; nothing was proposed.',
  'Take the proposal back and make it anew.',
  'Correct the drawing; nothing was saved.',
  'Nothing was saved.',
];

const callsOf = (text: string, name: RegExp): string[] =>
  [...text.matchAll(name)].map((m) => {
    let depth = 1;
    let end = m.index + m[0].length;
    while (depth > 0 && end < text.length) {
      if (text[end] === '(') depth++;
      if (text[end] === ')') depth--;
      end++;
    }
    return text.slice(m.index + m[0].length, end - 1);
  });

const literal = /^\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`((?:[^`$]|\$\{[^`{}]*\})*)`)/;
/** A string of the code as a person would meet it: a number stands in each hole. */
const literalAt = (code: string): string | undefined => {
  const found = literal.exec(code);
  const text = found?.[1] ?? found?.[2] ?? found?.[3];
  return text?.replace(/\$\{[^}]*\}/g, '7').replace(/\\'/g, "'");
};

interface Site {
  readonly path: string;
  readonly message: string;
  readonly cure: string;
}

function refusals(): { sites: Site[]; unread: string[] } {
  const sites: Site[] = [];
  const unread: string[] = [];
  for (const room of rooms) {
    for (const name of readdirSync(room, { recursive: true, encoding: 'utf8' })) {
      const path = join(room, name);
      if (!path.endsWith('.ts') || path.endsWith('.test.ts') || consoleOnly.has(path)) continue;
      const text = readFileSync(path, 'utf8');
      const named = [...text.matchAll(/const message =\s*/g)].map((m) => literalAt(text.slice(m.index + m[0].length)));
      for (const call of callsOf(text, /new AhualError\(/g)) {
        const code = /^\s*'([A-Z_]+)',/.exec(call);
        if (code?.[1] !== undefined && Object.hasOwn(errorCodes, code[1])) {
          const facts = Object.entries(errorCodes).find(([one]) => one === code[1])?.[1];
          if (facts && facts.status >= 500) continue;
        }
        const rest = call.slice(code?.[0].length ?? 0);
        const message = literalAt(rest);
        const after = rest.slice(literal.exec(rest)?.[0].length ?? 0).replace(/^,/, '');
        if (message !== undefined) sites.push({ path, message, cure: literalAt(after) ?? '' });
        else if (/^\s*message\b/.test(rest) && named.length > 0) {
          for (const one of named) if (one !== undefined) sites.push({ path, message: one, cure: '' });
        } else if (composed[path] === undefined) unread.push(`${path}: ${rest.slice(0, 60)}`);
      }
      for (const one of short) {
        for (const call of callsOf(text, new RegExp(`(?<![.\\w])${one}\\(`, 'g'))) {
          const message = literalAt(call);
          const after = call.slice(literal.exec(call)?.[0].length ?? 0).replace(/^,/, '');
          if (message !== undefined && / /.test(message) && /^[A-Z]/.test(message))
            sites.push({ path, message, cure: literalAt(after) ?? '' });
        }
      }
      for (const message of composed[path] ?? []) sites.push({ path, message, cure: '' });
      for (const table of text.matchAll(/(?:faultWords = |faults: [^=]*= )\{([\s\S]*?)\n\}/g)) {
        for (const [, message = ''] of (table[1] ?? '').matchAll(/: '([^']+)'/g))
          sites.push({ path, message, cure: '' });
      }
    }
  }
  return { sites, unread };
}

/** The parts of which `composed` gives the whole. */
const isPart = ({ path, message }: Site): boolean => composed[path] !== undefined && /^7|: 7\.$/.test(message);
const { sites: all, unread } = refusals();
const sites = all.filter((site) => !isPart(site));
/** Cures with facts in them, for messages whose cure the code puts together elsewhere. */
const cures = reasonRows.flatMap(({ cure }) => (cure === undefined ? [] : [cure.replace(/\{\w+\}/g, '7')]));
const rowOf = ({ message, cure }: Site): ReturnType<typeof reasonOf> =>
  reasonOf(message, cure) ??
  cures.map((one) => (byCure.includes(one) ? undefined : reasonOf(message, one))).find(Boolean);

const startUp = /^(the secret|a second factor cannot|`|the provider)/i;

test('every refusal in the code is in the catalogue of reasons', () => {
  expect(unread).toEqual([]);
  expect(sites.length).toBeGreaterThan(120);
  const unknown = sites
    .filter((site) => !rowOf(site) && !byCure.includes(site.cure) && !startUp.test(site.message))
    .map(({ path, message }) => `${path}: ${message}`);
  expect([...new Set(unknown)]).toEqual([]);
});

test('the catalogue holds nothing that no code says', () => {
  const said = new Set(sites.map((site) => rowOf(site)?.reason));
  const reasons = new Set(reasonRows.flatMap(({ reason, message }) => (reason !== null && message ? [reason] : [])));
  // Made where a request is read, not thrown by a room.
  reasons.delete('field');
  expect([...reasons].filter((reason) => !said.has(reason))).toEqual([]);
});

test('every code and every reason has its sentence', () => {
  const keys = [
    ...Object.keys(errorCodes).map((code) => `problem.code.${code}`),
    ...reasonRows.flatMap(({ reason }) => (reason === null ? [] : [`problem.${reason}`])),
  ];
  expect(keys.filter((key) => !isTextKey(key))).toEqual([]);
});

const refused = (problem: Partial<Problem> & Pick<Problem, 'code' | 'message' | 'cure'>): Trouble => {
  const said = reasonOf(problem.message, problem.cure);
  return {
    kind: 'refused',
    status: 400,
    problem: {
      requestId: 'r-1',
      ...(said?.reason == null ? {} : { reason: said.reason, facts: { ...said.facts } }),
      ...problem,
    },
  };
};

describe.each(languages)('in %s', (language) => {
  const say = (trouble: Trouble): string => sentenceOf(trouble, language, 'Asia/Almaty');

  test('every refusal of the code is said whole, and none in English by accident', () => {
    const generic = textOf(language, 'problem.unknown');
    for (const site of sites) {
      if (startUp.test(site.message)) continue;
      const sentence = say(refused({ code: 'REQUEST_INVALID', message: site.message, cure: site.cure }));
      expect(sentence, site.message).not.toMatch(/[{}]/);
      expect(sentence, site.message).not.toBe(generic);
      if (language !== 'en') expect(sentence, site.message).toMatch(/[а-яё]{3}/i);
      if (language !== 'en') expect(sentence, site.message).not.toMatch(/\b(the|was|is|cannot|this)\b/);
    }
  });

  test('every code alone is a sentence, with the number for the engineer where the server failed', () => {
    for (const [code, { status }] of Object.entries(errorCodes)) {
      const sentence = say(refused({ code, message: 'Something new.', cure: '' }));
      expect(sentence, code).not.toMatch(/[{}]|Something new/);
      if (status >= 500 && code !== 'BUSY') expect(sentence, code).toContain('r-1');
    }
  });

  test('facts stand in the sentence: states and fields by their names, numbers, who was first', () => {
    const changed = 'incident #8812 was changed meanwhile (pending_review then, confirmed now).';
    const sentence = say(refused({ code: 'INCIDENT_CHANGED', message: changed, cure: '' }));
    expect(sentence).toContain('#8812');
    expect(sentence).toContain(textOf(language, 'state.confirmed'));
    const first = { who: 'А. Серік', atMs: Date.UTC(2026, 10, 22, 9, 31, 52), state: 'confirmed', version: 3 };
    expect(say(refused({ code: 'INCIDENT_CHANGED', message: changed, cure: '', first }))).toMatch(
      /А\. Серік.*14:31:52/,
    );
    const locked = 'Too many wrong passwords; from here this login is closed for 14 min more.';
    expect(say(refused({ code: 'AUTH_WRONG', message: locked, cure: '' }))).toContain('14');
    const field = 'This request does not have the agreed form (password: Too small).';
    expect(say(refused({ code: 'REQUEST_INVALID', message: field, cure: '' }))).toContain(
      textOf(language, 'problem.field.password'),
    );
  });

  test('a code of a newer server is said too', () => {
    expect(say(refused({ code: 'NEW_CODE', message: 'New words.', cure: '' }))).toBe(
      textOf(language, 'problem.unknown'),
    );
  });
});
