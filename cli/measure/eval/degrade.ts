// Spoils pictures for measuring: rain, snow, frost, glare, blur and broken coding, made in another way than those of the
// training (vector shapes and turbulence here, noise fields there), so that a network cannot know them by their making.
import sharp from 'sharp';
import { AhualError, messageOf } from '#core/errors';
import {
  between,
  blurredBy,
  clampByte,
  cloud,
  curved,
  fray,
  grey,
  imageOf,
  lumaAt,
  noisy,
  oneOf,
  opened,
  type Picture,
  type Random,
  randomOf,
  seedOf,
  soft,
  svgOf,
  through,
  type Tint,
  under,
} from './spoiling.ts';

export const degradeKinds = [
  'drops',
  'snow',
  'frost',
  'fog',
  'sun',
  'headlights',
  'defocus',
  'shake',
  'dark',
  'overexposed',
  'blocked',
  'dirt',
  'coding',
  'torn',
] as const;
export type DegradeKind = (typeof degradeKinds)[number];

/** Up to this strength a person still judges the road in every kind. */
export const mildStrength = 0.3;
/** From this strength on a person judges next to nothing of the road in any kind. */
export const blindStrength = 0.75;

type Spoil = (picture: Picture, strength: number, random: Random) => Promise<Picture>;

/** The networks look at 640 px; a lens does not know how many pixels are behind it. */
const sizeMostPx = 640;

/**
 * Spoils an encoded picture: a JPEG of quality 90, at most 640 px wide, the same bytes for the same arguments on one
 * machine. `strength` 0..1: see `mildStrength` and `blindStrength`. Throws PICTURE_REFUSED for what is no picture.
 */
export async function degradePicture(
  jpeg: Uint8Array,
  kind: DegradeKind,
  strength: number,
  seed: number,
): Promise<Buffer> {
  let picture: Picture;
  try {
    picture = await opened(sharp(jpeg).resize({ width: sizeMostPx, withoutEnlargement: true }));
  } catch (thrown) {
    throw new AhualError(
      'PICTURE_REFUSED',
      `A picture that was to be spoilt could not be read: ${messageOf(thrown)}.`,
      'It is cut short or no picture.',
    );
  }
  const spoilt = await spoils[kind](picture, Math.min(1, Math.max(0, strength)), randomOf(seed));
  return imageOf(spoilt).jpeg({ quality: 90 }).toBuffer();
}

async function drops(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h } = picture;
  // What a drop shows: nearly the whole scene, small and upside down.
  const scene = await opened(
    imageOf(await blurredBy(picture, h * 0.03))
      .flip()
      .flop(),
  );
  const film = await blurredBy(picture, h * 0.016 * Math.max(0, s - 0.3));
  const tiles: { input: Buffer; left: number; top: number }[] = [];
  const count = Math.round(4 + 110 * s * s);
  for (let n = 0; n < count; n++) {
    const r = Math.max(3, h * Math.exp(between(random, Math.log(0.015), Math.log(0.04 + 0.1 * s))));
    const [dw, dh] = [Math.round(2 * r * between(random, 0.8, 1.1)), Math.round(2 * r * between(random, 0.95, 1.5))];
    const [left, top] = [Math.round(between(random, -0.03, 1) * w), Math.round(between(random, -0.03, 1) * h)];
    if (left < 0 || top < 0 || left + dw > w || top + dh > h) continue;
    const shape = `<svg xmlns="http://www.w3.org/2000/svg" width="${dw}" height="${dh}"><defs><radialGradient id="g"><stop offset="${between(random, 0.45, 0.85)}" stop-color="#fff"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient></defs><ellipse cx="${dw / 2}" cy="${dh / 2}" rx="${dw / 2}" ry="${dh / 2}" fill="url(#g)"/></svg>`;
    const light = between(random, 0.75, 1.35);
    const input = await imageOf(scene)
      .resize(dw, dh, { fit: 'fill' })
      .linear(light, 0)
      .ensureAlpha()
      .composite([{ input: Buffer.from(shape), blend: 'dest-in' }])
      .png({ compressionLevel: 0 })
      .toBuffer();
    tiles.push({ input, left, top });
  }
  const wet = await opened(imageOf(film).composite(tiles));
  if (s < 0.5) return wet;
  // Where water stands whole the scene swims: coarse blocks of it are smeared along a turbulent field.
  const swum = await opened(imageOf(await blurredBy(wet, h * 0.035 * s)));
  return through(
    wet,
    swum,
    svgOf(
      picture,
      `<rect width="${w}" height="${h}" fill="#fff" filter="url(#c)"/>`,
      cloud('c', 3.2 / h, seedOf(random), 6, -4.6 + 4.2 * s),
    ),
  );
}

