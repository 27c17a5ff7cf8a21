// The shapes of the contract: what the server says, what the browser shows, and who may ask for it. The pages take them from
// contract.ts, which names all of them.
import { z } from 'zod';
import { AgencyKind } from '#core/agency';
import { Appeal, AppealState } from '#core/appeal';
import { HealthState, Polygon } from '#core/camera';
import { LookSource } from '#core/look';
import { FeedTopic } from '#core/events';
import { HazardName, Language, Severity, Texts, ZoneKind } from '#core/hazard-name';
import { Incident, IncidentState, Mark, RejectReason } from '#core/incident';
import { MassCause } from '#core/mass';
import { Word } from '#core/observation';
import { Role } from '#core/person';
import { SiteIncidentKind } from '#core/site-incident';
import { DistrictId, Point, StreetClass } from '#core/place';
import { Delivery, Task, TaskState } from '#core/task';
import { PlateReading, plateStates } from '#core/plate';
import { plateKinds } from '#core/plate-grammar';
import { PickKind } from '#core/past';
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
  'see-plates',
  'say-plate',
  'choose-article',
  'review-second',
  'record-outcome',
  'play-clip',
  'see-appeals',
  'link-appeals',
  'see-wall',
  'see-system',
  'see-held',
  'hand-over',
  'see-numbers',
  'edit-cameras',
  'edit-agencies',
  'edit-routing',
  'see-people',
  'manage-people',
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

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hexadecimal');
export const id = z.string().min(1).max(80);
export const moment = z.number();

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
  /** With 401 at the sign-in: the password was right and a one-time code is wanted, or has to be set up first. */
  step: z.enum(['code', 'set-up']).optional(),
  /** Which sentence of the screens says this refusal, and what stands in its slots; absent where the code says all. */
  reason: z.string().optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
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
  /** To what the person's roles are limited; null where they are not. */
  limits: z
    .object({ groups: z.array(Texts).nullable(), untilMs: moment.nullable(), historyFromMs: moment.nullable() })
    .nullable()
    .default(null),
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
  /** The mass incident that it belongs to. */
  massId: z.string().nullable(),
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

/**
 * What a camera can judge of the ground. Metres are ahead of the pole's foot, rows are fractions of the picture from the top;
 * `share` is the part of a zone's ground in which the hazard is judged, `row` the row at the limit.
 */
export const CameraReach = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('none'),
    why: z.enum(['not-given', 'marks-contradict']),
    misfitRatio: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('calibrated'),
    by: z.enum(['tilt', 'ladder']),
    /** How far the marks of a ladder lie off the plane that explains them best. */
    misfitRatio: z.number().nullable(),
    heightM: z.number(),
    tiltDeg: z.number(),
    rungs: z.array(z.object({ distanceM: z.number(), y: z.number() })),
    zones: z.array(
      z.object({
        zoneId: z.string(),
        hazard: HazardName,
        measure: z.enum(['opening', 'spot', 'ground', 'heap']),
        limitM: z.number(),
        nearM: z.number(),
        farM: z.number(),
        share: z.number(),
        row: z.number(),
      }),
    ),
  }),
]);
export type CameraReach = z.infer<typeof CameraReach>;

export const CameraView = z.object({
  mark: CameraMark,
  heightM: z.number(),
  reach: CameraReach,
  zones: z.array(ZoneView),
  health: z
    .object({
      detail: z.string(),
      lastGoodAtMs: moment.nullable(),
      widthPx: z.number().nullable(),
      heightPx: z.number().nullable(),
      fails: z.number(),
      /** The address that gave the newest look's picture; null of watched cameras. */
      source: LookSource.nullable(),
    })
    .nullable(),
  strip: z.array(StripLook),
  incidents: z.array(IncidentCard),
});
export type CameraView = z.infer<typeof CameraView>;

export const StillView = z.object({
  sha256,
  seenAtMs: moment.nullable(),
  /** A reference that a person picked stands in for a picture of the incident's own. */
  picked: PickKind.optional(),
});

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
  /** The hazard as it was raised; while a claim is checked, the newest picture since the claim. */
  now: StillView.nullable(),
  /** The place without the hazard; while a claim is checked, the hazard. */
  before: StillView.nullable(),
  photo: StillView.nullable(),
  /** What the camera has said since the work was claimed done; null before a claim and after its end. */
  check: z
    .object({
      kind: z.enum(['clear', 'hazard', 'disputed', 'waiting', 'rain', 'unverifiable']),
      clearLooks: z.number().int(),
      hazardLooks: z.number().int(),
      overS: z.number(),
    })
    .nullable(),
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
  /** How many cameras see it: its own and those whose views were put to it. */
  cameras: z.number().int(),
  /** How often this hazard was confirmed among decided ones of the last 90 days; null under 30 verdicts. */
  precision: z.object({ right: z.number().int(), n: z.number().int() }).nullable(),
});
export type IncidentView = z.infer<typeof IncidentView>;

