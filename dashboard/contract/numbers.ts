// Shapes and routes of the numbers page (screens 4.7). Each panel is a route of its own, so that one may fail and the others stand.
import { z } from 'zod';
import { HazardName, Language, Severity, Texts, IssueName } from '#core/hazard-name';
import { RejectReason } from '#core/incident';
import { id, moment } from './wire.ts';

export const numberSpans = ['day', 'week', 'month', 'season'] as const;
export const NumberSpan = z.enum(numberSpans);
export type NumberSpan = z.infer<typeof NumberSpan>;

/** What is counted, and what it is compared with. While a period runs, both are counted up to the same moment of their course. */
export const NumbersPeriod = z.object({
  span: NumberSpan,
  fromMs: moment,
  /** Its end; it may lie ahead. */
  toMs: moment,
  /** Counted until here: the end, or now. */
  untilMs: moment,
  runs: z.boolean(),
  before: z.object({ fromMs: moment, untilMs: moment }),
  /** A day of the period before and of the one after, to be asked for next; null where that lies ahead. */
  earlier: z.string(),
  later: z.string().nullable(),
});
export type NumbersPeriod = z.infer<typeof NumbersPeriod>;

/** A share with its n and 95 % interval (Wilson). With n = 0 nothing is known: 0 to 1. */
export const Share = z.object({ k: z.number().int(), n: z.number().int(), low: z.number(), high: z.number() });
export type Share = z.infer<typeof Share>;

/** Under this n the interval leads and the share is grey. */
export const fewUnder = 30;

export const NumbersRight = z.object({
  nowMs: moment,
  period: NumbersPeriod,
  hazards: z.array(
    z.object({
      hazard: HazardName,
      now: Share,
      before: Share,
      missed: z.number().int(),
      missedBefore: z.number().int(),
    }),
  ),
  /** Issues of the city's upkeep that people opened; apart from the hazards, since no eye looks for them. */
  upkeep: z.object({ now: z.number().int(), before: z.number().int() }),
  /** Answered second looks, and how many said the same as the first. */
  second: z.object({ now: Share, before: Share }),
  /** Known items that were answered as two people had said; by shift where three people or more answered, the others together (`fromMs` null). */
  planted: z.object({
    now: Share,
    before: Share,
    shifts: z.array(
      z.object({ fromMs: z.number().nullable(), kind: z.enum(['day', 'night']).nullable(), share: Share }),
    ),
  }),
  /** Why claims were rejected, the commonest first; null: confirmed as another hazard. */
  reasons: z.array(z.object({ reason: RejectReason.nullable(), n: z.number().int() })),
  grain: z.enum(['hour', 'day', 'week']),
  trend: z.array(z.object({ atMs: moment, right: z.number().int(), wrong: z.number().int() })),
});
export type NumbersRight = z.infer<typeof NumbersRight>;

export const NumbersCameras = z.object({
  nowMs: moment,
  period: NumbersPeriod,
  /** Those with the most wrong claims first. */
  cameras: z.array(
    z.object({ cameraId: id, place: Texts, hazards: z.array(HazardName), now: Share, wrong: z.number().int() }),
  ),
  /** Cameras with any decided claim; more than are listed where there are very many. */
  total: z.number().int(),
  wrong: z.number().int(),
  /** Wrong claims of the ten cameras with the most. */
  wrongOfTen: z.number().int(),
});
export type NumbersCameras = z.infer<typeof NumbersCameras>;

export const numberSteps = [
  'seen-raised',
  'raised-verdict',
  'picture-verdict',
  'verdict-taken',
  'taken-fixed',
] as const;
export const NumberStep = z.enum(numberSteps);
export const Times = z.object({ n: z.number().int(), p50Ms: z.number().nullable(), p95Ms: z.number().nullable() });
export type Times = z.infer<typeof Times>;

export const NumbersFast = z.object({
  nowMs: moment,
  period: NumbersPeriod,
  /**
   * All severities together (null), and each that occurs. From the picture to the key there are all together only, and no time with fewer
   * than three people in it.
   */
  steps: z.array(z.object({ step: NumberStep, severity: Severity.nullable(), now: Times, before: Times })),
});
export type NumbersFast = z.infer<typeof NumbersFast>;

const Load = z.object({
  alarms: z.number().int(),
  /** Alarms per seat and ten minutes: over the whole stretch, and in the ten minutes with the most. */
  mean: z.number(),
  max: z.number(),
  maxAtMs: moment.nullable(),
  /** Seats that were taken, on average and at most. */
  seatsMean: z.number(),
  seatsMax: z.number().int(),
  floodMs: z.number(),
  floodShare: z.number(),
  mix: z.object({ S4: z.number().int(), S3: z.number().int(), S2: z.number().int(), S1: z.number().int() }),
});
export type Load = z.infer<typeof Load>;

export const NumbersLoad = z.object({
  nowMs: moment,
  period: NumbersPeriod,
  /** What counts as ten minutes: shorter where the city's time runs faster. */
  windowMs: z.number(),
  now: Load,
  before: Load,
  grain: z.enum(['hour', 'day', 'week']),
  trend: z.array(
    z.object({ atMs: moment, alarms: z.number().int(), mean: z.number(), max: z.number(), floodMs: z.number() }),
  ),
  floods: z.array(z.object({ fromMs: moment, toMs: moment, alarms: z.number().int() })),
});
export type NumbersLoad = z.infer<typeof NumbersLoad>;

