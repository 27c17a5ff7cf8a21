// The whole view of one incident, and who would get a task because of it.
import { z } from 'zod';
import { Texts } from '#core/hazard-name';
import { Incident, Mark } from '#core/incident';
import { Weather } from '#core/weather';
import { CameraMark, ZoneView } from './cameras.ts';
import { HistoryLine, IncidentCard } from './incidents.ts';
import { StillView, StripLook } from './stills.ts';
import { TaskCard } from './tasks.ts';
import { ClipFacts } from './violations.ts';
import { id, moment } from './wire.ts';

/** Who would get the task now, by which rule, and due when if it were confirmed now. */
export const Recipient = z.object({
  agencyId: id,
  name: Texts,
  role: z.enum(['primary', 'copy']),
  acceptByMs: moment,
  makeSafeByMs: moment.nullable(),
  fixByMs: moment,
  /** Why this agency: the id of the routing rule, or that it owns the thing. */
  why: z.string(),
  policyId: z.string(),
});
export type Recipient = z.infer<typeof Recipient>;

export const IncidentView = z.object({
  card: IncidentCard,
  incident: Incident,
  camera: CameraMark.nullable(),
  zones: z.array(ZoneView),
  marks: z.array(Mark),
  now: StillView.nullable(),
  before: StillView.nullable(),
  /** Newest last; up to nine of the last 48 h in this zone. */
  strip: z.array(StripLook),
  weather: Weather.nullable(),
  history: z.array(HistoryLine),
  /** Open incidents within 150 m, nearest first. */
  neighbours: z.array(z.object({ card: IncidentCard, distanceM: z.number() })),
  /** Other cameras within 200 m, nearest first. */
  camerasNear: z.array(z.object({ mark: CameraMark, distanceM: z.number() })),
  /** Empty where no rule leads anywhere: `routeProblem` then says why. */
  recipients: z.array(Recipient),
  routeProblem: z.string().nullable(),
  tasks: z.array(TaskCard),
  clips: z.array(ClipFacts),
  /** How many cameras see it: its own and those whose views were put to it. */
  cameras: z.number().int(),
  /** How often this hazard was confirmed among decided ones of the last 90 days; null under 30 verdicts. */
  precision: z.object({ right: z.number().int(), n: z.number().int() }).nullable(),
});
export type IncidentView = z.infer<typeof IncidentView>;
