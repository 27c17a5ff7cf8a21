// Dated rows of the city: routing, deadlines, articles of law, days off. Edited as data, never constants in code.
import { z } from 'zod';
import { HazardName, IssueName, Severity, Texts, ZoneKind } from './hazard-name.ts';
import { AgencyId } from './ids.ts';
import { DistrictId, StreetClass } from './place.ts';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day as YYYY-MM-DD');
const dated = {
  validFrom: day,
  validTo: day.optional(),
  source: z.string(),
  certainty: z.enum(['high', 'medium', 'low', 'product default']),
};

export const clockKinds = ['24x7', 'work_days', 'work_hours'] as const;

/** Accept, make safe and fix within how long, from which event (domain 3.7). Hours; the city's pace shortens them. */
export const Policy = z.strictObject({
  id: z.string(),
  hazard: IssueName,
  /** Empty = any. */
  sub: z.string().default(''),
  severity: Severity.optional(),
  streetClasses: z.array(StreetClass).default([]),
  event: z.enum(['confirmed', 'end_of_snowfall', 'detected', 'end_of_rain']),
  clock: z.enum(clockKinds),
  acceptH: z.number().positive(),
  makeSafeH: z.number().positive().optional(),
  fixH: z.number().positive(),
  ...dated,
});
export type Policy = z.infer<typeof Policy>;

/** First match by priority wins; absent fields match everything (domain 3.5). */
export const RoutingRule = z.strictObject({
  id: z.string(),
  priority: z.number().int(),
  hazard: IssueName,
  sub: z.string().default(''),
  zoneKinds: z.array(ZoneKind).default([]),
  streetClasses: z.array(StreetClass).default([]),
  district: DistrictId.optional(),
  severityMin: Severity.optional(),
  primary: AgencyId,
  copy: z.array(AgencyId).default([]),
  secondChoice: AgencyId.optional(),
  ...dated,
});
export type RoutingRule = z.infer<typeof RoutingRule>;

/** A candidate article with its test; a person chooses, none is chosen beforehand (domain 3.8). */
export const Article = z.strictObject({
  id: z.string(),
  title: Texts,
  test: Texts,
  hazards: z.array(HazardName),
  subs: z.array(z.string()).default([]),
  fine: Texts,
  whoDrawsUp: Texts,
  ...dated,
});
export type Article = z.infer<typeof Article>;

export const holidayKinds = ['holiday', 'weekend_moved', 'transferred_off', 'transferred_work'] as const;
export const Holiday = z.strictObject({
  date: day,
  kind: z.enum(holidayKinds),
  nameKk: z.string(),
  nameRu: z.string(),
  certainty: z.string(),
});
export type Holiday = z.infer<typeof Holiday>;

/** Did the dated row hold on this local day (YYYY-MM-DD)? */
export const heldOn = (row: { validFrom: string; validTo?: string | undefined }, localDay: string): boolean =>
  row.validFrom <= localDay && (row.validTo === undefined || localDay <= row.validTo);
