// Shapes of the video wall.
import { z } from 'zod';
import { HazardName, Severity, Texts, IssueName } from '#core/hazard-name';
import { IncidentState } from '#core/incident';
import { DistrictId, Point } from '#core/place';
import { TaskState } from '#core/task';
import { Weather } from '#core/weather';
import { ProofOfLife } from './queue.ts';
import { id, moment } from './wire.ts';

const bySeverity = z.object({ S1: z.number(), S2: z.number(), S3: z.number(), S4: z.number() });

export const wallPanels = ['weather', 'counts', 'cards', 'map', 'eyes', 'desk', 'masses', 'today'] as const;

export type WallPanel = (typeof wallPanels)[number];

export const Wall = z.object({
  nowMs: moment,
  /** Panels that could not be read now and stand as they last were; null: never since the server started. The others are true. */
  stale: z.array(z.object({ panel: z.enum(wallPanels), asOfMs: moment.nullable() })),
  feed: z.number(),
  weather: Weather.nullable(),
  snowingSinceMs: moment.nullable(),
  open: bySeverity,
  late: z.number(),
  districts: z.array(z.object({ district: DistrictId, hazard: IssueName, open: z.number(), late: z.number() })),
  /** Three at most, worst first; none of a restricted site, no person's name. */
  worst: z.array(
    z.object({
      id,
      number: z.number().int(),
      hazard: IssueName,
      sub: z.string(),
      severity: Severity,
      state: IncidentState,
      place: Texts,
      district: DistrictId,
      point: Point,
      sinceMs: moment,
      agency: Texts.nullable(),
      taskState: TaskState.nullable(),
    }),
  ),
  /** Open incidents as marks for the wall's map; places only. */
  marks: z.array(z.object({ id, hazard: IssueName, severity: Severity, point: Point })),
  life: ProofOfLife,
  /** Mass incidents with anything left to do, the most places first. */
  masses: z.array(
    z.object({
      number: z.number().int(),
      hazard: HazardName,
      severity: Severity,
      district: DistrictId,
      places: z.number().int(),
    }),
  ),
  waiting: z.object({ n: z.number(), oldestSinceMs: moment.nullable() }),
  /** How many sit at desks; no names. */
  seats: z.object({ working: z.number().int(), paused: z.number().int() }),
  today: z.object({ raised: z.number(), right: z.number(), decided: z.number() }),
});
export type Wall = z.infer<typeof Wall>;
