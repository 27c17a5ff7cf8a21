import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startCity, type City } from './city.ts';
import { cardCity, cardFolder, cameraOf } from './testing/card-city.ts';
import { Viewer } from './testing/viewer.ts';

vi.setConfig({ testTimeout: 240_000 });

describe('a city built from a number', () => {
  it('is the same for the same seed and another for another', async () => {
    const build = async (seed: string): Promise<City['cameras']> => {
      await using city = await startCity({ cameras: 40, seed, clipFolders: [cardFolder] });
      return city.cameras.map((c) => ({ ...c, rtspUrl: '', subUrl: '', snapshotUrl: '' }));
    };
    const [a, again, b] = [await build('a'), await build('a'), await build('b')];
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
    expect(new Set(a.map((c) => c.id)).size).toBe(40);
    expect(new Set(a.map((c) => JSON.stringify(c.point))).size).toBe(40);
    for (const camera of a) {
      expect(camera.point.lat).toBeGreaterThan(50.85);
      expect(camera.point.lat).toBeLessThan(51.36);
      expect(camera.zones.length).toBeGreaterThan(0);
    }
  });

  it('serves a hundred viewers from one process, each all of its pictures', async () => {
    await using city = await startCity({ cameras: 100, clipFolders: [cardFolder] });
    const viewers = await Promise.all(
      city.cameras.map(async (camera) => {
        const viewer = await Viewer.connect(city.rtspPort);
        await viewer.play(camera.rtspUrl);
        return viewer;
      }),
    );
    await Promise.all(viewers.map((v) => v.until(() => v.packets.filter((p) => p.marker).length >= 24)));
    for (const { packets } of viewers) {
      for (const [i, packet] of packets.entries()) {
        const previous = packets[i - 1];
        if (previous) expect((packet.sequence - previous.sequence + 0x1_0000) % 0x1_0000).toBe(1);
      }
    }
    for (const viewer of viewers) viewer[Symbol.dispose]();
  });

  it('says what is wrong with what it is built of', async () => {
    await expect(startCity({ cameras: 1, clips: ['nothing'], clipFolders: [cardFolder] })).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
    });
    await expect(startCity({ cameras: 1, clipFolders: ['/nowhere'] })).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
    });
    await using first = await startCity({ cameras: 1, clipFolders: [cardFolder] });
    await expect(startCity({ cameras: 1, clipFolders: [cardFolder], rtspPort: first.rtspPort })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});

