// Drawings of simulated days: what was true around a wrong moment and what the looks said, and the overviews of the whole run.
import type { Camera, Zone } from '#core/camera';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { epochMs, isoOf } from '#core/units';
import type { HazardSettings } from '#hazards';
import { life } from '#simulator';
import { escaped } from '../eval/charts.ts';
import type { SaidAt } from './said.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** Hours that local time is ahead of UTC in Astana. */
const aheadMs = 5 * hourMs;

export const localTime = (atMs: number): string =>
  isoOf(epochMs(Math.round(atMs + aheadMs)))
    .slice(0, 16)
    .replace('T', ' ');

export const colours = {
  hazard: '#f47b72',
  clear: '#4cc38a',
  'cannot-see': '#8d99a8',
  truth: '#e3b24f',
  rain: '#173a5e',
  snow: '#3a4658',
  night: '#0b0e13',
  nuisance: '#b08be0',
  card: '#e8ecf4',
} as const;

/** A stretch of time of one zone with everything that belongs on it. */
export interface Scene {
  readonly title: string;
  readonly hazard: HazardName;
  readonly camera: Camera;
  readonly zone: Zone;
  readonly fromMs: number;
  readonly toMs: number;
  readonly said: readonly SaidAt[];
  /** Moments to mark, with a word each. */
  readonly marks: readonly { readonly atMs: number; readonly word: string }[];
}

/** The level from which a look says hazard and below which it says clear. */
function limitsOf(hazard: HazardName, zone: Zone, settings: HazardSettings): readonly [number, number] {
  switch (hazard) {
    case 'snow':
      return [settings.snow.coveredShare, settings.snow.clearShare];
    case 'flooding':
      return [settings.flooding.floodLevel, settings.flooding.clearLevel];
    case 'open-manhole': {
      const { spotOpen, boxScore, spotClear } = settings['open-manhole'];
      return zone.kind === 'manhole' ? [spotOpen, spotClear] : [boxScore, boxScore];
    }
    case 'dumping':
      return [settings.dumping.heapScore, settings.dumping.heapClear];
  }
}

function truthOf(hazard: HazardName, ground: life.Ground): number {
  if (hazard === 'snow') return Math.max(ground.snow, ground.bank);
  if (hazard === 'flooding') return ground.water;
  if (hazard === 'dumping') return ground.heap;
  return ground.cover === 'open' ? 1 : ground.cover === 'works' ? 0.5 : 0;
}

const width = 760;
const plot = { top: 16, height: 120 } as const;
const rowPx = 13;
const mostRows = 8;

