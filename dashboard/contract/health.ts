// Health as the screens ask for it: what was due and what was done, incidents of the whole site, blind cameras, facts of one camera.
import { z } from 'zod';
import { HealthState } from '#core/camera';
import { FactWord, HealthFactName } from '#core/health-facts';
import { HazardName, Texts } from '#core/hazard-name';
import { DistrictId } from '#core/place';
import { SiteIncidentKind } from '#core/site-incident';

const id = z.string().min(1).max(80);
const moment = z.number();

/** Looks due and done in a stretch of time; `hazard` null: all looks, each once. `share` is null where none was due. */
export const Coverage = z.object({
  hazard: HazardName.nullable(),
  due: z.number().int(),
  done: z.number().int(),
  /** Of the done ones, those whose picture could be judged. */
  seen: z.number().int(),
  /** Left out because more was due than could be done. */
  shed: z.number().int(),
  /** Gone by before they could be handed out. */
  missed: z.number().int(),
  share: z.number().min(0).max(1).nullable(),
});
export type Coverage = z.infer<typeof Coverage>;

export const SiteTrouble = z.object({
  kind: SiteIncidentKind,
  sinceMs: moment,
  lastMs: moment,
  /** Null while it lasts. */
  untilMs: moment.nullable(),
  cameras: z.number().int(),
  detail: z.string(),
});
export type SiteTrouble = z.infer<typeof SiteTrouble>;

/** A camera by which nothing can be judged, as it was told. */
export const BlindNotice = z.object({
  cameraId: id,
  name: Texts.nullable(),
  district: DistrictId.nullable(),
  state: HealthState,
  sinceMs: moment,
  toldAtMs: moment,
  untilMs: moment.nullable(),
  /** Part of an incident of the whole site: then that one was told. */
  isPartOfSite: z.boolean(),
});
export type BlindNotice = z.infer<typeof BlindNotice>;

/** The last minute of handing out. */
export const LookLoad = z.object({
  atMs: moment,
  putPerMinute: z.number(),
  shedPerMinute: z.number(),
  missedPerMinute: z.number(),
  needPerMinute: z.number(),
  waiting: z.number(),
  lateS: z.number(),
});

export const Health = z.object({
  nowMs: moment,
  /** Since the city's midnight. */
  dayFromMs: moment,
  today: z.array(Coverage),
  /** All looks by hour of the last 24, oldest first. */
  hours: z.array(Coverage.omit({ hazard: true }).extend({ hourMs: moment })),
  /** The last minute: looks put, left out, needed; null before the first. */
  load: LookLoad.nullable(),
  /** Open ones and those of the last day, the newest first. */
  site: z.array(SiteTrouble),
  /** How many cameras are blind now, by reason. */
  blind: z.array(z.object({ state: HealthState, n: z.number().int(), inSite: z.number().int() })),
  /** The newest of them. */
  notices: z.array(BlindNotice),
  /** What is measured bad of which camera (key interval, bit rate, pictures left out, clock), the newest first, at most 200. */
  measured: z.array(
    z.object({
      cameraId: id,
      name: Texts.nullable(),
      fact: HealthFactName,
      sinceMs: moment,
      value: z.number().nullable(),
    }),
  ),
});
export type Health = z.infer<typeof Health>;

export const CameraHealthView = z.object({
  nowMs: moment,
  /** Do living pictures come? Null before the first look. */
  online: z.boolean().nullable(),
  /** Since when no look could be judged; null while they can. */
  blindSinceMs: moment.nullable(),
  facts: z.array(
    z.object({
      name: HealthFactName,
      word: FactWord,
      sinceMs: moment,
      /** Seconds, bits a second, or percent. */
      value: z.number().nullable(),
      /** Of the bit rate: what the camera usually has, bits a second. */
      usual: z.number().nullable(),
      /** The newest looks say otherwise, but not for long enough. */
      isDoubted: z.boolean(),
    }),
  ),
  /** When it was last judged for each hazard that it watches for. */
  good: z.array(z.object({ hazard: HazardName, atMs: moment.nullable() })),
  notices: z.array(BlindNotice),
});
export type CameraHealthView = z.infer<typeof CameraHealthView>;

export const healthRoutes = {
  health: { method: 'GET', path: '/api/health', answer: Health, may: 'see-system' },
  cameraHealth: {
    method: 'GET',
    path: '/api/cameras/:id/health',
    params: z.object({ id }),
    answer: CameraHealthView,
    may: 'see-cameras',
  },
} as const;
