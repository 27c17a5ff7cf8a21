import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promiseOf } from './bars.ts';
import { escaped } from './charts.ts';
import { blackness, street, writeList, type DrawnRow } from './drawn.ts';
import { measureEval, type EvalOptions, type Evaluation } from './evaluate.ts';
import { weakestSource } from './figures.ts';
import { reportPage, worstOf } from './page.ts';
import type { Ranking } from './ranking.ts';

const jpeg = (seed: string, roadLight?: number): Promise<Buffer> => street(seed, roadLight).jpeg().toBuffer();
const aNumber: unknown = expect.any(Number);
const noProgress = { tick: () => undefined, end: () => undefined };
const asked = (data: string, said: string[] = []): EvalOptions => ({
  data,
  part: 'all',
  model: 'all',
  trainLists: [],
  limit: undefined,
  draws: 100,
  seed: 1,
  threshold: 'deployed',
  baseline: undefined,
  sabotage: null,
  stills: undefined,
  mostStills: 10,
  isWithClips: false,
  isWithDegraded: false,
  isWithPast: false,
  say: (text) => void said.push(text),
  progress: () => noProgress,
});

describe('the evaluation of what is hard to open', () => {
  let data = '';
  let first: Evaluation;
  let second: Evaluation;
  const said: string[] = [];

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'ahual-eval-data-'));
    const flood = (file: string, bytes: Uint8Array): DrawnRow => ({ file, label: 'dry', bytes, note: '<b>night</b>' });
    const whole = await jpeg('cut');
    const pixel = sharp(Buffer.from([1, 2, 3]), { raw: { width: 1, height: 1, channels: 3 } });
    writeList(data, 'flooding', [
      flood('street.jpg', await jpeg('a')),
      flood('grey.jpg', await street('b').toColourspace('b-w').jpeg().toBuffer()),
      flood('deep.png', await street('c').toColourspace('rgb16').png().toBuffer()),
      flood('cmyk.jpg', await street('d').toColourspace('cmyk').jpeg().toBuffer()),
      flood('pixel.png', await pixel.png().toBuffer()),
      flood('cut.jpg', whole.subarray(0, whole.length / 2)),
      flood('letter.jpg', Buffer.from('no picture at all')),
      flood('empty.jpg', Buffer.alloc(0)),
    ]);
    mkdirSync(join(data, 'flooding', 'masks'));
    const none = sharp({ create: { width: 160, height: 96, channels: 3, background: '#000' } });
    await none.png().toFile(join(data, 'flooding', 'masks', 'street.png'));
    const boxes = '[{"label":"Manhole-Open","x":0.9,"y":0.9,"w":0.2,"h":0.2}]';
    writeList(data, 'manhole', [{ file: 'lid.jpg', label: 'open', bytes: await jpeg('e'), boxes }]);
    writeList(data, 'road_cctv', [{ file: 'road.jpg', label: 'road', bytes: await jpeg('f') }]);
    first = await measureEval(asked(data, said));
    second = await measureEval(asked(data));
  });
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('counts and names what cannot be opened, and judges the rest', () => {
    const { result } = first.measurement;
    expect(result['pictures']).toMatchObject({ judged: 6, lists: ['flooding', 'manhole', 'road_cctv'] });
    const files = ['pixel.png', 'cut.jpg', 'letter.jpg', 'empty.jpg'];
    expect(result['pictures']).toMatchObject({
      undecodable: files.map((file): unknown => expect.stringContaining(`flooding/${file}: `)),
    });
    expect(said).toContainEqual(expect.stringContaining('flooding/letter.jpg cannot be judged'));
  });

  it('has the agreed keys for the lists that are there, and no others', () => {
    const { result, notes } = first.measurement;
    expect(result['flooding']).toMatchObject({
      all: { n: 4, pos: 0, groups: 4, auc: null, ci95: null },
      fixed: { n: 4, pos: 0, groups: 4, auc: null, ci95: null },
      within: { pairs: 0, auc: null, ci95: null },
      bySource: { 'o/r': { n: 4, pos: 0, groups: 4, auc: null, ci95: null } },
      at: { threshold: aNumber, recall: null, falseRate: aNumber, f1: null },
      maskIou: { n: 1, value: aNumber },
      slices: { nightNoted: { n: 4 } },
    });
    expect(result['open-manhole']).toMatchObject({
      all: { n: 1, pos: 1, groups: 1 },
      ap50: { n: 1, open: null, closed: null, ci95: null },
    });
    for (const hazard of ['snow', 'flooding', 'open-manhole', 'dumping']) {
      expect(result['ordinary']).toMatchObject({ [hazard]: { n: 1, raised: aNumber } });
    }
    expect(result['cannotSee']).toMatchObject({ n: 0, recall: null, wrongRefused: aNumber });
    expect(result['leak']).toMatchObject({ files: 0, nearDuplicates: 0, groups: 0 });
    for (const key of ['snow', 'dumping']) expect(result).not.toHaveProperty(key);
    expect(notes).toContain('there is no list snow.csv: it has no figures');
  });

  it('says the same of the same pictures', () => {
    expect(JSON.stringify(second.measurement)).toBe(JSON.stringify(first.measurement));
  });

  it('passes no bar on figures that it does not have, and leaves out what was not asked', () => {
    const bars = new Map(first.measurement.bars.map((one) => [one.id, one.pass]));
    expect(bars.get('eval.leak')).toBe(true);
    expect(bars.get('eval.flooding.all.auc')).toBeNull();
    expect(bars.has('eval.snow.all.auc')).toBe(false);
  });

  it('makes a page that fetches nothing and runs nothing', async () => {
    const page = await reportPage(first);
    expect(page).toContain('<polyline');
    expect(page).toContain('data:image/jpeg;base64,');
    expect(page).toContain('flooding/street.jpg');
    expect(page).not.toMatch(/<script|https?:\/\/|<link|@import|src="(?!data:)/);
  });

  it('puts the most wrong first', () => {
    const scores = worstOf(first.subjects.flooding).alarms.map((row) => row.score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });
});

