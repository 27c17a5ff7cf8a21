// Is "cameras a core" true? More cameras than one core can watch, fewer than it can, on one core: the break must lie where the division says.
import { execFileSync, spawnSync } from 'node:child_process';
import { systemClock } from '#core/clock';
import { treeCpuS } from '../cpu.ts';
import { rounded } from '../statistics.ts';
import type { Film } from './films.ts';
import { startOurs, type OurRun } from './ours.ts';
import { openStreet } from './street.ts';
import type { WatchBenchOptions } from './watch.ts';

export interface SaturateWish {
  readonly options: WatchBenchOptions;
  readonly folder: string;
  readonly filmFolder: string;
  readonly films: readonly Film[];
  readonly camerasPerCore: number;
}

export interface Saturated {
  /** What the division says, and at how many cameras a core's time was used up. */
  readonly divided: number;
  readonly measured: number | null;
  readonly offPct: number | null;
  readonly ladder: readonly {
    readonly cameras: number;
    readonly judgedPerS: number | null;
    readonly coreUsed: number;
  }[];
}

const perEye = 4;
const runS = 40;
const leadS = 20;

/**
 * Watches with ever more cameras, all eyes on one core, until the slowest stream falls below five pictures a second (or
 * pictures are left out), from four fifths of the divided number on in steps of a tenth of it.
 */
export async function saturate({
  options,
  folder,
  filmFolder,
  films,
  camerasPerCore,
}: SaturateWish): Promise<Saturated> {
  const divided = rounded(camerasPerCore) ?? 0;
  const ladder: { cameras: number; judgedPerS: number | null; coreUsed: number }[] = [];
  let measured: number | null = null;
  let kept: number | undefined;
  if (!hasTaskset()) return { divided, measured, offPct: null, ladder };
  for (const share of [0.8, 0.9, 1, 1.1, 1.2]) {
    const cameras = Math.max(1, Math.round(divided * share));
    options.say(`saturate: ${cameras} cameras on one core`);
    const step = await onOneCore(options, { folder, filmFolder }, films, cameras);
    ladder.push({ cameras, ...step });
    const keepsUp = step.judgedPerS !== null && step.judgedPerS >= 4.9;
    if (!keepsUp) {
      measured = kept === undefined ? null : (kept + cameras) / 2;
      break;
    }
    kept = cameras;
  }
  const offPct = measured === null ? null : rounded((100 * Math.abs(measured - divided)) / divided);
  return { divided, measured, offPct, ladder };
}

const hasTaskset = (): boolean => spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

async function onOneCore(
  options: WatchBenchOptions,
  { folder, filmFolder }: { readonly folder: string; readonly filmFolder: string },
  films: readonly Film[],
  cameras: number,
): Promise<{ judgedPerS: number | null; coreUsed: number }> {
  await using street = await openStreet({
    folder,
    filmFolder,
    films,
    streams: cameras,
    leadS,
    minutes: 1,
    hasActs: false,
  });
  const eyes: OurRun[] = [];
  try {
    for (let at = 0; at < cameras; at += perEye) {
      const eye = await startOurs({ ...options, folder }, perEye);
      eye.watch(street.cameras.slice(at, at + perEye));
      execFileSync('taskset', ['-a', '-p', '-c', '0', String(eye.pid)], { stdio: 'ignore' });
      eyes.push(eye);
    }
    await systemClock.sleep(leadS * 1000);
    const begun = Promise.all(eyes.map((eye) => eye.begin()));
    const used = (): number => eyes.reduce((sum, eye) => sum + treeCpuS(eye.pid), 0);
    const [cpuBefore, beforeMs] = [used(), systemClock.monotonicMs()];
    await systemClock.sleep(runS * 1000);
    const coreUsed = (used() - cpuBefore) / ((systemClock.monotonicMs() - beforeMs) / 1000);
    const works = eyes.map((eye) => eye.work(street));
    await begun;
    const rates = works.map((work) => work.judgedPerS);
    return {
      judgedPerS: rates.some((rate) => rate === null)
        ? null
        : rounded(Math.min(...rates.filter((rate) => rate !== null)), 2),
      coreUsed: rounded(coreUsed, 2) ?? 0,
    };
  } finally {
    for (const eye of eyes) await eye[Symbol.asyncDispose]();
  }
}
