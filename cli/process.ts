// The shared start of every long-running command: settings, log, signals, beats, and an end that finishes what it holds.
import { loadConfig, readSecrets, pathOf, type Secrets, type Settings } from '#config';
import { systemClock, type Clock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { openLog, withoutSecrets, type Log } from '#core/log';
import { bell as bells, db, files as fileStore, marks, queue as queues } from '#store';
import { join } from 'node:path';

export interface Running {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly clock: Clock;
  readonly database: db.Database;
  readonly bell: bells.Bell;
  readonly files: fileStore.Files;
  readonly signal: AbortSignal;
  /** The queue is opened only by those who need it. */
  readonly openQueue: () => Promise<queues.Queue>;
  /** Facts that the health page shows with this process's beat. */
  tell(facts: Readonly<Record<string, string | number | boolean | null>>): void;
}

/** Folder of the kept files (stills, clips, photos). */
export const filesFolder = (settings: Settings): string => join(pathOf(settings.data.folder), 'files');
/** Folder of the rings of watched cameras. */
export const ringFolder = (settings: Settings): string => join(pathOf(settings.data.folder), 'ring');

const beatEveryMs = 2_000;
/** A database that was killed is back within seconds; who starts meanwhile waits for it so long. */
const databaseWithinMs = 60_000;
const askDatabaseEveryMs = 500;

/** Resolves the signal's abort on SIGINT, SIGTERM and when the supervisor that forked this process is gone. */
function endSignal(): AbortSignal {
  const controller = new AbortController();
  const end = (why: string) => () => controller.abort(new Error(why));
  process.once('SIGINT', end('SIGINT'));
  process.once('SIGTERM', end('SIGTERM'));
  if (process.send) {
    const isGone = end('the supervisor is gone');
    process.once('disconnect', isGone);
    // It may have been killed before this line: the event has been by then, and nobody would ever end this process.
    if (!process.connected) isGone();
  }
  return controller.signal;
}

/** Opens the database; one that is away just now is waited for. Rejects with what it said last. */
async function openWhenThere(
  url: string,
  options: db.DatabaseOptions & { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<db.Database> {
  const { clock, log, signal } = options;
  const endsAtMs = clock.monotonicMs() + databaseWithinMs;
  for (;;) {
    try {
      return await db.openDatabase(url, options);
    } catch (thrown) {
      if (!db.isGone(thrown) || signal.aborted || clock.monotonicMs() > endsAtMs) throw thrown;
      log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'the database does not answer yet');
      await clock.sleep(askDatabaseEveryMs, signal).catch(() => undefined);
    }
  }
}

/**
 * Runs `body` as the process `name` until it ends or is told to. Opens what every process needs, beats into the database,
 * closes everything in order. An error at this last line is logged in words and ends the process with code 1.
 */
export async function asProcess(name: string, body: (running: Running) => Promise<void>): Promise<void> {
  const { settings } = loadConfig(process.env);
  const secrets = readSecrets(process.env);
  const log = openLog(name, settings.log.level);
  const clock = systemClock;
  const signal = endSignal();
  if (!secrets.databaseUrl) {
    throw new AhualError(
      'CONFIG_MISSING',
      'DATABASE_URL is not set.',
      'Set it, or run `ahual up`, which starts a database of its own.',
    );
  }
  const databaseUrl = secrets.databaseUrl;
  process.on('uncaughtException', (thrown) => {
    log.fatal(
      { error: withoutSecrets(messageOf(thrown)), stack: thrown.stack },
      'the process ends on an unexpected error',
    );
    process.exit(1);
  });
  process.on('unhandledRejection', (thrown) => {
    log.fatal(
      { error: withoutSecrets(messageOf(thrown)), stack: thrown instanceof Error ? thrown.stack : undefined },
      'the process ends on a promise that nobody awaited',
    );
    process.exit(1);
  });
  const database = await openWhenThere(databaseUrl, { log, name: `ahual-${name}`, clock, signal });
  const bell = await bells.openBell({ database, ...(secrets.redisUrl ? { redisUrl: secrets.redisUrl } : {}), log });
  const files = await fileStore.openFiles(filesFolder(settings));
  const nudges = secrets.redisUrl === undefined ? 'postgres' : 'redis';
  let facts: Readonly<Record<string, string | number | boolean | null>> = { queue: nudges, bell: nudges };
  let queue: queues.Queue | undefined;
  const beat = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await database.transaction((tx) =>
          marks.beat(tx, `${name}:${process.pid}`, clock.nowMs(), {
            pid: process.pid,
            rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
            ...facts,
          }),
        );
      } catch (thrown) {
        // The database may be restarting: the next beat tells. Nothing is lost by a missed one.
        log.debug({ error: messageOf(thrown) }, 'a beat was not written');
      }
      try {
        await clock.sleep(beatEveryMs, signal);
      } catch {
        return;
      }
    }
  };
  const beating = beat();
  log.info({ pid: process.pid }, 'process started');
  try {
    await body({
      settings,
      secrets,
      log,
      clock,
      database,
      bell,
      files,
      signal,
      openQueue: async () => {
        queue ??= await queues.openQueue({
          databaseUrl,
          ...(secrets.redisUrl ? { redisUrl: secrets.redisUrl } : {}),
          log,
        });
        return queue;
      },
      tell: (told) => {
        facts = { ...facts, ...told };
      },
    });
  } catch (thrown) {
    if (!signal.aborted) {
      log.error(
        { error: withoutSecrets(messageOf(thrown)), stack: thrown instanceof Error ? thrown.stack : undefined },
        'process failed',
      );
      process.exitCode = 1;
    }
  } finally {
    await beating;
    await queue?.close();
    await bell.close();
    await database.close();
    log.info('process ended');
  }
  // BullMQ and pg may keep idle sockets open past close(); everything that matters is written by now.
  process.exit(process.exitCode ?? 0);
}
