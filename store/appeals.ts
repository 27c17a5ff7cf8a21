// Appeals, their links to incidents, and the notices that go back to the service that has them.
import { z } from 'zod';
import { Appeal, AppealLink, AppealNews, waitingAppealStates, type AppealState } from '#core/appeal';
import { AhualError } from '#core/errors';
import type { HazardName } from '#core/hazard-name';
import { openIncidentStates } from '#core/incident';
import type { Point } from '#core/place';
import * as audit from './audit.ts';
import { notice, withdraw } from './appeal-notices.ts';
import { at, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import { inserting, raw, sql, type Sql } from './sql.ts';

export * from './appeal-notices.ts';

const appealRow = raw(`
  appeal.id, source, external_id, channel, topic, appeal.hazard, language,
  case when appeal.lon is null then null else jsonb_build_object('lon', appeal.lon, 'lat', appeal.lat) end as point,
  address, text, made_at, received_at, appeal.state, asked_cameras`);
const linkRow = raw('appeal_id, incident_id, linked_at, linked_by, reason');

const listed = (states: readonly string[]): Sql => raw(`(${states.map((state) => `'${state}'`).join(', ')})`);
// Written out, so that the partial indexes are used.
const isOpen = sql`incident.state in ${listed(openIncidentStates)}`;
const isWaiting = sql`appeal.state in ${listed(waitingAppealStates)}`;

/** An incident and all that were merged into it: a merge taken back gives each its own appeals again. */
const family = (incidentId: string): Sql => sql`(
  with recursive same (id) as (
    select ${incidentId}::text
    union
    select incident.id from incident join same on incident.merged_into = same.id and incident.state = 'merged'
  ) select id from same)`;

/** One appeal. */
export async function byId(db: Db, id: string): Promise<Appeal | undefined> {
  const [row] = await db.rows(Appeal, sql`select ${appealRow} from appeal where id = ${id}`);
  return row;
}

/** An appeal by the number that its service gave it. */
export async function byExternal(db: Db, source: string, externalId: string): Promise<Appeal | undefined> {
  const [row] = await db.rows(
    Appeal,
    sql`select ${appealRow} from appeal where source = ${source} and external_id = ${externalId}`,
  );
  return row;
}

/** One appeal, locked against other changes until the transaction ends; notices of it may still be written. Throws NOT_FOUND. */
export async function lock(tx: Tx, id: string): Promise<Appeal> {
  const [row] = await tx.rows(Appeal, sql`select ${appealRow} from appeal where id = ${id} for no key update`);
  if (!row) throw new AhualError('NOT_FOUND', `there is no appeal ${id}.`, 'Look for it in the list of appeals.', {});
  return row;
}

/** Keeps a new appeal; false when its number is known already, and then nothing is changed. */
export async function insert(tx: Tx, appeal: Appeal): Promise<boolean> {
  const row = {
    id: appeal.id,
    source: appeal.source,
    external_id: appeal.externalId,
    channel: appeal.channel,
    topic: appeal.topic,
    hazard: appeal.hazard,
    language: appeal.language,
    lon: appeal.point?.lon ?? null,
    lat: appeal.point?.lat ?? null,
    address: appeal.address,
    text: appeal.text,
    made_at: at(appeal.madeAtMs),
    received_at: at(appeal.receivedAtMs),
    state: appeal.state,
    asked_cameras: appeal.askedCameras,
  };
  const touched = await tx.run(sql`insert into appeal ${inserting(row)} on conflict (source, external_id) do nothing`);
  if (touched === 0) return false;
  await audit.write(tx, {
    atMs: appeal.receivedAtMs,
    actor: appeal.source,
    act: 'appeal received',
    objectKind: 'appeal',
    objectId: appeal.id,
    facts: { state: appeal.state, askedCameras: appeal.askedCameras.join(' ') },
  });
  append(tx, 'appeal', appeal.id, appeal.receivedAtMs);
  return true;
}

/** An appeal that waited is now in another state. Nothing is done when somebody was first. */
export async function moveWaiting(tx: Tx, id: string, to: AppealState, atMs: number): Promise<boolean> {
  const touched = await tx.run(sql`update appeal set state = ${to} where id = ${id} and ${isWaiting}`);
  if (touched > 0) append(tx, 'appeal', id, atMs);
  return touched > 0;
}

/** Appeals received since a moment, newest first. */
export const list = (
  db: Db,
  filter: { sinceMs: number; states?: readonly AppealState[] | undefined; limit: number },
): Promise<Appeal[]> =>
  db.rows(
    Appeal,
    sql`select ${appealRow} from appeal
        where received_at >= ${at(filter.sinceMs)}::timestamptz
          ${filter.states ? sql`and state = any (${filter.states}::text[])` : raw('')}
        order by received_at desc, id desc limit ${filter.limit}::bigint`,
  );

const metresOfDegree = 111_195;

/** A box of degrees around a point that holds every point within `radiusM`. */
const boxAround = (point: Point, radiusM: number, lat: Sql, lon: Sql): Sql => {
  const dLat = radiusM / metresOfDegree;
  const dLon = dLat / Math.max(0.01, Math.cos((point.lat * Math.PI) / 180));
  return sql`${lat} between ${point.lat - dLat}::double precision and ${point.lat + dLat}::double precision
    and ${lon} between ${point.lon - dLon}::double precision and ${point.lon + dLon}::double precision`;
};

/** Waiting appeals, the oldest first, of which an open incident of their hazard lies within about `radiusM`. */
export const waitingNearOpen = (db: Db, sinceMs: number, radiusM: number, limit: number): Promise<Appeal[]> =>
  db.rows(
    Appeal,
    sql`select ${appealRow} from appeal
        where ${isWaiting} and made_at >= ${at(sinceMs)}::timestamptz
          and exists (
            select from incident
            where incident.hazard = appeal.hazard and ${isOpen}
              and incident.lat between appeal.lat - ${radiusM / metresOfDegree}::double precision
                and appeal.lat + ${radiusM / metresOfDegree}::double precision
              and abs(incident.lon - appeal.lon) <= ${radiusM / metresOfDegree}::double precision
                / greatest(0.01, cos(radians(appeal.lat))))
        order by made_at, id limit ${limit}::bigint`,
  );

/** Appeals of a hazard within about `radiusM` of a point, made between two moments and linked to nothing, newest first. */
export const unlinkedNear = (
  db: Db,
  near: { hazard: HazardName; point: Point; radiusM: number; fromMs: number; toMs: number; limit: number },
): Promise<Appeal[]> =>
  db.rows(
    Appeal,
    sql`select ${appealRow} from appeal
        where hazard = ${near.hazard} and state in ('proposed', 'looking', 'no-camera', 'unlinked')
          and ${boxAround(near.point, near.radiusM, raw('lat'), raw('lon'))}
          and made_at between ${at(near.fromMs)}::timestamptz and ${at(near.toMs)}::timestamptz
        order by made_at desc, id limit ${near.limit}::bigint`,
  );

/** Incidents of a hazard within about `radiusM` of a point that were closed or cleared themselves since a moment. */
export async function endedNear(
  db: Db,
  near: { hazard: HazardName; point: Point; radiusM: number; sinceMs: number },
): Promise<string[]> {
  const rows = await db.rows(
    z.object({ id: z.string() }),
    sql`select id from incident
        where hazard = ${near.hazard} and closed_at >= ${at(near.sinceMs)}::timestamptz
          and state in ('closed', 'self_cleared')
          and ${boxAround(near.point, near.radiusM, raw('lat'), raw('lon'))}
        order by closed_at desc limit 20`,
  );
  return rows.map((row) => row.id);
}

/** Links that hold, of one appeal, the first one first. */
export const linksOf = (db: Db, appealId: string): Promise<AppealLink[]> =>
  db.rows(
    AppealLink,
    sql`select ${linkRow} from appeal_link where appeal_id = ${appealId} and undone_at is null order by number`,
  );

/** Links that hold, of an incident and of those merged into it, the first one first. */
export const linksTo = (db: Db, incidentId: string): Promise<AppealLink[]> =>
  db.rows(
    AppealLink,
    sql`select ${linkRow} from appeal_link
        where incident_id in ${family(incidentId)} and undone_at is null order by number`,
  );

/** Was this appeal linked to this incident once, and was the link undone? Then no link is made by itself again. */
export async function wasUndone(db: Db, appealId: string, incidentId: string): Promise<boolean> {
  const rows = await db.rows(
    z.object({ number: z.number() }),
    sql`select number from appeal_link
        where appeal_id = ${appealId} and incident_id in ${family(incidentId)} and undone_at is not null limit 1`,
  );
  return rows.length > 0;
}

export interface LinkAct {
  readonly appealId: string;
  readonly incidentId: string;
  readonly atMs: number;
  readonly actor: string;
  readonly reason: string;
}

const tell = async (tx: Tx, act: LinkAct, what: string): Promise<void> => {
  await audit.write(tx, {
    atMs: act.atMs,
    actor: act.actor,
    act: what,
    objectKind: 'appeal',
    objectId: act.appealId,
    facts: { incidentId: act.incidentId, reason: act.reason },
  });
  append(tx, 'appeal', act.appealId, act.atMs);
};

/** Joins an appeal to an incident and tells the service; false when they are joined already. Throws NOT_FOUND. */
export async function link(tx: Tx, act: LinkAct): Promise<boolean> {
  await lock(tx, act.appealId);
  const row = {
    appeal_id: act.appealId,
    incident_id: act.incidentId,
    linked_at: at(act.atMs),
    linked_by: act.actor,
    reason: act.reason,
  };
  const joined = await linksTo(tx, act.incidentId);
  if (joined.some((one) => one.appealId === act.appealId)) return false;
  await tx.run(sql`insert into appeal_link ${inserting(row)}`);
  await tx.run(sql`update appeal set state = 'linked' where id = ${act.appealId}`);
  await tell(tx, act, 'appeal linked');
  await notice(tx, { appealIds: [act.appealId], incidentId: act.incidentId, news: 'linked', atMs: act.atMs });
  return true;
}

/** All that is told only of an appeal that is linked. */
const ofLinked = AppealNews.options.filter((news) => news !== 'unlinked');

/** Undoes a link and tells the service; the link stays to be read. False when they are not joined. Throws NOT_FOUND. */
export async function unlink(tx: Tx, act: LinkAct): Promise<boolean> {
  await lock(tx, act.appealId);
  const undone = await tx.rows(
    z.object({ incidentId: z.string() }),
    sql`update appeal_link set undone_at = ${at(act.atMs)}::timestamptz, undone_by = ${act.actor}
        where appeal_id = ${act.appealId} and incident_id in ${family(act.incidentId)} and undone_at is null
        returning incident_id`,
  );
  if (undone.length === 0) return false;
  await tx.run(sql`
    update appeal set state = 'unlinked' where id = ${act.appealId}
      and not exists (select from appeal_link where appeal_id = ${act.appealId} and undone_at is null)`);
  await tell(tx, act, 'appeal unlinked');
  const withdrawn: AppealNews[] = [];
  for (const incidentId of new Set([...undone.map((one) => one.incidentId), act.incidentId])) {
    const which = { incidentId, appealId: act.appealId, news: ofLinked };
    withdrawn.push(...(await withdraw(tx, which)).map((one) => one.news));
  }
  // What was never told need not be taken back.
  if (!withdrawn.includes('linked')) {
    await notice(tx, { appealIds: [act.appealId], incidentId: act.incidentId, news: 'unlinked', atMs: act.atMs });
  }
  return true;
}

/** The appeals that are linked to an incident or to one that was merged into it. */
export async function linkedIds(db: Db, incidentId: string): Promise<string[]> {
  return [...new Set((await linksTo(db, incidentId)).map((one) => one.appealId))];
}

const Count = z.object({ state: z.string(), n: z.number() });

/** How many appeals came since a moment, by state. */
export const counts = (db: Db, sinceMs: number): Promise<z.infer<typeof Count>[]> =>
  db.rows(
    Count,
    sql`select state, count(*) as n from appeal where received_at >= ${at(sinceMs)}::timestamptz group by state order by state`,
  );
