// A town of cameras as a city really hangs them: streets, yards, underpasses, watched waste grounds. Repeatable by its seed.
import { Camera, type Zone } from '#core/camera';
import { distanceM, offset, ringMiddle } from '#core/geo';
import { streetClasses, type Point, type StreetClass } from '#core/place';
import { distanceAt, placeAt, viewFrom } from '#core/range';
import { chance, pick } from '../seed.ts';
import { crossings } from '../streets.ts';

export const sorts = ['street', 'crossing', 'yard', 'underpass', 'waste-ground', 'bins', 'snow-store'] as const;
export type Sort = (typeof sorts)[number];

/** Of a hundred cameras so many are of each sort; domain 5 has three hundred watched places among twelve thousand. */
const shares: Readonly<Record<Sort, number>> = {
  street: 42,
  crossing: 26,
  yard: 12,
  underpass: 6,
  'waste-ground': 8,
  bins: 4,
  'snow-store': 2,
};
const classShares: readonly (readonly [StreetClass, number])[] = [
  ['A', 20],
  ['B', 20],
  ['V', 22],
  ['G', 16],
  ['D', 14],
  ['E', 8],
];

function byShare<T>(list: readonly (readonly [T, number])[], at: number, otherwise: T): T {
  let left = at * list.reduce((sum, [, share]) => sum + share, 0);
  for (const [one, share] of list) if ((left -= share) < 0) return one;
  return otherwise;
}

type Ring = Zone['polygon'];
const band = (top: number, bottom: number, left = 0.1, right = 0.9): Ring => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];
/** A registered cover of about the size that mounting guides ask for. */
const cover = (x: number, y: number): Ring => band(y - 0.035, y + 0.035, x - 0.03, x + 0.03);

/** Which sort a camera of this town is; its id says so. */
export const sortOf = (camera: Pick<Camera, 'id'>): Sort =>
  sorts.find((sort) => camera.id.startsWith(`${sort}-`)) ?? 'street';

/** Sorts of which two or three cameras may look at one place, each from its own side. */
const sharing: readonly Sort[] = ['street', 'yard'];
/** So many of a hundred new places of these sorts are seen by more than one camera: about 15 of a hundred cameras share a place. */
const sharedPer100 = 14;
/** Zones that cameras of one place have in common. */
const commonZones: readonly string[] = ['A', 'M1'];
const twin = /-[23]$/;

/** The piece of ground that a zone shows: the same text for every camera that sees it. */
export const siteOf = (camera: Pick<Camera, 'id'>, zone: Pick<Zone, 'id'>): string =>
  commonZones.includes(zone.id) ? `${camera.id.replace(twin, '')}/${zone.id}` : `${camera.id}/${zone.id}`;

/** Unrelated cameras stand at least so far apart where the town has room for it, metres; else one hazard would be another's. */
const apartM = 110;

function coversOf(next: () => number, most: number): [number, number][] {
  const covers: [number, number][] = [];
  for (let tries = 0; covers.length < most && tries < 40; tries++) {
    const [x, y] = [0.25 + 0.5 * next(), 0.6 + 0.3 * next()];
    if (covers.every(([a, b]) => Math.abs(a - x) > 0.12 || Math.abs(b - y) > 0.12)) covers.push([x, y]);
  }
  return covers;
}

function zonesOf(
  sort: Sort,
  streetClass: StreetClass,
  covers: readonly [number, number][],
  isStop: boolean,
): readonly unknown[] {
  const street = { streetClass, hazards: ['snow', 'flooding', 'open-manhole'] };
  const ground = { streetClass, hazards: ['snow', 'flooding'] };
  const lids = covers.map(([x, y], i) => ({
    id: `M${i + 1}`,
    kind: 'manhole',
    streetClass,
    hazards: ['open-manhole'],
    polygon: cover(x, y),
  }));
  switch (sort) {
    case 'street':
      return [{ id: 'A', kind: 'carriageway', polygon: band(0.4, 0.95), ...street }, ...lids];
    case 'crossing':
      return [
        { id: 'A', kind: 'carriageway', polygon: band(0.35, 0.7), ...street },
        { id: 'B', kind: isStop ? 'stop' : 'crossing', polygon: band(0.72, 0.95), ...ground },
        ...lids,
      ];
    case 'yard':
      return [{ id: 'A', kind: 'yard-entry', polygon: band(0.4, 0.95), ...ground, streetClass: 'yard' }, ...lids];
    case 'underpass':
      return [{ id: 'A', kind: 'underpass', polygon: band(0.45, 0.95), streetClass, hazards: ['flooding'] }];
    case 'waste-ground':
      return [{ id: 'W', kind: 'no-dumping', polygon: band(0.35, 0.9), streetClass: 'none', hazards: ['dumping'] }];
    case 'bins':
      return [{ id: 'W', kind: 'container-site', polygon: band(0.35, 0.9), streetClass: 'none', hazards: ['dumping'] }];
    case 'snow-store':
      return [{ id: 'W', kind: 'snow-storage', polygon: band(0.35, 0.9), streetClass: 'none', hazards: ['dumping'] }];
  }
}

