// How properties are run: how many histories, from which seed; a failure prints its seed and path, and both can be given again.
import fc, { type Parameters } from 'fast-check';
import { z } from 'zod';

const Environment = z.object({
  /** So many times the usual number of histories. */
  AHUAL_PROPERTY_RUNS: z.coerce.number().min(0.01).max(100_000).default(1),
  /** The seed and path that a failure printed. */
  AHUAL_PROPERTY_SEED: z.coerce.number().int().optional(),
  AHUAL_PROPERTY_PATH: z.string().optional(),
});

const given = Environment.parse(process.env);

/** A shrinking that takes longer than this is ended and tells the smallest history that it has found. */
const longestMs = 50_000;

/** How long a test of properties may take, milliseconds. */
export const propertyTimeoutMs = (longestMs + 40_000) * Math.max(1, given.AHUAL_PROPERTY_RUNS);

/** Parameters for `fc.assert`: `usual` histories, more by `AHUAL_PROPERTY_RUNS`. */
export function runs(usual: number): Parameters<unknown> {
  const { AHUAL_PROPERTY_SEED: seed, AHUAL_PROPERTY_PATH: path } = given;
  return {
    numRuns: Math.max(1, Math.round(usual * given.AHUAL_PROPERTY_RUNS)),
    plugins: [fc.interruptAfterTimeLimit(longestMs * Math.max(1, given.AHUAL_PROPERTY_RUNS))],
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path }),
  };
}