/** What a citizen wrote, as staff see it: no name, no telephone; long numbers in its words are covered. */
export const AppealCard = Appeal.omit({ askedCameras: true });
export type AppealCard = z.infer<typeof AppealCard>;

/** Appeals of one incident: those that are linked, oldest link first, and those that may belong to it, nearest first. */
export const IncidentAppeals = z.object({
  linked: z.array(
    z.object({
      appeal: AppealCard,
      linkedAtMs: moment,
      /** A name; empty where no person linked it. */
      by: z.string(),
    }),
  ),
  near: z.array(z.object({ appeal: AppealCard, distanceM: z.number() })),
});
export type IncidentAppeals = z.infer<typeof IncidentAppeals>;

/** The answer to an appeal service: what became of its appeal. */
export const AppealWord = z.object({
  externalId: z.string(),
  state: AppealState,
  /** False when this number had been sent before; then nothing was changed. */
  fresh: z.boolean(),
  /** The number had been sent before with other words, another place or time; what came first holds. */
  differs: z.boolean(),
  /** Cameras that were asked to look now. */
  camerasAsked: z.number().int(),
  /** Open incidents that it may belong to, for a person to say. */
  proposed: z.number().int(),
  incidents: z.array(
    z.object({
      number: z.number().int(),
      hazard: HazardName,
      state: IncidentState,
      openedAt: z.string(),
      linkedAt: z.string(),
    }),
  ),
});
export type AppealWord = z.infer<typeof AppealWord>;

export const ProofOfLife = z.object({
  looksLastMinute: z.number(),
  lastLookAtMs: moment.nullable(),
  cameras: z.object({ all: z.number(), ok: z.number(), silent: z.number() }),
  /** Share of the looks due since midnight that were done; null where none was due. */
  coverage: z.number().min(0).max(1).nullable(),
  /** Cameras by which nothing can be judged now. */
  blind: z.number().int(),
  /** What holds up the whole site now. */
  site: z.array(z.object({ kind: SiteIncidentKind, sinceMs: moment })),
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

/** Many incidents of one hazard in one district from one cause, decided as one (screens 4.1). */
export const MassCard = z.object({
  id,
  number: z.number().int(),
  version: z.number().int(),
  hazard: HazardName,
  district: DistrictId,
  cause: MassCause,
  /** When the cause began. */
  sinceMs: moment,
  /** When the snowfall ended; null while it lasts and for every other cause. */
  causeEndedAtMs: moment.nullable(),
  /** What its members ordinarily are; worse ones stand in the queue for themselves. */
  severity: Severity,
  members: z.number().int(),
  /** Members on which nobody decided yet. */
  undecided: z.number().int(),
  cameras: z.number().int(),
  openedAtMs: moment,
  waitingSinceMs: moment,
  /** Within how long a decision is wanted. */
  limitMs: z.number(),
  /** Does it want a decision now? */
  asks: z.boolean(),
  decision: z
    .object({
      kind: z.enum(['confirmed', 'rejected']),
      reason: RejectReason.nullable(),
      who: z.string(),
      /** Decided by the person who asks. */
      mine: z.boolean(),
      atMs: moment,
      /** Until then whoever decided may take it back; no member was touched yet. */
      undoUntilMs: moment,
    })
    .nullable(),
  /** The six worst of those that wait, while a decision is wanted. */
  worst: z.array(IncidentCard),
});
export type MassCard = z.infer<typeof MassCard>;

export const MassView = z.object({
  nowMs: moment,
  card: MassCard,
  /** Worst first, those on which nobody decided yet before the others. */
  members: z.array(IncidentCard),
  /** Members by class of their street, most first. */
  byStreetClass: z.array(z.object({ streetClass: StreetClass, n: z.number().int() })),
});
export type MassView = z.infer<typeof MassView>;

export const MassVerdict = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('confirm'),
    /** The version that was on screen. */
    version: z.number().int(),
    /** From the pictures painted to the key. */
    decisionMs: z.number().min(0).optional(),
  }),
  z.object({
    kind: z.literal('reject'),
    version: z.number().int(),
    reason: RejectReason,
    decisionMs: z.number().min(0).optional(),
  }),
]);
export type MassVerdict = z.infer<typeof MassVerdict>;

