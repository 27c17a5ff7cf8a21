// Views of a camera over a real database: adding from a kept look, names and order, zones drawn view by view, removing, and the way back.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#core/clock';
import { CameraId, lookIdOf } from '#core/ids';
import { inRoot } from '#core/root';
import { audit, cameras, looks, past, picks } from '#store';
import { judgedGround } from '../../dashboard/server/map.ts';
import { defaultHazardSettings } from '#hazards';
import { camera, openStand, type Seat, type Stand } from './dashboard-stand.ts';

const id = CameraId.parse('ptz-1');
const plain = camera(String(id), { restricted: false, heightM: 8, tiltDeg: 20 });
const turning = { ...plain, zones: plain.zones.slice(0, 1) };
let stand: Stand;
let admin: Seat;
let operator: Seat;
let still = '';
beforeAll(async () => {
  stand = await openStand({ cameras: [turning] });
  [admin, operator] = await Promise.all([stand.seat('camera-admin'), stand.seat('operator')]);
  const close = inRoot('detector', 'close-frames');
  const name = readdirSync(close).find((one) => one.endsWith('.jpg')) ?? '';
  still = await stand.files.put(readFileSync(join(close, name)), 'still', 'jpg');
});
afterAll(() => stand.close());

let n = 0;
/** A kept look: of a view, of none that is known (null), or of a camera with one view (undefined). */
async function aLook(preset: string | null | undefined): Promise<string> {
  const atMs = systemClock.nowMs() - 3_600_000 + ++n * 1000;
  const lookId = lookIdOf(id, atMs);
  await looks.save(
    stand.database,
    {
      id: lookId,
      cameraId: id,
      dueAtMs: atMs,
      seenAtMs: atMs,
      way: 'rtsp',
      outcome: preset === null ? { kind: 'unseen', state: 'moved', detail: 'none of its views' } : { kind: 'seen' },
      tookMs: 100,
      widthPx: 1280,
      heightPx: 720,
      ...(preset === undefined ? {} : { preset }),
      detections: [],
      observations: [],
      stillSha256: still,
      parts: null,
    },
    { judgeAll: false },
  );
  return lookId;
}

const Problem = z.object({ reason: z.string().optional() });
const refusal = async (path: string, body: unknown) => {
  const answer = await admin.send('POST', path, body);
  return [answer.status, Problem.parse(await answer.json()).reason];
};
const params = { id };
const viewsNow = () => admin.ask('cameraPresets', { params });
const acts = async () => (await audit.of(stand.database, 'camera', id)).map(({ act }) => act);

