// The long-running processes, each joined by hand from its rooms: scheduler, worker, judge (with the courier), dashboard.
import type { Command } from 'commander';
import { loadCity, readSecrets } from '#config';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { silentLog } from '#core/log';
import { inRoot } from '#core/root';
import { startDashboard } from '#dashboard';
import { planClip, sealClip, openDraft } from '#evidence';
import { matchWaiting, runJudge } from '#incidents';
import { runScheduler, runWorker } from '#ingest';
import { db, marks } from '#store';
import { openTasks, runAppealNews, runCourier, runScores } from '#tasks';
import { asProcess, filesFolder, ringFolder, type Running } from '../process.ts';
import {
  appealNewsSettings,
  appealServices,
  evidenceSettings,
  incidentSettings,
  liveSettings,
  taskSettings,
} from '../slices.ts';

async function scheduler({ settings, openQueue, ...rest }: Running): Promise<void> {
  const queue = await openQueue();
  await runScheduler(
    { ...rest, queue, settings: { ...settings.ingest, pace: settings.city.pace, keeping: settings.keeping } },
    rest.signal,
  );
}

async function worker({ settings, secrets, openQueue, ...rest }: Running): Promise<void> {
  const queue = await openQueue();
  const evidence = evidenceSettings(settings);
  await runWorker(
    {
      ...rest,
      queue,
      credential: secrets.camera,
      settings: {
        ...settings.ingest,
        pace: settings.city.pace,
        hazards: settings.hazards,
        filesFolder: filesFolder(settings),
        ringFolder: ringFolder(settings),
        freeGiBMin: settings.data.freeGiBMin,
      },
      afterCut: async (tx, clip, cut) => {
        await sealClip(tx, clip, cut, { clock: rest.clock, settings: evidence });
      },
    },
    rest.signal,
  );
}

async function judge({ settings, secrets, ...rest }: Running): Promise<void> {
  const incidents = incidentSettings(settings);
  const evidence = evidenceSettings(settings);
  const tasks = taskSettings(settings, secrets);
  await Promise.all([
    runJudge(
      {
        ...rest,
        settings: incidents,
        openTasks: (tx, incident, wish) => openTasks(tx, incident, { clock: rest.clock, settings: tasks, ...wish }),
        afterChange: async (tx, incident) => {
          await planClip(tx, incident, { clock: rest.clock, settings: evidence });
          await openDraft(tx, incident, { clock: rest.clock, settings: evidence });
          // A hazard that came back is new work for the same agency, at once.
          if (incident.state === 'reopened') {
            await openTasks(tx, incident, { clock: rest.clock, settings: tasks, sendNow: true });
          }
        },
      },
      rest.signal,
    ),
    runCourier({ ...rest, settings: tasks }, rest.signal),
    runScores({ ...rest, zone: settings.city.zone }, rest.signal),
    runAppealNews(
      {
        ...rest,
        settings: appealNewsSettings(settings, secrets),
        before: () => matchWaiting(rest.database, rest.clock),
      },
      rest.signal,
    ),
  ]);
}

async function dashboard({ settings, secrets, ...rest }: Running): Promise<void> {
  const running = await startDashboard({
    ...rest,
    settings: {
      ...settings.dashboard,
      city: settings.city,
      incidents: incidentSettings(settings),
      tasks: taskSettings(settings, secrets),
      evidence: evidenceSettings(settings),
      appeals: appealServices(settings, secrets),
      rhythm: { lookEveryS: settings.ingest.lookEveryS, coverEveryS: settings.ingest.coverEveryS },
      keeping: { ...settings.keeping, ringS: settings.ingest.ringS, ringGiB: settings.ingest.ringGiB },
    },
    ...(settings.ingest.live ? { live: liveSettings(settings, secrets) } : {}),
    accountSecrets: { factorKey: secrets.factorKey, providerSecret: secrets.providerSecret },
    city: loadCity(settings.city.folder),
    webRoot: inRoot('.build', 'web'),
  });
  rest.tell({ url: running.url });
  await new Promise<void>((resolve) => rest.signal.addEventListener('abort', () => resolve(), { once: true }));
  await running.close();
}

const processes = { scheduler, worker, judge, dashboard } as const;
const meaning = {
  scheduler: 'hand out looks, read the weather, keep the house clean (one leads, others wait)',
  worker: 'look at cameras and watch zones, in expendable child processes',
  judge: 'fold observations into incidents, and deliver tasks',
  dashboard: 'serve the screens and their contract',
} as const;

/** A process that gave no beat for this long is not well. */
const aliveWithinMs = 30_000;

/** Ends with code 0 when a process of this kind gave a beat lately: the health check of a container. */
async function alive(name: string): Promise<void> {
  const { databaseUrl } = readSecrets(process.env);
  if (databaseUrl === undefined) throw new AhualError('CONFIG_MISSING', 'DATABASE_URL is not set.', 'Set it.');
  const database = await db.openDatabase(databaseUrl, { log: silentLog, name: 'ahual-alive', max: 1 });
  try {
    const fromMs = systemClock.nowMs() - aliveWithinMs;
    const beats = await marks.beats(database);
    const isAlive = beats.some((beat) => beat.process.startsWith(`${name}:`) && beat.atMs > fromMs);
    process.exitCode = isAlive ? 0 : 1;
  } finally {
    await database.close();
  }
}

/** Adds one command for each process, and the question whether one is alive. */
export function addProcesses(program: Command): void {
  program
    .command('alive <process>')
    .description('ask whether a process of this kind gave a beat within 30 s (for health checks)')
    .action((name: string) => alive(name));
  for (const name of ['scheduler', 'worker', 'judge', 'dashboard'] as const) {
    program
      .command(name)
      .description(meaning[name])
      .action(() => asProcess(name, processes[name]));
  }
}
