// Any other issue of the city's upkeep: people alone open it, no eye looks for it, and people judge its work.
import type { IssueCard } from '../hazard.ts';
import { iconSvg } from './icon.ts';
import { texts } from './texts.ts';

/** Kinds, by which an addressee and a term are found; what exactly it is says the leaf of the city's tree. */
export const upkeep: IssueCard = {
  name: 'upkeep',
  subs: [
    'lighting',
    'road',
    'signals',
    'debris',
    'trees',
    'containers',
    'fences',
    'grounds',
    'shelters',
    'facades',
    'heat',
    'water',
    'power',
  ],
  selfClears: false,
  clip: false,
  violation: false,
  reopenWithinS: 7 * 24 * 3600,
  reviewWithinS: 2 * 3600,
  rejectReasons: ['works', 'permitted_place', 'within_deadline', 'duplicate', 'weather', 'bad_image', 'other'],
  texts,
  iconSvg,
};
