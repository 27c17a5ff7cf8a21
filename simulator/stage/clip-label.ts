// Owns the written form of a clip's labels and of the catalogue of clips.
import { z } from 'zod';
import { CLASSES } from './classes.ts';

const fraction = z.number().min(-0.001).max(1.001);
const shares = z.object({ dry: fraction, wet: fraction, water: fraction, snow: fraction });

/** Zone kinds a clip may carry. */
export const zoneKinds = [
  'carriageway',
  'crossing',
  'pavement',
  'stop',
  'yard-entry',
  'underpass',
  'manhole',
  'no-dumping',
  'container-site',
  'snow-storage',
] as const;

/** `simulator/clips/<id>.json`: seconds are clip time, boxes and polygons are fractions of the picture, origin at the top left. */
export const clipLabelSchema = z.strictObject({
  schema: z.literal('ahual.clip/1'),
  clip: z.string().min(1),
  title: z.string().min(1),
  hazard: z.enum(['dumping', 'snow', 'flooding', 'open-manhole']).nullable(),
  scene: z.enum(['crossing', 'street', 'yard', 'wasteland', 'underpass', 'pavement']),
  seed: z.int().nonnegative().lt(100_000),
  widthPx: z.literal(1280),
  heightPx: z.literal(720),
  fps: z.literal(8),
  frames: z.int().positive(),
  durationS: z.number().positive(),
  camera: z.strictObject({ heightM: z.number().min(5).max(13), tiltDeg: z.number(), fovDeg: z.number() }),
  weather: z.string(),
  light: z.enum(['day', 'low-sun', 'dusk', 'night', 'overcast']),
  zones: z.array(
    z.strictObject({ id: z.string(), kind: z.enum(zoneKinds), polygon: z.array(z.tuple([fraction, fraction])).min(3) }),
  ),
  permitted: z.string().optional(),
  phases: z
    .array(
      z.strictObject({
        name: z.enum(['before', 'begin', 'during', 'end', 'after']),
        fromS: z.number().nonnegative(),
        toS: z.number().positive(),
        loop: z.boolean(),
      }),
    )
    .min(1),
  truth: z.array(
    z.strictObject({
      hazard: z.enum(['dumping', 'snow', 'flooding', 'open-manhole']),
      sub: z.string(),
      fromS: z.number().nonnegative(),
      toS: z.number().positive(),
    }),
  ),
  frameLabels: z.array(
    z.strictObject({
      t: z.number().nonnegative(),
      objects: z.array(
        z.strictObject({
          class: z.enum(CLASSES),
          box: z.tuple([fraction, fraction, fraction, fraction]),
          visible: fraction,
          track: z.string(),
        }),
      ),
      shares: z.record(z.string(), shares),
    }),
  ),
});
export type ClipLabelFile = z.infer<typeof clipLabelSchema>;

/** `simulator/clips/catalogue.json`. */
export const clipCatalogueSchema = z.strictObject({
  schema: z.literal('ahual.clips/1'),
  clips: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      hazard: z.string().nullable(),
      scene: z.string(),
      weather: z.string(),
      light: z.string(),
      durationS: z.number().positive(),
      bytes: z.int().positive(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      seed: z.int().nonnegative(),
    }),
  ),
});
