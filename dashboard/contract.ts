// The one schema of both sides of the glass: routes, permissions, shapes and socket events. It runs in the server and in the
// browser, so it knows nothing of Node.
import { z } from 'zod';
import { AgencyKind } from '#core/agency';
import { HealthState, Polygon } from '#core/camera';
import { FeedTopic } from '#core/events';
import { HazardName, Language, Severity, Texts, ZoneKind } from '#core/hazard-name';
import { AgencyId } from '#core/ids';
import { Incident, IncidentState, Mark, RejectReason } from '#core/incident';
import { Word } from '#core/observation';
import { Role } from '#core/person';
import { DistrictId, Point, StreetClass } from '#core/place';
import { Answer, Delivery, Task, TaskState } from '#core/task';
import { Verdict } from '#core/verdict';
import { CustodyRow, Violation } from '#core/violation';
import { Weather } from '#core/weather';

// ---- permissions (domain 3.6). Which role holds which is server/may.ts; the browser is told its own in `Me`.

export const permissions = [
  'be-signed-in',
  'see-queue',
  'see-incidents',
  'decide',
  'shelve-long',
  'raise',
  'verify',
  'see-cameras',
  'look-at-camera',
  'see-stills',
  'see-tasks',
  'answer-task',
  'manage-tasks',
  'see-violations',
  'choose-article',
  'review-second',
  'record-outcome',
  'play-clip',
  'see-wall',
  'see-system',
] as const;
export const Permission = z.enum(permissions);
export type Permission = z.infer<typeof Permission>;

/** Header that every changing request carries; its value is `Me.csrf`. */
export const csrfHeader = 'x-ahual-csrf';

/** An operator may put a claim off for four hours at most; longer is the shift lead's (domain 3.2 row 9). */
export const shelveMinutesMax = 240;

/** Why an original recording is opened: a closed list (domain 7). */
export const purposes = ['safety_road', 'communal', 'waste_violation', 'maintenance', 'audit'] as const;
export const Purpose = z.enum(purposes);
export type Purpose = z.infer<typeof Purpose>;

/** Largest photo that an agency may send. */
export const photoMaxBytes = 8 * 1024 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hexadecimal');
const id = z.string().min(1).max(80);
const moment = z.number();

// ---- what goes wrong

/** The body of every answer that is not 2xx. */
export const Problem = z.object({
  code: z.string(),
  message: z.string(),
  cure: z.string(),
  requestId: z.string(),
  /** With 409: who or what was first, when, and what the thing is now. */
  first: z
    .object({ who: z.string(), atMs: moment, state: z.string(), version: z.number().int() })
    .nullable()
    .optional(),
  /** With 429 and a locked sign-in: try again after so many seconds. */
  retryAfterS: z.number().optional(),
});
export type Problem = z.infer<typeof Problem>;

// ---- shapes

export const City = z.object({
  name: Texts,
  /** IANA zone in which every moment is shown. */
  zone: z.string(),
  /** 1 in life; a demo city lives faster and every long duration is divided by it. */
  pace: z.number(),
  /** Said on screen where pace is not 1. */
  paceNote: Texts.nullable(),
  centre: Point,
  zoom: z.number(),
  attribution: z.string(),
});

export const Welcome = z.object({ city: Texts, version: z.string() });

export const Me = z.object({
  person: z.object({
    id,
    login: z.string(),
    name: z.string(),
    roles: z.array(Role),
    agencyId: z.string().nullable(),
    language: Language,
  }),
  /** Name of the person's agency, when there is one. */
  agency: Texts.nullable(),
  permissions: z.array(Permission),
  csrf: z.string(),
  city: City,
  version: z.string(),
  nowMs: moment,
  /** Number of the change feed at this moment: the first `since`. */
  feed: z.number(),
});
export type Me = z.infer<typeof Me>;

