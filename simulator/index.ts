// The simulator: an outside world with known truth. It knows nothing of what watches it.
export { startCity } from './city.ts';
export type { CameraTruth, City, CityCamera, CityOptions } from './city.ts';
export { Fault, type FaultInput } from './faults.ts';
export { listCameras } from './mounting.ts';
export { loadScenario } from './scenario.ts';
export type { Scenario } from './scenario.ts';
export * as life from './life/index.ts';
export { onvifFaults, startOnvif } from './onvif.ts';
export type { OnvifDevice, OnvifFault, OnvifOptions } from './onvif.ts';
