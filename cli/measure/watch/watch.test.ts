// The measure's own proof: each sabotage of the watching is found out by its bar.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { medianWithInterval } from './paired.ts';
import { measureWatch, type WatchBenchOptions } from './watch.ts';

const films = mkdtempSync(join(tmpdir(), 'ahual-films-'));
afterAll(() => {
  rmSync(films, { recursive: true, force: true });
});
const small: Omit<WatchBenchOptions, 'filmFolder'> = {
  streams: 1,
  widthPx: 640,
  heightPx: 360,
  fps: 10,
  minutes: 0.6,
  leadS: 6,
  against: 'none',
  motion: 'motion',
  ffmpeg: 'ffmpeg',
  activity: 'street',
  ways: ['node-av'],
  saturate: false,
  only: 'acts',
  seed: 1,
  sabotage: 'none',
  say: () => undefined,
};

async function verdicts(
  over: Partial<WatchBenchOptions> & Pick<WatchBenchOptions, 'sabotage'>,
): Promise<Record<string, boolean | null>> {
  const filmFolder = join(films, over.sabotage);
  mkdirSync(filmFolder);
  const { bars } = await measureWatch({ ...small, filmFolder, ...over });
  return Object.fromEntries(bars.map(({ id, pass }) => [id, pass]));
}

const hasFfmpeg = ((): boolean => {
  try {
    return execFileSync('ffmpeg', ['-hide_banner', '-encoders'], { encoding: 'utf8' }).includes('libx264');
  } catch {
    process.stderr.write('ahual: no ffmpeg with libx264 here: the sabotages of bench watch are not run\n');
    return false;
  }
})();

test.runIf(hasFfmpeg)('an eye that follows nothing finds no act', { timeout: 600_000, concurrent: true }, async () => {
  // Whether every picture came and was judged hangs on how busy the machine is; that nothing is followed does not.
  expect(await verdicts({ sabotage: 'no-tracker' })).toMatchObject({ 'watch.eventsFound': false });
});

test.runIf(hasFfmpeg)(
  'an eye that judges every fifth picture is too slow',
  { timeout: 600_000, concurrent: true },
  async () => {
    expect(await verdicts({ sabotage: 'decode-every-5th', minutes: 0.4 })).toMatchObject({ 'watch.judgedPerS': false });
  },
);

test('the interval of a median is that of its values, and always the same for one seed', () => {
  const values = [1, 1.1, 1.2, 1.3, 1.4, 1.5, 9];
  const first = medianWithInterval(values, 7);
  expect(first).toEqual(medianWithInterval(values, 7));
  expect(first.median).toBe(1.3);
  expect(first.ci95?.[0]).toBeGreaterThanOrEqual(1);
  expect(first.ci95?.[1]).toBeLessThanOrEqual(9);
  expect(medianWithInterval([2], 1)).toEqual({ median: 2, ci95: null });
});
