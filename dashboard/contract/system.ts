// The state of the system, in one shape.
import { z } from 'zod';
import { HealthState } from '#core/camera';
import { DistrictId } from '#core/place';
import { ProofOfLife } from './queue.ts';
import { moment } from './wire.ts';

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
