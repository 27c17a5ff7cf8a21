// The long-running processes, each joined by hand from its rooms: scheduler, worker, judge (with the courier), dashboard.
import type { Command } from 'commander';
import { loadCity } from '#config';
import { inRoot } from '#core/root';
import { startDashboard } from '#dashboard';
import { planClip, sealClip, openDraft } from '#evidence';
import { runJudge } from '#incidents';
import { runScheduler, runWorker } from '#ingest';
import { openTasks, runCourier } from '#tasks';
import { asProcess, filesFolder, ringFolder, type Running } from '../process.ts';
import { evidenceSettings, incidentSettings, taskSettings } from '../slices.ts';

async function scheduler({ settings, openQueue, ...rest }: Running): Promise<void> {
  const queue = await openQueue();
  await runScheduler({ ...rest, queue, settings: { ...settings.ingest, pace: settings.city.pace, keeping: settings.keeping } }, rest.signal);
}

async function worker({ settings, secrets, openQueue, ...rest }: Running): Promise<void> {
  const queue = await openQueue();
  await runWorker(
    {
      ...rest,
      queue,
      credential: secrets.camera,
      settings: { ...settings.ingest, pace: settings.city.pace, hazards: settings.hazards, filesFolder: filesFolder(settings), ringFolder: ringFolder(settings) },
      afterCut: (tx, clip, cut) => sealClip(tx, clip, cut, rest.clock),
    },
    rest.signal,
  );
}

async function judge({ settings, secrets, ...rest }: Running): Promise<void> {
  const incidents = incidentSettings(settings);
  const evidence = evidenceSettings(settings);
  await Promise.all([
    runJudge(
      {
        ...rest,
        settings: incidents,
        afterChange: async (tx, incident) => {
          await planClip(tx, incident, { clock: rest.clock, settings: evidence });
          await openDraft(tx, incident, { clock: rest.clock, settings: evidence });
        },
      },
      rest.signal,
    ),
    runCourier({ ...rest, settings: taskSettings(settings, secrets) }, rest.signal),
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
    },
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

/** Adds one command for each process. */
export function addProcesses(program: Command): void {
  for (const name of ['scheduler', 'worker', 'judge', 'dashboard'] as const) {
    program
      .command(name)
      .description(meaning[name])
      .action(() => asProcess(name, processes[name]));
  }
}

