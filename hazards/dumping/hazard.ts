// Dumping: an act that leaves a state. Thresholds and windows with their defaults are in settings.ts beside this file.
import { defineHazard } from '../hazard.ts';
import { iconSvg } from './icon.ts';
import { readDumping } from './read.ts';
import { ruleDumping } from './rule.ts';
import { texts } from './texts.ts';

/** An act: a vehicle stands ≥ 8 s and unloads, or leaves a heap. A heap alone: 3 of 4 looks over ≥ 30 min. */
export const dumping = defineHazard({
  name: 'dumping',
  sight: 'watch',
  classes: ['tipper_raised', 'lorry', 'car', 'person', 'heap', 'sacks'],
  zoneKinds: ['no-dumping', 'container-site', 'snow-storage', 'yard-entry'],
  subs: ['tipper', 'tanker', 'mixer', 'van', 'heap_only'],
  selfClears: true,
  clip: true,
  violation: true,
  reopenWithinS: 7 * 24 * 3600,
  reviewWithinS: 2 * 3600,
  rejectReasons: ['shadow', 'permitted_place', 'wet_asphalt', 'works', 'lens', 'weather', 'other'],
  texts,
  iconSvg,
  persistenceOf: ({ dumping: { persistence } }) => persistence,
  read: readDumping,
  rule: ruleDumping,
});
