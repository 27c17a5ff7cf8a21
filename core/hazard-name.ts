// The four hazards by name, what people alone report beside them, and the words around them that every room needs.
import { z } from 'zod';

export const hazardNames = ['snow', 'flooding', 'open-manhole', 'dumping'] as const;
export const HazardName = z.enum(hazardNames);
export type HazardName = z.infer<typeof HazardName>;

/** What an incident can be of: the hazards that eyes look for, and any other issue of the city's upkeep, which people alone open. */
export const issueNames = [...hazardNames, 'upkeep'] as const;
export const IssueName = z.enum(issueNames);
export type IssueName = z.infer<typeof IssueName>;

/** Is it one that eyes look for? Zones, looks, models and the numbers of the eyes know no other. */
export const isSeen = (issue: IssueName): issue is HazardName => issue !== 'upkeep';

export const zoneKinds = [
  'carriageway',
  'crossing',
  'pavement',
  'stop',
  'yard-entry',
  'underpass',
  'manhole',
  'no-dumping',
  'container-site',
  'snow-storage',
] as const;
export const ZoneKind = z.enum(zoneKinds);
export type ZoneKind = z.infer<typeof ZoneKind>;

export const severities = ['S1', 'S2', 'S3', 'S4'] as const;
export const Severity = z.enum(severities);
export type Severity = z.infer<typeof Severity>;

/** Languages of the product; every text exists in each of them. */
export const languages = ['kk', 'ru', 'en'] as const;
export const Language = z.enum(languages);
export type Language = z.infer<typeof Language>;

/** A text in all three languages. */
export const Texts = z.object({ kk: z.string(), ru: z.string(), en: z.string() });
export type Texts = z.infer<typeof Texts>;
