// A dashboard for one measurement, over a database of its own: the real server on a free port of this machine, without the rest.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCity, readSecrets, Settings, type City } from '#config';
import { systemClock } from '#core/clock';
import { inRoot } from '#core/root';
import { silentLog } from '#core/log';
import { startDashboard, type Dashboard } from '#dashboard';
import { bell as bells, files as fileStore, type Database } from '#store';
import { evidenceSettings, incidentSettings, taskSettings } from '../slices.ts';
import { withOwnDatabase } from './own-database.ts';

export interface OwnDashboard {
  readonly database: Database;
  readonly dashboard: Dashboard;
  readonly files: fileStore.Files;
  readonly settings: Settings;
}

/**
 * Fills a database, starts the dashboard over it and gives both to `work`; nothing outlives the call. `serverDatabase` is what the
 * server itself is given, where a measurement breaks it on purpose.
 */
export function withOwnDashboard<T>(
  name: string,
  given: {
    readonly fill: (database: Database, files: fileStore.Files, city: City) => Promise<unknown>;
    readonly webRoot: string;
    readonly serverDatabase?: (database: Database) => Database;
  },
  work: (own: OwnDashboard) => Promise<T>,
): Promise<T> {
  return withOwnDatabase(name, async (database) => {
    const folder = mkdtempSync(join(tmpdir(), `${name}-files-`));
    const settings = Settings.parse({ dashboard: { port: 0, secureCookies: false, plantedOneIn: 0 } });
    const city = loadCity(inRoot('config', 'city'));
    const files = await fileStore.openFiles(folder);
    const bell = await bells.openBell({ database, log: silentLog });
    try {
      await given.fill(database, files, city);
      const dashboard = await startDashboard({
        database: given.serverDatabase?.(database) ?? database,
        bell,
        files,
        clock: systemClock,
        log: silentLog,
        settings: {
          ...settings.dashboard,
          city: settings.city,
          incidents: incidentSettings(settings),
          tasks: taskSettings(settings, readSecrets({})),
          evidence: evidenceSettings(settings),
          appeals: { services: [] },
        },
        city,
        webRoot: given.webRoot,
      });
      try {
        return await work({ database, dashboard, files, settings });
      } finally {
        await dashboard.close();
      }
    } finally {
      await bell.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
