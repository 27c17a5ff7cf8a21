// The second opinion: a heavier network looks closer at what a light one took for a hazard; nobody else costs its time.
import type { Detection, DetectionClass, ZoneSight } from '#core/detection';
import { ratio } from '#core/units';
import type { CloseCard, RoadCard } from '#models';
import { overlapOf, withoutDoubles } from './decode-boxes.ts';
import { cut, pixelsOf, reachOf, stretch, type Frame, type PixelBox, type Pixels } from './pixels.ts';
import type { Network } from './session.ts';

type Spot = NonNullable<ZoneSight['spot']>;
type Scores = RoadCard['scores']['objects'];

/** What a closer look says of a crop; each sums to 1. */
export interface CloseLook {
  readonly cover: { readonly open: number; readonly closed: number; readonly other: number; readonly unsure: number };
  readonly litter: { readonly litter: number; readonly ground: number; readonly other: number };
}

/** Shows the network one square of the picture's own pixels. Throws MODEL_REFUSED. */
export async function lookCloser(close: Network<CloseCard>, pixels: Pixels, box: PixelBox): Promise<CloseLook> {
  const { widthPx, heightPx } = close.card.input;
  const area = reachOf(box, widthPx, heightPx, pixels);
  const piece = await pixels.region(area);
  const outputs = await close.run(cut(piece, { ...box, x: box.x - area.x, y: box.y - area.y }, widthPx, heightPx));
  const c = outputs.get('cover') ?? new Float32Array();
  const l = outputs.get('litter') ?? new Float32Array();
  return {
    cover: { open: c[0] ?? 0, closed: c[1] ?? 0, other: c[2] ?? 0, unsure: c[3] ?? 0 },
    litter: { litter: l[0] ?? 0, ground: l[1] ?? 0, other: l[2] ?? 0 },
  };
}

/**
 * A registered manhole once more, when the first opinion gives it `askFrom.spot` or more of being open. What is hidden or
 * cannot be told stays as the first opinion has it; how the rest falls to open and closed is said by both.
 */
export async function secondSpot(close: Network<CloseCard>, pixels: Pixels, box: PixelBox, first: Spot): Promise<Spot> {
  const { askFrom, trust } = close.card;
  if (first.open < askFrom.spot) return first;
  const { cover } = await lookCloser(close, pixels, box);
  return joinSpots(first, cover, trust.spot);
}

/** `first`, with its share of open against closed moved towards what the closer look says; sums to 1 as `first` does. */
export function joinSpots(first: Spot, closer: CloseLook['cover'], trust: number): Spot {
  const told = first.open + first.closed;
  const seen = closer.open + closer.closed;
  if (told <= 0 || seen <= 0) return first;
  // A cover that the closer look can make out is no longer unsure; its doubt counts as much as its word.
  const unsure = (1 - trust) * first.unsure + trust * Math.min(first.unsure, closer.unsure);
  const known = told + first.unsure - unsure;
  const open = joint(first.open / told, closer.open / seen, trust);
  return { open: known * open, closed: known * (1 - open), covered: first.covered, unsure };
}

/** The classes of box that are looked at again, and what the closer look must find there. */
const sought: Readonly<Partial<Record<DetectionClass, (look: CloseLook) => number>>> = {
  manhole_open: ({ cover }) => cover.open,
  heap: ({ litter }) => litter.litter,
  sacks: ({ litter }) => litter.litter,
};

