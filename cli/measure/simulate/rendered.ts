// A town of rendered cameras: what pictures there are of each place, what is true in them, and which one a moment looks like.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Camera, type Zone } from '#core/camera';
import { AhualError } from '#core/errors';
import { inRing, offset, ringArea } from '#core/geo';
import { ZoneKind } from '#core/hazard-name';
import type { life } from '#simulator';
import { shareOf } from '../eval/lists.ts';

const Shares = z.object({ dry: z.number(), wet: z.number(), water: z.number(), snow: z.number() });
const Label = z.object({
  schema: z.literal('ahual.days/1'),
  seed: z.number().int(),
  scene: z.string(),
  camera: z.object({ heightM: z.number(), tiltDeg: z.number(), fovDeg: z.number() }),
  state: z.object({
    name: z.string(),
    season: z.enum(['summer', 'winter']),
    light: z.enum(['day', 'overcast', 'low-sun', 'dusk', 'night']),
    weather: z.string(),
    snow: z.number(),
    bank: z.enum(['none', 'kerb', 'across']),
    water: z.string(),
    cover: z.enum(['closed', 'open', 'works']),
    over: z.enum(['nothing', 'vehicle', 'shadow']),
  }),
  boxes: z.array(
    z.object({
      class: z.string(),
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      visible: z.number(),
      track: z.string(),
    }),
  ),
  zones: z.array(z.object({ id: z.string(), kind: z.string(), polygon: z.array(z.tuple([z.number(), z.number()])) })),
  shares: z.record(z.string(), Shares),
});
type Label = z.infer<typeof Label>;

/** One picture of a place and what is true in it. */
export interface Picture {
  readonly path: string;
  readonly state: Label['state'];
  /** Shares of the camera's ground zone under water and snow, banks left out. */
  readonly water: number;
  readonly snow: number;
  readonly isWet: boolean;
  readonly isNight: boolean;
}

/** A place: one camera, and its pictures. */
export interface RenderedScene {
  readonly seed: number;
  readonly camera: Camera;
  readonly pictures: readonly Picture[];
  /** Name of the zone in which a cover can be seen open, and of none else; null where none is ever open. */
  readonly coverZone: string | null;
  readonly hasAcross: boolean;
}

/** The scene's first picture: plain day, mast at rest. Zones are drawn on it. */
const plain = 'dry-day';
const sortOf: Readonly<Record<string, life.Sort>> = {
  street: 'street',
  pavement: 'street',
  crossing: 'crossing',
  yard: 'yard',
  underpass: 'underpass',
};
const groundKinds: readonly ZoneKind[] = ['carriageway', 'crossing', 'stop', 'pavement', 'yard-entry', 'underpass'];
/** A smaller zone nobody would draw. */
const leastArea = 0.03;
/** The ground zone must show each hazard at least so plainly in the picture that is named after it. */
const least = { flooded: 0.3, covered: 0.5, across: 0.12 } as const;

/** Reads a folder of `simulator/stage/render.mjs days`. Throws CONFIG_MISSING or CONFIG_INVALID. */
export function readScenes(folder: string): RenderedScene[] {
  if (!existsSync(folder)) {
    throw new AhualError(
      'CONFIG_MISSING',
      `${folder} is not there.`,
      'Render it: node simulator/stage/render.mjs days --out DIR.',
    );
  }
  const bySeed = new Map<number, { path: string; label: Label }[]>();
  for (const name of readdirSync(folder)
    .filter((one) => one.endsWith('.json'))
    .sort()) {
    const parsed = Label.safeParse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    const path = join(folder, name.replace(/\.json$/, '.jpg'));
    if (!parsed.success || !existsSync(path)) {
      throw new AhualError(
        'CONFIG_INVALID',
        `${join(folder, name)} is no state of simulated days.`,
        'Render the folder anew.',
      );
    }
    bySeed.set(parsed.data.seed, [...(bySeed.get(parsed.data.seed) ?? []), { path, label: parsed.data }]);
  }
  const scenes = [...bySeed].flatMap(([seed, looks], index) => sceneOf(seed, looks, index) ?? []);
  if (scenes.length > 0) return scenes;
  throw new AhualError(
    'CONFIG_MISSING',
    `${folder} holds no scene.`,
    'Render it: node simulator/stage/render.mjs days --out DIR.',
  );
}

/** Streets of the town in turn, so that deadlines differ. */
const classes = ['A', 'B', 'V', 'G', 'D', 'E'] as const;
const districts = ['esil', 'saryarqa', 'almaty', 'baiqonyr'] as const;
/** The scenes hang around the middle of the city, far enough apart that none sees another's ground. */
const middle = { lon: 71.43, lat: 51.13 };

