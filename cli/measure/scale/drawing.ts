// docs/scale.svg: cores by part for three sizes of city, drawn from the measured costs of one look.
import { needOf, type Need, type UnitCosts } from './arithmetic.ts';

/**
 * Measured on one machine of two cores (docs/scale.md says which, and by which command). A city measures its own: `ahual bench scale`
 * prints them all.
 */
export const units: UnitCosts = {
  cpuMs: { eye: 48, worker: 6, judge: 5, database: 15 },
  idleCores: 0.1,
  leaderCoresPerThousand: 0.003,
  memoryMiB: { eye: 370, worker: 180, rest: 1200 },
  networkBytes: 336_000,
  rows: 75,
  walBytes: 38_000,
  lookBytes: 180,
  hourBytes: 110,
  frameBytes: 90_000,
};

const sizes = [1000, 12_000, 100_000];
const everyS = 300;
const parts = ['eye', 'database', 'worker', 'leader', 'judge', 'idle'] as const;
const colours: Readonly<Record<(typeof parts)[number], string>> = {
  eye: '#2f6f8f',
  database: '#b3702c',
  worker: '#5d8a3a',
  leader: '#7a5c99',
  judge: '#a34a5e',
  idle: '#8a8a8a',
};
const names: Readonly<Record<(typeof parts)[number], string>> = {
  eye: 'eyes: connect, decode, networks',
  database: 'database and queue',
  worker: 'workers: save, stills',
  leader: 'leader: lists and plans',
  judge: 'judge',
  idle: 'beats and pages',
};

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2).replace(/\.0$/, '');

/** One bar: shares of the whole, with the whole written beside it. */
function barOf(need: Need, y: number): string {
  const [left, width, height] = [120, 560, 34];
  let x = left;
  const pieces = parts.map((part) => {
    const w = (need.cores[part] / need.coresInAll) * width;
    const piece = `<rect x="${x.toFixed(1)}" y="${y}" width="${w.toFixed(1)}" height="${height}" fill="${colours[part]}"/>`;
    x += w;
    return piece;
  });
  const facts = [
    `${number(need.looksPerS)} looks/s`,
    `${number(need.coresInAll)} cores`,
    `${number(need.memoryGiB)} GiB`,
    `${number(need.cameraMbitPerS)} Mbit/s from cameras`,
    `${number(need.rowsPerS)} rows/s`,
    `${number(need.rowsGiB + need.framesGiB)} GiB of disk`,
  ].join(' · ');
  return [
    `<text x="${left - 12}" y="${y + 22}" text-anchor="end" class="b">${need.cameras.toLocaleString('en')}</text>`,
    ...pieces,
    `<text x="${left}" y="${y + height + 18}">${facts}</text>`,
  ].join('\n');
}

/** The drawing as it stands in docs/scale.svg. */
export function scaleDrawing(unit: UnitCosts = units): string {
  const bars = sizes.map((cameras, i) => barOf(needOf(cameras, everyS, unit), 56 + i * 84)).join('\n');
  const legend = parts
    .map((part, i) => {
      const [x, y] = [120 + (i % 3) * 232, 318 + Math.floor(i / 3) * 24];
      return `<rect x="${x}" y="${y - 11}" width="12" height="12" fill="${colours[part]}"/><text x="${x + 18}" y="${y}">${names[part]}</text>`;
    })
    .join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 360" role="img" aria-label="Cores by part for three sizes of city">
<style>text{font:13px sans-serif;fill:#333}.b{font-weight:600}.t{font-size:16px;font-weight:600}</style>
<rect width="800" height="360" fill="#fff"/>
<text x="24" y="30" class="t">Each camera every ${everyS} s: who takes the cores, and what it sums up to</text>
${bars}
${legend}
</svg>
`;
}
