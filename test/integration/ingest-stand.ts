// What the tests of ingest share: a built eye whose networks can be told to die, cameras of the simulated city, waiting for facts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import type { City } from '#simulator';
import { buildEye } from '../../cli/measure/built-eye.ts';

/** A folder of this file's tests, removed after the last one. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-ingest-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

let built: Promise<string> | undefined;

/**
 * The eye of the product with its real networks, built from `ingest-eye.ts` beside this file: it dies when it sees a zone
 * named `kill`, and hangs when it sees one named `hang`.
 */
export function brittleEye(): Promise<string> {
  built ??= (async () => {
    const eye = await buildEye('test/integration/ingest-eye.ts');
    afterAll(() => {
      eye[Symbol.dispose]();
    });
    return eye.entry;
  })();
  return built;
}

/** A camera of the simulated city as the product knows it. */
export function cameraOf(city: City, id: string, over: Readonly<Record<string, unknown>> = {}): Camera {
  const known = city.cameras.find((camera) => camera.id === id);
  if (!known) throw new RangeError(`the city has no camera ${id}`);
  return Camera.parse({
    id,
    name: { kk: id, ru: id, en: id },
    point: { lon: 71.44, lat: 51.14 },
    district: 'esil',
    rtsp: known.rtspUrl,
    zones: [
      {
        id: 'road',
        kind: 'carriageway',
        hazards: ['snow', 'flooding'],
        polygon: [
          [0.1, 0.4],
          [0.9, 0.4],
          [0.9, 0.95],
          [0.1, 0.95],
        ],
      },
    ],
    ...over,
  });
}

/** Waits until `ask` gives a value; fails with `what` after the limit, which only ends what hangs. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  withinMs = 180_000,
): Promise<T> {
  const endMs = systemClock.monotonicMs() + withinMs;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (systemClock.monotonicMs() > endMs) throw new Error(`waited in vain for ${what}`);
    await systemClock.sleep(50);
  }
}
