// `ahual models …`: what a camera's own material changes in its judgement, and the people who let it (measure 13).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { loadConfig, pathOf, readSecrets, type Settings } from '#config';
import { adaptationKinds } from '#core/adaptation';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { HazardName, hazardNames } from '#core/hazard-name';
import { openLog } from '#core/log';
import type { Person, Role } from '#core/person';
import { epochMs, isoOf } from '#core/units';
import { adapt, cameras, db, embedded } from '#store';
import { factsOf, leastFrames, measureAdapt, MeasureWrong, type AdaptOptions } from '../measure/adapt/run.ts';
import { report } from '../measure/frame.ts';
import { askPassword, signedIn } from '../sign-in.ts';

/** Who may do what with corrections (domain 3.6: models and thresholds are proposed by one and published by another). */
const mayPropose: readonly Role[] = ['camera_admin', 'system_admin'];
const mayPublish: readonly Role[] = ['system_admin'];
const mayRollBack: readonly Role[] = ['shift_lead', 'camera_admin', 'system_admin'];
const mayMark: readonly Role[] = ['operator', 'shift_lead', 'camera_admin'];

const hours = z
  .string()
  .regex(/^\d{1,4}h$/, 'hours are written like 24h')
  .transform((text) => Number(text.slice(0, -1)));

const AdaptFlags = z
  .object({
    camera: z.string().min(1),
    hazard: HazardName,
    from: z.enum(['verdicts', 'marks']),
    frames: z.coerce.number().int().min(leastFrames).max(4096),
    method: z.enum(adaptationKinds).optional(),
    holdout: z.enum(['days']),
    shadow: hours.pipe(z.number().min(1).max(2160)),
    seed: z.coerce.number().int().min(0),
    sabotage: z.enum(['none', 'train-on-holdout']).default('none'),
    again: z.boolean().default(false),
    dry: z.boolean().default(false),
    promote: z.boolean().default(false),
    rollback: z.boolean().default(false),
    by: z.string().min(1).optional(),
    json: z.boolean().default(false),
  })
  .refine((flags) => !(flags.promote && flags.rollback), 'promote and roll back are two commands');
type AdaptFlags = z.infer<typeof AdaptFlags>;

const MarkFlags = z.object({
  camera: z.string().min(1),
  zone: z.string().min(1),
  hazard: HazardName,
  at: z.iso.datetime({ offset: true }),
  as: z.enum(['hazard', 'clear']),
  by: z.string().min(1),
});

const SampleFlags = z.object({
  camera: z.string().min(1),
  hazard: HazardName,
  limit: z.coerce.number().int().min(1).max(1000),
  json: z.boolean().default(false),
});

const ListFlags = z.object({ all: z.boolean().default(false), json: z.boolean().default(false) });

/** Exit code of measure 0: the measuring itself is wrong. */
const exitWrong = 4;

function parsed<T>(schema: z.ZodType<T>, given: unknown, help: string): T {
  const flags = schema.safeParse(given);
  if (flags.success) return flags.data;
  throw new AhualError(
    'REQUEST_INVALID',
    `These flags cannot be used: ${z.prettifyError(flags.error)}.`,
    `See \`ahual ${help} --help\`.`,
  );
}

const misused = (what: string, cure: string): AhualError => new AhualError('REQUEST_INVALID', what, cure);

/** The database of the installation: the given one, else the embedded one of the data folder, whether it runs or not. */
async function withDatabase<T>(work: (database: db.Database, settings: Settings) => Promise<T>): Promise<T> {
  const { settings } = loadConfig(process.env);
  const { databaseUrl } = readSecrets(process.env);
  const log = openLog('models', settings.log.level);
  const folder = join(pathOf(settings.data.folder), 'postgres');
  if (databaseUrl === undefined && !existsSync(folder)) {
    throw new AhualError(
      'CONFIG_MISSING',
      `DATABASE_URL is not set, and there is no database in ${folder}.`,
      'Set it to the database of the installation, or run this where `ahual up` runs.',
    );
  }
  const own = databaseUrl === undefined ? await embedded.startEmbedded({ folder, log }) : undefined;
  try {
    const database = await db.openDatabase(databaseUrl ?? own?.url ?? '', { log, name: 'ahual-models', max: 2 });
    try {
      return await work(database, settings);
    } finally {
      await database.close();
    }
  } finally {
    await own?.stop();
  }
}

/** The person who acts, asked for the password. */
async function actor(
  database: db.Database,
  login: string | undefined,
  roles: readonly Role[],
  act: string,
): Promise<Person> {
  if (login === undefined) throw misused(`--by is missing: somebody must ${act}.`, 'Name your login: --by LOGIN.');
  return signedIn(database, systemClock, { login, password: await askPassword(login), roles, act });
}

const scopeOf = (camera: string): string | null => (camera === 'city' ? null : camera);

