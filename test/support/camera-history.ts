// A camera's days out of rendered clips: real frames, each in another light and colour, through the real networks once.
import sharp from 'sharp';
import { systemClock } from '#core/clock';
import type { Zone } from '#core/camera';
import type { Sight } from '#core/detection';
import { inRoot } from '#core/root';
import { openDetector, type Detector, type Frame } from '#detector';
import { openSources, type SourceList } from '../../ingest/sources/list.ts';

/** How a look differs from the clip's frame: light, colour and noise of the hour. */
export interface Hour {
  readonly brightness: number;
  readonly saturation: number;
  readonly hueDeg: number;
  readonly contrast: number;
  readonly noise: number;
}

export interface ClipEyes extends AsyncDisposable {
  /** What the released networks say of a moment of a clip, seen at an hour. */
  see(clip: string, atS: number, hour: Hour, zones: readonly Zone[], random: () => number): Promise<Sight>;
}

/** An hour drawn from a random source: by day and by dusk, warm and cold, a good and a noisy sensor. */
export const hourOf = (random: () => number): Hour => ({
  brightness: 0.8 + random() * 0.4,
  saturation: 0.7 + random() * 0.5,
  hueDeg: Math.round((random() - 0.5) * 16),
  contrast: 0.9 + random() * 0.2,
  noise: random() * 6,
});

/** Opens the released networks and a reader of clips. */
export async function openClipEyes(): Promise<ClipEyes> {
  const detector = await openDetector({ root: inRoot() });
  const sources = await openSources({ ways: ['node-av', 'ffmpeg'], ffmpeg: 'ffmpeg', clock: systemClock, files: true });
  const frames = new Map<string, Promise<Frame>>();
  return {
    async see(clip, atS, hour, zones, random) {
      const key = `${clip}#${String(atS)}`;
      const frame = frames.get(key) ?? frameOf(sources, clip, atS);
      frames.set(key, frame);
      return seen(detector, await frame, hour, zones, random);
    },
    async [Symbol.asyncDispose]() {
      await detector[Symbol.asyncDispose]();
    },
  };
}

async function frameOf(sources: SourceList, clip: string, atS: number): Promise<Frame> {
  const address = `file://${inRoot('simulator', 'clips', `${clip}.mp4`)}#t=${String(atS)}`;
  const grab = await sources.sourceOf(address)?.grab(
    {
      address,
      signIn: null,
      frame: { kind: 'exact', widthPx: 640, heightPx: 384 },
      answerMs: 10_000,
      allowedHosts: [],
    },
    AbortSignal.timeout(30_000),
  );
  if (grab?.kind !== 'picture') throw new Error(`${clip} gives no picture at ${String(atS)} s`);
  using picture = grab.picture;
  return { ...picture.frame, rgb: Uint8Array.from(picture.frame.rgb) };
}

async function seen(
  detector: Detector,
  frame: Frame,
  hour: Hour,
  zones: readonly Zone[],
  random: () => number,
): Promise<Sight> {
  const { widthPx, heightPx } = frame;
  const rgb = await sharp(frame.rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .modulate({ brightness: hour.brightness, saturation: hour.saturation, hue: (hour.hueDeg + 360) % 360 })
    .linear(hour.contrast, 128 * (1 - hour.contrast))
    .removeAlpha()
    .raw()
    .toBuffer();
  for (let i = 0; i < rgb.length; i++)
    rgb[i] = Math.min(255, Math.max(0, (rgb[i] ?? 0) + (random() - 0.5) * hour.noise));
  const {
    quality,
    detections,
    zones: zoneSights,
    models,
  } = await detector.see({ rgb: new Uint8Array(rgb), widthPx, heightPx }, zones);
  return { quality, detections, zones: zoneSights, models };
}
