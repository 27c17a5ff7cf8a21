// An open manhole is always urgent: persistence, and at least one look without a vehicle over it.
import type { Circumstances, Finding } from '../hazard.ts';
import { heldGone, heldOpen, type Belief, type Entry } from '../persistence.ts';
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
  const sub = commonSub(held.hazards);
  // Works with their crew are recorded and wake nobody; a fence that was left alone is raised one step lower.
  const newest = held.hazards.at(-1);
  if (sub === 'works' && newest && aloneS(belief, newest) < settings['open-manhole'].crewS / city.pace) {
    return { kind: 'wait', reason: 'works' };
  }
  return raise('open-manhole', held, belief, circumstances, {
    sub,
    rule: 'open-manhole.persistence',
    facts: { freeLooks: free.length },
    fenced: sub === 'works',
  });
}

/**
 * Seconds for which the opening has been seen fenced and no crew with it. A crew bends down, walks behind its van, fetches a
 * part: whoever was seen lately is still at work, and a fence that has just been met may have its crew around the corner.
 */
function aloneS(belief: Belief, newest: Entry): number {
  const clearedAtMs = belief.entries.findLast((e) => e.word === 'clear')?.atMs ?? -Infinity;
  const stretch = belief.entries.filter((e) => e.word === 'hazard' && e.atMs > clearedAtMs);
  const since = stretch.findLast((e) => e.facts['manned'] === true) ?? stretch[0] ?? newest;
  return (newest.atMs - since.atMs) / 1000;
}
