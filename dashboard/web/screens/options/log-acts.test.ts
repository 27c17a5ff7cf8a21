// Every act that the product can write down has a sentence in the log. The acts are read from the code that writes them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clipStates } from '#core/clip';
import { languages } from '#core/hazard-name';
import { incidentStates } from '#core/incident';
import { plateStates } from '#core/plate';
import { taskStates } from '#core/task';
import { violationStates } from '#core/violation';
import type { LogLine } from '../../../contract.ts';
import type { Say } from '../../parts/words.ts';
import { isTextKey, textOf } from '../../texts/index.ts';
import { factsOf, sentenceOf } from './log-words.ts';

const rooms = ['store', 'incidents', 'tasks', 'evidence', 'ingest', 'hazards', 'dashboard/server', 'cli'];
const sources = rooms.flatMap((room) =>
  readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => ({ path: join(room, path), text: readFileSync(join(room, path), 'utf8') })),
);
const textAt = (path: string): string => sources.find((one) => one.path === path)?.text ?? '';

const stringsIn = (text: string): string[] =>
  [...text.matchAll(/'([^'\n]*)'|`([^`\n]*)`/g)].map((m) => m[1] ?? m[2] ?? '');

/** What stands behind an `act:` that is more than one string, by its own words in the code. */
const places = ['added', 'changed', 'restored', 'removed'];
const composed: Readonly<Record<string, readonly string[]>> = {
  'incident ${after.state}': incidentStates.map((state) => `incident ${state}`),
  'task ${after.state}': taskStates.map((state) => `task ${state}`),
  'violation ${after.state}': violationStates.map((state) => `violation ${state}`),
  'clip ${row.state}': clipStates.map((state) => `clip ${state}`),
  'plate ${plate.state}': plateStates.map((state) => `plate ${state}`),
  'patrol: ${given.answer}': ['patrol: clean', 'patrol: found'],
  // An agency has no zones.
  '${kind} ${act}': [...places.flatMap((act) => [`camera ${act}`, `agency ${act}`]), 'camera zones'],
  'rules ${to}': ['published', 'refused', 'withdrawn'].map((to) => `rules ${to}`),
  'act ${decision}': ['act refused', 'act withdrawn'],
};

/** Functions that write an act which their caller names: the argument of every call is an act. */
const writers: Readonly<Record<string, { readonly calls: RegExp; readonly path: string }>> = {
  adaptations: { path: 'store/adapt-models.ts', calls: /tell\(tx, \w+, ('[^']+')/g },
  appeals: { path: 'store/appeals.ts', calls: /tell\(tx, \w+, ('[^']+')/g },
  shifts: { path: 'store/seats.ts', calls: /writeShift\(tx, [^']*('[^']+')/g },
  looks: { path: 'store/second-looks.ts', calls: /await write\(tx, [^']*('[^']+')/g },
  me: { path: 'dashboard/server/accounts-me.ts', calls: /note\(tx, [^']*('[^']+')/g },
  people: { path: 'dashboard/server/accounts.ts', calls: /changed\(session\.person, params\.id, ('[^']+')/g },
  door: { path: 'dashboard/server/door.ts', calls: /writeAct\(tx, [^']*('[^']+')/g },
  acts: { path: 'dashboard/server/accounts-acts.ts', calls: /\bwrite\(\w+, ('[^']+')/g },
};

/** Files in which an act is handed on by a variable, and the writer above that reads it. */
const handed = new Set(Object.values(writers).map((one) => one.path));

function actsOfCode(): { acts: Set<string>; unread: string[] } {
  const acts = new Set<string>();
  const unread: string[] = [];
  for (const { path, text } of sources) {
    if (!text.includes('audit.write(')) continue;
    for (const [, call = ''] of text.matchAll(/audit\.write\(([\s\S]{0,400}?)(?:\n {2,8}\}|\}\)|\);)/g)) {
      const value = /\bact: ([^\n]+?)(?:,\n|, objectKind)/.exec(call)?.[1];
      if (value === undefined) {
        if (!handed.has(path) && !/\.\.\.act\b/.test(call)) unread.push(`${path}: ${call.slice(0, 80)}`);
        continue;
      }
      for (const found of stringsIn(value)) {
        if (!found.includes('${')) acts.add(found);
        else if (composed[found]) composed[found].forEach((act) => acts.add(act));
        else unread.push(`${path}: ${found}`);
      }
    }
    for (const [, act = ''] of text.matchAll(/\bact = \{ actor, act: '([^']+)'/g)) acts.add(act);
  }
  for (const { path, calls } of Object.values(writers)) {
    for (const [, found = ''] of textAt(path).matchAll(calls)) acts.add(found.slice(1, -1));
  }
  return { acts, unread };
}

const { acts, unread } = actsOfCode();

test('every place that writes an act is understood by this test', () => {
  expect(unread).toEqual([]);
  expect(acts.size).toBeGreaterThan(80);
  for (const known of ['sign-in', 'roles changed', 'person added', 'reference learned', 'clip lost', 'appeal unlinked'])
    expect([...acts]).toContain(known);
});

const kindOf = (act: string): string => /^(incident|task|violation) /.exec(act)?.[1] ?? 'thing';

test.each(languages)('every act has a sentence in %s', (language) => {
  const say: Say = (key, slots) => textOf(language, key, slots);
  const mute = [...acts].filter((act) => {
    const line: LogLine = {
      number: 1,
      atMs: 0,
      actor: 'p-1',
      who: 'B. N',
      act,
      objectKind: kindOf(act),
      objectId: 'o-1',
      object: '#1',
      facts: {},
    };
    const sentence = sentenceOf(line, say);
    const bare = kindOf(act) === 'thing' && !isTextKey(`log.act.${act.replaceAll(' ', '-')}`);
    const state = act.slice(kindOf(act).length + 1);
    return bare || (kindOf(act) !== 'thing' && sentence.includes(state) && language !== 'en');
  });
  expect(mute).toEqual([]);
});

test('what machines say to machines is no reason for a person', () => {
  const say: Say = (key, slots) => textOf('kk', key, slots);
  const line = (more: Partial<LogLine>): LogLine => ({
    ...{
      number: 1,
      atMs: 0,
      actor: 'p-1',
      who: 'B. N',
      act: 'task accepted',
      objectKind: 'task',
      objectId: 't',
      object: '#1',
    },
    facts: {},
    ...more,
  });
  expect(factsOf(line({ facts: { reason: 'taken' } }), say)).toEqual([]);
  expect(factsOf(line({ actor: 'judge', facts: { reason: 'seen clear in 3 looks' } }), say)).toEqual([]);
  expect(factsOf(line({ facts: { reason: 'Жол жөнделуде' } }), say)[0]).toContain('Жол жөнделуде');
  expect(factsOf(line({ act: 'task declined', facts: { reason: 'wrong_owner' } }), say)[0]).not.toContain(
    'wrong_owner',
  );
  expect(
    factsOf(line({ act: 'camera restored', objectKind: 'camera', facts: { why: 'version 3' } }), say)[0],
  ).toContain('3-нұсқа');
});