const optionsOf = (database: db.Database, settings: Settings, flags: AdaptFlags): AdaptOptions => ({
  database,
  clock: systemClock,
  zone: settings.city.zone,
  cameraId: scopeOf(flags.camera),
  hazard: flags.hazard,
  from: flags.from,
  method: flags.method,
  frames: flags.frames,
  shadowH: flags.shadow,
  again: flags.again,
  dry: flags.dry,
  seed: flags.seed,
  sabotage: flags.sabotage,
  by: flags.by ?? 'command line',
});

async function promote(database: db.Database, settings: Settings, flags: AdaptFlags): Promise<Record<string, unknown>> {
  const { hazard } = flags;
  const underWay = async () =>
    (await adapt.modelsOf(database, scopeOf(flags.camera), hazard)).find(
      (one) => one.state === 'offered' || one.state === 'shadow',
    );
  const found = await underWay();
  if (!found) {
    throw new AhualError(
      'NOT_FOUND',
      `nothing is offered for ${hazard} at ${flags.camera}.`,
      'Fit it first; what helps is offered after its shadow.',
    );
  }
  // One whose shadow is over is offered now, if nothing spoke against it.
  const followed = await measureAdapt({ ...optionsOf(database, settings, flags), again: false, dry: false });
  const model = (await underWay()) ?? found;
  if (model.state !== 'offered') {
    throw new AhualError(
      'MOVE_UNLAWFUL',
      `adaptation ${model.number} is in shadow until ${isoOf(epochMs(model.shadowUntilMs))}${followed.notes.map((note) => `; ${note}`).join('')}.`,
      'It can be promoted when its shadow is over and nothing spoke against it.',
    );
  }
  const isFirst = model.proposedBy === null;
  const person = await actor(
    database,
    flags.by,
    isFirst ? mayPropose : mayPublish,
    isFirst ? 'propose an adaptation' : 'promote an adaptation',
  );
  const signed = await database.transaction((tx) => adapt.sign(tx, model.id, person.id, systemClock.nowMs()));
  return {
    ...factsOf(signed),
    decision: signed.state === 'active' ? 'promoted' : 'proposed',
    ...(signed.state === 'active' ? {} : { next: 'another person with the role system_admin promotes it' }),
  };
}

async function rollBack(database: db.Database, flags: AdaptFlags): Promise<Record<string, unknown>> {
  const person = await actor(database, flags.by, mayRollBack, 'roll an adaptation back');
  const { ended, speaks } = await database.transaction((tx) =>
    adapt.rollBack(tx, {
      cameraId: scopeOf(flags.camera),
      hazard: flags.hazard,
      personId: person.id,
      atMs: systemClock.nowMs(),
    }),
  );
  return { ...factsOf(ended), decision: 'rolled-back', speaks: speaks === null ? null : speaks.number };
}

function tell(object: Readonly<Record<string, unknown>>, isJson: boolean): void {
  if (isJson) {
    process.stdout.write(`${JSON.stringify(object)}\n`);
    return;
  }
  for (const [key, value] of Object.entries(object)) {
    const text = typeof value === 'string' ? value : value === null ? '-' : JSON.stringify(value);
    process.stdout.write(`  ${key.padEnd(14)} ${text}\n`);
  }
}

async function runAdapt(given: unknown): Promise<void> {
  const flags = parsed(AdaptFlags, given, 'models adapt');
  await withDatabase(async (database, settings) => {
    if (flags.promote) {
      tell(await promote(database, settings, flags), flags.json);
      return;
    }
    if (flags.rollback) {
      tell(await rollBack(database, flags), flags.json);
      return;
    }
    try {
      await report({ json: flags.json }, () => measureAdapt(optionsOf(database, settings, flags)));
    } catch (thrown) {
      if (!(thrown instanceof MeasureWrong)) throw thrown;
      process.stderr.write(`ahual: ${thrown.toString()}\n`);
      process.exitCode = exitWrong;
    }
  });
}

async function runMark(given: unknown): Promise<void> {
  const flags = parsed(MarkFlags, given, 'models mark');
  await withDatabase(async (database) => {
    const person = await actor(database, flags.by, mayMark, 'mark looks');
    const at = { cameraId: flags.camera, zoneId: flags.zone, hazard: flags.hazard, seenAtMs: Date.parse(flags.at) };
    const sample = await adapt.sampleAt(database, at);
    if (!sample) {
      throw new AhualError(
        'NOT_FOUND',
        `no look of ${flags.camera}/${flags.zone} was kept for ${flags.hazard} at ${flags.at}.`,
        'See `ahual models samples` for the moments that were kept.',
      );
    }
    await database.transaction((tx) =>
      adapt.mark(tx, {
        ...at,
        seenAtMs: sample.seenAtMs,
        personId: person.id,
        isHazard: flags.as === 'hazard',
        atMs: systemClock.nowMs(),
      }),
    );
    process.stdout.write(`${flags.camera}/${flags.zone} ${isoOf(epochMs(sample.seenAtMs))}: ${flags.as}\n`);
  });
}