/** From where the first network must name boxes, so that those which are nearly reported are there to be asked about. */
export function scoresToAsk(
  reported: Scores,
  { askFrom, stepBack: { askFrom: back } }: CloseCard,
  isPhoto = false,
): Scores {
  const entries = Object.entries(reported).map(([name, score]) => {
    const ask = Object.entries(askFrom.boxes).find(([asked]) => asked === name)?.[1];
    return [name, ask === undefined ? score : Math.min(score, ask, isPhoto ? back : 1)] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Boxes of a hazard once more: the surest `mostBoxes` of those that reach `askFrom` get the joint score of both opinions.
 * Boxes that then lie under the score from which they are reported are dropped; boxes of other classes stay as they are.
 */
export async function secondBoxes(
  close: Network<CloseCard>,
  pixels: Pixels,
  found: readonly Detection[],
  reported: Scores,
): Promise<Detection[]> {
  const { askFrom, trust, mostBoxes, factor } = close.card;
  const asked = new Set(
    found
      .filter((d) => sought[d.class] !== undefined && d.score >= (askFrom.boxes[d.class] ?? 1))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, mostBoxes),
  );
  const again: Detection[] = [];
  for (const detection of found) {
    const wanted = asked.has(detection) ? sought[detection.class] : undefined;
    const score = wanted
      ? joint(
          detection.score,
          wanted(await lookCloser(close, pixels, squareAround(pixels, detection.box, factor))),
          trust.boxes,
        )
      : detection.score;
    if (sought[detection.class] === undefined || score >= (reported[detection.class] ?? 0.5)) {
      again.push({ ...detection, score: ratio(score) });
    }
  }
  return again.filter((detection) => !again.some((other) => isSameLitter(other, detection)));
}

/** Heap and sacks look alike from closer; of two boxes over one thing the surer one stays. */
function isSameLitter(surer: Detection, box: Detection): boolean {
  const isPair = (surer.class === 'heap' && box.class === 'sacks') || (surer.class === 'sacks' && box.class === 'heap');
  return isPair && surer.score > box.score && overlapOf(surer.box, box.box) > 0.5;
}

/** The square around a box, `factor` times its longer side in pixels; it may reach over the edge. */
function squareAround(pixels: Pick<Pixels, 'widthPx' | 'heightPx'>, box: Detection['box'], factor: number): PixelBox {
  const side = Math.max(box.w * pixels.widthPx, box.h * pixels.heightPx) * factor;
  const x = (box.x + box.w / 2) * pixels.widthPx - side / 2;
  const y = (box.y + box.h / 2) * pixels.heightPx - side / 2;
  return { x, y, w: side, h: side };
}

/** Two probabilities as one: the mean of their logits, the second weighing `trust` (a logarithmic opinion pool). */
export function joint(first: number, second: number, trust: number): number {
  return 1 / (1 + Math.exp(-((1 - trust) * logit(first) + trust * logit(second))));
}

/** Kept off 0 and 1, so that no network can overrule the other for ever. */
function logit(p: number): number {
  const kept = Math.min(0.999, Math.max(0.001, p));
  return Math.log(kept / (1 - kept));
}

/** A part of the way in which the road network is asked again: a frame of its own input size in, its object boxes out. */
export type Boxes = (frame: Frame, least: Scores) => Promise<Detection[]>;

/**
 * Covers and litter in a picture taken from close by, where they are larger than any that the road network knows: the picture
 * is made smaller inside its frame, as if the camera stepped back, and what is found there is judged from its own pixels.
 * Nothing for a picture that is not such a one: that costs one look of this network at most. Nothing either where `settled`, what was found at the street's own scale, already holds a sure box of a hazard.
 */
export async function stepBack(
  close: Network<CloseCard>,
  pixels: Pixels,
  input: Frame,
  suspected: readonly Detection[],
  settled: readonly Detection[],
  boxesOf: Boxes,
): Promise<Detection[]> {
  const { stepBack: limits, trust, factor } = close.card;
  if (!suspected.some((d) => sought[d.class] !== undefined && d.score >= limits.askFrom)) return [];
  if (settled.some((d) => sought[d.class] !== undefined && d.score >= limits.unless)) return [];
  const whole = { x: 0, y: 0, w: input.widthPx, h: input.heightPx };
  const { cover, litter } = await lookCloser(close, pixelsOf(input), whole);
  const classes: DetectionClass[] = [];
  if (cover.open + cover.closed >= limits.cover) classes.push('manhole_open', 'manhole_closed');
  if (litter.litter >= limits.litter) classes.push('heap', 'sacks');
  if (classes.length === 0) return [];
  const least = Object.fromEntries(classes.map((name) => [name, limits.least]));
  const found: Detection[] = [];
  for (const scale of limits.scales) {
    const far = (await boxesOf(await smaller(input, scale), least)).filter((d) => classes.includes(d.class));
    // Whether a cover lies over the hole is for the closer look to say.
    const things = withoutDoubles(
      far.map((d): Detection => ({
        class: d.class === 'manhole_closed' ? 'manhole_open' : d.class,
        score: d.score,
        box: nearer(d.box, scale),
      })),
      sameBox,
    );
    for (const thing of things.slice(0, limits.most)) {
      const look = await lookCloser(close, pixels, squareAround(pixels, thing.box, factor));
      found.push({ ...thing, score: ratio(joint(thing.score, sought[thing.class]?.(look) ?? 0, trust.boxes)) });
    }
  }
  const sure = withoutDoubles(found, sameBox);
  return sure.filter((thing) => !sure.some((other) => isSameLitter(other, thing)));
}

/** Overlap from which two boxes of a picture seen from afar and from close by are one. */
const sameBox = 0.45;

/** The frame `scale` times smaller in the middle of a frame of the same size, its edge pixels repeated around it. */
async function smaller(frame: Frame, scale: number): Promise<Frame> {
  const { widthPx, heightPx } = frame;
  const w = Math.floor(widthPx / scale / 2) * 2;
  const h = Math.floor(heightPx / scale / 2) * 2;
  const inner = await stretch(frame, w, h);
  const [left, top] = [Math.floor((widthPx - w) / 2), Math.floor((heightPx - h) / 2)];
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++) {
    const row = Math.min(h - 1, Math.max(0, y - top));
    const line = inner.rgb.subarray(row * w * 3, (row + 1) * w * 3);
    const at = y * widthPx * 3;
    for (let x = 0; x < left; x++) rgb.set(line.subarray(0, 3), at + x * 3);
    rgb.set(line, at + left * 3);
    for (let x = left + w; x < widthPx; x++) rgb.set(line.subarray(w * 3 - 3), at + x * 3);
  }
  return { rgb, widthPx, heightPx };
}

/** A box of the smaller frame as a box of the frame, cut at its edges. */
function nearer({ x, y, w, h }: Detection['box'], scale: number): Detection['box'] {
  const at = (v: number): number => ratio((v - 0.5) * scale + 0.5);
  return { x: at(x), y: at(y), w: at(x + w) - at(x), h: at(y + h) - at(y) };
}
