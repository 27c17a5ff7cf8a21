// The messages between a handle and its eye, with schemas both ways. Raw pixels never cross; compressed pictures and packets may.
import { z } from 'zod';
import { Adaptation, Lesson } from '#core/adaptation';
import { Camera, HealthState, Zone } from '#core/camera';
import { Detection, Quality } from '#core/detection';
import { LookId } from '#core/ids';
import { LookOutcome, LookParts, LookSource, SourceWay } from '#core/look';
import { Observation } from '#core/observation';
import { Ground, Light } from '#core/past';
import { PlateReading } from '#core/plate';
import { Story, WatchBeat } from '#core/story';
import { HazardSettings } from '#hazards';
import { OnboardAnswer, OnboardAsk } from '../onboard/shapes.ts';
import { ringFaultKinds } from '../ring-writer.ts';

export const eyeKinds = ['glance', 'watch', 'live', 'plate'] as const;
export type EyeKind = (typeof eyeKinds)[number];

/** A finished still that the worker takes over. */
const Drop = z.object({ path: z.string(), sha256: z.string() });
export type Drop = z.infer<typeof Drop>;

const SignIn = z.object({ user: z.string(), password: z.string() });
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** The first message to a fresh eye: all that holds for its whole life. */
export const Opening = z.object({
  kind: z.literal('open'),
  eye: z.enum(eyeKinds),
  ways: z.array(z.enum(['node-av', 'ffmpeg'])),
  ffmpeg: z.string(),
  allowedHosts: z.array(z.string()),
  /** Certificates trusted besides those of known authorities: fingerprints, or files of authorities. */
  certificates: z.array(z.string()).optional(),
  hazards: HazardSettings,
  /** Where finished stills are laid down for the worker to take. */
  dropFolder: z.string(),
  /** Also open file: addresses, for replay and evaluation. */
  files: z.boolean(),
  watch: z
    .object({
      fps: z.number().positive(),
      beatMs: z.number().positive(),
      /** The other hazards of a watched camera are judged this often. */
      glanceMs: z.number().positive(),
      ringFolder: z.string(),
      ringMs: z.number().positive(),
      ringBytes: z.number().positive(),
      /** Below this much free space on its disk the ring is not written, and that is told. */
      freeBytesMin: z.number().min(0).default(0),
      /** The smallest region that counts as moving, as a share of the picture. */
      leastMoving: z.number().positive().optional(),
    })
    .nullable(),
});
export type Opening = z.infer<typeof Opening>;

/** A camera's references. `looks` null: the eye holds this version already. */
export const LentPast = z.object({
  version: z.string(),
  looks: z.array(bytes).nullable(),
  /** Of a camera with several views: which of them each of `looks` shows. */
  presets: z.array(z.string()).optional(),
  /** Cameras whose references the eye is to let go of. */
  forget: z.array(z.string()).optional(),
});
export type LentPast = z.infer<typeof LentPast>;

/** What a look taught: a draft, or a reference made of the drafts that came with the ask and the look itself (`of` looks). */
export const Learned = z.object({
  light: Light,
  ground: Ground,
  network: z.string(),
  of: z.number().int().min(1),
  bytes,
});
export type Learned = z.infer<typeof Learned>;

/** What a camera's still says of its age: `StillAnswer` of onboarding. */
const StillAnswer = z.object({
  atMs: z.number(),
  dateMs: z.number().nullable(),
  lastModifiedMs: z.number().nullable(),
  exif: z.object({ atMs: z.number(), zoned: z.boolean() }).nullable(),
  sha256: z.string(),
});

export const LookAsk = z.object({
  lookId: LookId,
  camera: Camera,
  signIn: SignIn.nullable(),
  /** The grab ends after so long, whatever happens. */
  timeoutMs: z.number().positive(),
  /** `news`: a still is kept only when a hazard is seen or the picture cannot be judged. */
  still: z.enum(['always', 'news', 'never']),
  /** Digest of the last frames, given only when they were all equal for so long that one more means a frozen camera. */
  lastDigest: z.string().nullable(),
  /** The camera's still of a look before: the very same bytes again are not of now. */
  stillBefore: StillAnswer.optional(),
  /** Its still was not of now lately: it is asked only where nothing else is. */
  isStillStale: z.boolean().optional(),
  /** A film or picture on disk in place of the camera's addresses, and the second of it; only in an eye that was opened with `files`. */
  file: z.object({ address: z.url({ protocol: /^file$/ }), atS: z.number().min(0) }).optional(),
  /** The camera's learned corrections: those that speak and those that run beside. */
  adaptations: z.array(Adaptation).optional(),
  past: LentPast.optional(),
  /** Also give back what this look teaches, together with these drafts; with `preset` only where it shows that view. */
  learn: z.object({ drafts: z.array(bytes), preset: z.string().optional() }).optional(),
  /** A kept still in place of the camera's addresses: what it teaches is all that is wanted. */
  study: z.object({ path: z.string(), takenAtMs: z.number() }).optional(),
});
export type LookAsk = z.infer<typeof LookAsk>;

export const LookAnswer = z.object({
  lookId: LookId,
  outcome: LookOutcome,
  way: SourceWay.nullable(),
  source: LookSource.nullable(),
  /** When the frame came; of the look's end where none came. */
  seenAtMs: z.number(),
  tookMs: z.number(),
  waitedMs: z.number(),
  widthPx: z.number().nullable(),
  heightPx: z.number().nullable(),
  /** Which of the camera's views it showed, where it has several; null: none of them. */
  preset: z.string().nullable().optional(),
  detections: z.array(Detection),
  observations: z.array(Observation),
  /** Light and ground of a look that had references beside it or was learned from. */
  scene: z.object({ light: Light, ground: Ground }).optional(),
  learned: Learned.optional(),
  /** What the look could teach; the worker chooses what is kept. */
  lessons: z.array(Lesson).optional(),
  still: Drop.nullable(),
  /** What the camera's own still said of its age, where one came. */
  sentStill: StillAnswer.extend({ isStale: z.boolean() }).nullable(),
  digest: z.string().nullable(),
  /**
   * CPU of the eye's whole process by part, all threads. Only of a look that was alone in its eye from its first to its last
   * line: with others beside it nobody can say whose CPU it was.
   */
  parts: LookParts.nullable(),
});
export type LookAnswer = z.infer<typeof LookAnswer>;

