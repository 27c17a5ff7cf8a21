// Shapes of the views of a camera that turns: what there is, what is known of each, adding, naming, ordering and removing them.
import { z } from 'zod';
import { HealthState, mostPresets, Preset } from '#core/camera';
import { PickKind } from '#core/past';
import { id, moment, sha256 } from './wire.ts';

const seen = z.string().max(64);
const reason = z.string().trim().min(5).max(300).optional();
const name = Preset.shape.name.unwrap().trim();
const token = Preset.shape.token.unwrap().nullable();

export const PresetFacts = z.object({
  id: Preset.shape.id,
  /** Empty where nobody gave it a name. */
  name: z.string(),
  /** What the camera itself calls it. */
  token: z.string().nullable(),
  zones: z.number().int(),
  /** Pictures that people picked of it, and references that the eye learned of it by itself. */
  picks: z.number().int(),
  learned: z.number().int(),
  /** Is there a reference by which a picture of it can be told? */
  known: z.boolean(),
  /** Open incidents of its zones. */
  open: z.number().int(),
  /** Its first picked picture; null where there is none, or where this person may not see it. */
  stillSha256: sha256.nullable(),
  /** When a look showed it last, of the looks that are kept. */
  lastSeenAtMs: moment.nullable(),
});
export type PresetFacts = z.infer<typeof PresetFacts>;

export const CameraPresets = z.object({
  seen,
  presets: z.array(PresetFacts).min(1).max(mostPresets),
  /** Which of them the last look showed; null where it showed none of them. A camera with one view shows that. */
  shown: z.string().nullable(),
  /** A second view needs a picked picture of the main one, else nothing tells the two apart. */
  mainPicked: z.boolean(),
  /** Kept looks from which a view of its own can be made, newest first; none for who does not change views. */
  looks: z.array(
    z.object({
      lookId: id,
      seenAtMs: moment,
      stillSha256: sha256,
      outcome: z.union([z.literal('seen'), HealthState]),
    }),
  ),
});
export type CameraPresets = z.infer<typeof CameraPresets>;

const withId = z.object({ id });
const done = z.object({ version: z.number().int() });

export const presetRoutes = {
  cameraPresets: {
    method: 'GET',
    path: '/api/cameras/:id/presets',
    params: withId,
    query: z.object({ reason }),
    answer: CameraPresets,
    may: 'see-cameras',
  },
  /** A kept look is a view of its own: its picture becomes the first reference of the new view. */
  addPreset: {
    method: 'POST',
    path: '/api/cameras/:id/presets',
    params: withId,
    body: z.object({ seen, lookId: id, kind: PickKind, name, token: token.default(null), reason }),
    answer: done.extend({ preset: z.string() }),
    may: 'edit-cameras',
  },
  /** Names and order of all views of a camera. */
  savePresets: {
    method: 'POST',
    path: '/api/cameras/:id/presets/save',
    params: withId,
    body: z.object({
      seen,
      presets: z
        .array(z.object({ id: z.string(), name, token }))
        .min(1)
        .max(mostPresets),
    }),
    answer: done,
    may: 'edit-cameras',
  },
  /** Takes a view away with its zones and its references. */
  removePreset: {
    method: 'POST',
    path: '/api/cameras/:id/presets/:preset/remove',
    params: z.object({ id, preset: z.string() }),
    body: z.object({ seen }),
    answer: done,
    may: 'edit-cameras',
  },
} as const;
