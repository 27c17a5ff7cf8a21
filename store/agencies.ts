// Agencies, and the registered things they own.
import { Agency, Asset } from '#core/agency';
import { distanceM } from '#core/geo';
import type { Point } from '#core/place';
import { json, withoutNulls, type Db, type Tx } from './db.ts';
import { note, refuseUnseen, type Edit } from './place-versions.ts';
import { inserting, raw, setting, sql } from './sql.ts';

const AgencyRow = withoutNulls(Agency);
const AssetRow = withoutNulls(Asset);

const agencyRow = raw('id, kind, name, ways, email, webhook, duty');

/** Every agency, by id. */
export const all = (db: Db): Promise<Agency[]> => db.rows(AgencyRow, sql`select ${agencyRow} from agency order by id`);

/** One agency. */
export async function byId(db: Db, id: string): Promise<Agency | undefined> {
  const [row] = await db.rows(AgencyRow, sql`select ${agencyRow} from agency where id = ${id}`);
  return row;
}

/** Makes the list of agencies exactly the given one. */
export async function replace(tx: Tx, agencies: readonly Agency[]): Promise<void> {
  await tx.run(sql`delete from agency where id <> all (${agencies.map((agency) => agency.id)}::text[])`);
  for (const agency of agencies) await write(tx, agency);
}

async function write(tx: Tx, agency: Agency): Promise<void> {
  const row = {
    id: agency.id,
    kind: agency.kind,
    name: json(agency.name),
    ways: agency.ways,
    email: agency.email ?? null,
    webhook: agency.webhook ?? null,
    duty: agency.duty,
  };
  await tx.run(sql`insert into agency ${inserting(row)} on conflict (id) do update set ${setting(row)}`);
}

/** One agency, locked until the transaction ends. */
async function locked(tx: Tx, id: string): Promise<Agency | undefined> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('agency-edit'), hashtext(${id}))`);
  return byId(tx, id);
}

/**
 * The one way in which a person adds or changes an agency: bound to what they saw, kept as a version, written to the audit. Gives
 * the number of the version. Throws as `cameras.edit`.
 */
export async function edit(tx: Tx, agency: Agency, by: Edit): Promise<number> {
  const before = await locked(tx, agency.id);
  refuseUnseen('agency', agency.id, before, by.seen);
  await write(tx, agency);
  return note(tx, { ...by, kind: 'agency', id: agency.id, before, after: await byId(tx, agency.id) });
}

/** A person takes an agency off the list; its last version can be restored. Whether it may go is for the caller to ask. */
export async function editAway(tx: Tx, id: string, by: Edit): Promise<number> {
  const before = await locked(tx, id);
  refuseUnseen('agency', id, before, by.seen);
  await tx.run(sql`delete from agency where id = ${id}`);
  return note(tx, { ...by, kind: 'agency', id, before, after: null });
}

const assetRow = raw(`id, kind, owner, jsonb_build_object('lon', lon, 'lat', lat) as point, valid_from, valid_to`);

/** Every registered thing. */
export const assets = (db: Db): Promise<Asset[]> => db.rows(AssetRow, sql`select ${assetRow} from asset order by id`);

const metresOfDegree = 111_195;

/** Registered things within `radiusM` metres of a point, nearest first; of all days. */
export async function assetsNear(db: Db, point: Point, radiusM: number): Promise<Asset[]> {
  const dLat = radiusM / metresOfDegree;
  const dLon = dLat / Math.max(0.01, Math.cos((point.lat * Math.PI) / 180));
  const rows = await db.rows(
    AssetRow,
    sql`select ${assetRow} from asset
        where lat between ${point.lat - dLat}::double precision and ${point.lat + dLat}::double precision
          and lon between ${point.lon - dLon}::double precision and ${point.lon + dLon}::double precision`,
  );
  return rows
    .map((asset) => ({ asset, away: distanceM(point, asset.point) }))
    .filter(({ away }) => away <= radiusM)
    .sort((a, b) => a.away - b.away)
    .map(({ asset }) => asset);
}

/** Makes the register exactly the given one. */
export async function replaceAssets(tx: Tx, rows: readonly Asset[]): Promise<void> {
  await tx.run(sql`delete from asset`);
  const given = rows.map((a) => ({
    ...a,
    lon: a.point.lon,
    lat: a.point.lat,
    from: a.validFrom,
    to: a.validTo ?? null,
  }));
  await tx.run(sql`
    insert into asset (id, kind, owner, lon, lat, valid_from, valid_to)
    select id, kind, owner, lon, lat, "from", "to"
    from jsonb_to_recordset(${json(given)}) as given (id text, kind text, owner text, lon double precision, lat double precision,
      "from" date, "to" date)`);
}
