// Number plates: from the crop of a vehicle to what its plate may say. Advisory: what is read is shown beside the picture of the
// plate and decides nothing.
import type { Box } from '#core/detection';
import { parsePlate, type ReadCharacter } from '#core/plate-grammar';
import type { FrameReading } from '#core/plate';
import { cut, type Frame, type PixelBox, type Pixels } from './pixels.ts';
import { charactersOf, plateClasses } from './plate-decode.ts';
import { heightOf, linesOf, plateLike, rowPairs, straighten, widthOf, type Line } from './plate-lines.ts';
import { openPlateNetworks, type PlateNetworks } from './plate-network.ts';
import type { PlateSighting } from './plate-vote.ts';

export { combine, voteLimits, type Combined, type PlateSighting } from './plate-vote.ts';

/** A sighting with the picture of it. */
export interface PlateFind extends PlateSighting {
  /** Where the plate stands, fractions of the picture. */
  readonly box: Box;
  /** The plate and a little around it, at the picture's own size. */
  readonly crop: Frame;
}

export interface PlateReader extends AsyncDisposable {
  readonly models: readonly string[];
  /** Every line on a vehicle that can be a number plate, the likeliest first; empty where none is found. */
  look(
    picture: Pixels,
    vehicle: Box,
    moment: { readonly atMs: number; readonly source: FrameReading['source'] },
  ): Promise<PlateFind[]>;
}

/** Opens the networks. Throws PART_MISSING (package not installed), MODEL_CHANGED or MODEL_REFUSED. */
export async function openPlateReader({ root }: { readonly root: string }): Promise<PlateReader> {
  const networks = await openPlateNetworks(root);
  const meaning = plateClasses(networks.keys);
  return {
    models: [`${networks.card.name}@${networks.card.version}`],
    look: (picture, vehicle, moment) => look(networks, meaning, picture, vehicle, moment),
    [Symbol.asyncDispose]: () => networks[Symbol.asyncDispose](),
  };
}

/** Plates hang low: the upper part of a vehicle's box is not searched, a little beyond its other edges is. */
const searched = { top: 0.3, beyond: 0.05 } as const;
/** The finder sees letters best when they are a twentieth of this or more. */
const searchSidePx = 640;
const mostEnlarged = 4;
/** The surest lines of a vehicle are read; more are lettering on its body. */
const mostLines = 4;
/** The finder lays its lines around the characters: a plate is so much higher than that (measured on drawn ones of 16-40 px). */
const plateOverLine = 1.35;
/** Of a crop that is shown: so many plate heights around it. */
const aroundHeights = 0.6;

async function look(
  networks: PlateNetworks,
  meaning: ReadonlyMap<number, string>,
  picture: Pixels,
  vehicle: Box,
  { atMs, source }: { readonly atMs: number; readonly source: FrameReading['source'] },
): Promise<PlateFind[]> {
  const area = searchedArea(picture, vehicle);
  if (area.w < 24 || area.h < 16) return [];
  const frame = await picture.region(area);
  const scale = Math.min(mostEnlarged, searchSidePx / Math.max(frame.widthPx, frame.heightPx));
  const multiple = networks.card.finder.sideMultiple;
  const upTo = (px: number): number => Math.ceil((px * scale) / multiple) * multiple;
  const [widthPx, heightPx] = [upTo(frame.widthPx), upTo(frame.heightPx)];
  const map = await networks.find(
    cut(frame, { x: 0, y: 0, w: widthPx / scale, h: heightPx / scale }, widthPx, heightPx),
  );
  const lines = plateLike(linesOf(map)).slice(0, mostLines);
  const finds: PlateFind[] = [];
  const rows = new Map<Line, ReadCharacter[]>();
  for (const line of lines) rows.set(line, await readLine(networks, meaning, frame, line, 1 / scale));
  const add = (row: readonly ReadCharacter[], of: readonly Line[]): void => {
    const box = boxOf(of, scale);
    finds.push({
      atMs,
      source,
      heightPx: of.reduce((sum, line) => sum + (plateOverLine * heightOf(line)) / scale, 0),
      row,
      parses: parsePlate(row),
      box: {
        x: (area.x + box.x) / picture.widthPx,
        y: (area.y + box.y) / picture.heightPx,
        w: box.w / picture.widthPx,
        h: box.h / picture.heightPx,
      },
      crop: cropOf(frame, box),
    });
  };
  for (const line of lines) if (widthOf(line) / heightOf(line) >= 2) add(rows.get(line) ?? [], [line]);
  for (const [upper, lower] of rowPairs(lines)) {
    for (const row of twoRows(rows.get(upper) ?? [], rows.get(lower) ?? [])) add(row, [upper, lower]);
  }
  const score = (one: PlateFind): number => one.parses[0]?.score ?? -100;
  return finds.sort((a, b) => score(b) - score(a));
}

function searchedArea(picture: Pick<Pixels, 'widthPx' | 'heightPx'>, { x, y, w, h }: Box): PixelBox {
  const { top, beyond } = searched;
  const left = Math.max(0, Math.floor((x - beyond * w) * picture.widthPx));
  const right = Math.min(picture.widthPx, Math.ceil((x + (1 + beyond) * w) * picture.widthPx));
  const upper = Math.max(0, Math.floor((y + top * h) * picture.heightPx));
  const lower = Math.min(picture.heightPx, Math.ceil((y + (1 + beyond) * h) * picture.heightPx));
  return { x: left, y: upper, w: Math.max(0, right - left), h: Math.max(0, lower - upper) };
}

async function readLine(
  networks: PlateNetworks,
  meaning: ReadonlyMap<number, string>,
  frame: Frame,
  line: Line,
  scale: number,
): Promise<ReadCharacter[]> {
  const straight = straighten(frame, line, scale, networks.card.reader.heightPx);
  return charactersOf(await networks.read(straight), meaning);
}

/** A two-row plate as one row. The region's digits may end the upper row: then they belong behind the letters of the lower one. */
function twoRows(upper: readonly ReadCharacter[], lower: readonly ReadCharacter[]): ReadCharacter[][] {
  // Far enough to the right that nobody takes the row's end for a gap between characters.
  const below = lower.map((one) => ({ ...one, at: one.at + 2 }));
  const tail = upper.slice(-2).map((one) => ({ ...one, at: one.at + 4 }));
  return [
    [...upper, ...below],
    [...upper.slice(0, -2), ...below, ...tail],
  ];
}

function boxOf(lines: readonly Line[], scale: number): PixelBox {
  const left = Math.min(...lines.map((line) => line.left)) / scale;
  const right = Math.max(...lines.map((line) => line.right)) / scale;
  const top = Math.min(...lines.map((line) => Math.min(...line.top))) / scale;
  const bottom = Math.max(...lines.map((line) => Math.max(...line.bottom))) / scale;
  return { x: left, y: top, w: right - left, h: bottom - top };
}

function cropOf(frame: Frame, box: PixelBox): Frame {
  const around = aroundHeights * box.h;
  const left = Math.max(0, Math.floor(box.x - around));
  const top = Math.max(0, Math.floor(box.y - around));
  const right = Math.min(frame.widthPx, Math.ceil(box.x + box.w + around));
  const bottom = Math.min(frame.heightPx, Math.ceil(box.y + box.h + around));
  const [widthPx, heightPx] = [Math.max(1, right - left), Math.max(1, bottom - top)];
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let row = 0; row < heightPx; row++) {
    const from = 3 * ((top + row) * frame.widthPx + left);
    rgb.set(frame.rgb.subarray(from, from + widthPx * 3), row * widthPx * 3);
  }
  return { rgb, widthPx, heightPx };
}
