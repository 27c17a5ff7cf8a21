// Fit and measure on drawn histories: what helps is offered, what does not is not, and nothing is learned from the judge's days.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { featureCount } from '#core/adaptation';
import type { adapt } from '#store';
import { randomOf } from '../eval/ranking.ts';
import { cityPrior, fit, fitLogistic, solve } from './fit.ts';
import { materialOf, splitByDays, type Example } from './material.ts';
import { dayNames, fitAndMeasure, MeasureWrong } from './run.ts';
import { aucOfGroups, compare, objection } from './score.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 8, 1, 6);
const dayOf = dayNames('Asia/Almaty');
const none = (): number => 0;

/** Standard normal numbers from a text. */
function normalOf(text: string): () => number {
  const random = randomOf(text);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

interface Wanted {
  readonly cameraId: string;
  readonly days: number;
  readonly mirrors: number;
  readonly mirrorMargin: number;
  readonly floods: number;
  readonly floodMargin: number;
  /** How far mirrors and floods lie from the middle in each of six features. */
  readonly apart: number;
  readonly seed: string;
}

/** A camera whose wet asphalt is called at `mirrorMargin`, with floods at `floodMargin` and calm looks far below. */
function history(wanted: Wanted): Example[] {
  const normal = normalOf(wanted.seed);
  const examples: Example[] = [];
  const look = (
    day: number,
    positive: boolean,
    origin: Example['origin'],
    margin: number,
    side: number,
    group: string,
  ) => {
    const features = Array.from({ length: featureCount }, (_, i) => normal() + (i < 6 ? side : 0));
    const atMs = startMs + day * dayMs + examples.length * 1000;
    examples.push({
      cameraId: wanted.cameraId,
      atMs,
      group: `${wanted.cameraId} ${group}`,
      day: dayOf(atMs),
      positive,
      origin,
      weight: 1 / 3,
      margin: margin + normal() * 0.5,
      features,
    });
  };
  for (let day = 0; day < wanted.days; day++) {
    for (let i = 0; i < 3; i++) look(day, false, 'calm', -4, -wanted.apart, `calm ${day}`);
    for (let n = 0; n < wanted.mirrors; n++)
      for (let i = 0; i < 3; i++) look(day, false, 'verdict', wanted.mirrorMargin, -wanted.apart, `mirror ${day} ${n}`);
    for (let n = 0; n < wanted.floods; n++)
      for (let i = 0; i < 3; i++) look(day, true, 'verdict', wanted.floodMargin, wanted.apart, `flood ${day} ${n}`);
  }
  return examples;
}

const fooled: Wanted = {
  cameraId: 'c',
  days: 20,
  mirrors: 1,
  mirrorMargin: 1.2,
  floods: 0,
  floodMargin: 4.5,
  apart: 0,
  seed: 'c',
};
const city: readonly Example[] = Array.from({ length: 10 }, (_, i) =>
  history({ ...fooled, cameraId: `o${i}`, days: 6, mirrors: 0, floods: 1, seed: `o${i}` }),
).flat();

const splitOf = (examples: readonly Example[]) => {
  const split = splitByDays(examples);
  if (!split) throw new Error('too few days');
  return split;
};
const measured = (own: readonly Example[], more: Partial<Parameters<typeof fitAndMeasure>[0]> = {}) => {
  const tried = fitAndMeasure({
    split: splitOf(own),
    others: city,
    methods: ['threshold', 'norm', 'head'],
    before: none,
    frames: 64,
    seed: 1,
    ...more,
  });
  if (!tried) throw new Error('nothing was fitted');
  return tried;
};

describe('the logistic', () => {
  test('solves what Cholesky solves', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 9, maxLength: 9 }),
        fc.array(number, { minLength: 3, maxLength: 3 }),
        (m, b) => {
          const a = new Float64Array(9);
          for (let i = 0; i < 3; i++)
            for (let j = 0; j < 3; j++) {
              a[i * 3 + j] = i === j ? 1 : 0;
              for (let k = 0; k < 3; k++)
                a[i * 3 + j] = (a[i * 3 + j] ?? 0) + (m[i * 3 + k] ?? 0) * (m[j * 3 + k] ?? 0);
            }
          const x = solve(a, b);
          b.forEach((want, i) => expect(x.reduce((s, v, j) => s + v * (a[i * 3 + j] ?? 0), 0)).toBeCloseTo(want, 6));
        },
      ),
    );
  });

  test('without anything to learn from it is the prior, and with much it leaves it', () => {
    const prior = { priorMean: [0.7], priorPrecision: [1] };
    expect(fitLogistic({ rows: [], positive: [], weights: [], offsets: [], ...prior })).toEqual([0.7]);
    const n = 400;
    const rows = Array.from({ length: n }, () => [1]);
    const many = { rows, weights: rows.map(() => 1), offsets: rows.map(() => 0), ...prior };
    const [share] = fitLogistic({ ...many, positive: rows.map((_, i) => i % 4 === 0) });
    expect(share).toBeCloseTo(Math.log(1 / 3), 1);
  });

  test('any material gives finite weights', () => {
    const example = fc.record({
      positive: fc.boolean(),
      margin: fc.double({ min: -12, max: 12, noNaN: true }),
      features: fc.array(fc.double({ min: -50, max: 50, noNaN: true }), {
        minLength: featureCount,
        maxLength: featureCount,
      }),
    });
    fc.assert(
      fc.property(fc.array(example, { minLength: 1, maxLength: 12 }), (given) => {
        const own = given.map((one, i): Example => ({
          ...one,
          cameraId: 'c',
          atMs: i,
          group: String(i),
          day: '2026-01-01',
          origin: 'verdict',
          weight: 1,
        }));
        for (const method of ['threshold', 'head'] as const) {
          const parameters = fit(method, { own, borrowed: [], prior: cityPrior([], own) });
          expect(JSON.stringify(parameters)).not.toMatch(/null|NaN|Infinity/);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('the days that are kept out', () => {
  test('are the last fifth, never fewer than two, and no group is on both sides', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 40 }), (days) => {
        const split = splitOf(history({ ...fooled, days }));
        expect(split.holdoutDays).toBe(Math.max(2, Math.ceil(days / 5)));
        const kept = new Set(split.holdout.map((one) => one.group));
        expect(split.fit.some((one) => kept.has(one.group) || one.atMs >= split.holdoutFromMs)).toBe(false);
      }),
    );
    expect(splitByDays(history({ ...fooled, days: 3 }))).toBeNull();
  });

  test('a fit that saw them is refused', () => {
    expect(() => measured(history(fooled), { sabotage: 'train-on-holdout' })).toThrow(MeasureWrong);
  });
});

describe('a camera that is fooled by wet asphalt', () => {
  test('is quiet afterwards, by a threshold alone, and a flood is still called', () => {
    const tried = measured(history(fooled));
    expect(tried.objection).toBeNull();
    expect(tried.parameters.kind).toBe('threshold');
    expect(tried.comparison).toMatchObject({
      recallOn: 'borrowed',
      before: { faPerDay: 1, recall: 1 },
      after: { recall: 1 },
    });
    expect(tried.comparison.after.faPerDay).toBeLessThan(0.3);
    expect(tried.comparison.gainCi95?.[0]).toBeGreaterThan(0);
  });

  test('whose mirrors look as sure as floods needs a head, and gets one', () => {
    const own = { ...fooled, mirrorMargin: 2.5, floods: 1, floodMargin: 2.5, apart: 1, days: 30 };
    const floods = Array.from({ length: 10 }, (_, i) =>
      history({ ...own, cameraId: `o${i}`, days: 6, seed: `o${i}` }),
    ).flat();
    const tried = measured(history(own), { others: floods, frames: 4096 });
    expect(tried.parameters.kind).toBe('head');
    expect(tried.objection).toBeNull();
    expect(tried.comparison.after.auc).toBeGreaterThan((tried.comparison.before.auc ?? 1) + 0.2);
  });

  test('is left alone when quiet would cost floods: they look the same', () => {
    const own = { ...fooled, mirrorMargin: 2, floods: 1, floodMargin: 2, apart: 0, days: 30 };
    expect(measured(history(own), { methods: ['threshold'], others: [] }).objection).not.toBeNull();
  });

  test('is left alone when nothing says what a flood looks like', () => {
    expect(measured(history(fooled), { others: [] }).objection).not.toBeNull();
  });

  test('a camera that is right already is not touched', () => {
    const right = { ...fooled, mirrors: 0, floods: 1 };
    expect(measured(history(right)).objection).not.toBeNull();
  });

  test.each([1, 2, 3, 4, 5])('one wrong verdict in ten does not make it worse than before (draw %i)', (draw) => {
    const own = history({ ...fooled, floods: 1, days: 30, seed: `wrong ${draw}` });
    const split = splitOf(own);
    const random = randomOf(`wrong ${draw}`);
    const wrong = new Set(
      [...new Set(split.fit.filter((one) => one.origin === 'verdict').map((one) => one.group))].filter(
        () => random() < 0.1,
      ),
    );
    expect(wrong.size).toBeGreaterThan(0);
    const lied = split.fit.map((one) => (wrong.has(one.group) ? { ...one, positive: !one.positive } : one));
    for (const method of ['threshold', 'head'] as const) {
      const tried = fitAndMeasure({
        split: { ...split, fit: lied },
        others: city,
        methods: [method],
        before: none,
        frames: 4096,
        seed: draw,
      });
      const { before, after } = tried?.comparison ?? {};
      expect(after?.faPerDay).toBeLessThanOrEqual(before?.faPerDay ?? 0);
      expect(after?.recall).toBeGreaterThanOrEqual(before?.recall ?? 1);
      expect(after?.auc ?? 0).toBeGreaterThanOrEqual((before?.auc ?? 0) - 0.005);
    }
  });
});

describe('figures', () => {
  test('ranking is that of the groups, ties count half', () => {
    const one = (positive: boolean, margin: number, group: string): Example => ({
      cameraId: 'c',
      atMs: 0,
      group,
      day: '',
      positive,
      origin: 'verdict',
      weight: 1,
      margin,
      features: null,
    });
    expect(aucOfGroups([[one(true, 1, 'a')], [one(false, 0, 'b')]], none)).toBe(1);
    expect(aucOfGroups([[one(true, 1, 'a')], [one(false, 1, 'b')]], none)).toBe(0.5);
    expect(aucOfGroups([[one(true, 1, 'a')]], none)).toBeNull();
  });

  test('a correction that changes nothing gains nothing', () => {
    const holdout = history({ ...fooled, floods: 1 });
    const same = compare({ holdout, borrowed: [], days: 20, before: none, after: none, gainIn: 'calls', seed: 1 });
    expect(same.gain).toBe(0);
    expect(objection(same)).toMatch(/luck/);
  });

  test('a correction that mutes everything is refused', () => {
    const holdout = history({ ...fooled, floods: 1 });
    const mute = compare({ holdout, borrowed: [], days: 20, before: none, after: () => -20, gainIn: 'calls', seed: 1 });
    expect(mute.after.faPerDay).toBe(0);
    expect(objection(mute)).not.toBeNull();
  });
});

describe('material', () => {
  const sample = (atMs: number, more: Partial<adapt.SampleRow> = {}): adapt.SampleRow => ({
    cameraId: 'c',
    zoneId: 'road',
    hazard: 'flooding',
    seenAtMs: atMs,
    word: 'hazard',
    said: 'hazard',
    level: 0.7,
    margin: 1,
    network: 'n',
    features: null,
    stillSha256: null,
    shadowId: null,
    shadowWord: null,
    ...more,
  });
  const verdict = (n: number, more: Partial<adapt.JudgedRow> = {}): adapt.JudgedRow => ({
    verdictId: `v${n}`,
    incidentId: `i${n}`,
    cameraId: 'c',
    zoneId: 'road',
    hazard: 'flooding',
    kind: 'reject',
    reason: 'reflection',
    otherHazard: null,
    personId: 'a',
    atMs: startMs + n * dayMs + 600_000,
    openedMs: startMs + n * dayMs + 400_000,
    lastSeenMs: startMs + n * dayMs + 400_000,
    overS: 400,
    borneOut: false,
    overturned: false,
    ...more,
  });
  const made = (judged: adapt.JudgedRow[], marks: adapt.MarkRow[] = [], from: 'verdicts' | 'marks' = 'verdicts') =>
    materialOf({
      samples: [0, 1, 2].map((n) => sample(startMs + n * dayMs + 300_000)),
      judged,
      marks,
      from,
      network: 'n',
      dayOf,
    });

  test('one person’s word alone teaches nothing; two people’s do', () => {
    expect(made([verdict(0), verdict(1)])).toMatchObject({ examples: [], unused: { once: 2 } });
    const two = made([verdict(0), verdict(1, { personId: 'b' })]);
    expect(two.examples.map((one) => [one.group, one.positive])).toEqual([
      ['incident i0', false],
      ['incident i1', false],
    ]);
  });

  test('work that an agency did bears a confirmation out; a rejection needs a second person', () => {
    expect(made([verdict(0, { kind: 'confirm', reason: null, borneOut: true })]).examples).toMatchObject([
      { positive: true },
    ]);
    expect(made([verdict(0, { borneOut: true })]).examples).toEqual([]);
  });

  test('what was overturned, contradicted or says nothing of the picture is left out', () => {
    const second = verdict(1, { personId: 'b' });
    expect(made([verdict(0, { overturned: true }), second]).unused.contradicted).toBe(1);
    expect(made([verdict(0, { reason: 'works' })]).unused.saysNothing).toBe(1);
    const against = { cameraId: 'c', zoneId: 'road', seenAtMs: startMs + 300_000, personId: 'm', isHazard: true };
    expect(made([verdict(0), second], [against]).unused.contradicted).toBe(1);
  });

  test('a mark of another person seconds a verdict, and marks alone can teach', () => {
    const mark = { cameraId: 'c', zoneId: 'road', seenAtMs: startMs + 300_000, personId: 'm', isHazard: false };
    expect(made([verdict(0)], [mark]).examples).toMatchObject([{ group: 'incident i0', positive: false }]);
    expect(made([], [mark], 'marks').examples).toMatchObject([{ origin: 'mark', positive: false }]);
    expect(made([], [mark, { ...mark, personId: 'o', isHazard: true }], 'marks').examples).toEqual([]);
  });

  test('looks of other networks teach nothing, and calm is not what lies near a flood', () => {
    const calm = sample(startMs + 100_000, { word: 'clear', said: 'clear', margin: -3 });
    const given = { marks: [], from: 'verdicts', network: 'n', dayOf } as const;
    const flood = verdict(0, { kind: 'confirm', reason: null, borneOut: true });
    const groups = (judged: adapt.JudgedRow[], samples: adapt.SampleRow[]) =>
      materialOf({ ...given, judged, samples }).examples.map((one) => one.origin);
    expect(groups([], [calm])).toEqual(['calm']);
    expect(groups([flood], [calm])).toEqual([]);
    expect(groups([], [{ ...calm, network: 'other' }])).toEqual([]);
  });

  test('days are those of the city', () => {
    expect(dayOf(Date.UTC(2026, 10, 21, 20))).toBe('2026-11-22');
  });
});
