// Tests: everything named *.test.ts; the programs and pages are built once before, the embedded database starts once.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.{ts,tsx}'],
    exclude: ['node_modules/**', '.build/**', '.ahual/**'],
    globalSetup: ['test/support/build.ts', 'test/support/global-setup.ts'],
    pool: 'forks',
    // Tests wait more than they compute: one worker more than cores of the smallest machine.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default'],
  },
});
