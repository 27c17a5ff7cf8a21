// The child's entry: the join of sources and networks in one expendable process.
import { inRoot } from '#core/root';
import { serveEye } from './serve.ts';

serveEye({
  openDetector: async () => (await import('#detector')).openDetector({ root: inRoot() }),
  openPlateReader: async () => (await import('#detector')).openPlateReader({ root: inRoot() }),
});