test('a view is made of a kept look, has zones of its own, is named, ordered, removed and restored', async () => {
  const path = `/api/cameras/${id}/presets`;
  const first = await aLook(undefined);
  const second = await aLook(undefined);
  const one = await viewsNow();
  expect(one).toMatchObject({ presets: [{ id: 'main', name: '', zones: 1, known: false }], mainPicked: false });
  expect(one.looks.map(({ lookId }) => lookId)).toEqual([second, first]);
  const wish = { seen: one.seen, lookId: second, kind: 'day', name: 'Crossing', token: 'Preset002' };
  expect(await refusal(path, wish)).toEqual([400, 'view-main-unpicked']);
  expect((await operator.send('POST', path, wish)).status).toBe(403);
  expect((await operator.ask('cameraPresets', { params })).looks).toEqual([]);

  await admin.ask('pickReference', { params, body: { lookId: first, kind: 'day' } });
  expect(await refusal(path, { ...wish, seen: 'stale' })).toMatchObject([409, expect.any(String)]);
  expect(await refusal(path, { ...wish, lookId: 'none' })).toEqual([404, 'pick-no-still']);
  // What quiet hours taught, nobody knows of which view it was.
  const learned = { light: 'day', ground: 'bare', preset: 'main', state: 'active', origin: 'quiet' } as const;
  const rest = { incidentId: null, zones: 'z', network: 'road@1', seenAtMs: 1, learnedAtMs: 1 };
  await stand.database.transaction((tx) =>
    past.keep(tx, { id: 'quiet', cameraId: id, ...learned, ...rest }, new Uint8Array([1])),
  );
  const { preset } = await admin.ask('addPreset', { params, body: { ...wish, kind: 'day' } });
  expect(await past.of(stand.database, id)).toEqual([]);
  expect((await picks.of(stand.database, id)).map((pick) => [pick.kind, pick.preset])).toEqual([
    ['day', 'main'],
    ['day', preset],
  ]);

  // Now that it turns, a look that shows a known view is none of its own.
  const known = await aLook(preset);
  const none = await aLook(null);
  const two = await viewsNow();
  expect(two.looks.map(({ lookId }) => lookId)).toEqual([none]);
  expect(two.presets.map((view) => [view.id, view.picks, view.zones])).toEqual([
    ['main', 1, 1],
    [preset, 1, 0],
  ]);
  expect(await refusal(path, { ...wish, seen: two.seen, lookId: known })).toEqual([400, 'view-known']);
  const references = `/api/cameras/${id}/references`;
  expect(await refusal(references, { lookId: known, kind: 'night', preset: 'main' })).toEqual([400, 'view-other']);
  await admin.ask('pickReference', { params, body: { lookId: none, kind: 'night', preset } });

  // Zones of the second view: the first view's stay as they are, and no name stands twice.
  const main = await admin.ask('zoneSheet', { params });
  const sheet = await admin.ask('zoneSheet', { params, query: { preset } });
  expect(sheet).toMatchObject({
    preset,
    zones: [],
    taken: main.zones.map((zone) => zone.id),
    mount: { tiltDeg: null },
  });
  expect(sheet.presets.map(({ name }) => name)).toEqual(['', 'Crossing']);
  const [road] = main.zones;
  if (!road) throw new Error('the camera has a zone');
  const mount = { ...sheet.mount, tiltDeg: 25, fovDeg: 40 };
  const drawn = { seen: sheet.seen, preset, zones: [{ ...road, id: 'far' }], mount };
  expect(await refusal(`/api/cameras/${id}/zones/test`, { ...drawn, zones: [road] })).toEqual([400, 'zones-faulty']);
  const { tested, looks: judged } = await admin.ask('testZones', { params, body: drawn });
  expect(judged.map(({ lookId }) => lookId)).toEqual([known]);
  await admin.ask('saveZones', { params, body: { ...drawn, tested, why: '' } });
  const camera = await cameras.byId(stand.database, String(id));
  expect(camera).toMatchObject({ tiltDeg: 20, presets: [{ id: 'main' }, { id: preset, tiltDeg: 25, fovDeg: 40 }] });
  expect(camera?.zones.map((zone) => [zone.id, zone.preset])).toEqual([
    [road.id, undefined],
    ['far', preset],
  ]);
  // The ground of both views is on the map, each by its own scale.
  if (!camera) return;
  const hazard = road.hazards[0] ?? 'snow';
  const { pieces, without } = judgedGround(camera, hazard, defaultHazardSettings);
  expect([...pieces.map(({ zoneId }) => zoneId), ...Object.values(without)]).toEqual([road.id, 'far', 0, 0]);

  const three = await viewsNow();
  const names = [
    { id: preset, name: 'Перекрёсток', token: null },
    { id: 'main', name: 'Двор', token: 'Preset001' },
  ];
  expect(await refusal(`${path}/save`, { seen: three.seen, presets: names.slice(1) })).toEqual([400, 'views-others']);
  await admin.ask('savePresets', { params, body: { seen: three.seen, presets: names } });
  const four = await viewsNow();
  expect(four.presets.map(({ name, token }) => [name, token])).toEqual([
    ['Перекрёсток', null],
    ['Двор', 'Preset001'],
  ]);
  expect(await refusal(`${path}/main/remove`, { seen: four.seen })).toEqual([400, 'view-main']);
  await admin.ask('removePreset', { params: { id, preset }, body: { seen: four.seen } });
  const five = await viewsNow();
  expect(five.presets).toMatchObject([{ id: 'main', name: 'Двор', zones: 1 }]);
  expect((await picks.of(stand.database, id)).map((pick) => pick.preset)).toEqual(['main']);
  expect(await refusal(`${path}/${preset}/remove`, { seen: five.seen })).toEqual([404, 'view-gone']);
  expect((await acts()).filter((act) => act === 'camera views')).toHaveLength(3);
});
