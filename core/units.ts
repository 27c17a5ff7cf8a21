// The brands of numbers that types can tell apart, and the few conversions between them.
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Milliseconds since 1970-01-01T00:00:00Z. The only form of a moment inside the house. */
export type EpochMs = Brand<number, 'EpochMs'>;

/** Marks a number of milliseconds since 1970 as a moment; refuses what is no finite number. */
export function epochMs(value: number): EpochMs {
  if (!Number.isFinite(value)) throw new RangeError(`not a moment: ${value}`);
  return Math.round(value) as EpochMs;
}

/** Adds milliseconds to a moment. */
export const addMs = (at: EpochMs, ms: number): EpochMs => epochMs(at + ms);

/** Adds seconds to a moment. */
export const addS = (at: EpochMs, seconds: number): EpochMs => epochMs(at + seconds * 1000);

/** Seconds from `from` to `to`; negative when `to` is earlier. */
export const secondsBetween = (from: EpochMs, to: EpochMs): number => (to - from) / 1000;

/** Parses an ISO 8601 text; throws a RangeError on anything else. */
export const momentOf = (iso: string): EpochMs => epochMs(Date.parse(iso));

/** ISO 8601 in UTC, for wires and files. */
export const isoOf = (at: EpochMs): string => new Date(at).toISOString();

/** Limits a number to 0..1. */
export const ratio = (value: number): number => Math.min(1, Math.max(0, value));
