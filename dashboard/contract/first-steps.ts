// The first steps of a new installation, in their order, as far as the database says they are done.
import { z } from 'zod';
import { Role } from '#core/person';
import { Permission } from './permissions.ts';
import { moment } from './wire.ts';

export const firstSteps = ['outline', 'camera', 'picture', 'zone', 'agency', 'crew', 'operator', 'seat'] as const;
export const FirstStepName = z.enum(firstSteps);
export type FirstStepName = z.infer<typeof FirstStepName>;

export const FirstStep = z.object({
  step: FirstStepName,
  done: z.boolean(),
  /** How many there are of it. */
  n: z.number().int(),
  /** What it takes to do it; null: it is done on the server. */
  needs: Permission.nullable(),
  /** Who holds that. */
  roles: z.array(Role),
  /** The camera that it can be done for at once. */
  cameraId: z.string().nullable(),
});
export type FirstStep = z.infer<typeof FirstStep>;

export const FirstSteps = z.object({ nowMs: moment, steps: z.array(FirstStep) });
export type FirstSteps = z.infer<typeof FirstSteps>;

export const firstStepsRoutes = {
  firstSteps: { method: 'GET', path: '/api/first-steps', answer: FirstSteps, may: 'see-system' },
} as const;
