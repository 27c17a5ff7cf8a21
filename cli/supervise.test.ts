// The supervisor goes on for ever, ever more seldom; the notes of a killed one are found, and only its own processes are ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { eventually } from '../test/support/product.ts';
import { clearLeftOver, holdFolder, isRunning, rememberedRuns, rememberRun, runOf } from './runs.ts';
import { openSupervisor, pauseOf } from './supervise.ts';
import { factsOf } from './telling.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ahual-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const program = (text: string): string => {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, text);
  return file;
};

test('the first ends of a minute are answered at once, the next ones with growing pauses that have a limit', () => {
  expect(pauseOf([0, 1, 2, 3], 4, 0, 1)).toEqual({ ms: 300, isRest: false });
  expect(pauseOf([0, 1, 2, 3, 4], 5, 0, 1)).toEqual({ ms: 2_000, isRest: true });
  expect(pauseOf([0, 1, 2, 3, 4], 5, 2, 1)).toEqual({ ms: 8_000, isRest: true });
  expect(pauseOf([0, 1, 2, 3, 4], 5, 50, 1)).toEqual({ ms: 30_000, isRest: true });
  expect(pauseOf([0, 1, 2, 3, 4], 61_000, 50, 1)).toEqual({ ms: 300, isRest: false });
});

test('a child that ends again and again is started again after its rest, and the health page is told', async () => {
  const said: string[] = [];
  const supervisor = openSupervisor({
    logFolder: join(folder, 'log'),
    runFolder: join(folder, 'run'),
    clock: systemClock,
    onState: (text) => said.push(text),
    entry: program('process.exit(3);'),
  });
  supervisor.start({ name: 'worker', args: [], env: {} });
  await eventually('it rests', 30, async () => (supervisor.list()[0]?.state === 'resting' ? true : undefined));
  const startsAtRest = supervisor.list()[0]?.starts ?? 0;
  expect(factsOf(supervisor.list(), 7)).toMatchObject({
    children: 0,
    resting: 'worker',
    lastEnds: 'worker: code 3',
    databasePid: 7,
  });
  await eventually('it is started again', 60, async () =>
    (supervisor.list()[0]?.starts ?? 0) > startsAtRest ? true : undefined,
  );
  expect(said.some((text) => text.includes('again and again'))).toBe(true);
  await supervisor.stop();
  expect(supervisor.list()[0]?.state).toBe('ended');
  expect(rememberedRuns(join(folder, 'run'))).toEqual([]);
}, 300_000);

test('what outlived a killed supervisor is waited for and then ended; who merely has its number is left alone', async () => {
  const stubborn = spawn(process.execPath, [program('setInterval(() => {}, 1000); process.stdout.write("up");')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(stubborn.stdout, 'data');
  const run = runOf('worker', stubborn.pid ?? 0);
  const gone = once(stubborn, 'exit');
  const stranger = { ...runOf('judge', process.pid), born: 'long ago' };
  expect(isRunning(run)).toBe(true);
  rememberRun(folder, run);
  // Where the system does not tell births, a number alone is not enough to end anybody.
  if (run.born === '') stubborn.kill('SIGKILL');
  else {
    expect(isRunning(stranger)).toBe(false);
    rememberRun(folder, stranger);
  }
  await clearLeftOver(folder, { clock: systemClock, say: () => undefined, graceMs: 300 });
  await gone;
  expect(isRunning(run)).toBe(false);
  expect(rememberedRuns(folder)).toEqual([]);
}, 300_000);

test('one product per folder: a living holder is respected, the note of a killed one is not', async () => {
  const other = spawn(process.execPath, [program('setInterval(() => {}, 1000); process.stdout.write("up");')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(other.stdout, 'data');
  const note = join(folder, 'ahual.pid');
  writeFileSync(note, JSON.stringify(runOf('up', other.pid ?? 0)));
  expect(() => holdFolder(folder)).toThrow(/works on/);
  const gone = once(other, 'exit');
  other.kill('SIGKILL');
  await gone;
  const letGo = holdFolder(folder);
  letGo();
  writeFileSync(note, '{"name":"up","pi');
  holdFolder(folder)();
});
