// What follows for incidents from what a hazard's rule found. Pure: the loop around it reads and writes.
import type { Severity } from '#core/hazard-name';
import { severities } from '#core/hazard-name';
import type { Incident } from '#core/incident';
import { issues, heldRules, speaksOf, type Finding, type HeldRule } from '#hazards';
import { isAct } from './lifecycle.ts';
import { isMistaken } from './quiet.ts';
import { paced } from './settings.ts';

export type Raise = Extract<Finding, { kind: 'raise' }>;

/** What is known around a finding when it is judged. */
export interface Scene {
  readonly finding: Finding;
  readonly nowMs: number;
  readonly pace: number;
  /** The open incident of this hazard in this zone of this camera. */
  readonly here: Incident | undefined;
  /** The nearest open incident of this hazard seen elsewhere within the merge radius. */
  readonly near: Incident | undefined;
  /** The incident of this place that was closed last. */
  readonly closed: Incident | undefined;
  /** What is seen is no more than the place showed before that incident, and far less than the incident did. */
  readonly isAsBefore: boolean;
  /** The last rejection there in this light, and until when it is silent whatever happens. */
  readonly quiet: { readonly sinceMs: number; readonly untilMs: number; readonly reason: string } | undefined;
  /** A person put this hazard of the whole camera off until later than now. */
  readonly isPutOff: boolean;
  /** When the zone was last seen clear of it; null when never. */
  readonly lastClearMs: number | null;
  /** When the incident of this place cleared itself last; null when not lately. */
  readonly clearedAtMs: number | null;
  /** For so long after that it is not raised again, milliseconds. */
  readonly coolDownMs: number;
  /** This camera and zone already gave their view to that incident. */
  readonly viewGivenTo: string | null;
}

/** Why nothing follows that need not be written down: there is nothing new in it. */
type Idle = 'still-counting' | 'nothing-to-clear' | 'seen-since' | 'view-given' | 'decided' | 'known';

export type Judgement =
  | { readonly kind: 'nothing'; readonly why: Idle }
  /** Something was seen and is kept from people by a rule; it is counted and can be listed. */
  | { readonly kind: 'held'; readonly rule: HeldRule; readonly lookSooner: boolean }
  | { readonly kind: 'look-sooner' }
  | { readonly kind: 'open'; readonly raise: Raise }
  | { readonly kind: 'merge'; readonly raise: Raise; readonly into: Incident }
  | { readonly kind: 'reopen'; readonly raise: Raise; readonly incident: Incident }
  | { readonly kind: 'change'; readonly raise: Raise; readonly incident: Incident; readonly unshelve: boolean }
  | { readonly kind: 'clear'; readonly incident: Incident };

const nothing = (why: Idle): Judgement => ({ kind: 'nothing', why });
const held = (rule: HeldRule, lookSooner = false): Judgement => ({ kind: 'held', rule, lookSooner });
const worse = (a: Severity, b: Severity): boolean => severities.indexOf(a) > severities.indexOf(b);

/** An incident that nobody has decided on yet. */
export const undecided: readonly Incident['state'][] = ['candidate', 'pending_review', 'escalated', 'shelved'];
const mayClear: readonly Incident['state'][] = ['candidate', 'pending_review'];
/** Suspicion that a further look may settle soon. */
const soon: readonly string[] = ['few-looks', 'short-time', 'contradicted', 'vehicle-over', 'below-raise'];

/** Judges one finding. The same scene always gives the same judgement. */
export function judge(scene: Scene): Judgement {
  const { finding, here } = scene;
  if (finding.kind === 'wait') {
    const rule = heldRules.find((one) => one === finding.reason);
    if (rule) return held(rule, soon.includes(rule));
    return soon.includes(finding.reason) ? { kind: 'look-sooner' } : nothing('still-counting');
  }
  if (finding.kind === 'gone') {
    if (!here || !mayClear.includes(here.state) || isAct(here)) return nothing('nothing-to-clear');
    // Looks that do not reach its place say nothing about it, nor do clear looks from before it opened.
    if (!finding.clears.every((clear) => speaksOf(clear, here.mark))) return held('out-of-reach');
    const newest = finding.clears.at(-1);
    return newest && newest.atMs > here.lastSeenAtMs ? { kind: 'clear', incident: here } : nothing('seen-since');
  }
  return finding.act ? judgeAct(scene, finding) : judgeState(scene, finding);
}

const isQuiet = ({ quiet, nowMs }: Scene): boolean => quiet !== undefined && nowMs < quiet.untilMs;

/** What threatens life is raised whatever was put off (domain 3.2 row 9). */
const isPutOff = (scene: Scene, { severity }: Raise): boolean => scene.isPutOff && severity !== 'S4';

/** What was rejected and has been there ever since is not told a second time; after so many days it is asked again. */
const sameForDays = 14;
const isSameAsRejected = ({ quiet, lastClearMs, nowMs, pace }: Scene): boolean =>
  quiet !== undefined &&
  isMistaken(quiet.reason) &&
  (lastClearMs ?? -Infinity) <= quiet.sinceMs &&
  nowMs < quiet.sinceMs + paced(sameForDays * 86_400, pace);

function judgeState(scene: Scene, raise: Raise): Judgement {
  const { here, near, closed, nowMs, pace } = scene;
  if (here) return judgeHere(here, raise);
  if (near) {
    return near.id === scene.viewGivenTo ? nothing('view-given') : { kind: 'merge', raise, into: near };
  }
  if (isQuiet(scene) || isSameAsRejected(scene)) return held('quiet');
  if (isPutOff(scene, raise)) return held('put-off');
  if (closed && closed.closedAtMs !== null) {
    const window = paced(issues[closed.hazard].reopenWithinS, pace);
    // What was seen before the closing is the old hazard, not its return.
    if (raise.lastSeenAtMs <= closed.closedAtMs) return held('before-closing');
    if (nowMs - closed.closedAtMs <= window) {
      return scene.isAsBefore ? held('as-before') : { kind: 'reopen', raise, incident: closed };
    }
  }
  const isCooling = scene.clearedAtMs !== null && nowMs < scene.clearedAtMs + scene.coolDownMs;
  if (isCooling && raise.severity !== 'S4') return held('cool-down');
  return { kind: 'open', raise };
}

function judgeHere(here: Incident, raise: Raise): Judgement {
  if (!undecided.includes(here.state)) return nothing('decided');
  if (!worse(raise.severity, here.severity)) return nothing('known');
  return { kind: 'change', raise, incident: here, unshelve: here.state === 'shelved' };
}

/** A second story of the same vehicle, or the heap of an act that was seen as a heap first, is one incident; a later act is another. */
const sameActS = 600;

function judgeAct(scene: Scene, raise: Raise): Judgement {
  const { here } = scene;
  if (here && isAct(here) && Math.abs(raise.lastSeenAtMs - here.lastSeenAtMs) <= sameActS * 1000) {
    return held('same-act');
  }
  if (here && undecided.includes(here.state) && !isAct(here)) {
    return { kind: 'change', raise, incident: here, unshelve: here.state === 'shelved' };
  }
  if (isQuiet(scene)) return held('quiet');
  if (isPutOff(scene, raise)) return held('put-off');
  return { kind: 'open', raise };
}
