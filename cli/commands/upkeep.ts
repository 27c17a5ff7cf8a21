// The small commands that keep an installation: migrate, people, cameras.
import type { Command } from 'commander';
import { loadCameras, loadCity, loadConfig, readSecrets } from '#config';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { openLog } from '#core/log';
import { hashPassword } from '#dashboard';
import { db, migrate, people } from '#store';
import { randomBytes } from 'node:crypto';
import { loadRows } from '../city-rows.ts';

async function withOwner<T>(work: (database: db.Database) => Promise<T>): Promise<T> {
  const { settings } = loadConfig(process.env);
  const secrets = readSecrets(process.env);
  const url = secrets.databaseOwnerUrl ?? secrets.databaseUrl;
  if (!url)
    throw new AhualError('CONFIG_MISSING', 'DATABASE_URL is not set.', 'Set it to the database of the installation.');
  const database = await db.openDatabase(url, { log: openLog('upkeep', settings.log.level), name: 'ahual-upkeep' });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Adds `migrate`, `cameras load` and `people password`. */
export function addUpkeep(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to this version (needs the owner role)')
    .action(() =>
      withOwner(async (database) => {
        const { settings } = loadConfig(process.env);
        const { databaseUrl } = readSecrets(process.env);
        const done = await migrate.migrate(database, {
          onProgress: (text) => process.stderr.write(`ahual: ${text}\n`),
          ...(databaseUrl === undefined ? {} : { appUrl: databaseUrl }),
        });
        const cameras = settings.city.cameras === null ? undefined : loadCameras(settings.city.cameras, process.env);
        const loaded = await loadRows(database, systemClock, settings, loadCity(settings.city.folder), cameras);
        process.stdout.write(
          `${done.applied.length} migrations applied, time series: ${done.series}, ${loaded.cameras} cameras, city rows ${loaded.rows}\n`,
        );
      }),
    );
  const peopleCommand = program.command('people').description('people who sign in');
  peopleCommand
    .command('password <login>')
    .description('give a person a new random password, shown once, and end their sessions')
    .action((login: string) =>
      withOwner(async (database) => {
        const person = await people.byLogin(database, login);
        if (!person) throw new AhualError('CONFIG_MISSING', `nobody signs in as ${login}.`, 'Check the spelling.');
        const password = randomBytes(12).toString('base64url');
        const hash = await hashPassword(password);
        await database.transaction((tx) => people.setPassword(tx, person.id, hash, systemClock.nowMs()));
        process.stdout.write(`${login}  ${password}\n`);
      }),
    );
}
