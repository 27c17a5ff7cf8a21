// Zones drawn in the browser, over a real database: what is refused, what the test says, one save bound to what was seen, and the way back.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { lookIdOf } from '#core/ids';
import type { Look } from '#core/look';
import type { Observation } from '#core/observation';
import { rowAt, viewFrom } from '#core/range';
import { groundMark } from '#hazards';
import { audit, cameras, feed, looks, sql } from '#store';
import { z } from 'zod';
import { camera, openStand, type Seat, type Stand } from './dashboard-stand.ts';

const drawn = camera('cam-zones', { tiltDeg: 22, heightM: 8 });
const other = camera('cam-other', {});

const view22 = viewFrom(drawn, 22);

let stand: Stand;
let admin: Seat;
beforeAll(async () => {
  stand = await openStand({ cameras: [drawn, other] });
  admin = await stand.seat('camera-admin');
});
afterAll(() => stand.close());
beforeEach(async () => {
  await stand.database.run(sql`delete from camera_listed`);
  await stand.database.transaction((tx) => cameras.replace(tx, [drawn, other]));
});

const params = { id: 'cam-zones' };
const sheetNow = () => admin.ask('zoneSheet', { params });

const bodyOf = (sheet: Awaited<ReturnType<typeof sheetNow>>, zones: readonly unknown[] = sheet.zones) => ({
  seen: sheet.seen,
  zones,
  mount: sheet.mount,
});

async function refusal(path: string, body: unknown): Promise<{ status: number; words: string }> {
  const answer = await admin.send('POST', `/api/cameras/cam-zones/zones${path}`, body);
  const problem = z.object({ message: z.string(), cure: z.string() }).parse(await answer.json());
  return { status: answer.status, words: `${problem.message} ${problem.cure}` };
}

const yard = drawn.zones[1];
const road = drawn.zones[0];
if (!yard || !road) throw new Error('the camera of the stand has two zones');

const shrunk = {
  ...road,
  polygon: [
    [0.2, 0.7],
    [0.9, 0.7],
    [0.9, 0.95],
  ],
};

/** A look that was kept, with what it said. */
async function keepLook(
  atMs: number,
  said: readonly Partial<Observation>[],
  state: 'ok' | 'dark' = 'ok',
): Promise<void> {
  const id = lookIdOf(drawn.id, atMs);
  const look: Look = {
    id,
    cameraId: drawn.id,
    dueAtMs: atMs,
    seenAtMs: atMs,
    way: 'rtsp',
    outcome: state === 'ok' ? { kind: 'seen' } : { kind: 'unseen', state, detail: 'dark' },
    tookMs: 900,
    widthPx: 1920,
    heightPx: 1080,
    detections: [],
    observations: said.map((one) => ({
      lookId: id,
      cameraId: drawn.id,
      zoneId: 'road',
      hazard: 'snow',
      sub: '',
      word: 'clear',
      level: 0.02,
      seenAtMs: atMs,
      support: { boxes: [], facts: {} },
      stillSha256: null,
      ...one,
    })),
    stillSha256: null,
    parts: null,
  };
  await looks.save(stand.database, look, { judgeAll: false });
}