/** The middle of the common ground in a picture: of its registered cover where there is one, of the zone else. */
const focusOf = (camera: Camera): [number, number] => {
  const zone = camera.zones.find(({ id }) => id === 'M1') ?? camera.zones[0];
  return zone ? ringMiddle(zone.polygon) : [0.5, 0.7];
};

/** Another camera that looks at the middle of the first one's ground from another side. */
function beside(first: Camera, count: number, next: () => number): Camera {
  const view = viewFrom(first, first.tiltDeg ?? 28);
  const place = placeAt(first, view, ...focusOf(first)) ?? first.point;
  const mounting = {
    heightM: 6 + Math.floor(next() * 5),
    fovDeg: 52 + Math.floor(next() * 20),
    tiltDeg: 24 + 8 * next(),
  };
  const bearingDeg = (first.bearingDeg + 70 + 220 * next()) % 360;
  const y = 0.675;
  const footM = distanceAt(viewFrom(mounting, mounting.tiltDeg), y);
  const zones = first.zones
    .filter(({ id }) => commonZones.includes(id))
    .map((zone) => (zone.id === 'M1' ? { ...zone, polygon: cover(0.5, y) } : zone));
  const label = ` (${count})`;
  return Camera.parse({
    ...first,
    ...mounting,
    id: `${first.id}-${count}`,
    name: { kk: first.name.kk + label, ru: first.name.ru + label, en: first.name.en + label },
    point: offset(place, bearingDeg + 180, footM),
    bearingDeg,
    zones,
  });
}

/** Finds ground that no camera stands near, remembering what is taken in squares of about the wanted distance. */
function spreading() {
  const squares = new Map<string, Point[]>();
  const [lat, lon] = [apartM / 111_000, apartM / 69_000];
  const cell = (p: Point, dx = 0, dy = 0): string => `${Math.floor(p.lon / lon) + dx},${Math.floor(p.lat / lat) + dy}`;
  const nearestM = (p: Point): number =>
    Math.min(
      Infinity,
      ...[-1, 0, 1].flatMap((dx) =>
        [-1, 0, 1].flatMap((dy) => (squares.get(cell(p, dx, dy)) ?? []).map((other) => distanceM(p, other))),
      ),
    );
  return {
    take: (p: Point): void => void squares.set(cell(p), [...(squares.get(cell(p)) ?? []), p]),
    /** The first of some tries that is far enough from all others, else the farthest of them. */
    free: (propose: () => Point): Point => {
      let best = propose();
      for (let tries = 0; tries < 24 && nearestM(best) < apartM; tries++) {
        const other = propose();
        if (nearestM(other) > nearestM(best)) best = other;
      }
      return best;
    },
  };
}

/** The cameras of a town. The same seed and number give the same town. `only` leaves other sorts out. */
export function townOf(options: {
  readonly seed: number;
  readonly cameras: number;
  readonly only?: readonly Sort[];
}): Camera[] {
  const next = chance(`town ${options.seed}`);
  const kinds = sorts.filter((one) => options.only?.includes(one) ?? true);
  const ground = spreading();
  // A whole city's cameras need more room than the crossings' own surroundings.
  const withinM = options.cameras > 2000 ? 1700 : 930;
  const cameras: Camera[] = [];
  for (let place = 1; cameras.length < options.cameras; place++) {
    const sort = byShare(
      kinds.map((one) => [one, shares[one]] as const),
      next(),
      kinds[0] ?? 'street',
    );
    const streetClass = byShare(classShares, next(), streetClasses[0]);
    const corner = pick(crossings, next()) ?? { kk: '?', ru: '?', en: '?', lat: 51.14, lon: 71.44, district: 'esil' };
    const number = String(place).padStart(5, '0');
    const isShared = sharing.includes(sort) && next() < sharedPer100 / 100;
    const covers = coversOf(next, next() < 0.5 ? 1 + Math.floor(next() * 2) : 0);
    const point = ground.free(() => offset({ lon: corner.lon, lat: corner.lat }, next() * 360, 30 + next() * withinM));
    const first = Camera.parse({
      id: `${sort}-${number}`,
      name: { kk: `${corner.kk} ${number}`, ru: `${corner.ru} ${number}`, en: `${corner.en} ${number}` },
      point,
      bearingDeg: Math.floor(next() * 360),
      fovDeg: isShared ? 52 + Math.floor(next() * 20) : 50 + Math.floor(next() * 40),
      heightM: isShared ? 6 + Math.floor(next() * 5) : 5 + Math.floor(next() * 7),
      ...(isShared ? { tiltDeg: 24 + 8 * next() } : {}),
      district: corner.district,
      watch: sort === 'waste-ground' || sort === 'bins' || sort === 'snow-store',
      restricted: false,
      nearSensitive: next() < 0.1,
      zones: zonesOf(sort, streetClass, covers, next() < 0.4),
    });
    const others = isShared ? [2, ...(next() < 0.2 ? [3] : [])].map((count) => beside(first, count, next)) : [];
    for (const camera of [first, ...others].slice(0, options.cameras - cameras.length)) {
      ground.take(camera.point);
      cameras.push(camera);
    }
  }
  return cameras;
}
