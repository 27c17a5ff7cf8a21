// The hazards that are really there: where, how large, since when, until when, and which cameras see them.
import type { Camera, Zone } from '#core/camera';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { chance, pick } from '../seed.ts';
import { ramp, uniform } from './noise.ts';
import type { SkyOf, Spell } from './sky.ts';
import { siteOf } from './town.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** One zone of one camera. */
export interface Spot {
  readonly cameraId: string;
  readonly zoneId: string;
}

/** A hazard that is really there: it should be raised after `fromMs`, and is of use to anybody until `usefulMs`. */
export interface Planted extends Spot {
  readonly id: string;
  readonly hazard: HazardName;
  readonly sub: string;
  /** Every zone that sees it, the first being its own; all of them together are worth one incident. */
  readonly seenBy: readonly Spot[];
  /** What made it, for the report. */
  readonly cause: string;
  /** First signs: water gathers before it is a hazard, and stands a while after it has ceased to be one. */
  readonly beginsMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly goneMs: number;
  readonly usefulMs: number;
  /** How large: share of the zone under snow or water, how plainly a cover is open or a heap lies. */
  readonly size: number;
}

/** Seconds after which a raise comes too late to count (measure 4): snow 45 min, flooding 10, open manhole 8, dumping 2 after leaving. */
export const usefulS: Readonly<Record<HazardName, number>> = {
  snow: 45 * 60,
  flooding: 10 * 60,
  'open-manhole': 8 * 60,
  dumping: 120,
};

/** Standing water counts from this share of the zone (domain 3.1). */
const floodedShare = 0.2;
/** From this share on water runs into the zone beside it. */
const spreadShare = 0.25;

export interface PlantOptions {
  readonly seed: number;
  readonly cameras: readonly Camera[];
  readonly sky: SkyOf;
  readonly fromMs: number;
  readonly days: number;
  /** When the days end, where that is not midnight. */
  readonly toMs?: number;
  /** How many hazards are planted in all, spread over the kinds that the cameras and the weather allow; or so many of each. */
  readonly hazards: number | Partial<Readonly<Record<HazardName, number>>>;
  /** Share of all snow zones that stay uncleared after each snowfall, besides those planted. */
  readonly lateShare?: number;
  /** When the snow of a snowfall that ended at this moment must be gone from a zone; null where nothing holds. */
  readonly snowDeadlineMs: (camera: Camera, zone: Zone, endedAtMs: number) => number | null;
}

/** Snow is swept before its deadline: after so much of the time that there is. */
export const sweptAfter = (seed: string): number => 0.3 + 0.6 * uniform(seed);

/** Share of a zone under the water of a flood at a moment: it rises, stands, and falls. `beside` for the zone that it runs into. */
export function waterOf(flood: Planted, atMs: number, beside: boolean): number {
  const riseMs = (flood.fromMs - flood.beginsMs) / (floodedShare / flood.size);
  const fallMs = (flood.goneMs - flood.toMs) / (floodedShare / flood.size);
  const share =
    flood.size *
    Math.min(ramp(atMs, flood.beginsMs, flood.beginsMs + riseMs), 1 - ramp(atMs, flood.goneMs - fallMs, flood.goneMs));
  return beside ? Math.max(0, share - spreadShare) : share;
}

interface Place {
  readonly camera: Camera;
  readonly zone: Zone;
  readonly seenBy: readonly Spot[];
}

/** Every piece of ground where a hazard may be, once, with all zones that see it. */
function placesOf(cameras: readonly Camera[], hazard: HazardName): Place[] {
  const places = new Map<string, { camera: Camera; zone: Zone; seenBy: Spot[] }>();
  for (const camera of cameras) {
    for (const zone of camera.zones) {
      if (!zone.hazards.includes(hazard) || zone.kind === 'snow-storage') continue;
      const key = siteOf(camera, zone);
      const spot = { cameraId: camera.id, zoneId: zone.id };
      const known = places.get(key);
      if (known) known.seenBy.push(spot);
      else places.set(key, { camera, zone, seenBy: [spot] });
    }
  }
  return [...places.values()];
}

/** Snowfalls that are over early enough for their deadline to pass within the days. */
const endedSpells = ({ sky, fromMs, days }: PlantOptions): Spell[] =>
  sky.spells.filter((s) => s.kind === 'snow' && s.toMs > fromMs && s.toMs < fromMs + (days - 0.5) * dayMs);

type Draft = Omit<Planted, 'id'>;
interface Drawing {
  readonly options: PlantOptions;
  readonly next: () => number;
  readonly endMs: number;
  readonly spells: readonly Spell[];
  readonly rains: readonly Spell[];
}

