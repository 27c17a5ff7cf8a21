// How bad: base by kind and place, then the points of domain 3.1, within the range of the hazard.
import { severities, type HazardName, type Severity, type ZoneKind } from '#core/hazard-name';
import type { StreetClass } from '#core/place';

export interface SeverityFacts {
  readonly hazard: HazardName;
  readonly sub: string;
  readonly zoneKind: ZoneKind;
  readonly streetClass: StreetClass;
  /** A school, kindergarten or clinic within 50 m. */
  readonly nearSensitive: boolean;
  readonly dark: boolean;
  /** Air below 0 °C now or expected: standing water becomes ice. */
  readonly freezing: boolean;
  /** Works with a fence and a crew. */
  readonly fenced: boolean;
}

export const severityReasons = ['arterial', 'sensitive', 'dark', 'freezing', 'fenced'] as const;
export type SeverityReason = (typeof severityReasons)[number];

const arterial = (streetClass: StreetClass): boolean => streetClass === 'A' || streetClass === 'B';
const onFoot: readonly ZoneKind[] = ['crossing', 'pavement', 'stop', 'yard-entry'];

function base(f: SeverityFacts): number {
  switch (f.hazard) {
    case 'snow':
      if (f.sub === 'windrow') return f.zoneKind === 'crossing' ? 3 : 2;
      if (f.zoneKind === 'pavement' || f.zoneKind === 'yard-entry' || f.streetClass === 'yard') return 1;
      return f.zoneKind === 'carriageway' && arterial(f.streetClass) ? 3 : 2;
    case 'flooding':
      if (f.zoneKind === 'underpass') return 4;
      return f.zoneKind === 'carriageway' || f.zoneKind === 'crossing' ? 3 : 2;
    case 'open-manhole':
      return onFoot.includes(f.zoneKind) || f.streetClass === 'yard' || f.nearSensitive ? 4 : 3;
    case 'dumping':
      if (f.sub === 'heap_only') return 2;
      return f.sub === 'tanker' ? 4 : 3;
  }
}

const range: Record<HazardName, readonly [number, number]> = {
  snow: [1, 3],
  flooding: [2, 4],
  'open-manhole': [3, 4],
  dumping: [2, 4],
};

/**
 * Severity and the points that made it. The base of snow already rests on the street class, so an arterial street adds
 * nothing there. A fenced and manned place is one step lower than its range would allow.
 */
export function severityOf(f: SeverityFacts): { severity: Severity; reasons: SeverityReason[] } {
  const reasons: SeverityReason[] = [];
  if (f.hazard !== 'snow' && arterial(f.streetClass)) reasons.push('arterial');
  if (f.nearSensitive && onFoot.includes(f.zoneKind)) reasons.push('sensitive');
  if (f.dark) reasons.push('dark');
  if (f.freezing && f.hazard === 'flooding') reasons.push('freezing');
  const [low, high] = range[f.hazard];
  let points = Math.min(high, Math.max(low, base(f) + reasons.length));
  if (f.fenced) {
    reasons.push('fenced');
    points -= 1;
  }
  return { severity: severities[Math.max(1, points) - 1] ?? 'S1', reasons };
}
