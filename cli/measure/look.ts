// What one look costs, end to end: eye and worker together, by parts, against simulated cameras in a process of their own (measure 6).
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

interface Round {
  readonly answers: readonly LookAnswer[];
  readonly eyeMs: number;
  readonly workerMs: number;
  readonly writeMs: number;
  readonly tookS: number;
  readonly rows: number;
}

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

    const run = async (eye: Eye, source: 'rtsp' | 'jpeg', count: number, inFlight: number): Promise<Round> => {
      const eyePid = eye.state().pid;
      if (eyePid === null) throw new AhualError('PART_MISSING', 'the eye is not there.', 'Run `ahual doctor`.');
      const cameras = parsed.map((camera) => {
        if (source === 'rtsp') return camera;
        const { rtsp, ...rest } = camera;
        return rtsp === undefined
          ? camera
          : { ...rest, snapshot: `http://127.0.0.1:${httpPort}/cam/${camera.id}/snapshot.jpg` };
      });
      const answers: LookAnswer[] = [];
      let next = 0;
      let writeMs = 0;
      let rows = 0;
      const before = treeCpuS(eyePid);
      const mine = process.cpuUsage();
      const startedMs = systemClock.monotonicMs();
      await Promise.all(
        Array.from({ length: inFlight }, async (_, lane) => {
          while (next < count) {
            next += 1;
            const camera = cameras[lane % cameras.length];
            if (!camera) return;
            const dueAtMs = systemClock.nowMs() + next;
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
            const usage = process.cpuUsage();
            const saved = await looks.save(opened, lookOf(camera, dueAtMs, answer, answer.still?.sha256 ?? null), {
              judgeAll: true,
            });
            const used = process.cpuUsage(usage);
            if (inFlight === 1) writeMs += (used.user + used.system) / 1000;
            if (saved === 'saved') rows += 1;
          }
        }),
      );
      const used = process.cpuUsage(mine);
      return {
        answers,
        eyeMs: (treeCpuS(eyePid) - before) * 1000,
        workerMs: (used.user + used.system) / 1000,
        writeMs,
        tookS: (systemClock.monotonicMs() - startedMs) / 1000,
        rows,
      };
    };

    const openEye = async (ways: readonly ('node-av' | 'ffmpeg')[]): Promise<Eye> => {
      const eye = startEye({
        inFlight: options.inFlight,
        ways,
        dropFolder: folder,
        log: silentLog,
        recycleLooks: 100_000,
        recycleMiB: 4_000,
      });
      eyes.push(eye);
      await eye.ready();
      return eye;
    };

    const result: Record<string, unknown> = {};
    const bars: Bar[] = [];
    for (const source of options.sources) {
      const eye = await openEye(options.ways);
      options.say(`${source}: warm-up`);
      await run(eye, source, 8, 1);
      options.say(`${source}: ${options.looks} looks, ${options.inFlight} in flight`);
      const databaseBefore = cpuS(database.pid) ?? 0;
      const busy = await run(eye, source, options.looks, options.inFlight);
      const databaseMs = ((cpuS(database.pid) ?? 0) - databaseBefore) * 1000;
      options.say(`${source}: parts, one look at a time`);
      const alone = await run(eye, source, Math.min(10, options.looks), 1);
      const good = busy.answers.filter((answer) => answer.outcome.kind === 'seen').length;
      const perLook = (busy.eyeMs + busy.workerMs) / busy.answers.length;
      const part = (name: 'grab' | 'scale' | 'quality' | 'infer' | 'rules' | 'still'): number | null =>
        rounded(median(alone.answers.flatMap((answer) => (answer.parts ? [answer.parts[name]] : []))));
      const aloneMs = (alone.eyeMs + alone.workerMs) / Math.max(1, alone.answers.length);
      const limit = source === 'rtsp' ? 60 : 30;
      if (good < busy.answers.length) {
        const bad = busy.answers.find((answer) => answer.outcome.kind !== 'seen');
        notes.push(
          `${source}: ${busy.answers.length - good} looks brought no picture${bad?.outcome.kind === 'unseen' ? ` (${bad.outcome.state}: ${bad.outcome.detail})` : ''}`,
        );
      }
      result[source] = {
        cpuMs: rounded(perLook),
        eyeMs: rounded(busy.eyeMs / busy.answers.length),
        workerMs: rounded(busy.workerMs / busy.answers.length),
        wallMs: {
          p50: rounded(median(busy.answers.map((answer) => answer.tookMs)), 0),
          p95: rounded(
            quantile(
              busy.answers.map((answer) => answer.tookMs),
              0.95,
            ),
            0,
          ),
        },
        waitKeyMs: { p50: rounded(median(busy.answers.map((answer) => answer.waitedMs)), 0) },
        parts: {
          grab: part('grab'),
          scale: part('scale'),
          quality: part('quality'),
          infer: part('infer'),
          rules: part('rules'),
          still: part('still'),
          write: rounded(alone.writeMs / Math.max(1, alone.answers.length)),
        },
        aloneCpuMs: rounded(aloneMs),
        databaseMs: rounded(databaseMs / busy.answers.length),
        looksPerS: rounded(busy.answers.length / busy.tookS, 2),
        rssMiB: eye.state().rssMiB,
        work: {
          looks: busy.answers.length,
          seen: good,
          rows: busy.rows,
          observations: busy.answers.reduce((sum, answer) => sum + answer.observations.length, 0),
        },
        size: busy.answers[0] ? `${busy.answers[0].widthPx ?? 0}x${busy.answers[0].heightPx ?? 0}` : null,
      };
      const whole = good === busy.answers.length && busy.rows === busy.answers.length;
      bars.push(bar(`look.${source}.cpuMs`, '<=', limit, rounded(perLook), busy.answers.length));
      bars.push(bar(`look.${source}.sameWork`, '==', 1, Number(whole)));
    }
    return {
      command: 'bench look',
      args: {
        looks: options.looks,
        inFlight: options.inFlight,
        clip: options.clip,
        ways: options.ways,
        sabotage: options.sabotage,
      },
      ways: { look: eyes[0]?.state().ways.join(', ') ?? '' },
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
