// What somebody may do (domain 3.6). Which role holds which is server/may.ts; the browser is told its own in `Me`.
import { z } from 'zod';

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
  'see-own-score',
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
