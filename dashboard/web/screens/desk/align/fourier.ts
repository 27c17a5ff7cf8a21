// Fast Fourier transform of complex pictures whose sides are powers of two (Cooley and Tukey 1965, in place).

/** Complex numbers of a picture row by row: `re[y * width + x]`. */
export interface Waves {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly width: number;
  readonly height: number;
}

export const wavesOf = (width: number, height: number): Waves => ({
  re: new Float64Array(width * height),
  im: new Float64Array(width * height),
  width,
  height,
});

interface Plan {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  readonly swap: Uint16Array;
}
const plans = new Map<number, Plan>();

function planOf(n: number): Plan {
  const known = plans.get(n);
  if (known) return known;
  if (n < 2 || (n & (n - 1)) !== 0) throw new RangeError(`a side of ${n} is no power of two`);
  const bits = Math.log2(n);
  const plan: Plan = {
    cos: Float64Array.from({ length: n / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / n)),
    sin: Float64Array.from({ length: n / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / n)),
    swap: Uint16Array.from({ length: n }, (_, i) => {
      let back = 0;
      for (let bit = 0; bit < bits; bit++) back |= ((i >> bit) & 1) << (bits - 1 - bit);
      return back;
    }),
  };
  plans.set(n, plan);
  return plan;
}

/** One line of `n` numbers that lie `step` apart; `sign` -1 forward, +1 back. */
function line(re: Float64Array, im: Float64Array, from: number, step: number, n: number, sign: 1 | -1): void {
  const { cos, sin, swap } = planOf(n);
  for (let i = 0; i < n; i++) {
    const j = swap[i] ?? 0;
    if (j <= i) continue;
    const [a, b] = [from + i * step, from + j * step];
    [re[a], re[b]] = [re[b] ?? 0, re[a] ?? 0];
    [im[a], im[b]] = [im[b] ?? 0, im[a] ?? 0];
  }
  for (let half = 1; half < n; half *= 2) {
    const turn = n / (2 * half);
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const c = cos[k * turn] ?? 0;
        const s = sign * (sin[k * turn] ?? 0);
        const a = from + (start + k) * step;
        const b = a + half * step;
        const [br, bi] = [re[b] ?? 0, im[b] ?? 0];
        const [ar, ai] = [re[a] ?? 0, im[a] ?? 0];
        const tr = br * c - bi * s;
        const ti = br * s + bi * c;
        re[a] = ar + tr;
        im[a] = ai + ti;
        re[b] = ar - tr;
        im[b] = ai - ti;
      }
    }
  }
}

/** Transforms in place; back and forth multiplies by the number of pixels. */
export function transform({ re, im, width, height }: Waves, sign: 1 | -1): void {
  for (let y = 0; y < height; y++) line(re, im, y * width, 1, width, sign);
  for (let x = 0; x < width; x++) line(re, im, x, width, height, sign);
}