function sceneOf(
  seed: number,
  looks: readonly { path: string; label: Label }[],
  index: number,
): RenderedScene | undefined {
  const first = looks.find(({ label }) => label.state.name === plain)?.label;
  const sort = sortOf[first?.scene ?? ''];
  if (!first || !sort) return undefined;
  const share = (state: string, zoneId: string, what: 'water' | 'snow'): number =>
    Math.min(
      ...['day', 'night'].map((lit) => {
        const label = looks.find((one) => one.label.state.name === `${state}-${lit}`)?.label;
        return label?.shares[zoneId]?.[what] ?? 0;
      }),
    );
  const candidates = first.zones
    .filter(({ kind, polygon }) => groundKinds.some((one) => one === kind) && ringArea(polygon) >= leastArea)
    .filter(({ id }) => Math.max(share('flooded', id, 'water'), share('rising', id, 'water')) >= least.flooded)
    .toSorted((a, b) => ringArea(b.polygon) - ringArea(a.polygon));
  const crossing = candidates.find(
    ({ id, kind }) => (kind === 'crossing' || kind === 'stop') && share('across', id, 'snow') >= least.across,
  );
  // Every other place with a crossing is asked about the crossing; the rest about their largest ground.
  const ground =
    (index % 2 === 1 ? crossing : undefined) ?? candidates.find(({ kind }) => kind === 'underpass') ?? candidates[0];
  if (!ground) return undefined;
  const cover = first.zones.find(({ kind }) => kind === 'manhole');
  const loose = first.boxes.find(({ track }) => track === 'loose');
  const middleOf = (b: readonly [number, number, number, number]): [number, number] => [
    b[0] + b[2] / 2,
    b[1] + b[3] / 2,
  ];
  const isIn = (x: number, y: number): boolean => inRing(x, y, ground.polygon);
  const isLooseIn = loose !== undefined && ground.kind === 'carriageway' && isIn(...middleOf(loose.box));
  const coverBox = first.boxes.find(({ track }) => track === cover?.id);
  // A registered cover in the carriageway is judged by its own zone; asking the carriageway, too, would count it twice.
  const isAsked = ground.kind === 'carriageway' && !(coverBox && isIn(...middleOf(coverBox.box)));
  const streetClass = sort === 'yard' ? 'yard' : (classes[index % classes.length] ?? 'A');
  const hazards = [
    ...(sort === 'underpass' || share('covered', ground.id, 'snow') < least.covered ? [] : ['snow']),
    'flooding',
    ...(isAsked ? ['open-manhole'] : []),
  ];
  const camera = Camera.parse({
    id: `${sort}-${seed}`,
    name: { kk: `${sort} ${seed}`, ru: `${sort} ${seed}`, en: `${sort} ${seed}` },
    point: offset(middle, (index * 137.5) % 360, 300 + 190 * index),
    bearingDeg: (index * 77) % 360,
    fovDeg: first.camera.fovDeg,
    heightM: first.camera.heightM,
    tiltDeg: first.camera.tiltDeg,
    district: districts[index % districts.length],
    restricted: false,
    zones: [
      { id: 'A', kind: ZoneKind.parse(ground.kind), polygon: ground.polygon, streetClass, hazards },
      ...(cover ? [{ id: 'M1', kind: 'manhole', polygon: cover.polygon, streetClass, hazards: ['open-manhole'] }] : []),
    ],
  });
  const pictures = looks.map(({ path, label }): Picture => {
    const { water, snow } = label.shares[ground.id] ?? { water: 0, snow: 0 };
    const { state } = label;
    const isWet = state.weather === 'rain' || state.weather === 'after-rain';
    const isNight = state.light === 'night' || state.light === 'dusk';
    // A street that was half swept does not pass for a clean one where the plough happened to clear just this zone.
    const lying = state.bank === 'none' ? Math.max(snow, Math.min(0.2, state.snow / 2)) : state.snow;
    return { path, state, water, snow: lying, isWet, isNight };
  });
  return {
    seed,
    camera,
    pictures,
    coverZone: cover ? 'M1' : isLooseIn ? 'A' : null,
    hasAcross: ground.kind === 'crossing' || ground.kind === 'stop',
  };
}

/** What a moment is like for a camera, in the words of the pictures. */
export interface Moment {
  readonly isDay: boolean;
  /** The sun stands low, or has just gone. */
  readonly isEdge: boolean;
  readonly isOvercast: boolean;
  readonly isWinter: boolean;
  readonly falling: 'nothing' | 'rain' | 'snow';
  readonly wet: number;
  readonly water: number;
  readonly snow: number;
  readonly bank: Label['state']['bank'];
  readonly cover: Label['state']['cover'];
  readonly over: Label['state']['over'];
}

const lightCost = ({ isDay, isEdge, isOvercast }: Moment, { state, isNight }: Picture): number => {
  if (isDay === isNight) return 8;
  const wanted = isDay ? (isEdge ? 'low-sun' : isOvercast ? 'overcast' : 'day') : isEdge ? 'dusk' : 'night';
  if (wanted === state.light) return 0;
  return state.light === 'low-sun' || state.light === 'dusk' || wanted === 'low-sun' || wanted === 'dusk' ? 0.6 : 0.25;
};
const fallingOf = ({ state }: Picture): Moment['falling'] =>
  state.weather === 'rain' ? 'rain' : state.weather === 'snowfall' ? 'snow' : 'nothing';