/** One row of a list, one mark on the map. */
export const IncidentCard = z.object({
  id,
  number: z.number().int(),
  version: z.number().int(),
  hazard: HazardName,
  sub: z.string(),
  state: IncidentState,
  severity: Severity,
  origin: z.enum(['camera', 'manual', 'appeal']),
  /** Name of the camera's place; the coordinates where there is no camera. */
  place: Texts,
  point: Point,
  district: DistrictId,
  cameraId: z.string().nullable(),
  level: z.number(),
  openedAtMs: moment,
  /** Since when it waits for a verdict; of a decided one, since when it was raised. */
  waitingSinceMs: moment,
  lastSeenAtMs: moment,
  decidedAtMs: moment.nullable(),
  untilMs: moment.nullable(),
  /** Within how long a verdict is wanted, after the city's pace. */
  limitMs: z.number(),
  /** Share of that limit which had passed when the card was made; above 1 it is late. */
  limitShare: z.number(),
  stillSha256: z.string().nullable(),
  mark: Mark.nullable(),
  rejectReason: RejectReason.nullable(),
});
export type IncidentCard = z.infer<typeof IncidentCard>;

export const CameraMark = z.object({
  id,
  name: Texts,
  point: Point,
  bearingDeg: z.number(),
  fovDeg: z.number(),
  district: DistrictId,
  state: HealthState,
  /** Since when it is in that state; null before the first look. */
  sinceMs: moment.nullable(),
  lastLookAtMs: moment.nullable(),
  watch: z.boolean(),
  restricted: z.boolean(),
  /** Hazards that some zone of it names. */
  hazards: z.array(HazardName),
});
export type CameraMark = z.infer<typeof CameraMark>;

export const ZoneView = z.object({
  id: z.string(),
  kind: ZoneKind,
  polygon: Polygon,
  hazards: z.array(HazardName),
  streetClass: StreetClass,
});

/** One look on the strip. `outcome` is `seen` or the camera's state; `word` speaks of the hazard asked for, else of the worst. */
export const StripLook = z.object({
  lookId: id,
  seenAtMs: moment,
  outcome: z.union([z.literal('seen'), HealthState]),
  detail: z.string(),
  stillSha256: z.string().nullable(),
  word: Word.nullable(),
  hazard: HazardName.nullable(),
  zoneId: z.string().nullable(),
  level: z.number(),
});
export type StripLook = z.infer<typeof StripLook>;

export const CameraView = z.object({
  mark: CameraMark,
  heightM: z.number(),
  zones: z.array(ZoneView),
  health: z
    .object({
      detail: z.string(),
      lastGoodAtMs: moment.nullable(),
      widthPx: z.number().nullable(),
      heightPx: z.number().nullable(),
      fails: z.number(),
    })
    .nullable(),
  strip: z.array(StripLook),
  incidents: z.array(IncidentCard),
});
export type CameraView = z.infer<typeof CameraView>;

export const StillView = z.object({ sha256, seenAtMs: moment.nullable() });

/** Who would get the task now, by which rule, and due when if it were confirmed now. */
export const Recipient = z.object({
  agencyId: id,
  name: Texts,
  role: z.enum(['primary', 'copy']),
  acceptByMs: moment,
  makeSafeByMs: moment.nullable(),
  fixByMs: moment,
  /** Why this agency: the id of the routing rule, or that it owns the thing. */
  why: z.string(),
  policyId: z.string(),
});
export type Recipient = z.infer<typeof Recipient>;

export const TaskCard = Task.extend({
  agency: Texts,
  /** Flags beside the state (screens 4.6). */
  late: z.boolean(),
  madeSafe: z.boolean(),
  incidentState: IncidentState,
  incidentVersion: z.number().int(),
  /** Null where this person may not see it. */
  stillSha256: z.string().nullable(),
  beforeSha256: z.string().nullable(),
});
export type TaskCard = z.infer<typeof TaskCard>;

