// How nuisances and wrongly drawn zones lead the eyes astray, beyond the errors that were measured on single pictures.
import type { Camera, Zone } from '#core/camera';
import type { Box, Detection, Sight, ZoneSight } from '#core/detection';
import type { WatchBeat } from '#core/story';
import type { ErrorModel, Score } from './errors.ts';
import { clamp, uniform } from './noise.ts';
import { beatOf, sightAt, type Seeing } from './seen.ts';
import type { Leaning } from './troubles.ts';

/** `lasting` is what some zones always are; a score that was measured on such zones has it in its tail. */
const moved = (score: Score, by: number, lasting = 0): Score => ({
  ...score,
  mean: score.mean + by + (score.tail === undefined ? lasting : 0),
});

/** Errors of an eye that leans: calm ground looks more like a hazard, a hazard looks as it did. */
export function leaned(errors: ErrorModel, { flood, snow, cover, heap, patch, mirror }: Leaning): ErrorModel {
  return {
    ...errors,
    flood: {
      ...errors.flood,
      'dry-day': moved(errors.flood['dry-day'], flood, mirror),
      'dry-night': moved(errors.flood['dry-night'], flood, mirror),
      'wet-day': moved(errors.flood['wet-day'], flood, mirror),
      'wet-night': moved(errors.flood['wet-night'], flood, mirror),
      snow: moved(errors.flood.snow, flood),
    },
    snow: { ...errors.snow, bare: moved(errors.snow.bare, snow), winter: moved(errors.snow.winter, snow) },
    spot: {
      ...errors.spot,
      'closed-day': moved(errors.spot['closed-day'], cover, patch),
      'closed-night': moved(errors.spot['closed-night'], cover, patch),
      shadow: moved(errors.spot.shadow, cover, patch),
    },
    openBox: { ...errors.openBox, closed: moved(errors.openBox.closed, cover, patch) },
    heap: { ...errors.heap, clean: moved(errors.heap.clean, heap) },
  };
}

const isUpright = (leaning: Leaning): boolean => Object.values(leaning).every((by) => by === 0);

const boxOf = (zone: Zone): Box => {
  const xs = zone.polygon.map((p) => p[0]);
  const ys = zone.polygon.map((p) => p[1]);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
};

/** Who walks and works in the picture: people under umbrellas, the plough. */
function passersBy({ seed, life }: Seeing, camera: Camera, atMs: number): Detection[] {
  return life.troublesAt(camera.id, atMs).flatMap((trouble): Detection[] => {
    const at = (i: number): number => uniform(`passing ${seed} ${camera.id} ${Math.round(atMs / 1000)} ${i}`);
    if (trouble.kind === 'umbrellas') {
      return Array.from({ length: 1 + Math.floor(4 * at(0)) }, (_, i) => ({
        class: 'person' as const,
        score: 0.5 + 0.4 * at(3 * i + 1),
        box: { x: 0.1 + 0.7 * at(3 * i + 2), y: 0.4 + 0.35 * at(3 * i + 3), w: 0.03, h: 0.1 },
      }));
    }
    const zone = trouble.kind === 'plough' ? camera.zones.find((one) => one.id === trouble.zoneId) : undefined;
    if (!zone || at(0) < 0.4) return [];
    const { x, y, w, h } = boxOf(zone);
    return [
      {
        class: 'lorry',
        score: 0.6 + 0.3 * at(1),
        box: { x: x + w * 0.6 * at(2), y: y + h * 0.2, w: w * 0.3, h: h * 0.5 },
      },
    ];
  });
}

/** Share of a zone's picture that is other ground when all zones lie `by` of the picture too far right and down. */
export function strayOf(zone: Zone, by: number): number {
  const { w, h } = boxOf(zone);
  return 1 - (Math.max(0, w - by) * Math.max(0, h - by)) / (w * h);
}

/** What a zone says when a share of it is the verge beside: white in winter, neither road nor water else. */
function strayed(seen: ZoneSight, stray: number, isWinter: boolean): ZoneSight {
  const keep = 1 - stray;
  const { dry, wet, water, snow, other } = seen.surface;
  const verge = isWinter ? { snow: 0.9, other: 0.1 } : { snow: 0, other: 1 };
  const { spot } = seen;
  const bank = Math.max((seen.bank?.share ?? 0) * keep, isWinter ? 0.9 * stray : 0);
  return {
    ...seen,
    surface: {
      dry: dry * keep,
      wet: wet * keep,
      water: water * keep,
      snow: snow * keep + verge.snow * stray,
      other: other * keep + verge.other * stray,
    },
    snowLevel: clamp(seen.snowLevel * keep + verge.snow * stray),
    floodLevel: clamp(seen.floodLevel * keep),
    bank: bank > 0.01 ? { share: clamp(bank), box: seen.bank?.box ?? { x: 0.1, y: 0.85, w: 0.8, h: 0.05 } } : seen.bank,
    ...(spot
      ? {
          spot: {
            open: spot.open * keep,
            closed: spot.closed * keep + 0.3 * stray,
            covered: spot.covered * keep,
            unsure: spot.unsure * keep + 0.7 * stray,
          },
        }
      : {}),
  };
}

/** A camera that was pushed and not noticed shows other ground in its zones by so much of the picture, one that shakes by less. */
const shiftOf = { moved: 0.05, shake: 0.006 } as const;

/**
 * What the detector says of a camera's picture at a moment, nuisances and all: of an earlier moment where the picture is frozen or
 * comes late, of other ground where the camera was pushed. `shift` is by how much of the picture all zones are drawn wrongly.
 */
export function sightAmid(seeing: Seeing, camera: Camera, atMs: number, shift = 0): Sight {
  const { life, sky } = seeing;
  const shownMs = life.shownAt(camera.id, atMs);
  const leanings = camera.zones.map((zone) => life.leaningAt(camera, zone, shownMs));
  const parts = leanings.every(isUpright)
    ? [sightAt(seeing, camera, shownMs)]
    : camera.zones.map((zone, i) => {
        const leaning = leanings[i];
        const eye = leaning ? { ...seeing, errors: leaned(seeing.errors, leaning) } : seeing;
        return sightAt(eye, { ...camera, zones: [zone] }, shownMs);
      });
  const [first] = parts;
  const troubles = life.troublesAt(camera.id, shownMs);
  const by = Math.max(
    shift,
    ...troubles.map(({ kind, size }) => (kind === 'moved' || kind === 'shake' ? shiftOf[kind] * size : 0)),
  );
  const isWinter = sky.seasonOf(shownMs) === 'winter';
  const zoneOf = new Map(camera.zones.map((zone) => [zone.id, zone]));
  return {
    quality: first?.quality ?? { kind: 'good', why: '' },
    models: first?.models ?? [],
    detections: [...parts.flatMap((part) => part.detections), ...passersBy(seeing, camera, shownMs)],
    zones: parts
      .flatMap((part) => part.zones)
      .map((seen) => {
        const zone = zoneOf.get(seen.zoneId);
        return by > 0 && zone ? strayed(seen, strayOf(zone, by), isWinter) : seen;
      }),
  };
}

/** The calm word of a watched zone, nuisances and all. */
export function beatAmid(seeing: Seeing, camera: Camera, zone: Zone, atMs: number): WatchBeat {
  const shownMs = seeing.life.shownAt(camera.id, atMs);
  const leaning = seeing.life.leaningAt(camera, zone, shownMs);
  const eye = isUpright(leaning) ? seeing : { ...seeing, errors: leaned(seeing.errors, leaning) };
  return beatOf(eye, camera, zone, shownMs);
}
