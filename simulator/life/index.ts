// A town lived at the level of what eyes say of it: weather, hazards, nuisances and errors over days and seasons.
export { beatAmid, sightAmid } from './astray.ts';
export { readErrors, ErrorModel } from './errors.ts';
export {
  concerns,
  lifeOf,
  nuisances,
  usefulS,
  type Ground,
  type Life,
  type LifeOptions,
  type Nuisance,
  type Planted,
  type Spot,
  type Trouble,
  type Visit,
} from './happenings.ts';
export { normal, uniform } from './noise.ts';
export { beatOf, sightAt, storyOf, type Seeing } from './seen.ts';
export { seasons, skyOf, type Season, type SkyOf, type Spell } from './sky.ts';
export { siteOf, sortOf, sorts, townOf, type Sort } from './town.ts';