export const TaskView = z.object({
  task: TaskCard,
  incident: IncidentCard,
  now: StillView.nullable(),
  before: StillView.nullable(),
  photo: StillView.nullable(),
  mark: Mark.nullable(),
  history: z.array(
    z.object({
      atMs: moment,
      from: TaskState.nullable(),
      to: TaskState,
      version: z.number().int(),
      who: z.string(),
      reason: z.string(),
    }),
  ),
  /** Empty for agencies: addresses of others are not theirs to see. */
  deliveries: z.array(Delivery),
});
export type TaskView = z.infer<typeof TaskView>;

export const ClipFacts = z.object({
  id,
  incidentId: id,
  cameraId: id,
  state: z.enum(['planned', 'sealed', 'lost']),
  fromMs: moment,
  toMs: moment,
  startsAtMs: moment.nullable(),
  durationMs: z.number().nullable(),
  sha256: z.string().nullable(),
  bytes: z.number().nullable(),
  sealedAtMs: moment.nullable(),
  seal: z.string().nullable(),
  previousSeal: z.string().nullable(),
  cutBy: z.string().nullable(),
  detail: z.string(),
});
export type ClipFacts = z.infer<typeof ClipFacts>;

export const HistoryLine = z.object({
  atMs: moment,
  from: IncidentState.nullable(),
  to: IncidentState,
  version: z.number().int(),
  /** A name, or what in the system did it. */
  who: z.string(),
  reason: z.string(),
});

export const IncidentView = z.object({
  card: IncidentCard,
  incident: Incident,
  camera: CameraMark.nullable(),
  zones: z.array(ZoneView),
  marks: z.array(Mark),
  now: StillView.nullable(),
  before: StillView.nullable(),
  /** Newest last; up to nine of the last 48 h in this zone. */
  strip: z.array(StripLook),
  weather: Weather.nullable(),
  history: z.array(HistoryLine),
  /** Open incidents within 150 m, nearest first. */
  neighbours: z.array(z.object({ card: IncidentCard, distanceM: z.number() })),
  /** Other cameras within 200 m, nearest first. */
  camerasNear: z.array(z.object({ mark: CameraMark, distanceM: z.number() })),
  /** Empty where no rule leads anywhere: `routeProblem` then says why. */
  recipients: z.array(Recipient),
  routeProblem: z.string().nullable(),
  tasks: z.array(TaskCard),
  clips: z.array(ClipFacts),
  /** How often this hazard was confirmed among decided ones of the last 90 days; null under 30 verdicts. */
  precision: z.object({ right: z.number().int(), n: z.number().int() }).nullable(),
});
export type IncidentView = z.infer<typeof IncidentView>;

export const ProofOfLife = z.object({
  looksLastMinute: z.number(),
  lastLookAtMs: moment.nullable(),
  cameras: z.object({ all: z.number(), ok: z.number(), silent: z.number() }),
});

export const Decided = z.object({
  verdictId: id,
  kind: z.enum(['confirm', 'reject', 'unsure', 'shelve', 'merge']),
  atMs: moment,
  /** Until then this person may take it back and nothing has been sent. */
  undoUntilMs: moment,
  undone: z.boolean(),
  incident: IncidentCard,
});
export type Decided = z.infer<typeof Decided>;

export const Desk = z.object({
  nowMs: moment,
  feed: z.number(),
  /** Worst first, then the most of its limit used, then by district. */
  queue: z.array(IncidentCard),
  life: ProofOfLife,
  /** This person's last verdicts, newest first. */
  decidedLately: z.array(Decided),
});
export type Desk = z.infer<typeof Desk>;

export const Decision = z.object({ incident: IncidentCard, taskIds: z.array(z.string()), undoUntilMs: moment });
export type Decision = z.infer<typeof Decision>;

