// The pages for the bench, by the product's own build: as they are, or with a map that is wrong in a known way because one module stands
// in another's place.
import { join } from 'node:path';
import { inRoot } from '#core/root';

export const mapSabotages = ['layer-per-district', 'svg-icons', 'half-undrawn', 'webgl-in-software'] as const;
export type MapSabotage = (typeof mapSabotages)[number];

const replaced: Readonly<Record<string, string>> = {
  'cameras-layer.ts': 'cameras.ts',
  'renderer.ts': 'renderer.ts',
};

/** Builds the pages into `web` of a folder. Of broken ones `?sabotage=` in their address says which sabotage they commit. */
export async function buildPages(folder: string, options: { readonly broken: boolean }): Promise<string> {
  const outDir = join(folder, 'web');
  const { build } = await import('vite');
  const map = inRoot('dashboard', 'web', 'map');
  const cityMap = join(map, 'city-map.ts');
  await build({
    configFile: inRoot('vite.config.ts'),
    logLevel: 'error',
    cacheDir: join(folder, 'cache'),
    plugins: [
      options.broken && {
        name: 'sabotage',
        enforce: 'pre',
        resolveId(source, importer) {
          const other = replaced[source.replace('./', '')];
          return importer === cityMap && other !== undefined ? join(map, 'sabotage', other) : null;
        },
      },
    ],
    build: { outDir, emptyOutDir: true },
  });
  return outDir;
}
