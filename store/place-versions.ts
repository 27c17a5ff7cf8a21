// Every version of what a person may edit of the city: cameras with their zones, agencies. Append-only; read to compare and to restore.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import * as audit from './audit.ts';
import { at, json, type Db, type Tx } from './db.ts';
import { raw, sql } from './sql.ts';

export const placeKinds = ['camera', 'agency'] as const;
export type PlaceKind = (typeof placeKinds)[number];

export const placeActs = ['found', 'added', 'changed', 'zones', 'views', 'restored', 'removed'] as const;
export type PlaceAct = (typeof placeActs)[number];

/** By whom, when and why something of the city is edited, and which state of it they saw. */
export interface Edit {
  /** Digest (`seenOf`) of the row that the person saw; null where they saw none and add it. */
  readonly seen: string | null;
  readonly act: Exclude<PlaceAct, 'found'>;
  readonly actor: string;
  readonly atMs: number;
  readonly why: string;
}

const Row = z.object({
  number: z.number(),
  kind: z.enum(placeKinds),
  id: z.string(),
  version: z.number(),
  atMs: z.number(),
  author: z.string(),
  act: z.enum(placeActs),
  why: z.string(),
  row: z.unknown(),
});
export type PlaceVersion = z.infer<typeof Row>;

/** A value as JSON with its keys in order: a row comes back from the database in another one. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** Digest of a row or a set of rows: two people who saw the same have the same one. */
export const seenOf = (value: unknown): string =>
  createHash('sha256').update(canonical(value)).digest('hex').slice(0, 32);

/** Throws INCIDENT_CHANGED (409) unless the row is still the one that the person saw. */
export function refuseUnseen(kind: PlaceKind, id: string, now: unknown, seen: string | null): void {
  if (now === undefined ? seen === null : seen !== null && seenOf(now) === seen) return;
  const what = kind === 'camera' ? 'camera' : 'agency';
  if (now === undefined) {
    throw new AhualError('NOT_FOUND', `The ${what} ${id} was removed meanwhile.`, 'Restore it from its history.', {
      id,
    });
  }
  if (seen === null) {
    throw new AhualError('REQUEST_INVALID', `There is already the ${what} ${id}.`, 'Choose another id.', { id });
  }
  const cure = 'Look at what it is now, then make your change anew.';
  throw new AhualError('INCIDENT_CHANGED', `Somebody changed the ${what} ${id} meanwhile.`, cure, { id });
}

/**
 * Writes a version down, and the audit line beside it. What was there before without a version of its own (it came from a list)
 * is kept as `found` first, so that nothing is ever without a way back. Gives the number of the new version.
 */
export async function note(
  tx: Tx,
  given: Edit & { readonly kind: PlaceKind; readonly id: string; readonly before: unknown; readonly after: unknown },
): Promise<number> {
  const { id, before, after, ...by } = given;
  const [version = 0] = await noteMany(tx, { ...by, items: [{ id, before, after }] });
  return version;
}

/** `note` for many things of one kind at once; the numbers of their new versions in their order. An id stands once in `items`. */
export async function noteMany(
  tx: Tx,
  given: Pick<Edit, 'act' | 'actor' | 'atMs' | 'why'> & {
    readonly kind: PlaceKind;
    readonly items: readonly { readonly id: string; readonly before: unknown; readonly after: unknown }[];
  },
): Promise<number[]> {
  const { kind, items, act, actor, atMs, why } = given;
  const known = await tx.rows(
    z.object({ id: z.string(), version: z.number(), row: z.unknown() }),
    sql`select distinct on (id) id, version, row from place_version
        where kind = ${kind} and id = any (${items.map(({ id }) => id)}::text[]) order by id, version desc`,
  );
  const lastOf = new Map(known.map((one) => [one.id, one]));
  const rows: { id: string; version: number; author: string; act: string; why: string; row: unknown }[] = [];
  const versions = items.map(({ id, before, after }) => {
    const last = lastOf.get(id);
    let version = last?.version ?? 0;
    if (before !== undefined && (last === undefined || canonical(last.row) !== canonical(before)))
      rows.push({ id, version: ++version, author: 'config/city', act: 'found', why: '', row: before });
    rows.push({ id, version: ++version, author: actor, act, why, row: after ?? null });
    return version;
  });
  await tx.run(sql`
    insert into place_version (kind, id, version, at, author, act, why, row)
    select ${kind}, id, version, ${at(atMs)}::timestamptz, author, act, why, row
    from jsonb_to_recordset(${json(rows)}) as given (id text, version integer, author text, act text, why text, row jsonb)`);
  await audit.writeMany(
    tx,
    items.map(({ id, before, after }, i) => ({
      atMs,
      actor,
      act: `${kind} ${act}`,
      objectKind: kind,
      objectId: id,
      facts: { version: versions[i] ?? 0, why, before: seenOf(before ?? null), after: seenOf(after ?? null) },
    })),
  );
  return versions;
}

const columns = raw('number, kind, id, version, at, author, act, why, row');

/** Versions of a thing, newest first. */
export const of = (db: Db, kind: PlaceKind, id: string, limit: number): Promise<PlaceVersion[]> =>
  db.rows(
    Row,
    sql`select ${columns} from place_version where kind = ${kind} and id = ${id} order by version desc limit ${limit}::bigint`,
  );

/** One version; undefined where there is none. */
export async function one(db: Db, kind: PlaceKind, id: string, version: number): Promise<PlaceVersion | undefined> {
  const [row] = await db.rows(
    Row,
    sql`select ${columns} from place_version where kind = ${kind} and id = ${id} and version = ${version}::integer`,
  );
  return row;
}

/** The last edits of a kind by people, newest first: also those of things that are gone. */
export const latest = (db: Db, kind: PlaceKind, limit: number): Promise<PlaceVersion[]> =>
  db.rows(
    Row,
    sql`select ${columns} from place_version where kind = ${kind} and act <> 'found' order by number desc limit ${limit}::bigint`,
  );