export const ManualIncident = z.object({
  /** Made in the browser: the same sending twice is one incident. */
  key: z.string().min(8).max(64),
  hazard: HazardName,
  sub: z.string().max(40).default(''),
  severity: Severity,
  cameraId: id.nullable(),
  zoneId: z.string().max(24).nullable(),
  /** Of the claim; the camera's own point where nothing better is known. */
  point: Point,
  /** The held picture; it must be one that this person may see. */
  stillSha256: sha256.nullable(),
  /** Where on the picture, in fractions. */
  at: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]).nullable(),
  note: z.string().max(500),
});
export type ManualIncident = z.infer<typeof ManualIncident>;

export const Verification = z.object({
  /** The incident's version on screen. */
  version: z.number().int(),
  outcome: z.enum(['fixed', 'not_fixed']),
  method: z.enum(['camera', 'photo', 'call', 'person']),
  note: z.string().max(500),
});
export type Verification = z.infer<typeof Verification>;

export const AgencyCard = z.object({ id, kind: AgencyKind, name: Texts });

export const Photo = z.object({ sha256, bytes: z.number(), widthPx: z.number(), heightPx: z.number() });

export const ViolationCard = z.object({
  violation: Violation,
  hazard: HazardName,
  incidentNumber: z.number().int(),
  place: Texts,
  district: DistrictId,
  seenAtMs: moment,
  clip: ClipFacts,
  stillSha256: z.string().nullable(),
});
export type ViolationCard = z.infer<typeof ViolationCard>;

/** A candidate with its test; none is chosen beforehand (domain 3.8). */
export const CandidateArticle = z.object({
  id,
  title: Texts,
  test: Texts,
  fine: Texts,
  whoDrawsUp: Texts,
  source: z.string(),
  certainty: z.string(),
});

export const ViolationView = z.object({
  card: ViolationCard,
  incident: Incident,
  camera: CameraMark.nullable(),
  /** Pictures of the act in order of time; `what` is before, came, acting, after or now. */
  stills: z.array(z.object({ what: z.enum(['before', 'came', 'acting', 'after', 'now']), sha256 })),
  articles: z.array(CandidateArticle),
  /** Name of who chose the article, once it is chosen; hidden, as the article is, from the second reviewer until they chose. */
  chosenBy: z.string().nullable(),
  /** As they are chained: `who` is a person's id or a part of the system; `name` is for reading. */
  custody: z.array(CustodyRow.extend({ name: z.string() })),
  /** Is each line of this clip's custody log chained to the one before? */
  custodyWhole: z.boolean(),
  history: z.array(z.object({ atMs: moment, who: z.string(), act: z.string(), reason: z.string() })),
});
export type ViolationView = z.infer<typeof ViolationView>;

const Geometry = z.object({ type: z.string(), coordinates: z.array(z.unknown()) });
/** Lines and areas of the city as GeoJSON. */
export const Features = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.object({ type: z.literal('Feature'), geometry: Geometry, properties: z.record(z.string(), z.unknown()) }),
  ),
});
export type Features = z.infer<typeof Features>;

export const CityMap = z.object({ districts: Features, outline: Features, attribution: z.string() });

const bySeverity = z.object({ S1: z.number(), S2: z.number(), S3: z.number(), S4: z.number() });

export const Wall = z.object({
  nowMs: moment,
  feed: z.number(),
  weather: Weather.nullable(),
  snowingSinceMs: moment.nullable(),
  open: bySeverity,
  late: z.number(),
  districts: z.array(z.object({ district: DistrictId, hazard: HazardName, open: z.number(), late: z.number() })),
  /** Three at most, worst first; none of a restricted site, no person's name. */
  worst: z.array(
    z.object({
      id,
      number: z.number().int(),
      hazard: HazardName,
      sub: z.string(),
      severity: Severity,
      state: IncidentState,
      place: Texts,
      district: DistrictId,
      point: Point,
      sinceMs: moment,
      agency: Texts.nullable(),
      taskState: TaskState.nullable(),
    }),
  ),
  /** Open incidents as marks for the wall's map; places only. */
  marks: z.array(z.object({ id, hazard: HazardName, severity: Severity, point: Point })),
  life: ProofOfLife,
  waiting: z.object({ n: z.number(), oldestSinceMs: moment.nullable() }),
  today: z.object({ raised: z.number(), right: z.number(), decided: z.number() }),
});
export type Wall = z.infer<typeof Wall>;

