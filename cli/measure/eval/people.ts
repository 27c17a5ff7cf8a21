// The same figures for a person's eye: what a table of a screen can hold.
import type { Measurement } from '../frame.ts';

/** Keys that a person reads in the report instead: long lists, bins, slices. */
const tooLong: ReadonlySet<string> = new Set(['samples', 'reliability', 'slices', 'said', 'sweep', 'scoresHash']);

const shortened = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.length > 4
      ? `${value.length} of them`
      : value.join(' ')
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
            tooLong.has(key) ? [] : [[key, shortened(inner)]],
          ),
        )
      : value;

/** The measurement without what fills screens. */
export const forPeople = (measurement: Measurement): Measurement => ({
  ...measurement,
  result: Object.fromEntries(
    Object.entries(measurement.result).flatMap(([key, value]) => (tooLong.has(key) ? [] : [[key, shortened(value)]])),
  ),
});
