// Violations for the police reviewer: clip, stills of the story, candidate articles with their tests (none chosen), and the custody
// log. Ahual prepares materials; it never fines (domain 3.8).
import { localDay } from '#core/calendar';
import { AhualError } from '#core/errors';
import { epochMs } from '#core/units';
import type { Incident } from '#core/incident';
import type { Person } from '#core/person';
import type { Article } from '#core/policy';
import type { Violation } from '#core/violation';
import {
  articlesOfDay,
  checkCustody,
  chooseArticle,
  dismissViolation,
  markViolation,
  offeredFor,
  recordOutcome,
  reviewSecond,
} from '#evidence';
import { audit, cameras, clips, feed, incidents, type db } from '#store';
import type { ViolationCard, ViolationView } from '../contract.ts';
import { cameraMark, clipFacts, placeOf } from './cards.ts';
import type { Glass } from './glass.ts';
import { may } from './may.ts';
import { serve } from './serve.ts';
import { sightOf } from './sight.ts';

const unknownViolation = (): AhualError =>
  new AhualError('NOT_FOUND', 'There is no such violation.', 'Go back to the list.');

async function cardOf(
  { database, register }: Glass,
  person: Person,
  violation: Violation,
): Promise<ViolationCard | undefined> {
  const [incident, clip] = await Promise.all([
    incidents.byId(database, violation.incidentId),
    clips.byId(database, violation.clipId),
  ]);
  if (!incident || !clip || !sightOf(register, person).incident(incident)) return undefined;
  return {
    violation: shownTo(person, violation),
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

/** The second reviewer judges before knowing what the first chose (screens 4.5). */
const isBlind = (person: Person, violation: Violation): boolean =>
  violation.state === 'second_review' && violation.chosenBy !== person.id && !may(person, 'choose-article');

const shownTo = (person: Person, violation: Violation): Violation =>
  isBlind(person, violation)
    ? {
        ...violation,
        articleId: null,
        chosenBy: null,
        note: '',
        mark: violation.mark && { ...violation.mark, by: null },
      }
    : violation;

async function historyOf(asked: db.Db, { register }: Glass, violation: Violation): Promise<ViolationView['history']> {
  const acts = await audit.of(asked, 'violation', violation.id);
  return acts.map(({ atMs, actor, act, facts }) => ({
    atMs,
    who: register.nameOf(actor),
    act: act.replace(/^violation /, ''),
    reason: typeof facts['reason'] === 'string' ? facts['reason'] : '',
  }));
}

const articleView = (article: Article): ViolationView['articles'][number] => {
  const { id, title, test, fine, whoDrawsUp, source, certainty } = article;
  return { id, title, test, fine, whoDrawsUp, source, certainty };
};

/** Who marked it by hand; the second reviewer is not told before they chose. */
function markerOf({ register }: Glass, { mark }: Violation, isHidden: boolean): string | null {
  return mark === null || mark.by === null || isHidden ? null : register.nameOf(mark.by);
}

/** Routes of violations. */
export function openPolice(glass: Glass): void {
  const { app, door, database, register, clock, city } = glass;

  serve(app, door, 'violations', async ({ session }) => {
    const number = await feed.last(database);
    const rows = await clips.violations(database);
    const cards = await Promise.all(rows.map((row) => cardOf(glass, session.person, row)));
    return { nowMs: clock.nowMs(), feed: number, violations: cards.filter((card) => card !== undefined) };
  });

  serve(app, door, 'violation', async ({ params, session }): Promise<ViolationView> => {
    const { person } = session;
    const violation = await clips.violationById(database, params.id);
    const card = violation ? await cardOf(glass, person, violation) : undefined;
    const incident = violation ? await incidents.byId(database, violation.incidentId) : undefined;
    if (!violation || !card || !incident) throw unknownViolation();
    const blind = isBlind(person, violation);
    const camera = register.camera(incident.cameraId);
    const day = localDay(epochMs(incident.openedAtMs), city.zone);
    const [{ articles }, all, custody, health, history] = await Promise.all([
      offeredFor(database, violation, city.zone),
      may(person, 'choose-article') ? articlesOfDay(database, day) : [],
      clips.custodyOf(database, violation.clipId),
      camera ? cameras.healthOf(database, camera.id) : undefined,
      historyOf(database, glass, violation),
    ]);
    return {
      card,
      incident,
      camera: camera ? cameraMark(camera, health) : null,
      stills: stillsOf(incident),
      articles: articles.map(articleView),
      allArticles: all.map(articleView),
      chosenBy: violation.chosenBy === null || blind ? null : register.nameOf(violation.chosenBy),
      markedBy: markerOf(glass, violation, blind),
      custody: custody.map((row) => ({ ...row, name: register.nameOf(row.who) })),
      custodyWhole: checkCustody(custody).kind === 'whole',
      history: blind ? [] : history,
    };
  });

  serve(app, door, 'chooseArticle', async ({ params, body, session }) => ({
    violation: await database.transaction((tx) =>
      chooseArticle(tx, {
        violationId: params.id,
        ...body,
        person: session.person,
        clock,
        settings: glass.settings.evidence,
      }),
    ),
  }));

  serve(app, door, 'markViolation', async ({ params, body, session }) => {
    const { key, ...said } = body;
    const shared = { person: session.person, clock, settings: glass.settings.evidence };
    const violation = await database.transaction(async (tx) => {
      const made = await markViolation(tx, { id: key, seenOn: params.id, ...said, ...shared });
      if (made.state !== 'draft') return made;
      const { id: violationId, version } = made;
      return chooseArticle(tx, { violationId, version, articleId: said.articleId, ...shared });
    });
    return { violation };
  });

  serve(app, door, 'dismissViolation', async ({ params, body, session }) => ({
    violation: await database.transaction((tx) =>
      dismissViolation(tx, { violationId: params.id, ...body, person: session.person, clock }),
    ),
  }));

  serve(app, door, 'reviewSecond', async ({ params, body, session }) => {
    const { version, note, articleId } = body;
    const violation = await database.transaction(async (tx) => {
      const before = await clips.violationById(tx, params.id);
      if (!before) throw unknownViolation();
      const agrees = articleId !== null && articleId === before.articleId;
      if (!agrees && note.trim() === '') {
        throw new AhualError(
          'REQUEST_INVALID',
          'Materials go back only with words.',
          'Write what is missing or wrong.',
        );
      }
      return reviewSecond(tx, {
        violationId: params.id,
        version,
        note: note.trim(),
        agrees,
        person: session.person,
        clock,
      });
    });
    return { violation };
  });

  serve(app, door, 'recordOutcome', async ({ params, body, session }) => ({
    violation: await database.transaction((tx) =>
      recordOutcome(tx, { violationId: params.id, ...body, person: session.person, clock }),
    ),
  }));
}
