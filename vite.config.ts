// Builds the pages of the dashboard into .build/web.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('./dashboard/web'),
  base: '/',
  publicDir: here('./dashboard/web/public'),
  cacheDir: here('./.build/vite'),
  plugins: [react()],
  resolve: {
    alias: {
      // core/ids.ts and core/clock.ts stand on two parts of Node; a page has the same functions from the browser.
      'node:crypto': here('./dashboard/web/net/web-crypto.ts'),
      'node:timers/promises': here('./dashboard/web/net/timers.ts'),
    },
  },
  build: {
    outDir: here('./.build/web'),
    emptyOutDir: true,
    target: 'es2023',
    // The pages' content policy allows no data: fonts, so nothing is written into the style sheet.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  server: { host: '127.0.0.1' },
});
