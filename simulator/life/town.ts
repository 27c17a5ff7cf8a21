// A town of cameras as a city really hangs them: streets, yards, underpasses, watched waste grounds. Repeatable by its seed.
import { Camera, type Zone } from '#core/camera';
import { offset } from '#core/geo';
import { streetClasses, type StreetClass } from '#core/place';
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
const cover = (x: number, y: number): Ring => band(y - 0.035, y + 0.035, x - 0.03, x + 0.03);

/** Which sort a camera of this town is; its id says so. */
export const sortOf = (camera: Pick<Camera, 'id'>): Sort =>
  sorts.find((sort) => camera.id.startsWith(`${sort}-`)) ?? 'street';

function zonesOf(sort: Sort, streetClass: StreetClass, next: () => number): readonly unknown[] {
  const street = { streetClass, hazards: ['snow', 'flooding', 'open-manhole'] };
  const ground = { streetClass, hazards: ['snow', 'flooding'] };
  const covers = Array.from({ length: next() < 0.5 ? 1 + Math.floor(next() * 2) : 0 }, (_, i) => ({
    id: `M${i + 1}`,
    kind: 'manhole',
    streetClass,
    hazards: ['open-manhole'],
    polygon: cover(0.25 + 0.5 * next(), 0.6 + 0.3 * next()),
  }));
  switch (sort) {
    case 'street':
      return [{ id: 'A', kind: 'carriageway', polygon: band(0.4, 0.95), ...street }, ...covers];
    case 'crossing':
      return [
        { id: 'A', kind: 'carriageway', polygon: band(0.35, 0.7), ...street },
        { id: 'B', kind: next() < 0.6 ? 'crossing' : 'stop', polygon: band(0.72, 0.95), ...ground },
        ...covers,
      ];
    case 'yard':
      return [{ id: 'A', kind: 'yard-entry', polygon: band(0.4, 0.95), ...ground, streetClass: 'yard' }, ...covers];
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

/** The cameras of a town. The same seed and number give the same town. */
export function townOf(options: { readonly seed: number; readonly cameras: number }): Camera[] {
  const next = chance(`town ${options.seed}`);
  return Array.from({ length: options.cameras }, (_, i) => {
    const sort = byShare(
      sorts.map((one) => [one, shares[one]] as const),
      next(),
      'street',
    );
    const streetClass = byShare(classShares, next(), streetClasses[0]);
    const place = pick(crossings, next()) ?? { kk: '?', ru: '?', en: '?', lat: 51.14, lon: 71.44, district: 'esil' };
    const bearingDeg = Math.floor(next() * 360);
    const number = String(i + 1).padStart(5, '0');
    return Camera.parse({
      id: `${sort}-${number}`,
      name: { kk: `${place.kk} ${number}`, ru: `${place.ru} ${number}`, en: `${place.en} ${number}` },
      point: offset({ lon: place.lon, lat: place.lat }, next() * 360, 30 + next() * 900),
      bearingDeg,
      fovDeg: 50 + Math.floor(next() * 40),
      heightM: 5 + Math.floor(next() * 7),
      district: place.district,
      watch: sort === 'waste-ground' || sort === 'bins' || sort === 'snow-store',
      restricted: false,
      nearSensitive: next() < 0.1,
      zones: zonesOf(sort, streetClass, next),
    });
  });
}
