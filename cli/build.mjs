// Builds what must be built, once, and keeps it: server entries by esbuild, pages by Vite. Plain JavaScript, because it runs before anything is built.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, '.build');
const rooms = 'core hazards models config store detector ingest incidents evidence tasks dashboard simulator cli'.split(
  ' ',
);
const sources = /\.(ts|tsx|mjs|css|html|svg|json|csv)$/;

function walk(folder, files) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'clips' && entry.name !== 'training') walk(path, files);
    } else if (sources.test(entry.name) && !/\.test\.tsx?$/.test(entry.name)) files.push(path);
  }
}

/** A hash over the content of the sources below some folders. */
function stampOf(folders) {
  const files = [];
  for (const folder of folders) if (existsSync(join(root, folder))) walk(join(root, folder), files);
  const hash = createHash('sha256').update(process.version).update('production');
  for (const name of ['package-lock.json', 'vite.config.ts']) {
    if (existsSync(join(root, name))) hash.update(readFileSync(join(root, name)));
  }
  for (const file of files.sort()) hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest('hex');
}

const stampFile = (part) => join(out, `${part}.stamp`);
const isFresh = (part, stamp) => existsSync(stampFile(part)) && readFileSync(stampFile(part), 'utf8') === stamp;

/** One build at a time, also between processes: the loser waits for the winner's stamp. */
async function underLock(work) {
  mkdirSync(out, { recursive: true });
  const lock = join(out, 'building');
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const ageMs = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (ageMs > 120_000) rmSync(lock, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

async function buildServer() {
  const { build } = await import('esbuild');
  const fresh = join(out, 'server.next');
  rmSync(fresh, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { ahual: 'cli/ahual.ts', main: 'cli/main.ts', eye: 'ingest/eye/main.ts' },
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    chunkNames: 'chunk-[hash]',
    logLevel: 'warning',
    // Subpath imports of package.json are the rooms: they are bundled, packages are not.
    plugins: [
      {
        name: 'rooms',
        setup(builder) {
          const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
          builder.onResolve({ filter: /^#/ }, ({ path }) => {
            const exact = imports[path];
            if (exact) return { path: join(root, exact) };
            const core = /^#core\/(.+)$/.exec(path);
            return core ? { path: join(root, 'core', `${core[1]}.ts`) } : { errors: [{ text: `${path} is no room` }] };
          });
        },
      },
    ],
  });
  for (const name of readdirSync(out)) if (/\.(js|js\.map)$/.test(name)) rmSync(join(out, name));
  for (const name of readdirSync(fresh)) renameSync(join(fresh, name), join(out, name));
  rmSync(fresh, { recursive: true, force: true });
}

async function buildWeb() {
  const { build } = await import('vite');
  // Vite builds for development where this says so, as it does under the test runner: the pages of tests are those of cities.
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await build({ root: join(root, 'dashboard/web'), configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

const parts = {
  server: { folders: rooms, build: buildServer, made: () => existsSync(join(out, 'ahual.js')) },
  web: {
    folders: ['dashboard/web', 'dashboard', 'hazards', 'core'],
    build: buildWeb,
    made: () => existsSync(join(out, 'web', 'index.html')),
  },
};

/**
 * Builds the named parts (`server`, `web`) where their sources changed since the last build.
 * `say` gets one line before and after each.
 */
export async function buildAll(names = ['server', 'web'], say = () => undefined) {
  for (const name of names) {
    const part = parts[name];
    if (part.made() && isFresh(name, stampOf(part.folders))) continue;
    await underLock(async () => {
      const stamp = stampOf(part.folders);
      if (part.made() && isFresh(name, stamp)) return;
      const started = performance.now();
      say(`building ${name === 'web' ? 'the pages' : 'the programs'} (first start, or sources changed) …`);
      await part.build();
      writeFileSync(stampFile(name), stamp);
      say(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    });
  }
}
