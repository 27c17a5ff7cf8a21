// What pictures are spoilt with: raw pixels and curves, vector shapes laid over them, clouds and frayed edges, chance.
import sharp from 'sharp';

/** Three bytes a pixel, rows from the top; sides in pixels. */
export interface Picture {
  readonly rgb: Uint8Array;
  readonly w: number;
  readonly h: number;
}

/** Numbers in 0..1, one after another. */
export type Random = () => number;

/** An image as three bytes a pixel. Throws RangeError when it has other channels. */
export async function opened(image: ReturnType<typeof sharp>): Promise<Picture> {
  const { data, info } = await image
    .flatten()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new RangeError(`it has ${info.channels} channels`);
  return { rgb: data, w: info.width, h: info.height };
}

/** Raw pixels as an image that sharp works on. */
export const imageOf = ({ rgb, w, h }: Picture): ReturnType<typeof sharp> =>
  sharp(rgb, { raw: { width: w, height: h, channels: 3 } });

/** A drawing of the picture's size in pixels. */
export const svgOf = ({ w, h }: Picture, body: string, defs = ''): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"><defs>${defs}</defs>${body}</svg>`,
  );

/** How a layer is laid on. */
export type Blend = 'over' | 'screen' | 'multiply';

/** A picture under layers of drawings. */
export const under = (picture: Picture, layers: readonly { svg: Buffer; blend?: Blend }[]): Promise<Picture> =>
  opened(imageOf(picture).composite(layers.map(({ svg, blend = 'over' }) => ({ input: svg, blend }))));

/** One picture over another where the vector mask is opaque. */
export async function through(below: Picture, above: Picture, mask: Buffer): Promise<Picture> {
  const { data } = await sharp(mask).resize(below.w, below.h).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const rgb = new Uint8Array(below.rgb.length);
  for (let i = 0; i < below.w * below.h; i++) {
    const alpha = (data[i * 4 + 3] ?? 0) / 255;
    for (let c = i * 3; c < i * 3 + 3; c++) rgb[c] = (below.rgb[c] ?? 0) * (1 - alpha) + (above.rgb[c] ?? 0) * alpha;
  }
  return { ...below, rgb };
}

/** Gaussian blur, sigma in pixels. */
export const blurredBy = (picture: Picture, sigmaPx: number): Promise<Picture> =>
  sigmaPx < 0.3 ? Promise.resolve(picture) : opened(imageOf(picture).blur(sigmaPx));

/** Every byte through a curve. */
export function curved(picture: Picture, curve: (value: number) => number): Picture {
  const table = Uint8Array.from({ length: 256 }, (_, value) => clampByte(255 * curve(value / 255)));
  return { ...picture, rgb: picture.rgb.map((value) => table[value] ?? 0) };
}

/** Noise of about this many grey levels, each byte by itself. */
export function noisy(picture: Picture, amplitude: number, random: Random): Picture {
  const grain = (): number => (random() + random() + random() - 1.5) * 2 * amplitude;
  return { ...picture, rgb: picture.rgb.map((value) => clampByte(value + grain())) };
}

/** The nearest byte. */
export const clampByte = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

/** A number between two others. */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

/** One of several. */
export const oneOf = <T>(random: Random, all: readonly [T, ...(readonly T[])]): T =>
  all[Math.floor(random() * all.length)] ?? all[0];

/** Red, green and blue as factors of a light. */
export type Tint = readonly [number, number, number];

/** Luma under which a share of the pixels lies. */
export function lumaAt({ rgb }: Picture, share: number): number {
  const all: number[] = [];
  for (let i = 0; i + 2 < rgb.length; i += 3 * 37) {
    all.push(((rgb[i] ?? 0) * 77 + (rgb[i + 1] ?? 0) * 150 + (rgb[i + 2] ?? 0) * 29) / 256);
  }
  all.sort((a, b) => a - b);
  return all[Math.min(all.length - 1, Math.floor(share * all.length))] ?? 0;
}

/** A light 0..255, tinted, in words of SVG. */
export const grey = (value: number, tint: Tint = [1, 1, 1]): string =>
  `rgb(${tint.map((t) => clampByte(value * t)).join()})`;

/** A filter that fills its shape's surroundings with cloudy alpha; `sharpness` makes islands out of clouds. */
export const cloud = (
  id: string,
  scale: number,
  seed: number,
  slope: number,
  offset: number,
  across = scale,
  [r, g, b]: Tint = [1, 1, 1],
): string =>
  `<filter id="${id}" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency="${across.toFixed(4)} ${scale.toFixed(4)}" numOctaves="5" seed="${seed}"/>` +
  `<feColorMatrix type="matrix" values="0 0 0 0 ${r}  0 0 0 0 ${g}  0 0 0 0 ${b}  ${slope} 0 0 0 ${offset}"/><feComposite in2="SourceGraphic" operator="in"/></filter>`;

/** A filter that frays outlines. */
export const fray = (id: string, scale: number, by: number, seed: number, softPx: number): string =>
  `<filter id="${id}" x="-20%" y="-20%" width="140%" height="140%"><feTurbulence type="turbulence" baseFrequency="${scale.toFixed(4)}" numOctaves="3" seed="${seed}"/>` +
  `<feDisplacementMap in="SourceGraphic" scale="${by.toFixed(1)}" xChannelSelector="R" yChannelSelector="G"/><feGaussianBlur stdDeviation="${softPx.toFixed(2)}"/></filter>`;

/** A filter that blurs. */
export const soft = (id: string, sigmaPx: number): string =>
  `<filter id="${id}" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="${sigmaPx.toFixed(2)}"/></filter>`;

/** A seed for turbulence. */
export const seedOf = (random: Random): number => Math.floor(random() * 9999);

/** Numbers in 0..1 from a seed (xorshift, 32 bits). */
export function randomOf(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) next();
  return next;
}
