import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { inRoot } from '#core/root';
import { kernelBytes, layGround, levelParts } from './motion-kernel.ts';

const rule = { least: 14 * levelParts, times: 4, follow: 13, deviate: 5 };
const [widthPx, heightPx, absorbMs] = [32, 11, 3_000];
const pixels = widthPx * heightPx;

/** The same in a plain loop: what the compiled one must answer, pixel by pixel. */
function plainGround(first: Uint8Array) {
  const background = [...first].map((level) => level * levelParts);
  const spread = background.map(() => Math.trunc(rule.least / rule.times));
  const since = background.map(() => -1);
  const differing = new Uint8Array((widthPx / 4) * Math.ceil(heightPx / 4));
  const toward = (from: number, to: number, parts: number): number => from + Math.floor(((to - from) * parts) / 256);
  return {
    background,
    spread,
    differing,
    step(luma: Uint8Array, gain: number, nowMs: number): number {
      differing.fill(0);
      let changed = 0;
      luma.forEach((raw, at) => {
        const level = Math.min(65_535, raw * gain);
        const [old = 0, usual = 0, from = -1] = [background[at], spread[at], since[at]];
        const away = Math.abs(level - old);
        if (away <= rule.least || away <= usual * rule.times) {
          background[at] = toward(old, level, rule.follow);
          spread[at] = toward(usual, away, rule.deviate);
          since[at] = -1;
          return;
        }
        changed++;
        const cell = Math.floor(at / widthPx / 4) * (widthPx / 4) + Math.floor((at % widthPx) / 4);
        differing[cell] = (differing[cell] ?? 0) + 1;
        if (from < 0) since[at] = nowMs;
        else if (nowMs - from > absorbMs || nowMs < from) {
          background[at] = level;
          since[at] = -1;
        }
      });
      return changed;
    },
  };
}

/** Numbers that look like chance and are the same each time (Park and Miller's generator). */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe('the compiled loop of motion', () => {
  it('is what its text compiles to', async () => {
    const path = inRoot('detector', 'motion-kernel.wat');
    const module = (await wabt()).parseWat(path, readFileSync(path, 'utf8'), { simd: true });
    expect(Buffer.from(module.toBinary({}).buffer).equals(kernelBytes)).toBe(true);
  });

  it.each([1, 2, 3])('answers as a plain loop does, frame by frame (%i)', (seed) => {
    const random = chance(seed * 7_919);
    const scene = Uint8Array.from({ length: pixels }, () => 255 * random());
    const ground = layGround(scene, widthPx, heightPx, rule);
    const plain = plainGround(scene);
    let seen = 0;
    for (let i = 1; i <= 80; i++) {
      // Noise, a thing that comes, stays until it is absorbed and leaves, levels at both ends, changes of exposure, a clock that jumps.
      const isThere = i > 20 && i < 55;
      const frame = scene.map((level, at) =>
        isThere && at % widthPx > 9 && at % widthPx < 23 ? 255 * random() : level + 12 * random() - 6,
      );
      const gain = Math.round(levelParts * (i % 9 === 0 ? 1.5 : 0.9 + 0.2 * random()));
      const nowMs = i === 70 ? 5 : i * 200;
      const changed = ground.step(frame, gain, nowMs, absorbMs);
      expect(changed).toBe(plain.step(frame, gain, nowMs));
      expect([...ground.differing]).toEqual([...plain.differing]);
      expect([...frame.keys()].map((at) => ground.background(at))).toEqual(plain.background);
      expect([...frame.keys()].map((at) => ground.spread(at))).toEqual(plain.spread);
      expect(Buffer.from(ground.frames().last).equals(frame)).toBe(true);
      seen += changed;
    }
    expect(seen).toBeGreaterThan(1_000);
  });

  it('keeps the frame before', () => {
    const frames = [10, 20, 30].map((level) => new Uint8Array(pixels).fill(level));
    const [first = new Uint8Array(), ...others] = frames;
    const ground = layGround(first, widthPx, heightPx, rule);
    const steps = others.map((frame, i) => {
      ground.step(frame, levelParts, i * 200, absorbMs);
      return [ground.frames().before[0], ground.frames().last[0]];
    });
    expect(steps).toEqual([
      [10, 20],
      [20, 30],
    ]);
  });

  it('refuses pictures that are not in whole blocks', () => {
    expect(() => layGround(new Uint8Array(30 * 4), 30, 4, rule)).toThrow('whole blocks');
    expect(() => layGround(new Uint8Array(5), 32, 4, rule)).toThrow('whole blocks');
  });
});
