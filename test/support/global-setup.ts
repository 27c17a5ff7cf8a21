// Names the folder of this run's database before any test starts, and ends what was started there after the last one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endEmbedded } from '../../store/embedded.ts';

/** Vitest calls this once before all tests, and the returned function once after them. */
export default function setup(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-test-'));
  process.env['AHUAL_TEST_FOLDER'] = folder;
  return async () => {
    await endEmbedded(folder);
    rmSync(folder, { recursive: true, force: true });
  };
}
