import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame as AvFrame } from 'node-av/lib';
import sharp from 'sharp';
import { loadAv, type Av } from './av.ts';
import { jpegOf, pictureOf, reduce, regionOf } from './decoded.ts';

const widthPx = 192;
const heightPx = 128;
/** Red grows across, green down, with a blue square in the middle. */
const colourAt = (x: number, y: number): [number, number, number] => [
  Math.round((x * 255) / widthPx),
  Math.round((y * 255) / heightPx),
  x >= 64 && x < 128 && y >= 32 && y < 96 ? 220 : 30,
];

const found = await loadAv();

describe.skipIf(typeof found === 'string')('a decoded frame', () => {
  let av: Av;
  const frames: AvFrame[] = [];

  /** The picture above in a format of FFmpeg. */
  async function painted(format: AvFrame['format']): Promise<AvFrame> {
    const rgb = new av.lib.Frame();
    rgb.alloc();
    Object.assign(rgb, { width: widthPx, height: heightPx, format: av.constants.AV_PIX_FMT_RGB24 });
    expect(rgb.allocBuffer()).toBeGreaterThanOrEqual(0);
    const [plane, stride = 0] = [rgb.data?.[0], rgb.linesize[0]];
    for (let y = 0; y < heightPx; y++) for (let x = 0; x < widthPx; x++) plane?.set(colourAt(x, y), y * stride + x * 3);
    const frame = new av.lib.Frame();
    frame.alloc();
    Object.assign(frame, { width: widthPx, height: heightPx, format });
    expect(frame.allocBuffer()).toBeGreaterThanOrEqual(0);
    using scaler = new av.lib.SoftwareScaleContext();
    scaler.allocContext();
    expect(await scaler.scaleFrame(frame, rgb)).toBeGreaterThanOrEqual(0);
    rgb.free();
    frames.push(frame);
    return frame;
  }

  /** Mean difference to the painting over an area of it, away from the edges of the square. */
  function farFrom(rgb: Uint8Array, area: { x: number; y: number; w: number; h: number }, step = 1): number {
    let sum = 0;
    for (let y = 0; y < area.h; y++)
      for (let x = 0; x < area.w; x++)
        colourAt(area.x + (x + 0.5) * step, area.y + (y + 0.5) * step).forEach((value, c) => {
          sum += Math.abs((rgb[(y * area.w + x) * 3 + c] ?? 0) - value);
        });
    return sum / (area.w * area.h * 3);
  }

  const formats = [
    'AV_PIX_FMT_YUV420P',
    'AV_PIX_FMT_YUVJ420P',
    'AV_PIX_FMT_YUV422P',
    'AV_PIX_FMT_YUV444P',
    'AV_PIX_FMT_NV12',
  ];

  beforeAll(() => {
    if (typeof found !== 'string') av = found;
  });
  afterAll(() => {
    for (const frame of frames) frame.free();
  });

  const formatOf = (name: string): AvFrame['format'] => {
    const entry = Object.entries(av.constants).find(([key]) => key === name)?.[1];
    if (typeof entry !== 'number') throw new TypeError(`no format ${name}`);
    return av.lib.avGetPixFmtFromName(name.replace('AV_PIX_FMT_', '').toLowerCase());
  };

  it.each(formats)('%s is reduced with its colours kept', async (name) => {
    const { rgb, ...size } = await reduce(av, await painted(formatOf(name)), {
      kind: 'exact',
      widthPx: 96,
      heightPx: 64,
    });
    expect(size).toEqual({ widthPx: 96, heightPx: 64 });
    expect(farFrom(rgb, { x: 0, y: 0, w: 96, h: 64 }, 2)).toBeLessThan(5);
  });

  it.each(formats)('%s gives the pixels of an area, odd corners included', async (name) => {
    const frame = await painted(formatOf(name));
    for (const area of [
      { x: 0, y: 0, w: 1, h: 1 },
      { x: 71, y: 39, w: 37, h: 21 },
      { x: 155, y: 101, w: 37, h: 27 },
    ]) {
      const { rgb, ...size } = await regionOf(av, frame, area);
      expect(size).toEqual({ widthPx: area.w, heightPx: area.h });
      expect(farFrom(rgb, area), JSON.stringify(area)).toBeLessThan(6);
    }
  });

  it.each(formats)('%s becomes a JPEG of its own size with its colours kept', async (name) => {
    const jpeg = await jpegOf(av, await painted(formatOf(name)));
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    expect([info.format, info.width, info.height]).toEqual(['raw', widthPx, heightPx]);
    expect(farFrom(data, { x: 0, y: 0, w: widthPx, h: heightPx })).toBeLessThan(6);
  });

  it('hands on the still that it came as, and encodes one only where there is none', async () => {
    const frame = await painted(formatOf('AV_PIX_FMT_YUV420P'));
    const still = Buffer.from('as it came');
    const wish = { kind: 'most', widthPx: 96 } as const;
    const given = await pictureOf(av, frame, wish, { takenAtMs: 1, waitedMs: 0, still });
    expect(await given.still()).toBe(still);
    const own = await pictureOf(av, frame, wish, { takenAtMs: 1, waitedMs: 0 });
    expect((await sharp(await own.still()).metadata()).format).toBe('jpeg');
  });
});