async function snow(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h } = picture;
  const light = Math.max(40, lumaAt(picture, 0.8)) * between(random, 0.85, 1.15);
  let flakes = '';
  const count = Math.round(5 + 260 * s * s);
  for (let n = 0; n < count; n++) {
    const r = h * Math.exp(between(random, Math.log(0.008), Math.log(0.02 + 0.06 * s)));
    const tone = grey(light * between(random, 0.75, 1.1), [0.97, 0.99, 1.02]);
    flakes += `<circle cx="${(random() * w).toFixed(0)}" cy="${(random() * h).toFixed(0)}" r="${r.toFixed(1)}" fill="${tone}" fill-opacity="${between(random, 0.6, 1).toFixed(2)}"/>`;
  }
  const level = (1 - Math.max(0, s - 0.3) * between(random, 0.9, 1.3)) * h;
  const pile = `<path d="M0 ${h} L0 ${level} Q${w * random()} ${level - h * 0.12} ${w} ${level + between(random, -0.12, 0.12) * h} L${w} ${h} Z" fill="${grey(light * 0.92, [0.97, 0.99, 1.02])}"/>`;
  const haze = `<rect width="${w}" height="${h}" fill="${grey(light)}" fill-opacity="${(0.4 * Math.max(0, s - 0.2)).toFixed(2)}"/>`;
  return under(picture, [
    {
      svg: svgOf(
        picture,
        `${haze}<g filter="url(#f)">${s > 0.3 ? pile : ''}${flakes}</g>`,
        fray('f', 14 / h, h * 0.05, seedOf(random), h * between(random, 0.004, 0.014)),
      ),
    },
  ]);
}

async function frost(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h } = picture;
  const light = Math.max(35, lumaAt(picture, 0.75));
  const inner = Math.max(0, 1.02 - s * 1.35);
  const [cx, cy] = [between(random, 0.35, 0.65), between(random, 0.35, 0.65)];
  const rim = `<radialGradient id="r" cx="${cx}" cy="${cy}" r="0.75"><stop offset="${inner.toFixed(3)}" stop-color="#fff" stop-opacity="0"/><stop offset="${Math.min(1, inner + 0.18).toFixed(3)}" stop-color="#fff"/></radialGradient>`;
  const ragged = fray('e', 9 / h, h * 0.3, seedOf(random), h * 0.004);
  const area = `<rect x="${-w}" y="${-h}" width="${3 * w}" height="${3 * h}" fill="none"/><rect width="${w}" height="${h}" fill="url(#r)"/>`;
  const frosted = await under(await blurredBy(picture, h * 0.025), [
    {
      svg: svgOf(
        picture,
        `<rect width="${w}" height="${h}" fill="${grey(light, [0.95, 0.98, 1.02])}" fill-opacity="${between(random, 0.5, 0.8).toFixed(2)}"/><rect width="${w}" height="${h}" fill="#fff" filter="url(#n)" opacity="0.55"/><rect width="${w}" height="${h}" filter="url(#m)" fill="#fff" opacity="0.4"/>`,
        cloud('n', 10 / h, seedOf(random), 5, -2.3, 60 / h) + cloud('m', 70 / h, seedOf(random), 5, -2.3, 9 / h),
      ),
    },
  ]);
  const toned = curved(frosted, (v) => Math.min(v, (light / 255) * 1.15));
  return through(picture, toned, svgOf(picture, `<g filter="url(#e)">${area}</g>`, rim + ragged));
}

