// Deadlines: dated policies + start event + calendar → moments with the policy's id. Pure; snow's rule and tasks both ask.
import { DateTime } from 'luxon';
import { afterWorkingDays, isWorkingDay, localDay } from '#core/calendar';
import type { IssueName, Severity } from '#core/hazard-name';
import type { StreetClass } from '#core/place';
import type { Holiday, Policy } from '#core/policy';
import { epochMs, type EpochMs } from '#core/units';

/** The city's calendar and pace; `zone` is an IANA name. */
export interface CityTime {
  readonly zone: string;
  readonly pace: number;
  readonly holidays: readonly Holiday[];
}

export interface PolicyQuestion {
  readonly hazard: IssueName;
  readonly sub: string;
  readonly severity?: Severity;
  readonly streetClass: StreetClass;
  /** Only rows whose clock starts with this event. */
  readonly event?: Policy['event'];
}

export interface Deadline {
  readonly policyId: string;
  readonly event: Policy['event'];
  readonly acceptByMs: EpochMs;
  readonly makeSafeByMs: EpochMs | null;
  readonly fixByMs: EpochMs;
}

const workFromH = 9;
const workToH = 18;

/** The moment when `hours` of a clock have passed since `from`, in the city's zone and at its pace. */
export function addHours(from: EpochMs, hours: number, clock: Policy['clock'], city: CityTime): EpochMs {
  const due = atLifePace(from, hours, clock, city);
  return epochMs(from + (due - from) / city.pace);
}

function atLifePace(from: EpochMs, hours: number, clock: Policy['clock'], city: CityTime): EpochMs {
  switch (clock) {
    case '24x7':
      return epochMs(from + hours * 3_600_000);
    case 'work_days':
      return afterWorkingDays(from, Math.ceil(hours / 24), city.zone, city.holidays);
    case 'work_hours':
      return addWorkHours(from, hours, city);
  }
}

/** Counts only 09:00–18:00 of working days. */
function addWorkHours(from: EpochMs, hours: number, city: CityTime): EpochMs {
  let leftMs = hours * 3_600_000;
  let at = DateTime.fromMillis(from, { zone: city.zone });
  for (;;) {
    const opens = at.set({ hour: workFromH, minute: 0, second: 0, millisecond: 0 });
    const closes = opens.set({ hour: workToH });
    const begins = at < opens ? opens : at;
    if (isWorkingDay(at.toFormat('yyyy-MM-dd'), city.holidays) && begins < closes) {
      const availableMs = closes.toMillis() - begins.toMillis();
      if (leftMs <= availableMs) return epochMs(begins.toMillis() + leftMs);
      leftMs -= availableMs;
    }
    at = at.plus({ days: 1 }).startOf('day');
  }
}

const held = (row: Policy, day: string): boolean =>
  row.validFrom <= day && (row.validTo === undefined || day <= row.validTo);

const specific = (row: Policy): number =>
  (row.sub ? 4 : 0) + (row.severity ? 2 : 0) + (row.streetClasses.length > 0 ? 1 : 0);

/**
 * The row that held on a local day (YYYY-MM-DD) for this question: the most specific one; of equally specific rows the
 * longer term, because a conflict of figures must not make anybody late (domain 3.7).
 */
export function policyFor(policies: readonly Policy[], question: PolicyQuestion, day: string): Policy | undefined {
  return policies
    .filter(
      (row) =>
        row.hazard === question.hazard &&
        held(row, day) &&
        (row.sub === '' || row.sub === question.sub) &&
        (row.severity === undefined || row.severity === question.severity) &&
        (row.streetClasses.length === 0 || row.streetClasses.includes(question.streetClass)) &&
        (question.event === undefined || row.event === question.event),
    )
    .sort((a, b) => specific(b) - specific(a) || b.fixH - a.fixH || (a.id < b.id ? -1 : 1))[0];
}

/** Accept, make safe and fix by when, counted from `from`; undefined when no row held on that local day. */
export function deadlineOf(
  policies: readonly Policy[],
  question: PolicyQuestion,
  from: EpochMs,
  city: CityTime,
): Deadline | undefined {
  const row = policyFor(policies, question, localDay(from, city.zone));
  if (!row) return undefined;
  return {
    policyId: row.id,
    event: row.event,
    acceptByMs: addHours(from, row.acceptH, row.clock, city),
    makeSafeByMs: row.makeSafeH === undefined ? null : addHours(from, row.makeSafeH, row.clock, city),
    fixByMs: addHours(from, row.fixH, row.clock, city),
  };
}
