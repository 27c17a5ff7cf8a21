// The list of hazards, and of what people alone report. A new hazard is one folder and one line here.
import type { HazardName, IssueName } from '#core/hazard-name';
import { dumping } from './dumping/hazard.ts';
import { flooding } from './flooding/hazard.ts';
import type { Hazard, IssueCard } from './hazard.ts';
import { openManhole } from './open-manhole/hazard.ts';
import { snow } from './snow/hazard.ts';
import { upkeep } from './upkeep/card.ts';

export const hazards: Readonly<Record<HazardName, Hazard>> = {
  snow,
  flooding,
  'open-manhole': openManhole,
  dumping,
};

/** The cards of everything that an incident can be of; only `hazards` are looked for. */
export const issues: Readonly<Record<IssueName, IssueCard>> = { ...hazards, upkeep };
