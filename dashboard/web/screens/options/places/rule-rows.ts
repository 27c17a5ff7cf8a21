// A set of dated rows being edited: changes with undo, and how it differs from the rows that hold.
import type { Policy, RoutingRule } from '#core/policy';

export type Row = RoutingRule | Policy;

export interface RowsState<R extends Row> {
  readonly rows: readonly R[];
  readonly past: readonly (readonly R[])[];
}

export const rowsOf = <R extends Row>(rows: readonly R[]): RowsState<R> => ({ rows, past: [] });

const next = <R extends Row>(state: RowsState<R>, rows: readonly R[]): RowsState<R> => ({
  rows,
  past: [...state.past, state.rows],
});

/** Puts a row in the place of the one with the id `was`, or at the end. */
export const putRow = <R extends Row>(state: RowsState<R>, was: string | null, row: R): RowsState<R> =>
  next(
    state,
    was !== null && state.rows.some((one) => one.id === was)
      ? state.rows.map((one) => (one.id === was ? row : one))
      : [...state.rows, row],
  );

export const dropRow = <R extends Row>(state: RowsState<R>, id: string): RowsState<R> =>
  next(
    state,
    state.rows.filter((one) => one.id !== id),
  );

export const loadRows = <R extends Row>(state: RowsState<R>, rows: readonly R[]): RowsState<R> => next(state, rows);

export function undoRows<R extends Row>(state: RowsState<R>): RowsState<R> {
  const before = state.past.at(-1);
  return before ? { rows: before, past: state.past.slice(0, -1) } : state;
}

const text = (row: Row): string => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

export interface RowChange {
  readonly id: string;
  readonly kind: 'added' | 'changed' | 'removed';
}

/** What is new, changed and gone between two sets, by id. */
export function changesOf(before: readonly Row[], after: readonly Row[]): RowChange[] {
  const old = new Map(before.map((row) => [row.id, text(row)]));
  const fresh = new Set(after.map((row) => row.id));
  return [
    ...after.flatMap((row): RowChange[] => {
      const was = old.get(row.id);
      if (was === undefined) return [{ id: row.id, kind: 'added' }];
      return was === text(row) ? [] : [{ id: row.id, kind: 'changed' }];
    }),
    ...before.filter((row) => !fresh.has(row.id)).map((row): RowChange => ({ id: row.id, kind: 'removed' })),
  ];
}

/** An id that no row has: the given one with a number behind it. */
export function freeRowId(rows: readonly Row[], like: string): string {
  for (let n = 2; ; n++) {
    const id = `${like}-${n}`;
    if (!rows.some((row) => row.id === id)) return id;
  }
}
