import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Detection } from '#core/detection';
import { inRoot } from '#core/root';
import { type CloseCard, type ModelCard, readModelCard } from '#models';
import { joint, joinSpots, lookCloser, scoresToAsk, secondBoxes, secondSpot, stepBack, type Boxes } from './close.ts';
import { frameFromJpeg, pixelsOf, type Frame, type Pixels } from './pixels.ts';
import { openNetwork, type Network } from './session.ts';

const isClose = (card: ModelCard): card is CloseCard => card.decoder === 'close';

/** Square pieces of the rendered clips, 256 px wide, with what is looked at in the middle: see `close-frames/README.md`. */
const pieces = {
  openYard: 'open-manhole-yard.jpg',
  openPavement: 'open-manhole-pavement.jpg',
  closedYard: 'closed-manhole-yard.jpg',
  closedPavement: 'closed-manhole-pavement.jpg',
  patch: 'patch.jpg',
  heap: 'heap.jpg',
} as const;

describe('the joint probability', () => {
  it('is one of the two where the other has no weight, and lies between them otherwise', () => {
    expect(joint(0.2, 0.9, 0)).toBeCloseTo(0.2, 6);
    expect(joint(0.2, 0.9, 1)).toBeCloseTo(0.9, 6);
    expect(joint(0.2, 0.9, 0.5)).toBeGreaterThan(0.2);
    expect(joint(0.2, 0.9, 0.5)).toBeLessThan(0.9);
    expect(joint(0.3, 0.3, 0.7)).toBeCloseTo(0.3, 6);
  });

  it('never lets a certain network silence the other', () => {
    expect(joint(0, 0.9, 0.5)).toBeGreaterThan(0.05);
    expect(joint(1, 0.1, 0.5)).toBeLessThan(0.95);
  });

  it('moves open against closed, keeps what is covered, and lets a clear look settle a doubt', () => {
    const first = { open: 0.3, closed: 0.2, covered: 0.1, unsure: 0.4 };
    const closer = { open: 0.9, closed: 0.05, other: 0.04, unsure: 0.01 };
    const both = joinSpots(first, closer, 0.7);
    expect(both.covered).toBe(0.1);
    expect(both.unsure).toBeLessThan(0.2);
    expect(both.open / both.closed).toBeGreaterThan(first.open / first.closed);
    expect(both.open + both.closed + both.covered + both.unsure).toBeCloseTo(1, 6);
    expect(joinSpots({ open: 0, closed: 0, covered: 1, unsure: 0 }, closer, 0.7).covered).toBe(1);
  });
});

