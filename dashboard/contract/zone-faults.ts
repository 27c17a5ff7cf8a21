// What is wrong with zones as they are drawn: the same answer while a person draws and when the server is asked to keep them.
import { Zone } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import { ringArea, type Ring } from '#core/geo';
import { hazards } from '#hazards';

/** A zone as a hand draws it: nothing is checked yet. */
export interface DrawnZone extends Omit<Zone, 'polygon'> {
  readonly polygon: readonly (readonly [number, number])[];
}

/** Narrower or lower than one cell of the networks' map of the ground (8 of 640 pixels), and nothing in it can be judged. */
export const leastSide = 0.0125;
const leastArea = 1.5e-4;
export const mostPoints = 64;
export const mostZones = 24;

export const zoneFaultKinds = [
  'few-points',
  'many-points',
  'off-picture',
  'crossing',
  'too-small',
  'no-hazard',
  'hazard-not-here',
  'id-twice',
  'owner-unknown',
  'form',
] as const;
export type ZoneFaultKind = (typeof zoneFaultKinds)[number];

export interface ZoneFault {
  readonly zoneId: string;
  readonly kind: ZoneFaultKind;
  /** With `hazard-not-here`: which one. */
  readonly hazard?: HazardName;
  /** With `form`: what the schema says. */
  readonly what?: string;
}

const turn = (a: Ring[number], b: Ring[number], c: Ring[number]): number =>
  (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

const between = (a: Ring[number], b: Ring[number], p: Ring[number]): boolean =>
  Math.min(a[0], b[0]) <= p[0] &&
  p[0] <= Math.max(a[0], b[0]) &&
  Math.min(a[1], b[1]) <= p[1] &&
  p[1] <= Math.max(a[1], b[1]);

/** Do two sides meet, at an inner point of both or by lying on one another? */
function sidesMeet(a: Ring[number], b: Ring[number], c: Ring[number], d: Ring[number]): boolean {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (abc * abd < 0 && cda * cdb < 0) return true;
  return (
    (abc === 0 && between(a, b, c)) ||
    (abd === 0 && between(a, b, d)) ||
    (cda === 0 && between(c, d, a)) ||
    (cdb === 0 && between(c, d, b))
  );
}

/** Does an outline cross or touch itself? Sides that follow one another share their point and may. */
export function crossesItself(ring: Ring): boolean {
  const n = ring.length;
  for (let i = 0; i < n; i++) {
    const [a, b] = [ring[i], ring[(i + 1) % n]];
    if (!a || !b) continue;
    if (a[0] === b[0] && a[1] === b[1]) return true;
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      const [c, d] = [ring[j], ring[(j + 1) % n]];
      if (c && d && sidesMeet(a, b, c, d)) return true;
    }
  }
  return false;
}

/** May this hazard exist in a zone of this kind? */
export const fitsKind = (hazard: HazardName, kind: Zone['kind']): boolean => hazards[hazard].zoneKinds.includes(kind);

function drawingFault(ring: Ring): ZoneFaultKind | undefined {
  if (ring.length < 3) return 'few-points';
  if (ring.length > mostPoints) return 'many-points';
  if (ring.some(([x, y]) => !(x >= 0 && x <= 1 && y >= 0 && y <= 1))) return 'off-picture';
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  const isThin = Math.max(...xs) - Math.min(...xs) < leastSide || Math.max(...ys) - Math.min(...ys) < leastSide;
  if (isThin) return 'too-small';
  // A figure of eight may enclose nothing on balance: it is told what is wrong with it, not that it is small.
  if (crossesItself(ring)) return 'crossing';
  return ringArea(ring) < leastArea ? 'too-small' : undefined;
}

/** Everything wrong with the zones of one camera; empty when they can be kept. `owners` are the ids of the agencies there are. */
export function zoneFaults(zones: readonly DrawnZone[], owners: ReadonlySet<string>): ZoneFault[] {
  return zones.flatMap((zone, place): ZoneFault[] => {
    const zoneId = zone.id;
    const faults: ZoneFault[] = [];
    const drawn = drawingFault(zone.polygon);
    if (drawn !== undefined) faults.push({ zoneId, kind: drawn });
    if (zone.hazards.length === 0) faults.push({ zoneId, kind: 'no-hazard' });
    for (const hazard of zone.hazards) {
      if (!fitsKind(hazard, zone.kind)) faults.push({ zoneId, kind: 'hazard-not-here', hazard });
    }
    if (zones.findIndex((one) => one.id === zoneId) !== place) faults.push({ zoneId, kind: 'id-twice' });
    if (zone.owner !== undefined && !owners.has(zone.owner)) faults.push({ zoneId, kind: 'owner-unknown' });
    if (faults.length > 0) return faults;
    const parsed = Zone.safeParse(zone);
    if (parsed.success) return [];
    const issue = parsed.error.issues[0];
    return [{ zoneId, kind: 'form', what: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` }];
  });
}
