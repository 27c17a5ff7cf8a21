// The simulated city of a measurement: a process of its own, on free ports, which is never counted. It ends with its handle.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { entryOf } from '#core/entry';
import { AhualError } from '#core/errors';
import { freePort, until } from '../stand.ts';

export interface OwnCity extends AsyncDisposable {
  readonly pid: number;
  readonly rtspPort: number;
  readonly httpPort: number;
  /** Asks a path of its world (`/world/cameras`) with its token. */
  ask(path: string, init?: { readonly method: 'POST'; readonly body: unknown }): Promise<Response>;
}

export interface OwnCityWish {
  /** Where the scenario is written. */
  readonly folder: string;
  readonly name: string;
  readonly title: { readonly kk: string; readonly ru: string; readonly en: string };
  readonly cameras: readonly object[];
  /** Clips beside the product's own. */
  readonly clipFolder?: string;
}

const answersWithinS = 60;

/** Starts the cameras and waits until they answer. Throws PART_MISSING with their last words when they do not. */
export async function openOwnCity({ folder, name, title, cameras, clipFolder }: OwnCityWish): Promise<OwnCity> {
  const token = randomBytes(12).toString('hex');
  const [rtspPort, httpPort] = [await freePort(), await freePort()];
  const scenario = join(folder, `${name}-${randomBytes(4).toString('hex')}.yml`);
  writeFileSync(scenario, stringify({ name, title, cameras }));
  const child = fork(entryOf('main'), ['city'], {
    env: {
      ...process.env,
      AHUAL_CONFIG: 'config/ahual.yml',
      AHUAL_SET_SIMULATOR__SCENARIO: scenario,
      AHUAL_SET_SIMULATOR__RTSPPORT: String(rtspPort),
      AHUAL_SET_SIMULATOR__HTTPPORT: String(httpPort),
      AHUAL_CITY_TOKEN: token,
      ...(clipFolder === undefined ? {} : { AHUAL_CITY_CLIPS: clipFolder }),
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2000);
  });
  const ask: OwnCity['ask'] = (path, init) =>
    fetch(`http://127.0.0.1:${httpPort}${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(init === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(init === undefined ? {} : { method: init.method, body: JSON.stringify(init.body) }),
    });
  try {
    await until(
      async () => {
        if (child.exitCode !== null)
          throw new AhualError('PART_MISSING', `the simulated cameras ended: ${words}`, 'Read the words above.');
        try {
          return (await ask('/world/truth')).ok || undefined;
        } catch {
          return undefined;
        }
      },
      answersWithinS * 1000,
      () => new AhualError('PART_MISSING', `the simulated cameras did not answer within ${answersWithinS} s.`, words),
    );
  } catch (thrown) {
    await end(child);
    throw thrown;
  }
  return { pid: child.pid ?? -1, rtspPort, httpPort, ask, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}
