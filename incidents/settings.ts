// What the judge and the desk may be set to. The deployer's file is read elsewhere; this is the shape that this room needs.
import type { HazardSettings } from '#hazards';

export interface IncidentSettings {
  /** The city's pace: long durations are divided by it. */
  readonly pace: number;
  /** IANA zone of the city. */
  readonly zone: string;
  readonly hazards: HazardSettings;
  /** A verdict can be taken back for this long, seconds; not divided, a person needs it. */
  readonly undoS: number;
  /** Cameras that see the same hazard within this distance see one incident, metres. */
  readonly mergeRadiusM: number;
  /** After a rejection the same hazard in the same zone is not raised for this long, minutes. */
  readonly quietAfterRejectMin: number;
  /** The judge looks into its inbox at least this often, seconds. */
  readonly judgeEveryS: number;
  /** A suspected hazard is looked at again after this long at the soonest, seconds; not divided, cameras have their own pace. */
  readonly followUpEveryS: number;
  /** Alarms that may reach the desks in ten minutes; more wait as candidates, S4 never waits (domain 5). */
  readonly alarmsPer10Min: number;
  /** What has just cleared itself is not raised again for this long, minutes; the critical is. */
  readonly coolDownMin: number;
  /** After so many incidents of one hazard, district and cause of weather the next one makes them one mass incident. */
  readonly massFromCause: number;
  /** The same without a common cause, in ten minutes in the whole city. */
  readonly massFrom: number;
  /** After a decision on a mass incident its newcomers ask again after this long, minutes. */
  readonly massPauseMin: number;
}

/** A silent minute of a queue before the next person is asked (domain 3.2, row 11; screens 2, unsure). */
export const escalateAfterS = { S4: 120, S3: 600, unsure: 300 } as const;

/** How far a place may be shelved, minutes (domain 3.2, row 9). */
export const shelveMaxMin = { operator: 240, shiftLead: 1440, snow: 4320 } as const;

/** For so long a final decision may be corrected by the shift lead, hours (row 23). */
export const correctWithinH = 24;

/** What waits for a person, milliseconds: never divided, because people do not live faster in a demo. */
export const forPeople = (seconds: number): number => seconds * 1000;

/** A duration of life in milliseconds at the city's pace. */
export const paced = (seconds: number, pace: number): number => (seconds * 1000) / pace;