export const System = z.object({
  nowMs: moment,
  version: z.string(),
  processes: z.array(
    z.object({ name: z.string(), atMs: moment, silent: z.boolean(), facts: z.record(z.string(), z.unknown()) }),
  ),
  /** Which ways are on: reader, series, queue, bell. */
  ways: z.record(z.string(), z.string()),
  faults: z.array(z.object({ state: HealthState, cameras: z.number() })),
  queues: z.array(z.object({ name: z.string(), waiting: z.number() })),
  storage: z.array(z.object({ what: z.string(), files: z.number().nullable(), bytes: z.number() })),
  life: ProofOfLife,
});
export type System = z.infer<typeof System>;

/** One line of the numbered change feed; the card comes along where it is small and this person may see it. */
export const Change = z.object({
  number: z.number(),
  topic: FeedTopic,
  id: z.string(),
  atMs: moment,
  incident: IncidentCard.optional(),
  task: TaskCard.optional(),
});
export type Change = z.infer<typeof Change>;

// ---- routes

type Method = 'GET' | 'POST' | 'DELETE';

export interface Route {
  readonly method: Method;
  readonly path: `/${string}`;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** JSON by a schema, or the bytes of a picture or a clip. */
  readonly answer: z.ZodType | 'jpeg' | 'mp4';
  /** Null: nobody needs to be signed in. */
  readonly may: Permission | null;
}

/** A comma-separated list in an address. */
const list = <T>(of: z.ZodType<T>) =>
  z.string().transform((text, context) => {
    const parsed = z.array(of).safeParse(text.split(',').filter((part) => part !== ''));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: z.prettifyError(parsed.error) });
    return z.NEVER;
  });
const withId = z.object({ id });
const nothing = z.object({});
const versioned = z.object({ version: z.number().int() });

