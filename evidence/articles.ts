// Candidate articles of the day with their tests; none is chosen beforehand (domain 3.8).
import type { Incident } from '#core/incident';
import { heldOn, type Article } from '#core/policy';
import { rules, type Db } from '#store';

/** The articles that held on a local day (YYYY-MM-DD) and may fit, in the order of the table. Pure. */
export const candidates = (
  articles: readonly Article[],
  incident: Pick<Incident, 'hazard' | 'sub'>,
  day: string,
): Article[] =>
  articles.filter(
    (a) =>
      heldOn(a, day) &&
      a.hazards.some((hazard) => hazard === incident.hazard) &&
      (a.subs.length === 0 || incident.sub === '' || a.subs.includes(incident.sub)),
  );

/** Candidate articles for an incident by the city's table; `day` is the local day of the act. */
export const articlesFor = async (
  db: Db,
  incident: Pick<Incident, 'hazard' | 'sub'>,
  day: string,
): Promise<Article[]> => candidates(await rules.articles(db), incident, day);
