// The report: one page that opens without a network, with the curves and the worst errors as small pictures.
import sharp from 'sharp';
import type { Bar, Measurement } from '../frame.ts';
import type { Row, Subjects } from './figures.ts';
import { nameOf } from './leak.ts';
import { raisedIn, type Judged } from './look.ts';
import { rankingOf, reliabilityOf, rocOf } from './ranking.ts';

/** Pictures shown of each sort of error. */
const most = 12;
const thumbPx = 240;

const titles: Readonly<Record<keyof Subjects, string>> = {
  flooding: 'Flooding: water on the road',
  snow: 'Snow on the road',
  'open-manhole': 'Registered manholes: open or closed',
  manholeBoxes: 'Open manholes found in the picture',
  dumping: 'Heaps and sacks',
  truck: 'Lorries, by their surest box',
  truckReported: 'Lorries, as reported',
};
const shown = ['flooding', 'snow', 'open-manhole', 'dumping', 'truck'] as const;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign] ?? sign);

/** The rows that are most wrong by their score: what is not there and scores high, what is there and scores low. */
export function worstOf(rows: readonly Row[]): { readonly alarms: Row[]; readonly missed: Row[] } {
  return {
    alarms: rows
      .filter((row) => !row.positive)
      .toSorted((a, b) => b.score - a.score)
      .slice(0, most),
    missed: rows
      .filter((row) => row.positive)
      .toSorted((a, b) => a.score - b.score)
      .slice(0, most),
  };
}

/** Hits over false alarms as a drawing of 220 by 220. */
export function rocSvg(rows: readonly Row[]): string {
  const points = rocOf(rows).map(
    ({ falseRate, recall }) => `${(20 + 180 * falseRate).toFixed(1)},${(200 - 180 * recall).toFixed(1)}`,
  );
  return chart(
    'Hits over false alarms',
    'false alarms',
    'hits',
    `<polyline class="line" points="${points.join(' ')}"/>`,
  );
}

/** Share that is there over the score, one dot a tenth, its area by the pictures in it. */
export function reliabilitySvg(rows: readonly Row[]): string {
  const { bins, n } = reliabilityOf(rows);
  const dots = bins.map(({ n: count, meanScore, share }) => {
    if (meanScore === null || share === null) return '';
    const radius = 2 + 14 * Math.sqrt(count / n);
    return `<circle class="dot" cx="${(20 + 180 * meanScore).toFixed(1)}" cy="${(200 - 180 * share).toFixed(1)}" r="${radius.toFixed(1)}"><title>${count}: score ${meanScore}, there ${share}</title></circle>`;
  });
  return chart('What a score is worth', 'score', 'share that is there', dots.join(''));
}

const chart = (title: string, x: string, y: string, body: string): string =>
  `<svg viewBox="0 0 220 230" role="img" aria-label="${title}"><rect class="frame" x="20" y="20" width="180" height="180"/>` +
  `<line class="even" x1="20" y1="200" x2="200" y2="20"/>${body}` +
  `<text x="20" y="13">${title}</text><text x="110" y="216" text-anchor="middle">${x}</text>` +
  `<text x="12" y="110" text-anchor="middle" transform="rotate(-90 12 110)">${y}</text></svg>`;

async function thumb({ item }: Judged): Promise<string> {
  const jpeg = await sharp(item.path)
    .resize({ width: thumbPx, height: thumbPx, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 70 })
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}

async function figure(judged: Judged, said: string): Promise<string> {
  const { item } = judged;
  const what = nameOf(item);
  return (
    `<figure><img src="${await thumb(judged)}" alt="${escaped(`${what}, labelled ${item.label}`)}">` +
    `<figcaption><b>${escaped(said)}</b> ${escaped(item.label)}<br>${escaped(what)}<br>${escaped(item.sourceRepo)}</figcaption></figure>`
  );
}