async function fog(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h } = picture;
  const air = Math.max(22, lumaAt(picture, 0.85) * between(random, 0.8, 1));
  const thick = 0.12 * Math.exp(s * 4.4);
  const stops = Array.from({ length: 9 }, (_, i) => {
    const y = i / 8;
    const opacity = 1 - Math.exp(-thick * (0.35 + 1.1 * (1 - y) ** 1.6));
    return `<stop offset="${y}" stop-color="${grey(air, [0.98, 1, 1.01])}" stop-opacity="${opacity.toFixed(3)}"/>`;
  }).join('');
  const hazy = await through(
    picture,
    await blurredBy(picture, h * 0.012),
    svgOf(picture, `<rect width="${w}" height="${h}" fill-opacity="${Math.min(1, s).toFixed(2)}"/>`),
  );
  const veiled = await under(hazy, [
    {
      svg: svgOf(
        picture,
        `<rect width="${w}" height="${h}" fill="url(#a)"/>`,
        `<linearGradient id="a" x1="0" y1="0" x2="0" y2="1">${stops}</linearGradient>`,
      ),
    },
  ]);
  return noisy(veiled, 1.5, random);
}

const glow = (id: string, cx: number, cy: number, r: number, strength: number, tint: Tint) =>
  `<radialGradient id="${id}" gradientUnits="userSpaceOnUse" cx="${cx.toFixed(0)}" cy="${cy.toFixed(0)}" r="${r.toFixed(0)}">` +
  [0, 0.1, 0.25, 0.45, 0.7, 1]
    .map((o) => {
      const a = o === 1 ? 0 : Math.min(1, strength * (Math.exp(-o * 4) * 1.6 + 0.1 * (1 - o)));
      return `<stop offset="${o}" stop-color="${grey(255, tint)}" stop-opacity="${a.toFixed(3)}"/>`;
    })
    .join('') +
  '</radialGradient>';

async function sun(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h } = picture;
  const [cx, cy] = [between(random, 0.1, 0.9) * w, between(random, -0.05, 0.4) * h];
  const power = 0.22 * Math.exp(s * 3.6);
  const tint = [1, between(random, 0.88, 0.98), between(random, 0.68, 0.92)] as const;
  const veil = `<rect width="${w}" height="${h}" fill="${grey(255, tint)}" fill-opacity="${Math.min(0.96, 0.03 * Math.exp(s * 3.7)).toFixed(3)}"/>`;
  const circle = `<rect width="${w}" height="${h}" fill="url(#s)"/>`;
  const dust = `<rect width="${w}" height="${h}" fill="${grey(255, tint)}" filter="url(#d)" opacity="${(0.35 * s).toFixed(2)}"/>`;
  return under(
    curved(picture, (v) => v * (1 - 0.45 * s)),
    [
      {
        blend: 'screen',
        svg: svgOf(
          picture,
          veil + circle + dust,
          glow('s', cx, cy, 1.1 * w, power, tint) + cloud('d', 30 / h, seedOf(random), 4, -2),
        ),
      },
    ],
  );
}

async function headlights(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h } = picture;
  const ground = Math.max(4, lumaAt(picture, 0.5));
  const night = curved(picture, (v) => v ** 1.25 * Math.min(1, between(() => 0.5, 26, 46) / ground) * (1 - 0.5 * s));
  let body = '';
  let defs = '';
  const cars = 1 + Math.floor(random() * (1 + 3 * s));
  for (let n = 0; n < cars; n++) {
    const [cx, cy] = [between(random, 0.15, 0.85) * w, between(random, 0.3, 0.85) * h];
    const gap = between(random, 0.05, 0.14) * h * (0.5 + cy / h);
    for (const side of [-1, 1]) {
      const id = `l${n}${side > 0 ? 'r' : 'l'}`;
      const x = cx + (side * gap) / 2;
      defs += glow(
        id,
        x,
        cy,
        h * (0.12 + 1.5 * s * s),
        0.7 * Math.exp(s * 2.2),
        oneOf<Tint>(random, [
          [1, 0.96, 0.86],
          [0.94, 0.97, 1],
        ]),
      );
      body += `<rect width="${w}" height="${h}" fill="url(#${id})"/>`;
      body += `<ellipse cx="${x.toFixed(0)}" cy="${(cy + h * 0.14).toFixed(0)}" rx="${(h * 0.012).toFixed(1)}" ry="${(h * 0.13).toFixed(1)}" fill="#fff" opacity="${(0.3 + 0.4 * s).toFixed(2)}" filter="url(#b)"/>`;
    }
  }
  const lit = await under(night, [{ blend: 'screen', svg: svgOf(picture, body, defs + soft('b', h * 0.01)) }]);
  return noisy(lit, 3 + 5 * s, random);
}

async function defocus(picture: Picture, s: number): Promise<Picture> {
  return await blurredBy(picture, picture.h * 0.0012 * Math.exp(s * 4));
}

