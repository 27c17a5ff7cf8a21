// What every shape rests on: ids, moments, hashes, and what goes wrong.
import { z } from 'zod';

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
