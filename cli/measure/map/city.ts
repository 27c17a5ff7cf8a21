// The city of `ahual bench map`: as many cameras and open incidents as asked for, always in the same places.
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { inRing } from '#core/geo';
import { hazardNames, type Severity } from '#core/hazard-name';
import { IncidentId, newId, PersonId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { City } from '#config';
import { hashPassword } from '#dashboard';
import { cameras, incidents, people, sql, type Database } from '#store';
import { randomOf } from '../eval/ranking.ts';

export interface BenchCity {
  readonly cameras: readonly Camera[];
  readonly incidents: readonly Incident[];
  readonly login: string;
  readonly password: string;
}

type Spot = { readonly lon: number; readonly lat: number; readonly district: string };

/** Places inside the districts: most of them along a few hundred streets, as cameras hang, the rest anywhere. */
function spots(city: Pick<City, 'districts'>, n: number, random: () => number): Spot[] {
  const districtOf = (lon: number, lat: number): string | undefined =>
    city.districts.features.find(({ geometry }) => geometry.coordinates.some((ring) => inRing(lon, lat, ring)))
      ?.properties.id;
  const anywhere = (): [number, number] => [71.3 + 0.3 * random(), 51.02 + 0.2 * random()];
  const found: Spot[] = [];
  let street = { at: anywhere(), turn: 0, left: 0 };
  while (found.length < n) {
    if (street.left === 0) street = { at: anywhere(), turn: Math.PI * random(), left: Math.floor(10 + 60 * random()) };
    street.left -= 1;
    const [x, y] = street.at;
    street.at = [x + 0.0009 * Math.cos(street.turn), y + 0.00055 * Math.sin(street.turn)];
    const [lon, lat] = random() < 0.8 ? street.at : anywhere();
    const district = districtOf(lon, lat);
    if (district === undefined) street.left = 0;
    else found.push({ lon, lat, district });
  }
  return found;
}

const streets = [
  'Мәңгілік Ел',
  'Тұран',
  'Қабанбай батыр',
  'Сығанақ',
  'Ұлы Дала',
  'Республика',
  'Бөгенбай батыр',
  'Сарыарқа',
];

function cameraAt({ lon, lat, district }: Spot, i: number, random: () => number): Camera {
  const name = `${streets[i % streets.length] ?? ''}, ${i + 1}`;
  return Camera.parse({
    id: `cam-${String(i + 1).padStart(5, '0')}`,
    name: { kk: name, ru: name, en: name },
    point: { lon, lat },
    bearingDeg: Math.floor(360 * random()),
    tiltDeg: 18 + 20 * random(),
    district,
    restricted: false,
    zones: [
      {
        id: 'road',
        kind: 'carriageway',
        polygon: [
          [0.1, 0.45],
          [0.9, 0.45],
          [1, 1],
          [0, 1],
        ],
        hazards: ['flooding', 'open-manhole', 'snow'],
        streetClass: 'B',
        segment: `s-${Math.floor(i / 4)}`,
      },
    ],
  });
}

const sharesOf = { S4: 0.05, S3: 0.15, S2: 0.4 } as const;

function severityOf(random: () => number): Severity {
  const draw = random();
  return draw < sharesOf.S4 ? 'S4' : draw < sharesOf.S4 + sharesOf.S3 ? 'S3' : draw < 0.6 ? 'S2' : 'S1';
}

function incidentAt(
  camera: Camera,
  i: number,
  random: () => number,
  nowMs: number,
): Omit<Incident, 'number' | 'version'> {
  return {
    id: IncidentId.parse(newId(systemClock)),
    hazard: hazardNames[i % hazardNames.length] ?? 'snow',
    sub: '',
    state: 'pending_review',
    severity: severityOf(random),
    cameraId: camera.id,
    zoneId: 'road',
    point: camera.point,
    district: camera.district,
    origin: 'camera',
    openedAtMs: nowMs - Math.floor(6 * 3_600_000 * random()),
    raisedAtMs: nowMs - 60_000,
    decidedAtMs: null,
    closedAtMs: null,
    lastSeenAtMs: nowMs,
    untilMs: null,
    level: 0.6,
    why: { looks: 3, hazardLooks: 3, overS: 130, level: 0.6, rule: 'bench', models: [], weather: '', facts: {} },
    mark: null,
    stillSha256: null,
    beforeSha256: null,
    beforeAtMs: null,
    rejectReason: null,
    mergedInto: null,
    decidedBy: null,
    note: '',
    reopens: 0,
    massId: null,
  };
}

/** Fills an empty database and says what is in it. The same seed gives the same places. */
export async function fillCity(
  database: Database,
  city: Pick<City, 'districts'>,
  wanted: { readonly cameras: number; readonly incidents: number; readonly seed: number },
): Promise<BenchCity> {
  const random = randomOf(`map ${wanted.seed}`);
  const list = spots(city, wanted.cameras, random).map((spot, i) => cameraAt(spot, i, random));
  const nowMs = systemClock.nowMs();
  const password = newId(systemClock);
  const hash = await hashPassword(password);
  const raised = await database.transaction(async (tx) => {
    await cameras.replace(tx, list);
    // One in thirty has a fault, so that every kind of dot is drawn.
    await tx.run(sql`
      insert into camera_health (camera_id, state, since_at, last_look_at, last_good_at, detail, fails)
      select id, (array['silent', 'blurred', 'unreachable', 'moved'])[1 + hashtext(id) & 3], now(), now(),
        now() - interval '30 hours', '', 3
      from camera where mod(abs(hashtext(id)), 30) = 0
      on conflict (camera_id) do nothing`);
    await tx.run(sql`
      insert into camera_health (camera_id, state, since_at, last_look_at, last_good_at, detail, fails)
      select id, 'ok', now(), now(), now(), '', 0 from camera
      on conflict (camera_id) do update set state = 'ok' where camera_health.state = 'unknown'`);
    await people.insert(
      tx,
      {
        id: PersonId.parse('bench'),
        login: 'bench',
        name: 'Bench',
        roles: ['operator'],
        agencyId: null,
        language: 'kk',
        active: true,
      },
      hash,
    );
    const made: Incident[] = [];
    const change = { atMs: nowMs, actor: 'bench', reason: 'bench' };
    for (let i = 0; i < wanted.incidents; i++) {
      const camera = list[Math.floor(list.length * random())];
      if (camera) made.push(await incidents.insert(tx, incidentAt(camera, i, random, nowMs), change));
    }
    return made;
  });
  return { cameras: list, incidents: raised, login: 'bench', password };
}
