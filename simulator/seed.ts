// Chance that can be repeated: a small seeded generator, so the same seed builds the same city and loses the same packets.

/** A generator of numbers in 0..1 from a text seed (FNV-1a hash into mulberry32). */
export function chance(seed: string): () => number {
  let state = 0x811c9dc5;
  for (const char of seed) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x0100_0193) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** One item of a list by a number in 0..1; undefined for an empty list. */
export const pick = <T>(list: readonly T[], at: number): T | undefined => list[Math.floor(at * list.length)];
