// `ahual cameras import`, `export`, `list`: the list of cameras as a table. One transaction; whatever is wrong is named by line and column.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { loadCity, loadConfig, readSecrets, secretOf, type Settings } from '#config';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { openLog } from '#core/log';
import {
  cameraTable,
  encodings,
  importCameras,
  importCity,
  textOf,
  type Encoding,
  type ImportFault,
  type ImportReport,
} from '#ingest';
import { agencies, cameras, openDatabase, type Database } from '#store';

const mostTold = 50;

/** A fault as one line of a compiler's manner: file:line column is "value"; what. Cure. */
export const faultLine = (file: string, { line, column, value, what, cure }: ImportFault): string =>
  `${file}:${line} ${column === null ? '' : `${column}${value === null || value === '' ? '' : ` is ${JSON.stringify(value)}`}; `}${what}. ${cure}`;

/** What an import did, in words. */
export function importWords(report: ImportReport): string[] {
  const { file, added, changed, removed, missing, faults, warnings } = report;
  const some = <T>(list: readonly T[], word: (one: T) => string): string[] => [
    ...list.slice(0, mostTold).map(word),
    ...(list.length > mostTold ? [`… and ${list.length - mostTold} more (--json has all)`] : []),
  ];
  const stopped = faults.length > 0 && added.length + changed.length + report.unchanged === 0;
  return [
    ...some(faults, (fault) => faultLine(file, fault)),
    ...some(warnings, (fault) => `note: ${faultLine(file, fault)}`),
    ...some(added, (id) => `+ ${id}`),
    ...some(changed, ({ id, columns }) => `~ ${id}: ${columns.join(', ')}`),
    ...some(removed, (id) => `- ${id}`),
    ...(missing.length > 0 && removed.length === 0
      ? [
          `${missing.length} cameras are known and not in the file; they stay.` +
            // A file of additions must not talk anybody into emptying the list.
            (missing.length <= report.rows ? ` To take them off: --remove-missing ${missing.length}` : ''),
        ]
      : []),
    stopped || (!report.written && faults.length > 0)
      ? `faults: ${faults.length}; nothing was written`
      : `rows: ${report.rows}; ${report.written ? '' : 'would be '}added ${added.length}, changed ${changed.length}, ` +
        `removed ${removed.length}, as they were ${report.unchanged}` +
        `${faults.length > 0 ? `, left out for faults ${faults.length}` : ''} (${(report.tookMs / 1000).toFixed(1)} s)`,
  ];
}

/** Settings, city and an open database for a command that ends. */
export async function withDatabase<T>(work: (database: Database, settings: Settings) => Promise<T>): Promise<T> {
  const { settings } = loadConfig(process.env);
  const { databaseUrl } = readSecrets(process.env);
  if (databaseUrl === undefined) throw new AhualError('CONFIG_MISSING', 'DATABASE_URL is not set.', 'Set it.');
  const database = await openDatabase(databaseUrl, {
    log: openLog('cameras', settings.log.level),
    name: 'ahual-cameras',
    max: 2,
  });
  try {
    return await work(database, settings);
  } finally {
    await database.close();
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function bytesOf(file: string): Uint8Array {
  if (file === '-') return readFileSync(0);
  if (!existsSync(file)) throw new AhualError('FILE_MISSING', `${file} is not there.`, 'Check the path.');
  return readFileSync(file);
}

interface ImportOptions {
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly skipBad: boolean;
  readonly removeMissing?: string;
  readonly encoding?: Encoding;
  readonly ignore: string[];
}

/** Names of secrets that cameras name and this environment does not have: a hint, for the workers may have them. */
async function secretsWithout(database: Database): Promise<string[]> {
  const names = new Set((await cameras.all(database)).flatMap(({ credential }) => credential ?? []));
  return [...names].filter((name) => secretOf(process.env, secretNameOf(name)) === undefined).sort();
}

/** The variable in which a named sign-in is looked for. */
export const secretNameOf = (name: string): string => `AHUAL_CAMERA_${name.toUpperCase().replaceAll('-', '_')}`;

async function runImport(file: string, options: ImportOptions): Promise<void> {
  const text = textOf(bytesOf(file), file, options.encoding);
  await withDatabase(async (database, settings) => {
    const owners = (await agencies.all(database)).map(({ id }) => String(id));
    const stated = options.removeMissing === undefined ? undefined : Number(options.removeMissing);
    if (stated !== undefined && !(Number.isInteger(stated) && stated >= 0)) {
      const cure = 'State how many cameras are to go, like --remove-missing 12; a dry run says the number.';
      throw new AhualError('REQUEST_INVALID', '--remove-missing needs a number.', cure);
    }
    const report = await importCameras(database, {
      text,
      file,
      city: importCity(loadCity(settings.city.folder), owners),
      isDry: options.dryRun,
      skipBad: options.skipBad,
      removeMissing: stated,
      ignore: options.ignore,
      actor: 'cli',
      clock: systemClock,
    });
    if (options.json) print(JSON.stringify(report, null, 1));
    else importWords(report).forEach(print);
    if (!options.json && report.written) {
      for (const name of await secretsWithout(database))
        print(
          `note: ${secretNameOf(name)} is not set here; the workers need it to sign in where the list says ${name}`,
        );
    }
    if (report.faults.length > 0) process.exitCode = 1;
  });
}

/** Adds `import`, `export` and `list` to `ahual cameras`. */
export function addCameraList(group: Command): void {
  group
    .command('import <file>')
    .description(
      'bring a table of cameras in: CSV, UTF-8, commas or semicolons (docs/onboarding.md); - is standard input',
    )
    .option('--dry-run', 'say what would change and change nothing', false)
    .option('--skip-bad', 'leave faulty rows out instead of refusing the file', false)
    .option('--remove-missing <count>', 'take cameras off that the file leaves out, if there are exactly so many')
    .option('--ignore <heading...>', 'columns of the file that are not read', [])
    .addOption(new Option('--encoding <name>', 'encoding of the file where it is not UTF-8').choices(encodings))
    .option('--json', 'the report as JSON', false)
    .action((file: string, options: ImportOptions) => runImport(file, options));
  group
    .command('export [file]')
    .description('write the list of cameras as CSV, which `import` takes back; no secret is in it')
    .action(async (file: string | undefined) => {
      await withDatabase(async (database) => {
        const table = cameraTable(await cameras.all(database));
        if (file === undefined || file === '-') process.stdout.write(table);
        else writeFileSync(file, table);
      });
    });
  group
    .command('list')
    .description('cameras with their state')
    .option('--state <state>', 'only those in this state, as the health page names it')
    .option('--json', 'as JSON, one camera a line', false)
    .action(async ({ state, json }: { state?: string; json: boolean }) => {
      await withDatabase(async (database) => {
        const health = new Map((await cameras.health(database)).map((one) => [String(one.cameraId), one]));
        for (const camera of await cameras.all(database)) {
          const known = health.get(camera.id);
          const now = known?.state ?? 'unknown';
          if (state !== undefined && now !== state) continue;
          const host = new URL(camera.rtsp ?? camera.snapshot ?? camera.subRtsp ?? 'none://-').host;
          const seen = known?.lastGoodAtMs == null ? null : new Date(known.lastGoodAtMs).toISOString();
          if (json)
            print(JSON.stringify({ id: camera.id, state: now, host, district: camera.district, lastGoodAt: seen }));
          else print([camera.id, now, camera.district, host, seen ?? 'never', camera.name.en].join('\t'));
        }
      });
    });
}
