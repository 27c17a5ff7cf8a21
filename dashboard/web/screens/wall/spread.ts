// Pushes labels apart until none covers another: few boxes, so the plainest way is good enough. Pure.

/** A label's box by its middle, in pixels. */
export interface LabelBox {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The same boxes moved as little as needed so that they do not overlap and stay within `width` × `height`. */
export function spread(boxes: readonly LabelBox[], width: number, height: number, gap = 4): LabelBox[] {
  let now = boxes.map((box) => ({ ...box }));
  for (let round = 0; round < 200; round++) {
    let moved = false;
    now = now.map((box) => ({
      ...box,
      x: Math.min(Math.max(box.x, box.w / 2), Math.max(box.w / 2, width - box.w / 2)),
      y: Math.min(Math.max(box.y, box.h / 2), Math.max(box.h / 2, height - box.h / 2)),
    }));
    for (const [i, a] of now.entries()) {
      for (const b of now.slice(i + 1)) {
        const overX = (a.w + b.w) / 2 + gap - Math.abs(a.x - b.x);
        const overY = (a.h + b.h) / 2 + gap - Math.abs(a.y - b.y);
        if (overX <= 0.5 || overY <= 0.5) continue;
        moved = true;
        if (overX < overY) {
          const by = (overX / 2) * (a.x <= b.x ? 1 : -1);
          a.x -= by;
          b.x += by;
        } else {
          const by = (overY / 2) * (a.y <= b.y ? 1 : -1);
          a.y -= by;
          b.y += by;
        }
      }
    }
    if (!moved) break;
  }
  return now;
}
