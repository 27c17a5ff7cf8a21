// An agency's own score of a month, for its head: figures, and the tasks that they were counted from. Nothing of any other agency.
import { z } from 'zod';
import { IssueName, Severity, Texts } from '#core/hazard-name';
import { Share } from './numbers.ts';
import { AgencyScore } from './scores.ts';
import { id, moment } from './wire.ts';

/** Without its place: that would say how the others did. */
export const OwnFigures = AgencyScore.omit({ rank: true, agencyId: true });
export type OwnFigures = z.infer<typeof OwnFigures>;

export const OwnTask = z.object({
  id,
  number: z.number().int(),
  hazard: IssueName,
  severity: Severity,
  place: Texts,
  dueMs: moment,
  /** The claim, measured from the deadline: negative is before it; null where nothing was claimed. */
  lateMs: z.number().nullable(),
  outcome: z.string(),
  /** Null: it does not count. */
  isGood: z.boolean().nullable(),
});
export type OwnTask = z.infer<typeof OwnTask>;

export const OwnScore = z.object({
  nowMs: moment,
  agency: Texts,
  /** YYYY-MM. */
  month: z.string(),
  fromMs: moment,
  freezesAtMs: moment,
  frozenAtMs: moment.nullable(),
  /** Null: no task had its deadline in this month. */
  score: OwnFigures.nullable(),
  tasks: z.array(OwnTask),
  /** There are more than are listed. */
  more: z.boolean(),
  /** Tasks of a frozen month that would come out otherwise today, as they would. */
  corrected: z.array(OwnTask),
  /** This month and those before it, newest first. */
  months: z.array(z.object({ month: z.string(), fromMs: moment, index: z.number().nullable(), now: Share.nullable() })),
});
export type OwnScore = z.infer<typeof OwnScore>;

export const ownScoreRoutes = {
  ownScore: {
    method: 'GET',
    path: '/api/agency/score',
    query: z.object({
      month: z
        .string()
        .regex(/^20\d\d-(0[1-9]|1[0-2])$/)
        .optional(),
    }),
    answer: OwnScore,
    may: 'see-own-score',
  },
} as const;
