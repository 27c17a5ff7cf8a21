// A 64-bit fingerprint of a picture's look, to find the same picture again after scaling and coding.

/**
 * Luma averaged to 9x8 cells; bit by bit, row by row, highest first: is a cell darker than its right neighbour?
 * `grey` holds `widthPx * heightPx` bytes. Returns 16 hexadecimal digits, the form that the train lists use.
 */
export function perceptualHash(grey: Uint8Array, widthPx: number, heightPx: number): string {
  const edge = (i: number, parts: number, length: number): number => roundHalfEven((i * length) / parts);
  let bits = 0n;
  for (let row = 0; row < 8; row++) {
    const y1 = edge(row, 8, heightPx);
    const y2 = edge(row + 1, 8, heightPx);
    let before = 0;
    for (let column = 0; column < 9; column++) {
      const x1 = edge(column, 9, widthPx);
      const x2 = edge(column + 1, 9, widthPx);
      let sum = 0;
      for (let y = y1; y < y2; y++) for (let x = x1; x < x2; x++) sum += grey[y * widthPx + x] ?? 0;
      const mean = sum / Math.max(1, (y2 - y1) * (x2 - x1));
      if (column > 0) bits = (bits << 1n) | (before < mean ? 1n : 0n);
      before = mean;
    }
  }
  return bits.toString(16).padStart(16, '0');
}

/** How many of the 64 bits differ between two fingerprints. */
export function hashDistance(a: string, b: string): number {
  let different = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
  let count = 0;
  while (different > 0n) {
    count += Number(different & 1n);
    different >>= 1n;
  }
  return count;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
