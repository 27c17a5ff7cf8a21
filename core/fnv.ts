// A short, fixed number for a text: to spread cameras over time and to tell whether a drawing is still the same. No secret, no proof.

/** FNV-1a, 32 bits (Fowler, Noll, Vo 1991): a whole number in 0..2³²-1. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
