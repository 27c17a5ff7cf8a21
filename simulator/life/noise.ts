// Repeatable chance in time: numbers that hang together as weather and cameras do, never a coin toss for each look.
import { chance } from '../seed.ts';

/** A standard normal number that depends on the text alone (Box and Muller 1958). */
export function normal(seed: string): number {
  const next = chance(seed);
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** A number in 0..1 that depends on the text alone. */
export const uniform = (seed: string): number => chance(seed)();

/**
 * Standard normal noise that wanders with time: independent lattice values every `stepS` seconds, blended so that the variance
 * stays 1 between them. Equal arguments give an equal number in whatever order they are asked.
 */
export function wander(seed: string, atMs: number, stepS: number): number {
  const at = atMs / (stepS * 1000);
  const from = Math.floor(at);
  const part = at - from;
  const [a, b] = [normal(`${seed}#${from}`), normal(`${seed}#${from + 1}`)];
  return (a * (1 - part) + b * part) / Math.hypot(1 - part, part);
}

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
export const clamp = (x: number, low = 0, high = 1): number => Math.min(high, Math.max(low, x));
/** 0 before `from`, 1 after `to`, straight between; moments or any other unit. */
export const ramp = (x: number, from: number, to: number): number =>
  to <= from ? (x >= to ? 1 : 0) : clamp((x - from) / (to - from));
