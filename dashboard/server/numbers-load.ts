// How many alarms a seat had to bear: mean and worst ten minutes per seat, time in flood, mix of severities.
import type { Severity } from '#core/hazard-name';
import type { Load, NumbersLoad } from '../contract.ts';

export interface AlarmAt {
  readonly atMs: number;
  readonly severity: Severity;
}

/** A person who gave verdicts from `firstAtMs` to `lastAtMs`; `seat` joins the rows of one person. */
export interface SittingAt {
  readonly seat: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A person sits at a seat for this long around each verdict. People do not live faster in a demo, so it is never divided. */
export const seatMs = 30 * 60_000;

/** As on the desk (incidents/flood.ts, after EEMUA 191): above ten in ten minutes it begins, below five it ends. */
const floodFrom = 10;
const floodUntil = 5;

/** How many seats were taken: steps at which the number changes, the first at `fromMs`. Seats are at least one: someone must answer. */
export function seatsOver(sittings: readonly SittingAt[], { fromMs, toMs }: Span): { atMs: number; n: number }[] {
  const bySeat = new Map<number, { fromMs: number; toMs: number }[]>();
  for (const { seat, firstAtMs, lastAtMs } of [...sittings].sort((a, b) => a.firstAtMs - b.firstAtMs)) {
    const taken = { fromMs: Math.max(fromMs, firstAtMs - seatMs), toMs: Math.min(toMs, lastAtMs + seatMs) };
    if (taken.toMs <= taken.fromMs) continue;
    const list = bySeat.get(seat) ?? [];
    const last = list.at(-1);
    if (last && taken.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, taken.toMs);
    else list.push(taken);
    bySeat.set(seat, list);
  }
  const turns = [...bySeat.values()].flat().flatMap((one) => [
    { atMs: one.fromMs, by: 1 },
    { atMs: one.toMs, by: -1 },
  ]);
  const steps = [{ atMs: fromMs, n: 1 }];
  let sitting = 0;
  for (const { atMs, by } of turns.sort((a, b) => a.atMs - b.atMs || b.by - a.by)) {
    sitting += by;
    const n = Math.max(1, sitting);
    const last = steps.at(-1);
    if (last && last.atMs === atMs) last.n = n;
    else if (last?.n !== n) steps.push({ atMs, n });
  }
  return steps;
}

/** Sum of seats × milliseconds between two moments. */
function seatTimeMs(steps: readonly { atMs: number; n: number }[], { fromMs, toMs }: Span): number {
  return steps.reduce((sum, { atMs, n }, i) => {
    const endMs = Math.min(toMs, steps[i + 1]?.atMs ?? toMs);
    return sum + n * Math.max(0, endMs - Math.max(fromMs, atMs));
  }, 0);
}

/** Floods of sorted moments: begun by the alarm that makes more than ten within `windowMs`, over when fewer than five are left in it. */
export function floodsOf(
  atMs: readonly number[],
  windowMs: number,
  toMs: number,
): { fromMs: number; toMs: number; alarms: number }[] {
  const floods: { fromMs: number; toMs: number; alarms: number }[] = [];
  let [oldest, began] = [0, -1];
  for (let i = 0; i <= atMs.length; i++) {
    const nowMs = atMs[i] ?? toMs;
    // Alarms leave the window one by one before the next comes: the flood may end at any of these moments.
    for (;;) {
      const leavesMs = (atMs[oldest] ?? Infinity) + windowMs;
      if (oldest >= i || leavesMs > nowMs) break;
      oldest += 1;
      if (began < 0 || i - oldest >= floodUntil) continue;
      floods.push({ fromMs: atMs[began] ?? leavesMs, toMs: leavesMs, alarms: i - began });
      began = -1;
    }
    if (began < 0 && i < atMs.length && i + 1 - oldest > floodFrom) began = i;
  }
  if (began >= 0) floods.push({ fromMs: atMs[began] ?? toMs, toMs, alarms: atMs.length - began });
  return floods;
}

const overlapMs = (a: Span, b: Span): number => Math.max(0, Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs));

/** Most alarms per seat in ten minutes that begin with an alarm, and when. Both lists are sorted. */
function worst(
  atMs: readonly number[],
  steps: readonly { atMs: number; n: number }[],
  windowMs: number,
): { max: number; maxAtMs: number | null; each: number[] } {
  let [max, maxAtMs, end, step] = [0, 0, 0, 0];
  const each = atMs.map((startMs, i) => {
    while (end < atMs.length && (atMs[end] ?? 0) < startMs + windowMs) end += 1;
    while (step + 1 < steps.length && (steps[step + 1]?.atMs ?? Infinity) <= startMs) step += 1;
    const per = (end - i) / (steps[step]?.n ?? 1);
    if (per > max) [max, maxAtMs] = [per, startMs];
    return per;
  });
  return { max, maxAtMs: atMs.length === 0 ? null : maxAtMs, each };
}

/**
 * The load of a stretch. `alarms` are sorted by time; `windowMs` is what counts as ten minutes; `starts` are the beginnings of the parts
 * for the curve, oldest first.
 */
export function loadOf(
  alarms: readonly AlarmAt[],
  sittings: readonly SittingAt[],
  span: Span,
  { windowMs, starts }: { windowMs: number; starts: readonly number[] },
): { load: Load; trend: NumbersLoad['trend']; floods: NumbersLoad['floods'] } {
  const times = alarms.map(({ atMs }) => atMs);
  const steps = seatsOver(sittings, span);
  const floods = floodsOf(times, windowMs, span.toMs);
  const { max, maxAtMs, each } = worst(times, steps, windowMs);
  const lengthMs = Math.max(1, span.toMs - span.fromMs);
  const perSeat = (n: number, part: Span): number => {
    const taken = seatTimeMs(steps, part);
    return taken === 0 ? 0 : n / (taken / windowMs);
  };
  const floodMs = floods.reduce((sum, flood) => sum + overlapMs(flood, span), 0);
  const mix = { S4: 0, S3: 0, S2: 0, S1: 0 };
  for (const { severity } of alarms) mix[severity] += 1;
  let from = 0;
  const trend = starts.map((start, i) => {
    const part = { fromMs: Math.max(span.fromMs, start), toMs: Math.min(span.toMs, starts[i + 1] ?? span.toMs) };
    let to = from;
    while (to < times.length && (times[to] ?? 0) < part.toMs) to += 1;
    const own = each.slice(from, to);
    const n = to - from;
    from = to;
    return {
      atMs: start,
      alarms: n,
      mean: perSeat(n, part),
      max: own.reduce((most, one) => Math.max(most, one), 0),
      floodMs: floods.reduce((sum, flood) => sum + overlapMs(flood, part), 0),
    };
  });
  return {
    load: {
      alarms: alarms.length,
      mean: perSeat(alarms.length, span),
      max,
      maxAtMs,
      seatsMean: seatTimeMs(steps, span) / lengthMs,
      seatsMax: steps.reduce((most, { n }) => Math.max(most, n), 1),
      floodMs,
      floodShare: floodMs / lengthMs,
      mix,
    },
    trend,
    floods,
  };
}
