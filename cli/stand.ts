// Stands the whole product up on this machine: simulated city, database, rows, processes; and takes it down again.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { loadCameras, loadCity, loadConfig, pathOf, readSecrets, type Environment, type Settings } from '#config';
import { systemClock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { openLog } from '#core/log';
import { db, embedded, marks, migrate } from '#store';
import { loadRows } from './city-rows.ts';
import { makeFirstPeople, type SignIn } from './first-people.ts';
import { ownFactorKey } from './own-key.ts';
import { keepDatabase, type KeptDatabase } from './keep-database.ts';
import { clearLeftOver, holdFolder } from './runs.ts';
import { openSupervisor, type Supervised, type Supervisor } from './supervise.ts';
import { tellOfChildren } from './telling.ts';

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

/** Generous: a busy machine takes a minute to load the networks, and a part that cannot start is told long before. */
const readyWithinMs = 180_000;

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

/** Waits until the dashboard and the city answer and each process has given a beat. Throws PART_MISSING with the log to read. */
async function untilReady(given: {
  readonly supervisor: Supervisor;
  readonly names: readonly string[];
  readonly watched: db.Database;
  readonly url: string;
  readonly world: Standing['world'];
  readonly logFolder: string;
  readonly signal: AbortSignal | undefined;
}): Promise<void> {
  const { supervisor, names, watched, url, world, logFolder } = given;
  const answers = async (): Promise<boolean> => {
    const page = await fetch(`${url}/healthz`);
    if (!page.ok || !world) return page.ok;
    const truth = await fetch(`${world.url}/world/truth`, { headers: { authorization: `Bearer ${world.token}` } });
    return truth.ok;
  };
  await until(
    async () => {
      const children = supervisor.list();
      const resting = children.find((child) => child.state === 'resting');
      if (resting) {
        throw new AhualError(
          'PART_MISSING',
          `${resting.name} does not start.`,
          `Read the end of ${join(logFolder, `${resting.name}.log`)}.`,
        );
      }
      try {
        if (!(await answers())) return undefined;
        const beats = await marks.beats(watched);
        const alive = new Set(beats.map((beat) => beat.process));
        const isThere = ({ name, pid }: Supervised): boolean => pid !== undefined && alive.has(`${name}:${pid}`);
        return children.filter(({ name }) => names.includes(name)).every(isThere) ? true : undefined;
      } catch {
        // Not there yet, or just being started again.
        return undefined;
      }
    },
    readyWithinMs,
    () =>
      new AhualError(
        'PART_MISSING',
        `the processes did not get ready within ${readyWithinMs / 1000} s.`,
        `Read the logs in ${logFolder}.`,
      ),
    given.signal,
  );
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
    env['AHUAL_FACTOR_KEY'] ??= ownFactorKey(folder, env);
    const logFolder = join(folder, 'log');
    const runFolder = join(folder, 'run');
    await clearLeftOver(runFolder, { clock, say });
    const port = settings.dashboard.port === 0 ? await freePort() : settings.dashboard.port;
    if (!(await portIsFree(settings.dashboard.host, port))) {
      throw new AhualError(
        'PART_MISSING',
        `port ${port} of ${settings.dashboard.host} is taken by another program.`,
        'Stop that program, or set AHUAL_SET_DASHBOARD__PORT to another port.',
      );
    }
    env['AHUAL_SET_DASHBOARD__PORT'] = String(port);

    let world: { url: string; token: string } | undefined;
    if (settings.simulator.scenario !== null) {
      const rtspPort = settings.simulator.rtspPort || (await freePort());
      const httpPort = settings.simulator.httpPort || (await freePort());
      const token = env['AHUAL_CITY_TOKEN'] ?? randomBytes(16).toString('hex');
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
    let kept: KeptDatabase | undefined;
    if (databaseUrl === undefined || ownerUrl === undefined) {
      const start = (): Promise<embedded.Embedded> =>
        embedded.startEmbedded({ folder: join(folder, 'postgres'), log, onProgress: say });
      const started = await start();
      const keeping = keepDatabase(started, start, { clock, log });
      kept = keeping;
      undo.push(() => keeping.stop());
      databaseUrl = started.url;
      ownerUrl = started.ownerUrl;
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

    // Taken down before the database: its children save what they have in hand when they are told to end.
    const supervisor = openSupervisor({ logFolder, runFolder, clock, onState: (text) => say(text) });
    undo.push(() => supervisor.stop());
    if (world) supervisor.start({ name: 'city', args: ['city'], env });
    const names = ['scheduler', 'worker', 'judge', 'dashboard'];
    for (const name of names) supervisor.start({ name, args: [name], env });
    const url = `http://${settings.dashboard.host}:${port}`;
    say('processes started, waiting for their first words …');
    const watched = await db.openDatabase(databaseUrl, { log, name: 'ahual-up', max: 2 });
    undo.push(() => watched.close());
    undo.push(
      tellOfChildren({
        database: watched,
        clock,
        log,
        children: () => supervisor.list(),
        databasePid: () => kept?.pid,
      }),
    );
    await untilReady({ supervisor, names, watched, url, world, logFolder, signal: options.signal });
    return {
      url,
      settings,
      signIns,
      world,
      databaseUrl,
      cameras: cameraCount,
      get databasePid() {
        return kept?.pid;
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