describe('what is refused, in sentences', () => {
  it.each([
    [
      'an outline that crosses itself',
      [
        [0.1, 0.5],
        [0.9, 0.9],
        [0.9, 0.5],
        [0.1, 0.9],
      ],
      /crosses/,
    ],
    [
      'two points',
      [
        [0.1, 0.5],
        [0.9, 0.9],
      ],
      /fewer than three points/,
    ],
    [
      'a point off the picture',
      [
        [0.1, 0.5],
        [1.2, 0.9],
        [0.1, 0.9],
      ],
      /leaves the picture/,
    ],
    [
      'a speck',
      [
        [0.5, 0.5],
        [0.501, 0.5],
        [0.5, 0.501],
      ],
      /too small/,
    ],
  ])('%s', async (_, polygon, words) => {
    const sheet = await sheetNow();
    const found = await refusal('/test', bodyOf(sheet, [{ ...road, polygon }]));
    expect(found.status).toBe(400);
    expect(found.words).toMatch(words);
    expect((await sheetNow()).seen).toBe(sheet.seen);
  });

  it('a hazard that the kind does not have, an owner that nobody knows, two of one name', async () => {
    const sheet = await sheetNow();
    const wrong = { ...yard, hazards: ['open-manhole'] };
    expect((await refusal('/test', bodyOf(sheet, [wrong]))).words).toMatch(/names open-manhole/);
    expect((await refusal('/test', bodyOf(sheet, [{ ...road, owner: 'nobody' }]))).words).toMatch(/not in the list/);
    expect((await refusal('/test', bodyOf(sheet, [road, road]))).words).toMatch(/Two zones are called road/);
    expect((await refusal('/test', bodyOf(sheet, [{ ...road, hazards: ['fire'] }]))).status).toBe(400);
    expect((await refusal('/test', bodyOf(sheet, [{ ...road, district: 'atlantis' }]))).words).toMatch(/atlantis/);
  });

  it('what was not tested, and what was tested but drawn on since', async () => {
    const sheet = await sheetNow();
    const body = bodyOf(sheet, [shrunk]);
    expect((await refusal('', { ...body, tested: 'no', why: '' })).words).toMatch(/not tested/);
    const { tested } = await admin.ask('testZones', { params, body });
    const moved = { ...shrunk, streetClass: 'A' };
    expect((await refusal('', { ...body, zones: [moved], tested, why: '' })).words).toMatch(/not tested/);
  });
});

