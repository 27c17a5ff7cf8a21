// Draws test plates: a new plate as SVG, seen from a street camera on the back of a rendered lorry.
import sharp, { type Sharp } from 'sharp';
import { glyphSvg, glyphWidth } from './glyphs.ts';

/** Pixels of a drawn plate for each millimetre. */
const pxPerMm = 2;

/** The ground of a plate and its lettering. */
export interface PlateLook {
  readonly weight: number;
  readonly ink: string;
  readonly ground: string;
}

const characterMm = 76;
const plateMm = { width: 520, height: 112 } as const;

/**
 * A one-row plate of 520 x 112 mm: flag and KZ on the left, `groups` beside each other, the last one behind a line where it is a
 * region. Sizes after photographs, not after the standard's own drawing.
 */
export function plateSvg(groups: readonly string[], look: PlateLook, hasRegion = true): string {
  const { width, height } = plateMm;
  const step = glyphWidth(characterMm) + 9;
  const count = groups.join('').length;
  const gapMm = 14;
  const left = 62;
  const wish = count * step + (groups.length - 1) * gapMm;
  const squeeze = Math.min(1, (width - left - 14) / wish);
  let x = left + Math.max(0, (width - left - 14 - wish * squeeze) / 2);
  const parts: string[] = [];
  for (const [i, group] of groups.entries()) {
    if (hasRegion && i === groups.length - 1) {
      const at = x - (gapMm * squeeze) / 2 - 3;
      parts.push(`<path d="M${at} 8 V${height - 8}" stroke="currentColor" stroke-width="3"/>`);
    }
    for (const character of group) {
      parts.push(glyphSvg(character, x, (height - characterMm) / 2, characterMm, look.weight));
      x += step * squeeze;
    }
    x += gapMm * squeeze;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width * pxPerMm}" height="${height * pxPerMm}" viewBox="0 0 ${width} ${height}" color="${look.ink}">
<rect width="${width}" height="${height}" rx="8" fill="${look.ink}"/><rect x="3" y="3" width="${width - 6}" height="${height - 6}" rx="6" fill="${look.ground}"/>
<rect x="13" y="24" width="38" height="25" fill="#00a5c0"/><circle cx="32" cy="36" r="7" fill="#ffd400"/>
${glyphSvg('K', 14, 60, 26, 13)}${glyphSvg('Z', 33, 60, 26, 13)}
${parts.join('')}</svg>`;
}

/** How a street camera saw it. Blur, trail and noise are in the picture's own pixels and grey levels. */
export interface Seeing {
  /** Deviation of the lens's and the sensor's blur, pixels. */
  readonly blurPx: number;
  /** Length of the trail of movement during the exposure, pixels. */
  readonly trailPx: number;
  /** Deviation of the sensor's noise, grey levels of 255. */
  readonly noise: number;
  /** Quality of the JPEG, 1..100; stands for the camera's compression. */
  readonly quality: number;
  /** Light on everything, and on the plate, which throws headlamps back, 0..1. */
  readonly light: number;
  readonly plateLight: number;
}

/** Where the plate hangs and how it is turned away from the camera. */
export interface Hanging {
  /** Height of the plate in pixels. */
  readonly heightPx: number;
  /** Its width as seen, as a share of what it would be from straight behind. */
  readonly squeeze: number;
  /** Slope of its upper and lower edge, pixels a pixel. */
  readonly slope: number;
  /** How much higher its right end is than its left one. */
  readonly nearer: number;
  /** Lean of its ends, pixels a pixel. */
  readonly lean: number;
  /** Place of its middle on the vehicle, fractions of the crop. */
  readonly x: number;
  readonly y: number;
}

interface Raw {
  readonly rgb: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Random numbers 0..1 that a seed fixes (mulberry32). */
export function randoms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A normal deviate. */
export const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const finer = 4;

/** A picture of a vehicle (as JPEG) with this plate on it. `vehicle`: crop of a lorry, stretched to fit the plate's size. */
export async function drawScene(
  vehicle: Buffer,
  plate: string,
  hanging: Hanging,
  seeing: Seeing,
  random: () => number,
): Promise<{ readonly jpeg: Buffer; readonly widthPx: number; readonly heightPx: number }> {
  const { heightPx, squeeze } = hanging;
  const plateWidthPx = (heightPx * plateMm.width * squeeze) / plateMm.height;
  // A lorry is 2.5 m wide.
  const widthPx = Math.max(96, Math.round((heightPx * 2500) / plateMm.height));
  const ground = await raw(sharp(vehicle).resize({ width: widthPx }));
  const patch = await raw(
    sharp(Buffer.from(plate)).resize(
      Math.max(8, Math.round(plateWidthPx * finer)),
      Math.max(4, Math.round(heightPx * finer)),
      { fit: 'fill' },
    ),
  );
  const picture = Float32Array.from(ground.rgb, (value) => value * seeing.light);
  paste(picture, ground, patch, hanging, plateWidthPx, seeing.plateLight);
  const still = sharp(Buffer.from(Uint8ClampedArray.from(picture)), {
    raw: { width: ground.widthPx, height: ground.heightPx, channels: 3 },
  });
  const blurred = seeing.blurPx >= 0.3 ? still.blur(seeing.blurPx) : still;
  const soft = await raw(sharp(await blurred.png().toBuffer()));
  const trailed = trail(soft, seeing.trailPx);
  const noisy = Uint8ClampedArray.from(trailed, (value) => value + seeing.noise * normal(random));
  const jpeg = await sharp(Buffer.from(noisy), {
    raw: { width: soft.widthPx, height: soft.heightPx, channels: 3 },
  })
    .jpeg({ quality: seeing.quality, chromaSubsampling: '4:2:0' })
    .toBuffer();
  return { jpeg, widthPx: soft.widthPx, heightPx: soft.heightPx };
}

async function raw(picture: Sharp): Promise<Raw> {
  const { data, info } = await picture
    .flatten({ background: '#888' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { rgb: data, widthPx: info.width, heightPx: info.height };
}

/** Lays the plate over the picture: a trapezium with leaning ends, `finer` x `finer` samples a pixel. */
function paste(
  picture: Float32Array,
  size: Pick<Raw, 'widthPx' | 'heightPx'>,
  patch: Raw,
  hanging: Hanging,
  plateWidthPx: number,
  light: number,
): void {
  const { heightPx, slope, nearer, lean } = hanging;
  const middleX = hanging.x * size.widthPx;
  const middleY = hanging.y * size.heightPx;
  const reach = plateWidthPx / 2 + heightPx;
  for (let y = Math.floor(middleY - reach); y <= middleY + reach; y++) {
    if (y < 0 || y >= size.heightPx) continue;
    for (let x = Math.floor(middleX - reach); x <= middleX + reach; x++) {
      if (x < 0 || x >= size.widthPx) continue;
      const sums = [0, 0, 0];
      let count = 0;
      for (let j = 0; j < finer; j++) {
        for (let i = 0; i < finer; i++) {
          const dx = x + (i + 0.5) / finer - middleX;
          const dy = y + (j + 0.5) / finer - middleY;
          const across = (dx - lean * dy) / plateWidthPx;
          const down = (dy - slope * dx) / (heightPx * (1 + nearer * across));
          if (Math.abs(across) >= 0.5 || Math.abs(down) >= 0.5) continue;
          const u = Math.min(patch.widthPx - 1, Math.floor((across + 0.5) * patch.widthPx));
          const v = Math.min(patch.heightPx - 1, Math.floor((down + 0.5) * patch.heightPx));
          for (const c of [0, 1, 2]) sums[c] = (sums[c] ?? 0) + (patch.rgb[3 * (v * patch.widthPx + u) + c] ?? 0);
          count++;
        }
      }
      if (count === 0) continue;
      const share = count / finer ** 2;
      const at = 3 * (y * size.widthPx + x);
      for (const c of [0, 1, 2]) {
        picture[at + c] = (1 - share) * (picture[at + c] ?? 0) + (light * (sums[c] ?? 0)) / finer ** 2;
      }
    }
  }
}

/** Averages along each row over the length of the trail. */
function trail({ rgb, widthPx, heightPx }: Raw, lengthPx: number): Float32Array {
  const reach = lengthPx / 2;
  const weights: [number, number][] = [];
  for (let d = -Math.ceil(reach); d <= Math.ceil(reach); d++) {
    const weight = Math.max(0, Math.min(d + 0.5, reach) - Math.max(d - 0.5, -reach));
    if (weight > 0) weights.push([d, weight / lengthPx]);
  }
  if (lengthPx < 0.5 || weights.length < 2) return Float32Array.from(rgb);
  const to = new Float32Array(rgb.length);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const at = 3 * (y * widthPx + x);
      for (const [d, weight] of weights) {
        const from = 3 * (y * widthPx + Math.min(widthPx - 1, Math.max(0, x + d)));
        for (const c of [0, 1, 2]) to[at + c] = (to[at + c] ?? 0) + weight * (rgb[from + c] ?? 0);
      }
    }
  }
  return to;
}
