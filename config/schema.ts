// The whole schema of the settings: one section a room, each key with its unit. config/ahual.yml is its documentation.
import { z } from 'zod';
import { ServiceName } from '#core/appeal';
import { HazardName } from '#core/hazard-name';
import { Role } from '#core/person';
import { HazardSettings } from '#hazards';

const seconds = (from: number, to: number) => z.number().min(from).max(to);
/** Where tiles come from: an address (our own path or a full one) or, for PMTiles, a file that the dashboard serves itself. */
const Tiles = z
  .strictObject({
    kind: z.enum(['xyz', 'pmtiles']),
    url: z
      .string()
      .regex(/^(https?:\/\/[^/]|\/[^/])/, 'neither a path of this host (/tiles/…) nor an address (https://…)')
      .nullable()
      .default(null),
    file: z.string().min(1).nullable().default(null),
    attribution: z.string().max(200).default(''),
    maxZoom: z.number().int().min(1).max(22).default(18),
  })
  .refine(({ url, file }) => (url === null) !== (file === null), 'name either url or file')
  .refine(({ kind, file }) => kind === 'pmtiles' || file === null, 'only a PMTiles file can be served from here')
  .refine(
    ({ kind, url }) => kind !== 'xyz' || url === null || ['{z}', '{x}', '{y}'].every((part) => url.includes(part)),
    'an address of tiles has {z}, {x} and {y} in it',
  );

const unseenMin = (minutes: number) => z.number().min(1).max(525_600).default(minutes);
const MapSettings = z.strictObject({
  tiles: Tiles.nullable().default(null),
  unseenAfterMin: z
    .strictObject({
      snow: unseenMin(1440),
      flooding: unseenMin(60),
      'open-manhole': unseenMin(60),
      dumping: unseenMin(60),
    })
    .prefault({}),
});

const port = z.number().int().min(0).max(65535);

