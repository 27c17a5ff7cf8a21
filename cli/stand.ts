// Stands the whole product up on this machine: simulated city, database, rows, processes; and takes it down again.
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync, readFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { loadCameras, loadCity, loadConfig, pathOf, readSecrets, type Environment, type Settings } from '#config';
import { systemClock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { openLog } from '#core/log';
import { db, embedded, marks, migrate } from '#store';
import { loadRows } from './city-rows.ts';
import { makeFirstPeople, type SignIn } from './first-people.ts';
import { openSupervisor, type Supervised } from './supervise.ts';

export interface Standing {
  readonly url: string;
  readonly settings: Settings;
  readonly signIns: readonly SignIn[];
  /** What drives the simulated city, when there is one. */
  readonly world: { readonly url: string; readonly token: string } | undefined;
  /** For measuring only: the application's database address. */
  readonly databaseUrl: string;
  readonly cameras: number;
  readonly databasePid: number | undefined;
  processes(): readonly Supervised[];
  stop(): Promise<void>;
}

/** A TCP port of the loopback address that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string')
    throw new AhualError('INTERNAL', 'no free port was found.', 'Free a port.');
  return address.port;
}

async function portIsFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** Waits until `ready` gives a value; ends with the error of `otherwise` after `withinMs`. */
export async function until<T>(
  ready: () => Promise<T | undefined>,
  withinMs: number,
  otherwise: () => AhualError,
  signal?: AbortSignal,
): Promise<T> {
  const endsAt = systemClock.monotonicMs() + withinMs;
  for (;;) {
    const value = await ready();
    if (value !== undefined) return value;
    if (systemClock.monotonicMs() > endsAt) throw otherwise();
    await systemClock.sleep(200, signal);
  }
}

/** One product per data folder: a second start on the same folder is refused while the first lives. */
function holdFolder(folder: string): () => void {
  const file = join(folder, 'ahual.pid');
  if (existsSync(file)) {
    const pid = Number(readFileSync(file, 'utf8'));
    let alive = Number.isInteger(pid) && pid > 0 && pid !== process.pid;
    if (alive) {
      try {
        process.kill(pid, 0);
      } catch {
        alive = false;
      }
    }
    if (alive) {
      throw new AhualError(
        'PART_MISSING',
        `another Ahual (process ${pid}) works on ${folder}.`,
        'Stop it, or set AHUAL_SET_DATA__FOLDER to another folder.',
      );
    }
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

/**
 * Starts everything that the settings ask for and resolves when the dashboard answers and each process has given a beat.
 * `say` gets one line for each step. Throws AhualError with the cure when something is missing; what was started is stopped then.
 */
export async function standUp(options: {
  readonly env: Environment;
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal;
}): Promise<Standing> {
  const { say } = options;
  const env: Record<string, string | undefined> = { ...options.env };
  const clock = systemClock;
  const undo: (() => Promise<void> | void)[] = [];
  const takeDown = async (): Promise<void> => {
    for (const step of undo.reverse()) await step();
    undo.length = 0;
  };
  try {
    const { settings, file } = loadConfig(env);
    say(`settings from ${file}`);
    const folder = pathOf(settings.data.folder);
    mkdirSync(folder, { recursive: true });
    undo.push(holdFolder(folder));
    const log = openLog('up', settings.log.level);
    const logFolder = join(folder, 'log');
    const port = settings.dashboard.port === 0 ? await freePort() : settings.dashboard.port;
    if (!(await portIsFree(settings.dashboard.host, port))) {
      throw new AhualError(
        'PART_MISSING',
        `port ${port} of ${settings.dashboard.host} is taken by another program.`,
        'Stop that program, or set AHUAL_SET_DASHBOARD__PORT to another port.',
      );
    }
    env['AHUAL_SET_DASHBOARD__PORT'] = String(port);

    const supervisor = openSupervisor({ logFolder, clock, onState: (text) => say(text) });
    undo.push(() => supervisor.stop());

    let world: { url: string; token: string } | undefined;
    if (settings.simulator.scenario !== null) {
      const rtspPort = settings.simulator.rtspPort || (await freePort());
      const httpPort = settings.simulator.httpPort || (await freePort());
      const token = randomBytes(16).toString('hex');
      env['AHUAL_SET_SIMULATOR__RTSPPORT'] = String(rtspPort);
      env['AHUAL_SET_SIMULATOR__HTTPPORT'] = String(httpPort);
      env['AHUAL_CITY_TOKEN'] = token;
      env['AHUAL_SIMULATOR_RTSP'] = `127.0.0.1:${rtspPort}`;
      env['AHUAL_SIMULATOR_HTTP'] = `127.0.0.1:${httpPort}`;
      if (settings.ingest.weather.url === null) {
        env['AHUAL_SET_INGEST__WEATHER__URL'] = `http://127.0.0.1:${httpPort}/v1/forecast`;
      }
      world = { url: `http://127.0.0.1:${httpPort}`, token };
    }

    const city = loadCity(settings.city.folder);
    const cameras = settings.city.cameras === null ? undefined : loadCameras(settings.city.cameras, env);

    const secrets = readSecrets(env);
    let databaseUrl = secrets.databaseUrl;
    let ownerUrl = secrets.databaseOwnerUrl ?? secrets.databaseUrl;
    let database: embedded.Embedded | undefined;
    if (databaseUrl === undefined || ownerUrl === undefined) {
      const started = await embedded.startEmbedded({ folder: join(folder, 'postgres'), log, onProgress: say });
      undo.push(() => started.stop());
      databaseUrl = started.url;
      ownerUrl = started.ownerUrl;
      database = started;
      env['DATABASE_URL'] = databaseUrl;
    } else {
      say('database given by DATABASE_URL');
    }
    const owner = await db.openDatabase(ownerUrl, { log, name: 'ahual-up' });
    let signIns: SignIn[];
    let cameraCount: number;
    try {
      const done = await migrate.migrate(owner, { log, onProgress: say, appUrl: databaseUrl });
      say(`tables ready (${done.applied.length} migrations applied, time series: ${done.series})`);
      const loaded = await loadRows(owner, clock, settings, city, cameras);
      cameraCount = loaded.cameras;
      say(`${loaded.cameras} cameras, city rows ${loaded.rows}`);
      signIns = await makeFirstPeople(owner, clock);
    } finally {
      await owner.close();
    }

    if (world) supervisor.start({ name: 'city', args: ['city'], env });
    const names = ['scheduler', 'worker', 'judge', 'dashboard'];
    for (const name of names) supervisor.start({ name, args: [name], env });
    const url = `http://${settings.dashboard.host}:${port}`;
    say('processes started, waiting for their first words …');
    const watched = await db.openDatabase(databaseUrl, { log, name: 'ahual-up' });
    try {
      const startedAtMs = clock.nowMs();
      await until(
        async () => {
          const given = supervisor.list().find((child) => child.state === 'gave-up');
          if (given) {
            throw new AhualError(
              'PART_MISSING',
              `${given.name} does not start.`,
              `Read the end of ${join(logFolder, `${given.name}.log`)}.`,
            );
          }
          try {
            const answer = await fetch(`${url}/healthz`);
            if (!answer.ok) return undefined;
            if (world) {
              const there = await fetch(`${world.url}/world/truth`, {
                headers: { authorization: `Bearer ${world.token}` },
              });
              if (!there.ok) return undefined;
            }
          } catch {
            return undefined;
          }
          const beats = await marks.beats(watched);
          const alive = names.every((name) =>
            beats.some(
              (beat) =>
                beat.process.startsWith(`${name}:`) &&
                beat.atMs >= startedAtMs - 60_000 &&
                supervisor.list().some((child) => beat.process === `${name}:${child.pid}`),
            ),
          );
          return alive ? true : undefined;
        },
        90_000,
        () =>
          new AhualError(
            'PART_MISSING',
            'the processes did not get ready within 90 s.',
            `Read the logs in ${logFolder}.`,
          ),
        options.signal,
      );
    } finally {
      await watched.close();
    }
    return {
      url,
      settings,
      signIns,
      world,
      databaseUrl,
      cameras: cameraCount,
      get databasePid() {
        return database?.pid;
      },
      processes: () => supervisor.list(),
      stop: takeDown,
    };
  } catch (thrown) {
    await takeDown();
    if (thrown instanceof AhualError) throw thrown;
    throw new AhualError('INTERNAL', messageOf(thrown), 'Read the log folder.', {}, thrown);
  }
}
