// A possible violation of any article that an officer sees on a sealed clip beside what it was cut for (domain, "Outside automatic scope").
import { DateTime } from 'luxon';
import { localDay } from '#core/calendar';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { ViolationId } from '#core/ids';
import type { Person } from '#core/person';
import { heldOn, type Article } from '#core/policy';
import { epochMs } from '#core/units';
import type { Violation, ViolationMark } from '#core/violation';
import { clips, incidents, rules, type Db, type Tx } from '#store';
import { articlesFor } from './articles.ts';
import { checkCustody } from './custody.ts';
import type { EvidenceSettings } from './settings.ts';

/** All articles of the city's table that held on a local day: what an officer may name by hand. */
export const articlesOfDay = async (db: Db, day: string): Promise<Article[]> =>
  (await rules.articles(db)).filter((article) => heldOn(article, day));

/** The articles that may be chosen for a violation: the candidates of its incident, or any for what an officer marked by hand. */
export async function offeredFor(
  db: Db,
  violation: Pick<Violation, 'incidentId' | 'mark' | 'createdAtMs'>,
  zone: string,
): Promise<{ readonly articles: Article[]; readonly day: string }> {
  const incident = await incidents.byId(db, violation.incidentId);
  const day = localDay(epochMs(incident?.openedAtMs ?? violation.createdAtMs), zone);
  if (violation.mark !== null) return { articles: await articlesOfDay(db, day), day };
  return { articles: incident ? await articlesFor(db, incident, day) : [], day };
}

const over: readonly Violation['state'][] = ['not_a_violation', 'merged'];

/**
 * Opens a violation by hand in the caller's transaction: on the clip of another one, which an operator has confirmed and which is sealed, by a first
 * reviewer who has played it. It is a draft; the article is chosen by the same move as ever. The same id sent again gives what is there. Throws NOT_FOUND,
 * AUTH_DENIED, REQUEST_INVALID.
 */
export async function markViolation(
  tx: Tx,
  given: {
    readonly id: string;
    /** The violation on whose clip it was seen. */
    readonly seenOn: string;
    readonly articleId: string;
    readonly atClipMs: number | null;
    readonly box: ViolationMark['box'];
    readonly note: string;
    readonly person: Person;
    readonly clock: Clock;
    readonly settings: Pick<EvidenceSettings, 'zone'>;
  },
): Promise<Violation> {
  const { person, clock, articleId } = given;
  const source = await clips.violationById(tx, given.seenOn);
  if (!source) throw new AhualError('NOT_FOUND', `there is no violation ${given.seenOn}.`, 'Look for it in the list.');
  if (!person.roles.includes('police_reviewer')) {
    throw new AhualError('AUTH_DENIED', 'Marks on clips are not for this role.', 'It needs: police_reviewer.');
  }
  const clip = await clips.lock(tx, source.clipId);
  const known = await clips.violationById(tx, given.id);
  if (known?.mark?.by === person.id) return known;
  if (clip?.state !== 'sealed') {
    throw new AhualError('REQUEST_INVALID', 'This clip is not sealed.', 'Mark what a sealed clip shows.');
  }
  const custody = await clips.custodyOf(tx, clip.id);
  if (checkCustody(custody).kind !== 'whole') {
    throw new AhualError('REQUEST_INVALID', 'The custody log of this clip is broken.', 'It is for viewing only.');
  }
  if (!custody.some((row) => row.act === 'viewed' && row.who === person.id)) {
    throw new AhualError('REQUEST_INVALID', 'You have not played this clip.', 'Play it, then mark what it shows.');
  }
  const { articles, day } = await offeredFor(
    tx,
    { ...source, mark: { by: person.id, atClipMs: null, box: null } },
    given.settings.zone,
  );
  if (!articles.some((article) => article.id === articleId)) {
    throw new AhualError(
      'REQUEST_INVALID',
      `Article ${articleId} is not in the table of ${day}.`,
      'Choose one of the list.',
    );
  }
  const same = (await clips.violationsOf(tx, clip.id)).find(
    (one) => one.articleId === articleId && !over.includes(one.state),
  );
  if (same) {
    throw new AhualError(
      'REQUEST_INVALID',
      `Article ${articleId} is under review on this clip as ${same.number}.`,
      'Open it in the list.',
    );
  }
  const atMs = clock.nowMs();
  const { year } = DateTime.fromMillis(atMs, { zone: given.settings.zone });
  const mark: ViolationMark = { by: person.id, atClipMs: given.atClipMs, box: given.box };
  return clips.insertViolation(
    tx,
    {
      id: ViolationId.parse(given.id),
      number: await clips.nextViolationNumber(tx, year),
      incidentId: source.incidentId,
      clipId: clip.id,
      state: 'draft',
      track: 'officer',
      articleId: null,
      chosenBy: null,
      createdAtMs: atMs,
      note: given.note,
      mark,
    },
    { atMs, actor: person.id, reason: `marked by hand on the clip of ${source.number}` },
  );
}