/** Something that was seen and not put before people, one row an episode. */
export const HeldRow = z.object({
  cameraId: id,
  /** The camera's name; its id where there is none any more. */
  place: Texts,
  zoneId: z.string(),
  zoneKind: ZoneKind.nullable(),
  hazard: HazardName,
  rule: z.string(),
  firstAtMs: moment,
  lastAtMs: moment,
  looks: z.number().int(),
  level: z.number(),
  /** The level from which a look says hazard. */
  raiseAt: z.number(),
  /** Null where none was kept or this person may not see it. */
  stillSha256: z.string().nullable(),
  incident: z.object({ id, number: z.number().int() }).nullable(),
});
export type HeldRow = z.infer<typeof HeldRow>;

export const HeldList = z.object({
  nowMs: moment,
  /** Newest first. */
  rows: z.array(HeldRow),
  /** Episodes of the last 1, 12 and 24 hours by hazard and rule. */
  sums: z.array(
    z.object({
      hazard: HazardName,
      rule: z.string(),
      lastHour: z.number().int(),
      last12h: z.number().int(),
      last24h: z.number().int(),
      cameras: z.number().int(),
    }),
  ),
});
export type HeldList = z.infer<typeof HeldList>;

export const Desk = z.object({
  nowMs: moment,
  feed: z.number(),
  /**
   * Worst first, then the most of its limit used, then by district. Members for whom their mass incident stands are not among them; the
   * critical and the worse ones are.
   */
  queue: z.array(IncidentCard),
  /** All that are open, also those that want no decision now. */
  masses: z.array(MassCard),
  /** Alarms come thicker than people can answer them: grave ones first, the rest is grouped. */
  flood: z.boolean(),
  life: ProofOfLife,
  /** This person's last verdicts, newest first. */
  decidedLately: z.array(Decided),
});
export type Desk = z.infer<typeof Desk>;

export const Decision = z.object({
  incident: IncidentCard,
  taskIds: z.array(z.string()),
  undoUntilMs: moment,
  /** It was a known item, put in to see how well the queue is looked at: what two people had said of it. */
  planted: z
    .object({ agreed: z.boolean().nullable(), kind: z.enum(['confirm', 'reject']), hazard: HazardName })
    .optional(),
});
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

/** What was read of a number plate, and what people say it is. Advisory: no text unless frames agree (domain 7). */
export const PlateView = z.object({
  state: z.enum(['waiting', ...plateStates]),
  /** In groups, as it stands on the plate; empty unless it was read. */
  text: z.string(),
  kind: z.enum(plateKinds).nullable(),
  /** Chance of each character of `text`, spaces left out. */
  confidence: z.array(z.number()),
  /** How many readings say this, and how many there are. */
  agreeing: z.number().int(),
  readings: z.number().int(),
  why: PlateReading.shape.why,
  hasCrop: z.boolean(),
  readAtMs: moment.nullable(),
  models: z.array(z.string()),
  /** Oldest first; the last one holds. */
  said: z.array(z.object({ text: z.string(), kind: z.enum(plateKinds).nullable(), name: z.string(), atMs: moment })),
});
export type PlateView = z.infer<typeof PlateView>;

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

export const wallPanels = ['weather', 'counts', 'cards', 'map', 'eyes', 'desk', 'masses', 'today'] as const;
export type WallPanel = (typeof wallPanels)[number];

export const Wall = z.object({
  nowMs: moment,
  /** Panels that could not be read now and stand as they last were; null: never since the server started. The others are true. */
  stale: z.array(z.object({ panel: z.enum(wallPanels), asOfMs: moment.nullable() })),
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
  /** Mass incidents with anything left to do, the most places first. */
  masses: z.array(
    z.object({
      number: z.number().int(),
      hazard: HazardName,
      severity: Severity,
      district: DistrictId,
      places: z.number().int(),
    }),
  ),
  waiting: z.object({ n: z.number(), oldestSinceMs: moment.nullable() }),
  /** How many sit at desks; no names. */
  seats: z.object({ working: z.number().int(), paused: z.number().int() }),
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
  /** Recorders and networks of which most cameras went silent together: one thing to mend, however many cameras hang on it. */
  outages: z.array(
    z.object({
      node: z.string(),
      state: HealthState,
      sinceMs: moment,
      silent: z.number().int(),
      cameras: z.number().int(),
      districts: z.array(DistrictId),
    }),
  ),
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
  /** A mass incident that changed: its card comes with the desk. */
  mass: z.object({ id, version: z.number().int() }).optional(),
  task: TaskCard.optional(),
  camera: CameraMark.optional(),
});
export type Change = z.infer<typeof Change>;
