// Parts of the report that are tables: old against new, rendered stills, spoilt copies.
import sharp from 'sharp';
import { escaped, figureText, heatCell, table } from './charts.ts';
import type { DegradedFigures, SpoiltExample } from './degraded.ts';
import { nameOf } from './leak.ts';
import { iouOf, overlapOfMask, readMask, tintedWater } from './masks.ts';
import type { Judged } from './look.ts';
import type { Gain } from './ranking.ts';
import type { Beside, PastMeasured } from './references.ts';
import type { StillFigures } from './stills.ts';

const thumbPx = 300;
/** Pictures shown with their references, and half as many as of drawn water. */
const mostBeside = 10;

/** A small copy of a picture as a data address. */
export async function thumbOf(picture: string | Uint8Array): Promise<string> {
  const jpeg = await sharp(picture)
    .resize({ width: thumbPx, height: thumbPx, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 72 })
    .toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}

/** AUC by two scores of the same things. */
export function gainTable(gains: Readonly<Record<string, Gain>>, before: string, after: string): string {
  const rows = Object.entries(gains).map(([name, gain]) => [
    escaped(name),
    `${gain.pos} of ${gain.n}, ${gain.groups} groups`,
    figureText(gain.before),
    figureText(gain.after),
    figureText(gain.gain),
    gain.ci95 ? `${gain.ci95[0]} to ${gain.ci95[1]}` : '–',
  ]);
  return table(['', 'there', before, after, 'difference', '95 %'], rows);
}

/** What is known to the pixel: ground, shares, boxes by light, distance and size. */
export function stillsSection({ stills, iou, shareError, zones, ap50 }: StillFigures): string {
  const parts = (
    figures: Readonly<Record<string, { readonly ap50: number | null; readonly boxes: number }>>,
  ): string[] =>
    Object.values(figures).map(({ ap50: value, boxes }) =>
      heatCell(value, value === null ? '' : `${value.toFixed(2)} (${boxes})`),
    );
  const firstOf = Object.values(ap50)[0];
  const heads = firstOf
    ? [...Object.keys(firstOf.byLight), ...Object.keys(firstOf.byDistance), ...Object.keys(firstOf.bySize)]
    : [];
  const boxRows = Object.entries(ap50).map(([name, figures]) => [
    escaped(name),
    ...parts({ all: figures.all }),
    ...parts(figures.byLight),
    ...parts(figures.byDistance),
    ...parts(figures.bySize),
  ]);
  const shareRows = (['flooding', 'snow'] as const).map((hazard) => {
    const { n, unjudged, mean, whereThere } = shareError[hazard];
    const { auc, ci95, pos, n: zoned } = zones[hazard];
    return [
      hazard,
      figureText(hazard === 'flooding' ? iou.water : iou.snow),
      `${figureText(mean)} (${n} zones, ${unjudged} unjudged)`,
      `${figureText(whereThere.mean)} (${whereThere.n})`,
      `${figureText(auc)}${ci95 ? ` (${ci95[0]}–${ci95[1]})` : ''}, ${pos} of ${zoned} zones`,
    ];
  });
  return (
    `<section id="rendered"><h2>Rendered stills</h2><p>${stills} stills of seeds that no network learned from.</p>` +
    table(
      ['', 'intersection over union', 'error of a zone’s share', 'where there is some', 'AUC of zones'],
      shareRows,
    ) +
    `<h3>Average precision at half overlap (boxes)</h3>${table(['class', 'all', ...heads], boxRows)}</section>`
  );
}

