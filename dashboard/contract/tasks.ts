// Shapes of tasks and of the agencies that have them.
import { z } from 'zod';
import { AgencyKind } from '#core/agency';
import { Texts } from '#core/hazard-name';
import { IncidentState, Mark } from '#core/incident';
import { Delivery, Task, TaskState } from '#core/task';
import { IncidentCard } from './incidents.ts';
import { StillView } from './stills.ts';
import { id, moment, sha256 } from './wire.ts';

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
  /** As on the card of its incident. */
  said: Texts.optional(),
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

export const AgencyCard = z.object({ id, kind: AgencyKind, name: Texts });

export const Photo = z.object({ sha256, bytes: z.number(), widthPx: z.number(), heightPx: z.number() });
