// Snow is a state with a clock: legal until the deadline after the end of the snowfall. A windrow on a crossing or stop is not.
import { epochMs } from '#core/units';
import { rounded } from '../ground.ts';
import type { Circumstances, Finding } from '../hazard.ts';
import { heldGone, heldOpen, type Belief, type Entry } from '../persistence.ts';
import { deadlineOf } from '../policy.ts';
import { commonSub, raise } from '../raise.ts';

/** A zone that lost so much of its snow within so long is being swept now: the ploughs get so much time more (domain 3.1). */
const swept = { share: 0.15, withinS: 2700, graceS: 1800 } as const;

/** The greatest share since the zone was last clear; what is left of it says how far the sweeping is. */
const peakOf = (entries: readonly Entry[]): number => {
  const from = entries.findLastIndex((e) => e.word === 'clear');
  return Math.max(0, ...entries.slice(from + 1).map((e) => e.level));
};

function isBeingSwept(entries: readonly Entry[], pace: number): boolean {
  const newest = entries.at(-1);
  if (!newest) return false;
  const lately = entries.filter((e) => e.word === 'hazard' && newest.atMs - e.atMs <= (swept.withinS * 1000) / pace);
  return Math.max(...lately.map((e) => e.level)) - newest.level >= swept.share;
}

/**
 * Raises when the zone is held covered and the deadline of the street class after the end of snowfall has passed; a windrow
 * at once. Without a known end of snowfall nothing is raised, and the reason says so. While the ploughs are at it they get half an
 * hour beyond the deadline.
 */
export function ruleSnow(belief: Belief, circumstances: Circumstances): Finding {
  const { city, nowMs, policies, settings, snowfall, zone } = circumstances;
  const { persistence } = settings.snow;
  const clears = heldGone(belief, persistence, city.pace);
  if (clears) return { kind: 'gone', clears };
  const held = heldOpen(belief, persistence, city.pace);
  if (held.kind === 'not-yet') return { kind: 'wait', reason: held.reason };
  const sub = commonSub(held.hazards);
  if (sub === 'windrow') return raise('snow', held, belief, circumstances, { sub, rule: 'snow.windrow' });
  if (!snowfall) return { kind: 'wait', reason: 'no-snowfall-end' };
  if (snowfall.endedAtMs === null) return { kind: 'wait', reason: 'snowing' };
  const endedAtMs = epochMs(snowfall.endedAtMs);
  const question = { hazard: 'snow', sub, streetClass: zone.streetClass, event: 'end_of_snowfall' } as const;
  const deadline = deadlineOf(policies, question, endedAtMs, city);
  if (!deadline) return { kind: 'wait', reason: 'no-policy' };
  if (nowMs <= deadline.fixByMs) return { kind: 'wait', reason: 'within-deadline', untilMs: deadline.fixByMs };
  const graceMs = (swept.graceS * 1000) / city.pace;
  if (nowMs <= deadline.fixByMs + graceMs && isBeingSwept(belief.entries, city.pace)) {
    return { kind: 'wait', reason: 'being-cleared', untilMs: deadline.fixByMs + graceMs };
  }
  return raise('snow', held, belief, circumstances, {
    sub,
    rule: 'snow.deadline',
    facts: {
      peakShare: rounded(peakOf(belief.entries)),
      snowfallEndedAtMs: endedAtMs,
      deadlineAtMs: deadline.fixByMs,
      lateS: Math.round((nowMs - deadline.fixByMs) / 1000),
      policyId: deadline.policyId,
      snowfallSource: snowfall.source,
    },
  });
}
