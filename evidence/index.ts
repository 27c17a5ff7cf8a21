// The face of the room: clips and violations, their seals and their openers.
export { articlesFor, candidates } from './articles.ts';
export { clipWindow, planClip } from './clip-plan.ts';
export { checkCustody, recordView, type CustodyCheck } from './custody.ts';
export { plateOf, sayPlate, type ViolationPlate } from './plate.ts';
export { checkBytes, checkSeals, loseClip, sealClip, sealOf, type CutFacts, type SealCheck } from './seal.ts';
export { type EvidenceSettings } from './settings.ts';
export {
  chooseArticle,
  dismissViolation,
  mayBecomeViolation,
  openDraft,
  recordOutcome,
  reviewSecond,
  violationMoves,
} from './violation.ts';
export { articlesOfDay, markViolation, offeredFor } from './violation-mark.ts';
