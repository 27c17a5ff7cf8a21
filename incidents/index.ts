// The face of the room: when a hazard is held to be there, and what people decide about it.
export {
  appealReach,
  appealsNear,
  linkAppeal,
  matchWaiting,
  proposalsNow,
  receiveAppeal,
  unlinkAppeal,
  type Received,
} from './appeals.ts';
export { followTasks, nextByTasks } from './follow.ts';
export { judge, type Judgement, type Raise, type Scene } from './judge.ts';
export { openJudge, runJudge, type Judge, type JudgeOptions } from './judge-loop.ts';
export { closesByCamera, isAct, lawful, moveIncident, moves, takenBack, type Actor, type Move } from './lifecycle.ts';
export { openManual, type ManualIncident } from './manual.ts';
export { floodAt } from './flood.ts';
export { asksPeople, decideMass, isSingle, takeBackMass } from './mass.ts';
export { districtOf } from './place.ts';
export { byPriority } from './priority.ts';
export { shelveMaxMin, type IncidentSettings } from './settings.ts';
export {
  closeByPerson,
  giveVerdict,
  moveByPerson,
  takeBack,
  verdictWithinMs,
  type OpenTasks,
  type TaskWish,
  type VerdictOutcome,
} from './verdict.ts';
