// Why an incident was raised, as sentences: by which rule, how sure, against what threshold, and what makes its severity. Pure.
import { z } from 'zod';
import type { Language } from '#core/hazard-name';
import type { Incident } from '#core/incident';
import { severityReasons, severityReasonTexts } from '#hazards';
import type { IncidentView, MassCard } from '../../../contract.ts';
import type { Format } from '../../format.ts';
import { claimOf } from '../../hazard-words.ts';
import type { Say } from '../../parts/words.ts';

const share = z.number();
/** What is shown of the thresholds that held when it was raised; an incident of an older version has fewer or none. */
const Thresholds = z
  .object({
    persistence: z.object({ open: z.object({ looks: z.number(), of: z.number(), overS: z.number() }) }),
    floodLevel: share,
    waterShare: share,
    coveredShare: share,
    bankShare: share,
    spotOpen: share,
    boxScore: share,
    heapScore: share,
  })
  .partial();
type Thresholds = z.infer<typeof Thresholds>;

function thresholdsOf({ facts }: Incident['why']): Thresholds {
  const { thresholds } = facts;
  if (typeof thresholds !== 'string') return {};
  try {
    return Thresholds.safeParse(JSON.parse(thresholds)).data ?? {};
  } catch {
    return {};
  }
}

export interface WhyNeeds {
  readonly say: Say;
  readonly format: Format;
  readonly language: Language;
  readonly nowMs: number;
}

type Shown = Pick<Incident, 'hazard' | 'level' | 'why' | 'severity' | 'reopens' | 'beforeAtMs'>;

/** Growth or melting smaller than this is noise of the camera, shares. */
const worthSaying = 0.05;
const partlyCleared = 0.15;

/** The first sentence. The hazard's own claim speaks of a deadline and of a vehicle, which not every rule of it knows of. */
export function headline(incident: Shown, { say, format, language }: WhyNeeds): string {
  if (incident.why.rule === 'snow.windrow') return say('why.windrow');
  if (incident.why.rule === 'dumping.heap') return say('why.heap');
  const { share: water } = incident.why.facts;
  const { waterShare } = thresholdsOf(incident.why);
  if (incident.hazard === 'flooding' && typeof water === 'number' && waterShare !== undefined && water < waterShare) {
    const { hazardLooks, looks, overS } = incident.why;
    return say('why.flooded', { k: hazardLooks, n: looks, span: format.span(overS * 1000) });
  }
  return claimOf(incident, language, format);
}

/** Does the first sentence tell in how many looks it was seen? Claims do, but for the one of an act, which is one story. */
export const tellsLooks = ({ why }: Pick<Incident, 'why'>): boolean =>
  why.rule !== 'snow.windrow' && why.rule !== 'dumping.heap' && why.rule !== 'dumping.act';

/** What the rule saw beside the looks: its deadline, its signs. */
function ruleWords({ why }: Shown, { say, format, nowMs }: WhyNeeds): string[] {
  const { facts } = why;
  const number = (name: string): number | undefined => {
    const value = facts[name];
    return typeof value === 'number' ? value : undefined;
  };
  switch (why.rule) {
    case 'flooding.persistence':
      return [say('why.flooding')];
    case 'snow.deadline': {
      const [deadline, late, ended] = [number('deadlineAtMs'), number('lateS'), number('snowfallEndedAtMs')];
      return [
        ...(ended === undefined ? [] : [say('why.snowfallEnded', { time: format.moment(ended, nowMs) })]),
        ...(deadline === undefined || late === undefined
          ? []
          : [say('why.snowDeadline', { time: format.moment(deadline, nowMs), span: format.span(late * 1000) })]),
      ];
    }
    case 'open-manhole.persistence': {
      const free = number('freeLooks');
      return free === undefined ? [] : [say('why.manhole', { n: free })];
    }
    case 'dumping.act': {
      const given = typeof facts['signs'] === 'string' ? facts['signs'].split(' ') : [];
      const signs = (['raised', 'people', 'heap'] as const).filter((sign) => given.includes(sign));
      const words = signs.map((sign) => say(`why.sign.${sign}`)).join(', ');
      return signs.length === 0 ? [] : [say('why.dumpingAct', { signs: words })];
    }
    default:
      return [];
  }
}

