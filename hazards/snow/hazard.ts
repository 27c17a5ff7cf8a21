// Snow: a state with a clock. Thresholds and windows with their defaults are in settings.ts beside this file.
import { defineHazard } from '../hazard.ts';
import { iconSvg } from './icon.ts';
import { readSnow } from './read.ts';
import { ruleSnow } from './rule.ts';
import { texts } from './texts.ts';

/** Held covered: ≥ 30 % of the visible ground in 3 of 3 looks over ≥ 30 min; raised after the deadline, a windrow at once. */
export const snow = defineHazard({
  name: 'snow',
  sight: 'glance',
  classes: ['heap'],
  zoneKinds: ['carriageway', 'crossing', 'stop', 'pavement', 'yard-entry'],
  subs: ['carriageway', 'windrow', 'stop', 'crossing', 'pavement', 'yard', 'ice'],
  selfClears: true,
  clip: false,
  violation: false,
  reopenWithinS: 72 * 3600,
  reviewWithinS: 12 * 3600,
  rejectReasons: ['shadow', 'within_deadline', 'wet_asphalt', 'works', 'lens', 'weather', 'other'],
  texts,
  iconSvg,
  persistenceOf: ({ snow: { persistence } }) => persistence,
  read: readSnow,
  rule: ruleSnow,
});
