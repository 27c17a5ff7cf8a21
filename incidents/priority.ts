// The order of the desk: severity, then waiting time, then the models' level, which never decides alone.
import { severities } from '#core/hazard-name';
import type { Incident } from '#core/incident';

type Ranked = Pick<Incident, 'severity' | 'raisedAtMs' | 'openedAtMs' | 'level' | 'number'>;

/** Compares two incidents for the queue; negative when `a` comes first. The order is total and does not change by itself. */
export const byPriority = (a: Ranked, b: Ranked): number =>
  severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
  (a.raisedAtMs ?? a.openedAtMs) - (b.raisedAtMs ?? b.openedAtMs) ||
  b.level - a.level ||
  a.number - b.number;
