// The states of a day's incidents at one of its moments. Pure.
import type { Severity } from '#core/hazard-name';
import { openIncidentStates, type IncidentState } from '#core/incident';
import type { DayIncident } from '../../../contract.ts';

/** The state and severity of an incident at a moment; undefined before it was opened. */
export function stateAt(
  { states }: Pick<DayIncident, 'states'>,
  atMs: number,
): { readonly state: IncidentState; readonly severity: Severity } | undefined {
  const step = states.findLast(([sinceMs]) => sinceMs <= atMs);
  return step && { state: step[1], severity: step[2] };
}

const isOpen = (state: IncidentState): boolean => openIncidentStates.some((one) => one === state);

/** Those that were open at a moment, with the severity that they had then. */
export const openAt = (incidents: readonly DayIncident[], atMs: number): DayIncident[] =>
  incidents.flatMap((incident) => {
    const then = stateAt(incident, atMs);
    return then && isOpen(then.state) ? [{ ...incident, severity: then.severity }] : [];
  });

/** A day plays in so many seconds (screens 4.3). */
export const playS = 60;

/** Where the day stands `passedMs` after it was at `fromMs`, playing; not beyond its end. */
export const playedTo = (
  fromMs: number,
  passedMs: number,
  day: { readonly fromMs: number; readonly toMs: number },
): number => Math.min(day.toMs, fromMs + (passedMs / (playS * 1000)) * (day.toMs - day.fromMs));
