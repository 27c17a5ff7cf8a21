// From the reader's chances at each step to a row of characters that plates may have. Pure.
import type { ReadCharacter } from '#core/plate-grammar';
import type { Steps } from './plate-network.ts';

/** A step where all characters of plates together reach this chance may be part of one; surer ones stand beside it. */
const leastChance = 0.12;

/** Which classes mean a digit or a Latin letter: small letters count as capitals, no plate has small ones. */
export function plateClasses(keys: readonly string[]): ReadonlyMap<number, string> {
  const classes = new Map<number, string>();
  for (const [i, key] of keys.entries()) if (/^[0-9A-Za-z]$/.test(key)) classes.set(i + 1, key.toUpperCase());
  return classes;
}

interface Step {
  readonly best: string;
  readonly chance: number;
  readonly all: ReadonlyMap<string, number>;
}

/**
 * Characters from left to right. Neighbouring steps with the same best character are one (as in connectionist temporal
 * classification); a character that was more likely absent than there is given too, with its small chance: the grammar leaves
 * it out for next to nothing, or is glad of it. `at` is in fractions of the line's width.
 */
export function charactersOf({ chance, steps, classes }: Steps, meaning: ReadonlyMap<number, string>): ReadCharacter[] {
  const runs: Step[][] = [];
  const middles: number[] = [];
  let run: Step[] | undefined;
  let weight = 0;
  let moment = 0;
  const close = (): void => {
    if (!run) return;
    runs.push(run);
    middles.push(moment / weight / steps);
    run = undefined;
  };
  for (let t = 0; t < steps; t++) {
    const one = stepOf(chance.subarray(t * classes, (t + 1) * classes), meaning);
    if (!one) {
      close();
      continue;
    }
    if (run && run.at(-1)?.best !== one.best) close();
    if (!run) {
      run = [];
      weight = 0;
      moment = 0;
    }
    run.push(one);
    weight += one.chance;
    moment += one.chance * (t + 0.5);
  }
  close();
  return runs.map((all, i) => ({ chances: bestOf(all), at: middles[i] ?? 0 }));
}

function stepOf(chances: Float32Array, meaning: ReadonlyMap<number, string>): Step | undefined {
  const all = new Map<string, number>();
  let total = 0;
  for (const [index, text] of meaning) {
    const value = chances[index] ?? 0;
    if (value < 1e-4) continue;
    total += value;
    all.set(text, (all.get(text) ?? 0) + value);
  }
  if (total < leastChance) return undefined;
  let best = '';
  let most = 0;
  for (const [text, value] of all) if (value > most) [best, most] = [text, value];
  return { best, chance: most, all };
}

/** The run's surest step says what it is; what else it may be is the most that any of its steps says. */
function bestOf(run: readonly Step[]): ReadonlyMap<string, number> {
  const chances = new Map<string, number>();
  for (const { all } of run) {
    for (const [text, value] of all) chances.set(text, Math.min(1, Math.max(chances.get(text) ?? 0, value)));
  }
  return chances;
}
