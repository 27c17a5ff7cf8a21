// The checks of `ahual doctor`: each answers one question, in words, with the fix beside a no.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, statfs, unlink, writeFile, open } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadCameras, loadCity, loadConfig, pathOf, readSecrets, type Environment } from '#config';
import { systemClock } from '#core/clock';
import { entryOf } from '#core/entry';
import { AhualError, messageOf } from '#core/errors';
import { silentLog, withoutSecrets } from '#core/log';
import { inRoot } from '#core/root';
import { modelNames, readModel } from '#models';
import { db, embedded, series, stats } from '#store';
import { checkCity } from '../city-rows.ts';
import { bar, type Measurement } from './frame.ts';

export interface Check {
  readonly id: string;
  readonly ok: boolean;
  readonly level: 'error' | 'warning' | 'info';
  readonly ms: number;
  readonly detail: string;
  readonly fix?: string;
}

interface Outcome {
  readonly ok: boolean;
  readonly level?: Check['level'];
  readonly detail: string;
  readonly fix?: string;
}

type Ask = (signal: AbortSignal) => Promise<Outcome>;

const run = promisify(execFile);

/** Asks a native package in a process of its own, so that its crash is an answer and not the end of the doctor. */
async function loads(module: string, expression: string, signal: AbortSignal): Promise<string> {
  const script = `import(${JSON.stringify(module)}).then((m) => { console.log(String(${expression})); process.exit(0); })`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: join(entryOf('main'), '..', '..'),
    signal,
  });
  return stdout.trim();
}

const yes = (detail: string): Outcome => ({ ok: true, detail });

