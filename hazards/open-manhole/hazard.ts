// Open manhole: always urgent. Thresholds and windows with their defaults are in settings.ts beside this file.
import { defineHazard } from '../hazard.ts';
import { iconSvg } from './icon.ts';
import { readOpenManhole } from './read.ts';
import { ruleOpenManhole } from './rule.ts';
import { texts } from './texts.ts';

/** Held open: a registered spot ≥ 0.6 open, or a box ≥ 0.5 on paved ground, in 3 of 4 looks over ≥ 2 min, one free of vehicles. */
export const openManhole = defineHazard({
  name: 'open-manhole',
  sight: 'glance',
  classes: ['manhole_open', 'manhole_closed', 'cone'],
  zoneKinds: ['manhole', 'carriageway', 'crossing', 'pavement', 'stop', 'yard-entry'],
  subs: ['missing', 'shifted', 'broken', 'grate', 'works'],
  selfClears: false,
  clip: false,
  violation: false,
  reopenWithinS: 7 * 24 * 3600,
  reviewWithinS: 2 * 3600,
  rejectReasons: ['shadow', 'reflection', 'wet_asphalt', 'works', 'lens', 'weather', 'other'],
  texts,
  iconSvg,
  persistenceOf: ({ 'open-manhole': { persistence } }) => persistence,
  read: readOpenManhole,
  rule: ruleOpenManhole,
});