async function shake(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h, rgb } = picture;
  const length = h * 0.006 * Math.exp(s * 4.2);
  const angle = random() * Math.PI;
  const count = Math.max(2, Math.min(40, Math.round(length)));
  const steps = Array.from({ length: count }, (_, i) => {
    const at = (i / (count - 1) - 0.5) * length;
    return [Math.round(at * Math.cos(angle)), Math.round(at * Math.sin(angle))] as const;
  });
  const out = new Uint8Array(rgb.length);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let [r, g, b] = [0, 0, 0];
      for (const [dx, dy] of steps) {
        const at = (Math.min(h - 1, Math.max(0, y + dy)) * w + Math.min(w - 1, Math.max(0, x + dx))) * 3;
        r += rgb[at] ?? 0;
        g += rgb[at + 1] ?? 0;
        b += rgb[at + 2] ?? 0;
      }
      const to = (y * w + x) * 3;
      out[to] = r / count;
      out[to + 1] = g / count;
      out[to + 2] = b / count;
    }
  }
  return Promise.resolve({ ...picture, rgb: out });
}

async function dark(picture: Picture, s: number, random: Random): Promise<Picture> {
  const wanted = 70 * Math.exp(-s * 3.4);
  const gain = Math.min(1, wanted / Math.max(1, lumaAt(picture, 0.6)));
  return Promise.resolve(
    noisy(
      curved(picture, (v) => v * gain),
      between(random, 0.5, 4),
      random,
    ),
  );
}

async function overexposed(picture: Picture, s: number): Promise<Picture> {
  const ground = Math.max(12, lumaAt(picture, 0.4));
  const gain = Math.max(1, (90 * Math.exp(s * 2)) / ground);
  const burnt = curved(picture, (v) => v * gain + 0.12 * s);
  const bloom = await blurredBy(
    curved(burnt, (v) => Math.max(0, v - 0.9) * 6),
    picture.h * 0.03,
  );
  return { ...burnt, rgb: burnt.rgb.map((value, i) => clampByte(value + 0.35 * s * (bloom.rgb[i] ?? 0))) };
}

async function blocked(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h } = picture;
  const share = Math.min(1.1, 0.05 + 1.2 * s);
  const light = Math.max(30, lumaAt(picture, 0.7));
  const [tint, texture] = oneOf<readonly [Tint, number]>(random, [
    [[0.95, 0.66, 0.55], 2],
    [[0.35, 0.55, 0.2], 9],
    [[0.9, 0.92, 0.95], 4],
    [[0.25, 0.3, 0.42], 3],
    [[0.5, 0.48, 0.45], 30],
  ]);
  const turn = oneOf(random, [0, 90, 180, 270]);
  const [cw, ch] = turn % 180 === 0 ? [w, h] : [h, w];
  const edge = ch * (1 - share);
  const shape = `<path d="M${-cw} ${2 * ch} L${-cw} ${edge} Q${cw * 0.25} ${edge - ch * 0.15} ${cw * 0.5} ${edge} T${2 * cw} ${edge} L${2 * cw} ${2 * ch} Z" fill="${grey(light, tint)}"/>`;
  const shade = `<rect x="${-w}" y="${-h}" width="${3 * w}" height="${3 * h}" fill="#000" filter="url(#t)" opacity="0.6"/>`;
  const body = `<g filter="url(#b)"><g transform="translate(${w / 2} ${h / 2}) rotate(${turn}) translate(${-cw / 2} ${-ch / 2})">${shape}</g></g>`;
  const below = { w, h };
  const cover = svgOf(picture, body, soft('b', h * between(random, 0.004, 0.03)));
  const thing = await under({ ...below, rgb: new Uint8Array(w * h * 3).fill(clampByte(light)) }, [
    { svg: svgOf(picture, `<rect width="${w}" height="${h}" fill="${grey(light, tint)}"/>`) },
    { svg: svgOf(picture, shade, cloud('t', texture / h, seedOf(random), 2.2, -0.7, texture / h, [0, 0, 0])) },
  ]);
  return through(picture, thing, cover);
}

