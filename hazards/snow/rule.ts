// Snow is a state with a clock: legal until the deadline after the end of the snowfall. A windrow on a crossing or stop is not.
import { epochMs } from '#core/units';
import type { Circumstances, Finding } from '../hazard.ts';
import { heldGone, heldOpen, type Belief } from '../persistence.ts';
import { deadlineOf } from '../policy.ts';
import { commonSub, raise } from '../raise.ts';

/**
 * Raises when the zone is held covered and the deadline of the street class after the end of snowfall has passed; a windrow
 * at once. Without a known end of snowfall nothing is raised, and the reason says so.
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
  return raise('snow', held, belief, circumstances, {
    sub,
    rule: 'snow.deadline',
    facts: {
      snowfallEndedAtMs: endedAtMs,
      deadlineAtMs: deadline.fixByMs,
      lateS: Math.round((nowMs - deadline.fixByMs) / 1000),
      policyId: deadline.policyId,
      snowfallSource: snowfall.source,
    },
  });
}
