// When the disk is full if it goes on as it did: a straight line through the free space of the last week.
import type { kept } from '#store';
import type { KeptForecast } from '../contract.ts';

const dayMs = 86_400_000;
/** What is further away than this is not foreseen by a week. */
const farMs = 2 * 365 * dayMs;

/**
 * The forecast by least squares over the last seven days. Under a day of measurements there is none: the ring of frames, which fills
 * to its term and stops, would be taken for growth without end.
 */
export function forecastOf(history: readonly kept.KeptPoint[], nowMs: number): KeptForecast {
  const points = history.filter(({ atMs }) => atMs > nowMs - 7 * dayMs);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.atMs - first.atMs < dayMs) return { kind: 'young' };
  const n = points.length;
  const meanMs = points.reduce((sum, { atMs }) => sum + (atMs - first.atMs), 0) / n;
  const meanBytes = points.reduce((sum, { freeBytes }) => sum + freeBytes, 0) / n;
  let [both, square] = [0, 0];
  for (const { atMs, freeBytes } of points) {
    const away = atMs - first.atMs - meanMs;
    both += away * (freeBytes - meanBytes);
    square += away * away;
  }
  const perMs = both / square;
  const inMs = perMs < 0 ? last.freeBytes / -perMs : Infinity;
  if (inMs > farMs) return { kind: 'steady' };
  return { kind: 'fills', atMs: last.atMs + inMs, bytesPerDay: Math.round(-perMs * dayMs) };
}