/** One scene: weather and night behind, the truth as a surface, looks as points, thresholds, nuisances as bars below. */
export function sceneSvg(scene: Scene, lives: life.Life, sky: life.SkyOf, settings: HazardSettings): string {
  const { fromMs, toMs, camera, zone, hazard } = scene;
  const x = (atMs: number): string =>
    (((Math.min(toMs, Math.max(fromMs, atMs)) - fromMs) / (toMs - fromMs)) * width).toFixed(1);
  const y = (level: number): string => (plot.top + (1 - level) * plot.height).toFixed(1);
  const bottom = plot.top + plot.height;
  const shade = (a: number, b: number, fill: string): string =>
    b <= fromMs || a >= toMs
      ? ''
      : `<rect x="${x(a)}" y="${plot.top}" width="${(Number(x(b)) - Number(x(a))).toFixed(1)}" height="${plot.height}" fill="${fill}"/>`;
  const parts: string[] = [`<rect width="${width}" height="${bottom}" fill="#1a212b"/>`];
  for (let at = fromMs; at < toMs; at += 10 * minuteMs) {
    if (!sky.at(at).isDay) parts.push(shade(at, at + 10 * minuteMs, colours.night));
  }
  for (const spell of sky.spells) {
    parts.push(`<g opacity=".75">${shade(spell.fromMs, spell.toMs, colours[spell.kind])}</g>`);
  }
  const truth: string[] = [];
  for (let at = fromMs; at <= toMs; at += 2 * minuteMs) {
    truth.push(`${x(at)},${y(truthOf(hazard, lives.groundAt(camera, zone, at)))}`);
  }
  parts.push(
    `<polygon points="${x(fromMs)},${bottom} ${truth.join(' ')} ${x(toMs)},${bottom}" fill="${colours.truth}" fill-opacity=".25" stroke="${colours.truth}" stroke-opacity=".7"/>`,
  );
  const [raise, clear] = limitsOf(hazard, zone, settings);
  for (const [level, word] of [
    [raise, 'hazard from'],
    [clear, 'clear below'],
  ] as const) {
    parts.push(
      `<line x1="0" x2="${width}" y1="${y(level)}" y2="${y(level)}" stroke="#8d99a8" stroke-dasharray="2 4"/><text x="${width - 3}" y="${Number(y(level)) - 3}" text-anchor="end" fill="#8d99a8" class="note">${word} ${level}</text>`,
    );
  }
  for (const { atMs, level, word } of scene.said) {
    parts.push(
      `<circle cx="${x(atMs)}" cy="${y(level)}" r="2.8" fill="${colours[word]}"><title>${localTime(atMs)} ${word} ${level.toFixed(2)}</title></circle>`,
    );
  }
  for (const { atMs, word } of scene.marks) {
    if (atMs < fromMs || atMs > toMs) continue;
    parts.push(
      `<line x1="${x(atMs)}" x2="${x(atMs)}" y1="${plot.top - 4}" y2="${bottom}" stroke="${colours.card}" stroke-dasharray="4 3"/><text x="${x(atMs)}" y="10" class="word" text-anchor="${word.length > 2 ? 'end' : 'start'}" dx="${word.length > 2 ? 2 : 3}">${escaped(word)}</text>`,
    );
  }
  const troubles = lives
    .troublesWithin(camera.id, fromMs, toMs)
    .filter((one) => (one.zoneId === '' || one.zoneId === zone.id) && life.concerns[one.kind].includes(hazard));
  const kinds = [...new Set(troubles.map(({ kind }) => kind))].slice(0, mostRows);
  kinds.forEach((kind, row) => {
    const top = bottom + 18 + row * rowPx;
    for (const one of troubles.filter((trouble) => trouble.kind === kind)) {
      parts.push(
        `<rect x="${x(one.fromMs)}" y="${top}" width="${Math.max(1, Number(x(one.toMs)) - Number(x(one.fromMs))).toFixed(1)}" height="9" rx="2" fill="${colours.nuisance}" fill-opacity=".65"/>`,
      );
    }
    parts.push(`<text x="4" y="${top + 8}" fill="#e8ecf4" class="note">${kind}</text>`);
  });
  const stepMs = toMs - fromMs > 8 * hourMs ? 2 * hourMs : hourMs / 2;
  for (let at = Math.ceil(fromMs / stepMs) * stepMs; at <= toMs; at += stepMs) {
    parts.push(
      `<text x="${x(at)}" y="${bottom + 12}" fill="#8d99a8" class="note" text-anchor="middle">${localTime(at).slice(11)}</text>`,
    );
  }
  const height = bottom + 18 + kinds.length * rowPx;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(scene.title)}">${parts.join('')}</svg>`;
}

/** Bars of equal steps with a title; `marks` are limits drawn through. */
export function histogramSvg(
  title: string,
  values: readonly number[],
  most: number,
  limit: number,
  unit: string,
): string {
  const bins = 16;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const at = Math.min(bins - 1, Math.max(0, Math.floor((value / most) * bins)));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const top = Math.max(1, ...counts);
  const bars = counts
    .map((n, i) => {
      const height = (70 * n) / top;
      return `<rect x="${20 + i * 15}" y="${(100 - height).toFixed(1)}" width="13" height="${height.toFixed(1)}" class="count"><title>${n}</title></rect>`;
    })
    .join('');
  const x = (20 + (Math.min(limit, most) / most) * bins * 15).toFixed(1);
  return `<svg class="small" viewBox="0 0 280 124" role="img" aria-label="${escaped(title)}"><text class="title" x="20" y="14">${escaped(title)}</text>${bars}<line x1="${x}" x2="${x}" y1="24" y2="100" class="limit"/><text class="tick" x="20" y="114">0</text><text class="tick" x="260" y="114" text-anchor="end">${most}${unit} and more</text><text class="tick" x="${x}" y="114" text-anchor="middle">${limit}</text></svg>`;
}

/** Names with their counts as horizontal bars, the greatest first. */
export function countsSvg(title: string, counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  const most = Math.max(1, ...rows.map(([, n]) => n));
  const body = rows
    .map(([name, n], i) => {
      const y = 24 + i * 17;
      return `<text class="axis" x="112" y="${y + 10}" text-anchor="end">${escaped(name)}</text><rect class="count" x="118" y="${y}" width="${((170 * n) / most).toFixed(1)}" height="13"/><text class="tick" x="${(122 + (170 * n) / most).toFixed(1)}" y="${y + 10}">${n}</text>`;
    })
    .join('');
  const none = rows.length === 0 ? '<text class="axis" x="20" y="40">none</text>' : '';
  return `<svg class="small" viewBox="0 0 320 ${Math.max(60, 34 + rows.length * 17)}" role="img" aria-label="${escaped(title)}"><text class="title" x="20" y="14">${escaped(title)}</text>${body}${none}</svg>`;
}

