// How much of everything lies on the disk, and what the last sweep took: measured after each sweep, kept as one named fact.
import type { Dirent } from 'node:fs';
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { at, type Db } from './db.ts';
import type { Files } from './files.ts';
import type { Swept } from './keeping.ts';
import * as marks from './marks.ts';
import { seriesCuts } from './series/cuts.ts';
import { settledSeries } from './series/series.ts';
import { raw, sql } from './sql.ts';

/** Kept files by what they show. One that shows several things belongs to the first. */
export const fileSorts = ['held', 'violation', 'clip', 'photo', 'confirmed', 'rejected', 'reference', 'frame'] as const;
export const FileSort = z.enum(fileSorts);
export type FileSort = z.infer<typeof FileSort>;

/** Rows by the term that they have; `other` is everything else that the database holds. */
export const rowSorts = ['look', 'observation', 'sum', 'record', 'audit', 'other'] as const;
export const RowSort = z.enum(rowSorts);
export type RowSort = z.infer<typeof RowSort>;

const tablesOf = {
  look: ['look'],
  observation: ['observation'],
  sum: ['look_sum', 'look_day', 'look_hour', 'held', 'weather'],
  record: [
    ...['incident', 'incident_change', 'verdict', 'task', 'task_change', 'task_answer', 'delivery'],
    ...['violation', 'clip', 'custody', 'appeal', 'appeal_link', 'appeal_notice', 'plate', 'plate_correction'],
  ],
  audit: ['audit'],
} as const satisfies Record<Exclude<RowSort, 'other'>, readonly string[]>;

/** What lies there at a moment. Files are counted whole, or from a part of the folders and reckoned up to the whole. */
const Measured = z.object({
  files: z.array(z.object({ sort: FileSort, files: z.number(), bytes: z.number() })),
  rows: z.array(z.object({ sort: RowSort, bytes: z.number() })),
  /** Of the 256 folders of files so many were counted. */
  folders: z.number().int(),
  freeBytes: z.number(),
});
export type Measured = z.infer<typeof Measured>;

const Point = z.object({ atMs: z.number(), fileBytes: z.number(), rowBytes: z.number(), freeBytes: z.number() });
export type KeptPoint = z.infer<typeof Point>;

const SweptCounts = z.object({
  frames: z.number(),
  pictures: z.number(),
  clips: z.number(),
  rows: z.number(),
  pieces: z.number(),
});

const Kept = z.object({
  sweep: z.object({ atMs: z.number(), tookMs: z.number(), swept: SweptCounts }).nullable(),
  /** A sweep that failed after the last one that did not. */
  failed: z.object({ atMs: z.number(), why: z.string() }).nullable(),
  measured: Measured.nullable(),
  /** Oldest first, two weeks at most. */
  history: z.array(Point),
});
export type Kept = z.infer<typeof Kept>;

const name = 'kept';
const nothing: Kept = { sweep: null, failed: null, measured: null, history: [] };
const historyMs = 14 * 86_400_000;
const historyMost = 400;
const allFolders = 256;
/** From so many files on a part stands for the whole: a ring of millions is not walked through each hour. */
const enoughFiles = 20_000;
const atOnce = 32;

/** What is known of the last sweep and of the disk; empty before the first. */
export async function told(db: Db): Promise<Kept> {
  const known = Kept.safeParse(await marks.get(db, name));
  return known.success ? known.data : nothing;
}

/** Measures what lies there, and keeps it with what a sweep took. Called after the sweep, by the process that swept. */
export async function note(
  db: Db,
  files: Pick<Files, 'folder'>,
  sweep: { readonly atMs: number; readonly tookMs: number; readonly swept: Swept },
): Promise<void> {
  const [before, measured] = [await told(db), await measure(db, files)];
  const sum = (rows: readonly { readonly bytes: number }[]): number => rows.reduce((all, { bytes }) => all + bytes, 0);
  const point: KeptPoint = {
    atMs: sweep.atMs,
    fileBytes: sum(measured.files),
    rowBytes: sum(measured.rows),
    freeBytes: measured.freeBytes,
  };
  const history = [...before.history.filter(({ atMs }) => atMs > sweep.atMs - historyMs && atMs < sweep.atMs), point];
  await marks.set(db, name, { sweep, failed: null, measured, history: history.slice(-historyMost) } satisfies Kept);
}

/** Keeps that a sweep failed; what was known of the disk stays. */
export async function noteFailed(db: Db, atMs: number, why: string): Promise<void> {
  await marks.set(db, name, { ...(await told(db)), failed: { atMs, why: why.slice(0, 500) } } satisfies Kept);
}

/**
 * Measures kept files and rows. Files are named by their SHA-256, so that the first of the 256 folders are a fair sample of all: folders
 * are counted until there are `enough` files, and the rest is reckoned from them.
 */
