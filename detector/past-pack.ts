// A reference look as bytes for the database and back: a small header in JSON, then the planes, all deflated.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';
import { Ground, Light } from '#core/past';
import { featurePlanes, pastCells, pastLuma, type PastLook } from './past-look.ts';
import { outlineGrid } from './reference.ts';

/** No packed look is larger; the database refuses more. */
export const mostPackedBytes = 40_960;
/** Outlines are kept in 24ths: their values lie within about 4. */
const outlineSteps = 24;

const Header = z.strictObject({
  form: z.literal('ahual.past/1'),
  light: Light,
  ground: Ground,
  seenAtMs: z.number(),
  network: z.string(),
});

const sizes = {
  outline: outlineGrid.across * outlineGrid.down,
  luma: pastLuma.widthPx * pastLuma.heightPx,
  open: pastCells,
  features: pastCells * featurePlanes,
  levels: 2 * pastCells,
  ground255: 3 * pastCells,
} as const;

/** Packs a look into at most 40 KiB; a very busy picture loses the last bits of its luma for it. */
export function packLook(look: PastLook): Uint8Array {
  const { light, ground, seenAtMs, network } = look;
  const header = Buffer.from(JSON.stringify({ form: 'ahual.past/1', light, ground, seenAtMs, network }));
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const outline = Int8Array.from(look.outline.edges, (value) =>
    Math.max(-127, Math.min(127, Math.round(value * outlineSteps))),
  );
  const rest = [outline, look.open, byPlane(look.features), look.levels, look.ground255].map(bytesOf);
  for (const kept of [0xff, 0xfc, 0xf0]) {
    const luma = differences(look.luma.luma.map((value) => value & kept));
    const packed = deflateRawSync(Buffer.concat([length, header, luma, ...rest]), { level: 9 });
    if (packed.length <= mostPackedBytes) return packed;
  }
  throw refused('it does not fit into 40 KiB');
}

/** Opens packed bytes. Throws STORE_CHANGED when they are cut short or of another form. */
export function unpackLook(packed: Uint8Array): PastLook {
  let bytes: Buffer;
  let header: z.infer<typeof Header>;
  let at: number;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: 262_144 });
    at = 2 + bytes.readUInt16LE(0);
    header = Header.parse(JSON.parse(bytes.toString('utf8', 2, at)));
  } catch (thrown) {
    throw refused(messageOf(thrown));
  }
  const expected = at + Object.values(sizes).reduce((sum, size) => sum + size, 0);
  if (bytes.length !== expected) throw refused(`it holds ${bytes.length} bytes in place of ${expected}`);
  const take = (size: number): Uint8Array => new Uint8Array(bytes.subarray(at, (at += size)));
  const signed = (plane: Uint8Array): Int8Array => new Int8Array(plane.buffer, plane.byteOffset, plane.length);
  const luma = sums(take(sizes.luma));
  const edges = Float32Array.from(signed(take(sizes.outline)), (value) => value / outlineSteps);
  const open = take(sizes.open);
  const features = byCell(signed(take(sizes.features)));
  return {
    light: header.light,
    ground: header.ground,
    seenAtMs: header.seenAtMs,
    network: header.network,
    outline: { edges, ...outlineGrid },
    luma: { luma, ...pastLuma },
    open,
    features,
    levels: signed(take(sizes.levels)),
    ground255: take(sizes.ground255),
  };
}

const bytesOf = (plane: Uint8Array | Int8Array): Buffer =>
  Buffer.from(plane.buffer, plane.byteOffset, plane.byteLength);

/** Neighbours in one plane are alike, features of one cell are not: planes deflate better. */
function byPlane(features: Int8Array): Int8Array {
  const out = new Int8Array(features.length);
  for (let cell = 0; cell < pastCells; cell++)
    for (let plane = 0; plane < featurePlanes; plane++)
      out[plane * pastCells + cell] = features[cell * featurePlanes + plane] ?? 0;
  return out;
}

function byCell(planes: Int8Array): Int8Array {
  const out = new Int8Array(planes.length);
  for (let cell = 0; cell < pastCells; cell++)
    for (let plane = 0; plane < featurePlanes; plane++)
      out[cell * featurePlanes + plane] = planes[plane * pastCells + cell] ?? 0;
  return out;
}

function differences(luma: Uint8Array): Buffer {
  const out = Buffer.alloc(luma.length);
  luma.forEach((value, at) => {
    out[at] = (value - (at === 0 ? 0 : (luma[at - 1] ?? 0))) & 0xff;
  });
  return out;
}

function sums(steps: Uint8Array): Uint8Array {
  const out = new Uint8Array(steps.length);
  let value = 0;
  steps.forEach((step, at) => {
    value = (value + step) & 0xff;
    out[at] = value;
  });
  return out;
}

const refused = (why: string): AhualError =>
  new AhualError('STORE_CHANGED', `A kept reference look cannot be used: ${why}.`, 'It is learned anew by itself.');
