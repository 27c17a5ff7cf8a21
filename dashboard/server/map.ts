// The map's own questions: tiles, the ground that can be judged, snow by segment and age, and a day gone by (screens 4.3).
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Settings } from '#config';
import type { Camera, Zone } from '#core/camera';
import { AhualError } from '#core/errors';
import { ringArea } from '#core/geo';
import { issueNames, type HazardName, type Texts } from '#core/hazard-name';
import { presetOf, seenFrom } from '#core/preset';
import { farthestM, groundAt, rowAt, viewOf, type View } from '#core/range';
import { issues, leastShare, reachIn, type HazardSettings } from '#hazards';
import { cameraHealth, map, weather } from '#store';
import { pathOf, type DayIncident, type GroundArea, type MapDots, type MapGround, type SnowArea } from '../contract.ts';
import type { Glass } from './glass.ts';
import { rangeOf } from './range.ts';
import { reachOf } from './scope.ts';
import { serve } from './serve.ts';
import { sightOf } from './sight.ts';

type MapSettings = Settings['dashboard']['map'];

const dayMs = 86_400_000;
const dayIncidentsMost = 5000;

type Corner = readonly [number, number];

/** The part of a polygon below a row of the picture. */
function below(polygon: readonly Corner[], row: number): Corner[] {
  return polygon.flatMap((to, i): Corner[] => {
    const from = polygon[(i + polygon.length - 1) % polygon.length] ?? to;
    const part = (row - from[1]) / (to[1] - from[1]);
    const cut: Corner[] = from[1] > row !== to[1] > row ? [[from[0] + part * (to[0] - from[0]), row]] : [];
    return to[1] > row ? [...cut, to] : cut;
  });
}

/**
 * The ground of a zone up to `limitM` ahead: east and north of the camera in decimetres, corner by corner. Lines of the picture are lines
 * on flat ground, so the corners are exact. Empty where no ground is so near.
 */
export function groundOf(camera: Pick<Camera, 'bearingDeg'>, view: View, zone: Pick<Zone, 'polygon'>, limitM: number) {
  const turn = (camera.bearingDeg * Math.PI) / 180;
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  const row = rowAt(view, Math.min(limitM, farthestM));
  const corners: number[] = [];
  for (const [x, y] of below(zone.polygon, row)) {
    // On the row itself rounding may put the corner above the horizon of a limit far away.
    const ground = groundAt(view, x, Math.max(y, row));
    if (!ground) continue;
    corners.push(Math.round(10 * (ground.aheadM * sin + ground.asideM * cos)));
    corners.push(Math.round(10 * (ground.aheadM * cos - ground.asideM * sin)));
  }
  return corners.length >= 6 ? corners : [];
}

const areaOf = (corners: readonly number[]): number =>
  ringArea(Array.from({ length: corners.length / 2 }, (_, i) => [corners[2 * i] ?? 0, corners[2 * i + 1] ?? 0])) / 100;

type Piece = Omit<GroundArea, 'lastGoodAtMs'>;
interface Ground {
  readonly pieces: readonly Piece[];
  readonly without: MapGround['without'];
}

/** The ground that one camera can judge for a hazard: zones of which most lies in reach, cut at the reach. */
export function judgedGround(camera: Camera, hazard: HazardName, settings: HazardSettings): Ground {
  const pieces: Piece[] = [];
  const without = { uncalibrated: 0, tooFar: 0 };
  for (const zone of camera.zones.filter((one) => one.hazards.includes(hazard))) {
    // Each view of a camera that turns has its own direction and scale; the ground of all of them is counted.
    const from = seenFrom(camera, presetOf(zone));
    const view = viewOf(from);
    if (!view) {
      without.uncalibrated += 1;
      continue;
    }
    const { limitM, share } = reachIn(view, zone, hazard, settings);
    const corners = share < leastShare ? [] : groundOf(from, view, zone, limitM);
    if (corners.length === 0) {
      without.tooFar += 1;
      continue;
    }
    pieces.push({
      cameraId: camera.id,
      zoneId: zone.id,
      at: camera.point,
      corners,
      areaM2: Math.round(areaOf(corners)),
      limitM: Number(Math.min(limitM, farthestM).toFixed(1)),
    });
  }
  return { pieces, without };
}

interface Kept {
  readonly camera: Camera;
  readonly said: string;
  readonly ground: Ground;
}