export async function measure(db: Db, files: Pick<Files, 'folder'>, enough = enoughFiles): Promise<Measured> {
  const sizes = new Map<string, number>();
  let folders = 0;
  while (folders < allFolders && sizes.size < enough) {
    await count(join(files.folder, prefixOf(folders)), sizes);
    folders += 1;
  }
  const sorts = await sortsOf(db, folders);
  const sums = new Map(fileSorts.map((sort) => [sort, { files: 0, bytes: 0 }]));
  for (const [sha256, bytes] of sizes) {
    const sum = sums.get(sorts.get(sha256) ?? 'frame');
    if (!sum) continue;
    sum.files += 1;
    sum.bytes += bytes;
  }
  const whole = (n: number): number => Math.round((n * allFolders) / folders);
  const disk = await statfs(files.folder);
  return {
    files: [...sums].map(([sort, sum]) => ({ sort, files: whole(sum.files), bytes: whole(sum.bytes) })),
    rows: await rowBytes(db),
    folders,
    freeBytes: disk.bavail * disk.bsize,
  };
}

const prefixOf = (folder: number): string => folder.toString(16).padStart(2, '0');

const isAbsent = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';

/** Sizes of the files below one folder; what vanishes meanwhile is not counted. */
async function count(folder: string, sizes: Map<string, number>): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((thrown: unknown): Dirent[] => {
    if (isAbsent(thrown)) return [];
    throw thrown;
  });
  const found = entries.filter((entry) => entry.isFile());
  for (let from = 0; from < found.length; from += atOnce) {
    await Promise.all(
      found.slice(from, from + atOnce).map(async (entry) => {
        const facts = await stat(join(entry.parentPath, entry.name)).catch((thrown: unknown) => {
          if (isAbsent(thrown)) return undefined;
          throw thrown;
        });
        if (facts) sizes.set(entry.name, facts.size);
      }),
    );
  }
}

/** What the files of the first folders show, where it is more than a look of the ring. */
async function sortsOf(db: Db, folders: number): Promise<Map<string, FileSort>> {
  const last = prefixOf(folders - 1);
  const rows = await db.rows(
    z.object({ sha256: z.string(), sort: FileSort }),
    sql`
      with named as (
        select sha256, case
            when on_hold then 'held'
            when exists (select from violation where clip_id = clip.id and state not in ('not_a_violation', 'merged')) then 'violation'
            else 'clip' end as sort
          from clip
        union all select photo_sha256, 'photo' from task
        union all select unnest(array[still_sha256, before_sha256]),
            case when state in ('rejected', 'self_cleared', 'merged', 'expired') then 'rejected' else 'confirmed' end from incident
        union all select crop_sha256, 'confirmed' from plate
        union all select still_sha256, 'reference' from hand_label
        union all select still_sha256, 'reference' from past_pick where state <> 'retired'
      )
      select distinct on (sha256) sha256, sort from named
      where sha256 is not null and left(sha256, 2) collate "C" <= ${last}
      order by sha256, array_position(${[...fileSorts]}::text[], sort)`,
  );
  return new Map(rows.map(({ sha256, sort }) => [sha256, sort]));
}

async function rowBytes(db: Db): Promise<Measured['rows']> {
  const names = Object.values(tablesOf).flat();
  const { way } = await settledSeries(db);
  // Packed pieces of a hypertable lie beside the tree of the table, and only TimescaleDB knows where.
  const isSeries = (table: string): boolean => way === 'timescale' && seriesCuts.some((cut) => cut.table === table);
  const Size = z.object({ name: z.string(), bytes: z.number() });
  const plain = await db.rows(
    Size,
    sql`
      with recursive tree as (
        select relname::text as name, oid from pg_class
          where oid = any (select to_regclass(given) from unnest(${names}::text[]) as given)
        union all
        select tree.name, inhrelid from tree join pg_inherits on inhparent = tree.oid
      )
      select name, sum(pg_total_relation_size(oid))::bigint as bytes from tree group by name`,
  );
  const sizes = new Map(plain.map((one) => [one.name, one.bytes]));
  for (const table of names.filter(isSeries)) {
    const [row] = await db.rows(
      Size,
      sql`select ${table} as name, hypertable_size(${table}::regclass)::bigint as bytes`,
    );
    if (row) sizes.set(table, row.bytes);
  }
  const [whole] = await db.rows(
    z.object({ bytes: z.number() }),
    sql`select pg_database_size(current_database())::bigint as bytes`,
  );
  const known = Object.entries(tablesOf).map(([sort, tables]) => ({
    sort: RowSort.parse(sort),
    bytes: tables.reduce((sum, table) => sum + (sizes.get(table) ?? 0), 0),
  }));
  const counted = known.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...known, { sort: 'other', bytes: Math.max(0, (whole?.bytes ?? 0) - counted) }];
}

const Holds = z.object({ clips: z.number(), bytes: z.number(), incidents: z.number() });
export type Holds = z.infer<typeof Holds>;

/** What is under legal hold now: clips, their bytes, and the incidents that keep everything for their sake. */
export async function holds(db: Db): Promise<Holds> {
  const [row] = await db.rows(
    Holds,
    sql`select count(*) as clips, coalesce(sum(bytes), 0)::bigint as bytes, count(distinct incident_id) as incidents
        from clip where on_hold`,
  );
  return row ?? { clips: 0, bytes: 0, incidents: 0 };
}

const Deleted = z.object({ kind: z.string(), files: z.number() });

/** Files that the proof of deletion names since a moment, by kind; frames of the ring are not in it. */
export const deletedSince = (db: Db, sinceMs: number): Promise<z.infer<typeof Deleted>[]> =>
  db.rows(
    Deleted,
    sql`select kind, count(*) as files from deleted_file where at >= ${at(sinceMs)}::timestamptz group by kind order by ${raw('kind')}`,
  );
