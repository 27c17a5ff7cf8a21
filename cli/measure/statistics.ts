// The few statistics of the measuring commands.

/** The q-quantile (0..1) by linear interpolation between order statistics; null of nothing. */
export function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number | null => quantile(values, 0.5);

/** Rounds for print; null stays null. */
export const rounded = (value: number | null, digits = 1): number | null =>
  value === null ? null : Number(value.toFixed(digits));