/** Spoilt copies: what is refused by kind, what mild trouble costs, and a pair of examples of each kind. */
export async function degradedSection(
  { cannotSee, byKind, flooding, snow }: DegradedFigures,
  examples: readonly SpoiltExample[],
): Promise<string> {
  const kinds = Object.entries(byKind).map(([kind, { auc, n, refused, mild, mildRefused }]) => [
    escaped(kind),
    heatCell(auc, figureText(auc), 0.5),
    heatCell(n === 0 ? null : refused / n, `${refused} of ${n}`),
    heatCell(mild === 0 ? null : 1 - mildRefused / mild, `${mildRefused} of ${mild}`),
  ]);
  const cards: string[] = [];
  for (const { kind, isBlind, jpeg, judged } of examples) {
    const isRefused = judged.quality !== 'good' || judged.ground.unseen !== undefined;
    const said = isRefused ? `refused: ${judged.quality}` : 'judged';
    cards.push(
      `<figure class="${isRefused === isBlind ? 'fair' : 'bad'}"><img src="${await thumbOf(jpeg)}" alt="${escaped(kind)}">` +
        `<figcaption><b>${judged.blindness.toFixed(2)}</b> <i>${escaped(said)}</i><span>${escaped(kind)}, ${isBlind ? 'beyond judging' : 'mild'}</span></figcaption></figure>`,
    );
  }
  const { auc, ci95, n, pos, recall, wrongRefused } = cannotSee;
  return (
    `<section id="degraded"><h2>Spoilt copies</h2><p>Real and spoilt together: ${pos} of ${n} cannot be judged, AUC ${figureText(auc)}` +
    `${ci95 ? ` (${ci95[0]}–${ci95[1]})` : ''}; refused ${figureText(recall)} of them and ${figureText(wrongRefused)} of the others.</p>` +
    table(['kind', 'AUC', 'refused beyond judging', 'refused though mild'], kinds) +
    `<h3>AUC of flooding as it is and mildly spoilt</h3>${gainTable(flooding, 'as it is', 'spoilt')}` +
    `<h3>AUC of snow</h3>${gainTable(snow, 'as it is', 'spoilt')}` +
    `<h3>Examples; red ones are answered wrongly</h3><div class="gallery">${cards.join('')}</div></section>`
  );
}

/** Drawn water against the network's, worst first. */
export async function waterGallery(pictures: readonly Judged[]): Promise<string> {
  const cards: { readonly iou: number; readonly markup: string }[] = [];
  for (const { item, surfaceMap } of pictures) {
    if (item.list !== 'flooding' || item.maskPath === null || surfaceMap === null) continue;
    const mask = await readMask(item.maskPath);
    const iou = iouOf(overlapOfMask(surfaceMap, ['water'], mask, (value) => value >= 128));
    const jpeg = await tintedWater(item.path, surfaceMap, mask, thumbPx);
    const markup =
      `<figure class="fair"><img src="${await thumbOf(jpeg)}" alt="${escaped(nameOf(item))}">` +
      `<figcaption><b>${iou.toFixed(2)}</b><span>${escaped(nameOf(item))}</span></figcaption></figure>`;
    cards.push({ iou, markup });
  }
  if (cards.length === 0) return '';
  const sorted = cards.toSorted((a, b) => a.iou - b.iou).slice(0, 2 * mostBeside);
  return `<h3>Drawn water: found green, missed amber, wrong red</h3><div class="gallery">${sorted.map(({ markup }) => markup).join('')}</div>`;
}

/** What the camera's own past adds, and the pictures whose level it moved most, with the references beside them. */
export async function pastSection(figures: PastMeasured['figures'], beside: readonly Beside[]): Promise<string> {
  const gains = {
    'flooding, with references': figures.flooding.withReferences,
    'flooding, all fixed cameras': figures.flooding.fixed,
    'snow, with references': figures.snow.withReferences,
    'snow, all fixed cameras': figures.snow.fixed,
  };
  const level = ({ item, ground }: Judged): number => (item.list === 'snow' ? ground.snowLevel : ground.floodLevel);
  const moved = beside.toSorted(
    (a, b) => Math.abs(level(b.again) - level(b.judged)) - Math.abs(level(a.again) - level(a.judged)),
  );
  const rows: string[] = [];
  for (const { judged, again, references } of moved.slice(0, mostBeside)) {
    const [before, after] = [level(judged), level(again)];
    const isBetter = judged.item.truth === 'positive' ? after >= before : after <= before;
    const small: string[] = [];
    for (const one of references.slice(0, 3)) small.push(await thumbOf(one.item.path));
    rows.push(
      `<div class="beside"><figure class="${isBetter ? 'fair' : 'bad'}"><img src="${await thumbOf(judged.item.path)}" alt="${escaped(nameOf(judged.item))}">` +
        `<figcaption><b>${before.toFixed(2)} to ${after.toFixed(2)}</b> <i>${escaped(judged.item.label)}</i><span>${escaped(nameOf(judged.item))}</span></figcaption></figure>` +
        `${small.map((src) => `<img src="${src}" alt="reference">`).join('')}</div>`,
    );
  }
  return (
    `<section id="past"><h2>With the camera’s own past</h2>${gainTable(gains, 'without', 'with')}` +
    `<h3>Levels that moved most; red ones moved the wrong way; to the right their references</h3>${rows.join('')}</section>`
  );
}
