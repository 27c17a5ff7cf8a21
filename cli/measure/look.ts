// What one look costs, end to end: eye and worker together, by parts, against simulated cameras in a process of their own (measure 6).
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { entryOf } from '#core/entry';
import { AhualError } from '#core/errors';
import { lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import { inRoot } from '#core/root';
import { lookOf, startEye, type Eye, type LookAnswer } from '#ingest';
import { db, embedded, looks, migrate, cameras as cameraRows } from '#store';
import { freePort, until } from '../stand.ts';
import { treeCpuS, cpuS } from './cpu.ts';
import { bar, type Bar, type Measurement } from './frame.ts';
import { median, quantile, rounded } from './statistics.ts';

export interface LookBenchOptions {
  readonly looks: number;
  readonly sources: readonly ('rtsp' | 'jpeg')[];
  readonly inFlight: number;
  readonly clip: string;
  readonly ways: readonly ('node-av' | 'ffmpeg')[];
  readonly sabotage: 'none' | 'skip-write';
  readonly say: (text: string) => void;
}

type Source = LookBenchOptions['sources'][number];
/** Cameras with a registered manhole ask one network more, and for pixels at the picture's own size. */
const views = ['manhole', 'street'] as const;
type View = (typeof views)[number];

interface Round {
  readonly answers: readonly LookAnswer[];
  readonly eyeMs: number;
  readonly workerMs: number;
  readonly databaseMs: number;
  /** CPU of the worker for each look, and of it for the write; only of looks one at a time. */
  readonly workerLooks: readonly { readonly all: number; readonly write: number }[];
  readonly tookS: number;
  readonly rows: number;
}

/**
 * Looks of an eye that has run for a while are compiled, those of a fresh one are not: an eye lives for thousands. Stills
 * warm what all ways share, because nothing waits for a key frame there.
 */
const warmUp = { jpeg: 32, rtsp: 16 } as const;
/** Looks are measured in so many rounds, the kinds in turn: the rounds' spread says what a figure is worth. */
const rounds = 4;
/** Looks one at a time, for the parts. */
const alone = { jpeg: 24, rtsp: 4 } as const;
/** Rounds that differ by more than this say that something else than the looks was measured. */
const mostSpread = 1.5;

const zones = [
  {
    id: 'A',
    kind: 'carriageway',
    hazards: ['snow', 'flooding', 'open-manhole'],
    polygon: [
      [0.05, 0.45],
      [0.95, 0.45],
      [0.98, 0.98],
      [0.02, 0.98],
    ],
  },
  {
    id: 'B',
    kind: 'pavement',
    hazards: ['snow', 'open-manhole'],
    polygon: [
      [0.0, 0.5],
      [0.25, 0.4],
      [0.25, 0.6],
      [0.0, 0.8],
    ],
  },
  {
    id: 'M',
    kind: 'manhole',
    hazards: ['open-manhole'],
    polygon: [
      [0.45, 0.7],
      [0.52, 0.7],
      [0.52, 0.78],
      [0.45, 0.78],
    ],
  },
  {
    id: 'W',
    kind: 'no-dumping',
    hazards: ['dumping'],
    polygon: [
      [0.6, 0.5],
      [0.9, 0.5],
      [0.9, 0.9],
      [0.6, 0.9],
    ],
  },
];

/** Runs the looks and gives CPU milliseconds per look by part. The camera side is never counted. */
export async function measureLook(options: LookBenchOptions): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-bench-'));
  // Root's database runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  const notes: string[] = [];
  const token = randomBytes(12).toString('hex');
  const [rtspPort, httpPort] = [await freePort(), await freePort()];
  const scenario = join(folder, 'bench.yml');
  const ids = Array.from({ length: Math.max(options.inFlight, 4) }, (_, index) => `bench-${index}`);
  writeFileSync(
    scenario,
    stringify({
      name: 'bench',
      title: { kk: 'Өлшеу', ru: 'Замер', en: 'Bench' },
      cameras: ids.map((id) => ({ id, clip: options.clip })),
    }),
  );
  const city = fork(entryOf('main'), ['city'], {
    env: {
      ...process.env,
      AHUAL_CONFIG: 'config/ahual.yml',
      AHUAL_SET_SIMULATOR__SCENARIO: scenario,
      AHUAL_SET_SIMULATOR__RTSPPORT: String(rtspPort),
      AHUAL_SET_SIMULATOR__HTTPPORT: String(httpPort),
      AHUAL_CITY_TOKEN: token,
      ...(existsSync(inRoot('simulator', 'bench', `${options.clip}.mp4`))
        ? { AHUAL_CITY_CLIPS: inRoot('simulator', 'bench') }
        : {}),
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let cityWords = '';
  city.stderr?.on('data', (chunk: Buffer) => {
    cityWords = (cityWords + chunk.toString()).slice(-2_000);
  });
  const database = await embedded.startEmbedded({ folder: join(folder, 'postgres'), log: silentLog });
  let store: db.Database | undefined;
  const eyes: Eye[] = [];
  try {
    const owner = await db.openDatabase(database.ownerUrl, { log: silentLog, name: 'ahual-bench' });
    await migrate.migrate(owner);
    const parsed = ids.map((id) =>
      Camera.parse({
        id,
        name: { kk: id, ru: id, en: id },
        point: { lon: 71.44, lat: 51.14 },
        district: 'esil',
        restricted: false,
        rtsp: `rtsp://127.0.0.1:${rtspPort}/cam/${id}/main`,
        zones,
      }),
    );
    await owner.transaction((tx) => cameraRows.replace(tx, parsed));
    await owner.close();
    const opened = await db.openDatabase(database.url, { log: silentLog, name: 'ahual-bench' });
    store = opened;
    await until(
      async () => {
        if (city.exitCode !== null)
          throw new AhualError('PART_MISSING', `the simulated cameras ended: ${cityWords}`, 'Read the words above.');
        try {
          return (
            (await fetch(`http://127.0.0.1:${httpPort}/world/truth`, { headers: { authorization: `Bearer ${token}` } }))
              .ok || undefined
          );
        } catch {
          return undefined;
        }
      },
      30_000,
      () => new AhualError('PART_MISSING', 'the simulated cameras did not answer within 30 s.', cityWords),
    );

    const cameraFor = (camera: Camera, source: Source, view: View): Camera => {
      const { rtsp, ...rest } = camera;
      const zones = camera.zones.filter((zone) => view === 'manhole' || zone.kind !== 'manhole');
      if (source === 'rtsp' && rtsp !== undefined) return { ...rest, rtsp, zones };
      return { ...rest, zones, snapshot: `http://127.0.0.1:${httpPort}/cam/${camera.id}/snapshot.jpg` };
    };

    const run = async (eye: Eye, source: Source, view: View, count: number, inFlight: number): Promise<Round> => {
      const eyePid = eye.state().pid;
      if (eyePid === null) throw new AhualError('PART_MISSING', 'the eye is not there.', 'Run `ahual doctor`.');
      const cameras = parsed.map((camera) => cameraFor(camera, source, view));
      const answers: LookAnswer[] = [];
      let next = 0;
      const workerLooks: { all: number; write: number }[] = [];
      let rows = 0;
      const before = treeCpuS(eyePid);
      const databaseBefore = cpuS(database.pid) ?? 0;
      const mine = process.cpuUsage();
      const startedMs = systemClock.monotonicMs();
      await Promise.all(
        Array.from({ length: inFlight }, async (_, lane) => {
          while (next < count) {
            next += 1;
            const camera = cameras[lane % cameras.length];
            if (!camera) return;
            const dueAtMs = systemClock.nowMs() + next;
            const begin = process.cpuUsage();
            const answer = await eye.look({
              lookId: lookIdOf(camera.id, dueAtMs),
              camera,
              signIn: null,
              timeoutMs: 12_000,
              still: 'news',
              lastDigest: null,
            });
            answers.push(answer);
            if (options.sabotage === 'skip-write') continue;
            const arrived = process.cpuUsage();
            const saved = await looks.save(opened, lookOf(camera, dueAtMs, answer, answer.still?.sha256 ?? null), {
              judgeAll: true,
            });
            if (inFlight === 1) workerLooks.push({ all: sinceMs(begin), write: sinceMs(arrived) });
            if (saved === 'saved') rows += 1;
          }
        }),
      );
      const workerMs = sinceMs(mine);
      return {
        answers,
        eyeMs: (treeCpuS(eyePid) - before) * 1000,
        workerMs,
        databaseMs: ((cpuS(database.pid) ?? 0) - databaseBefore) * 1000,
        workerLooks,
        tookS: (systemClock.monotonicMs() - startedMs) / 1000,
        rows,
      };
    };

    const eye = startEye({
      inFlight: options.inFlight,
      ways: options.ways,
      dropFolder: folder,
      log: silentLog,
      recycleLooks: 100_000,
      recycleMiB: 4_000,
    });
    eyes.push(eye);
    await eye.ready();
    options.say('warm-up');
    for (const source of ['jpeg', ...options.sources] as const)
      for (const view of views) await run(eye, source, view, warmUp[source] / 2, options.inFlight);
    const kinds = options.sources.flatMap((source) => views.map((view) => ({ source, view, done: emptyRounds() })));
    for (let round = 1; round <= rounds; round++) {
      options.say(`round ${round} of ${rounds}: ${options.inFlight} looks in flight`);
      const count = Math.max(1, Math.round(options.looks / rounds));
      for (const { source, view, done } of kinds) done.push(await run(eye, source, view, count, options.inFlight));
    }

    const result: Record<string, Record<string, unknown>> = {};
    const bars: Bar[] = [];
    for (const { source, view, done } of kinds) {
      options.say(`${source}, ${view}: parts, one look at a time`);
      const single = await run(eye, source, view, alone[source], 1);
      const answers = done.flatMap((round) => round.answers);
      const rows = done.reduce((sum, round) => sum + round.rows, 0);
      const cpu = spreadOf(done.map((round) => (round.eyeMs + round.workerMs) / round.answers.length));
      const good = answers.filter((answer) => answer.outcome.kind === 'seen').length;
      const bad = answers.find((answer) => answer.outcome.kind !== 'seen');
      if (bad) {
        const why = bad.outcome.kind === 'unseen' ? ` (${bad.outcome.state}: ${bad.outcome.detail})` : '';
        notes.push(`${source}, ${view}: ${answers.length - good} looks brought no picture${why}`);
      }
      (result[source] ??= {})[view] = {
        cpuMs: cpu,
        eyeMs: spreadOf(done.map((round) => round.eyeMs / round.answers.length)).p50,
        workerMs: spreadOf(done.map((round) => round.workerMs / round.answers.length)).p50,
        parts: partsOf(single),
        wallMs: {
          p50: rounded(median(answers.map((answer) => answer.tookMs)), 0),
          p95: rounded(
            quantile(
              answers.map((answer) => answer.tookMs),
              0.95,
            ),
            0,
          ),
        },
        waitKeyMs: rounded(median(answers.map((answer) => answer.waitedMs)), 0),
        databaseMs: spreadOf(done.map((round) => round.databaseMs / round.answers.length)).p50,
        looksPerS: rounded(answers.length / done.reduce((sum, round) => sum + round.tookS, 0), 2),
        rssMiB: eye.state().rssMiB,
        work: {
          looks: answers.length,
          seen: good,
          rows,
          observations: answers.reduce((sum, answer) => sum + answer.observations.length, 0),
        },
        size: answers[0] ? `${answers[0].widthPx ?? 0}x${answers[0].heightPx ?? 0}` : null,
      };
      const isVoid = cpu.least === null || cpu.most === null || cpu.most > cpu.least * mostSpread;
      if (isVoid) {
        notes.push(
          `${source}, ${view}: void: its rounds took ${cpu.least ?? '?'} to ${cpu.most ?? '?'} ms each look; measure again when less else runs`,
        );
      }
      // The bar is for all models, those for single manholes too; a street's camera is printed beside it.
      if (view === 'manhole')
        bars.push(
          bar(`look.${source}.cpuMs`, '<=', source === 'rtsp' ? 60 : 30, isVoid ? null : cpu.p50, answers.length),
        );
      const whole = good === answers.length && rows === answers.length;
      bars.push(bar(`look.${source}.${view}.sameWork`, '==', 1, Number(whole)));
    }
    const load = loadavg()[0] ?? 0;
    if (load > cpus().length) {
      notes.push(
        `load ${load.toFixed(1)} on ${cpus().length} cores: CPU time suffers less than wall time, by shared caches and cores; see least and most`,
      );
    }
    return {
      command: 'bench look',
      args: {
        looks: options.looks,
        rounds,
        warmUp,
        inFlight: options.inFlight,
        clip: options.clip,
        ways: options.ways,
        sabotage: options.sabotage,
      },
      ways: { look: eye.state().ways.join(', ') },
      result,
      bars,
      notes,
    };
  } finally {
    for (const eye of eyes) await eye[Symbol.asyncDispose]();
    await store?.close();
    await database.stop();
    city.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}

const emptyRounds = (): Round[] => [];

/** Median of the rounds, and the least and the most of them. */
const spreadOf = (values: readonly number[]): { p50: number | null; least: number | null; most: number | null } => ({
  p50: rounded(median(values)),
  least: rounded(quantile(values, 0)),
  most: rounded(quantile(values, 1)),
});

function sinceMs(before: NodeJS.CpuUsage): number {
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

/** CPU milliseconds by part, medians; `other` is what of the whole they leave: messages, collection of garbage, the loop. */
function partsOf(single: Round): Record<string, number | null> {
  const names = ['grab', 'scale', 'quality', 'infer', 'rules', 'still'] as const;
  const parts = names.map(
    (name) =>
      [name, median(single.answers.flatMap((answer) => (answer.parts ? [answer.parts[name]] : []))) ?? 0] as const,
  );
  const write = median(single.workerLooks.map((look) => look.write)) ?? 0;
  const worker = median(single.workerLooks.map((look) => look.all)) ?? 0;
  const all = single.eyeMs / Math.max(1, single.answers.length) + worker;
  const known = parts.reduce((sum, [, ms]) => sum + ms, write);
  return {
    ...Object.fromEntries(parts.map(([name, ms]) => [name, rounded(ms)])),
    write: rounded(write),
    other: rounded(all - known),
    all: rounded(all),
  };
}