const spotsOf = ({ camera, zone, seenBy }: Place) => ({ cameraId: camera.id, zoneId: zone.id, seenBy });

/** Snow that nobody takes away in time, or a bank that the plough left on a crossing or stop. */
function snowAt({ options, next, endMs, spells }: Drawing, place: Place): Draft | undefined {
  const { camera, zone } = place;
  const spell = pick(spells, next());
  const deadlineMs = spell ? options.snowDeadlineMs(camera, zone, spell.toMs) : null;
  if (!spell || deadlineMs === null) return undefined;
  const again = options.sky.spells.find((s) => s.kind === 'snow' && s.fromMs > spell.toMs)?.fromMs ?? Infinity;
  const isWindrow = (zone.kind === 'crossing' || zone.kind === 'stop') && next() < 0.4;
  const key = `${options.seed} ${siteOf(camera, zone)} ${spell.toMs}`;
  const begin = isWindrow ? spell.toMs + sweptAfter(key) * (deadlineMs - spell.toMs) : deadlineMs;
  const end = Math.min(begin + (3 + 5 * next()) * hourMs, again - hourMs, endMs);
  if (end - begin < 2 * hourMs) return undefined;
  return {
    ...spotsOf(place),
    hazard: 'snow',
    sub: isWindrow ? 'windrow' : 'carriageway',
    cause: `snowfall @${spell.toMs}`,
    // The city's own end of the snowfall may lie a reading of the weather off.
    beginsMs: begin - 20 * minuteMs,
    fromMs: begin,
    toMs: end,
    goneMs: end,
    usefulMs: begin + usefulS.snow * 1000,
    size: isWindrow ? 0.16 + 0.2 * next() : 0.9,
  };
}

/** Water that gathers in rain, in the thaw of an afternoon, or out of a pipe; it grows, stands, runs off, and may run into the zone beside. */
function floodAt({ options, next, rains }: Drawing, place: Place, anyMs: number): Draft {
  const rain = pick(rains, next());
  const thawMs = Math.floor(anyMs / dayMs) * dayMs + (7 + 4 * next()) * hourMs;
  const isThaw = options.sky.seasonOf(anyMs) === 'thaw' && next() < 0.5;
  const cause = isThaw ? 'thaw' : rain && next() < 0.8 ? 'rain' : 'pipe';
  const begin = isThaw ? thawMs : cause === 'rain' && rain ? rain.fromMs + 0.5 * (rain.toMs - rain.fromMs) : anyMs;
  const size = 0.3 + 0.4 * next();
  const part = floodedShare / size;
  const riseMs = (cause === 'pipe' ? 4 + 8 * next() : 6 + 20 * next()) * minuteMs;
  const fallMs = (20 + 100 * next()) * minuteMs;
  const toMs = begin + riseMs * (1 - part) + (0.5 + 2.5 * next()) * hourMs + fallMs * (1 - part);
  const beside = place.camera.zones.find((z) => z.id !== place.zone.id && z.hazards.includes('flooding'));
  const spreads = beside && size - spreadShare > floodedShare && next() < 0.6;
  return {
    ...spotsOf(place),
    seenBy: spreads ? [...place.seenBy, { cameraId: place.camera.id, zoneId: beside.id }] : place.seenBy,
    hazard: 'flooding',
    sub: 'carriageway',
    cause,
    beginsMs: begin - riseMs * part,
    fromMs: begin,
    toMs,
    goneMs: toMs + fallMs * part,
    usefulMs: begin + usefulS.flooding * 1000,
    size,
  };
}

function coverAt({ next }: Drawing, place: Place, anyMs: number): Draft {
  const toMs = anyMs + (1 + 6 * next()) * hourMs;
  return {
    ...spotsOf(place),
    hazard: 'open-manhole',
    sub: 'missing',
    cause: place.zone.kind === 'manhole' ? 'registered' : 'unregistered',
    beginsMs: anyMs,
    fromMs: anyMs,
    toMs,
    goneMs: toMs,
    usefulMs: anyMs + usefulS['open-manhole'] * 1000,
    size: 1,
  };
}

function heapAt({ next }: Drawing, place: Place, anyMs: number): Draft {
  const leftMs = anyMs + (60 + 240 * next()) * 1000;
  const sub = next() < 0.6 ? 'tipper' : 'van';
  const toMs = leftMs + (6 + 18 * next()) * hourMs;
  return {
    ...spotsOf(place),
    hazard: 'dumping',
    sub,
    cause: sub,
    // The act begins before its end, from which the delay is counted.
    beginsMs: anyMs - 300_000,
    fromMs: leftMs,
    toMs,
    goneMs: toMs,
    usefulMs: leftMs + usefulS.dumping * 1000,
    size: 0.4 + 0.6 * next(),
  };
}

