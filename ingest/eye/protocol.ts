// The messages between a handle and its eye, with schemas both ways. Raw pixels never cross; compressed pictures and packets may.
import { z } from 'zod';
import { Camera, HealthState } from '#core/camera';
import { Detection, Quality } from '#core/detection';
import { LookId } from '#core/ids';
import { LookOutcome, LookParts, SourceWay } from '#core/look';
import { Observation } from '#core/observation';
import { Story, WatchBeat } from '#core/story';
import { HazardSettings } from '#hazards';

export const eyeKinds = ['glance', 'watch', 'live'] as const;
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
    })
    .nullable(),
});
export type Opening = z.infer<typeof Opening>;

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
  /** A film or picture on disk in place of the camera's addresses, and the second of it; only in an eye that was opened with `files`. */
  file: z.object({ address: z.url({ protocol: /^file$/ }), atS: z.number().min(0) }).optional(),
});
export type LookAsk = z.infer<typeof LookAsk>;

export const LookAnswer = z.object({
  lookId: LookId,
  outcome: LookOutcome,
  way: SourceWay.nullable(),
  /** When the frame came; of the look's end where none came. */
  seenAtMs: z.number(),
  tookMs: z.number(),
  waitedMs: z.number(),
  widthPx: z.number().nullable(),
  heightPx: z.number().nullable(),
  detections: z.array(Detection),
  observations: z.array(Observation),
  still: Drop.nullable(),
  digest: z.string().nullable(),
  /**
   * CPU of the eye's whole process by part, all threads. Only of a look that was alone in its eye from its first to its last
   * line: with others beside it nobody can say whose CPU it was.
   */
  parts: LookParts.nullable(),
});
export type LookAnswer = z.infer<typeof LookAnswer>;

export const ToEye = z.discriminatedUnion('kind', [
  Opening,
  z.object({ kind: z.literal('look'), id: z.number().int(), ask: LookAsk }),
  z.object({ kind: z.literal('watch'), camera: Camera, signIn: SignIn.nullable() }),
  z.object({ kind: z.literal('unwatch'), cameraId: z.string() }),
  z.object({ kind: z.literal('live'), key: z.string(), address: z.string(), signIn: SignIn.nullable() }),
  z.object({ kind: z.literal('unlive'), key: z.string() }),
  z.object({ kind: z.literal('remux'), id: z.number().int(), from: z.string(), to: z.string() }),
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
    beats: z.array(WatchBeat),
    /** What a glance at the same picture says of the camera's other hazards; only now and then. */
    others: z.array(Observation),
    detections: z.array(Detection),
    still: Drop.nullable(),
    widthPx: z.number(),
    heightPx: z.number(),
    rssMiB: z.number(),
  }),
  z.object({ kind: z.literal('story'), cameraId: z.string(), atMs: z.number(), story: Story, drops: z.array(Drop) }),
  z.object({ kind: z.literal('ring'), fault: z.string().nullable() }),
  z.object({ kind: z.literal('live-head'), key: z.string(), codec: z.string(), bytes }),
  z.object({ kind: z.literal('live-part'), key: z.string(), isKey: z.boolean(), bytes }),
  z.object({ kind: z.literal('live-end'), key: z.string(), health: HealthState, detail: z.string() }),
  z.object({ kind: z.literal('remuxed'), id: z.number().int(), fault: z.string().nullable() }),
]);
export type FromEye = z.infer<typeof FromEye>;
