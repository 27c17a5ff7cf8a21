// The city as screens need it, and who has signed in.
import { z } from 'zod';
import { Language, Texts } from '#core/hazard-name';
import { Role } from '#core/person';
import { Point } from '#core/place';
import { Permission } from './permissions.ts';
import { id, moment } from './wire.ts';

export const City = z.object({
  name: Texts,
  /** IANA zone in which every moment is shown. */
  zone: z.string(),
  /** 1 in life; a demo city lives faster and every long duration is divided by it. */
  pace: z.number(),
  /** Said on screen where pace is not 1. */
  paceNote: Texts.nullable(),
  centre: Point,
  zoom: z.number(),
  attribution: z.string(),
});

export const Welcome = z.object({ city: Texts, version: z.string() });

export const Me = z.object({
  person: z.object({
    id,
    login: z.string(),
    name: z.string(),
    roles: z.array(Role),
    agencyId: z.string().nullable(),
    language: Language,
  }),
  /** Name of the person's agency, when there is one. */
  agency: Texts.nullable(),
  permissions: z.array(Permission),
  /** To what the person's roles are limited; null where they are not. */
  limits: z
    .object({ groups: z.array(Texts).nullable(), untilMs: moment.nullable(), historyFromMs: moment.nullable() })
    .nullable()
    .default(null),
  csrf: z.string(),
  city: City,
  version: z.string(),
  nowMs: moment,
  /** Number of the change feed at this moment: the first `since`. */
  feed: z.number(),
});
export type Me = z.infer<typeof Me>;

const Geometry = z.object({ type: z.string(), coordinates: z.array(z.unknown()) });

/** Lines and areas of the city as GeoJSON. */
export const Features = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.object({ type: z.literal('Feature'), geometry: Geometry, properties: z.record(z.string(), z.unknown()) }),
  ),
});
export type Features = z.infer<typeof Features>;

export const CityMap = z.object({ districts: Features, outline: Features, attribution: z.string() });
