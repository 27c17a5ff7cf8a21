// The order of the queue, and how it changes without moving under a hand (screens 3.4, 4.1). Pure.
import { severities } from '#core/hazard-name';
import type { IncidentCard } from '../../../contract.ts';

/** What the place of a row rests on: a single incident or a mass incident. */
export type Ranked = Pick<IncidentCard, 'id' | 'severity' | 'waitingSinceMs' | 'limitMs' | 'district'>;

export interface QueueView {
  /** Ids as they stand on the screen; decided ones above the selected stay until the selection moves. */
  readonly rows: readonly string[];
  /** New ones that wait behind the "N new" bar. */
  readonly behind: readonly string[];
  readonly selected: string | null;
}

export const emptyQueue: QueueView = { rows: [], behind: [], selected: null };

/** Share of its own limit that an item has used at `nowMs`. */
export const limitShareAt = (card: Pick<IncidentCard, 'waitingSinceMs' | 'limitMs'>, nowMs: number): number =>
  card.limitMs > 0 ? Math.max(0, nowMs - card.waitingSinceMs) / card.limitMs : 0;

/** Worst first, then the most of its limit used, then by district; ids break what is left, so that the order is one. */
export function inOrder(cards: readonly Ranked[], nowMs: number): string[] {
  const rank = (card: Ranked): number => severities.indexOf(card.severity);
  return [...cards]
    .sort(
      (a, b) =>
        rank(b) - rank(a) ||
        limitShareAt(b, nowMs) - limitShareAt(a, nowMs) ||
        a.district.localeCompare(b.district) ||
        a.id.localeCompare(b.id),
    )
    .map((card) => card.id);
}

/**
 * The view after the queue became `ordered`. What stands above the selected item stays as it is, so the item does not move; new
 * ones below it come in when no hand is at work, all others wait behind the bar.
 */
export function queueAfter(view: QueueView, ordered: readonly string[], handAtWork: boolean): QueueView {
  if (view.selected === null) return { rows: ordered, behind: [], selected: null };
  const at = view.rows.indexOf(view.selected);
  if (at < 0) return { rows: ordered, behind: [], selected: ordered[0] ?? null };
  const head = view.rows.slice(0, at + 1);
  const open = new Set(ordered);
  const standing = new Set(view.rows);
  const place = ordered.indexOf(view.selected);
  const fresh = ordered.filter((id) => !standing.has(id));
  const below = fresh.filter((id) => !handAtWork && place >= 0 && ordered.indexOf(id) > place);
  const behind = fresh.filter((id) => !below.includes(id));
  const tail = handAtWork
    ? view.rows.slice(at + 1).filter((id) => open.has(id))
    : ordered.filter((id) => !head.includes(id) && (standing.has(id) || below.includes(id)));
  return { rows: [...head, ...tail], behind, selected: view.selected };
}

/** The view with everything in its place, and this item selected (the first, when it is not there). */
export function settled(ordered: readonly string[], selected: string | null): QueueView {
  return {
    rows: ordered,
    behind: [],
    selected: selected !== null && ordered.includes(selected) ? selected : (ordered[0] ?? null),
  };
}

/** The neighbour in the list that is still open, or the selected one itself at the end. */
export function stepFrom(view: QueueView, by: 1 | -1, isOpen: (id: string) => boolean): string | null {
  let at = view.selected === null ? -1 : view.rows.indexOf(view.selected);
  for (at += by; at >= 0 && at < view.rows.length; at += by) {
    const id = view.rows[at];
    if (id !== undefined && isOpen(id)) return id;
  }
  return view.selected ?? view.rows[0] ?? null;
}

/** What is judged next after `gone` was decided: the one below it, else the one above, else the first of the queue. */
export function nextAfter(view: QueueView, gone: string, ordered: readonly string[]): string | null {
  const at = view.rows.indexOf(gone);
  const open = new Set(ordered);
  const below = view.rows.slice(at + 1).find((id) => open.has(id) && id !== gone);
  return (
    below ??
    view.rows.slice(0, Math.max(0, at)).findLast((id) => open.has(id) && id !== gone) ??
    ordered.find((id) => id !== gone) ??
    null
  );
}
