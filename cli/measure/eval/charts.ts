// Drawings of the report: plain SVG in the page's own colours, no scripts.
import type { Ranking, Reliability, Scored } from './ranking.ts';
import { rocOf } from './ranking.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text that cannot become markup. */
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign] ?? sign);

const one = (value: number): string => value.toFixed(1);
/** A figure as it is read; a dash where there is none. */
export const figureText = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : String(value);

const frame = { left: 34, top: 24, size: 180 } as const;
const px = (value: number): number => frame.left + frame.size * value;
const py = (value: number): number => frame.top + frame.size * (1 - value);

/** A square from 0 to 1 both ways with a grid of quarters. */
function square(title: string, x: string, y: string, body: string, below = ''): string {
  const grid = [0, 0.25, 0.5, 0.75, 1]
    .map(
      (v) =>
        `<line class="grid" x1="${one(px(v))}" y1="${py(0)}" x2="${one(px(v))}" y2="${py(1)}"/>` +
        `<line class="grid" x1="${px(0)}" y1="${one(py(v))}" x2="${px(1)}" y2="${one(py(v))}"/>` +
        `<text class="tick" x="${one(px(v))}" y="${py(0) + 11}" text-anchor="middle">${v}</text>` +
        `<text class="tick" x="${px(0) - 4}" y="${one(py(v) + 3)}" text-anchor="end">${v}</text>`,
    )
    .join('');
  const height = below === '' ? 236 : 286;
  return (
    `<svg class="square" viewBox="0 0 224 ${height}" role="img" aria-label="${escaped(title)}">${grid}` +
    `<line class="even" x1="${px(0)}" y1="${py(0)}" x2="${px(1)}" y2="${py(1)}"/>${body}` +
    `<text class="title" x="${px(0)}" y="14">${escaped(title)}</text>` +
    `<text class="axis" x="${px(0.5)}" y="${py(0) + 24}" text-anchor="middle">${escaped(x)}</text>` +
    `<text class="axis" x="9" y="${py(0.5)}" text-anchor="middle" transform="rotate(-90 9 ${py(0.5)})">${escaped(y)}</text>${below}</svg>`
  );
}

/** Hits over false alarms. */
export function rocSvg(rows: readonly Scored[]): string {
  const points = rocOf(rows).map(({ falseRate, recall }) => `${one(px(falseRate))},${one(py(recall))}`);
  return square(
    'Hits over false alarms',
    'false alarms',
    'hits',
    `<polyline class="line" points="${points.join(' ')}"/>`,
  );
}

/** Share that is there over the score: the curve through the bins, and below it how many lie in each. */
export function reliabilitySvg({ bins, ece, n }: Reliability): string {
  const full = bins.flatMap(({ n: count, meanScore, share }) =>
    meanScore === null || share === null ? [] : [{ count, meanScore, share }],
  );
  const line = full.map(({ meanScore, share }) => `${one(px(meanScore))},${one(py(share))}`).join(' ');
  const gaps = full
    .map(
      ({ meanScore, share }) =>
        `<line class="gap" x1="${one(px(meanScore))}" y1="${one(py(meanScore))}" x2="${one(px(meanScore))}" y2="${one(py(share))}"/>`,
    )
    .join('');
  const dots = full
    .map(
      ({ count, meanScore, share }) =>
        `<circle class="dot" cx="${one(px(meanScore))}" cy="${one(py(share))}" r="${one(2 + 7 * Math.sqrt(count / Math.max(1, n)))}"><title>${count} with a mean score of ${meanScore}: ${share} are there</title></circle>`,
    )
    .join('');
  const most = Math.max(1, ...bins.map((bin) => bin.n));
  const base = py(0) + 68;
  const counts = bins
    .map((bin) => {
      const height = (30 * bin.n) / most;
      const x = px(bin.from) + 1.5;
      const label =
        bin.n === 0
          ? ''
          : `<text class="tick" x="${one(x + 7.5)}" y="${one(base - height - 2)}" text-anchor="middle">${bin.n}</text>`;
      return `<rect class="count" x="${one(x)}" y="${one(base - height)}" width="15" height="${one(height)}"/>${label}`;
    })
    .join('');
  const title = `What a score is worth: ECE ${ece ?? '–'}`;
  return square(
    title,
    'score',
    'share that is there',
    `${gaps}<polyline class="line" points="${line}"/>${dots}`,
    counts,
  );
}

