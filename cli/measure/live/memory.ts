// What a desk and a wall hold over an hour of a busy city: as many incidents stay open as were, and whatever grows then is not shown.
// Functions given to the browser are texts there: they may use nothing of this file.
import type { Page } from 'playwright-core';
import { systemClock } from '#core/clock';
import { median, rounded } from '../statistics.ts';
import { decide } from './paint.ts';
import type { Town } from './town.ts';

/** An hour in which each desk decides every twelve seconds. */
export const hourTurns = 300;
/** It is gone through so many times as fast: a turn a second, and all timers of the pages from five seconds on run so much faster. */
export const haste = 12;
/** Nothing is timed here: a busy machine may take so long over a picture. */
const patienceMs = 120_000;
/** Turns between two weighings; the town's confirmed incidents are closed before each. */
const every = 20;
/** Weighings that are compared to say that the pages are warm, and by how much they may differ. */
const few = 3;
const same = 0.01;
/** Of fewer weighings nothing is told: a wave of the compiler would stand for the hour. */
const fewest = 6;
/** Warm or not, the hour begins after so many turns: a page that leaks never is. */
const warmAtMost = 300;

/** Turns that an hour of `turns` and its warm-up take at most. */
export const turnsAtMost = (turns: number): number => (turns === 0 ? 0 : warmAtMost + turns + every);

/** What a page held after so many turns. */
export interface Weighed {
  readonly turn: number;
  /** Bytes in the heap of its scripts. */
  readonly bytes: number;
  /** Bytes of buffers and long texts, which scripts hold outside of their heap. */
  readonly outside: number;
}

const bytesOf = (all: readonly Weighed[]): number[] => all.map(({ bytes }) => bytes);

/**
 * Does the page hold what it held before, within 1 %? The medians of the last three weighings and of the three before are compared: a
 * compiler that is still at work, or a list that is not yet full, lets them differ.
 */
export function isWarm(all: readonly Weighed[]): boolean {
  if (all.length < 2 * few) return false;
  const [before, now] = [median(bytesOf(all.slice(-2 * few, -few))) ?? 0, median(bytesOf(all.slice(-few))) ?? 0];
  return Math.abs(now - before) <= same * before;
}

/**
 * By which share of what it held the page would grow in `turns` turns: the median of the slopes between all pairs of weighings (Theil
 * 1950, Sen 1968), which waves of the compiler do not tilt, over the median of the heap alone in the first third, so that the page's own
 * program, a long text, does not make the share small. Null of fewer than six weighings.
 */
export function growthOver(turns: number, all: readonly Weighed[]): number | null {
  if (all.length < fewest) return null;
  const slopes = all.flatMap((a, i) =>
    all
      .slice(i + 1)
      .flatMap((b) => (b.turn === a.turn ? [] : [(b.bytes + b.outside - a.bytes - a.outside) / (b.turn - a.turn)])),
  );
  const slope = median(slopes);
  const first = median(bytesOf(all.slice(0, Math.ceil(all.length / 3))));
  return slope === null || first === null || first <= 0 ? null : (slope * turns) / first;
}

/** What the page holds after everything that can be thrown away was: its heap, and what its scripts hold outside of it. */
async function weigh(page: Page): Promise<Pick<Weighed, 'bytes' | 'outside'>> {
  const session = await page.context().newCDPSession(page);
  // Twice: what the first round finalises only the second one frees.
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return { bytes: usedSize, outside: backingStorageSize };
}

/** Bytes in the heap of the page after everything that can be thrown away was. */
export const heapBytes = async (page: Page): Promise<number> => (await weigh(page)).bytes;

/** Lets the page's slow timers be hastened later; must be handed to it before it loads. */
export const letHasten = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const slow = new Map<number, { running: number; readonly start: () => number }>();
    const start = window.setInterval.bind(window);
    const stop = window.clearInterval.bind(window);
    let times = 1;
    Reflect.set(window, 'setInterval', (work: () => void, ms = 0): number => {
      if (ms < 5000) return start(work, ms);
      const again = (): number => start(work, ms / times);
      const running = again();
      slow.set(running, { running, start: again });
      return running;
    });
    Reflect.set(window, 'clearInterval', (handle: number | undefined): void => {
      stop(slow.get(handle ?? 0)?.running ?? handle);
      slow.delete(handle ?? 0);
    });
    Reflect.set(globalThis, 'ahualHasten', (by: number): void => {
      times = by;
      for (const one of slow.values()) {
        stop(one.running);
        one.running = one.start();
      }
    });
  });

