import { describe, expect, it } from 'vitest';
import { listCameras } from './mounting.ts';
import { Scenario } from './scenario.ts';
import { cardFolder } from './testing/card-city.ts';

const scenarioOf = (cameras: object[]): Scenario =>
  Scenario.parse({ name: 'x', title: { kk: 'a', ru: 'b', en: 'c' }, cameras });
const at = { rtsp: '127.0.0.1:8554', http: '127.0.0.1:8080', clipFolders: [cardFolder] };

describe('the list of cameras', () => {
  it('has addresses, places and zones, and nothing of what will happen', async () => {
    const list = await listCameras(
      scenarioOf([
        { id: '7', clip: 'testcard', events: [{ atS: 1, do: 'begin' }], fault: { kind: 'refuse' } },
        { id: '8', clip: 'testcard', signIn: 'digest', point: { lat: 51, lon: 71 }, bearingDeg: 10, district: 'nura' },
      ]),
      at,
    );
    expect(list[0]).toMatchObject({
      id: '7',
      rtsp: 'rtsp://127.0.0.1:8554/cam/7/main',
      subRtsp: 'rtsp://127.0.0.1:8554/cam/7/sub',
      snapshot: 'http://127.0.0.1:8080/cam/7/snapshot.jpg',
      district: 'saryarqa',
      watch: false,
    });
    expect(list[0]?.zones[0]?.hazards).toEqual(expect.arrayContaining(['snow', 'flooding']));
    expect(JSON.stringify(list[0])).not.toMatch(/refuse|begin|testcard/);
    expect(list[1]).toMatchObject({
      point: { lat: 51, lon: 71 },
      bearingDeg: 10,
      district: 'nura',
      credential: 'simulator',
    });
  });

  it('is the same each time, and hangs no two cameras at one place', async () => {
    const cameras = Array.from({ length: 70 }, (_, i) => ({ id: String(i), clip: 'testcard' }));
    const list = await listCameras(scenarioOf(cameras), at);
    expect(await listCameras(scenarioOf(cameras), at)).toEqual(list);
    expect(new Set(list.map((c) => JSON.stringify(c.point))).size).toBe(70);
    expect(new Set(list.map((c) => c.name.en)).size).toBe(70);
  });

  it('refuses an unknown clip', async () => {
    await expect(listCameras(scenarioOf([{ id: '1', clip: 'none' }]), at)).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
    });
  });
});
