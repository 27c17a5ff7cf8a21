// The states of a day's incidents at one of its moments. Pure.
import { openIncidentStates, type IncidentState } from '#core/incident';
import type { DayIncident } from '../../../contract.ts';

/** The state of an incident at a moment; undefined before it was opened. */
export function stateAt({ states }: Pick<DayIncident, 'states'>, atMs: number): IncidentState | undefined {
  let found: IncidentState | undefined;
  for (const [sinceMs, state] of states) {
    if (sinceMs > atMs) break;
    found = state;
  }
  return found;
}

const isOpen = (state: IncidentState | undefined): boolean => openIncidentStates.some((one) => one === state);

/** Those that were open at a moment. */
export const openAt = (incidents: readonly DayIncident[], atMs: number): DayIncident[] =>
  incidents.filter((incident) => isOpen(stateAt(incident, atMs)));

/** A day plays in so many seconds (screens 4.3). */
export const playS = 60;

/** Where the day stands `passedMs` after it was at `fromMs`, playing; not beyond its end. */
export const playedTo = (
  fromMs: number,
  passedMs: number,
  day: { readonly fromMs: number; readonly toMs: number },
): number => Math.min(day.toMs, fromMs + (passedMs / (playS * 1000)) * (day.toMs - day.fromMs));
