// Is the machine itself steady? A fixed loop beside each repetition says so; what was measured while it was not decides nothing.
import { median } from './statistics.ts';

/** CPU milliseconds of a fixed loop over integers: about 100 where nothing else presses on the core. */
export function calibrationMs(): number {
  const before = process.cpuUsage();
  let state = 1;
  for (let i = 0; i < 60_000_000; i++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  const used = process.cpuUsage(before);
  // The loop's result is used, so that it is not left out.
  return (used.user + used.system) / 1000 + (state === 0 ? 1e-9 : 0);
}

export interface Rep<T> {
  readonly value: T;
  /** Mean of the loop before and after it. */
  readonly calibMs: number;
}

/** A repetition beside which the loop took a tenth more or less than usual is noisy. */
const mostOff = 0.1;

export interface Steady<T> {
  readonly kept: readonly T[];
  /** Every repetition, the noisy ones that stayed so too. */
  readonly all: readonly T[];
  readonly noisy: number;
  readonly calibMs: number | null;
  /** False: more than three of ten repetitions were noisy, nothing is to be decided. */
  readonly isSteady: boolean;
}

/** Measures `reps` times; what was noisy is measured again, at most twice, and then left out. */
export async function steadily<T>(reps: number, measure: () => Promise<T>): Promise<Steady<T>> {
  const done: Rep<T>[] = [];
  const once = async (): Promise<Rep<T>> => {
    const before = calibrationMs();
    const value = await measure();
    return { value, calibMs: (before + calibrationMs()) / 2 };
  };
  for (let rep = 0; rep < reps; rep++) done.push(await once());
  const usual = (): number => median(done.map((rep) => rep.calibMs)) ?? 0;
  const isNoisy = ({ calibMs }: Rep<T>): boolean => Math.abs(calibMs / usual() - 1) > mostOff;
  let again = 0;
  for (let round = 0; round < 2; round++) {
    for (const [at, rep] of done.entries()) {
      if (!isNoisy(rep)) continue;
      again++;
      done[at] = await once();
    }
  }
  const kept = done.filter((rep) => !isNoisy(rep));
  return {
    kept: kept.map((rep) => rep.value),
    all: done.map((rep) => rep.value),
    noisy: again,
    calibMs: median(done.map((rep) => rep.calibMs)),
    isSteady: kept.length >= reps * 0.7,
  };
}
