// The face of the room: all that comes in, pictures, packets and weather.
export { cutClip, type Cut, type CutAsk, type CutNeeds, type CutResult } from './cut.ts';
export { startEye, type Eye, type EyeOptions, type EyeState, type LookAnswer, type LookAsk } from './eye/eye.ts';
export { openLive, type Live, type LiveOptions, type LiveState, type LiveViewer } from './live.ts';
export { joinMpeg1, type Mpeg1Viewer } from './live-mpeg1.ts';
export { lookOf } from './look.ts';
export { loadMark, runScheduler, type SchedulerNeeds } from './scheduler.ts';
export { plan, type PlanFact, type PlanSettings } from './plan.ts';
export { type IngestSettings, type SchedulerSettings, type WorkerSettings } from './settings.ts';
export { parseAddress as parseCameraAddress } from './sources/address.ts';
export { readOnset, readWeather, runWeather } from './weather/run.ts';
export type { WeatherSource } from './weather/source.ts';
export { openMeteo } from './weather/open-meteo.ts';
export { runWorker, type WorkerNeeds } from './worker.ts';
