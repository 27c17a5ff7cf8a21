import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureEval, promiseOf, type Evaluation } from './evaluate.ts';
import { weakestSource } from './figures.ts';
import { escaped, reportPage, worstOf } from './page.ts';
import { randomOf } from './ranking.ts';

const widthPx = 320;
const heightPx = 192;

/** A grey road under a darker wall, with grain; `seed` makes it another picture. */
function street(seed: string): Sharp {
  const random = randomOf(seed);
  const rgb = Buffer.alloc(widthPx * heightPx * 3);
  const slope = random() * 0.3;
  for (let i = 0; i < widthPx * heightPx; i++) {
    const y = Math.floor(i / widthPx);
    const light = (y < heightPx * 0.4 ? 60 : 120) + slope * (i % widthPx) + 30 * random();
    rgb.fill(light, i * 3, i * 3 + 3);
  }
  return sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } });
}

describe('the evaluation', () => {
  let data = '';
  let first: Evaluation;
  let second: Evaluation;
  const said: string[] = [];

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'ahual-eval-data-'));
    for (const list of ['flooding', 'manhole', 'road_cctv']) mkdirSync(join(data, list));
    const save = (list: string, file: string, bytes: Uint8Array): void => writeFileSync(join(data, list, file), bytes);
    const jpeg = await street('cut').jpeg().toBuffer();
    save('flooding', 'street.jpg', await street('a').jpeg().toBuffer());
    save('flooding', 'grey.jpg', await street('b').toColourspace('b-w').jpeg().toBuffer());
    save('flooding', 'deep.png', await street('c').toColourspace('rgb16').png().toBuffer());
    save('flooding', 'cmyk.jpg', await street('d').toColourspace('cmyk').jpeg().toBuffer());
    save(
      'flooding',
      'pixel.png',
      await sharp(Buffer.from([1, 2, 3]), { raw: { width: 1, height: 1, channels: 3 } })
        .png()
        .toBuffer(),
    );
    save('flooding', 'cut.jpg', jpeg.subarray(0, jpeg.length / 2));
    save('flooding', 'letter.jpg', Buffer.from('no picture at all'));
    save('flooding', 'empty.jpg', Buffer.alloc(0));
    const header = 'file,label,view,group,source_repo,source_path,licence,note,boxes';
    const row = (file: string, label: string, boxes = ''): string =>
      `${file},${label},fixed_camera,${file},o/r,p,none,"<b>night</b>",${boxes}`;
    const floods = [
      'street.jpg',
      'grey.jpg',
      'deep.png',
      'cmyk.jpg',
      'pixel.png',
      'cut.jpg',
      'letter.jpg',
      'empty.jpg',
      'gone.jpg',
    ];
    writeFileSync(join(data, 'flooding.csv'), [header, ...floods.map((file) => row(file, 'dry')), ''].join('\n'));
    save('manhole', 'lid.jpg', await street('e').jpeg().toBuffer());
    const box = '"[{""label"":""Manhole-Open"",""x"":0.9,""y"":0.9,""w"":0.2,""h"":0.2}]"';
    writeFileSync(join(data, 'manhole.csv'), [header, row('lid.jpg', 'open', box), ''].join('\n'));
    save('road_cctv', 'road.jpg', await street('f').jpeg().toBuffer());
    writeFileSync(join(data, 'road_cctv.csv'), [header, row('road.jpg', 'road'), ''].join('\n'));
    const options = {
      data,
      part: 'all' as const,
      limit: undefined,
      draws: 100,
      seed: 1,
      say: (text: string) => void said.push(text),
    };
    first = await measureEval(options);
    second = await measureEval(options);
  });
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('counts and names what cannot be judged, and judges the rest', () => {
    expect(first.measurement.result['pictures']).toMatchObject({
      judged: 6,
      refused: ['pixel.png', 'cut.jpg', 'letter.jpg', 'empty.jpg', 'gone.jpg'].map((file): unknown =>
        expect.stringContaining(`flooding/${file}: `),
      ),
      lists: ['flooding', 'manhole', 'road_cctv'],
    });
    expect(said).toContainEqual(expect.stringContaining('flooding/letter.jpg cannot be judged'));
    expect(first.measurement.result['flooding']).toMatchObject({
      all: { n: 4, pos: 0, groups: 4, auc: null, ci95: null },
      at: { notThere: { n: 4 } },
      slices: { nightNoted: { n: 4 } },
    });
    expect(first.measurement.result['open-manhole']).toMatchObject({ all: { n: 1, pos: 1 } });
    expect(first.measurement.result['ordinary']).toMatchObject({ any: { n: 1 }, snow: { n: 1 }, dumping: { n: 1 } });
  });

  it('says the same of the same pictures', () => {
    expect(JSON.stringify(second.measurement)).toBe(JSON.stringify(first.measurement));
  });

  it('leaks nothing, and passes no bar on figures that it does not have', () => {
    expect(first.leak.named).toEqual([]);
    const bars = new Map(first.measurement.bars.map((one) => [one.id, one.pass]));
    expect(bars.get('eval.leak')).toBe(true);
    expect(bars.get('eval.flooding.all.auc')).toBeNull();
    expect(bars.get('eval.flooding.maskIou')).toBeNull();
  });

  it('makes a page that fetches nothing and runs nothing', async () => {
    const page = await reportPage(first.measurement, first.subjects, first.pictures);
    expect(page).toContain('<polyline');
    expect(page).toContain('data:image/jpeg;base64,');
    expect(page).toContain('flooding/street.jpg');
    expect(page).not.toMatch(/<script|https?:\/\/|<link|@import|src="(?!data:)/);
  });

  it('puts the most wrong first', () => {
    const { alarms } = worstOf(first.subjects.flooding);
    const scores = alarms.map((row) => row.score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
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
  const ranking = (auc: number | null): { n: number; pos: number; groups: number; auc: number | null; ci95: null } => ({
    n: 20,
    pos: 10,
    groups: 9,
    auc,
    ci95: null,
  });
  const unlearned = (bySource: Record<string, ReturnType<typeof ranking>>) => ({
    unlearned: { all: ranking(0.9), fixed: ranking(0.9), within: { pairs: 0, auc: null, ci95: null }, bySource },
  });

  it('is the lowest of those that have a figure', () => {
    const figures = [
      ['snow', unlearned({ a: ranking(0.9), b: ranking(null) })],
      ['flooding', unlearned({ a: ranking(0.7) })],
    ] as const;
    expect(weakestSource(figures)).toEqual({ auc: 0.7, name: 'flooding: a', counted: 2 });
    expect(weakestSource([])).toEqual({ auc: null, name: null, counted: 0 });
  });
});

it('texts of the lists cannot become markup', () => {
  expect(escaped('<img src="x">&')).toBe('&lt;img src=&quot;x&quot;&gt;&amp;');
});
