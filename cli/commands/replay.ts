// `ahual replay`: what would today's product have done with that material (measure 3).
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { loadCameras, loadCity, loadConfig, type Settings } from '#config';
import { AhualError } from '#core/errors';
import { inRoot } from '#core/root';
import { report } from '../measure/frame.ts';
import { measureReplay, wholePicture } from '../measure/replay.ts';
import { replaySabotages } from '../measure/replay/live.ts';
import { cameraOfSource, loadMap, recordingOf, sourcesOf, type Recording } from '../measure/replay/material.ts';
import { measureRtspReplay } from '../measure/replay-rtsp.ts';

const Flags = z.object({
  from: z.array(z.string()).min(1).optional(),
  way: z.enum(['file', 'rtsp']),
  camera: z.string().optional(),
  map: z.string().optional(),
  clock: z.enum(['recorded', 'film']),
  until: z.iso.datetime({ offset: true }).optional(),
  every: z.coerce.number().min(0.04).max(3_600).optional(),
  most: z.coerce.number().min(1).optional(),
  pace: z.coerce.number().min(1).max(100_000).optional(),
  speed: z.union([z.literal('max').transform(() => Infinity), z.coerce.number().positive()]),
  workers: z.coerce.number().int().min(1).max(64),
  raise: z.enum(['none', 'shadow']),
  twice: z.boolean().default(false),
  compare: z.string().optional(),
  sabotage: z.enum(replaySabotages),
  run: z.coerce.number().min(10).max(86_400),
  json: z.boolean().default(false),
});
type Flags = z.infer<typeof Flags>;

/** Looks so far apart are those of a city; closer ones are of clips, whose seconds stand for minutes. */
const cityFromS = 60;
const clips = { everyS: 1, mostS: 120, pace: 60 } as const;

/** How often, how much and how fast: for a day as the city lives, for clips as they were made. */
function rhythmOf(flags: Flags, recordings: readonly Recording[], settings: Settings) {
  const isSeries = recordings.every((one) => one.files.every((file) => file.kind === 'picture' && file.atMs !== null));
  const everyS = flags.every ?? (isSeries ? settings.ingest.lookEveryS : clips.everyS);
  const isCity = everyS >= cityFromS;
  return {
    everyS,
    mostS: flags.most ?? (isCity ? Number.POSITIVE_INFINITY : clips.mostS),
    pace: flags.pace ?? (isCity ? 1 : clips.pace),
  };
}

const withoutDates = (recordings: readonly Recording[]): Recording[] =>
  recordings.map((one) =>
    recordingOf(one.camera, [
      {
        name: one.names.join(' '),
        path: '',
        files: one.files.map((file) => (file.kind === 'film' ? { ...file, atMs: null } : file)),
      },
    ]),
  );

/** What is replayed, and as which cameras: those of a map, one of the city's list, or the whole picture as a camera for each source. */
function recordingsOf(flags: Flags, settings: Settings): Recording[] {
  const { zone } = settings.city;
  if (flags.map !== undefined) return loadMap(flags.map, zone);
  if (flags.from === undefined) {
    throw new AhualError(
      'CONFIG_MISSING',
      'nothing to replay.',
      'Name films or folders with --from, or a map with --map.',
    );
  }
  const sources = sourcesOf(flags.from, zone);
  if (flags.camera === undefined) {
    return sources.map((source) => recordingOf(cameraOfSource(source, wholePicture), [source]));
  }
  const list = settings.city.cameras === null ? [] : loadCameras(settings.city.cameras, process.env);
  const camera = list.find((one) => one.id === flags.camera);
  if (!camera) {
    throw new AhualError(
      'CONFIG_MISSING',
      `there is no camera ${flags.camera} in the city's list.`,
      'Name one of city.cameras, or draw its zones in a map (--map).',
    );
  }
  return [recordingOf(camera, sources)];
}

/** Adds the command that replays recorded material through the product. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('feed recorded material through the product and tell what it would have done')
    .option('--from <path...>', 'films, pictures or folders; dated by their names or EXIF')
    .addOption(
      new Option('--way <way>', "file: under the material's own clock; rtsp: served to the whole product as cameras")
        .choices(['file', 'rtsp'])
        .default('file'),
    )
    .option('--camera <id>', "the city's camera that recorded all of it")
    .option('--map <file>', 'a camera list in which each camera names its source')
    .addOption(
      new Option('--clock <clock>', 'recorded: dated films begin at their moment; film: all films begin together')
        .choices(['recorded', 'film'])
        .default('recorded'),
    )
    .option('--until <moment>', 'nothing after this moment, as in 2026-02-03T18:00:00+05:00')
    .option('--every <s>', 'seconds of the material between looks (films: 1; dated pictures: as the city looks)')
    .option('--most <s>', 'no more of each film than this (120 where looks are less than a minute apart)')
    .option('--pace <n>', "divides the rules' windows (60 where looks are less than a minute apart, else 1)")
    .option('--speed <n>', 'so many times faster than life at most', 'max')
    .option('--workers <n>', 'eyes that look at once', '1')
    .addOption(
      new Option('--raise <how>', 'none: looks alone; shadow: judged, in a database that is thrown away')
        .choices(['none', 'shadow'])
        .default('shadow'),
    )
    .option('--twice', 'once more with another number of eyes; both must come to the same')
    .option('--compare <run>', 'the --json object of an earlier run: what differs')
    .addOption(new Option('--sabotage <name>', 'break it in a known way').choices(replaySabotages).default('none'))
    .option('--run <s>', 'how long the product runs (rtsp)', '60')
    .option('--json', 'print one JSON object')
    .action(async (given: unknown) => {
      const flags = Flags.parse(given);
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      // A recording is of a city and not of the demo, whose hours last half a minute.
      const env = { ...process.env, AHUAL_CONFIG: process.env['AHUAL_CONFIG'] ?? inRoot('config', 'ahual.yml') };
      const { settings } = loadConfig(env);
      const dated = recordingsOf(flags, settings);
      const recordings = flags.clock === 'film' ? withoutDates(dated) : dated;
      await report({ json: flags.json }, () =>
        flags.way === 'rtsp'
          ? measureRtspReplay({
              files: recordings.flatMap((one) => one.files.map((file) => file.path)),
              runS: flags.run,
              pace: flags.pace ?? clips.pace,
              ffmpeg: settings.ingest.ffmpeg,
              say,
            })
          : measureReplay({
              recordings,
              ...rhythmOf(flags, recordings, settings),
              speed: flags.speed,
              untilMs: flags.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(flags.until),
              raise: flags.raise,
              workers: flags.workers,
              twice: flags.twice,
              compare: flags.compare,
              sabotage: flags.sabotage,
              settings,
              city: loadCity(settings.city.folder),
              say,
            }),
      );
      process.exit(process.exitCode ?? 0);
    });
}
