// Number plates of dumping incidents: which are still to be read, what was read, and what people say it is.
import { z } from 'zod';
import { Plate, PlateCorrection } from '#core/plate';
import * as audit from './audit.ts';
import { at, json, type Db, type Tx } from './db.ts';
import { append } from './feed.ts';
import { inserting, raw, sql } from './sql.ts';

/** An incident whose plate nobody has read yet. */
export const DuePlate = z.object({ incidentId: z.string() });

/** Materials older than this are not read any more: their pictures may be gone. */
const readWithinMs = 7 * 24 * 3_600_000;

const cameToNothing = raw(`('rejected', 'self_cleared', 'merged', 'expired')`);

/**
 * Acts of dumping whose clip is cut or lost for good and whose plate was not looked for yet, oldest first. The rows are the truth:
 * a queue that was lost is filled again from here.
 */
export const due = (db: Db, nowMs: number, limit: number): Promise<z.infer<typeof DuePlate>[]> =>
  db.rows(
    DuePlate,
    sql`select id as incident_id from incident
        where hazard = 'dumping' and why -> 'facts' ->> 'source' = 'story' and state not in ${cameToNothing}
          and opened_at >= ${at(nowMs - readWithinMs)}::timestamptz
          and exists (select from clip where clip.incident_id = incident.id and clip.state in ('sealed', 'lost'))
          and not exists (select from plate where plate.incident_id = incident.id)
        order by opened_at limit ${limit}::bigint`,
  );

const columns = raw(
  'incident_id, clip_id, state, text, kind, confidence, agreeing, why, frames, crop_sha256, models, read_at',
);

/** What was read of an incident's plate. */
export async function byIncident(db: Db, incidentId: string): Promise<Plate | undefined> {
  const [row] = await db.rows(Plate, sql`select ${columns} from plate where incident_id = ${incidentId}`);
  return row;
}

/**
 * Writes a reading down, once: a job that is done twice changes nothing. The audit holds who, when and how sure, never the text.
 */
export async function save(tx: Tx, plate: Plate): Promise<'saved' | 'known'> {
  const row = {
    incident_id: plate.incidentId,
    clip_id: plate.clipId,
    state: plate.state,
    text: plate.text,
    kind: plate.kind,
    confidence: json(plate.confidence),
    agreeing: plate.agreeing,
    why: plate.why,
    frames: json(plate.frames),
    crop_sha256: plate.cropSha256,
    models: json(plate.models),
    read_at: at(plate.readAtMs),
  };
  const rows = await tx.run(sql`insert into plate ${inserting(row)} on conflict (incident_id) do nothing`);
  if (rows === 0) return 'known';
  await audit.write(tx, {
    atMs: plate.readAtMs,
    actor: 'ingest',
    act: `plate ${plate.state}`,
    objectKind: 'incident',
    objectId: plate.incidentId,
    facts: {
      why: plate.why,
      frames: plate.frames.length,
      agreeing: plate.agreeing,
      leastConfidence: plate.confidence.length > 0 ? Math.min(...plate.confidence) : null,
      models: plate.models.join(' '),
      crop: plate.cropSha256,
    },
  });
  if (plate.clipId !== null) append(tx, 'clip', plate.clipId, plate.readAtMs);
  return 'saved';
}

/** What people said of an incident's plate, oldest first; the last one holds. */
export const corrections = (db: Db, incidentId: string): Promise<PlateCorrection[]> =>
  db.rows(
    PlateCorrection,
    sql`select incident_id, text, kind, who, at from plate_correction where incident_id = ${incidentId} order by number`,
  );

/** Writes down what a person says the plate is. What the networks read stays as it is. */
export async function correct(tx: Tx, given: PlateCorrection, clipId: string | null): Promise<void> {
  const row = {
    incident_id: given.incidentId,
    text: given.text,
    kind: given.kind,
    who: given.who,
    at: at(given.atMs),
  };
  await tx.run(sql`insert into plate_correction ${inserting(row)}`);
  const read = await byIncident(tx, given.incidentId);
  await audit.write(tx, {
    atMs: given.atMs,
    actor: given.who,
    act: 'plate said',
    objectKind: 'incident',
    objectId: given.incidentId,
    facts: { asRead: read?.state === 'read' && read.text === given.text, isEmpty: given.text === '', kind: given.kind },
  });
  if (clipId !== null) append(tx, 'clip', clipId, given.atMs);
}