/** Read the number plate of a vehicle that stood in this zone. */
export const PlateAsk = z.object({
  zone: Zone,
  /** The clip of the act, and the seconds of it to look at, rising. */
  film: z.object({ path: z.string(), startsAtMs: z.number(), atS: z.array(z.number().min(0)) }).nullable(),
  /** Kept pictures of the act, asked only where the film shows no vehicle. */
  stills: z.array(z.object({ path: z.string(), atMs: z.number() })),
  timeoutMs: z.number().positive(),
});
export type PlateAsk = z.infer<typeof PlateAsk>;

export const PlateAnswer = z.object({
  reading: PlateReading,
  crop: Drop.nullable(),
  models: z.array(z.string()),
  /** What could not be looked at, empty when nothing. */
  detail: z.string(),
});
export type PlateAnswer = z.infer<typeof PlateAnswer>;

export const ToEye = z.discriminatedUnion('kind', [
  Opening,
  z.object({ kind: z.literal('look'), id: z.number().int(), ask: LookAsk }),
  z.object({
    kind: z.literal('watch'),
    camera: Camera,
    signIn: SignIn.nullable(),
    adaptations: z.array(Adaptation).optional(),
    /** References of a camera with several views: by them it is known which one is shown. */
    past: LentPast.optional(),
  }),
  z.object({ kind: z.literal('unwatch'), cameraId: z.string() }),
  z.object({ kind: z.literal('ring-quota'), bytes: z.number().positive() }),
  z.object({
    kind: z.literal('live'),
    key: z.string(),
    address: z.string(),
    signIn: SignIn.nullable(),
    /** Also send key frames as JPEG. */
    pictures: z.boolean(),
  }),
  z.object({ kind: z.literal('live-pictures'), key: z.string(), on: z.boolean() }),
  z.object({ kind: z.literal('unlive'), key: z.string() }),
  z.object({ kind: z.literal('plate'), id: z.number().int(), ask: PlateAsk }),
  z.object({ kind: z.literal('remux'), id: z.number().int(), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('onboard'), id: z.number().int(), ask: OnboardAsk, timeoutMs: z.number().positive() }),
  z.object({ kind: z.literal('stop') }),
]);
export type ToEye = z.infer<typeof ToEye>;

/** What of a stream under way changed. */
export const StreamNews = z.object({
  cameraId: z.string(),
  state: z.enum(['playing', 'broken']),
  health: HealthState,
  detail: z.string(),
  atMs: z.number(),
});
export type StreamNews = z.infer<typeof StreamNews>;

/** Pictures since this eye began to watch the camera: `PictureCount`. */
const PictureCounts = z.object({
  came: z.number(),
  judged: z.number(),
  sights: z.number(),
  leftOut: z.number(),
  lost: z.number(),
  bytes: z.number(),
});

export const FromEye = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ready'),
    models: z.array(z.string()),
    ways: z.array(z.string()),
    off: z.array(z.object({ name: z.string(), why: z.string() })),
  }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string(), cure: z.string() }),
  z.object({ kind: z.literal('looked'), id: z.number().int(), answer: LookAnswer, rssMiB: z.number() }),
  z.object({ kind: z.literal('stream'), news: StreamNews }),
  z.object({
    kind: z.literal('beat'),
    cameraId: z.string(),
    atMs: z.number(),
    quality: Quality,
    /** As that of a look. */
    preset: z.string().nullable().optional(),
    beats: z.array(WatchBeat),
    /** What a glance at the same picture says of the camera's other hazards; only now and then. */
    others: z.array(Observation),
    /** What that glance could teach. */
    lessons: z.array(Lesson).optional(),
    detections: z.array(Detection),
    still: Drop.nullable(),
    widthPx: z.number(),
    heightPx: z.number(),
    rssMiB: z.number(),
    count: PictureCounts,
  }),
  z.object({ kind: z.literal('story'), cameraId: z.string(), atMs: z.number(), story: Story, drops: z.array(Drop) }),
  z.object({ kind: z.literal('ring'), fault: z.string().nullable(), kinds: z.array(z.enum(ringFaultKinds)) }),
  z.object({ kind: z.literal('live-head'), key: z.string(), codec: z.string(), bytes }),
  z.object({
    kind: z.literal('live-part'),
    key: z.string(),
    isKey: z.boolean(),
    atMs: z.number(),
    bytes,
    /** Bytes of the camera's packets since the part before; 0 where the way does not see them. */
    packetBytes: z.number(),
  }),
  z.object({ kind: z.literal('live-picture'), key: z.string(), atMs: z.number(), bytes }),
  z.object({ kind: z.literal('live-end'), key: z.string(), health: HealthState, detail: z.string() }),
  z.object({ kind: z.literal('plate-read'), id: z.number().int(), answer: PlateAnswer }),
  z.object({ kind: z.literal('remuxed'), id: z.number().int(), fault: z.string().nullable() }),
  z.object({ kind: z.literal('onboarded'), id: z.number().int(), answer: OnboardAnswer }),
]);
export type FromEye = z.infer<typeof FromEye>;