describe('sabotage', () => {
  let data = '';
  let honest: Evaluation;
  const auc = ({ result }: Evaluation): number | null | undefined => result.snow?.all.auc;
  const missed = (one: Evaluation): string[] =>
    one.measurement.bars.filter(({ pass }) => pass === false).map(({ id }) => id);

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'ahual-eval-sabotage-'));
    const rows: DrawnRow[] = [];
    for (let i = 0; i < 12; i++) {
      rows.push({ file: `snow${i}.jpg`, label: 'covered', bytes: await jpeg(`snow ${i}`, 225) });
      rows.push({ file: `bare${i}.jpg`, label: 'clear', bytes: await jpeg(`bare ${i}`, 70) });
    }
    for (let i = 0; i < 10; i++) {
      const bytes = await blackness()
        .jpeg({ quality: 60 + i })
        .toBuffer();
      rows.push({ file: `black${i}.jpg`, label: 'cannot_see', bytes });
    }
    writeList(data, 'snow', rows);
    honest = await measureEval(asked(data));
  });
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('has something to break: white roads told from grey ones, black pictures refused', () => {
    expect(auc(honest)).toBeGreaterThan(0.8);
    expect(honest.result.cannotSee).toMatchObject({ n: 10, recall: 1, wrongRefused: 0 });
    expect(honest.leak.named).toEqual([]);
  });

  it.each(['leak-group', 'leak-mirrored'] as const)('%s is a leak', async (sabotage) => {
    const { leak } = await measureEval({ ...asked(data), sabotage, limit: 4 });
    expect(leak.named).toHaveLength(1);
    expect(sabotage === 'leak-group' ? leak.groups : leak.nearDuplicates).toBe(1);
  });

  it('labels-shuffled leaves nothing of the difference', async () => {
    const shuffled = await measureEval({ ...asked(data), sabotage: 'labels-shuffled' });
    expect(Math.abs((auc(shuffled) ?? 1) - 0.5)).toBeLessThan(0.25);
    expect(missed(shuffled)).toContain('eval.snow.all.auc');
  });

  it('quality-off lets black pictures pass', async () => {
    const blind = await measureEval({ ...asked(data), sabotage: 'quality-off' });
    expect(blind.result.cannotSee).toMatchObject({ n: 10, recall: 0, auc: 0.5 });
    expect(missed(blind)).toContain('eval.cannotSee.auc');
  });

  it('is held against an earlier run on the same pictures', async () => {
    const baseline = join(data, 'before.json');
    writeFileSync(baseline, JSON.stringify({ command: 'eval', result: honest.measurement.result }));
    const same = await measureEval({ ...asked(data), baseline });
    expect(same.against?.['snow']).toMatchObject({ n: 24, before: auc(honest), after: auc(honest), gain: 0 });
    expect(same.measurement.bars).toContainEqual(expect.objectContaining({ id: 'baseline.snow.all.auc', pass: true }));
    const worse = await measureEval({ ...asked(data), baseline, sabotage: 'labels-shuffled' });
    expect(missed(worse)).toContain('baseline.snow.all.auc');
  });

  it('judges fewer hazards and other lists when asked to', async () => {
    const trainList = join(data, 'list.csv');
    const row = `${'0'.repeat(64)},,o/r,snow3.jpg,none,snow`;
    writeFileSync(trainList, `sha256,perceptual_hash,source_repo,group,licence,list\n${row}\n`);
    const options = { ...asked(data), trainLists: [trainList], threshold: 'sweep' as const };
    const leaking = await measureEval(options);
    expect(leaking.leak.named).toEqual([expect.stringContaining('snow/snow3.jpg')]);
    expect(leaking.result.snow?.sweep).toHaveLength(19);
    const clean = await measureEval({ ...options, part: 'unlearned' });
    expect(clean.leak.named).toEqual([]);
    expect(clean.result.snow?.all.n).toBe(23);
    await expect(measureEval({ ...asked(data), model: 'spot-v0' })).resolves.toMatchObject({ result: { weakest: {} } });
  });
});

describe('a promise of a card', () => {
  it('is looked up by its path; what is not there passes nothing', () => {
    const result = { flooding: { fixed: { auc: 0.85 } } };
    expect(promiseOf('m', 'flooding.fixed.auc >= 0.80', result)).toMatchObject({ value: 0.85, limit: 0.8, pass: true });
    expect(promiseOf('m', 'flooding.fixed.auc >= 0.90', result)).toMatchObject({ pass: false });
    expect(promiseOf('m', 'flooding.far.auc >= 0.90', result)).toMatchObject({ value: null, pass: null });
    expect(promiseOf('m', 'something is good', result)).toBeNull();
  });
});

describe('the weakest source', () => {
  const ranking = (auc: number | null): Ranking => ({ n: 20, pos: 10, groups: 9, auc, ci95: null });

  it('is the lowest of those that have a figure', () => {
    const figures = [
      ['snow', { bySource: { a: ranking(0.9), b: ranking(null) } }],
      ['flooding', { bySource: { a: ranking(0.7) } }],
    ] as const;
    expect(weakestSource(figures)).toEqual({ auc: 0.7, name: 'flooding: a', counted: 2 });
    expect(weakestSource([])).toEqual({ auc: null, name: null, counted: 0 });
  });
});

it('texts of the lists cannot become markup', () => {
  expect(escaped('<img src="x">&')).toBe('&lt;img src=&quot;x&quot;&gt;&amp;');
});
