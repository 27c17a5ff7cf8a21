// Letters and digits of drawn test plates: own strokes on a field of 52 x 100, so that every machine draws the same plate.

/** Centre lines as SVG path data, in the manner of road lettering. 0 and O differ as little as they do on real plates. */
export const glyphs: Readonly<Record<string, string>> = {
  0: 'M7 30 A19 23 0 0 1 45 30 V70 A19 23 0 0 1 7 70 Z',
  1: 'M8 29 L30 9 V100',
  2: 'M7 32 A19 24 0 0 1 45 32 C45 50 10 70 9 93 H48',
  3: 'M7 25 A18 18 0 0 1 44 27 C44 42 32 46 19 46 C34 46 45 54 45 70 A19 22 0 0 1 6 72',
  4: 'M31 0 L8 70 H51 M39 42 V100',
  5: 'M44 7 H12 L10 47 C18 37 45 37 45 66 A19 26 0 0 1 6 77',
  6: 'M37 3 C20 28 7 50 7 68 A19 25 0 1 0 45 68 A19 23 0 0 0 13 54',
  7: 'M4 7 H46 L19 100',
  8: 'M26 7 A17 19.5 0 0 1 26 46 A17 19.5 0 0 1 26 7 Z M26 46 A19.5 23.5 0 0 1 26 93 A19.5 23.5 0 0 1 26 46 Z',
  9: 'M15 97 C32 72 45 50 45 32 A19 25 0 1 0 7 32 A19 23 0 0 0 39 46',
  A: 'M5 100 L26 5 L47 100 M12 72 H40',
  B: 'M10 7 V93 H27 A18 22.5 0 0 0 27 48 H10 M10 7 H26 A15 20.5 0 0 1 26 48',
  C: 'M45 34 A19 27 0 0 0 7 34 V66 A19 27 0 0 0 45 66',
  D: 'M10 7 V93 H22 A23 30 0 0 0 45 63 V37 A23 30 0 0 0 22 7 Z',
  E: 'M46 7 H10 V93 H47 M10 48 H42',
  F: 'M46 7 H10 V100 M10 50 H42',
  G: 'M45 32 A19 25 0 0 0 7 34 V66 A19 27 0 0 0 45 66 V54 H28',
  H: 'M8 0 V100 M44 0 V100 M8 50 H44',
  I: 'M26 0 V100',
  J: 'M40 0 V68 A16 25 0 0 1 6 70',
  K: 'M9 0 V100 M47 0 L12 56 M22 42 L48 100',
  L: 'M10 0 V93 H46',
  M: 'M8 100 V4 L26 58 L44 4 V100',
  N: 'M8 100 V4 L44 96 V0',
  O: 'M7 34 A19 27 0 0 1 45 34 V66 A19 27 0 0 1 7 66 Z',
  P: 'M10 100 V7 H27 A18 23.5 0 0 1 27 54 H10',
  Q: 'M7 34 A19 27 0 0 1 45 34 V66 A19 27 0 0 1 7 66 Z M27 68 L48 98',
  R: 'M10 100 V7 H27 A18 23.5 0 0 1 27 54 H10 M27 54 L46 100',
  S: 'M44 28 A18 21 0 0 0 8 28 C8 56 45 44 45 70 A19 23 0 0 1 6 72',
  T: 'M3 7 H49 M26 7 V100',
  U: 'M8 0 V66 A18 27 0 0 0 44 66 V0',
  V: 'M5 0 L26 96 L47 0',
  W: 'M4 0 L14 96 L26 20 L38 96 L48 0',
  X: 'M6 0 L46 100 M46 0 L6 100',
  Y: 'M5 0 L26 54 L47 0 M26 54 V100',
  Z: 'M6 7 H44 L8 93 H47',
};

/** One character as an SVG group, its upper left corner at x and y, `heightMm` high. `weight`: thickness of the stroke of 100. */
export function glyphSvg(character: string, x: number, y: number, heightMm: number, weight: number): string {
  const scale = heightMm / 100;
  return `<path transform="translate(${x} ${y}) scale(${scale})" d="${glyphs[character] ?? ''}" fill="none" stroke="currentColor" stroke-width="${weight}" stroke-linejoin="round"/>`;
}

/** Width of a character's field at this height. */
export const glyphWidth = (heightMm: number): number => 0.52 * heightMm;
