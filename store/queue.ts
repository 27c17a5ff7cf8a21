// The queue: BullMQ behind three verbs. A job carries ids only; losing the whole queue loses no truth.
import { createPostgresBackend, Queue as Bull, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { messageOf } from '#core/errors';
import { jobNames, jobs, type JobName, type JobPayload } from '#core/jobs';
import type { Log } from '#core/log';
import type { z } from 'zod';
import { appRole } from './rights.ts';

export interface Queue {
  /** Puts jobs in bulk. A key that waits or is being worked on is not put again. */
  put<N extends JobName>(name: N, payloads: readonly { key: string; payload: JobPayload<N> }[]): Promise<void>;
  /**
   * Works on jobs until the returned function is called, which waits for those in hand. The signal is aborted when the job was
   * given to another worker because this one did not answer for half a minute. A job that throws is dropped and logged: what
   * planned it plans it again.
   */
  work<N extends JobName>(name: N, options: { concurrency: number }, work: Work<N>): Promise<() => Promise<void>>;
  /** Which of these keys the queue does not know: done, dropped, or lost with the queue's memory. */
  missing(name: JobName, keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** How many jobs of a name wait, and how many are being worked on. */
  length(name: JobName): Promise<{ waiting: number; active: number }>;
  close(): Promise<void>;
}

export type Work<N extends JobName> = (payload: JobPayload<N>, signal: AbortSignal) => Promise<void>;

export interface QueueOptions {
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  readonly log: Log;
}

const schema = 'bullmq';

/** BullMQ refuses keys that are whole numbers or contain a colon. */
const keyOf = (key: string): string => `k-${key.replaceAll(':', '_')}`;

const askedAtOnce = 100;

/** A finished job leaves at once, so that its key is free again; so does a failed one. */
const leaves = { removeOnComplete: true, removeOnFail: true, attempts: 1 };

/** Makes the queue's tables, in a schema of their own. Needs the owner's address; asked by the migration. */
export async function prepareQueue(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'ahual-migrate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await runMigrations(client, schema);
    const role = await client.query('select from pg_roles where rolname = $1', [appRole]);
    if (role.rowCount === 0) return;
    // BullMQ makes a sequence for each queue when the first job is put.
    await client.query(`grant usage, create on schema ${schema} to ${appRole}`);
    await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${appRole}`);
    await client.query(`grant usage, select, update on all sequences in schema ${schema} to ${appRole}`);
    await client.query(`grant execute on all functions in schema ${schema} to ${appRole}`);
  } finally {
    await client.end();
  }
}

/** What this house uses of a BullMQ queue and worker, on either backend. */
interface Line {
  addBulk(jobs: { name: string; data: unknown; opts: object }[]): Promise<unknown>;
  getJob(id: string): Promise<unknown>;
  getJobCounts(...kinds: ('waiting' | 'active' | 'prioritized' | 'delayed')[]): Promise<Record<string, number>>;
  on(kind: 'error', heard: (error: Error) => void): unknown;
  close(): Promise<void>;
}

interface Hand {
  on(kind: 'error', heard: (error: Error) => void): unknown;
  on(kind: 'failed', heard: (job: { data: unknown } | undefined, error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

type Processor = (job: { data: unknown }, token?: string, signal?: AbortSignal) => Promise<void>;

/** A worker that died is noticed after lockDuration; a job that three workers in a row died of is dropped. */
const patience = { lockDuration: 30_000, stalledInterval: 15_000, maxStalledCount: 3 };

interface Backend {
  line(name: string): Line;
  hand(name: string, work: Processor, concurrency: number): Hand;
}

function onDatabase(url: string): Backend {
  const connection = { connectionString: url, schema, max: 4, keepAlive: true };
  return {
    line: (name) => new Bull(name, { connection }, createPostgresBackend),
    hand: (name, work, concurrency) =>
      new Worker(name, work, { connection, concurrency, ...patience }, createPostgresBackend),
  };
}

function onRedis(url: string): Backend {
  // A Redis that was away is asked again within two seconds, however long it was away.
  const retryStrategy = (times: number): number => Math.min(times * 200, 2000);
  const connection = { url, maxRetriesPerRequest: null, retryStrategy };
  return {
    line: (name) => new Bull(name, { connection, prefix: 'ahual' }),
    hand: (name, work, concurrency) =>
      new Worker(name, work, { connection, prefix: 'ahual', concurrency, ...patience }),
  };
}

const payloads: { readonly [N in JobName]: z.ZodType<JobPayload<N>> } = jobs;

/** Opens the queue on the database, or on Redis where an address is given. */
export function openQueue(options: QueueOptions): Promise<Queue> {
  const backend = options.redisUrl === undefined ? onDatabase(options.databaseUrl) : onRedis(options.redisUrl);
  const lines = new Map<JobName, Line>();
  const hands = new Set<Hand>();
  const lost = (error: Error): void => options.log.warn({ error: error.message }, 'the queue lost its connection');

  for (const name of jobNames) {
    const line = backend.line(name);
    line.on('error', lost);
    lines.set(name, line);
  }

  const lineOf = (name: JobName): Line => {
    const line = lines.get(name);
    if (!line) throw new TypeError(`no queue of jobs ${name}`);
    return line;
  };

  async function put<N extends JobName>(
    name: N,
    given: readonly { key: string; payload: JobPayload<N> }[],
  ): Promise<void> {
    if (given.length === 0) return;
    await lineOf(name).addBulk(
      given.map(({ key, payload }) => ({ name, data: payload, opts: { ...leaves, jobId: keyOf(key) } })),
    );
  }

  async function work<N extends JobName>(
    name: N,
    given: { concurrency: number },
    act: Work<N>,
  ): Promise<() => Promise<void>> {
    const never = new AbortController();
    const hand = backend.hand(
      name,
      (job, _token, signal) => act(payloads[name].parse(job.data), signal ?? never.signal),
      given.concurrency,
    );
    hand.on('error', lost);
    hand.on('failed', (job, error) =>
      options.log.warn({ job: name, data: job?.data, error: messageOf(error) }, 'a job failed'),
    );
    hands.add(hand);
    await hand.waitUntilReady();
    return async () => {
      if (hands.delete(hand)) await hand.close();
    };
  }

  return Promise.resolve({
    put,
    work,
    missing: async (name, keys) => {
      const line = lineOf(name);
      const lost = new Set<string>();
      for (let i = 0; i < keys.length; i += askedAtOnce) {
        const some = keys.slice(i, i + askedAtOnce);
        const found = await Promise.all(some.map((key) => line.getJob(keyOf(key))));
        for (const [n, key] of some.entries()) if (found[n] === undefined || found[n] === null) lost.add(key);
      }
      return lost;
    },
    length: async (name) => {
      const counts = await lineOf(name).getJobCounts('waiting', 'active', 'prioritized', 'delayed');
      const { active = 0, waiting = 0, prioritized = 0, delayed = 0 } = counts;
      return { active, waiting: waiting + prioritized + delayed };
    },
    close: async () => {
      const open = [...hands];
      hands.clear();
      await Promise.all(open.map((hand) => hand.close()));
      await Promise.all([...lines.values()].map((line) => line.close()));
    },
  });
}
