// Starts the stage's driver: bundles render.ts and the page script, then runs the driver. Needs the development packages and a Chromium.
import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = await mkdtemp(path.join(here, '../../node_modules/.stage-'));
try {
  const common = { bundle: true, logLevel: 'warning', sourcemap: 'inline' };
  await build({
    ...common,
    entryPoints: [path.join(here, 'page.ts')],
    outfile: path.join(out, 'page.js'),
    format: 'iife',
    target: 'chrome120',
  });
  await build({
    ...common,
    entryPoints: [path.join(here, 'render.ts')],
    outfile: path.join(out, 'render.mjs'),
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  const { main } = await import(pathToFileURL(path.join(out, 'render.mjs')).href);
  await main(process.argv.slice(2), path.join(out, 'page.js'));
} finally {
  await rm(out, { recursive: true, force: true });
}
