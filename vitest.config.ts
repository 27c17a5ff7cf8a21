// Tests: everything named *.test.ts; the programs and pages are built once before, the embedded database starts once.
import { defineConfig } from 'vitest/config';
import { LongestFirst, pureRooms } from './test/support/longest-first.ts';

const never = ['node_modules/**', '.build/**', '.ahual/**'];
const pure = pureRooms.map((room) => `${room}/**/*.test.{ts,tsx}`);
const common = {
  pool: 'forks',
  // These end what hangs. They say nothing of how quick anything is: a machine may be five times as slow as a quiet one.
  testTimeout: 240_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 120_000 } },
} as const;

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts', 'test/support/global-setup.ts'],
    // Tests wait more than they compute: one worker more than cores of the smallest machine.
    maxWorkers: 3,
    teardownTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    reporters: ['default'],
    projects: [
      { test: { ...common, name: 'pure', isolate: false, include: pure, exclude: never } },
      { test: { ...common, name: 'whole', include: ['**/*.test.{ts,tsx}'], exclude: [...never, ...pure] } },
    ],
  },
});
