// The list of cameras as a worker knows it: read once, read again when the bell says that it changed.
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { cameras, type Bell, type Database } from '#store';
import type { SignIn } from './sources/source.ts';

export interface CameraBook extends Disposable {
  byId(id: string): Promise<Camera | undefined>;
  /** Cameras that are watched without pause, by id. */
  watched(): Promise<Camera[]>;
}

/** A bell may be lost; the list is never older than this. */
const freshMs = 30_000;

/** Opens the list. */
export function openBook(database: Database, bell: Bell, clock: Clock): CameraBook {
  let known: Map<string, Camera> | undefined;
  let reading: Promise<Map<string, Camera>> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  const forget = (): void => {
    known = undefined;
  };
  const offs = [bell.on('camera-changed', forget), bell.on('reconnected', forget)];
  async function list(): Promise<Map<string, Camera>> {
    if (known && clock.monotonicMs() - readAtMs < freshMs) return known;
    reading ??= cameras
      .all(database)
      .then((all) => {
        readAtMs = clock.monotonicMs();
        known = new Map(all.map((camera) => [camera.id, camera]));
        return known;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }
  return {
    byId: async (id) => (await list()).get(id),
    watched: async () =>
      [...(await list()).values()].filter((camera) => camera.watch).sort((a, b) => (a.id < b.id ? -1 : 1)),
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
