// The face of what the numbers page counts.
export * from './numbers-claims.ts';
export * from './numbers-eyes.ts';
export * from './numbers-lists.ts';
export * from './numbers-week.ts';
export { looksJudged, rollHours } from './look-hours.ts';
