// What is asked of a camera before it is one of ours, and what it answers: by whoever sends it into an eye and by the eye.
import { z } from 'zod';
import { HealthState } from '#core/camera';

const SignIn = z.object({ user: z.string(), password: z.string() });
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** One stream as it really is. Rates are of what came, not of what the camera promises. */
export const StreamFacts = z.object({
  codec: z.enum(['h264', 'h265', 'mjpeg', 'mpeg4', 'other']),
  /** As people call it: `High`, `Main`. Empty where the codec has none. */
  profile: z.string(),
  widthPx: z.number(),
  heightPx: z.number(),
  fps: z.number().nullable(),
  /** Between key frames, the longest that was seen; null where fewer than two came. */
  keyEveryS: z.number().nullable(),
  keys: z.number().int(),
  packets: z.number().int(),
  kbitS: z.number().nullable(),
  bFrames: z.boolean(),
  /** Codec of its sound; null without sound. */
  audio: z.string().nullable(),
  transport: z.enum(['tcp', 'udp']),
  /** From the first step of the connection to the first whole picture. */
  firstPictureMs: z.number().nullable(),
  measuredS: z.number(),
  way: z.enum(['node-av', 'ffmpeg']),
});
export type StreamFacts = z.infer<typeof StreamFacts>;

export const stillStates = ['none', 'fresh', 'stale', 'unsure'] as const;

/** Is a still picture of now? `unsure`: it came, and nothing proves either. */
export const Freshness = z.object({
  state: z.enum(stillStates),
  why: z.enum([
    'no-still',
    'clock',
    'changes',
    'same-bytes',
    'old-by-clock',
    'old-by-exif',
    'one-answer',
    'no-picture',
  ]),
  /** How old it is by the camera's own clock; null where that does not say. */
  ageS: z.number().nullable(),
  /** How far the camera's clock is before ours; null where it does not say the time. */
  clockOffsetS: z.number().nullable(),
});
export type Freshness = z.infer<typeof Freshness>;

const Refused = z.object({ kind: z.literal('refusal'), state: HealthState, detail: z.string() });

export const OnboardAsk = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stream'),
    address: z.string(),
    signIn: SignIn.nullable(),
    /** Listens so long at most; less where enough key frames came. */
    forMs: z.number().positive(),
  }),
  z.object({
    kind: z.literal('still'),
    address: z.string(),
    signIn: SignIn.nullable(),
    /** Between the two pictures that are compared. */
    apartMs: z.number().min(0),
  }),
  z.object({
    kind: z.literal('onvif'),
    /** The device's own address for ONVIF. */
    address: z.string(),
    signIn: SignIn.nullable(),
    /** Other hosts than the device's own that its answers may name. */
    mayName: z.array(z.string()),
  }),
]);
export type OnboardAsk = z.infer<typeof OnboardAsk>;

/** One profile of an ONVIF device. Addresses carry no password; what was refused of them stands in `refused`. */
export const OnvifProfile = z.object({
  token: z.string(),
  name: z.string(),
  source: z.string(),
  codec: z.string(),
  widthPx: z.number().nullable(),
  heightPx: z.number().nullable(),
  fps: z.number().nullable(),
  rtsp: z.string().nullable(),
  snapshot: z.string().nullable(),
  /** Views that the device has stored, as it calls them; asked of the first profile of each source. Nothing here turns to one. */
  presets: z.array(z.object({ token: z.string(), name: z.string() })),
  refused: z.array(z.string()),
});
export type OnvifProfile = z.infer<typeof OnvifProfile>;

export const OnboardAnswer = z.discriminatedUnion('kind', [
  Refused,
  z.object({ kind: z.literal('stream'), facts: StreamFacts, picture: bytes.nullable() }),
  z.object({
    kind: z.literal('still'),
    freshness: Freshness,
    widthPx: z.number(),
    heightPx: z.number(),
    bytes: z.number(),
    tookMs: z.number(),
    picture: bytes.nullable(),
  }),
  z.object({
    kind: z.literal('onvif'),
    clockOffsetS: z.number().nullable(),
    /** `open`: it told everything to anybody. `not-tried`: it asks for a sign-in, and no credential was named. */
    signIn: z.enum(['open', 'taken', 'wrong', 'not-tried']),
    profiles: z.array(OnvifProfile),
    /** What it did not tell, and why. */
    notes: z.array(z.string()),
  }),
]);
export type OnboardAnswer = z.infer<typeof OnboardAnswer>;