export const Settings = z.strictObject({
  city: z
    .strictObject({
      name: z
        .strictObject({ kk: z.string().min(1), ru: z.string().min(1), en: z.string().min(1) })
        .prefault({ kk: 'Астана', ru: 'Астана', en: 'Astana' }),
      zone: z
        .string()
        .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone), 'not a time zone of the tz database')
        .default('Asia/Almaty'),
      folder: z.string().default('config/city'),
      cameras: z.string().nullable().default(null),
      pace: z.number().min(1).max(100_000).default(1),
      centre: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]).default([71.44, 51.14]),
      zoom: z.number().min(1).max(22).default(12),
    })
    .prefault({}),
  data: z
    .strictObject({
      folder: z.string().default('.ahual'),
      freeGiBMin: z.number().min(0).max(10_000).default(1),
    })
    .prefault({}),
  ingest: z
    .strictObject({
      lookEveryS: seconds(1, 86_400).default(300),
      coverEveryS: seconds(1, 86_400).default(75),
      followUpEveryS: seconds(1, 3_600).default(30),
      lookTimeoutS: seconds(1, 120).default(12),
      lookStaleS: seconds(1, 86_400).default(120),
      confirmS: seconds(1, 600).default(20),
      blindAfterS: seconds(1, 3_600).default(60),
      connectsPerS: z
        .strictObject({
          host: z.number().int().min(1).max(10_000).default(20),
          network: z.number().int().min(1).max(10_000).default(60),
        })
        .prefault({}),
      eyes: z.number().int().min(1).max(256).default(1),
      inFlight: z.number().int().min(1).max(400).default(16),
      ways: z
        .array(z.enum(['node-av', 'ffmpeg']))
        .min(1)
        .default(['node-av', 'ffmpeg']),
      ffmpeg: z.string().default('ffmpeg'),
      recycleLooks: z.number().int().min(10).default(5_000),
      recycleMiB: z.number().int().min(200).default(1_200),
      watchStreamsPerEye: z.number().int().min(1).max(64).default(4),
      watchFps: z.number().min(1).max(30).default(5),
      watchBeatS: seconds(1, 600).default(5),
      ringS: seconds(30, 86_400).default(300),
      ringGiB: z.number().min(0.1).max(100_000).default(2),
      live: z.boolean().default(true),
      allowedHosts: z.array(z.string()).default([]),
      certificates: z.array(z.string()).default([]),
      weather: z
        .strictObject({
          url: z.string().nullable().default(null),
          everyS: seconds(5, 86_400).default(600),
        })
        .prefault({}),
    })
    .prefault({}),
  hazards: HazardSettings.prefault({}),
  incidents: z
    .strictObject({
      undoS: seconds(0, 120).default(10),
      mergeRadiusM: z.number().min(0).max(1_000).default(40),
      quietAfterRejectMin: z.number().min(0).max(10_080).default(240),
      judgeEveryS: seconds(0.2, 60).default(2),
      alarmsPer10Min: z.number().int().min(1).max(10_000).default(40),
      coolDownMin: z.number().min(0).max(1_440).default(20),
      massFromCause: z.number().int().min(1).max(1_000).default(3),
      massFrom: z.number().int().min(1).max(1_000).default(10),
      massPauseMin: z.number().min(0).max(1_440).default(30),
    })
    .prefault({}),
  tasks: z
    .strictObject({
      courierEveryS: seconds(0.2, 60).default(2),
      firstRetryS: seconds(1, 3_600).default(15),
      maxRetryS: seconds(1, 86_400).default(1_800),
      maxAttempts: z.number().int().min(1).max(100).default(20),
      email: z
        .strictObject({
          host: z.string().nullable().default(null),
          port: port.default(587),
          secure: z.boolean().default(false),
          user: z.string().nullable().default(null),
          from: z.string().default('ahual@localhost'),
        })
        .prefault({}),
    })
    .prefault({}),
  appeals: z
    .strictObject({
      everyS: seconds(0.2, 60).default(5),
      services: z
        .array(
          z.strictObject({
            name: ServiceName,
            url: z
              .url({ protocol: /^https?$/ })
              .nullable()
              .default(null),
            topics: z.record(z.string().min(1), HazardName).default({}),
          }),
        )
        .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'two services have one name')
        .default([]),
    })
    .prefault({}),
  evidence: z
    .strictObject({
      beforeS: seconds(0, 120).default(15),
      afterS: seconds(0, 120).default(15),
      maxClipS: seconds(10, 1_800).default(240),
    })
    .prefault({}),
  keeping: z
    .strictObject({
      framesH: z.number().min(1).max(8_784).default(48),
      rejectedFramesD: z.number().min(1).max(3_660).default(30),
      confirmedFramesD: z.number().min(1).max(3_660).default(366),
      clipsWithoutViolationD: z.number().min(1).max(3_660).default(30),
      hourlySumsD: z.number().min(1).max(3_660).default(396),
      recordsD: z.number().min(1).max(36_600).default(1_827),
    })
    .prefault({}),
  dashboard: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(8109),
      publicUrl: z.url().nullable().default(null),
      sessionH: z.number().min(0.1).max(168).default(14),
      wallSessionD: z.number().min(1).max(366).default(30),
      linkH: z.number().min(0.1).max(720).default(72),
      factorRoles: z.array(Role).default([]),
      provider: z
        .strictObject({
          issuer: z
            .url({ protocol: /^https?$/ })
            .nullable()
            .default(null),
          clientId: z.string().min(1).default('ahual'),
          name: z
            .strictObject({ kk: z.string().min(1), ru: z.string().min(1), en: z.string().min(1) })
            .prefault({ kk: 'Қалалық тіркелгі', ru: 'Городская учётная запись', en: 'City account' }),
          scope: z.string().default('openid profile'),
          loginClaim: z.string().min(1).default('preferred_username'),
          secondFactorAmr: z.array(z.string()).default(['mfa', 'otp', 'hwk', 'swk']),
          createRole: Role.nullable().default(null),
          emergencyLogin: z.string().nullable().default(null),
        })
        .prefault({}),
      secureCookies: z.boolean().default(true),
      plantedOneIn: z.number().int().min(0).max(10_000).default(50),
      map: MapSettings.prefault({}),
      live: z
        .strictObject({
          tiles: z.number().int().min(1).max(16).default(9),
          encoders: z.number().int().min(0).max(64).default(2),
        })
        .prefault({}),
    })
    .prefault({}),
  simulator: z
    .strictObject({
      scenario: z.string().nullable().default(null),
      rtspPort: port.default(0),
      httpPort: port.default(0),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
    })
    .prefault({}),
});

export type Settings = z.infer<typeof Settings>;

/** Settings that come from the environment or from files named there, never from the settings file. */
export interface Secrets {
  /** Application role of the database; absent = the embedded one is started by `ahual up`. */
  readonly databaseUrl: string | undefined;
  /** Owner role, for migrations; falls back to `databaseUrl`. */
  readonly databaseOwnerUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly emailPassword: string | undefined;
  readonly webhookKey: string | undefined;
  /** Encrypts the secrets of one-time codes; without it nobody can set up a second factor. */
  readonly factorKey: string | undefined;
  /** The client secret at the OpenID provider. */
  readonly providerSecret: string | undefined;
  /** Token of an appeal service by its name in the settings. */
  readonly appealToken: (service: string) => string | undefined;
  /** `user:password` of cameras by the name that the camera list uses. */
  readonly camera: (name: string) => string | undefined;
}