/** So many of a hundred open covers have a second one of the same camera open at the same time. */
const alsoOpenPer100 = 15;

/** All hazards of these days. The same options plant the same. */
export function plant(options: PlantOptions): Planted[] {
  const { seed, cameras, sky, fromMs, days, hazards } = options;
  const next = chance(`planted ${seed}`);
  const drawing: Drawing = {
    options,
    next,
    endMs: options.toMs ?? fromMs + days * dayMs,
    spells: endedSpells(options),
    rains: sky.spells.filter((s) => s.kind === 'rain'),
  };
  const places: Readonly<Record<HazardName, readonly Place[]>> = {
    snow: placesOf(cameras, 'snow'),
    flooding: placesOf(cameras, 'flooding'),
    'open-manhole': placesOf(cameras, 'open-manhole').filter(
      ({ camera, zone }) => zone.kind === 'manhole' || uniform(`unregistered ${seed} ${siteOf(camera, zone)}`) < 0.2,
    ),
    dumping: placesOf(cameras, 'dumping'),
  };
  const kinds = hazardNames.filter(
    (hazard) => places[hazard].length > 0 && (hazard !== 'snow' || drawing.spells.length > 0),
  );
  const order: readonly HazardName[] =
    typeof hazards === 'number'
      ? Array.from({ length: kinds.length > 0 ? hazards : 0 }, (_, n) => kinds[n % kinds.length] ?? 'flooding')
      : kinds.flatMap((kind) => Array.from({ length: hazards[kind] ?? 0 }, () => kind));
  const out: Planted[] = [];
  const taken = new Map<string, { fromMs: number; toMs: number }[]>();

  const put = (draft: Draft, gapMs: number): boolean => {
    const keys = draft.seenBy.map((spot) => `${spot.cameraId}/${spot.zoneId}`);
    const clashes = keys
      .flatMap((key) => taken.get(key) ?? [])
      .some((o) => draft.beginsMs < o.toMs + gapMs && o.fromMs < draft.goneMs + gapMs);
    if (clashes || draft.beginsMs < fromMs || draft.usefulMs > drawing.endMs) return false;
    for (const key of keys) {
      taken.set(key, [...(taken.get(key) ?? []), { fromMs: draft.beginsMs, toMs: draft.goneMs }]);
    }
    out.push({ ...draft, id: `${draft.hazard} ${draft.cameraId}/${draft.zoneId} ${out.length}` });
    return true;
  };
  const draw = (hazard: HazardName, place: Place): Draft | undefined => {
    const anyMs = fromMs + hourMs + next() * (drawing.endMs - fromMs - 6 * hourMs);
    if (hazard === 'snow') return snowAt(drawing, place);
    if (hazard === 'flooding') return floodAt(drawing, place, anyMs);
    return hazard === 'open-manhole' ? coverAt(drawing, place, anyMs) : heapAt(drawing, place, anyMs);
  };

  for (let n = 0; n < order.length; n++) {
    const hazard = order[n];
    if (hazard === undefined) break;
    for (let tries = 0; tries < 40; tries++) {
      const place = pick(places[hazard], next());
      const draft = place && draw(hazard, place);
      if (!place || !draft || !put(draft, 12 * hourMs)) continue;
      const other = places[hazard].find(
        (one) => one.camera === place.camera && one.zone !== place.zone && one.zone.kind === 'manhole',
      );
      // Two thefts in one night: the second cover counts as a hazard of its own, in place of the next in the order.
      if (hazard === 'open-manhole' && other && place.zone.kind === 'manhole' && next() * 100 < alsoOpenPer100) {
        const also = coverAt(drawing, other, draft.fromMs + next() * 20 * minuteMs);
        if (n + 1 < order.length && put(also, 12 * hourMs)) n += 1;
      }
      break;
    }
  }
  if (options.lateShare !== undefined) {
    for (const spell of drawing.spells) {
      const only = { ...drawing, spells: [spell] };
      for (const place of places.snow) {
        const key = `late ${seed} ${siteOf(place.camera, place.zone)} ${spell.toMs}`;
        const draft = uniform(key) < options.lateShare ? snowAt(only, place) : undefined;
        if (draft) put(draft, 0);
      }
    }
  }
  return out.sort((a, b) => a.fromMs - b.fromMs);
}