export const NumbersEyes = z.object({
  nowMs: moment,
  period: NumbersPeriod,
  cameras: z.object({ all: z.number().int(), ok: z.number().int(), silent: z.number().int() }),
  ageP50Ms: z.number().nullable(),
  ageP95Ms: z.number().nullable(),
  /** The recorder or network with the most silent cameras; null where none has several. */
  worstNode: z.object({ node: z.string(), silent: z.number().int(), all: z.number().int() }).nullable(),
  /** 95 % of the cameras were looked at at least this often within the last hour; null where there are none. */
  roundP95Ms: z.number().nullable(),
  /** CPU of a look of the last ten minutes, of those that were alone in their process. */
  cpu: z.object({ p50Ms: z.number().nullable(), n: z.number().int() }),
  hazards: z.array(
    z.object({
      hazard: HazardName,
      zones: z.number().int(),
      judged: z.number().int(),
      looks: z.object({ n: z.number(), judged: z.number() }),
      looksBefore: z.object({ n: z.number(), judged: z.number() }),
    }),
  ),
});
export type NumbersEyes = z.infer<typeof NumbersEyes>;

export const NumbersHeld = z.object({
  nowMs: moment,
  period: NumbersPeriod,
  now: z.number().int(),
  before: z.number().int(),
  rules: z.array(z.object({ hazard: HazardName, rule: z.string(), n: z.number().int(), cameras: z.number().int() })),
  quiet: z.number().int(),
  shelved: z.number().int(),
});
export type NumbersHeld = z.infer<typeof NumbersHeld>;

/** Tasks of an agency's month of scores: those that count, those that count for it and against it, the others, and late corrections. */
export const scoreLists = ['scored', 'scored-good', 'scored-bad', 'scored-not', 'scored-corrected'] as const;

export const numberLists = [
  'claims',
  'right',
  'wrong',
  'missed',
  'upkeep',
  'second',
  ...numberSteps,
  'alarms',
  'held',
  'silenced',
  'silent',
  'unjudged',
  ...scoreLists,
] as const;
export const NumberList = z.enum(numberLists);
export type NumberList = z.infer<typeof NumberList>;

export const NumbersList = z.object({
  nowMs: moment,
  period: NumbersPeriod,
  /** All there are; `rows` may be fewer. */
  total: z.number().int(),
  rows: z.array(
    z.object({
      kind: z.enum(['incident', 'mass', 'task', 'camera', 'zone', 'held', 'quiet']),
      id: z.string(),
      number: z.number().int().nullable(),
      hazard: IssueName.nullable(),
      severity: Severity.nullable(),
      /** State of the thing; of what was held the rule, of a silence or a rejection its reason. */
      state: z.string(),
      cameraId: id.nullable(),
      place: Texts.nullable(),
      atMs: moment.nullable(),
      tookMs: z.number().nullable(),
      isRight: z.boolean().nullable(),
      untilMs: moment.nullable(),
    }),
  ),
});
export type NumbersList = z.infer<typeof NumbersList>;

/** What each number means, in an operator's words; also printed and written into the export. */
export const NumbersWords = z.array(z.object({ key: z.string(), name: Texts, means: Texts }));
export type NumbersWords = z.infer<typeof NumbersWords>;

const period = z.object({
  span: NumberSpan.default('day'),
  /** Any local day of the period, YYYY-MM-DD; without it the period that runs now. */
  day: z.iso.date().optional(),
});

/** Rows of a list that are sent to a screen at most. */
export const numbersListMax = 1000;

export const numbersRoutes = {
  numbersRight: { method: 'GET', path: '/api/numbers/right', query: period, answer: NumbersRight, may: 'see-numbers' },
  numbersCameras: {
    method: 'GET',
    path: '/api/numbers/cameras',
    query: period,
    answer: NumbersCameras,
    may: 'see-numbers',
  },
  numbersFast: { method: 'GET', path: '/api/numbers/fast', query: period, answer: NumbersFast, may: 'see-numbers' },
  numbersLoad: { method: 'GET', path: '/api/numbers/load', query: period, answer: NumbersLoad, may: 'see-numbers' },
  numbersEyes: { method: 'GET', path: '/api/numbers/eyes', query: period, answer: NumbersEyes, may: 'see-numbers' },
  numbersHeld: { method: 'GET', path: '/api/numbers/held', query: period, answer: NumbersHeld, may: 'see-numbers' },
  /** The rows from which a number was counted. */
  numbersList: {
    method: 'GET',
    path: '/api/numbers/list',
    query: period.extend({
      list: NumberList,
      hazard: IssueName.optional(),
      severity: Severity.optional(),
      cameraId: z.string().max(64).optional(),
      /** Of `wrong` only: the reason of the rejection, `other-hazard` where it was confirmed as another. */
      reason: z.union([RejectReason, z.literal('other-hazard')]).optional(),
      /** Of `held` only. */
      rule: z.string().max(40).optional(),
      /** Of the lists of scores only; their month is that in which the period ends. */
      agencyId: z.string().max(64).optional(),
      /** Of `silent` only: a recorder or network. */
      node: z.string().max(253).optional(),
      limit: z.coerce.number().int().min(1).max(numbersListMax).default(numbersListMax),
    }),
    answer: NumbersList,
    may: 'see-numbers',
  },
  numbersWords: { method: 'GET', path: '/api/numbers/words', answer: NumbersWords, may: 'see-numbers' },
  /** All numbers of a period with their definitions, as a table for a spreadsheet. */
  numbersCsv: {
    method: 'GET',
    path: '/api/numbers/export.csv',
    query: period.extend({ language: Language.default('ru') }),
    answer: 'csv',
    may: 'see-numbers',
  },
} as const;
