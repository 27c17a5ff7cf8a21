// Many cameras at once, in two steps, and the reference pictures of one camera that a person picked.
import { z } from 'zod';
import { leastLookEveryS, mostLookEveryS } from '#core/camera';
import { HazardName } from '#core/hazard-name';
import { Word } from '#core/observation';
import { Ground, Light, PickKind } from '#core/past';

const id = z.string().min(1).max(80);
const moment = z.number();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const tried = z.string().min(8).max(64);

/** So many cameras at most in one change. */
export const mostInSet = 20_000;
const cameras = z.array(id).min(1).max(mostInSet);

/** The rhythms that the page offers, seconds; null: the city's. */
export const rhythmsS = [60, 120, 300, 600, 1200] as const;

/** How far a hazard of a whole camera may be put off, minutes: as an incident (domain 3.2 row 9), the longest for snow alone. */
export const putOffMinutes = [15, 60, 240, 720, 1440, 4320] as const;

/** Why a camera of the set stays as it is. */
export const stays = ['same', 'watched', 'gone', 'hazard-not-here'] as const;

export const SetLine = z.object({
  cameraId: id,
  /** Null: it changes. */
  stays: z.enum(stays).nullable(),
  /** Its own rhythm until now, seconds; null: the city's. */
  everyS: z.number().nullable(),
  /** Hazards that are put off, or no longer. */
  hazards: z.array(HazardName),
});
export type SetLine = z.infer<typeof SetLine>;

/** What a change of many cameras would do; `tried` is asked for by the change itself. */
export const SetTrial = z.object({
  tried,
  lines: z.array(SetLine),
  changes: z.number().int(),
  /** Looks a minute of the whole city; null where the page does not know the city's rhythm. */
  perMinute: z.object({ before: z.number(), after: z.number() }).nullable(),
  /** Incidents of these hazards at these cameras that wait for a decision: they stay in the queue. */
  waiting: z.number().int(),
});
export type SetTrial = z.infer<typeof SetTrial>;

const plan = z.object({ cameras, everyS: z.number().int().min(leastLookEveryS).max(mostLookEveryS).nullable() });
const quiet = z.object({
  cameras,
  hazards: z.array(HazardName).min(1).max(8),
  /** Null: what is put off ends now. */
  minutes: z.number().int().min(5).max(4320).nullable(),
});

export const PutOff = z.object({
  hazard: HazardName,
  sinceMs: moment,
  untilMs: moment,
  reason: z.string(),
  who: z.string(),
});
export type PutOff = z.infer<typeof PutOff>;

/** What the list of cameras filters and marks by, besides the marks themselves. */
export const CameraSets = z.object({
  /** Hosts through which cameras are reached, with their cameras; null: not for this person. */
  nodes: z.array(z.object({ node: z.string(), cameras: z.array(id) })).nullable(),
  /** The city's rhythm, seconds; null where the page does not know it. */
  cityEveryS: z.number().nullable(),
  /** Cameras with a rhythm of their own. */
  own: z.array(z.object({ cameraId: id, everyS: z.number() })),
  /** Cameras at which something is put off now. */
  quiet: z.array(z.object({ cameraId: id, hazards: z.array(HazardName), untilMs: moment })),
});
export type CameraSets = z.infer<typeof CameraSets>;

export const PickedReference = z.object({
  /** The view of the camera that it shows. */
  preset: z.string(),
  id,
  kind: PickKind,
  /** Null: its picture is not for this person. */
  stillSha256: sha256.nullable(),
  seenAtMs: moment,
  pickedAtMs: moment,
  who: z.string(),
  state: z.enum(['waiting', 'learned', 'useless']),
  /** Where useless: the state in which the eye found the picture. */
  why: z.string(),
  /** What the eye takes it for; null until it is learned. */
  light: Light.nullable(),
  ground: Ground.nullable(),
});
export type PickedReference = z.infer<typeof PickedReference>;

export const CameraReferences = z.object({
  picks: z.array(PickedReference),
  /** References that the eye learned by itself, by light and ground. */
  learned: z.array(
    z.object({ preset: z.string(), light: Light, ground: Ground, n: z.number().int(), newestMs: moment }),
  ),
  /** Kept looks to pick from, newest first; none of a restricted camera without a reason, and none for who does not pick. */
  looks: z.array(
    z.object({
      lookId: id,
      seenAtMs: moment,
      stillSha256: sha256,
      word: Word.nullable(),
      /** Which view of a camera with several it showed; absent where it showed none that is known. */
      preset: z.string().optional(),
    }),
  ),
});
export type CameraReferences = z.infer<typeof CameraReferences>;

const reason = z.string().trim().min(5).max(300).optional();
const nothing = z.object({});

export const cameraSetRoutes = {
  cameraSets: { method: 'GET', path: '/api/camera-sets', answer: CameraSets, may: 'see-cameras' },
  tryCameraPlan: {
    method: 'POST',
    path: '/api/camera-sets/plan/try',
    body: plan,
    answer: SetTrial,
    may: 'edit-cameras',
  },
  /** How often these cameras are looked at; exactly what was tried. */
  setCameraPlan: {
    method: 'POST',
    path: '/api/camera-sets/plan',
    body: plan.extend({ tried, why: z.string().trim().max(300).default('') }),
    answer: z.object({ changed: z.number().int() }),
    may: 'edit-cameras',
  },
  tryCameraQuiet: { method: 'POST', path: '/api/camera-sets/quiet/try', body: quiet, answer: SetTrial, may: 'decide' },
  /** Puts hazards of these cameras off, or ends it; exactly what was tried. */
  setCameraQuiet: {
    method: 'POST',
    path: '/api/camera-sets/quiet',
    body: quiet.extend({ tried, reason: z.string().trim().min(3).max(300) }),
    answer: z.object({ changed: z.number().int() }),
    may: 'decide',
  },
  cameraReferences: {
    method: 'GET',
    path: '/api/cameras/:id/references',
    params: z.object({ id }),
    query: z.object({ reason }),
    answer: CameraReferences,
    may: 'see-cameras',
  },
  /**
   * Picks a kept look as the reference of a kind. `despite`: although that look said hazard. `preset`: of which view, where the look
   * showed none that is known; one that is known is what it is.
   */
  pickReference: {
    method: 'POST',
    path: '/api/cameras/:id/references',
    params: z.object({ id }),
    body: z.object({
      lookId: id,
      kind: PickKind,
      preset: z.string().optional(),
      despite: z.boolean().default(false),
      reason,
    }),
    answer: z.object({ id }),
    may: 'edit-cameras',
  },
  takeBackReference: {
    method: 'POST',
    path: '/api/cameras/:id/references/:pick/take-back',
    params: z.object({ id, pick: id }),
    answer: nothing,
    may: 'edit-cameras',
  },
} as const;