/** How far a picture is from a moment; what decides over right and wrong weighs most. */
export function farness(moment: Moment, picture: Picture): number {
  const { state } = picture;
  return (
    lightCost(moment, picture) +
    (state.cover === moment.cover ? 0 : 14) +
    (state.over === moment.over ? 0 : moment.over === 'vehicle' ? 5 : 3) +
    (state.bank === moment.bank ? 0 : moment.bank === 'across' || state.bank === 'across' ? 12 : 1.5) +
    12 * Math.abs(picture.water - moment.water) +
    10 * Math.abs(picture.snow - moment.snow) +
    1.5 * Math.abs((picture.isWet ? 1 : 0) - moment.wet) +
    ((state.season === 'winter') === moment.isWinter ? 0 : 1) +
    (fallingOf(picture) === moment.falling ? 0 : 0.7)
  );
}

/** Pictures that are about as near to the moment as the nearest. */
const asNear = 0.3;

/** The pictures that a moment may look like, nearest first, and how far the nearest is. */
export function nearest(
  scene: RenderedScene,
  moment: Moment,
): { readonly pictures: readonly Picture[]; readonly far: number } {
  const ranked = scene.pictures
    .map((picture) => ({ picture, far: farness(moment, picture) }))
    .toSorted((a, b) => a.far - b.far);
  const far = ranked[0]?.far ?? Number.POSITIVE_INFINITY;
  return { pictures: ranked.filter((one) => one.far <= far + asNear).map(({ picture }) => picture), far };
}

/** Hours of low sun after its rise and before its set, and of twilight on the other side. */
const isJust = (hours: number, isDay: boolean): boolean =>
  isDay ? hours >= 0 && hours < 1.2 : hours < 0 && hours > -0.7;

/** What a camera's place is like at a moment of its life. */
export function momentOf(
  scene: RenderedScene,
  seeing: { readonly sky: life.SkyOf; readonly life: life.Life; readonly seed: number },
  atMs: number,
): Moment {
  const { camera, coverZone } = scene;
  const { sky } = seeing;
  const now = sky.at(atMs);
  const { sinceRiseH, untilSetH } = sky.sunAt(atMs);
  const zone = (id: string | null): Zone | undefined => camera.zones.find((one) => one.id === id);
  const groundOf = (id: string | null): life.Ground | undefined => {
    const found = zone(id);
    return found && seeing.life.groundAt(camera, found, atMs);
  };
  const ground = groundOf('A');
  const lid = groundOf(coverZone);
  const troubles = seeing.life.troublesAt(camera.id, atMs);
  const isDark = troubles.some(
    ({ kind, zoneId }) => (kind === 'shadow' || kind === 'dark-patch') && zoneId === coverZone,
  );
  const snow = ground?.snow ?? 0;
  const bank = ground?.bank ?? 0;
  const season = sky.seasonOf(atMs);
  return {
    isDay: now.isDay,
    isEdge: isJust(sinceRiseH, now.isDay) || isJust(untilSetH, now.isDay),
    isOvercast:
      now.rainMmH > 0 || now.snowfallCmH > 0 || shareOf(`cloud ${seeing.seed} ${Math.floor(atMs / 10_800_000)}`) < 0.5,
    isWinter: season === 'winter' || snow > 0.12,
    falling: now.snowfallCmH > 0 ? 'snow' : now.rainMmH > 0 ? 'rain' : 'nothing',
    wet: ground?.wet ?? 0,
    water: ground?.water ?? 0,
    snow,
    bank: bank >= 0.12 && scene.hasAcross ? 'across' : bank > 0.01 ? 'kerb' : 'none',
    cover: lid?.cover ?? 'closed',
    over: (lid?.hidden ?? 0) > 0.3 ? 'vehicle' : isDark ? 'shadow' : 'nothing',
  };
}

/** A life in which only that is planted which the pictures can show. */
export function showable(scenes: readonly RenderedScene[], whole: life.Life): life.Life {
  const byId = new Map(scenes.map((scene) => [String(scene.camera.id), scene]));
  const canShow = (one: life.Planted): boolean => {
    const scene = byId.get(one.cameraId);
    if (!scene) return false;
    if (one.hazard === 'open-manhole') return scene.coverZone === one.zoneId;
    return one.sub !== 'windrow' || scene.hasAcross;
  };
  const planted = whole.planted.filter((one) => canShow(one));
  const hidden = new Set(whole.planted.filter((one) => !canShow(one)).map((one) => `${one.cameraId}/${one.zoneId}`));
  return {
    ...whole,
    planted,
    groundAt(camera, zone, atMs) {
      const ground = whole.groundAt(camera, zone, atMs);
      return ground.cover === 'open' &&
        hidden.has(`${camera.id}/${zone.id}`) &&
        byId.get(camera.id)?.coverZone !== zone.id
        ? { ...ground, cover: 'closed' }
        : ground;
    },
  };
}
