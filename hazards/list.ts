// The list of hazards. A new hazard is one folder and one line here.
import type { HazardName } from '#core/hazard-name';
import { dumping } from './dumping/hazard.ts';
import { flooding } from './flooding/hazard.ts';
import type { Hazard } from './hazard.ts';
import { openManhole } from './open-manhole/hazard.ts';
import { snow } from './snow/hazard.ts';

export const hazards: Readonly<Record<HazardName, Hazard>> = {
  snow,
  flooding,
  'open-manhole': openManhole,
  dumping,
};
