// What the deployer writes, and its reading.
export { Settings, type Secrets } from './schema.ts';
export { loadConfig, pathOf, settingsJsonSchema, type Loaded } from './load.ts';
export { readSecrets, secretOf, type Environment } from './secrets.ts';
export { parseYaml } from './explain.ts';
export { loadCity, loadCameras, type City } from './city.ts';
