// The places of random histories in the small city, and words of looks at them.
import fc from 'fast-check';
import type { HazardName } from '#core/hazard-name';
import type { Word } from '#core/observation';

export interface Place {
  readonly cameraId: string;
  readonly zoneId: string;
  readonly hazard: HazardName;
  readonly sub: string;
}

export const places: readonly Place[] = [
  { cameraId: 'c1', zoneId: 'road', hazard: 'flooding', sub: 'carriageway' },
  // Twenty metres away: it sees the same water.
  { cameraId: 'c2', zoneId: 'road', hazard: 'flooding', sub: 'carriageway' },
  { cameraId: 'c1', zoneId: 'road', hazard: 'snow', sub: 'windrow' },
  { cameraId: 'c1', zoneId: 'lid', hazard: 'open-manhole', sub: 'missing' },
  { cameraId: 'c3', zoneId: 'ravine', hazard: 'dumping', sub: 'heap_only' },
];

/** How a place is named among beliefs. */
export const keyOf = (o: { cameraId: string | null; zoneId: string | null; hazard: string }): string =>
  `${o.cameraId ?? ''}/${o.zoneId ?? ''}/${o.hazard}`;

export const aWord = fc.constantFrom<Word>('hazard', 'hazard', 'hazard', 'clear', 'cannot-see');
export const aPlace = fc.nat(places.length - 1);
