// Names, sentences and pictograms of hazards as the screens show them; all of it comes from the hazards' own folders.
import { isSeen, type IssueName, type Language, type Texts } from '#core/hazard-name';
import type { Incident, RejectReason } from '#core/incident';
import { issues } from '#hazards';
import type { Format } from './format.ts';
import { isTextKey, textOf } from './texts/index.ts';

export const hazardName = (hazard: IssueName): Texts => issues[hazard].texts.name;

/** Name for narrow rows, where the screens have one; the full one else. */
export function shortName(hazard: IssueName, language: Language): string {
  const key = `hazardShort.${hazard}`;
  return isTextKey(key) ? textOf(language, key) : issues[hazard].texts.name[language];
}

/** What a card is of: the hazard, or what exactly people saw where no eye looks for it. */
export const titleOf = ({ hazard, said }: { readonly hazard: IssueName; readonly said?: Texts | undefined }): Texts =>
  isSeen(hazard) ? hazardName(hazard) : (said ?? hazardName(hazard));

/** The same for narrow rows. */
export const shortTitle = (
  card: { readonly hazard: IssueName; readonly said?: Texts | undefined },
  language: Language,
): string => (isSeen(card.hazard) || !card.said ? shortName(card.hazard, language) : card.said[language]);

/** Name of a subtype, where the hazard has one. */
export const subName = (hazard: IssueName, sub: string): Texts | undefined => issues[hazard].texts.subs[sub];

/** What is drawn on the 24 grid: the pictogram without its outer element, so that it can stand inside another drawing. */
export const hazardStrokes = (hazard: IssueName): string =>
  issues[hazard].iconSvg.replace(/^<svg[^>]*>|<\/svg>\s*$/g, '');

/** The seven reasons for "not a hazard" that fit this one, always in the same places. */
export const reasonsOf = (hazard: IssueName): readonly RejectReason[] => issues[hazard].rejectReasons;

/** The claim in one sentence, with the numbers of this incident. */
export function claimOf(
  incident: Pick<Incident, 'hazard' | 'level' | 'why'>,
  language: Language,
  format: Format,
): string {
  const { why, level } = incident;
  const { stoppedS, share } = why.facts;
  const slots: Record<string, string> = {
    // The level of a zone may rest on more than the share that lies under it.
    share: format.percent(typeof share === 'number' ? share : level),
    looks: format.number(why.looks),
    hazardLooks: format.number(why.hazardLooks),
    minutes: format.number(Math.max(1, Math.round(why.overS / 60))),
    seconds: format.number(typeof stoppedS === 'number' ? stoppedS : why.overS),
  };
  return issues[incident.hazard].texts.claim[language].replace(
    /\{(\w+)\}/g,
    (whole, name: string) => slots[name] ?? whole,
  );
}

/** What must be seen afterwards for the work to count as done. */
export const doneWords = (hazard: IssueName): Texts => issues[hazard].texts.done;

/** What the agency is asked to do. */
export const askWords = (hazard: IssueName): Texts => issues[hazard].texts.ask;