/** The level beside the threshold that it reached. */
function levelWords({ hazard, level, why }: Shown, limits: Thresholds, { say, format }: WhyNeeds): string[] {
  const { facts } = why;
  const line = (value: unknown, raise: number | undefined): string[] =>
    typeof value === 'number' && raise !== undefined && value >= raise
      ? [say('why.level', { level: format.number(value, 2), raise: format.number(raise, 2) })]
      : [];
  switch (hazard) {
    case 'flooding': {
      const { share: water } = facts;
      const { waterShare } = limits;
      const isByShare = typeof water === 'number' && waterShare !== undefined && water >= waterShare;
      return [
        ...(isByShare
          ? [say('why.waterShare', { level: format.percent(water), raise: format.percent(waterShare) })]
          : []),
        ...line(facts['flood'], limits.floodLevel),
      ];
    }
    case 'snow':
      return why.rule === 'snow.windrow' ? line(facts['bank'], limits.bankShare) : line(level, limits.coveredShare);
    case 'open-manhole':
      return line(level, facts['open'] === undefined ? limits.boxScore : limits.spotOpen);
    case 'dumping':
      return why.rule === 'dumping.heap' ? line(level, limits.heapScore) : [];
    case 'upkeep':
      return [];
  }
}

/** What the camera's own past says, how it grew, how large it is, and whether somebody is clearing it. */
function changeWords({ hazard, level, why }: Shown, { say, format }: WhyNeeds): string[] {
  const of = (name: string): number | undefined => {
    const value = why.facts[name];
    return typeof value === 'number' ? value : undefined;
  };
  const words: string[] = [];
  const [past, alone, withPast] = [of('past'), of('levelAlone'), of('levelWithPast')];
  const [darker, newShare, grewBy, grewInS] = [of('darker'), of('newShare'), of('grewBy'), of('grewInS')];
  const [area, peak] = [of('waterM2'), of('peakShare')];
  if (past !== undefined && alone !== undefined && withPast !== undefined) {
    const slots = { n: past, withPast: format.number(withPast, 2), alone: format.number(alone, 2) };
    words.push(say('why.past', slots));
  }
  if (past !== undefined && darker !== undefined) {
    words.push(say('why.pastDarker', { n: past, by: format.percent(darker) }));
  }
  if (past !== undefined && newShare !== undefined) {
    words.push(say('why.pastNew', { n: past, by: format.percent(newShare) }));
  }
  if (grewBy !== undefined && grewInS !== undefined && grewBy >= worthSaying) {
    words.push(say('why.grew', { by: format.number(grewBy, 2), span: format.span(grewInS * 1000) }));
  }
  if (area !== undefined && area > 0) {
    words.push(say('why.area', { area: `${format.number(area)}\u00a0${format.squareMetre}` }));
  }
  const now = of('share') ?? level;
  if (hazard === 'snow' && peak !== undefined && peak - now >= partlyCleared) {
    words.push(say('why.halfCleared', { peak: format.percent(peak), now: format.percent(now) }));
  }
  return words;
}

function severityWords({ severity, why }: Shown, { say, language }: WhyNeeds): string {
  const given = why.facts['severityReasons'];
  const names = typeof given === 'string' ? given.split(' ') : [];
  const reasons = severityReasons.filter((one) => names.includes(one)).map((one) => severityReasonTexts[one][language]);
  return reasons.length === 0
    ? say('why.severityPlain', { severity: say(`severity.${severity}`) })
    : say('why.severity', { severity: say(`severity.${severity}`), reasons: reasons.join(', ') });
}

/**
 * All sentences below the headline of an incident that a camera found: what the rule saw, level and threshold, what changed, what the
 * rule wants, the severity, and who else sees it.
 */
export function whyWords(
  { incident, cameras }: { readonly incident: Shown; readonly cameras: IncidentView['cameras'] },
  mass: Pick<MassCard, 'number'> | undefined,
  needs: WhyNeeds,
): string[] {
  const { say, format } = needs;
  const { why, reopens } = incident;
  const limits = thresholdsOf(why);
  const open = why.rule === 'dumping.act' ? undefined : limits.persistence?.open;
  const pace = typeof why.facts['pace'] === 'number' ? why.facts['pace'] : 1;
  const looks = { k: why.hazardLooks, n: why.looks, span: format.span(why.overS * 1000) };
  return [
    ...ruleWords(incident, needs),
    ...(tellsLooks(incident) || why.rule === 'dumping.act' ? [] : [say('why.looks', looks)]),
    ...levelWords(incident, limits, needs),
    ...changeWords(incident, needs),
    ...(open
      ? [say('why.ruleNeeds', { k: open.looks, n: open.of, span: format.span((open.overS * 1000) / pace) })]
      : []),
    severityWords(incident, needs),
    ...(cameras > 1 ? [say('why.cameras', { n: cameras })] : []),
    ...(reopens > 0 ? [say('why.reopened', { n: reopens })] : []),
    ...(mass ? [say('mass.part', { number: `M${mass.number}` })] : []),
  ];
}
