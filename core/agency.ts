// Bodies that receive tasks, and what they own.
import { z } from 'zod';
import { Texts } from './hazard-name.ts';
import { AgencyId } from './ids.ts';
import { Point } from './place.ts';

export const agencyKinds = [
  'department',
  'akimat',
  'utility',
  'housing_body',
  'contractor',
  'police',
  'control',
] as const;
export const AgencyKind = z.enum(agencyKinds);

export const deliveryWays = ['page', 'email', 'webhook', 'hold'] as const;
export const DeliveryWayName = z.enum(deliveryWays);
export type DeliveryWayName = z.infer<typeof DeliveryWayName>;

export const Agency = z.strictObject({
  id: AgencyId,
  kind: AgencyKind,
  name: Texts,
  /** How tasks reach it, besides its page, which always shows them. */
  ways: z.array(DeliveryWayName).default(['page']),
  email: z.string().optional(),
  webhook: z.url().optional(),
  /** Who answers at night and on holidays; a rule that leads to an agency without one is refused at load time. */
  duty: z.string().min(1),
});
export type Agency = z.infer<typeof Agency>;

/** A registered thing on the ground with an owner: a cover, a gully, a chamber. */
export const Asset = z.strictObject({
  id: z.string(),
  kind: z.string(),
  owner: AgencyId,
  point: Point,
  validFrom: z.string(),
  validTo: z.string().optional(),
});
export type Asset = z.infer<typeof Asset>;