/** How many cards came in each ten minutes of the run. */
export function loadSvg(moments: readonly number[], fromMs: number, toMs: number): string {
  const bins = Math.max(1, Math.ceil((toMs - fromMs) / (10 * minuteMs)));
  const counts = new Map<number, number>();
  for (const at of moments) {
    const bin = Math.floor((at - fromMs) / (10 * minuteMs));
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const most = Math.max(10, ...counts.values());
  const step = 940 / bins;
  const bars = [...counts]
    .map(([bin, n]) => {
      const height = (90 * n) / most;
      return `<rect class="count" x="${(30 + bin * step).toFixed(2)}" y="${(116 - height).toFixed(1)}" width="${Math.max(1.2, step * 0.9).toFixed(2)}" height="${height.toFixed(1)}"><title>${localTime(fromMs + bin * 10 * minuteMs)}: ${n}</title></rect>`;
    })
    .join('');
  const hours = (toMs - fromMs) / hourMs;
  const every = hours <= 30 ? 2 * hourMs : 24 * hourMs * Math.max(1, Math.round(hours / 24 / 12));
  const ticks: string[] = [];
  for (let at = fromMs; at <= toMs; at += every) {
    const x = 30 + ((at - fromMs) / (toMs - fromMs)) * 940;
    const text = hours <= 30 ? localTime(at).slice(11) : localTime(at).slice(5, 10);
    ticks.push(`<text class="tick" x="${x.toFixed(1)}" y="130" text-anchor="middle">${text}</text>`);
  }
  const tenY = (116 - (90 * 10) / most).toFixed(1);
  return `<svg class="wide" viewBox="0 0 1000 138" role="img" aria-label="Cards per ten minutes"><text class="title" x="30" y="14">Cards per ten minutes (a flood is more than ten)</text>${bars}<line class="limit" x1="30" x2="970" y1="${tenY}" y2="${tenY}"/><text class="tick" x="24" y="${Number(tenY) + 3}" text-anchor="end">10</text>${ticks.join('')}</svg>`;
}

/** Where the cameras hang: those with something wrong stand out. */
export function mapSvg(cameras: readonly Camera[], wrong: ReadonlySet<string>, missed: ReadonlySet<string>): string {
  const lats = cameras.map(({ point }) => point.lat);
  const lons = cameras.map(({ point }) => point.lon);
  const [south, north, west, east] = [Math.min(...lats), Math.max(...lats), Math.min(...lons), Math.max(...lons)];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const [w, h] = [Math.max(1e-6, (east - west) * squeeze), Math.max(1e-6, north - south)];
  const scale = Math.min(560 / w, 380 / h);
  const dot = (camera: Camera, fill: string, r: number): string =>
    `<circle cx="${(20 + (camera.point.lon - west) * squeeze * scale).toFixed(1)}" cy="${(30 + (north - camera.point.lat) * scale).toFixed(1)}" r="${r}" fill="${fill}"><title>${escaped(camera.id)}</title></circle>`;
  const calmR = cameras.length > 1000 ? 1 : 2.2;
  const calm = cameras.filter(({ id }) => !wrong.has(id) && !missed.has(id)).map((c) => dot(c, '#4a5a6d', calmR));
  const bad = cameras
    .filter(({ id }) => wrong.has(id) || missed.has(id))
    .map((c) => dot(c, wrong.has(c.id) ? colours.hazard : colours.truth, 4.5));
  return `<svg class="map" viewBox="0 0 600 430" role="img" aria-label="Cameras"><text class="title" x="20" y="14">Cameras: with false alarms (red), with missed hazards (amber)</text>${calm.join('')}${bad.join('')}</svg>`;
}

/** Limits of the delay of each hazard, minutes: the bar of the median and the end of its usefulness. */
export const delayScale: Readonly<Record<HazardName, { readonly bar: number; readonly most: number }>> = {
  snow: { bar: 10, most: 60 },
  flooding: { bar: 5, most: 16 },
  'open-manhole': { bar: 3, most: 16 },
  dumping: { bar: 1, most: 4 },
};

export const delayHistograms = (delays: (hazard: HazardName) => readonly number[]): string =>
  hazardNames
    .map((hazard) => {
      const { bar, most } = delayScale[hazard];
      const values = delays(hazard);
      return histogramSvg(`${hazard}: delay of ${values.length}`, values, most, bar, ' min');
    })
    .join('');
