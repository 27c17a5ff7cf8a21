import { describe, expect, test } from 'vitest';
import { languages, type HazardName, type Language } from '#core/hazard-name';
import type { Incident } from '#core/incident';
import { defaultHazardSettings } from '#hazards';
import { formatOf } from '../../format.ts';
import { textOf } from '../../texts/index.ts';
import { headline, whyWords, type WhyNeeds } from './why-words.ts';

const nowMs = Date.UTC(2026, 1, 3, 9);
const needs = (language: Language): WhyNeeds => ({
  say: (key, slots) => textOf(language, key, slots),
  format: formatOf(language, 'UTC'),
  language,
  nowMs,
});

type Shown = Parameters<typeof whyWords>[0]['incident'];
type Facts = Incident['why']['facts'];

const incident = (hazard: HazardName, rule: string, facts: Facts, more: Partial<Shown> = {}): Shown => ({
  hazard,
  level: 0.8,
  severity: 'S3',
  reopens: 0,
  beforeAtMs: null,
  why: {
    looks: 4,
    hazardLooks: 3,
    overS: 380,
    level: 0.8,
    rule,
    models: [],
    weather: '',
    facts: { severityReasons: '', pace: 1, thresholds: JSON.stringify(defaultHazardSettings[hazard]), ...facts },
  },
  ...more,
});

const flooding = incident(
  'flooding',
  'flooding.persistence',
  {
    share: 0.34,
    flood: 0.86,
    past: 7,
    levelAlone: 0.79,
    levelWithPast: 0.86,
    grewBy: 0.31,
    grewInS: 1500,
    waterM2: 46,
    severityReasons: 'arterial freezing',
  },
  { reopens: 2 },
);
const snow = incident('snow', 'snow.deadline', {
  share: 0.4,
  peakShare: 0.9,
  snowfallEndedAtMs: Date.UTC(2026, 1, 3, 4, 10),
  deadlineAtMs: Date.UTC(2026, 1, 3, 8),
  lateS: 3600,
});
const windrow = incident('snow', 'snow.windrow', { share: 0.1, bank: 0.18 });
const manhole = incident('open-manhole', 'open-manhole.persistence', { open: 0.8, freeLooks: 2, past: 5, darker: 0.4 });
const act = incident('dumping', 'dumping.act', { signs: 'raised heap', stoppedS: 40 });
const heap = incident('dumping', 'dumping.heap', { past: 6, newShare: 0.12 });

const words = (one: Shown, language: Language = 'en', cameras = 1): string[] =>
  whyWords({ incident: one, cameras }, undefined, needs(language)).map((line) => line.replaceAll('\u00a0', ' '));

describe('why, in words', () => {
  test('flooding: by share and by level, with the past, the growth, the area and the severity', () => {
    expect(words(flooding, 'en', 3)).toEqual([
      'It stays longer than splashes and glare do',
      'Water on 34% of the zone, threshold 20%',
      'Level 0.86, threshold 0.80',
      'With this camera’s own past (clear pictures: 7): 0.86; without it: 0.79',
      'Grew by 0.31 in 25 min',
      'Water over about 46 m²',
      'The rule wants 3 of 4 looks in at least 3 min',
      'Severity: High. Taken into account: main street, frost: the water turns to ice',
      'Cameras that see it: 3',
      'Reopened: 2',
    ]);
    expect(headline(flooding, needs('en'))).toContain('34%');
  });

  test('flooding by the level of the whole zone does not claim a share of water', () => {
    const whole = incident('flooding', 'flooding.persistence', { share: 0.05, flood: 0.9 });
    expect(headline(whole, needs('en'))).toContain('The whole zone is flooded');
    expect(words(whole).join()).not.toContain('5%');
  });

  test('snow: the end of the snowfall, the deadline and how late, and what is cleared already', () => {
    expect(words(snow).slice(0, 4)).toEqual([
      'The snowfall ended 04:10',
      'The deadline passed 08:00, late by 1 h',
      'Level 0.80, threshold 0.30',
      'Partly cleared: was 90%, now 40%',
    ]);
  });

  test('a windrow and a heap do not claim a deadline or a vehicle that nobody saw', () => {
    expect(headline(windrow, needs('en'))).toBe(
      'A bank of snow blocks a crossing or a stop: no deadline is waited for',
    );
    expect(words(windrow)).toContain('Level 0.18, threshold 0.12');
    expect(headline(heap, needs('en'))).toBe('A heap lies here; nobody was seen leaving it');
    expect(words(heap)).toContain('New on the ground against clear pictures of this camera (6): 12%');
  });

  test('a manhole tells how many looks were free of vehicles, an act by which signs it is known', () => {
    expect(words(manhole)).toContain('The cover is open or missing; looks without a vehicle over it: 2');
    expect(words(manhole)).toContain('The cover is darker than in clear pictures of this camera (5) by 40%');
    expect(words(act)).toContain('Signs of the act: the body was raised, a new heap stayed');
    expect(words(act).join()).not.toContain('The rule wants');
  });

  test('the pace of a demo city divides what the rule wants', () => {
    const fast = incident('flooding', 'flooding.persistence', { flood: 0.9, pace: 60 });
    expect(words(fast)).toContain('The rule wants 3 of 4 looks in at least 3 s');
  });

  test('an incident of an older version says less, and nothing wrong', () => {
    const old = incident('flooding', 'flooding', { thresholds: '{', severityReasons: 'unheard-of' });
    expect(words(old)).toEqual(['Severity: High, by the kind of hazard and place']);
  });

  test.each(languages)('no raw name of a fact, an unfilled slot or a broken number in %s', (language) => {
    for (const one of [flooding, snow, windrow, manhole, act, heap]) {
      for (const line of [headline(one, needs(language)), ...words(one, language, 2)]) {
        expect(line).not.toMatch(/\{|\}|NaN|undefined|levelAlone|peakShare|persistence|[a-z]+[A-Z][a-z]+/);
      }
    }
  });
});
