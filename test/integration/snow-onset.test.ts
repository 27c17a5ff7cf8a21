// Without a weather service the cameras tell when it snowed, and the snow deadline runs from there.
import { expect, test } from 'vitest';
import { Camera } from '#core/camera';
import { readOnset } from '#ingest';
import { cameras, incidents, weather } from '#store';
import { aCity, startMs } from './heart-city.ts';

const square: [number, number][] = [
  [0.1, 0.5],
  [0.9, 0.5],
  [0.9, 0.9],
  [0.1, 0.9],
];

test('streets that turn white together are a snowfall; what lies there after its deadline is raised', async () => {
  const city = await aCity();
  const ids = ['w0', 'w1', 'w2', 'w3', 'w4', 'w5'];
  await city.database.transaction((tx) =>
    cameras.replace(
      tx,
      ids.map((id, i) =>
        Camera.parse({
          id,
          name: { kk: id, ru: id, en: id },
          point: { lon: 71.4 + 0.02 * i, lat: 51.1 },
          district: 'esil',
          zones: [{ id: 'road', kind: 'carriageway', polygon: square, hazards: ['snow'], streetClass: 'V' }],
        }),
      ),
    ),
  );
  const judge = await city.judge();
  const settings = { weather: { url: null, everyS: 600 }, pace: 1 };
  const needs = { database: city.database, clock: city.clock, settings };
  const snowfall = async () => {
    await readOnset(needs);
    return (await weather.snowfalls(city.database))[0];
  };
  for (const id of ids) await city.see(id, 'road', 'snow', 'clear');
  city.clock.advance(3_600_000);
  for (const id of ids) {
    await city.see(id, 'road', 'snow', 'hazard', { level: 0.7 });
    city.clock.advance(600_000);
  }
  expect(await snowfall()).toEqual({
    district: 'esil',
    startedAtMs: startMs + 3_600_000,
    endedAtMs: null,
    source: 'cameras',
  });
  city.clock.advance(2 * 3_600_000);
  const lastTurnMs = startMs + 3_600_000 + 5 * 600_000;
  expect((await snowfall())?.endedAtMs).toBe(lastTurnMs + 3_600_000);

  // The test city gives five hours.
  while (city.clock.nowMs() < lastTurnMs + 6 * 3_600_000) {
    await city.see('w0', 'road', 'snow', 'hazard', { level: 0.7 });
    while ((await judge.judgeInbox()) > 0);
    expect(await incidents.list(city.database, { limit: 9 })).toEqual([]);
    city.clock.advance(900_000);
  }
  city.clock.advance(1000);
  await city.see('w0', 'road', 'snow', 'hazard', { level: 0.7 });
  while ((await judge.judgeInbox()) > 0);
  expect(await city.only()).toMatchObject({ hazard: 'snow', state: 'pending_review', cameraId: 'w0' });
});
