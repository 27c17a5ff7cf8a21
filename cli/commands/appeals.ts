// `ahual appeals import`: appeals from a file, through the same door as those that a service sends.
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { loadCity, loadConfig, readSecrets } from '#config';
import { appealOf } from '#core/appeal';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { inRing } from '#core/geo';
import { openLog } from '#core/log';
import type { Point } from '#core/place';
import { receiveAppeal, type Received } from '#incidents';
import { cameras, openDatabase, type Database, type Tx } from '#store';
import { readAppeals, type AppealRow } from '../appeal-file.ts';

/** Thrown to roll back what was only tried. */
class OnlyTried extends Error {}

async function each(
  database: Database,
  rows: readonly AppealRow[],
  isDry: boolean,
  take: (tx: Tx, row: AppealRow) => Promise<void>,
): Promise<void> {
  if (!isDry) {
    for (const row of rows) await database.transaction((tx) => take(tx, row));
    return;
  }
  try {
    await database.transaction(async (tx) => {
      for (const row of rows) await take(tx, row);
      throw new OnlyTried();
    });
  } catch (thrown) {
    if (!(thrown instanceof OnlyTried)) throw thrown;
  }
}

/** Imports a file; returns how many rows were bad. A number that came before counts once, also within the file. */
export async function importAppeals(
  database: Database,
  given: {
    readonly text: string;
    readonly file: string;
    readonly source: string;
    readonly topics: Parameters<typeof appealOf>[2];
    readonly inCity: (point: Point) => boolean;
    readonly isDry: boolean;
    readonly say: (line: string) => void;
    readonly clock: Parameters<typeof receiveAppeal>[2]['clock'];
  },
): Promise<number> {
  const { file, source, topics, inCity, isDry, say, clock } = given;
  const { rows, faults } = readAppeals(given.text);
  for (const { line, what } of faults) say(`${file}:${line} ${what}`);
  const all = await cameras.all(database);
  const by = new Map<string, number>();
  const count = (what: string): void => void by.set(what, (by.get(what) ?? 0) + 1);
  await each(database, rows, isDry, async (tx, { line, appeal }) => {
    const got: Received = await receiveAppeal(tx, appealOf(source, appeal, topics), { clock, cameras: all, inCity });
    count(got.fresh ? got.appeal.state : 'known');
    if (got.differs)
      say(`${file}:${line} ${appeal.externalId} was taken before with other words, place or time; that one holds`);
  });
  const counted = [...by].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, n]) => `${what} ${n}`);
  const taken = isDry ? 'would be taken' : 'taken';
  say(`${rows.length} appeals ${taken} (${counted.join(', ') || 'none'}), ${faults.length} rows refused`);
  return faults.length;
}

/** Adds `appeals import`. */
export function addAppeals(program: Command): void {
  program
    .command('appeals')
    .description("citizens' appeals")
    .command('import <file>')
    .description('take appeals from a file: CSV or one JSON object a line (docs/appeals.md)')
    .requiredOption('--service <name>', 'the service of the settings whose appeals they are')
    .option('--dry-run', 'say what would happen and change nothing', false)
    .action(async (file: string, options: { service: string; dryRun: boolean }) => {
      const { settings } = loadConfig(process.env);
      const { databaseUrl } = readSecrets(process.env);
      const service = settings.appeals.services.find(({ name }) => name === options.service);
      if (!service) {
        const names = settings.appeals.services.map(({ name }) => name).join(', ') || 'none';
        const cure = `Write it into appeals.services; there are: ${names}.`;
        throw new AhualError('CONFIG_MISSING', `there is no appeal service ${options.service}.`, cure);
      }
      if (!existsSync(file)) throw new AhualError('FILE_MISSING', `${file} is not there.`, 'Check the path.');
      if (databaseUrl === undefined) throw new AhualError('CONFIG_MISSING', 'DATABASE_URL is not set.', 'Set it.');
      const { districts } = loadCity(settings.city.folder);
      const log = openLog('appeals', settings.log.level);
      const database = await openDatabase(databaseUrl, { log, name: 'ahual-appeals', max: 2 });
      try {
        const refused = await importAppeals(database, {
          text: readFileSync(file, 'utf8'),
          file,
          source: service.name,
          topics: service.topics,
          inCity: ({ lon, lat }) =>
            districts.features.some(({ geometry }) => geometry.coordinates.some((ring) => inRing(lon, lat, ring))),
          isDry: options.dryRun,
          say: (line) => process.stdout.write(`${line}\n`),
          clock: systemClock,
        });
        if (refused > 0) process.exitCode = 1;
      } finally {
        await database.close();
      }
    });
}