/** Runs all checks one after another and names the first error as `firstFix`. */
export async function examine(options: { readonly env: Environment; readonly timeoutS: number }): Promise<Measurement> {
  const { env } = options;
  const checks: Check[] = [];
  const ways: Record<string, string> = {};
  const ask = async (id: string, question: Ask, fix: string, level: Check['level'] = 'error'): Promise<boolean> => {
    const startedMs = systemClock.monotonicMs();
    let outcome: Outcome;
    try {
      outcome = await question(AbortSignal.timeout(options.timeoutS * 1000));
    } catch (thrown) {
      outcome = { ok: false, detail: thrown instanceof AhualError ? thrown.toString() : messageOf(thrown) };
    }
    checks.push({
      id,
      ok: outcome.ok,
      level: outcome.ok ? 'info' : (outcome.level ?? level),
      ms: Math.round(systemClock.monotonicMs() - startedMs),
      detail: withoutSecrets(outcome.detail),
      ...(outcome.ok ? {} : { fix: outcome.fix ?? fix }),
    });
    return outcome.ok;
  };

  await ask(
    'node.version',
    () => {
      const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
      const ok = major > 20 || (major === 20 && minor >= 9);
      return Promise.resolve({ ok, detail: `Node ${process.versions.node}` });
    },
    'Install Node 20.9 or newer.',
  );
  let loaded: ReturnType<typeof loadConfig> | undefined;
  await ask(
    'config.settings',
    () => {
      loaded = loadConfig(env);
      return Promise.resolve(yes(loaded.file));
    },
    'Correct the named line.',
  );
  const settings = loaded?.settings;
  if (settings) {
    await ask(
      'config.city',
      () => {
        const city = loadCity(settings.city.folder);
        const list =
          settings.city.cameras === null
            ? []
            : loadCameras(settings.city.cameras, {
                AHUAL_SIMULATOR_RTSP: '127.0.0.1:8554',
                AHUAL_SIMULATOR_HTTP: '127.0.0.1:8080',
                ...env,
              });
        checkCity(city, list);
        const counts = `${city.agencies.length} agencies, ${city.routing.length} routing rules`;
        return Promise.resolve(yes(`${counts}, ${list.length} cameras in the list`));
      },
      'Correct the named row.',
    );
    await ask(
      'disk.data',
      async () => {
        const folder = pathOf(settings.data.folder);
        await mkdir(folder, { recursive: true });
        await access(folder, constants.W_OK);
        const probe = join(folder, `probe-${randomBytes(4).toString('hex')}`);
        const block = randomBytes(4 << 20);
        const startedMs = systemClock.monotonicMs();
        await writeFile(probe, block);
        const handle = await open(probe, 'r+');
        await handle.sync();
        await handle.close();
        const mibPerS = Math.round(4_000 / Math.max(1, systemClock.monotonicMs() - startedMs));
        await unlink(probe);
        const space = await statfs(folder);
        const freeGiB = (space.bavail * space.bsize) / 2 ** 30;
        return {
          ok: freeGiB >= settings.data.freeGiBMin,
          detail: `${freeGiB.toFixed(1)} GiB free, ${mibPerS} MiB/s synced, in ${folder}`,
          fix: 'Free space, or set data.folder to another disk.',
        };
      },
      'Make data.folder writable for this user, or set it to another folder.',
    );
  }
  await ask(
    'zone.city',
    () => {
      const zone = settings?.city.zone ?? 'Asia/Almaty';
      const hour = new Intl.DateTimeFormat('en-GB', {
        timeZone: zone,
        hour: '2-digit',
        timeZoneName: 'shortOffset',
      }).format(systemClock.nowMs());
      const isRight = zone !== 'Asia/Almaty' || hour.includes('GMT+5');
      return Promise.resolve({ ok: isRight, detail: `${zone}: ${hour}` });
    },
    'Update Node: its time zone data is older than March 2024.',
  );
  const hasNodeAv = await ask(
    'way.node-av',
    async (signal) => {
      const version = await loads('node-av', 'typeof m.Demuxer', signal);
      return { ok: version !== 'undefined', detail: 'loads in a process of its own' };
    },
    'Optional: npm ci installs it where a build exists; without it ffmpeg is used.',
    'warning',
  );
  const hasFfmpeg = await ask(
    'way.ffmpeg',
    async (signal) => {
      const { stdout } = await run(settings?.ingest.ffmpeg ?? 'ffmpeg', ['-version'], { signal });
      return yes(stdout.split('\n')[0] ?? '');
    },
    'Optional: apt-get install ffmpeg.',
    'info',
  );
  const lookWay = hasNodeAv ? 'node-av' : hasFfmpeg ? 'ffmpeg' : 'none';
  ways['look'] = lookWay;
  ways['lookSecond'] = hasFfmpeg && hasNodeAv ? 'ffmpeg' : 'none';
  await ask(
    'way.look',
    () => Promise.resolve({ ok: hasNodeAv || hasFfmpeg, detail: `RTSP cameras are opened by ${lookWay}` }),
    'Run npm ci again without --omit=optional, or install ffmpeg: without either only HTTP cameras can be looked at.',
  );
  await ask(
    'native.sharp',
    async (signal) => yes(`libvips ${await loads('sharp', 'm.default.versions.vips', signal)}`),
    'Run npm ci on this machine.',
  );
  await ask(
    'native.onnxruntime',
    async (signal) => yes(await loads('onnxruntime-node', 'Object.keys(m).length + " names"', signal)),
    'Run npm ci on this machine.',
  );
  await ask(
    'models.whole',
    async () => {
      for (const name of modelNames) await readModel(inRoot(), name);
      return yes(`${modelNames.join(', ')}: files equal their cards`);
    },
    'Restore the models folder from the checkout.',
  );
  const secrets = readSecrets(env);
  const url = secrets.databaseUrl;
  await ask(
    'database',
    async () => {
      if (url === undefined) {
        const binaries = await embedded.binaries();
        ways['database'] = 'embedded';
        return yes(`embedded PostgreSQL, binaries in ${binaries}`);
      }
      const database = await db.openDatabase(url, { log: silentLog, name: 'ahual-doctor' });
      try {
        const row = await stats.server(database);
        ways['database'] = `given ${row.version}`;
        ways['series'] = await series.seriesWay(database);
        const skewS = Math.abs(row.nowMs - systemClock.nowMs()) / 1000;
        return {
          ok: skewS < 1,
          detail: `PostgreSQL ${row.version}, clock ${skewS.toFixed(2)} s apart`,
          fix: 'Start time synchronisation on both machines.',
        };
      } finally {
        await database.close();
      }
    },
    'Check DATABASE_URL and that the server runs.',
  );
  ways['queue'] = secrets.redisUrl === undefined ? 'postgres' : 'redis';
  ways['bell'] = ways['queue'];
  const firstFix = checks.find((check) => !check.ok && check.level === 'error');
  return {
    command: 'doctor',
    args: {},
    ways,
    result: { checks, firstFix: firstFix?.id ?? null, ways },
    bars: [
      bar('doctor.errors', '==', 0, checks.filter((check) => !check.ok && check.level === 'error').length),
      bar('doctor.fixWords', '==', 0, checks.filter((check) => !check.ok && check.fix === undefined).length),
    ],
    notes: firstFix ? [`fix first: ${firstFix.id}: ${firstFix.detail} ${firstFix.fix ?? ''}`] : [],
  };
}
