// An open manhole is always urgent: persistence, and at least one look without a vehicle over it.
import type { Circumstances, Finding } from '../hazard.ts';
import { heldGone, heldOpen, type Belief } from '../persistence.ts';
import { commonSub, raise } from '../raise.ts';

/** A vehicle's shadow or wheel arch looks like a hole, so one look must have been free of vehicles. Fenced works with a crew are recorded, not raised. */
export function ruleOpenManhole(belief: Belief, circumstances: Circumstances): Finding {
  const { city, settings } = circumstances;
  const { persistence } = settings['open-manhole'];
  const clears = heldGone(belief, persistence, city.pace);
  if (clears) return { kind: 'gone', clears };
  const held = heldOpen(belief, persistence, city.pace);
  if (held.kind === 'not-yet') return { kind: 'wait', reason: held.reason };
  const free = held.hazards.filter((e) => e.facts['vehicleOver'] !== true);
  if (free.length === 0) return { kind: 'wait', reason: 'vehicle-over' };
  // Works with their crew are recorded and wake nobody; a fence that was left alone is raised one step lower.
  if (held.hazards.every((e) => e.facts['manned'] === true)) return { kind: 'wait', reason: 'works' };
  const sub = commonSub(held.hazards);
  return raise('open-manhole', held, belief, circumstances, {
    sub,
    rule: 'open-manhole.persistence',
    facts: { freeLooks: free.length },
    fenced: sub === 'works',
  });
}
