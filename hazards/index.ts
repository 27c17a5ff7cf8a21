// The face of the room: what each hazard is, how bad, by when.
export { hazardNames } from '#core/hazard-name';
export { hazards, issues } from './list.ts';
export { adaptSight, correctionOf, lessonsOf, logOdds, marginOf, movedBy, networkOf } from './adapted.ts';
export { cannotSee, elsewhere, observe, observeBeat, observeStory, type LookMark } from './observe.ts';
export { groundMark } from './ground.ts';
export { Belief, heldBelow, judgedSince, speaksOf, type Entry, type Persistence } from './persistence.ts';
export { leastShare, limitOf, reachIn, reachOf, withinReach, type Measure, type ZoneReach } from './reach.ts';
export { addHours, deadlineOf, policyFor, type CityTime, type Deadline, type PolicyQuestion } from './policy.ts';
export { severityOf, severityReasons, type SeverityFacts, type SeverityReason } from './severity.ts';
export { HazardSettings, defaultHazardSettings, tuned, type HazardTuning } from './settings.ts';
export { heldTexts, severityReasonTexts, waitTexts } from './texts.ts';
export { heldRules, type HeldRule } from './hazard.ts';
export type { Circumstances, Finding, Hazard, HazardTexts, IssueCard, Reading, WaitReason } from './hazard.ts';
export { farLess, likeBefore } from './like-before.ts';
