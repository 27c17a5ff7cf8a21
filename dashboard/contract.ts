// The one schema of both sides of the glass: routes, permissions, shapes and socket events. It runs in the server and in the
// browser, so it knows nothing of Node.
import { z } from 'zod';
import { AppealState, SentAppeal } from '#core/appeal';
import { type FeedTopic } from '#core/events';
import { HazardName } from '#core/hazard-name';
import { AgencyId } from '#core/ids';
import { IncidentState } from '#core/incident';
import { Answer, TaskState } from '#core/task';
import { Verdict } from '#core/verdict';
import { Violation, ViolationMark } from '#core/violation';
import { numbersRoutes } from './contract/numbers.ts';
import { scoresRoutes } from './contract/scores.ts';
import { mapRoutes } from './contract/map.ts';
import { placesRoutes } from './contract/places.ts';
import { accountRoutes } from './contract/accounts.ts';
import { AppealCard, AppealWord, IncidentAppeals } from './contract/appeals.ts';
import { CameraMark, CameraView } from './contract/cameras.ts';
import { Change } from './contract/changes.ts';
import { CityMap, Me, Welcome } from './contract/city.ts';
import { HeldList } from './contract/held.ts';
import { IncidentView } from './contract/incident-view.ts';
import { IncidentCard, Verification } from './contract/incidents.ts';
import { MassCard, MassVerdict, MassView } from './contract/masses.ts';
import { type Permission } from './contract/permissions.ts';
import { Decision, Desk } from './contract/queue.ts';
import { System } from './contract/system.ts';
import { AgencyCard, Photo, TaskCard, TaskView } from './contract/tasks.ts';
import { PlateView, ViolationCard, ViolationView } from './contract/violations.ts';
import { Wall } from './contract/wall.ts';
import { Purpose, id, moment, sha256 } from './contract/wire.ts';
import { cameraSetRoutes } from './contract/camera-set.ts';
import { presetRoutes } from './contract/presets.ts';
import { deskRoutes, HandIncident } from './contract/desk.ts';
import { firstStepsRoutes } from './contract/first-steps.ts';
import { healthRoutes } from './contract/health.ts';
import { importRoutes } from './contract/import.ts';
import { keepingRoutes } from './contract/keeping.ts';
import { liveRoutes } from './contract/live-view.ts';
import { modelRoutes } from './contract/models.ts';
import { ownScoreRoutes } from './contract/own-score.ts';

export * from './contract/feed.ts';
export * from './contract/appeals.ts';
export * from './contract/cameras.ts';
export * from './contract/changes.ts';
export * from './contract/city.ts';
export * from './contract/held.ts';
export * from './contract/incident-view.ts';
export * from './contract/incidents.ts';
export * from './contract/masses.ts';
export * from './contract/permissions.ts';
export * from './contract/queue.ts';
export * from './contract/stills.ts';
export * from './contract/system.ts';
export * from './contract/tasks.ts';
export * from './contract/violations.ts';
export * from './contract/wall.ts';
export * from './contract/wire.ts';
export * from './contract/desk.ts';
export * from './contract/numbers.ts';
export * from './contract/scores.ts';
export * from './contract/accounts.ts';
export * from './contract/map.ts';
export * from './contract/places.ts';
export * from './contract/camera-set.ts';
export * from './contract/presets.ts';
export * from './contract/first-steps.ts';
export * from './contract/health.ts';
export * from './contract/import.ts';
export * from './contract/keeping.ts';
export * from './contract/models.ts';
export * from './contract/own-score.ts';
export * from './contract/live-view.ts';

// ---- routes

type Method = 'GET' | 'POST' | 'DELETE';

