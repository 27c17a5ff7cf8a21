// The eye of the product whose networks die or hang on demand: the entry of a child process in tests.
import { inRoot } from '#core/root';
import { openDetector, openPlateReader } from '#detector';
import { serveEye } from '../../ingest/eye/serve.ts';

serveEye({
  openPlateReader: () => openPlateReader({ root: inRoot() }),
  openDetector: async () => {
    const real = await openDetector({ root: inRoot() });
    return {
      models: real.models,
      async see(frame, zones, options) {
        if (zones.some((zone) => zone.id === 'kill')) process.kill(process.pid, 'SIGKILL');
        if (zones.some((zone) => zone.id === 'hang')) await new Promise(() => undefined);
        return real.see(frame, zones, options);
      },
      [Symbol.asyncDispose]: () => real[Symbol.asyncDispose](),
    };
  },
});
