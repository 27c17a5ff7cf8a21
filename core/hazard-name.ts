// The four hazards by name, and the words around them that every room needs.
import { z } from 'zod';

export const hazardNames = ['snow', 'flooding', 'open-manhole', 'dumping'] as const;
export const HazardName = z.enum(hazardNames);
export type HazardName = z.infer<typeof HazardName>;

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
