// The face of the room: which agency, which letter, by when, did it arrive, was it done.
export { newsLetter, openAppealNews, runAppealNews, type AppealNewsSettings } from './appeal-news.ts';
export { bindingAfter, rerouteTask, takeAnswer } from './answer.ts';
export { openCourier, runCourier, type Courier, type CourierOptions } from './courier.ts';
export { waysOf, type Ways } from './delivery/list.ts';
export { signatureOf } from './delivery/webhook.ts';
export { letterOf, type Letter } from './letter.ts';
export { moveTask, type TaskActor } from './lifecycle.ts';
export { openTasks, previewRoute, type OpenOptions, type Recipient } from './open.ts';
export { route, type Route, type RouteQuestion } from './route.ts';
export { checkRouting, checkRules, type RuleFault, type RuleTables } from './routing-check.ts';
export { freezeScores, runScores, scoreMonthOf, scoresFreezeAtMs } from './score.ts';
export { type CourierSettings, type EmailSettings, type TaskSettings } from './settings.ts';
export {
  cameraWord,
  cancelTask,
  checkTask,
  returnTask,
  verifyTask,
  type CameraWord,
  type PersonCheck,
} from './verify.ts';
