// Accept, make safe, fix: stamped once from the policy that held when the incident was confirmed.
import { AhualError } from '#core/errors';
import { severities } from '#core/hazard-name';
import type { Incident } from '#core/incident';
import type { StreetClass } from '#core/place';
import type { Policy } from '#core/policy';
import { epochMs, type EpochMs } from '#core/units';
import { addHours, deadlineOf, policyFor, type CityTime, type Deadline } from '#hazards';
import { localDay } from '#core/calendar';

/** Moments from which terms may run, as far as they are known. */
export interface TermEvents {
  readonly confirmedAtMs: EpochMs;
  readonly detectedAtMs: EpochMs;
  readonly snowfallEndedAtMs: EpochMs | null;
}

type Asked = Pick<Incident, 'hazard' | 'sub' | 'severity'>;

/** The row for this severity; where the table has none, the next graver one's, because a shorter term is the safer mistake. */
function rowFor(policies: readonly Policy[], asked: Asked, streetClass: StreetClass, day: string): Policy | undefined {
  const graver = severities.slice(severities.indexOf(asked.severity));
  const milder = [...severities.slice(0, severities.indexOf(asked.severity))].reverse();
  for (const severity of [...graver, ...milder]) {
    const row = policyFor(policies, { hazard: asked.hazard, sub: asked.sub, severity, streetClass }, day);
    if (row) return row;
  }
  return undefined;
}

/**
 * The terms of a task. Acceptance and making safe always run from the confirmation. The fix runs from the policy's own
 * event; where that moment is unknown or its term is over already (late snow is raised only then), from the confirmation,
 * so that the agency gets a term that it can keep. Throws ROUTE_MISSING when no policy fits.
 */
export function termsOf(
  policies: readonly Policy[],
  asked: Asked,
  streetClass: StreetClass,
  events: TermEvents,
  city: CityTime,
): Deadline {
  const { confirmedAtMs } = events;
  const row = rowFor(policies, asked, streetClass, localDay(confirmedAtMs, city.zone));
  const question = row && {
    hazard: asked.hazard,
    sub: asked.sub,
    streetClass,
    event: row.event,
    ...(row.severity ? { severity: row.severity } : {}),
  };
  const terms = question && deadlineOf(policies, question, confirmedAtMs, city);
  if (!row || !terms) {
    throw new AhualError(
      'ROUTE_MISSING',
      `no deadline is set for ${asked.hazard} ${asked.sub} ${asked.severity} on streets of class ${streetClass}.`,
      'Add a row to policies.csv that fits it.',
      { hazard: asked.hazard, sub: asked.sub, severity: asked.severity, streetClass },
    );
  }
  const eventAtMs =
    row.event === 'end_of_snowfall' ? events.snowfallEndedAtMs : row.event === 'detected' ? events.detectedAtMs : null;
  if (eventAtMs === null) return terms;
  const byEvent = addHours(eventAtMs, row.fixH, row.clock, city);
  return byEvent > terms.acceptByMs ? { ...terms, fixByMs: epochMs(byEvent) } : terms;
}
