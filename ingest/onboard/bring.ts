// A table of cameras brought into the list in one transaction, or only tried: what the command and the browser both do.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { City } from '#config';
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { inRing } from '#core/geo';
import { cameras, type Database } from '#store';
import { changedCells, planImport, readCameraTable, type ImportCity, type ImportFault } from './import.ts';

/** What an import did or would do. */
export interface ImportReport {
  readonly file: string;
  readonly rows: number;
  readonly written: boolean;
  readonly added: readonly string[];
  readonly changed: readonly {
    readonly id: string;
    readonly columns: readonly string[];
    /** Each changed cell as it was and as it is to be; empty where nothing stands there. */
    readonly cells: readonly { readonly column: string; readonly before: string; readonly after: string }[];
  }[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  /** Cameras that are known and not in the file; they stay unless their removal was asked for. */
  readonly missing: readonly string[];
  readonly faults: readonly ImportFault[];
  readonly warnings: readonly ImportFault[];
  readonly notes: readonly string[];
  /** Digest of everything that it changes: what was shown can be held to it. */
  readonly digest: string;
  readonly tookMs: number;
}

export interface ImportAsk {
  readonly text: string;
  readonly file: string;
  readonly city: ImportCity;
  readonly isDry: boolean;
  readonly skipBad: boolean;
  /** Take cameras off that the file does not name; only if there are exactly so many. */
  readonly removeMissing: number | undefined;
  readonly ignore: readonly string[];
  readonly actor: string;
  readonly clock: Clock;
  /** Asked before anything is final; throws to refuse it, and nothing is written. */
  readonly agree?: (report: ImportReport) => void;
}

/** Thrown to roll back what was only tried. */
class OnlyTried extends Error {}

/** The districts of the city's map as an import asks for them. */
export function importCity(city: Pick<City, 'districts'>, agencyIds: readonly string[]): ImportCity {
  const { features } = city.districts;
  const names = features.flatMap(({ properties: { id, kk, ru, en } }) =>
    [id, kk, ru, en, `район ${ru}`, `${ru} район`, `${kk} ауданы`, `${en} district`].map(
      (name) => [name.toLowerCase(), id] as const,
    ),
  );
  return {
    districts: new Map(names),
    districtAt: ({ lon, lat }) =>
      features.find(({ geometry }) => geometry.coordinates.some((ring) => inRing(lon, lat, ring)))?.properties.id,
    agencies: new Set(agencyIds),
  };
}

/**
 * Brings a table of cameras in, in one transaction. With a faulty row nothing is written, unless those rows are to be left out.
 * Throws REQUEST_INVALID where the stated number of cameras to take off is not theirs.
 */
export async function importCameras(database: Database, ask: ImportAsk): Promise<ImportReport> {
  const { clock, isDry, skipBad, removeMissing, file } = ask;
  const startedMs = clock.monotonicMs();
  const read = readCameraTable(ask.text, { ignore: ask.ignore });
  let report: ImportReport = {
    file,
    rows: read.rows.length,
    written: false,
    added: [],
    changed: [],
    removed: [],
    unchanged: 0,
    missing: [],
    faults: read.faults,
    warnings: [],
    notes: read.notes,
    digest: '',
    tookMs: 0,
  };
  const work = async (tx: Parameters<Parameters<Database['transaction']>[0]>[0]): Promise<void> => {
    const by = { actor: ask.actor, atMs: clock.nowMs(), why: `import ${basename(file)}`.slice(0, 300) };
    let before: ReadonlyMap<string, Camera> = new Map();
    let after: ReadonlyMap<string, Camera> = new Map();
    const done = await cameras.editMany(
      tx,
      (now) => {
        const plan = planImport(read.rows, now, ask.city);
        const faults = [...read.faults, ...plan.faults].sort((a, b) => a.line - b.line);
        const named = new Set([
          ...read.rows.map(({ id }) => id),
          ...faults.flatMap(({ column, value }) => (column === 'id' && value !== null ? [value] : [])),
        ]);
        const missing = [...now.keys()].filter((id) => !named.has(id));
        before = now;
        after = new Map(plan.put.map((camera) => [String(camera.id), camera]));
        report = { ...report, faults, warnings: plan.warnings, missing };
        const stops = faults.length > 0 && !skipBad;
        if (removeMissing !== undefined) refuseRemoval(removeMissing, missing, faults.length);
        return stops ? { put: [], gone: [] } : { put: plan.put, gone: removeMissing === undefined ? [] : missing };
      },
      by,
    );
    const changed = done.changed.map((id) => {
      const [old, now] = [before.get(id), after.get(id)];
      const cells = old && now ? changedCells(old, now) : [];
      return { id, columns: cells.map(({ column }) => column), cells };
    });
    const unchanged = after.size - done.added.length - changed.length;
    const wanted = [...done.added, ...done.changed].map((id) => [before.get(id), after.get(id)]);
    const digest = createHash('sha256')
      .update(JSON.stringify([wanted, done.removed]))
      .digest('hex');
    report = { ...report, added: done.added, changed, removed: done.removed, unchanged, digest };
    ask.agree?.(report);
    if (isDry) throw new OnlyTried();
  };
  try {
    await database.transaction(work);
  } catch (thrown) {
    if (!(thrown instanceof OnlyTried)) throw thrown;
  }
  const written = !isDry && (report.faults.length === 0 || skipBad);
  return { ...report, written, tookMs: Math.round(clock.monotonicMs() - startedMs) };
}

function refuseRemoval(stated: number, missing: readonly string[], faults: number): void {
  if (faults > 0) {
    throw new AhualError(
      'REQUEST_INVALID',
      `${faults} rows are refused, so nobody knows which cameras the file leaves out.`,
      'Correct the rows first; without --remove-missing they are named.',
    );
  }
  if (stated === missing.length) return;
  throw new AhualError(
    'REQUEST_INVALID',
    `The file leaves out ${missing.length} cameras, not ${stated}${missing.length === 0 ? '' : ` (${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''})`}.`,
    `Nothing was written. If they are really to go, say --remove-missing ${missing.length}.`,
  );
}
