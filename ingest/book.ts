// The list of cameras as a worker knows it: read once, read again when the bell says that it changed.
import type { Adaptation } from '#core/adaptation';
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { adapt, cameras, type Bell, type Database } from '#store';
import type { SignIn } from './sources/source.ts';

export interface CameraBook extends Disposable {
  byId(id: string): Promise<Camera | undefined>;
  /** Cameras that are watched without pause, by id. */
  watched(): Promise<Camera[]>;
  /** The learned corrections of a camera: those that speak and those that run beside. */
  adaptationsOf(cameraId: string): Promise<Adaptation[]>;
}

interface Known {
  readonly cameras: ReadonlyMap<string, Camera>;
  /** Corrections by camera; those of the whole city under the empty text. */
  readonly models: ReadonlyMap<string, readonly adapt.Model[]>;
}

/** A bell may be lost; the list is never older than this. */
const freshMs = 30_000;

/** Opens the list. */
export function openBook(database: Database, bell: Bell, clock: Clock): CameraBook {
  let known: Known | undefined;
  let reading: Promise<Known> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  const forget = (): void => {
    known = undefined;
  };
  const offs = [bell.on('camera-changed', forget), bell.on('reconnected', forget)];
  async function list(): Promise<Known> {
    if (known && clock.monotonicMs() - readAtMs < freshMs) return known;
    reading ??= Promise.all([cameras.all(database), adapt.inUse(database)])
      .then(([all, models]) => {
        readAtMs = clock.monotonicMs();
        const byCamera = new Map<string, adapt.Model[]>();
        for (const model of models) {
          const key = model.cameraId ?? '';
          byCamera.set(key, [...(byCamera.get(key) ?? []), model]);
        }
        known = { cameras: new Map(all.map((camera) => [camera.id, camera])), models: byCamera };
        return known;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }
  return {
    byId: async (id) => (await list()).cameras.get(id),
    watched: async () =>
      [...(await list()).cameras.values()].filter((camera) => camera.watch).sort((a, b) => (a.id < b.id ? -1 : 1)),
    adaptationsOf: async (cameraId) => {
      const { models } = await list();
      return adapt.adaptationsOf([...(models.get('') ?? []), ...(models.get(cameraId) ?? [])], cameraId);
    },
    [Symbol.dispose]() {
      for (const off of offs) off();
    },
  };
}

export type CredentialOf = (name: string) => string | undefined;

/** The sign-in that a camera's secret holds (`user:password`); null when it has none. */
export function signInOf(camera: Camera, credential: CredentialOf): SignIn | null {
  const secret = camera.credential === undefined ? undefined : credential(camera.credential);
  if (secret === undefined) return null;
  const at = secret.indexOf(':');
  return at < 0 ? { user: secret, password: '' } : { user: secret.slice(0, at), password: secret.slice(at + 1) };
}
