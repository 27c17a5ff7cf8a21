// A file as a camera, for replay and evaluation. Never reached from a camera's address: only a caller that names it opens it.
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { systemClock, type Clock } from '#core/clock';
import { loadAv } from './av.ts';
import { grabFrom } from './rtsp.ts';
import { pictureOf } from './snapshot.ts';
import { refusal, type CameraSource } from './source.ts';

const mostBytes = 64 * 1024 * 1024;

/** A still picture is read by sharp; a film gives its first key frame by node-av. */
export const fileSource = (clock: Clock = systemClock): CameraSource => ({
  name: 'file',
  schemes: ['file:'],
  missing: async () => undefined,
  async grab(request, signal) {
    const path = fileURLToPath(request.address);
    if (/\.(jpe?g|png|webp)$/i.test(path)) {
      const file = await open(path).catch(() => undefined);
      if (!file) return refusal('not-found', 'There is no such file.');
      try {
        if ((await file.stat()).size > mostBytes) return refusal('garbage', 'The file is too large for a picture.');
        return await pictureOf(await file.readFile(), request, clock.nowMs());
      } finally {
        await file.close();
      }
    }
    const av = await loadAv();
    return typeof av === 'string' ? refusal('unknown', av) : grabFrom(av, clock, path, request, signal);
  },
});
