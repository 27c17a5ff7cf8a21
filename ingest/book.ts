// The list of cameras as a worker knows it: read once, read again when the bell says that it changed.
import type { Adaptation } from '#core/adaptation';
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { adapt, cameraProbes, cameras, type Bell, type Database } from '#store';
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

/** So many single changes at once, and the list is read as a whole. */
const mostSingle = 100;

function byCameraOf(models: readonly adapt.Model[]): Map<string, adapt.Model[]> {
  const byCamera = new Map<string, adapt.Model[]>();
  for (const model of models) {
    const key = model.cameraId ?? '';
    byCamera.set(key, [...(byCamera.get(key) ?? []), model]);
  }
  return byCamera;
}

/** A still picture that is known to be old is no way to look at a camera that has another one. */
const withoutOldStill = (camera: Camera, old: ReadonlySet<string>): Camera => {
  if (!old.has(camera.id) || (camera.rtsp ?? camera.subRtsp) === undefined) return camera;
  const rest = { ...camera };
  delete rest.snapshot;
  return rest;
};

/** Opens the list. */
export function openBook(database: Database, bell: Bell, clock: Clock): CameraBook {
  let known: Known | undefined;
  let reading: Promise<Known> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  /** A reading that began before the list was forgotten may have missed why. */
  let era = 0;
  const forget = (): void => {
    era++;
    known = undefined;
    reading = undefined;
  };
  /** Twelve thousand rows are not read again because one of them has changed. */
  const changed = new Set<string>();
  const offs = [
    bell.on('camera-changed', ({ cameraId }) => {
      if (cameraId === '*' || changed.size >= mostSingle) forget();
      else changed.add(cameraId);
    }),
    bell.on('reconnected', forget),
  ];
  async function list(): Promise<Known> {
    if (known && clock.monotonicMs() - readAtMs < freshMs) {
      if (changed.size > 0) await readChanged(known);
      return known;
    }
    // What rings from here on comes after the reading, or is in it.
    if (!reading) changed.clear();
    const own = era;
    reading ??= Promise.all([cameras.all(database), adapt.inUse(database), cameraProbes.staleStills(database)])
      .then(([all, models, old]) => {
        const read = {
          cameras: new Map(all.map((camera) => [camera.id, withoutOldStill(camera, old)])),
          models: byCameraOf(models),
        };
        if (own !== era) return read;
        readAtMs = clock.monotonicMs();
        known = read;
        return known;
      })
      .finally(() => {
        if (own === era) reading = undefined;
      });
    return reading;
  }
  async function readChanged(book: Known): Promise<void> {
    const ids = [...changed];
    changed.clear();
    const [some, models, old] = await Promise.all([
      Promise.all(ids.map((id) => cameras.byId(database, id))),
      adapt.inUse(database),
      cameraProbes.staleStills(database),
    ]).catch((thrown: unknown) => {
      forget();
      throw thrown;
    });
    if (known !== book) return;
    const list = new Map(book.cameras);
    ids.forEach((id, i) => {
      const camera = some[i];
      if (camera) list.set(id, withoutOldStill(camera, old));
      else list.delete(id);
    });
    known = { cameras: list, models: byCameraOf(models) };
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
  return secret === undefined ? null : signInFrom(secret);
}

/** The sign-in that a secret of the form `user:password` holds. */
export function signInFrom(secret: string): SignIn {
  const at = secret.indexOf(':');
  return at < 0 ? { user: secret, password: '' } : { user: secret.slice(0, at), password: secret.slice(at + 1) };
}
