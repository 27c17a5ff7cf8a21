// Pages for the bench whose map is wrong in a known way: the product's own build, in which one module stands in another's place.
import { join } from 'node:path';
import { inRoot } from '#core/root';

export const mapSabotages = ['layer-per-district', 'svg-icons', 'half-undrawn', 'webgl-in-software'] as const;
export type MapSabotage = (typeof mapSabotages)[number];

const replaced: Readonly<Record<string, string>> = {
  'cameras-layer.ts': 'cameras.ts',
  'renderer.ts': 'renderer.ts',
};

/** Builds broken pages into `web` of a folder; `?sabotage=` in their address says which sabotage they commit, none without it. */
export async function buildBrokenPages(folder: string): Promise<string> {
  const outDir = join(folder, 'web');
  const { build } = await import('vite');
  const env = process.env['NODE_ENV'];
  // As people get them, also where a test builds them: pages for developers draw everything twice.
  process.env['NODE_ENV'] = 'production';
  const map = inRoot('dashboard', 'web', 'map');
  const cityMap = join(map, 'city-map.ts');
  await build({
    configFile: inRoot('vite.config.ts'),
    logLevel: 'error',
    cacheDir: join(folder, 'cache'),
    plugins: [
      {
        name: 'sabotage',
        enforce: 'pre',
        resolveId(source, importer) {
          const other = replaced[source.replace('./', '')];
          return importer === cityMap && other !== undefined ? join(map, 'sabotage', other) : null;
        },
      },
    ],
    build: { outDir, emptyOutDir: true },
  }).finally(() => {
    if (env === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = env;
  });
  return outDir;
}