/** Ground by hazard; each camera's is reckoned again only when what it rests on has changed, since twelve thousand take a second. */
function groundBook({
  register,
  settings,
}: Pick<Glass, 'register' | 'settings'>): (hazard: HazardName, sees: (cameraId: string) => boolean) => Ground {
  const books = new Map<HazardName, Map<string, Kept>>();
  const of = (camera: Camera, hazard: HazardName, kept: Kept | undefined): Kept => {
    if (kept?.camera === camera) return kept;
    const said = JSON.stringify(camera);
    if (kept?.said === said) return { ...kept, camera };
    return { camera, said, ground: judgedGround(camera, hazard, settings.incidents.hazards) };
  };
  return (hazard, sees) => {
    const old = books.get(hazard);
    const now = new Map(register.cameras().map((camera) => [camera.id, of(camera, hazard, old?.get(camera.id))]));
    books.set(hazard, now);
    const grounds = [...now.values()].filter(({ camera }) => sees(camera.id)).map((kept) => kept.ground);
    return {
      pieces: grounds.flatMap((ground) => ground.pieces),
      without: {
        uncalibrated: grounds.reduce((sum, { without }) => sum + without.uncalibrated, 0),
        tooFar: grounds.reduce((sum, { without }) => sum + without.tooFar, 0),
      },
    };
  };
}

/** A tenth of a metre: what a map of a city can show at its nearest. */
const placeDigits = 6;

/** All cameras by columns; one of which nothing is known was never looked at. */
export function dotsOf(
  list: readonly Pick<Camera, 'id' | 'point'>[],
  known: Awaited<ReturnType<typeof map.states>>,
): MapDots {
  const stateNames: MapDots['stateNames'] = ['unknown', ...known.map((one) => one.state)];
  const stateOf = new Map(known.flatMap((one, i) => one.ids.map((id): [string, number] => [id, i + 1])));
  return {
    ids: list.map((camera) => camera.id),
    lons: list.map(({ point }) => Number(point.lon.toFixed(placeDigits))),
    lats: list.map(({ point }) => Number(point.lat.toFixed(placeDigits))),
    states: list.map((camera) => stateOf.get(camera.id) ?? 0),
    stateNames,
  };
}

const bare = (id: string): Texts => ({ kk: id, ru: id, en: id });

async function snowAreas({ database, register, settings }: Glass): Promise<SnowArea[]> {
  const [zones, falls] = await Promise.all([map.snow(database), weather.snowfalls(database)]);
  const endOf = new Map(falls.map((fall) => [fall.district, fall.endedAtMs]));
  return zones.flatMap((row): SnowArea[] => {
    const camera = register.camera(row.cameraId);
    const zone = camera?.zones.find((one) => one.id === row.zoneId);
    if (!camera || !zone) return [];
    const from = seenFrom(camera, presetOf(zone));
    const view = viewOf(from);
    const district = zone.district ?? camera.district;
    return [
      {
        ...row,
        segment: zone.segment ?? null,
        district,
        place: camera.name,
        at: camera.point,
        corners: view ? groundOf(from, view, zone, reachIn(view, zone, 'snow', settings.incidents.hazards).limitM) : [],
        fallEndedAtMs: endOf.get(district) ?? null,
      },
    ];
  });
}

/** Steps of the store, one line an incident. */
function dayOf(steps: readonly map.IncidentStep[], placeOf: (step: map.IncidentStep) => Texts): DayIncident[] {
  const found = new Map<string, DayIncident>();
  for (const step of steps) {
    const { id, number, hazard, severity, point, district } = step;
    const known = found.get(id) ?? { id, number, hazard, severity, point, district, place: placeOf(step), states: [] };
    known.states.push([step.atMs, step.state, step.severityThen]);
    found.set(id, known);
  }
  return [...found.values()];
}

/** Where the browser gets tiles: the address of the settings, or our own for a file of the settings. */
const tilesOf = ({ tiles }: MapSettings) =>
  tiles === null
    ? null
    : {
        kind: tiles.kind,
        url: tiles.file === null ? (tiles.url ?? '') : pathOf('mapTiles'),
        attribution: tiles.attribution,
        maxZoom: tiles.maxZoom,
      };

