import { describe, expect, test } from 'vitest';
import { isMoved, registered, workWidthPx, type GreyPicture, type Lie } from './register.ts';

const heightPx = 288;

/** Numbers that look drawn by chance and are the same everywhere. */
const chance = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

interface Block {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly lean: number;
  readonly luma: number;
}

/** A street as leaning blocks in picture pixels: fronts, windows, poles, cars, marks on the ground. */
function blocksOf(seed: number): Block[] {
  const random = chance(seed);
  return Array.from({ length: 170 }, (_, n) => {
    const isLarge = n < 25;
    return {
      x: (random() - 0.5) * workWidthPx * 1.3,
      y: (random() - 0.5) * heightPx * 1.3,
      w: (isLarge ? 50 : 5) + random() * (isLarge ? 90 : 26),
      h: (isLarge ? 40 : 4) + random() * (isLarge ? 70 : 22),
      lean: (random() - 0.5) * 1.2,
      luma: 30 + random() * 190,
    };
  });
}

interface View {
  readonly lie?: Partial<Lie>;
  readonly gain?: number;
  readonly noise?: number;
  readonly seed?: number;
  /** What stands there in this view only, laid over the scene. */
  readonly more?: readonly Block[];
  readonly scene?: number;
  readonly fog?: number;
}

/** The scene as a camera that lies so sees it: four rays a pixel. */
function seen({ lie = {}, gain = 1, noise = 4, seed = 1, more = [], scene = 7, fog = 0 }: View = {}): GreyPicture {
  const { shiftX = 0, shiftY = 0, turnDeg = 0, zoom = 1 } = lie;
  const [cos, sin] = [Math.cos((turnDeg * Math.PI) / 180), Math.sin((turnDeg * Math.PI) / 180)];
  const blocks = [...blocksOf(scene), ...more].reverse();
  const random = chance(seed);
  const luma = new Uint8Array(workWidthPx * heightPx);
  for (let py = 0; py < heightPx; py++) {
    for (let px = 0; px < workWidthPx; px++) {
      let sum = 0;
      for (const [ox, oy] of [
        [0.25, 0.25],
        [0.75, 0.25],
        [0.25, 0.75],
        [0.75, 0.75],
      ] as const) {
        const vx = (px + ox - workWidthPx / 2 - shiftX * workWidthPx) / zoom;
        const vy = (py + oy - heightPx / 2 - shiftY * heightPx) / zoom;
        const [x, y] = [cos * vx + sin * vy, -sin * vx + cos * vy];
        const hit = blocks.find(
          (b) => y >= b.y && y < b.y + b.h && x - b.lean * (y - b.y) >= b.x && x - b.lean * (y - b.y) < b.x + b.w,
        );
        sum += hit ? hit.luma : 90 + y / 8;
      }
      const clear = (sum / 4) * (1 - fog) + 150 * fog;
      luma[py * workWidthPx + px] = Math.max(0, Math.min(255, Math.round(clear * gain + (random() * 2 - 1) * noise)));
    }
  }
  return { luma, widthPx: workWidthPx, heightPx };
}

/** Farthest error over the corners and the middle, in pixels of a picture 1920 wide. */
function worstPx(found: Lie, truth: Lie): number {
  const at = ({ shiftX, shiftY, turnDeg, zoom }: Lie, x: number, y: number): readonly [number, number] => {
    const [cos, sin] = [Math.cos((turnDeg * Math.PI) / 180) * zoom, Math.sin((turnDeg * Math.PI) / 180) * zoom];
    return [cos * x - sin * y + shiftX * 1920, sin * x + cos * y + shiftY * 1080];
  };
  const corners = [
    [0, 0],
    [-960, -540],
    [960, -540],
    [-960, 540],
    [960, 540],
  ] as const;
  return Math.max(
    ...corners.map(([x, y]) => {
      const [ax, ay] = at(found, x, y);
      const [bx, by] = at(truth, x, y);
      return Math.hypot(ax - bx, ay - by);
    }),
  );
}

const still: Lie = { shiftX: 0, shiftY: 0, turnDeg: 0, zoom: 1 };
const before = seen();
const water: Block = { x: -150, y: 40, w: 250, h: 90, lean: 0.3, luma: 210 };
const car: Block = { x: 60, y: -60, w: 70, h: 45, lean: 0, luma: 20 };

describe('an earlier picture over the present one', () => {
  test.each<[string, Lie, View]>([
    ['nothing moved', still, {}],
    ['1 % across', { ...still, shiftX: 0.01 }, {}],
    ['a sway: 0.7 % across, 1.1 % up', { ...still, shiftX: 0.007, shiftY: -0.011 }, {}],
    ['turned by half a degree', { ...still, turnDeg: 0.5 }, {}],
    ['turned back by 2 degrees and shifted', { shiftX: -0.03, shiftY: 0.02, turnDeg: -2, zoom: 1 }, {}],
    ['zoomed by 3 %', { ...still, zoom: 1.03 }, {}],
    ['far: 8 % across, 1 degree', { ...still, shiftX: 0.08, turnDeg: 1 }, {}],
    ['at dusk, with noise', { ...still, shiftX: 0.012, turnDeg: 0.7 }, { gain: 0.45, noise: 7 }],
    ['with water and a car that were not there', { ...still, shiftX: -0.009, turnDeg: 0.3 }, { more: [water, car] }],
  ])('%s: to within two pixels of 1920', (name, lie, view) => {
    const found = registered(before, seen({ ...view, lie, seed: 2 }));
    expect(found).toMatchObject({ kind: 'aligned' });
    if (found.kind !== 'aligned') return;
    const error = worstPx(found.lie, lie);
    console.log(`${name}: ${error.toFixed(2)} px of 1920, ${found.agree} of ${found.patches} patches agree`);
    expect(error).toBeLessThan(2);
  });

  test.each<[string, GreyPicture, string]>([
    ['another street', seen({ scene: 8, seed: 2 }), 'not-aligned'],
    ['fog that hides all', seen({ fog: 0.995, seed: 2 }), 'not-aligned'],
    ['darkness with noise', seen({ gain: 0.02, seed: 2 }), 'not-aligned'],
    ['turned by 12 degrees', seen({ lie: { turnDeg: 12 }, seed: 2 }), 'not-aligned'],
  ])('%s is not laid over it', (_, now, kind) => {
    expect(registered(before, now).kind).toBe(kind);
  });

  test('pictures of two shapes are not compared', () => {
    expect(registered(before, { ...before, heightPx: 280 })).toEqual({ kind: 'not-aligned', why: 'size' });
  });

  test('a sway is no move, three hundredths are', () => {
    expect(isMoved({ ...still, shiftX: 0.012, turnDeg: -0.8 })).toBe(false);
    expect(isMoved({ ...still, shiftY: -0.03 })).toBe(true);
    expect(isMoved({ ...still, turnDeg: 1.4 })).toBe(true);
  });
});