async function gallery(title: string, rows: readonly Row[]): Promise<string> {
  const figures = await Promise.all(
    rows.map((row) =>
      figure(
        row.judged,
        `${row.score.toFixed(2)}${row.word === 'hazard' ? ', said' : ''}${row.isLearned ? ', leaks' : ''}`,
      ),
    ),
  );
  const body = figures.length === 0 ? '<p>None.</p>' : `<div class="gallery">${figures.join('')}</div>`;
  return `<h3>${title}</h3>${body}`;
}

const noDraws = { draws: 0, seed: 1 };
const aucText = (auc: number | null): string => (auc === null ? 'not given (fewer than ten of a kind)' : String(auc));

async function section(name: keyof Subjects, rows: readonly Row[]): Promise<string> {
  if (rows.length === 0) return '';
  const { n, pos, groups, auc } = rankingOf(rows, noDraws, name);
  const unlearned = rankingOf(
    rows.filter((row) => !row.isLearned),
    noDraws,
    name,
  );
  const { alarms, missed } = worstOf(rows);
  return (
    `<section><h2>${titles[name]}</h2><p>${n} judged, ${pos} of them there, ${groups} groups; AUC ${aucText(auc)}. Without what leaks: ${unlearned.n} judged, AUC ${aucText(unlearned.auc)}.</p>` +
    `<div class="charts">${rocSvg(rows)}${reliabilitySvg(rows)}</div>` +
    (await gallery('Not there, highest scores first', alarms)) +
    (await gallery('There, lowest scores first', missed)) +
    '</section>'
  );
}

const barRow = (one: Bar): string => {
  const verdict = one.pass === null ? 'not decided' : one.pass ? 'met' : 'missed';
  return `<tr class="${verdict.replace(' ', '-')}"><td>${escaped(one.id)}</td><td>${escaped(one.op)} ${one.limit}</td><td>${one.value ?? 'not measured'}</td><td>${one.n ?? ''}</td><td>${verdict}</td></tr>`;
};

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1f24;background:#fff}
h2{margin-top:3rem;border-top:1px solid #ccd2da;padding-top:1rem}table{border-collapse:collapse}td,th{padding:.2rem .9rem .2rem 0;text-align:left}
.missed td:last-child{color:#a40e26;font-weight:600}.met td:last-child{color:#116329;font-weight:600}
.charts{display:flex;flex-wrap:wrap;gap:2rem}svg{width:20rem;height:auto}svg text{font-size:9px;fill:#444c56}.frame{fill:none;stroke:#ccd2da}
.even{stroke:#ccd2da;stroke-dasharray:4 3}.line{fill:none;stroke:#0b5cad;stroke-width:2}.dot{fill:#0b5cad;fill-opacity:.55}
.gallery{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0;width:15rem}img{max-width:15rem;max-height:15rem}
figcaption{font-size:.78rem;line-height:1.35;overflow-wrap:anywhere;color:#444c56}figcaption b{color:#1b1f24;font-size:.95rem}`;

/** The whole page as text; nothing in it is fetched from anywhere. */
export async function reportPage(
  { args, bars, notes }: Measurement,
  subjects: Subjects,
  pictures: readonly Judged[],
): Promise<string> {
  const sections: string[] = [];
  for (const name of shown) sections.push(await section(name, subjects[name]));
  const roads = pictures.filter(({ item }) => item.list === 'road_cctv');
  const loud = roads.filter((road) => raisedIn(road).length > 0);
  const loudFigures = await Promise.all(loud.map((road) => figure(road, raisedIn(road).join(', '))));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Ahual: evaluation</title><style>${style}</style></head>
<body><h1>Evaluation of the released networks</h1>
<p>${pictures.length} pictures, ${escaped(JSON.stringify(args))}. The pictures belong to their sources, most without a licence: this page is for looking, not for publishing.</p>
<table><thead><tr><th>bar</th><th>asked</th><th>reached</th><th>n</th><th></th></tr></thead><tbody>${bars.map(barRow).join('')}</tbody></table>
<ul>${notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>
${sections.join('\n')}
<section><h2>Ordinary roads</h2><p>${roads.length} pictures, ${loud.length} with anything said.</p><div class="gallery">${loudFigures.join('')}</div></section>
</body></html>
`;
}
