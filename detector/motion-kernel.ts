// Four pixels at a time: the compiled loop of motion-kernel.wat, and the memory of one scene that it works in.

/** What `motion-kernel.wat` compiles to. */
export const kernelBytes = Buffer.from(
  [
    'AGFzbQEAAAABEwFgDn9/f39/f39/f39/f39/AX8CEQEFc2NlbmUGbWVtb3J5AgABAwIBAAcIAQRzdGVwAAAK7gMB6wMCCH8NeyAI/REhHyAL/R',
    'EhHgNAIAQgD2ohECAQLQAAIRJBACEVIAMgD0ECdiAFQQJ2bGohEUEAIQ4DQCAA/VwCAP2JAf2pASAH/RH9tQH9DP//AAD//wAA//8AAP//AAD9',
    'tgEhFiAB/QAEACEXIBdBEP2tASEYIBf9DP//AAD//wAA//8AAP//AAD9TiEZIBYgGP2xASEaIBr9oAEhGyAbIAr9Ef07IBsgGSAe/bUB/Tv9Ti',
    'EcIBggGiAM/RH9tQFBCP2sAf2uAUEQ/asBIBkgGyAZ/bEBIA39Ef21AUEI/awB/a4B/VAhHSAc/aQBIRMgEyAScgRAIAL9AAQAISAgIP0MAAAA',
    'AAAAAAAAAAAAAAAAAP05ISEgHCAfICD9sQEgCf0R/TsgHyAg/Tn9UP1OICH9TyEiIB8gICAh/VIhICACICD9DP////////////////////8gHC',
    'Ai/U/9Uv0LBAAgFkEQ/asBIBn9UCAXICL9UiEXIBcgHSAc/VIhHSATaSETIBEgES0AACATajoAACAVIBNqIRULIAEgHf0LBAAgAEEEaiEAIAFB',
    'EGohASACQRBqIQIgEUEBaiERIA5BBGoiDiAFSQ0ACyAQIBVBAEc6AAAgFCAVaiEUIA9BAWoiDyAGSQ0ACyAUCw==',
  ].join(''),
  'base64',
);
const kernel = new WebAssembly.Module(kernelBytes);

/** Blocks are four pixels across and down. */
const block = 4;
/** A grey level is counted in so many parts. */
export const levelParts = 256;
const pageBytes = 65_536;

/** How pixels are told apart and how fast the background follows; levels and shares in parts of `levelParts`. */
export interface GroundRule {
  readonly least: number;
  readonly times: number;
  readonly follow: number;
  readonly deviate: number;
}

/** What a scene knows of each pixel. The views are of one memory, which `step` writes. */
export interface Ground {
  /** Blocks across and down. */
  readonly across: number;
  readonly down: number;
  /** The frame of the last step and the one before it. */
  readonly frames: () => { readonly last: Uint8Array; readonly before: Uint8Array };
  /** The background of a pixel and how much it usually differs from it, both in parts of `levelParts`. */
  background(at: number): number;
  spread(at: number): number;
  /** How many pixels of each block differ from the background. */
  readonly differing: Uint8Array;
  /**
   * Compares a frame with the background, which follows it, and says how many pixels differ. `gain`: by how many parts of
   * `levelParts` its levels are multiplied. What has differed for longer than `absorbMs` becomes background.
   */
  step(luma: Uint8Array, gain: number, nowMs: number, absorbMs: number): number;
}

const takesNumbers = (value: unknown): value is (...numbers: readonly number[]) => number =>
  typeof value === 'function';

/** Lays out a scene whose background is this frame. Throws RangeError for a width that is not in whole blocks. */
export function layGround(luma: Uint8Array, widthPx: number, heightPx: number, rule: GroundRule): Ground {
  if (widthPx % block !== 0 || luma.length !== widthPx * heightPx)
    throw new RangeError(`motion is followed in pictures of whole blocks of ${block}, not ${widthPx} x ${heightPx}`);
  const [pixels, across, down] = [luma.length, widthPx / block, Math.ceil(heightPx / block)];
  const [first, second, model, since] = [0, pixels, 2 * pixels, 6 * pixels];
  const cells = 10 * pixels;
  const rows = cells + across * down;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((rows + heightPx) / pageBytes) });
  const { step } = new WebAssembly.Instance(kernel, { scene: { memory } }).exports;
  if (!takesNumbers(step)) throw new TypeError('the compiled loop of motion exports no step');
  const { buffer } = memory;
  const pictures = [first, second].map((from) => new Uint8Array(buffer, from, pixels));
  const models = new Uint32Array(buffer, model, pixels);
  const differing = new Uint8Array(buffer, cells, across * down);
  new Int32Array(buffer, since, pixels).fill(-1);
  for (const picture of pictures) picture.set(luma);
  const usual = Math.trunc(rule.least / rule.times);
  for (let at = 0; at < pixels; at++) models[at] = (((luma[at] ?? 0) * levelParts) << 16) | usual;
  let turn = 0;
  const pictureAt = (back: number): Uint8Array => pictures[(turn + back) % 2] ?? new Uint8Array(0);
  return {
    across,
    down,
    differing,
    frames: () => ({ last: pictureAt(0), before: pictureAt(1) }),
    background: (at) => (models[at] ?? 0) >>> 16,
    spread: (at) => (models[at] ?? 0) & 0xffff,
    step(bytes, gain, nowMs, absorbMs) {
      turn = 1 - turn;
      pictureAt(0).set(bytes);
      differing.fill(0);
      const from = turn === 0 ? first : second;
      const { least, times, follow, deviate } = rule;
      const places = [from, model, since, cells, rows, widthPx, heightPx];
      return step(...places, gain, nowMs, absorbMs, least, times, follow, deviate);
    },
  };
}
