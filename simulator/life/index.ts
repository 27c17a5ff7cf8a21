// A town lived at the level of what eyes say of it: weather, hazards, nuisances and errors over days and seasons.
export { readErrors, ErrorModel } from './errors.ts';
export { lifeOf, usefulS, type Life, type Planted, type Trouble, type Visit } from './happenings.ts';
export { beatOf, sightAt, storyOf, type Seeing } from './seen.ts';
export { seasons, skyOf, type Season, type SkyOf } from './sky.ts';
export { sortOf, townOf } from './town.ts';
