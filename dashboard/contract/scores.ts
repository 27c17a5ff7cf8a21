// Shapes and routes of agencies' scores by month (domain 3.7) and of the akim's weekly page.
import { z } from 'zod';
import { agencyKinds } from '#core/agency';
import { HazardName, IssueName, Texts } from '#core/hazard-name';
import { id, moment } from './wire.ts';
import { NumberSpan, NumbersPeriod, Share, Times } from './numbers.ts';

/** With fewer counted tasks there is no score and no place. */
export const scoreLeast = 5;

/** An agency's month. What is shown as its score is the lower bound of `now`. */
export const AgencyScore = z.object({
  agencyId: id,
  name: Texts,
  /** Done in time, at the first claim and not reopened, of all that counts. */
  now: Share,
  /** 100 · (0.60 · in time and at once + 0.25 · not reopened + 0.15 · taken in time), each by its lower bound; null under `scoreLeast`. */
  index: z.number().nullable(),
  /** Place within the group; null under `scoreLeast`, and where nobody is to be compared with. */
  rank: z.number().int().nullable(),
  kept: Share,
  accepted: Share,
  by: z.object({ camera: z.number().int(), photo: z.number().int(), word: z.number().int() }),
  /** Not counted: we have not looked yet, disputed, handed on in time, called off. */
  not: z.object({
    checking: z.number().int(),
    disputed: z.number().int(),
    handedOn: z.number().int(),
    cancelled: z.number().int(),
  }),
  /** What would be counted today, where the history of a frozen month says something else by now. */
  corrected: z.object({ tasks: z.number().int(), k: z.number().int(), n: z.number().int() }).nullable(),
});
export type AgencyScore = z.infer<typeof AgencyScore>;

/** Agencies that can be compared: of one kind, and but for akimats with most of their work of one hazard. */
export const ScoreGroup = z.object({
  kind: z.enum(agencyKinds),
  hazard: IssueName.nullable(),
  agencies: z.array(AgencyScore),
});
export type ScoreGroup = z.infer<typeof ScoreGroup>;

const MonthOfScores = z.object({
  /** YYYY-MM-01. */
  month: z.string(),
  fromMs: moment,
  /** When it is frozen, and when it was; what was so until then is counted. */
  freezesAtMs: moment,
  frozenAtMs: moment.nullable(),
  groups: z.array(ScoreGroup),
});

export const NumbersScores = MonthOfScores.extend({ nowMs: moment, period: NumbersPeriod });
export type NumbersScores = z.infer<typeof NumbersScores>;

/** One page of a week for the akim: no person, no camera, no restricted place. */
export const NumbersWeek = z.object({
  nowMs: moment,
  period: NumbersPeriod,
  hazards: z.array(
    z.object({
      hazard: HazardName,
      /** Put before operators; confirmed by them, found by people with it; the same of the week before. */
      raised: z.number().int(),
      confirmed: z.number().int(),
      confirmedBefore: z.number().int(),
      /** Works that were held done, and how long it took from the verdict. */
      fixed: Times,
      fixedBefore: Times,
      reopened: z.number().int(),
      /** Works that are open now, and those of them whose deadline is over. */
      open: z.number().int(),
      overdue: z.number().int(),
      /** Of all looks of the week those by which nothing could be judged; zones that cannot be judged now. */
      looks: z.object({ n: z.number(), unjudged: z.number() }),
      zones: z.object({ n: z.number().int(), unjudged: z.number().int() }),
    }),
  ),
  cameras: z.object({ all: z.number().int(), silent: z.number().int() }),
  /** The works that are overdue for longest, at places that are open to all. */
  longest: z.array(
    z.object({ number: z.number().int(), hazard: IssueName, place: Texts, agency: Texts, overdueMs: z.number() }),
  ),
  /** The newest month of scores that is frozen, else the one that runs. */
  scores: MonthOfScores,
});
export type NumbersWeek = z.infer<typeof NumbersWeek>;

const day = z.iso.date().optional();

export const scoresRoutes = {
  /** The month in which the period ends. */
  numbersScores: {
    method: 'GET',
    path: '/api/numbers/scores',
    query: z.object({ span: NumberSpan.default('month'), day }),
    answer: NumbersScores,
    may: 'see-numbers',
  },
  numbersWeek: {
    method: 'GET',
    path: '/api/numbers/week',
    query: z.object({ day }),
    answer: NumbersWeek,
    may: 'see-numbers',
  },
} as const;