async function dirt(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h } = picture;
  const light = Math.max(20, lumaAt(picture, 0.6));
  const tint = oneOf<Tint>(random, [
    [0.62, 0.48, 0.33],
    [0.5, 0.47, 0.42],
    [0.36, 0.3, 0.24],
  ]);
  const dustTint: Tint = [(tint[0] * light) / 255, (tint[1] * light) / 255, (tint[2] * light) / 255];
  let spots = '';
  const count = Math.round(3 + 60 * s * s);
  for (let n = 0; n < count; n++) {
    const r = h * Math.exp(between(random, Math.log(0.015), Math.log(0.05 + 0.16 * s)));
    spots += `<ellipse cx="${(random() * w).toFixed(0)}" cy="${(random() * h).toFixed(0)}" rx="${r.toFixed(1)}" ry="${(r * between(random, 0.7, 1.6)).toFixed(1)}" fill="${grey(light * between(random, 0.7, 1.2), tint)}" fill-opacity="${between(random, 0.7, 0.98).toFixed(2)}"/>`;
  }
  const dust = `<rect width="${w}" height="${h}" fill="${grey(light, tint)}" filter="url(#d)" opacity="${Math.min(0.95, s * 1.1).toFixed(2)}"/>`;
  return under(await blurredBy(picture, h * 0.006 * s), [
    {
      svg: svgOf(
        picture,
        `${dust}<g filter="url(#f)">${spots}</g>`,
        cloud('d', 4 / h, seedOf(random), 3, -1.6 + 1.2 * s, 4 / h, dustTint) +
          fray('f', 8 / h, h * 0.12, seedOf(random), h * between(random, 0.003, 0.012)),
      ),
    },
  ]);
}

async function coding(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h } = picture;
  const shrink = 1 + 7 * Math.max(0, s - 0.35);
  const coarse = await imageOf(picture)
    .resize(Math.max(16, Math.round(w / shrink)), Math.max(16, Math.round(h / shrink)), { fit: 'fill' })
    .jpeg({ quality: Math.max(1, Math.round(34 * (1 - s) ** 2)) })
    .toBuffer();
  const out = await opened(sharp(coarse).resize(w, h, { fit: 'fill', kernel: 'nearest' }));
  const rgb = new Uint8Array(out.rgb);
  const side = 16;
  const how = oneOf(random, ['grey', 'green', 'copied'] as const);
  const lost = s < 0.4 ? 0 : s * between(random, 0.5, 1.1);
  const first = Math.floor(random() * (1 - Math.min(1, lost)) * h);
  for (let top = first; top < Math.min(h, first + lost * h); top += side) {
    const left = random() < 0.3 ? Math.floor((random() * w) / side) * side : 0;
    for (let y = top; y < Math.min(h, top + side); y++) {
      for (let x = left; x < w; x++) {
        const at = (y * w + x) * 3;
        const from = (Math.max(0, first - 1) * w + x) * 3;
        for (let c = 0; c < 3; c++) {
          const colour = how === 'grey' ? 128 : how === 'green' ? (c === 1 ? 130 : 0) : (rgb[from + c] ?? 0);
          rgb[at + c] = colour;
        }
      }
    }
  }
  return { ...out, rgb };
}

async function torn(picture: Picture, s: number, random: Random): Promise<Picture> {
  const { w, h, rgb } = picture;
  const out = new Uint8Array(rgb.length);
  const comb = Math.round(w * 0.003 * Math.exp(s * 3.4));
  let strip = 0;
  let left = 0;
  for (let y = 0; y < h; y++) {
    if (left-- <= 0) {
      left = Math.round(between(random, 0.01, 0.25 - 0.2 * s) * h);
      strip = s < 0.35 ? 0 : Math.round((random() - 0.5) * w * 1.2 * s);
    }
    const wobble = s < 0.6 ? 0 : Math.round((random() - 0.5) * w * 0.25 * s);
    const shift = strip + wobble + (y % 2 === 0 ? 0 : comb);
    for (let x = 0; x < w; x++) {
      const from = (y * w + ((((x + shift) % w) + w) % w)) * 3;
      const to = (y * w + x) * 3;
      for (let c = 0; c < 3; c++) out[to + c] = rgb[from + c] ?? 0;
    }
  }
  return Promise.resolve({ ...picture, rgb: out });
}

const spoils: Readonly<Record<DegradeKind, Spoil>> = {
  drops,
  snow,
  frost,
  fog,
  sun,
  headlights,
  defocus,
  shake,
  dark,
  overexposed,
  blocked,
  dirt,
  coding,
  torn,
};
