// Planted items: now and then a known picture is put before a person as any other item, to measure how well the queue is looked at. It is told
// from real ones only after the verdict, never leaves the desk, and is never critical or high: no false thing calls people (screens 4.1).
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import type { Clock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { epochMs } from '#core/units';
import { IncidentId, lookIdOf, newId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { Person } from '#core/person';
import type { Verdict } from '#core/verdict';
import { incidents, looks, planted } from '#store';
import { HistoryLine as Line, StripLook, type Decision } from '../contract.ts';
import type { Glass } from './glass.ts';
import { cardFor } from './incidents.ts';
import { samePicture } from './same-picture.ts';
import { sightOf } from './sight.ts';
import { stripOf } from './strip.ts';

/** Frames of looks are kept for 48 h: a known item needs its strip. */
const sourceMs = 46 * 3_600_000;
const stripMs = 48 * 3_600_000;
const stripMost = 9;
const stripReadMost = 2000;
const askedForMs = 60 * 60_000;
const [soonestMs, latestMs] = [20_000, 240_000];
/** Between the last look and the moment at which an incident is raised. */
const raisedAfterMs = 1_500;

/** The same picture under another name: a hash that somebody saw before would give it away. Null where there is none to copy. */
async function copied({ files }: Glass, sha256: string | null): Promise<string | null> {
  const copy = sha256 === null ? undefined : samePicture(await readFile(files.path(sha256)));
  return copy ? files.put(copy, 'still', 'jpg') : null;
}

/** The moment in an id is that of the opening, as with any incident. */
export const idAt = (clock: Clock, atMs: number): IncidentId =>
  IncidentId.parse(
    newId({
      nowMs: () => epochMs(Math.round(atMs)),
      monotonicMs: () => clock.monotonicMs(),
      sleep: (ms) => clock.sleep(ms),
    }),
  );

/** What the looks before it had said, at the hours at which it will be shown. */
async function stripBefore(glass: Glass, before: Incident, laterMs: number): Promise<StripLook[]> {
  if (before.cameraId === null) return [];
  const cameraId = before.cameraId;
  const recent = await looks.recent(glass.database, cameraId, stripReadMost);
  return stripOf(
    recent.filter(({ seenAtMs }) => seenAtMs <= before.lastSeenAtMs),
    { hazard: before.hazard, zoneId: before.zoneId },
  )
    .filter((look) => look.seenAtMs >= before.lastSeenAtMs - stripMs)
    .filter((look) => look.stillSha256 !== null || look.outcome !== 'seen')
    .slice(-stripMost)
    .map((look) => {
      const dueAtMs = Number(look.lookId.slice(look.lookId.lastIndexOf('@') + 1));
      return { ...look, lookId: lookIdOf(cameraId, Math.round(dueAtMs + laterMs)), seenAtMs: look.seenAtMs + laterMs };
    });
}

type HistoryLine = z.infer<typeof Line>;

/** Lines of an incident's history up to a version, as they may stand before somebody who is not to know who decided. */
export async function quietHistory(
  { database, register }: Glass,
  incidentId: string,
  upToVersion: number,
  laterMs: number,
): Promise<HistoryLine[]> {
  const lines = await incidents.history(database, incidentId);
  return lines
    .filter(({ version, actor }) => version <= upToVersion && register.nameOf(actor) === actor)
    .map(({ actor, atMs, ...line }) => ({ ...line, atMs: atMs + laterMs, who: actor }));
}

/** Makes a known item for this person, if there is a picture to make it of; it is told some minutes later. */
export async function plantFor(glass: Glass, person: Person): Promise<boolean> {
  const { database, clock, register } = glass;
  const nowMs = clock.nowMs();
  if (await planted.isWaiting(database, person.id, nowMs)) return false;
  const known = await planted.source(database, person.id, nowMs - sourceMs);
  const camera = register.camera(known?.before.cameraId ?? null);
  if (!known?.before.stillSha256 || !camera || camera.restricted) return false;
  if (!sightOf(register, person).camera(camera.id)) return false;
  const { before } = known;
  const askedFromMs = nowMs + randomInt(soonestMs, latestMs);
  const laterMs = askedFromMs - raisedAfterMs - before.lastSeenAtMs;
  const waitedMs = (before.raisedAtMs ?? before.openedAtMs) - before.openedAtMs;
  const openedAtMs = askedFromMs - Math.max(1_000, waitedMs);
  const stillSha256 = await copied(glass, before.stillSha256);
  const beforeSha256 = await copied(glass, before.beforeSha256);
  if (stillSha256 === null) return false;
  const renamed = new Map([
    [before.stillSha256, stillSha256],
    [before.beforeSha256, beforeSha256],
  ]);
  const strip = (await stripBefore(glass, before, laterMs)).map((look) => ({
    ...look,
    stillSha256: renamed.get(look.stillSha256) ?? look.stillSha256,
  }));
  const raisedLaterMs = askedFromMs - (before.raisedAtMs ?? before.openedAtMs);
  const history = await quietHistory(glass, before.id, before.version, raisedLaterMs);
  return database.transaction(async (tx) => {
    const item: Incident = {
      ...before,
      id: idAt(clock, openedAtMs),
      number: await planted.nextNumber(tx),
      state: 'pending_review',
      openedAtMs,
      raisedAtMs: askedFromMs,
      decidedAtMs: null,
      closedAtMs: null,
      lastSeenAtMs: before.lastSeenAtMs + laterMs,
      untilMs: null,
      stillSha256,
      beforeSha256,
      beforeAtMs: before.beforeAtMs === null ? null : before.beforeAtMs + laterMs,
      rejectReason: null,
      mergedInto: null,
      decidedBy: null,
      massId: null,
    };
    const { knownKind, knownHazard } = known;
    const more = { knownKind, knownHazard, askedFromMs, askedUntilMs: askedFromMs + askedForMs, atMs: nowMs };
    return planted.plant(tx, { sourceId: before.id, personId: person.id, item, strip, history, ...more });
  });
}

/** After a fresh verdict: one time in so many a known item is made. Nobody waits for it, and nobody can reckon it out. */
export function plantSometimes(glass: Glass, person: Person): void {
  const { plantedOneIn } = glass.settings;
  if (plantedOneIn === 0 || randomInt(plantedOneIn) !== 0) return;
  plantFor(glass, person).catch((thrown: unknown) => {
    glass.log.warn({ error: messageOf(thrown) }, 'a known item could not be planted');
  });
}

/** The strip and history as they were made for it. */
export const plantedParts = (row: planted.Planted): { strip: StripLook[]; history: HistoryLine[] } => ({
  strip: StripLook.array().parse(row.strip),
  history: Line.array().parse(row.history),
});

/** The answer to a planted item: kept, compared, and told at once what it was. It cannot be taken back, since it was told. */
export async function answerPlanted(
  glass: Glass,
  person: Person,
  row: planted.Planted,
  verdict: Verdict,
): Promise<Decision> {
  const { database, clock } = glass;
  const atMs = clock.nowMs();
  const kind = verdict.kind === 'confirm' || verdict.kind === 'reject' ? verdict.kind : 'unsure';
  const hazard = verdict.kind === 'confirm' ? (verdict.hazard ?? row.item.hazard) : row.item.hazard;
  const taken = await database.transaction((tx) =>
    planted.answer(tx, { id: row.id, verdictId: verdict.id, personId: person.id, atMs, kind, hazard }),
  );
  const after = await planted.byId(database, row.id);
  if (!after || (!taken && after.verdictId !== verdict.id)) {
    throw new AhualError('INCIDENT_CHANGED', 'Somebody else was first with this item.', 'Nothing of this was saved.');
  }
  // No open state: it is on no list any more.
  const card = cardFor(glass, person, { ...row.item, version: row.item.version + 1, state: 'merged' });
  const told = { agreed: after.agreed, kind: row.knownKind, hazard: row.knownHazard };
  return { incident: card, taskIds: [], undoUntilMs: atMs, planted: told };
}