export interface Whisker {
  readonly label: string;
  readonly value: number | null;
  readonly ci95: readonly [number, number] | null;
  readonly counts: string;
  /** Set apart from the row above. */
  readonly isFirst?: boolean;
  /** What this row has to reach, where not all rows have to reach the same. */
  readonly limit?: number | null;
}

export const whiskerOf = (label: string, { auc, ci95, n, pos, groups }: Ranking): Whisker => ({
  label,
  value: auc,
  ci95,
  counts: `${pos} of ${n}, ${groups} groups`,
});

/** Values with their intervals on one line each, from `from` to 1; `limit` is drawn through all of them. */
export function forestSvg(title: string, whiskers: readonly Whisker[], limit: number | null, from = 0.4): string {
  const [left, width, rowPx, top] = [250, 300, 20, 40];
  const x = (value: number): number => left + width * ((Math.max(from, Math.min(1, value)) - from) / (1 - from));
  let y = top;
  const rows = whiskers.map(({ label, value, ci95, counts, isFirst, limit: own = null }) => {
    y += isFirst === true ? rowPx + 6 : rowPx;
    const short = label.length > 36 ? `${label.slice(0, 35)}…` : label;
    const bar = ci95
      ? `<line class="whisker" x1="${one(x(ci95[0]))}" y1="${y - 4}" x2="${one(x(ci95[1]))}" y2="${y - 4}"/>`
      : '';
    const asked = own ?? limit;
    const kind = asked !== null && value !== null && value < asked ? 'under' : 'over';
    const mark =
      own === null
        ? ''
        : `<line class="limit" x1="${one(x(own))}" y1="${y - 13}" x2="${one(x(own))}" y2="${y + 5}"><title>asked: ${own}</title></line>`;
    const dot = value === null ? '' : `<circle class="point ${kind}" cx="${one(x(value))}" cy="${y - 4}" r="4.5"/>`;
    const said = value === null ? 'too few' : value.toFixed(3);
    const interval = ci95 ? ` (${ci95[0].toFixed(2)}–${ci95[1].toFixed(2)})` : '';
    return (
      `<text class="label" x="${left - 10}" y="${y}" text-anchor="end"><title>${escaped(label)}</title>${escaped(short)}</text>${bar}${mark}${dot}` +
      `<text class="${value === null ? 'tick' : 'label'}" x="${left + width + 10}" y="${y}">${said}${interval}</text>` +
      `<text class="tick" x="${left + width + 130}" y="${y}">${escaped(counts)}</text>`
    );
  });
  const bottom = y + 8;
  const ticks = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
    .filter((v) => v >= from)
    .map(
      (v) =>
        `<line class="grid" x1="${one(x(v))}" y1="${top}" x2="${one(x(v))}" y2="${bottom}"/><text class="tick" x="${one(x(v))}" y="${top - 5}" text-anchor="middle">${v}</text>`,
    )
    .join('');
  const line =
    limit === null
      ? ''
      : `<line class="limit" x1="${one(x(limit))}" y1="${top}" x2="${one(x(limit))}" y2="${bottom}"><title>asked: ${limit}</title></line>`;
  return `<svg class="forest" viewBox="0 0 830 ${bottom + 6}" role="img" aria-label="${escaped(title)}"><text class="title" x="0" y="14">${escaped(title)}</text>${ticks}${line}${rows.join('')}</svg>`;
}

/** A table; the cells are markup already, the headings are text. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table><thead><tr>${heads.map((head) => `<th>${escaped(head)}</th>`).join('')}</tr></thead><tbody>${rows
    .map((cells) => `<tr>${cells.map((cell) => (cell.startsWith('<td') ? cell : `<td>${cell}</td>`)).join('')}</tr>`)
    .join('')}</tbody></table>`;

/** A cell whose ground goes from red (`from`) over amber to green (1). */
export function heatCell(value: number | null, text: string, from = 0): string {
  if (value === null) return `<td class="none">–</td>`;
  const hue = Math.round(120 * Math.max(0, Math.min(1, (value - from) / (1 - from))));
  return `<td class="heat" style="background:hsl(${hue} 45% 24%)">${escaped(text)}</td>`;
}
