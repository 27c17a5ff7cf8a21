// Violations for the police reviewer: clip, stills of the story, candidate articles with their tests (none chosen), and the custody
// log. Ahual prepares materials; it never fines (domain 3.8).
import { localDay } from '#core/calendar';
import { AhualError } from '#core/errors';
import { epochMs } from '#core/units';
import type { Incident } from '#core/incident';
import type { CustodyRow, Violation } from '#core/violation';
import { articlesFor, chooseArticle, dismissViolation } from '#evidence';
import { audit, cameras, clips, feed, incidents, type db } from '#store';
import type { ViolationCard, ViolationView } from '../contract.ts';
import { cameraMark, clipFacts, placeOf } from './cards.ts';
import type { Glass } from './glass.ts';
import { serve } from './serve.ts';

const unknownViolation = (): AhualError =>
  new AhualError('NOT_FOUND', 'There is no such violation.', 'Go back to the list.');

async function cardOf({ database, register }: Glass, violation: Violation): Promise<ViolationCard | undefined> {
  const [incident, clip] = await Promise.all([
    incidents.byId(database, violation.incidentId),
    clips.byId(database, violation.clipId),
  ]);
  if (!incident || !clip) return undefined;
  return {
    violation,
    hazard: incident.hazard,
    incidentNumber: incident.number,
    place: placeOf(incident, register),
    district: incident.district,
    seenAtMs: incident.openedAtMs,
    clip: clipFacts(clip),
    stillSha256: incident.stillSha256,
  };
}

const storyStills = ['before', 'came', 'acting', 'after'] as const;
const factOf = { before: 'stillBefore', came: 'stillCame', acting: 'stillActing', after: 'stillAfter' } as const;

/** Pictures of the act in order of time, as the watching eye chose them; the incident's own where there was no story. */
export function stillsOf(incident: Incident): ViolationView['stills'] {
  const told = storyStills.flatMap((what) => {
    const sha256 = incident.why.facts[factOf[what]];
    return typeof sha256 === 'string' ? [{ what, sha256 }] : [];
  });
  const before = incident.beforeSha256 !== null && !told.some(({ what }) => what === 'before');
  const now = incident.stillSha256 !== null && !told.some(({ sha256 }) => sha256 === incident.stillSha256);
  return [
    ...(before && incident.beforeSha256 !== null ? [{ what: 'before' as const, sha256: incident.beforeSha256 }] : []),
    ...told,
    ...(now && incident.stillSha256 !== null ? [{ what: 'now' as const, sha256: incident.stillSha256 }] : []),
  ];
}

/** Does every line name the hash of the line before it, and is each hash that of its line? */
export const isWhole = (rows: readonly CustodyRow[]): boolean =>
  rows.every((row, i) => {
    const { hash, ...line } = row;
    return row.previous === (rows[i - 1]?.hash ?? '') && clips.custodyHash(line) === hash;
  });

async function historyOf(asked: db.Db, { register }: Glass, violation: Violation): Promise<ViolationView['history']> {
  const acts = await audit.of(asked, 'violation', violation.id);
  return acts.map(({ atMs, actor, act, facts }) => ({
    atMs,
    who: register.nameOf(actor),
    act: act.replace(/^violation /, ''),
    reason: typeof facts['reason'] === 'string' ? facts['reason'] : '',
  }));
}

/** Routes of violations. */
export function openPolice(glass: Glass): void {
  const { app, door, database, register, clock, city } = glass;

  serve(app, door, 'violations', async () => {
    const number = await feed.last(database);
    const rows = await clips.violations(database);
    const cards = await Promise.all(rows.map((row) => cardOf(glass, row)));
    return { nowMs: clock.nowMs(), feed: number, violations: cards.filter((card) => card !== undefined) };
  });

  serve(app, door, 'violation', async ({ params }): Promise<ViolationView> => {
    const violation = await clips.violationById(database, params.id);
    const card = violation ? await cardOf(glass, violation) : undefined;
    const incident = violation ? await incidents.byId(database, violation.incidentId) : undefined;
    if (!violation || !card || !incident) throw unknownViolation();
    const camera = register.camera(incident.cameraId);
    const day = localDay(epochMs(incident.openedAtMs), city.zone);
    const [articles, custody, health, history] = await Promise.all([
      articlesFor(database, incident, day),
      clips.custodyOf(database, violation.clipId),
      camera ? cameras.healthOf(database, camera.id) : undefined,
      historyOf(database, glass, violation),
    ]);
    return {
      card,
      incident,
      camera: camera ? cameraMark(camera, health) : null,
      stills: stillsOf(incident),
      articles: articles.map(({ id, title, test, fine, whoDrawsUp, source, certainty }) => ({
        id,
        title,
        test,
        fine,
        whoDrawsUp,
        source,
        certainty,
      })),
      chosenBy: violation.chosenBy === null ? null : register.nameOf(violation.chosenBy),
      custody: custody.map((row) => ({ ...row, who: register.nameOf(row.who) })),
      custodyWhole: isWhole(custody),
      history,
    };
  });

  serve(app, door, 'chooseArticle', async ({ params, body, session }) => ({
    violation: await database.transaction((tx) =>
      chooseArticle(tx, { violationId: params.id, ...body, person: session.person, clock, settings: glass.settings.evidence }),
    ),
  }));

  serve(app, door, 'dismissViolation', async ({ params, body, session }) => ({
    violation: await database.transaction((tx) =>
      dismissViolation(tx, { violationId: params.id, ...body, person: session.person, clock }),
    ),
  }));
}
