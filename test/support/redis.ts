// A Redis server for a test, where the machine has one: on a free port, without anything on the disk.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

/** Is there a redis-server program on PATH? */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
  /** Ends it by SIGKILL: whatever it held is gone. */
  kill(): Promise<void>;
  /** Starts it again at the same address, empty. */
  startAgain(): Promise<void>;
}

/** Starts a server and waits until it answers. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const start = async (): Promise<(signal: NodeJS.Signals) => Promise<void>> => {
    const child = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      { stdio: 'ignore' },
    );
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    client.on('error', () => undefined);
    await client.ping();
    client.disconnect();
    return async (signal) => {
      child.kill(signal);
      await ended;
    };
  };
  let end = await start();
  return {
    url,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    startAgain: async () => {
      end = await start();
    },
  };
}
