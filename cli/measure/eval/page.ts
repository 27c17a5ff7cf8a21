// The report: one page that opens without a network, with bars, intervals, curves and the worst errors as small pictures.
import type { Bar } from '../frame.ts';
import { escaped, figureText, forestSvg, reliabilitySvg, rocSvg, table, whiskerOf, type Whisker } from './charts.ts';
import type { Evaluation } from './evaluate.ts';
import type { Figures } from './figures.ts';
import { nameOf } from './leak.ts';
import { raisedIn, type Judged } from './look.ts';
import { degradedSection, gainTable, pastSection, stillsSection, thumbOf, waterGallery } from './page-parts.ts';
import { style } from './page-style.ts';
import type { Row, Subject } from './rows.ts';

/** Pictures shown of each sort of error. */
const most = 12;

const titles: Readonly<Record<Subject, string>> = {
  flooding: 'Flooding',
  snow: 'Snow',
  'open-manhole': 'Close-ups of manholes',
  manholes: 'Manholes, each for itself',
  manholeBoxes: 'Open manholes found in the picture',
  dumping: 'Heaps and sacks',
  truck: 'Lorries',
};

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

/** A picture with what was said of it. */
async function card(judged: Judged, said: string, kind: 'bad' | 'fair' = 'fair'): Promise<string> {
  const { item, quality } = judged;
  const what = nameOf(item);
  const label = `${item.label}${quality === 'good' ? '' : `, refused: ${quality}`}`;
  return (
    `<figure class="${kind}"><img src="${await thumbOf(item.path)}" alt="${escaped(`${what}, labelled ${item.label}`)}">` +
    `<figcaption><b>${escaped(said)}</b> <i>${escaped(label)}</i><span>${escaped(what)}</span><span>${escaped(item.group)}</span></figcaption></figure>`
  );
}

async function gallery(title: string, rows: readonly Row[], isBad: (row: Row) => boolean): Promise<string> {
  const cards: string[] = [];
  for (const row of rows) {
    const said = row.word === 'hazard' ? ', said' : row.word === 'cannot-see' ? ', cannot see' : '';
    cards.push(await card(row.judged, `${row.score.toFixed(2)}${said}`, isBad(row) ? 'bad' : 'fair'));
  }
  const body = cards.length === 0 ? '<p class="muted">None.</p>' : `<div class="gallery">${cards.join('')}</div>`;
  return `<h3>${escaped(title)}</h3>${body}`;
}

function whiskersOf({ all, fixed, within, bySource, slices }: Figures): Whisker[] {
  const first = (whiskers: Whisker[]): Whisker[] =>
    whiskers.map((one, i) => (i === 0 ? { ...one, isFirst: true } : one));
  return [
    whiskerOf('all', all),
    whiskerOf('fixed cameras', fixed),
    { label: 'pairs of one source', value: within.auc, ci95: within.ci95, counts: `${within.pairs} pairs` },
    ...first(Object.entries(bySource).map(([source, ranking]) => whiskerOf(source, ranking))),
    ...first(Object.entries(slices).map(([slice, ranking]) => whiskerOf(slice, ranking))),
  ];
}

async function section(
  name: Subject,
  rows: readonly Row[],
  figures: Figures,
  limit: number,
  more: string,
): Promise<string> {
  const { alarms, missed } = worstOf(rows);
  const { at, said, reliability } = figures;
  const facts =
    `At ${figureText(at.threshold)}: recall ${figureText(at.recall)}, false ${figureText(at.falseRate)}, F1 ${figureText(at.f1)}. ` +
    `One look says it of ${said.there.said} of ${said.there.n} that show it and of ${said.notThere.said} of ${said.notThere.n} that do not; ` +
    `on fixed cameras ${said.fixedThere.said} of ${said.fixedThere.n} and ${said.fixedNot.said} of ${said.fixedNot.n}.`;
  return (
    `<section id="${name}"><h2>${titles[name]}</h2><p>${escaped(facts)}</p>` +
    `<div class="charts">${forestSvg('AUC with its 95 % interval by group', whiskersOf(figures), limit)}<div>${rocSvg(rows)}${reliabilitySvg(reliability)}</div></div>` +
    (await gallery('Not there, highest scores first', alarms, ({ word }) => word === 'hazard')) +
    (await gallery('There, lowest scores first', missed, ({ word }) => word !== 'hazard')) +
    `${more}</section>`
  );
}

