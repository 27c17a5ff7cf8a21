// The misbehaving cameras in a process of their own, and the hand that gives and takes their faults.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import type { FaultInput } from '#simulator';
import { openOwnCity } from '../own-city.ts';

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
  try {
    const city = await openOwnCity({
      folder,
      name: 'faulty',
      title: { kk: 'Ақаулар', ru: 'Неисправности', en: 'Faults' },
      cameras: cameras.map(({ id, clip, signIn, ownDoor }) => ({
        id,
        clip,
        signIn: signIn ?? 'none',
        // A stop that never comes in time: cameras that a scenario stops have a door of their own.
        ...(ownDoor ? { events: [{ atS: 1_000_000, do: 'stop' }] } : {}),
      })),
    });
    const known = Known.parse(await (await city.ask('/world/cameras')).json()).cameras;
    const byId = new Map(known.map((one) => [one.id, one]));
    return {
      pid: city.pid,
      rtspPort: city.rtspPort,
      folder,
      camera(id) {
        const found = byId.get(id);
        if (!found) throw new RangeError(`the town has no camera ${id}`);
        return found;
      },
      async fault(id, fault) {
        const answer = await city.ask(`/world/cameras/${id}/fault`, { method: 'POST', body: fault });
        if (!answer.ok)
          throw new AhualError('INTERNAL', `A fault was not taken: ${await answer.text()}`, 'Tell the makers.');
      },
      async [Symbol.asyncDispose]() {
        await city[Symbol.asyncDispose]();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true });
    throw thrown;
  }
}
