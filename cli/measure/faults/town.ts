// The misbehaving cameras in a process of their own, and the hand that gives and takes their faults.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { entryOf } from '#core/entry';
import { AhualError } from '#core/errors';
import type { FaultInput } from '#simulator';
import { freePort, until } from '../../stand.ts';

export interface TownCamera {
  readonly id: string;
  readonly clip: string;
  readonly signIn?: 'digest';
  /** It has a port of its own, which can really be closed. */
  readonly ownDoor?: boolean;
}

const Known = z.object({
  cameras: z.array(
    z.object({
      id: z.string(),
      rtspUrl: z.string(),
      snapshotUrl: z.string(),
      signIn: z.object({ user: z.string(), password: z.string() }).optional(),
    }),
  ),
});
type Known = z.infer<typeof Known>['cameras'][number];

export interface Town extends AsyncDisposable {
  readonly pid: number;
  readonly rtspPort: number;
  /** A folder that ends with the town. */
  readonly folder: string;
  camera(id: string): Known;
  /** Gives a camera a fault; null heals it. */
  fault(id: string, fault: FaultInput | null): Promise<void>;
}

/** Starts the simulated cameras and waits until they answer. */
export async function startTown(cameras: readonly TownCamera[]): Promise<Town> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-faulty-'));
  const token = randomBytes(12).toString('hex');
  const [rtspPort, httpPort] = [await freePort(), await freePort()];
  const scenario = join(folder, 'faulty.yml');
  writeFileSync(
    scenario,
    stringify({
      name: 'faulty',
      title: { kk: 'Ақаулар', ru: 'Неисправности', en: 'Faults' },
      cameras: cameras.map(({ id, clip, signIn, ownDoor }) => ({
        id,
        clip,
        signIn: signIn ?? 'none',
        // A stop that never comes in time: cameras that a scenario stops have a door of their own.
        ...(ownDoor ? { events: [{ atS: 1_000_000, do: 'stop' }] } : {}),
      })),
    }),
  );
  const child = fork(entryOf('main'), ['city'], {
    env: {
      ...process.env,
      AHUAL_CONFIG: 'config/ahual.yml',
      AHUAL_SET_SIMULATOR__SCENARIO: scenario,
      AHUAL_SET_SIMULATOR__RTSPPORT: String(rtspPort),
      AHUAL_SET_SIMULATOR__HTTPPORT: String(httpPort),
      AHUAL_CITY_TOKEN: token,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2000);
  });
  const url = `http://127.0.0.1:${httpPort}/world/cameras`;
  const authorization = `Bearer ${token}`;
  const end = (): void => {
    child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const known = await until(
      async () => {
        if (child.exitCode !== null)
          throw new AhualError('PART_MISSING', `the simulated cameras ended: ${words}`, 'Read the words above.');
        try {
          const answer = await fetch(url, { headers: { authorization } });
          return answer.ok ? Known.parse(await answer.json()).cameras : undefined;
        } catch {
          return undefined;
        }
      },
      60_000,
      () => new AhualError('PART_MISSING', 'the simulated cameras did not answer within 60 s.', words),
    );
    const byId = new Map(known.map((one) => [one.id, one]));
    return {
      pid: child.pid ?? -1,
      rtspPort,
      folder,
      camera(id) {
        const found = byId.get(id);
        if (!found) throw new RangeError(`the town has no camera ${id}`);
        return found;
      },
      async fault(id, fault) {
        const answer = await fetch(`${url}/${id}/fault`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(fault),
        });
        if (!answer.ok)
          throw new AhualError('INTERNAL', `A fault was not taken: ${await answer.text()}`, 'Tell the makers.');
      },
      async [Symbol.asyncDispose]() {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        end();
        await gone;
      },
    };
  } catch (thrown) {
    end();
    throw thrown;
  }
}