/** The foreign host that pages may ask for tiles, as the content policy names it; nothing where there is none. */
export function tileSource({ tiles }: MapSettings): string[] {
  if (tiles === null || tiles.file !== null || tiles.url === null || tiles.url.startsWith('/')) return [];
  return [new URL(tiles.url.replace(/\{\w+\}/g, '0')).origin];
}

/** Routes of the map. */
export function openMap(glass: Glass, settings: MapSettings): void {
  const { app, door, database, register, clock, city } = glass;
  const groundFor = groundBook(glass);

  serve(app, door, 'mapSetup', () =>
    Promise.resolve({
      tiles: tilesOf(settings),
      unseenAfterMs: {
        snow: (settings.unseenAfterMin.snow * 60_000) / city.pace,
        flooding: (settings.unseenAfterMin.flooding * 60_000) / city.pace,
        'open-manhole': (settings.unseenAfterMin['open-manhole'] * 60_000) / city.pace,
        dumping: (settings.unseenAfterMin.dumping * 60_000) / city.pace,
      },
    }),
  );

  serve(app, door, 'mapDots', async ({ session }) => {
    const sight = sightOf(register, session.person);
    const states = await map.states(database);
    if (!sight.limited) return dotsOf(register.cameras(), states);
    const own = register.cameras().filter(({ id }) => sight.camera(id));
    const seen = states.map((one) => ({ ...one, ids: one.ids.filter((id) => sight.camera(id)) }));
    return dotsOf(
      own,
      seen.filter(({ ids }) => ids.length > 0),
    );
  });

  serve(app, door, 'mapGround', async ({ query, session }) => {
    const lastGood = await cameraHealth.lastGood(database, query.hazard);
    const { pieces, without } = groundFor(query.hazard, (id) => sightOf(register, session.person).camera(id));
    return {
      nowMs: clock.nowMs(),
      hazard: query.hazard,
      areas: pieces.map((piece) => ({ ...piece, lastGoodAtMs: lastGood.get(piece.cameraId) ?? null })),
      without,
    };
  });

  serve(app, door, 'mapSnow', async ({ session }) => {
    const sight = sightOf(register, session.person);
    const areas = (await snowAreas(glass)).filter(
      ({ cameraId, seenAtMs }) => sight.camera(cameraId) && sight.moment(seenAtMs),
    );
    const mayName = reachOf(session.person).city;
    return { nowMs: clock.nowMs(), areas: mayName ? areas : areas.map((area) => ({ ...area, incidentId: null })) };
  });

  serve(app, door, 'mapDay', async ({ query, session }) => {
    const toMs = Math.min(query.toMs ?? clock.nowMs(), clock.nowMs());
    const fromMs = toMs - dayMs;
    const reach = reachOf(session.person);
    const theirs = issueNames.filter((issue) => reach.city || (reach.police && issues[issue].violation));
    const sight = sightOf(register, session.person);
    const all = await map.day(database, fromMs, toMs, dayIncidentsMost);
    const steps = all.filter((step) => sight.place(step) && sight.moment(step.atMs));
    const incidents = dayOf(
      steps.filter((step) => theirs.includes(step.hazard)),
      (step) =>
        register.camera(step.cameraId)?.name ?? bare(`${step.point.lat.toFixed(5)}, ${step.point.lon.toFixed(5)}`),
    );
    return { fromMs, toMs, incidents, cut: new Set(all.map((step) => step.id)).size >= dayIncidentsMost };
  });

  serve(app, door, 'mapTiles', async ({ request, reply }) => {
    const file = settings.tiles?.file ?? null;
    const size = file === null ? undefined : (await stat(file).catch(() => undefined))?.size;
    if (file === null || size === undefined)
      throw new AhualError('FILE_MISSING', 'There is no file of tiles.', 'Name one as dashboard.map.tiles.file.');
    const range = rangeOf(request.headers.range, size);
    void reply.header('accept-ranges', 'bytes').header('cache-control', 'private, max-age=3600');
    if (range === 'unsatisfiable') {
      await reply.status(416).header('content-range', `bytes */${size}`).send();
      return undefined;
    }
    const { from, to } = range ?? { from: 0, to: size - 1 };
    if (range) void reply.code(206).header('content-range', `bytes ${from}-${to}/${size}`);
    void reply.type('application/octet-stream').header('content-length', to - from + 1);
    await reply.send(createReadStream(file, { start: from, end: to }));
    return undefined;
  });
}