describe('the second opinion', () => {
  let close: Network<CloseCard>;
  const frames = new Map<string, Frame>();
  beforeAll(async () => {
    close = await openNetwork(inRoot(), 'close-v0', isClose);
    for (const name of Object.values(pieces)) {
      frames.set(name, await frameFromJpeg(readFileSync(join(inRoot(), 'detector', 'close-frames', name))));
    }
  });
  afterAll(() => close[Symbol.asyncDispose]());

  const pixels = (name: string): Pixels => {
    const frame = frames.get(name);
    if (frame === undefined) throw new Error(`no piece ${name}`);
    return pixelsOf(frame);
  };
  /** The middle half of a piece, as the piece was cut: its side is twice the crop's. */
  const middle = { x: 64, y: 64, w: 128, h: 128 };

  it.each([
    [pieces.openYard, true],
    [pieces.openPavement, true],
    [pieces.closedYard, false],
    [pieces.closedPavement, false],
    [pieces.patch, false],
  ])('of %s is that it is open: %s', async (name, isOpen) => {
    const { cover, litter } = await lookCloser(close, pixels(name), middle);
    expect(cover.open + cover.closed + cover.other + cover.unsure).toBeCloseTo(1, 4);
    expect(litter.litter + litter.ground + litter.other).toBeCloseTo(1, 4);
    if (isOpen) expect(cover.open).toBeGreaterThan(0.5);
    else expect(cover.open).toBeLessThan(0.3);
  });

  it('corrects a first opinion that takes a closed cover for an open one, and confirms an open one', async () => {
    const wrong = { open: 0.8, closed: 0.2, covered: 0, unsure: 0 };
    const corrected = await secondSpot(close, pixels(pieces.closedYard), middle, wrong);
    expect(corrected.open).toBeLessThan(0.5);
    const confirmed = await secondSpot(close, pixels(pieces.openYard), middle, wrong);
    expect(confirmed.open).toBeGreaterThan(0.7);
  });

  it('is not asked about a cover that nobody doubts', async () => {
    const calm = { open: 0.01, closed: 0.97, covered: 0.01, unsure: 0.01 };
    let read = 0;
    const counted: Pixels = {
      widthPx: 256,
      heightPx: 256,
      region(area) {
        read++;
        return pixels(pieces.openYard).region(area);
      },
    };
    expect(await secondSpot(close, counted, middle, calm)).toBe(calm);
    expect(read).toBe(0);
  });

  const box = (of: Detection['class'], score: number): Detection => ({
    class: of,
    score,
    box: { x: 0.36, y: 0.36, w: 0.28, h: 0.28 },
  });
  const reported = { manhole_open: 0.4, heap: 0.3, sacks: 0.3, cone: 0.35 };

  it('drops a heap seen on bare road, and keeps and raises one that is there', async () => {
    const road = await secondBoxes(close, pixels(pieces.patch), [box('heap', 0.35)], reported);
    expect(road).toEqual([]);
    const [heap] = await secondBoxes(close, pixels(pieces.heap), [box('heap', 0.2)], reported);
    expect(heap?.score ?? 0).toBeGreaterThan(0.3);
  });

  it('leaves boxes of other classes alone, and drops nearly reported ones beyond the most it looks at', async () => {
    const cone = box('cone', 0.5);
    const many = Array.from({ length: close.card.mostBoxes + 3 }, () => box('heap', 0.2));
    const kept = await secondBoxes(close, pixels(pieces.heap), [cone, ...many], reported);
    expect(kept.filter((d) => d.class === 'cone')).toEqual([cone]);
    expect(kept.filter((d) => d.class === 'heap')).toHaveLength(close.card.mostBoxes);
  });

  it('steps back from a cover that fills the picture, and finds it where it lies', async () => {
    const asked: number[] = [];
    const afar: Boxes = (frame) => {
      asked.push(frame.widthPx);
      const w = 0.4 / (close.card.stepBack.scales[asked.length - 1] ?? 1);
      const covers: Detection = {
        class: 'manhole_closed',
        score: 0.3,
        box: { x: 0.5 - w / 2, y: 0.5 - w / 2, w, h: w },
      };
      return Promise.resolve([covers]);
    };
    const picture = frames.get(pieces.openPavement);
    if (picture === undefined) throw new Error('no piece');
    const found = await stepBack(close, pixelsOf(picture), picture, [box('manhole_open', 0.2)], [], afar);
    expect(asked).toEqual(close.card.stepBack.scales.map(() => picture.widthPx));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ class: 'manhole_open' });
    expect(found[0]?.box.x).toBeCloseTo(0.3, 5);
    expect(found[0]?.box.w).toBeCloseTo(0.4, 5);
    expect(found[0]?.score ?? 0).toBeGreaterThan(0.5);
  });

  it('does not step back from a street, nor look at all where nothing was suspected', async () => {
    const never: Boxes = () => Promise.reject(new Error('the road network was asked'));
    const street = frames.get(pieces.patch);
    if (street === undefined) throw new Error('no piece');
    expect(await stepBack(close, pixelsOf(street), street, [box('heap', 0.35)], [], never)).toEqual([]);
    const cover = frames.get(pieces.openYard);
    if (cover === undefined) throw new Error('no piece');
    expect(await stepBack(close, pixelsOf(cover), cover, [box('cone', 0.9)], [], never)).toEqual([]);
    const sure = [box('manhole_open', 0.9)];
    expect(await stepBack(close, pixelsOf(cover), cover, sure, sure, never)).toEqual([]);
  });

  it('lowers the score from which boxes are named only for the classes that it can judge', async () => {
    const asked = scoresToAsk(reported, close.card);
    expect(asked.cone).toBe(reported.cone);
    expect(asked.heap).toBeLessThanOrEqual(close.card.askFrom.boxes.heap ?? 0);
    const card = await readModelCard(inRoot(), 'close-v0');
    expect(card.bytes).toBeLessThan(8_000_000);
  });
});