describe('a save', () => {
  it('keeps a version with what was before, tells the audit, the feed and the workers', async () => {
    const rung: string[] = [];
    const off = stand.options.bell.on('camera-changed', (event) => rung.push(event.cameraId));
    const fed = await feed.last(stand.database);
    const sheet = await sheetNow();
    const body = bodyOf(sheet, [shrunk]);
    const { tested } = await admin.ask('testZones', { params, body });
    const { version } = await admin.ask('saveZones', {
      params,
      body: { ...body, tested, why: 'the pavement was in it' },
    });
    const after = await sheetNow();
    expect(after.zones.map(({ id, polygon }) => [id, polygon])).toEqual([['road', shrunk.polygon]]);
    expect(after.versions.slice(0, 2).map((one) => [one.version, one.act])).toEqual([
      [version, 'zones'],
      [version - 1, 'found'],
    ]);
    expect(after.versions[1]?.zones).toHaveLength(2);
    const acts = await audit.of(stand.database, 'camera', 'cam-zones');
    expect(acts.at(-1)).toMatchObject({ act: 'camera zones', actor: 'p-camera-admin' });
    expect(
      (await feed.since(stand.database, fed, 100)).some((row) => row.topic === 'camera' && row.id === 'cam-zones'),
    ).toBe(true);
    await expect.poll(() => rung).toContain('cam-zones');
    off();
    expect((await cameras.byId(stand.database, 'cam-zones'))?.zones[0]?.polygon).toEqual(shrunk.polygon);
  });

  it('by the second of two people is refused: nothing of the first is lost', async () => {
    const sheet = await sheetNow();
    const one = bodyOf(sheet, [shrunk]);
    const two = bodyOf(sheet, [{ ...road, streetClass: 'A' }]);
    const [first, second] = [
      await admin.ask('testZones', { params, body: one }),
      await admin.ask('testZones', { params, body: two }),
    ];
    await admin.ask('saveZones', { params, body: { ...one, tested: first.tested, why: '' } });
    const found = await refusal('', { ...two, tested: second.tested, why: '' });
    expect(found.status).toBe(409);
    expect(found.words).toMatch(/Somebody changed the camera/);
    expect((await sheetNow()).zones[0]?.polygon).toEqual(shrunk.polygon);
  });

  it('of two at the same moment takes one', async () => {
    const sheet = await sheetNow();
    const bodies = [0.6, 0.65].map((y) =>
      bodyOf(sheet, [
        {
          ...road,
          polygon: [
            [0, y],
            [1, y],
            [1, 1],
          ],
        },
      ]),
    );
    const answers = await Promise.all(
      bodies.map(async (body) => {
        const { tested } = await admin.ask('testZones', { params, body });
        return admin.send('POST', '/api/cameras/cam-zones/zones', { ...body, tested, why: '' });
      }),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  });

  it('changes how the camera hangs, and the reach with it', async () => {
    const sheet = await sheetNow();
    const mount = { ...sheet.mount, ladder: [10, 20].map((distanceM) => ({ y: rowAt(view22, distanceM), distanceM })) };
    const body = { ...bodyOf(sheet), mount };
    const { tested } = await admin.ask('testZones', { params, body });
    await admin.ask('saveZones', { params, body: { ...body, tested, why: '' } });
    const view = await admin.ask('camera', { params });
    expect(view.reach).toMatchObject({ kind: 'calibrated', by: 'ladder' });
    const bad = {
      ...mount,
      ladder: [
        { y: 0.5, distanceM: 6 },
        { y: 0.9, distanceM: 16 },
      ],
    };
    expect((await refusal('/test', { ...body, mount: bad })).status).toBe(400);
  });

  it('stays when the list of cameras is read again, and takes only what the list itself changed', async () => {
    const sheet = await sheetNow();
    const body = bodyOf(sheet, [shrunk]);
    const { tested } = await admin.ask('testZones', { params, body });
    await admin.ask('saveZones', { params, body: { ...body, tested, why: '' } });
    const again = await stand.database.transaction((tx) => cameras.replace(tx, [drawn, other]));
    expect(again).toEqual({ added: [], changed: [], removed: [] });
    const renamed = Camera.parse({ ...drawn, bearingDeg: 90 });
    await stand.database.transaction((tx) => cameras.replace(tx, [renamed, other]));
    const now = await cameras.byId(stand.database, 'cam-zones');
    expect(now?.bearingDeg).toBe(90);
    expect(now?.zones[0]?.polygon).toEqual(shrunk.polygon);
  });
});

describe('the test on kept looks', () => {
  const startMs = systemClock.nowMs() - 3_600_000;
  const facts = (share: number) => ({ boxes: [], facts: { share, ground: groundMark(road) } });

  beforeAll(async () => {
    await stand.database.run(sql`delete from observation`);
    await stand.database.run(sql`delete from last_word`);
    const snow = { word: 'hazard', level: 0.97, support: facts(0.97), sub: 'carriageway' } as const;
    const box = { x: 0.55, y: 0.86, w: 0.06, h: 0.04 };
    const heap = { boxes: [box], facts: {} };
    await keepLook(startMs, [{ support: facts(0.01) }, { hazard: 'open-manhole', support: { boxes: [], facts: {} } }]);
    await keepLook(startMs + 60_000, [
      snow,
      { hazard: 'open-manhole', word: 'hazard', level: 0.8, sub: 'open', support: heap },
    ]);
    await keepLook(startMs + 120_000, [], 'dark');
  });

  const tryZones = async (zones: readonly unknown[]) => {
    const sheet = await sheetNow();
    const { looks: found } = await admin.ask('testZones', { params, body: bodyOf(sheet, zones) });
    return (hazard: string, zoneId = 'road') =>
      found.map((look) => {
        const word = look.words.find((one) => one.hazard === hazard && one.zoneId === zoneId);
        return word ? `${word.now} by ${word.by}` : 'nothing';
      });
  };

  it('carries the word of an outline that did not change', async () => {
    const words = await tryZones([road]);
    expect(words('snow')).toEqual(['clear by look', 'hazard by look', 'cannot-see by fault']);
  });

  it('bounds a share where the new outline lies in the old one, and says so where it cannot', async () => {
    const inner = {
      ...road,
      polygon: [
        [0.2, 0.63],
        [1, 0.63],
        [1, 1],
      ],
    };
    const words = await tryZones([inner]);
    expect(words('snow')).toEqual(['clear by bounds', 'hazard by bounds', 'cannot-see by fault']);
    const elsewhere = {
      ...road,
      polygon: [
        [0, 0.75],
        [0.4, 1],
        [0, 1],
      ],
    };
    const none = await tryZones([elsewhere]);
    expect(none('snow')).toEqual(['unknown by none', 'unknown by none', 'cannot-see by fault']);
  });

  it('counts a kept box where its middle lies', async () => {
    const holds = await tryZones([
      {
        ...road,
        polygon: [
          [0.5, 0.8],
          [0.7, 0.8],
          [0.7, 0.95],
          [0.55, 0.95],
        ],
      },
    ]);
    expect(holds('open-manhole')[1]).toBe('hazard by box');
    const beside = await tryZones([
      {
        ...road,
        polygon: [
          [0.85, 0.6],
          [0.97, 0.6],
          [0.97, 0.7],
        ],
      },
    ]);
    expect(beside('open-manhole')[1]).toBe('clear by box');
  });

  it('never says clear of ground that the camera cannot judge', async () => {
    const sheet = await sheetNow();
    const far = {
      ...road,
      polygon: [
        [0, 0.02],
        [1, 0.02],
        [1, 0.1],
        [0, 0.1],
      ],
    };
    const mount = { ...sheet.mount, tiltDeg: 14 };
    const { looks: found } = await admin.ask('testZones', { params, body: { ...bodyOf(sheet, [far]), mount } });
    const words = found[0]?.words.filter((one) => one.hazard === 'open-manhole');
    expect(words).toEqual([{ zoneId: 'road', hazard: 'open-manhole', was: 'clear', now: 'cannot-see', by: 'reach' }]);
  });

  it('names open incidents whose zone is redrawn or goes', async () => {
    const { id } = await stand.raise({ cameraId: drawn.id, zoneId: 'road', hazard: 'snow' });
    const sheet = await sheetNow();
    const same = await admin.ask('testZones', { params, body: bodyOf(sheet) });
    expect(same.touched).toEqual([]);
    const redrawn = await admin.ask('testZones', { params, body: bodyOf(sheet, [shrunk]) });
    expect(redrawn.touched).toMatchObject([{ id, gone: false }]);
    const gone = await admin.ask('testZones', { params, body: bodyOf(sheet, [yard]) });
    expect(gone.touched).toMatchObject([{ id, gone: true }]);
  });
});

describe('a restricted camera', () => {
  it('shows its pictures in the editor only for a reason, which is written down', async () => {
    const closed = { id: 'cam-closed' };
    await stand.database.transaction((tx) => cameras.upsert(tx, camera('cam-closed', { restricted: true })));
    expect((await admin.ask('zoneSheet', { params: closed })).stills).toEqual([]);
    await admin.ask('zoneSheet', { params: closed, query: { reason: 'the pole was moved' } });
    const acts = await audit.of(stand.database, 'camera', 'cam-closed');
    expect(acts.at(-1)).toMatchObject({
      act: 'looked at a restricted camera',
      facts: { reason: 'the pole was moved' },
    });
  });
});

describe('the page of a camera', () => {
  it('tells the day, the plan and the incidents to those who see them', async () => {
    const operator = await stand.seat('operator');
    const day = await operator.ask('cameraDay', { params });
    expect(day.day.find((row) => row.hazard === 'snow')).toMatchObject({ looks: 3, hazardLooks: 1, clearLooks: 1 });
    expect(day.incidents?.raised).toBeGreaterThan(0);
    expect(day.hours).toHaveLength(24);
    expect((await admin.ask('cameraDay', { params })).incidents).toBeNull();
  });
});
