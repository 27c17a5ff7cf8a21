// Pictures drawn for the tests of the evaluation: streets, snowy streets, and nothing at all.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { randomOf } from './ranking.ts';

const widthPx = 320;
const heightPx = 192;

/** A road under a darker wall, with grain; `seed` makes it another picture, `roadLight` is the road's grey, 0..255. */
export function street(seed: string, roadLight = 120): Sharp {
  const random = randomOf(seed);
  const rgb = Buffer.alloc(widthPx * heightPx * 3);
  const slope = random() * 0.3;
  const wall = 50 + 30 * random();
  const kerb = 0.35 + 0.2 * random();
  const [windowX, windowW] = [random() * widthPx, 20 + 60 * random()];
  // Patches: without them all streets have one fingerprint.
  const patches = Array.from({ length: 8 * 8 }, () => 30 * (random() - 0.5));
  for (let i = 0; i < widthPx * heightPx; i++) {
    const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
    const isRoad = y >= heightPx * kerb;
    const isWindow = !isRoad && x > windowX && x < windowX + windowW;
    const patch = patches[8 * Math.floor((8 * y) / heightPx) + Math.floor((8 * x) / widthPx)] ?? 0;
    const light = (isRoad ? roadLight : isWindow ? 160 : wall) + patch + slope * x * (isRoad ? 0.3 : 1) + 25 * random();
    rgb.fill(Math.max(0, Math.min(255, light)), i * 3, i * 3 + 3);
  }
  return sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } });
}

/** What a camera sends at night without light. */
export const blackness = (): Sharp =>
  sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: '#020202' } });

const header = 'file,label,view,group,source_repo,source_path,licence,note,boxes';

/** One picture of a drawn list. */
export interface DrawnRow {
  readonly file: string;
  readonly label: string;
  readonly bytes: Uint8Array;
  readonly group?: string;
  readonly note?: string;
  /** As in the list: a JSON text. */
  readonly boxes?: string;
}

/** Writes a list with its pictures into the folder, each picture of a fixed camera of its own where no group is given. */
export function writeList(folder: string, name: string, rows: readonly DrawnRow[]): void {
  mkdirSync(join(folder, name), { recursive: true });
  const lines = rows.map(({ file, label, bytes, group = file, note = '', boxes = '' }) => {
    writeFileSync(join(folder, name, file), bytes);
    const quoted = [note, boxes].map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
    return `${file},${label},fixed_camera,${group},o/r,p,none,${quoted}`;
  });
  writeFileSync(join(folder, `${name}.csv`), [header, ...lines, ''].join('\n'));
}
