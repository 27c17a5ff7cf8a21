// Flooding is a state: persistence decides. Weather never suppresses it; it only names what the water may come from.
import type { Circumstances, Finding } from '../hazard.ts';
import { rounded } from '../ground.ts';
import { heldGone, heldOpen, type Belief, type Entry } from '../persistence.ts';
import { commonSub, raise } from '../raise.ts';

/** Water in frost without rain is taken for a burst pipe (domain 3.5). */
const burstBelowC = -3;

/** How much the level rose since the zone was last clear and in how many seconds; nothing where no clear look is remembered. */
function growthOf(belief: Belief, newest: Entry | undefined): Record<string, number> {
  const dry = belief.entries.findLast((e) => e.word === 'clear');
  if (!dry || !newest || newest.atMs <= dry.atMs) return {};
  return { grewBy: rounded(newest.level - dry.level), grewInS: Math.round((newest.atMs - dry.atMs) / 1000) };
}

/** Where nothing brought water from the sky, the place must have been seen without it so long ago at most: water that is there came. */
const cameWithinS = 86_400;

/**
 * Water comes from somewhere. Where neither rain nor thaw brought any for hours, dark slush and headlights on a dry crossing look like it to
 * one sign; a burst pipe shows on the surface and in the level of most looks, and the place was clear before it. Ice and polished stone
 * mirror the sky from the first look on. Weather that nobody knows asks for nothing. Undefined when the water has a reason.
 */
function whyNot(
  hazardLooks: readonly Entry[],
  belief: Belief,
  { city, lastWetMs, nowMs, settings }: Circumstances,
): 'one-sign' | 'always-so' | undefined {
  const { dryAfterS, floodLevel, waterShare } = settings.flooding;
  if (lastWetMs === undefined) return undefined;
  const since = (ms: number | null): number => (ms === null ? Infinity : ((nowMs - ms) / 1000) * city.pace);
  if (since(lastWetMs) <= dryAfterS) return undefined;
  const both = hazardLooks.filter(
    ({ facts }) => number(facts['share']) >= waterShare && number(facts['flood']) >= floodLevel,
  );
  if (both.length * 2 <= hazardLooks.length) return 'one-sign';
  return since(belief.lastClearMs) <= cameWithinS ? undefined : 'always-so';
}

const number = (fact: unknown): number => (typeof fact === 'number' ? fact : 1);

/** Raises when persistence holds; the subtype becomes `pipe_burst` in dry frost. */
export function ruleFlooding(belief: Belief, circumstances: Circumstances): Finding {
  const { city, settings, weather } = circumstances;
  const { persistence } = settings.flooding;
  const clears = heldGone(belief, persistence, city.pace);
  if (clears) return { kind: 'gone', clears };
  const held = heldOpen(belief, persistence, city.pace);
  if (held.kind === 'not-yet') return { kind: 'wait', reason: held.reason };
  const reason = whyNot(held.hazards, belief, circumstances);
  if (reason) return { kind: 'wait', reason };
  const dryFrost = weather !== undefined && weather.rainMmH === 0 && weather.temperatureC <= burstBelowC;
  const sub = dryFrost ? 'pipe_burst' : commonSub(held.hazards);
  return raise('flooding', held, belief, circumstances, {
    sub,
    rule: 'flooding.persistence',
    facts: { dryFrost, ...growthOf(belief, held.hazards.at(-1)) },
  });
}
