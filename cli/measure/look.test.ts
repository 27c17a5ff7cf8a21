// The measure's own proof: an honest eye does the same work, and an eye that leaves some of it out is found.
import { afterAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { calibrationMs, steadily } from './calibrate.ts';
import { checkMeter, treeCpuS } from './cpu.ts';
import { bar, report, type Measurement } from './frame.ts';
import { openLookStand } from './look-stand.ts';
import { measureLook, type LookSabotage } from './look.ts';

const stand = openLookStand('bench-1080p', 4);
afterAll(async () => {
  await (await stand)[Symbol.asyncDispose]();
});

const quick = {
  looks: 8,
  inFlight: 4,
  reps: 2,
  mostWarmReps: 1,
  alone: 4,
  clip: 'bench-1080p',
  ways: ['node-av'],
  against: 'none',
  seed: 1,
  say: () => undefined,
} as const;

const Way = z.object({ cpuMs: z.number(), waitKeyMs: z.number(), seen: z.number() });
const Connect = z.object({
  connect: z.object({
    cold: Way,
    kept: Way,
    sessions: z.number(),
    holdMsPerCameraS: z.number().min(0),
    keptWithHoldingMs: z.number(),
  }),
});

/** Bars that are not met; what a busy machine decides (costs) is left out. */
async function missed(
  source: 'rtsp' | 'jpeg',
  sabotage: 'none' | LookSabotage,
): Promise<Record<string, number | null>> {
  const { bars } = await measureLook({
    ...quick,
    sources: [source],
    views: ['manhole'],
    sabotage,
    stand: await stand,
  });
  const costs = new Set([`look.${source}.cpuMs`, `look.${source}.manhole.partsOffPct`]);
  return Object.fromEntries(
    bars.filter((bar) => bar.pass !== true && !costs.has(bar.id)).map((bar) => [bar.id, bar.value]),
  );
}

describe('bench look', { timeout: 300_000 }, () => {
  test('finds nothing wrong with the product', async () => {
    expect(await missed('jpeg', 'none')).toEqual({});
  });

  test('prints what a session that stays open costs beside one that is opened anew', async () => {
    const { args, result } = await measureLook({
      ...quick,
      sources: ['jpeg'],
      views: ['street'],
      connect: 'kept',
      keptPairs: 1,
      keptIdleMs: 500,
      sabotage: 'none',
      stand: await stand,
    });
    expect(args).toMatchObject({ connect: 'kept' });
    const { cold, kept, sessions } = Connect.parse(result).connect;
    expect({ cold: cold.seen, kept: kept.seen, sessions }).toEqual({ cold: 12, kept: 12, sessions: 4 });
  });

  test.each(['skip-write', 'skip-models', 'cached-picture'] as const)(
    'finds that work is left out: %s',
    async (sabotage) => {
      expect(await missed('jpeg', sabotage)).toEqual({ 'look.jpeg.manhole.sameWork': 0 });
    },
  );
});

test('a repetition beside which the machine is another one is measured again', async () => {
  expect(calibrationMs()).toBeGreaterThan(0);
  let runs = 0;
  const { kept, calibMs } = await steadily(3, () => Promise.resolve(++runs));
  expect(kept.length).toBeLessThanOrEqual(3);
  expect(runs).toBeGreaterThanOrEqual(3);
  expect(calibMs).toBeGreaterThan(0);
});

describe('a command that counts CPU', () => {
  const measure = (): Promise<Measurement> =>
    Promise.resolve({ command: 'none', args: {}, result: {}, bars: [bar('none', '==', 1, 1)], notes: [] });

  test('ends with 4 where the counting is wrong, and measures nothing', async () => {
    const printed: string[] = [];
    const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    const before = process.exitCode;
    let isMeasured = false;
    await report({ json: true, countsCpu: true, meter: (pid) => 1.1 * treeCpuS(pid) }, () => {
      isMeasured = true;
      return measure();
    });
    const code = process.exitCode;
    await report({ json: true, countsCpu: true }, measure);
    const codes = [code, process.exitCode];
    out.mockRestore();
    process.exitCode = before;
    expect(codes).toEqual([4, 0]);
    expect(isMeasured).toBe(false);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({
      command: 'self-check',
      pass: null,
      notes: [expect.stringContaining('The measuring is wrong')],
    });
  });

  test('finds children that ended, and misses them where they are not counted', async () => {
    expect(await checkMeter(treeCpuS)).toBeUndefined();
    expect(await checkMeter((pid) => treeCpuS(pid) / 2)).toContain('The measuring is wrong');
  });
});
