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
  if (sub === 'works' && isCrewThere(belief, held, settings['open-manhole'].crewS / city.pace)) {
    return { kind: 'wait', reason: 'works' };
  }
  return raise('open-manhole', held, belief, circumstances, {
    sub,
    rule: 'open-manhole.persistence',
    facts: { freeLooks: free.length },
    fenced: sub === 'works',
  });
}

/** A crew bends down, walks behind its van, fetches a tool: whoever was seen lately is still at work. */
function isCrewThere(belief: Belief, held: { readonly hazards: readonly Entry[] }, crewS: number): boolean {
  const isManned = (entry: Entry): boolean => entry.facts['manned'] === true;
  if (held.hazards.some(isManned)) return true;
  const newest = held.hazards.at(-1);
  const seen = belief.entries.findLast(isManned);
  return newest !== undefined && seen !== undefined && newest.atMs - seen.atMs <= crewS * 1000;
}
