// Dumping is an act that leaves a state. A story raises at once; a heap that nobody was seen making needs persistence.
import type { Circumstances, Finding } from '../hazard.ts';
import { heldGone, heldOpen, type Belief, type Entry } from '../persistence.ts';
import { raise } from '../raise.ts';

/** An act is raised by the observation that tells it and never again; a heap while persistence holds. */
export function ruleDumping(belief: Belief, circumstances: Circumstances, act: Entry | undefined): Finding {
  const { city, settings } = circumstances;
  const { persistence } = settings.dumping;
  if (act) {
    const stoppedS = typeof act.facts['stoppedS'] === 'number' ? act.facts['stoppedS'] : 0;
    const held = { entries: [act], hazards: [act], overS: stoppedS };
    const found = raise('dumping', held, belief, circumstances, { sub: act.sub, rule: 'dumping.act', act: true });
    const before = act.facts['stillBefore'];
    if (found.kind !== 'raise' || typeof before !== 'string') return found;
    const came = act.facts['cameAtMs'];
    return { ...found, beforeSha256: before, beforeAtMs: typeof came === 'number' ? came : null };
  }
  const clears = heldGone(belief, persistence, city.pace);
  if (clears) return { kind: 'gone', clears };
  const held = heldOpen(belief, persistence, city.pace);
  if (held.kind === 'not-yet') return { kind: 'wait', reason: held.reason };
  return raise('dumping', held, belief, circumstances, { sub: 'heap_only', rule: 'dumping.heap' });
}
