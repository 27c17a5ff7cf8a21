// Mass incidents in the queue: which members they stand for, how their rows are named and where opened members come. Pure.
import { severities } from '#core/hazard-name';
import type { RejectReason } from '#core/incident';
import type { IncidentCard, MassCard } from '../../../contract.ts';
import { inOrder } from './queue.ts';

export type Masses = ReadonlyMap<string, MassCard>;

const prefix = 'mass:';

/** The row of a mass incident in the queue. */
export const massRow = (massId: string): string => `${prefix}${massId}`;

/** The mass incident that a row of the queue is; undefined for a single incident. */
export const massIdOf = (row: string | null | undefined): string | undefined =>
  row?.startsWith(prefix) ? row.slice(prefix.length) : undefined;

type Member = Pick<IncidentCard, 'severity' | 'state' | 'massId'>;

/**
 * Does its mass incident stand for this incident, so that it has no row of its own? Not for the critical and the worse ones, and not for
 * what was put before the shift lead or put off: a decision on the whole does not reach them. The server leaves out the same.
 */
export function isStoodFor({ severity, state, massId }: Member, masses: Masses): boolean {
  const one = massId === null ? undefined : masses.get(massId);
  if (!one || severity === 'S4' || (state !== 'candidate' && state !== 'pending_review')) return false;
  return severities.indexOf(severity) <= severities.indexOf(one.severity);
}

/** Does it wait for a verdict? A member that was not yet put before people may be decided singly. */
export const waits = ({ state, massId }: Pick<IncidentCard, 'state' | 'massId'>): boolean =>
  state === 'pending_review' || state === 'escalated' || (state === 'candidate' && massId !== null);

export type MassChoice = { readonly kind: 'confirm' } | { readonly kind: 'reject'; readonly reason: RejectReason };

/** A first press on a mass incident, bound to the version that was on the screen. */
export interface MassArmed {
  readonly massId: string;
  readonly version: number;
  readonly choice: MassChoice;
}

export interface Opened {
  readonly massId: string;
  /** Ids of its members that wait, worst first. */
  readonly members: readonly string[];
}

/**
 * The members into which a mass incident opens: all that wait and have no row of their own, also worse ones that were not put before
 * people because some had been already.
 */
export const rowsInside = (members: readonly IncidentCard[], masses: Masses): string[] =>
  members
    .filter((member) => waits(member) && (member.state === 'candidate' || isStoodFor(member, masses)))
    .map((member) => member.id);

/**
 * Rows of the queue: single incidents and mass incidents that want a decision, worst first; the members of an opened one stand below its
 * row.
 */
export function queueRows(
  singles: readonly IncidentCard[],
  masses: Iterable<MassCard>,
  opened: Opened | null,
  nowMs: number,
): string[] {
  const rows = [...masses].map((one) => ({ ...one, id: massRow(one.id) }));
  const order = inOrder([...singles, ...rows], nowMs);
  if (!opened) return order;
  const row = massRow(opened.massId);
  const inside = new Set(opened.members);
  return order
    .filter((id) => !inside.has(id) || !order.includes(row))
    .flatMap((id) => (id === row ? [id, ...opened.members] : [id]));
}

/** How many pictures of a mass incident have to be on the screen before one may decide (guard G5). */
export const sampleMax = 3;

/** The pictures that have to be seen: the worst ones, at most three. */
export const sampleOf = ({ worst }: Pick<MassCard, 'worst'>): string[] =>
  worst.flatMap((card) => card.stillSha256 ?? []).slice(0, sampleMax);
