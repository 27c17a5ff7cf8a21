// Shapes of citizens' appeals as the centre sees them.
import { z } from 'zod';
import { Appeal, AppealState } from '#core/appeal';
import { IssueName } from '#core/hazard-name';
import { IncidentState } from '#core/incident';
import { moment } from './wire.ts';

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
      hazard: IssueName,
      state: IncidentState,
      openedAt: z.string(),
      linkedAt: z.string(),
    }),
  ),
});
export type AppealWord = z.infer<typeof AppealWord>;
