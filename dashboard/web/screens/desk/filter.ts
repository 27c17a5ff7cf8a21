// Narrowing the queue to a hazard or a district: `Shift` and the digits 1–4 and 5–9, always in one place (screens 2). Pure.
import { hazardNames, type HazardName } from '#core/hazard-name';
import type { IncidentCard } from '../../../contract.ts';
import { districts } from './district.ts';

export type QueueFilter =
  { readonly kind: 'hazard'; readonly hazard: HazardName } | { readonly kind: 'district'; readonly district: string };

/** All filters in their places; those beyond the ninth have a button and no key. */
export const queueFilters: readonly QueueFilter[] = [
  ...hazardNames.map((hazard) => ({ kind: 'hazard', hazard }) as const),
  ...districts.map((district) => ({ kind: 'district', district }) as const),
];

export const isSameFilter = (a: QueueFilter | null, b: QueueFilter): boolean =>
  a?.kind === 'hazard' && b.kind === 'hazard'
    ? a.hazard === b.hazard
    : a?.kind === 'district' && b.kind === 'district' && a.district === b.district;

/** Does it belong to what the filter names? */
export const isNamed = (filter: QueueFilter, card: Pick<IncidentCard, 'hazard' | 'district'>): boolean =>
  filter.kind === 'hazard' ? card.hazard === filter.hazard : card.district === filter.district;

/** Does it stand in the narrowed queue? What is critical is never narrowed away. */
export const passes = (
  filter: QueueFilter | null,
  card: Pick<IncidentCard, 'hazard' | 'district' | 'severity'>,
): boolean => filter === null || card.severity === 'S4' || isNamed(filter, card);
