// A broken eye for `bench look`: it opens each address once and shows the picture of then for ever.
import { inRoot } from '#core/root';
import { openDetector, openPlateReader } from '#detector';
import { openSources } from '../../sources/list.ts';
import type { Grab } from '../../sources/source.ts';
import { serveEye } from '../serve.ts';

const kept = new Map<string, Promise<Grab>>();
const freeTurn = (): Promise<Disposable> => Promise.resolve({ [Symbol.dispose]: () => undefined });

serveEye({
  openPlateReader: () => openPlateReader({ root: inRoot() }),
  openDetector: () => openDetector({ root: inRoot() }),
  openSources: async (options) => {
    const list = await openSources(options);
    return {
      ...list,
      sourceOf(address) {
        const source = list.sourceOf(address);
        return (
          source && {
            ...source,
            grab(request, signal) {
              const scheme = address.slice(0, address.indexOf(':'));
              const first = kept.get(scheme) ?? source.grab({ ...request, address, turn: freeTurn }, signal);
              kept.set(scheme, first);
              return first.then((grab) =>
                grab.kind === 'picture'
                  ? { kind: 'picture', picture: { ...grab.picture, [Symbol.dispose]: () => undefined } }
                  : grab,
              );
            },
          }
        );
      },
    };
  },
});