describe('the world', () => {
  let city: City;
  beforeAll(async () => {
    city = await cardCity(
      [
        { id: 'a' },
        { id: 'honest' },
        { id: 'liar', onClaim: { do: 'nothing' } },
        {
          id: 'timed',
          events: [
            { atS: 0.5, do: 'begin' },
            { atS: 1, do: 'stop' },
          ],
        },
      ],
      {},
      {
        onClaim: { do: 'end', afterS: 0.2 },
        agencies: {
          slow: { answers: 'late', afterS: 0.3 },
          broken: { answers: 'wrongly', times: 2 },
          cut: { answers: 'wrongly', how: 'cut-off' },
        },
      },
    );
  });
  afterAll(async () => {
    await city[Symbol.asyncDispose]();
  });
  const world = (method: string, path: string, body?: unknown, token = city.controlToken): Promise<Response> =>
    fetch(`${city.httpUrl}/world${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const phase = (id: string): string | undefined => city.truth().find((c) => c.id === id)?.phase;
  const meets = (id: string, name: string): Promise<unknown> =>
    vi.waitUntil(() => phase(id) === name, { timeout: 120_000, interval: 50 });

  it('is closed to whoever has no token', async () => {
    expect((await world('GET', '/truth', undefined, 'guess')).status).toBe(401);
    expect((await fetch(`${city.httpUrl}/world/truth`)).status).toBe(401);
    expect((await world('POST', '/cameras/a/begin', undefined, '')).status).toBe(401);
    expect(phase('a')).toBe('before');
  });

  it('begins and ends a hazard and tells the truth with its moment', async () => {
    const startedMs = Date.now();
    expect((await world('POST', '/cameras/a/begin')).status).toBe(202);
    await meets('a', 'during');
    const read = async (): Promise<City['cameras'][number] & ReturnType<City['truth']>[number]> =>
      (
        (await (await world('GET', '/truth')).json()) as {
          cameras: (City['cameras'][number] & ReturnType<City['truth']>[number])[];
        }
      ).cameras.find((c) => c.id === 'a') ?? expect.fail('camera a is not told');
    const { now } = await read();
    expect(now).toMatchObject([{ hazard: 'flooding', sub: 'flooding.testcard' }]);
    expect(now[0]?.sinceMs).toBeGreaterThanOrEqual(startedMs - 1000);
    expect(now[0]?.sinceMs).toBeLessThanOrEqual(Date.now());
    await world('POST', '/cameras/a/end');
    await meets('a', 'after');
    const { now: later, past } = await read();
    expect(later).toEqual([]);
    expect(past[0]?.fromMs).toBe(now[0]?.sinceMs);
  });

  it('repairs what an honest agency claims to be done, and not what a liar claims', async () => {
    city.begin('honest');
    city.begin('liar');
    await Promise.all([meets('honest', 'during'), meets('liar', 'during')]);
    await world('POST', '/cameras/honest/claim');
    await world('POST', '/cameras/liar/claim');
    await meets('honest', 'after');
    expect(phase('liar')).toBe('during');
  });

  it('plays its scenario by itself', async () => {
    await city.played;
    expect(city.truth().find((c) => c.id === 'timed')?.fault).toBe('refuse');
    await expect(Viewer.connect(Number(new URL(cameraOf(city, 'timed').rtspUrl).port))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await meets('timed', 'during');
  });

  it('gives and heals faults, and refuses what it does not understand', async () => {
    expect((await world('POST', '/cameras/a/fault', { kind: 'freeze' })).status).toBe(202);
    expect(city.truth().find((c) => c.id === 'a')?.fault).toBe('freeze');
    expect((await world('POST', '/cameras/a/fault', null)).status).toBe(202);
    expect(city.truth().find((c) => c.id === 'a')?.fault).toBeNull();
    expect((await world('POST', '/cameras/a/fault', { kind: 'tired' })).status).toBe(400);
    expect((await world('POST', '/cameras/nobody/begin')).status).toBe(404);
  });

  it('lists its cameras', async () => {
    const { cameras } = (await (await world('GET', '/cameras')).json()) as {
      cameras: { id: string; rtspUrl: string }[];
    };
    expect(cameras.map((c) => c.id)).toEqual(['a', 'honest', 'liar', 'timed']);
    expect(cameras[0]?.rtspUrl).toBe(cameraOf(city, 'a').rtspUrl);
  });

  it('has agencies that answer as their conduct says', async () => {
    const deliver = (agency: string): Promise<Response> =>
      fetch(`${city.httpUrl}/agencies/${agency}/deliveries`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"task":1}',
      });
    const prompt = await deliver('quick');
    expect(prompt.status).toBe(202);
    const { receipt } = (await prompt.json()) as { receipt: string };
    expect((await deliver('slow')).status).toBe(202);
    expect([
      (await deliver('broken')).status,
      (await deliver('broken')).status,
      (await deliver('broken')).status,
    ]).toEqual([500, 500, 202]);
    const cut = await deliver('cut')
      .then(
        (response) => response.text(),
        (thrown: unknown) => Promise.reject(thrown instanceof Error ? thrown : new Error('cut')),
      )
      .then(
        () => 'whole',
        () => 'cut',
      );
    expect(cut).toBe('cut');
    await world('POST', '/agencies/mute', { answers: 'never' });
    const patience = new AbortController();
    const mute = fetch(`${city.httpUrl}/agencies/mute/deliveries`, {
      method: 'POST',
      body: 'x',
      signal: patience.signal,
    });
    await vi.waitUntil(() => city.agencies.deliveries().some((d) => d.agency === 'mute'), {
      timeout: 120_000,
      interval: 20,
    });
    patience.abort();
    await expect(mute).rejects.toThrow();
    await world('POST', '/agencies/quick', { answers: 'wrongly', how: 'nonsense' });
    await expect(deliver('quick').then((r) => r.json())).rejects.toThrow();
    const came = city.agencies.deliveries();
    expect(came.find((d) => d.receipt === receipt)).toMatchObject({
      agency: 'quick',
      acknowledged: true,
      body: '{"task":1}',
    });
    expect(came.filter((d) => d.agency === 'broken').map((d) => d.acknowledged)).toEqual([false, false, true]);
  });

  it('tells the weather', async () => {
    const response = await fetch(`${city.httpUrl}/v1/forecast?latitude=51.14&longitude=71.44&current=temperature_2m`);
    expect(await response.json()).toMatchObject({ current_units: { temperature_2m: '°C' } });
  });

  it('listens on the loopback address only', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((a) => a !== undefined)
      .find((a) => a.family === 'IPv4' && !a.internal);
    if (!outside) return;
    for (const port of [city.rtspPort, city.httpPort]) {
      const outcome = await new Promise<string>((resolve) => {
        const socket = connect({ port, host: outside.address });
        socket.once('connect', () => {
          resolve('connected');
          socket.destroy();
        });
        socket.once('error', () => {
          resolve('refused');
        });
      });
      expect(outcome).toBe('refused');
    }
  });
});
