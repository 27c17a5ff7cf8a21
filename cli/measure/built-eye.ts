// Eyes beside the product's own, built for measures and tests: broken ones, and such as try another way.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { inRoot } from '#core/root';

const Imports = z.object({ imports: z.record(z.string(), z.string()) });

/** Builds an eye from its source beside the built programs, where packages are found. Dispose it. */
export async function buildEye(source: string): Promise<Disposable & { readonly entry: string }> {
  const folder = mkdtempSync(join(inRoot('.build'), 'other-eye-'));
  const entry = join(folder, 'eye.mjs');
  const { imports } = Imports.parse(JSON.parse(readFileSync(inRoot('package.json'), 'utf8')));
  await build({
    absWorkingDir: inRoot(),
    entryPoints: [source],
    outfile: entry,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    plugins: [
      {
        name: 'rooms',
        setup(builder) {
          builder.onResolve({ filter: /^#/ }, ({ path }) => {
            const exact = imports[path];
            if (exact !== undefined) return { path: inRoot(exact) };
            const core = /^#core\/(.+)$/.exec(path)?.[1];
            return core === undefined
              ? { errors: [{ text: `${path} is no room` }] }
              : { path: inRoot('core', `${core}.ts`) };
          });
        },
      },
    ],
  });
  return {
    entry,
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