const barRow = ({ id, op, limit, value, n, pass }: Bar): string[] => {
  const verdict = pass === null ? 'not decided' : pass ? 'met' : 'missed';
  return [
    escaped(id),
    `${escaped(op)} ${limit}`,
    figureText(value),
    figureText(n),
    `<td class="${verdict.replace(' ', '-')}">${verdict}</td>`,
  ];
};

/** The figure of each subject that its bar is about, all pictures and fixed cameras, on one drawing. */
const headlines = (figures: readonly (readonly [Subject, Figures | undefined])[]): string =>
  forestSvg(
    'AUC with its 95 % interval by group',
    figures.flatMap(([name, one]): Whisker[] => {
      if (!one) return [];
      const limit = limits[name] ?? null;
      return [
        { ...whiskerOf(titles[name], one.all), isFirst: true, limit },
        { ...whiskerOf('on fixed cameras', one.fixed), limit },
      ];
    }),
    null,
  );

const limits: Readonly<Partial<Record<Subject, number>>> = {
  flooding: 0.94,
  snow: 0.96,
  'open-manhole': 0.97,
  dumping: 0.98,
  truck: 0.9,
};

const isWhole = (figures: Partial<Figures> | undefined): figures is Figures => figures?.all !== undefined;

/** The whole page as text; nothing in it is fetched from anywhere. */
export async function reportPage(done: Evaluation): Promise<string> {
  const { measurement, result, subjects, pictures, against, leak } = done;
  const { args, bars, notes } = measurement;
  const figures: readonly (readonly [Subject, Figures | undefined])[] = [
    ['flooding', result.flooding],
    ['snow', result.snow],
    ['open-manhole', result['open-manhole']],
    ['dumping', isWhole(result.dumping) ? result.dumping : undefined],
    ['truck', result.dumping?.truck],
  ];
  const sections: string[] = [];
  for (const [name, one] of figures) {
    const more = name === 'flooding' ? await waterGallery(pictures) : '';
    if (one && one.all.n > 0) sections.push(await section(name, subjects[name], one, limits[name] ?? 0.9, more));
  }
  const roads = pictures.filter(({ item }) => item.list === 'road_cctv');
  const loud = roads.filter((road) => raisedIn(road).length > 0);
  const loudCards: string[] = [];
  for (const road of loud) loudCards.push(await card(road, raisedIn(road).join(', '), 'bad'));
  const hopeless = pictures.filter(({ item, quality }) => item.truth === 'cannot-see' && quality === 'good');
  const wrongly = pictures.filter(({ item, quality }) => item.truth !== 'cannot-see' && quality !== 'good');
  const unseen: string[] = [];
  for (const judged of [...hopeless, ...wrongly].slice(0, 2 * most)) {
    unseen.push(await card(judged, judged.blindness.toFixed(2), 'bad'));
  }
  const missed = bars.filter(({ pass }) => pass === false).length;
  const undecided = bars.filter(({ pass }) => pass === null).length;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Ahual: evaluation</title><style>${style}</style></head>
<body><header><h1>Evaluation of the networks</h1>
<p>${pictures.length} pictures. ${bars.length - missed - undecided} bars met, ${missed} missed, ${undecided} not decided. Leaks: ${leak.named.length}.</p>
<p class="muted">${escaped(JSON.stringify(args))}</p>
<p class="muted">The pictures belong to their sources, most without a licence: this page is for looking, not for publishing.</p></header>
<section><h2>Bars</h2><div class="charts">${table(['bar', 'asked', 'reached', 'n', ''], bars.map(barRow))}${headlines(figures)}</div>
<ul class="muted">${notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul></section>
${against ? `<section><h2>Old against new, on the same pictures</h2>${gainTable(against, 'old', 'new')}</section>` : ''}
${sections.join('\n')}
${result.rendered ? stillsSection(result.rendered) : ''}
${result.past ? await pastSection(result.past, done.beside) : ''}
${result.degraded ? await degradedSection(result.degraded, done.examples) : ''}
<section><h2>Cannot see</h2><p>${escaped(JSON.stringify(result.cannotSee ?? {}))}</p><h3>Judged although nobody could, refused although somebody could</h3>
${unseen.length === 0 ? '<p class="muted">None.</p>' : `<div class="gallery">${unseen.join('')}</div>`}</section>
<section><h2>Ordinary roads</h2><p>${roads.length} pictures, ${loud.length} with anything said.</p><div class="gallery">${loudCards.join('')}</div></section>
</body></html>
`;
}
