// Flooding: a state. Thresholds and windows with their defaults are in settings.ts beside this file.
import { defineHazard } from '../hazard.ts';
import { iconSvg } from './icon.ts';
import { readFlooding } from './read.ts';
import { ruleFlooding } from './rule.ts';
import { texts } from './texts.ts';

/** Held flooded: water on ≥ 20 % of the zone, or a flood level ≥ 0.5, in 3 of 4 looks over ≥ 6 min. */
export const flooding = defineHazard({
  name: 'flooding',
  sight: 'glance',
  classes: [],
  zoneKinds: ['carriageway', 'underpass', 'crossing', 'pavement', 'stop', 'yard-entry'],
  subs: ['carriageway', 'underpass', 'yard', 'pavement', 'sewer_overflow', 'pipe_burst'],
  selfClears: true,
  clip: false,
  violation: false,
  reopenWithinS: 24 * 3600,
  reviewWithinS: 2 * 3600,
  rejectReasons: ['shadow', 'reflection', 'wet_asphalt', 'works', 'lens', 'weather', 'other'],
  texts,
  iconSvg,
  persistenceOf: ({ flooding: { persistence } }) => persistence,
  read: readFlooding,
  rule: ruleFlooding,
});