/** Every route of the server. A route that is not here does not exist. */
export const routes = {
  healthz: {
    method: 'GET',
    path: '/healthz',
    answer: z.object({ ok: z.boolean(), version: z.string() }),
    may: null,
  },
  welcome: { method: 'GET', path: '/api/welcome', answer: Welcome, may: null },
  signIn: {
    method: 'POST',
    path: '/api/session',
    body: z.object({ login: z.string().min(1).max(80), password: z.string().min(1).max(200) }),
    answer: Me,
    may: null,
  },
  signOut: { method: 'DELETE', path: '/api/session', answer: nothing, may: 'be-signed-in' },
  me: { method: 'GET', path: '/api/me', answer: Me, may: 'be-signed-in' },
  city: { method: 'GET', path: '/api/city', answer: CityMap, may: 'be-signed-in' },

  desk: { method: 'GET', path: '/api/desk', answer: Desk, may: 'see-queue' },
  verdict: { method: 'POST', path: '/api/verdicts', body: Verdict, answer: Decision, may: 'decide' },
  undoVerdict: {
    method: 'POST',
    path: '/api/verdicts/:id/undo',
    params: withId,
    answer: z.object({ incident: IncidentCard }),
    may: 'decide',
  },

  incidents: {
    method: 'GET',
    path: '/api/incidents',
    query: z.object({
      /** Comma-separated; without it, the open ones. */
      states: list(IncidentState).optional(),
      sinceMs: z.coerce.number().optional(),
      limit: z.coerce.number().int().min(1).max(2000).default(1000),
    }),
    answer: z.object({ nowMs: moment, feed: z.number(), incidents: z.array(IncidentCard) }),
    may: 'see-incidents',
  },
  incident: {
    method: 'GET',
    path: '/api/incidents/:id',
    params: withId,
    answer: IncidentView,
    may: 'see-incidents',
  },
  raise: { method: 'POST', path: '/api/incidents', body: ManualIncident, answer: Decision, may: 'raise' },
  verify: {
    method: 'POST',
    path: '/api/incidents/:id/verification',
    params: withId,
    body: Verification,
    answer: z.object({ incident: IncidentCard, tasks: z.array(TaskCard) }),
    may: 'verify',
  },

  cameras: {
    method: 'GET',
    path: '/api/cameras',
    answer: z.object({ nowMs: moment, cameras: z.array(CameraMark) }),
    may: 'see-cameras',
  },
  camera: { method: 'GET', path: '/api/cameras/:id', params: withId, answer: CameraView, may: 'see-cameras' },
  /** The latest kept picture. A restricted camera needs a typed reason, which goes to the audit (domain 3.6). */
  cameraStill: {
    method: 'GET',
    path: '/api/cameras/:id/still',
    params: withId,
    query: z.object({ reason: z.string().trim().min(5).max(300).optional() }),
    answer: 'jpeg',
    may: 'look-at-camera',
  },
  still: {
    method: 'GET',
    path: '/api/stills/:sha256',
    params: z.object({ sha256 }),
    answer: 'jpeg',
    may: 'see-stills',
  },

  agencies: { method: 'GET', path: '/api/agencies', answer: z.array(AgencyCard), may: 'see-tasks' },
  tasks: {
    method: 'GET',
    path: '/api/tasks',
    query: z.object({
      /** Comma-separated; without it, the open ones and those finished within the last day. */
      states: list(TaskState).optional(),
      limit: z.coerce.number().int().min(1).max(2000).default(500),
    }),
    answer: z.object({ nowMs: moment, feed: z.number(), tasks: z.array(TaskCard) }),
    may: 'see-tasks',
  },
  task: { method: 'GET', path: '/api/tasks/:id', params: withId, answer: TaskView, may: 'see-tasks' },
  answerTask: {
    method: 'POST',
    path: '/api/tasks/:id/answer',
    params: withId,
    body: Answer,
    answer: z.object({ task: TaskCard }),
    may: 'answer-task',
  },
  /** A declined task goes to another agency; after the third refusal only the shift lead decides. */
  rerouteTask: {
    method: 'POST',
    path: '/api/tasks/:id/reroute',
    params: withId,
    body: versioned.extend({ agencyId: AgencyId, reason: z.string().trim().min(3).max(500) }),
    answer: z.object({ task: TaskCard }),
    may: 'manage-tasks',
  },
  cancelTask: {
    method: 'POST',
    path: '/api/tasks/:id/cancel',
    params: withId,
    body: versioned.extend({ reason: z.string().trim().min(3).max(500) }),
    answer: z.object({ task: TaskCard }),
    may: 'manage-tasks',
  },
  /** multipart/form-data with one file, JPEG; where and when it was taken is stripped before it is kept. */
  photo: { method: 'POST', path: '/api/photos', answer: Photo, may: 'answer-task' },

  violations: {
    method: 'GET',
    path: '/api/violations',
    answer: z.object({ nowMs: moment, feed: z.number(), violations: z.array(ViolationCard) }),
    may: 'see-violations',
  },
  violation: {
    method: 'GET',
    path: '/api/violations/:id',
    params: withId,
    answer: ViolationView,
    may: 'see-violations',
  },
  chooseArticle: {
    method: 'POST',
    path: '/api/violations/:id/article',
    params: withId,
    body: versioned.extend({ articleId: id }),
    answer: z.object({ violation: Violation }),
    may: 'choose-article',
  },
  dismissViolation: {
    method: 'POST',
    path: '/api/violations/:id/dismiss',
    params: withId,
    body: versioned.extend({ note: z.string().trim().min(3).max(500) }),
    answer: z.object({ violation: Violation }),
    may: 'choose-article',
  },
  /**
   * The second reviewer, another person, chooses blind: the same article hands the materials over, another one or none sends them
   * back with the note.
   */
  reviewSecond: {
    method: 'POST',
    path: '/api/violations/:id/second',
    params: withId,
    body: versioned.extend({ articleId: id.nullable(), note: z.string().max(500) }),
    answer: z.object({ violation: Violation }),
    may: 'review-second',
  },
  /** What came back from the police's own system: a protocol's number, or why they declined. */
  recordOutcome: {
    method: 'POST',
    path: '/api/violations/:id/outcome',
    params: withId,
    body: versioned.extend({
      outcome: z.enum(['protocol_no', 'declined_by_police']),
      note: z.string().trim().min(1).max(500),
    }),
    answer: z.object({ violation: Violation }),
    may: 'record-outcome',
  },
  /** The sealed bytes, whole or by Range; each opening is a line of custody. ETag is the SHA-256. */
  clipVideo: {
    method: 'GET',
    path: '/api/clips/:id/video',
    params: withId,
    query: z.object({ purpose: Purpose }),
    answer: 'mp4',
    may: 'play-clip',
  },

  wall: { method: 'GET', path: '/api/wall', answer: Wall, may: 'see-wall' },
  system: { method: 'GET', path: '/api/system', answer: System, may: 'see-system' },
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
type PartOf<N extends RouteName, P extends 'params' | 'query' | 'body'> = Routes[N] extends { readonly [K in P]: infer S }
  ? S
  : undefined;
type In<S> = S extends z.ZodType ? z.input<S> : undefined;
type Out<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What the browser hands in, and what the server gets after parsing. */
export type ParamsOf<N extends RouteName> = Out<PartOf<N, 'params'>>;
export type QueryIn<N extends RouteName> = In<PartOf<N, 'query'>>;
export type QueryOf<N extends RouteName> = Out<PartOf<N, 'query'>>;
export type BodyIn<N extends RouteName> = In<PartOf<N, 'body'>>;
export type BodyOf<N extends RouteName> = Out<PartOf<N, 'body'>>;
/** What the server answers and the browser reads; bytes for pictures and clips. */
export type AnswerOf<N extends RouteName> = Out<Routes[N]['answer']>;

/** The address of a route: `pathOf('incident', { id })`, `pathOf('clipVideo', { id }, { purpose: 'waste_violation' })`. */
export function pathOf(
  name: RouteName,
  params: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const path = routes[name].path.replace(/:([A-Za-z0-9]+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ''));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

// ---- Socket.IO, at the path /socket.io of the same origin, with `auth: { csrf }`

/** Everything since a number, or that the gap is too wide: load the screen anew from its route. */
export const News = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('news'), feed: z.number(), changes: z.array(Change) }),
  z.object({ kind: z.literal('too-far'), feed: z.number() }),
]);
export type News = z.infer<typeof News>;