async function runSamples(given: unknown): Promise<void> {
  const flags = parsed(SampleFlags, given, 'models samples');
  await withDatabase(async (database) => {
    if (!(await cameras.byId(database, flags.camera))) {
      throw new AhualError('CAMERA_UNKNOWN', `there is no camera ${flags.camera}.`, 'See the list of cameras.');
    }
    const kept = await adapt.samples(database, flags.hazard, [flags.camera], 0, flags.limit);
    const marked = await adapt.marks(database, flags.hazard, [flags.camera], 0);
    const rows = kept.map((one) => ({
      at: isoOf(epochMs(one.seenAtMs)),
      zone: one.zoneId,
      word: one.word,
      said: one.said,
      level: one.level,
      margin: Math.round(one.margin * 100) / 100,
      still: one.stillSha256,
      marks: marked
        .filter((mark) => mark.zoneId === one.zoneId && mark.seenAtMs === one.seenAtMs)
        .map((mark) => (mark.isHazard ? 'hazard' : 'clear')),
    }));
    if (flags.json) {
      process.stdout.write(`${JSON.stringify({ camera: flags.camera, hazard: flags.hazard, samples: rows })}\n`);
      return;
    }
    for (const row of rows) {
      const marks = row.marks.length === 0 ? '' : `  marked ${row.marks.join(', ')}`;
      process.stdout.write(
        `${row.at}  ${row.zone.padEnd(12)} ${row.word.padEnd(10)} level ${row.level.toFixed(2)} margin ${row.margin.toFixed(2)}${marks}\n`,
      );
    }
  });
}

async function runList(given: unknown): Promise<void> {
  const flags = parsed(ListFlags, given, 'models list');
  await withDatabase(async (database) => {
    const models = flags.all ? await adapt.models(database) : await adapt.inUse(database);
    if (flags.json) {
      process.stdout.write(
        `${JSON.stringify({ models: models.map((one) => ({ ...factsOf(one), figures: one.figures })) })}\n`,
      );
      return;
    }
    if (models.length === 0) process.stdout.write('no camera has a correction of its own\n');
    for (const one of models.map(factsOf)) {
      process.stdout.write(
        `${String(one.number).padStart(5)}  ${one.camera.padEnd(16)} ${one.hazard.padEnd(13)} ${one.method.padEnd(9)} ${one.state.padEnd(11)} ${one.made}\n`,
      );
    }
  });
}

/** Adds `models list`, `models samples`, `models mark` and `models adapt`. */
export function addModels(program: Command): void {
  const models = program.command('models').description("corrections that cameras learned from people's verdicts");
  models
    .command('list')
    .description('corrections that speak or run beside')
    .option('--all', 'also those that were replaced, rolled back or dropped')
    .option('--json', 'print one JSON object')
    .action(runList);
  models
    .command('samples')
    .description('looks of a camera that were kept to learn from')
    .requiredOption('--camera <id>', 'camera')
    .addOption(new Option('--hazard <hazard>').choices(hazardNames).makeOptionMandatory())
    .option('--limit <n>', 'the newest so many', '50')
    .option('--json', 'print one JSON object')
    .action(runSamples);
  models
    .command('mark')
    .description('say of one kept look whether the hazard is there')
    .requiredOption('--camera <id>', 'camera')
    .requiredOption('--zone <id>', 'zone')
    .addOption(new Option('--hazard <hazard>').choices(hazardNames).makeOptionMandatory())
    .requiredOption('--at <moment>', 'moment of the look, ISO 8601')
    .addOption(new Option('--as <what>').choices(['hazard', 'clear']).makeOptionMandatory())
    .requiredOption('--by <login>', 'who says so')
    .action(runMark);
  models
    .command('adapt')
    .description("fit a correction on a camera's verdicts, follow it in shadow, promote it by two people, roll it back")
    .requiredOption('--camera <id>', 'camera, or city for all cameras without a correction of their own')
    .addOption(new Option('--hazard <hazard>').choices(hazardNames).makeOptionMandatory())
    .addOption(new Option('--from <source>').choices(['verdicts', 'marks']).default('verdicts'))
    .option('--frames <n>', 'the newest judged looks to fit on, at most', '64')
    .addOption(new Option('--method <method>', 'default: the smallest that helps').choices(adaptationKinds))
    .addOption(
      new Option('--holdout <by>', 'the last fifth of the days, at least two').choices(['days']).default('days'),
    )
    .option('--shadow <hours>', 'how long it runs beside before it may be promoted', '24h')
    .option('--again', 'fit anew although one runs beside')
    .option('--dry', 'measure only, keep nothing')
    .option('--promote', 'sign what is offered: the first person proposes, a second one promotes')
    .option('--rollback', 'end what speaks; what it replaced speaks again')
    .option('--by <login>', 'who signs; the password is asked for, or read from AHUAL_PASSWORD or stdin')
    .option('--seed <n>', 'fixes the draws', '1')
    .addOption(
      new Option('--sabotage <name>', 'break it on purpose; it must be refused').choices(['none', 'train-on-holdout']),
    )
    .option('--json', 'print one JSON object')
    .action(runAdapt);
}
