// What people found by themselves: a label for training, with what the machine had said of the same ground at that time.
import { z } from 'zod';
import { IssueName } from '#core/hazard-name';
import type { Mark } from '#core/incident';
import { at, json, type Db, type Tx } from './db.ts';
import { inserting, sql } from './sql.ts';

/** The machine's last word is taken for its judgement of the moment for so long. */
const judgedWithinMs = 3_600_000;

const Word = z.object({ word: z.string(), level: z.number(), seenAtMs: z.number() });

/** What the machine last said of this hazard in this zone; undefined where it had said nothing lately. */
async function lastWord(
  db: Db,
  place: { cameraId: string | null; zoneId: string | null; hazard: string },
  nowMs: number,
): Promise<z.infer<typeof Word> | undefined> {
  if (place.cameraId === null || place.zoneId === null) return undefined;
  const [row] = await db.rows(
    Word,
    sql`select word, level, seen_at from last_word
        where camera_id = ${place.cameraId} and zone_id = ${place.zoneId} and hazard = ${place.hazard}
          and seen_at >= ${at(nowMs - judgedWithinMs)}::timestamptz`,
  );
  return row;
}

/** Keeps an incident opened by hand as a label. Once an incident. */
export async function keep(
  tx: Tx,
  given: {
    incidentId: string;
    category: string;
    personId: string;
    atMs: number;
    cameraId: string | null;
    zoneId: string | null;
    hazard: string;
    stillSha256: string | null;
    mark: Mark | null;
  },
): Promise<void> {
  const word = await lastWord(tx, given, given.atMs);
  const row = {
    incident_id: given.incidentId,
    category: given.category,
    person_id: given.personId,
    at: at(given.atMs),
    camera_id: given.cameraId,
    zone_id: given.zoneId,
    hazard: given.hazard,
    still_sha256: given.stillSha256,
    box: given.mark === null ? null : json(given.mark),
    judged: word !== undefined && word.word !== 'cannot-see',
    judged_at: word === undefined ? null : at(word.seenAtMs),
    word: word?.word ?? null,
    level: word?.level ?? null,
  };
  await tx.run(sql`insert into hand_label ${inserting(row)} on conflict (incident_id) do nothing`);
}

/** It was taken back: no label. */
export async function forget(tx: Tx, incidentId: string): Promise<void> {
  await tx.run(sql`delete from hand_label where incident_id = ${incidentId}`);
}

const Label = z.object({
  incidentId: z.string(),
  category: z.string(),
  atMs: z.number(),
  cameraId: z.string().nullable(),
  zoneId: z.string().nullable(),
  hazard: IssueName,
  stillSha256: z.string().nullable(),
  box: z.unknown(),
  /** Had the machine judged this ground for this hazard within the hour before? Then it missed what a person found. */
  judged: z.boolean(),
  word: z.string().nullable(),
  level: z.number().nullable(),
});
export type HandLabel = z.infer<typeof Label>;

/** Labels since a moment, newest first. */
export const since = (db: Db, sinceMs: number, limit: number): Promise<HandLabel[]> =>
  db.rows(
    Label,
    sql`select incident_id, category, at, camera_id, zone_id, hazard, still_sha256, box, judged, word, level
        from hand_label where at >= ${at(sinceMs)}::timestamptz order by at desc limit ${limit}::bigint`,
  );