/** Which permission a socket needs to hear of a topic; own agency and police scope narrow it further. */
export const topicMay = {
  incident: 'see-incidents',
  task: 'see-tasks',
  clip: 'see-violations',
  violation: 'see-violations',
  camera: 'see-cameras',
  weather: 'see-queue',
} as const satisfies Record<FeedTopic, Permission>;

export interface ServerEvents {
  /** Sent at once after connecting. */
  hello: (word: { feed: number; nowMs: number; version: string }) => void;
  /** One change; `number` grows, with gaps where others' changes lie. */
  changed: (change: Change) => void;
  /** The feed's number, every few seconds, also where nothing was for this person: proof that the line is alive. */
  feed: (word: { feed: number; nowMs: number }) => void;
}

export interface ClientEvents {
  /** All changes after this number that this person may see. */
  since: (number: number, answer: (news: News) => void) => void;
  /** Round trip for the clock in the top bar. */
  clock: (answer: (word: { nowMs: number }) => void) => void;
}

/** Which permission each event from the browser needs. */
export const clientEventMay = {
  since: 'be-signed-in',
  clock: 'be-signed-in',
} as const satisfies Record<keyof ClientEvents, Permission>;

/** Schemas of what the browser sends over the socket. */
export const sinceNumber = z.number().int().min(0);
