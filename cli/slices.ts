// The settings of the file as the rooms want them: each room names its own shape, here they are cut to it.
import type { Secrets, Settings } from '#config';
import type { EvidenceSettings } from '#evidence';
import type { IncidentSettings } from '#incidents';
import type { DashboardOptions, DashboardSettings } from '#dashboard';
import type { AppealNewsSettings, CourierSettings } from '#tasks';
import { version } from './measure/frame.ts';

/** What the judge and the desk live by. */
export const incidentSettings = (settings: Settings): IncidentSettings => ({
  pace: settings.city.pace,
  zone: settings.city.zone,
  hazards: settings.hazards,
  undoS: settings.incidents.undoS,
  mergeRadiusM: settings.incidents.mergeRadiusM,
  quietAfterRejectMin: settings.incidents.quietAfterRejectMin,
  judgeEveryS: settings.incidents.judgeEveryS,
  followUpEveryS: settings.ingest.followUpEveryS,
  alarmsPer10Min: settings.incidents.alarmsPer10Min,
  coolDownMin: settings.incidents.coolDownMin,
  massFromCause: settings.incidents.massFromCause,
  massFrom: settings.incidents.massFrom,
  massPauseMin: settings.incidents.massPauseMin,
});

/** What tasks, letters and the courier live by. */
export function taskSettings(settings: Settings, secrets: Secrets): CourierSettings {
  const { email } = settings.tasks;
  return {
    pace: settings.city.pace,
    zone: settings.city.zone,
    undoS: settings.incidents.undoS,
    publicUrl: settings.dashboard.publicUrl ?? `http://${settings.dashboard.host}:${settings.dashboard.port}`,
    courierEveryS: settings.tasks.courierEveryS,
    retry: {
      firstMs: settings.tasks.firstRetryS * 1000,
      maxMs: settings.tasks.maxRetryS * 1000,
      maxAttempts: settings.tasks.maxAttempts,
    },
    followUpEveryS: settings.ingest.followUpEveryS,
    ...(email.host === null
      ? {}
      : {
          email: {
            host: email.host,
            port: email.port,
            secure: email.secure,
            from: email.from,
            ...(email.user === null ? {} : { user: email.user }),
            ...(secrets.emailPassword === undefined ? {} : { password: secrets.emailPassword }),
          },
        }),
    ...(secrets.webhookKey === undefined ? {} : { webhookKey: secrets.webhookKey }),
  };
}

/** Who may hand in appeals. */
export const appealServices = (settings: Settings, secrets: Secrets): DashboardSettings['appeals'] => ({
  services: settings.appeals.services.map(({ name, topics }) => ({ name, topics, token: secrets.appealToken(name) })),
});

/** What the news of appeals live by. */
export const appealNewsSettings = (settings: Settings, secrets: Secrets): AppealNewsSettings => ({
  zone: settings.city.zone,
  everyS: settings.appeals.everyS,
  retry: { firstMs: settings.tasks.firstRetryS * 1000, maxMs: settings.tasks.maxRetryS * 1000 },
  webhookKey: secrets.webhookKey,
  services: settings.appeals.services,
});

/** What live pictures live by. */
export const liveSettings = (settings: Settings, secrets: Secrets): NonNullable<DashboardOptions['live']> => ({
  ways: settings.ingest.ways,
  ffmpeg: settings.ingest.ffmpeg,
  allowedHosts: settings.ingest.allowedHosts,
  certificates: settings.ingest.certificates,
  credential: secrets.camera,
  ...settings.dashboard.live,
});

/** What clips and violations live by. */
export const evidenceSettings = (settings: Settings): EvidenceSettings => ({
  beforeS: settings.evidence.beforeS,
  afterS: settings.evidence.afterS,
  maxClipS: settings.evidence.maxClipS,
  zone: settings.city.zone,
  version,
});