export interface Route {
  readonly method: Method;
  readonly path: `/${string}`;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** JSON by a schema, or the bytes of a picture or a clip. */
  readonly answer: z.ZodType | 'csv' | 'jpeg' | 'mp4' | 'pmtiles' | 'redirect';
  /** Null: nobody needs to be signed in. */
  readonly may: Permission | null;
  /** Asked by another system, let in by its token (`authorization: Bearer …`) and by nothing else. */
  readonly machine?: 'appeal-service';
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
    body: z.object({
      login: z.string().min(1).max(80),
      password: z.string().min(1).max(200),
      /** A one-time or a recovery code, once the answer asked for it (`step`). */
      code: z.string().trim().min(6).max(40).optional(),
    }),
    answer: Me,
    may: null,
  },
  signOut: { method: 'DELETE', path: '/api/session', answer: nothing, may: 'be-signed-in' },
  me: { method: 'GET', path: '/api/me', answer: Me, may: 'be-signed-in' },
  city: { method: 'GET', path: '/api/city', answer: CityMap, may: 'be-signed-in' },
  ...accountRoutes,

  desk: { method: 'GET', path: '/api/desk', answer: Desk, may: 'see-queue' },
  verdict: { method: 'POST', path: '/api/verdicts', body: Verdict, answer: Decision, may: 'decide' },
  undoVerdict: {
    method: 'POST',
    path: '/api/verdicts/:id/undo',
    params: withId,
    answer: z.object({ incident: IncidentCard }),
    may: 'decide',
  },
  mass: { method: 'GET', path: '/api/mass/:id', params: withId, answer: MassView, may: 'see-queue' },
  /** One decision for all members that wait; they follow after the seconds of grace. */
  massVerdict: {
    method: 'POST',
    path: '/api/mass/:id/verdict',
    params: withId,
    body: MassVerdict,
    answer: z.object({ mass: MassCard, undoUntilMs: moment }),
    may: 'decide',
  },
  undoMass: {
    method: 'POST',
    path: '/api/mass/:id/undo',
    params: withId,
    answer: z.object({ mass: MassCard }),
    may: 'decide',
  },

  /** What was seen and not put before people, and by which rule. */
  held: {
    method: 'GET',
    path: '/api/held',
    query: z.object({
      /** Without it, of the last 24 hours. */
      sinceMs: z.coerce.number().optional(),
      hazard: HazardName.optional(),
      rule: z.string().max(40).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(200),
    }),
    answer: HeldList,
    may: 'see-held',
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
  raise: { method: 'POST', path: '/api/incidents', body: HandIncident, answer: Decision, may: 'raise' },
  verify: {
    method: 'POST',
    path: '/api/incidents/:id/verification',
    params: withId,
    body: Verification,
    answer: z.object({ incident: IncidentCard, tasks: z.array(TaskCard) }),
    may: 'verify',
  },

  incidentAppeals: {
    method: 'GET',
    path: '/api/incidents/:id/appeals',
    params: withId,
    answer: IncidentAppeals,
    may: 'see-appeals',
  },
  /** An appeal from a service: what it was made of. The same number sent again counts once. */
  sendAppeal: {
    method: 'POST',
    path: '/api/appeals',
    body: SentAppeal,
    answer: AppealWord,
    may: null,
    machine: 'appeal-service',
  },
  /** What became of an appeal of the service that asks; of another service's it learns nothing. */
  askAppeal: {
    method: 'GET',
    path: '/api/appeals/own/:externalId',
    params: z.object({ externalId: z.string().min(1).max(80) }),
    answer: AppealWord,
    may: null,
    machine: 'appeal-service',
  },
  appeals: {
    method: 'GET',
    path: '/api/appeals',
    query: z.object({
      /** Comma-separated; without it, of any state. */
      states: list(AppealState).optional(),
      sinceMs: z.coerce.number().optional(),
      limit: z.coerce.number().int().min(1).max(2000).default(200),
    }),
    answer: z.object({ nowMs: moment, feed: z.number(), appeals: z.array(AppealCard) }),
    may: 'see-appeals',
  },
  linkAppeal: {
    method: 'POST',
    path: '/api/appeals/:id/links',
    params: withId,
    body: z.object({ incidentId: id }),
    answer: nothing,
    may: 'link-appeals',
  },
  unlinkAppeal: {
    method: 'DELETE',
    path: '/api/appeals/:id/links/:incidentId',
    params: z.object({ id, incidentId: id }),
    answer: nothing,
    may: 'link-appeals',
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
  /** The number plate of the vehicle: for those who review, in an open violation only. */
  plate: {
    method: 'GET',
    path: '/api/violations/:id/plate',
    params: withId,
    answer: PlateView,
    may: 'see-plates',
  },
  platePicture: {
    method: 'GET',
    path: '/api/violations/:id/plate/picture',
    params: withId,
    answer: 'jpeg',
    may: 'see-plates',
  },
  /** What an officer sees on the plate; kept beside what was read. */
  sayPlate: {
    method: 'POST',
    path: '/api/violations/:id/plate',
    params: withId,
    body: z.object({ text: z.string().trim().min(4).max(20) }),
    answer: PlateView,
    may: 'say-plate',
  },
  chooseArticle: {
    method: 'POST',
    path: '/api/violations/:id/article',
    params: withId,
    body: versioned.extend({ articleId: id }),
    answer: z.object({ violation: Violation }),
    may: 'choose-article',
  },
  /**
   * An officer marks a possible violation of another article on the clip of this one, which they have played. It is a violation of its own, passed to the
   * second reviewer. The key is its id: the same sending twice is one.
   */
  markViolation: {
    method: 'POST',
    path: '/api/violations/:id/marks',
    params: withId,
    body: z.object({
      key: z.string().min(8).max(64),
      articleId: id,
      atClipMs: z.number().min(0).nullable(),
      box: ViolationMark.shape.box,
      note: z.string().trim().max(500),
    }),
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

  ...numbersRoutes,
  ...scoresRoutes,
  ...deskRoutes,
  wall: { method: 'GET', path: '/api/wall', answer: Wall, may: 'see-wall' },
  system: { method: 'GET', path: '/api/system', answer: System, may: 'see-system' },
  ...mapRoutes,
  ...placesRoutes,
  ...cameraSetRoutes,
  ...presetRoutes,
  ...healthRoutes,
  ...importRoutes,
  ...modelRoutes,
  ...keepingRoutes,
  ...ownScoreRoutes,
  ...firstStepsRoutes,
  ...liveRoutes,
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
type PartOf<N extends RouteName, P extends 'params' | 'query' | 'body'> = Routes[N] extends {
  readonly [K in P]: infer S;
}
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
  appeal: 'see-appeals',
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
