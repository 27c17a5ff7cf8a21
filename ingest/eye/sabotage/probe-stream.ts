// A broken eye for `bench look`: before each look at a stream FFmpeg probes it, as it does when nobody tells it not to.
import { inRoot } from '#core/root';
import { openDetector, openPlateReader } from '#detector';
import { loadAv } from '../../sources/av.ts';
import { openSources } from '../../sources/list.ts';
import { serveEye } from '../serve.ts';

async function probe(address: string): Promise<void> {
  const av = await loadAv();
  if (typeof av === 'string') return;
  const context = new av.lib.FormatContext();
  context.allocContext();
  using options = av.lib.Dictionary.fromObject({ rtsp_transport: 'tcp' });
  if ((await context.openInput(address, null, options)) < 0) return;
  await context.findStreamInfo(null);
  await context.closeInput();
}

serveEye({
  openPlateReader: () => openPlateReader({ root: inRoot() }),
  openDetector: () => openDetector({ root: inRoot() }),
  openSources: async (options) => {
    const list = await openSources(options);
    return {
      ...list,
      sourceOf(address) {
        const source = list.sourceOf(address);
        if (!source?.schemes.includes('rtsp:')) return source;
        return {
          ...source,
          async grab(request, signal) {
            await probe(request.address);
            return source.grab(request, signal);
          },
        };
      },
    };
  },
});
