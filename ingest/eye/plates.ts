// Inside the eye: the number plate of an act, from the frames of its clip or, where that is lost, from the stills that were kept.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Zone } from '#core/camera';
import type { Box } from '#core/detection';
import { messageOf } from '#core/errors';
import { withoutSecrets } from '#core/log';
import type { FrameReading, PlateReading } from '#core/plate';
import { combine, type Detector, type PlateFind, type PlateReader } from '#detector';
import { framesOf } from '../sources/film.ts';
import type { FrameWish, Picture } from '../sources/source.ts';
import { pictureOfStill } from '../sources/still.ts';
import { layDown } from './look.ts';
import { standsIn } from './places.ts';
import type { PlateAnswer, PlateAsk } from './protocol.ts';

export interface PlateNeeds {
  readonly detector: Detector;
  readonly reader: PlateReader;
  readonly dropFolder: string;
}

/** What the networks for whole streets take; plates are cut out of the picture at its own size. */
const streetFrame: FrameWish = { kind: 'exact', widthPx: 640, heightPx: 384 };
const vehicles: ReadonlySet<string> = new Set(['car', 'bus', 'lorry', 'tipper_raised']);
const leastScore = 0.35;
/** A vehicle narrower than this has a plate of some five pixels: nobody reads that. */
const leastVehiclePx = 80;
/** In one frame; more than these do not stand in a zone where something is unloaded. */
const mostVehicles = 3;

/** Looks at all frames and says what the plate may be. Never throws for what the files are. */
export async function readPlate(needs: PlateNeeds, ask: PlateAsk): Promise<PlateAnswer> {
  const signal = AbortSignal.timeout(ask.timeoutMs);
  const seen: Seen = { vehicles: 0, finds: [] };
  const faults: string[] = [];
  if (ask.film) {
    const { path, startsAtMs, atS } = ask.film;
    const fault = await framesOf(
      path,
      atS,
      streetFrame,
      (picture, second) => lookAt(needs, ask.zone, picture, startsAtMs + second * 1000, 'film', seen),
      signal,
    ).catch((thrown: unknown) => `The film could not be read (${messageOf(thrown)}).`);
    if (fault !== undefined) faults.push(fault);
  }
  // A still shows what a frame of the clip shows, smaller: it would agree with it and prove nothing.
  if (seen.vehicles === 0) {
    for (const still of ask.stills) {
      if (signal.aborted) break;
      const fault = await lookAtStill(needs, ask.zone, still, seen);
      if (fault !== undefined) faults.push(fault);
    }
  }
  const { reading, best } = combine(seen.finds);
  const nothing: PlateReading['why'] = seen.vehicles === 0 ? 'no-vehicle' : 'no-plate';
  return {
    reading: reading.state === 'none' ? { ...reading, why: nothing } : reading,
    crop: best ? await layDown(await jpegOf(best), needs.dropFolder) : null,
    models: [...needs.detector.models, ...needs.reader.models],
    detail: withoutSecrets(faults.join(' ')).slice(0, 300),
  };
}

interface Seen {
  vehicles: number;
  readonly finds: PlateFind[];
}

async function lookAt(
  { detector, reader }: PlateNeeds,
  zone: Zone,
  picture: Picture,
  atMs: number,
  source: FrameReading['source'],
  seen: Seen,
): Promise<void> {
  const sight = await detector.see(picture.frame, [zone], { hazards: ['dumping'] });
  const here = sight.detections
    .filter((one) => vehicles.has(one.class) && one.score >= leastScore && standsIn(one.box, zone.polygon))
    .sort((a, b) => areaOf(b.box) - areaOf(a.box))
    .slice(0, mostVehicles);
  for (const { box } of withoutCopies(here)) {
    seen.vehicles++;
    if (box.w * picture.widthPx < leastVehiclePx) continue;
    seen.finds.push(...(await reader.look(picture, box, { atMs, source })));
  }
}

const areaOf = ({ w, h }: Box): number => w * h;

/** A lorry with its body up is found as a lorry and as a raised body: one of two boxes that lie over each other is enough. */
function withoutCopies<T extends { readonly box: Box }>(sorted: readonly T[]): T[] {
  const kept: T[] = [];
  for (const one of sorted) {
    const isCopy = kept.some(({ box }) => {
      const w = Math.min(box.x + box.w, one.box.x + one.box.w) - Math.max(box.x, one.box.x);
      const h = Math.min(box.y + box.h, one.box.y + one.box.h) - Math.max(box.y, one.box.y);
      return w > 0 && h > 0 && (w * h) / areaOf(one.box) > 0.6;
    });
    if (!isCopy) kept.push(one);
  }
  return kept;
}

async function lookAtStill(
  needs: PlateNeeds,
  zone: Zone,
  { path, atMs }: PlateAsk['stills'][number],
  seen: Seen,
): Promise<string | undefined> {
  try {
    const grab = await pictureOfStill(await readFile(path), streetFrame, atMs);
    if (grab.kind === 'refusal') return grab.detail;
    using picture = grab.picture;
    await lookAt(needs, zone, picture, atMs, 'still', seen);
    return undefined;
  } catch (thrown) {
    const isGone = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    if (isGone) return 'A still is not kept any more.';
    return `A still could not be read (${messageOf(thrown)}).`;
  }
}

const jpegOf = ({ crop }: PlateFind): Promise<Buffer> =>
  sharp(crop.rgb, { raw: { width: crop.widthPx, height: crop.heightPx, channels: 3 } })
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toBuffer();