const hasten = (page: Page, by: number): Promise<unknown> =>
  page.evaluate((times): void => {
    const change: unknown = Reflect.get(globalThis, 'ahualHasten');
    if (typeof change === 'function') Reflect.apply(change, undefined, [times]);
  }, by);

/** A page that keeps every change that it was told of: only for breaking the measure on purpose. */
export const letKeepSeen = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const seen: unknown[] = [];
    Reflect.set(globalThis, 'ahualSeen', seen);
    const parse = JSON.parse.bind(JSON);
    Reflect.set(JSON, 'parse', (...given: Parameters<typeof JSON.parse>): unknown => {
      const made: unknown = parse(...given);
      if (Array.isArray(made) && made[0] === 'changed') seen.push(made);
      return made;
    });
  });

export interface PageMemory {
  readonly startMiB: number | null;
  readonly endMiB: number | null;
  /** Share by which it grows in an hour. */
  readonly growth: number | null;
  /** MiB of the heap at each weighing of the hour, and of what is held outside of it. */
  readonly seriesMiB: readonly (number | null)[];
  readonly outsideMiB: readonly (number | null)[];
}

export interface Memory {
  readonly desk: PageMemory;
  readonly wall: PageMemory;
  /** Turns before the hour began, and whether both pages were warm by then. */
  readonly warmUp: { readonly turns: number; readonly isWarm: boolean };
  readonly turns: number;
  /** Fewest and most incidents that were open at a weighing of the hour. */
  readonly open: readonly [number, number];
}

interface Weighing {
  readonly turn: number;
  readonly open: number;
  readonly desk: Omit<Weighed, 'turn'>;
  readonly wall: Omit<Weighed, 'turn'>;
}

const of = (all: readonly Weighing[], page: 'desk' | 'wall'): Weighed[] =>
  all.map((one) => ({ turn: one.turn, ...one[page] }));

const mib = (bytes: number | null): number | null => rounded(bytes === null ? null : bytes / 2 ** 20, 2);

function memoryOf(all: readonly Weighed[]): PageMemory {
  const third = Math.ceil(all.length / 3);
  return {
    startMiB: mib(median(bytesOf(all.slice(0, third)))),
    endMiB: mib(median(bytesOf(all.slice(-third)))),
    growth: rounded(growthOver(hourTurns, all), 4),
    seriesMiB: all.map(({ bytes }) => mib(bytes)),
    outsideMiB: all.map(({ outside }) => mib(outside)),
  };
}

/** The desk decides on one incident and another one is raised, once a second: first until both pages are warm, then for an hour. */
export async function weighHour(
  pages: { readonly desk: Page; readonly wall: Page },
  town: Town,
  { turns, settleS, say }: { readonly turns: number; readonly settleS: number; readonly say: (text: string) => void },
): Promise<Memory> {
  const { desk, wall } = pages;
  await Promise.all([hasten(desk, haste), hasten(wall, haste)]);
  const all: Weighing[] = [];
  let done = 0;
  let hour: { readonly from: number; readonly isWarm: boolean } | undefined;
  while (!hour || done < hour.from + turns) {
    const fromMs = systemClock.monotonicMs();
    await town.raise();
    if (!(await decide(desk, done, patienceMs))) break;
    done += 1;
    await systemClock.sleep(Math.max(0, 1000 - (systemClock.monotonicMs() - fromMs)));
    if (done % every !== 0) continue;
    await town.untilDecided(settleS);
    await town.closeConfirmed();
    // The pages hear of it and load what they load then.
    await systemClock.sleep(2000);
    const now = { turn: done, open: await town.open(), desk: await weigh(desk), wall: await weigh(wall) };
    all.push(now);
    say(
      `memory ${hour ? 'of the hour' : 'warms up'}: ${done} turns, desk ${String(mib(now.desk.bytes))} MiB, wall ${String(mib(now.wall.bytes))} MiB`,
    );
    const warm = isWarm(of(all, 'desk')) && isWarm(of(all, 'wall'));
    if (!hour && (warm || done >= warmAtMost)) hour = { from: done, isWarm: warm };
  }
  await Promise.all([hasten(desk, 1), hasten(wall, 1)]);
  const from = hour?.from ?? 0;
  const inHour = all.filter(({ turn }) => turn >= from);
  const open = inHour.map((one) => one.open);
  return {
    desk: memoryOf(of(inHour, 'desk')),
    wall: memoryOf(of(inHour, 'wall')),
    warmUp: { turns: from, isWarm: hour?.isWarm ?? false },
    turns: done - from,
    open: [Math.min(...open), Math.max(...open)],
  };
}
