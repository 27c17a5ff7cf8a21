import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Zone } from '#core/camera';
import { inRoot } from '#core/root';
import { modelNames, type ModelCard } from '#models';
import { openDetector, type Detector } from './detector.ts';
import { colouredOf, paintedStreet } from './painted-street.ts';
import type { Frame } from './pixels.ts';
import { openNetwork } from './session.ts';

const Golden = z.object({
  outputs: z.record(
    z.string(),
    z.object({
      mean: z.number(),
      at: z.array(z.number()),
      values: z.array(z.number()),
      /** How far another processor's rounding moves the mean and one value: whole numbers inside the network are steps. */
      within: z.object({ mean: z.number(), each: z.number() }),
    }),
  ),
});

/** The picture that the golden answers belong to: ramps and a chequer. */
function pattern(widthPx: number, heightPx: number): Frame {
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      for (let c = 0; c < 3; c++) {
        rgb[(y * widthPx + x) * 3 + c] = (x * 3 + y * 5 + c * 70 + (((x >> 4) ^ (y >> 4)) & 1) * 60) & 255;
      }
    }
  }
  return { rgb, widthPx, heightPx };
}

describe('the released networks', () => {
  it.each(modelNames)('%s answers a known picture as it did when it was made', async (name) => {
    const golden = Golden.parse(JSON.parse(await readFile(inRoot('models', name, 'golden.json'), 'utf8')));
    await using network = await openNetwork(inRoot(), name, (card): card is ModelCard => card.name === name);
    const outputs = await network.run(pattern(network.card.input.widthPx, network.card.input.heightPx));
    expect([...outputs.keys()].sort()).toEqual(Object.keys(golden.outputs).sort());
    for (const [output, known] of Object.entries(golden.outputs)) {
      const values = outputs.get(output) ?? new Float32Array();
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      expect(Math.abs(mean - known.mean), output).toBeLessThanOrEqual(known.within.mean);
      known.at.forEach((at, i) =>
        expect(Math.abs((values[at] ?? Number.NaN) - (known.values[i] ?? 0)), output).toBeLessThanOrEqual(
          known.within.each,
        ),
      );
    }
  });
});

describe('the detector', () => {
  let detector: Detector;
  beforeAll(async () => {
    detector = await openDetector({ root: inRoot() });
  });
  afterAll(() => detector[Symbol.asyncDispose]());

  const zone = (id: string, kind: Zone['kind'], polygon: Zone['polygon']): Zone => ({
    id,
    kind,
    polygon,
    hazards: ['snow', 'flooding', 'open-manhole', 'dumping'],
    streetClass: 'none',
  });
  const road = zone('road', 'carriageway', [
    [0, 0.5],
    [1, 0.5],
    [1, 1],
    [0, 1],
  ]);
  const cover = zone('cover', 'manhole', [
    [0.5, 0.7],
    [0.56, 0.7],
    [0.56, 0.76],
    [0.5, 0.76],
  ]);
  const street = colouredOf(paintedStreet({ widthPx: 1280, heightPx: 720 }));

  it('answers every zone with shares that add up and levels between 0 and 1', async () => {
    const seen = await detector.see(street, [road, cover]);
    expect(seen.quality.kind).toBe('good');
    expect(seen.models.map((name) => name.split('@')[0])).toEqual(modelNames);
    expect(seen.zones.map((s) => s.zoneId)).toEqual(['road', 'cover']);
    for (const sight of seen.zones) {
      const { dry, wet, water, snow, other } = sight.surface;
      expect(dry + wet + water + snow + other).toBeCloseTo(1, 3);
      for (const level of [sight.floodLevel, sight.snowLevel, sight.hiddenShare]) {
        expect(level).toBeGreaterThanOrEqual(0);
        expect(level).toBeLessThanOrEqual(1);
      }
    }
    const spot = seen.zones[1]?.spot;
    expect((spot?.open ?? 0) + (spot?.closed ?? 0) + (spot?.covered ?? 0) + (spot?.unsure ?? 0)).toBeCloseTo(1, 3);
    expect(seen.zones[0]?.spot).toBeUndefined();
  });

  it('gives the same answer twice, and one for a picture without zones', async () => {
    const [a, b] = [await detector.see(street, [road]), await detector.see(street, [road])];
    expect(b.zones).toEqual(a.zones);
    expect(b.digest).toBe(a.digest);
    expect((await detector.see(street, [])).zones).toEqual([]);
  });

  it('does not judge spots of a camera that is not asked about manholes, nor spots of too few pixels', async () => {
    const [without] = (await detector.see(street, [cover], { hazards: ['snow'] })).zones;
    expect(without?.spot).toBeUndefined();
    const tiny = zone('tiny', 'manhole', [
      [0.5, 0.7],
      [0.504, 0.7],
      [0.504, 0.704],
    ]);
    const [small] = (await detector.see(street, [tiny])).zones;
    expect(small?.spot).toEqual({ open: 0, closed: 0, covered: 0, unsure: 1 });
  });

  it('says why a picture cannot be judged, and that nothing is there on an empty one', async () => {
    const dark = await detector.see(colouredOf(paintedStreet({ gain: 0.03 })), [road]);
    expect(dark.quality.kind).toBe('dark');
    expect(dark.detections).toEqual([]);
  });

  it('refuses a frame whose bytes do not fit its size', async () => {
    const broken = { rgb: new Uint8Array(100), widthPx: 640, heightPx: 384 };
    await expect(detector.see(broken, [road])).rejects.toMatchObject({ code: 'PICTURE_REFUSED' });
  });
});

describe('opening', () => {
  it('refuses a folder without models', async () => {
    await expect(openDetector({ root: inRoot('core') })).rejects.toMatchObject({ code: 'MODEL_CHANGED' });
  });
});
