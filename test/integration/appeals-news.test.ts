// What appeal services are told, against a real server that fails, hangs, refuses and loses its answers.
import { describe, expect, test } from 'vitest';
import { silentLog } from '#core/log';
import { matchWaiting, unlinkAppeal } from '#incidents';
import { appeals } from '#store';
import { runAppealNews } from '#tasks';
import {
  hourMs,
  anIncident,
  anAppeal,
  receive,
  move,
  news,
  aService,
  senderOf,
  still,
  once,
  closeAfterEach,
} from './appeals-stand.ts';
import { aCity, controller } from './heart-city.ts';

closeAfterEach();

describe('what the service is told', () => {
  test('signed, in order, and each once although the service failed, hung and lost its answer', async () => {
    const city = await aCity();
    const service = await aService('secret');
    const incident = await anIncident(city, 10);
    const { appeal } = await receive(city, anAppeal());
    await move(city, incident.id, 'confirmed');
    service.plan.push('fail', 'hang', 'break');
    const sender = senderOf(city, service.url);
    for (let round = 0; round < 3; round++) {
      expect(await sender.deliver(still)).toBe(1);
      expect(await sender.deliver(still), 'nothing is tried before its time').toBe(0);
      city.clock.advance(60_000);
    }
    expect(await news(city.database, appeal)).toEqual(['linked waiting']);
    await move(city, incident.id, 'closed', 'nothing to do');
    // The end is told after the link, however long that took.
    for (let round = 0; round < 3; round++) await sender.deliver(still);
    expect(await news(city.database, appeal)).toEqual(['linked sent', 'closed sent']);
    expect(service.heard.map((one) => one.news)).toEqual(['linked', 'linked', 'closed']);
    expect(once(service.heard).map((one) => one.news)).toEqual(['linked', 'closed']);
    expect(service.heard[0]?.externalId).toBe(appeal.externalId);
    await move(city, incident.id, 'reopened');
    await sender.deliver(still);
    expect(once(service.heard).map((one) => one.news)).toEqual(['linked', 'closed', 'reopened']);
    expect(once(service.heard).map((one) => one.order)).toEqual(
      [...once(service.heard)].map((one) => one.order).sort((a, b) => a - b),
    );
    const [first] = await appeals.noticesOf(city.database, appeal.id);
    expect(first).toMatchObject({ attempts: 4, receipt: 'HTTP 200 noted' });
  });

  test('a service that is down for a week loses nothing; one that refuses is not asked again', async () => {
    const city = await aCity();
    const service = await aService('secret');
    await anIncident(city, 10);
    const down = senderOf(city, 'http://127.0.0.1:9/');
    const { appeal } = await receive(city, anAppeal());
    for (let day = 0; day < 7; day++) {
      await down.deliver(still);
      city.clock.advance(24 * hourMs);
    }
    expect((await appeals.noticesOf(city.database, appeal.id))[0]).toMatchObject({ state: 'waiting', attempts: 7 });
    service.plan.push('refuse');
    const sender = senderOf(city, service.url);
    expect([await sender.deliver(still), await sender.deliver(still)]).toEqual([1, 0]);
    expect((await appeals.noticesOf(city.database, appeal.id))[0]).toMatchObject({
      state: 'refused',
      lastError: 'HTTP 422 no such appeal',
    });
  });

  test('a verdict that is taken back was never told; one that stands is told when it can no longer be', async () => {
    const city = await aCity();
    const service = await aService('secret');
    const sender = senderOf(city, service.url);
    const incident = await anIncident(city, 10);
    const { appeal } = await receive(city, anAppeal());
    await sender.deliver(still);
    await move(city, incident.id, 'rejected', '', { rejectReason: 'shadow' });
    await sender.deliver(still);
    await move(city, incident.id, 'pending_review', 'taken back', { rejectReason: null });
    await move(city, incident.id, 'rejected', '', { rejectReason: 'shadow' });
    city.clock.advance(121_000);
    await sender.deliver(still);
    expect(service.heard.map((one) => one.news)).toEqual(['linked', 'rejected']);
    expect(await news(city.database, appeal)).toEqual(['linked sent', 'rejected withdrawn', 'rejected sent']);
  });

  test('an undone link that was told is told too', async () => {
    const city = await aCity();
    const service = await aService('secret');
    const sender = senderOf(city, service.url);
    const incident = await anIncident(city, 10);
    const { appeal } = await receive(city, anAppeal());
    await sender.deliver(still);
    const act = { appealId: appeal.id, incidentId: incident.id, personId: controller.id, clock: city.clock };
    await city.database.transaction((tx) => unlinkAppeal(tx, act));
    await move(city, incident.id, 'confirmed');
    await move(city, incident.id, 'closed', 'nothing to do');
    await sender.deliver(still);
    await sender.deliver(still);
    expect(service.heard.map((one) => one.news)).toEqual(['linked', 'unlinked']);
  });

  test('without a key or an address nothing leaves and everything waits', async () => {
    const city = await aCity();
    const service = await aService('secret');
    await anIncident(city, 10);
    const { appeal } = await receive(city, anAppeal());
    expect(await senderOf(city, service.url, { key: undefined }).deliver(still)).toBe(0);
    expect(await senderOf(city, null).deliver(still)).toBe(0);
    expect((await appeals.noticesOf(city.database, appeal.id))[0]).toMatchObject({ state: 'waiting', attempts: 0 });
    expect(await senderOf(city, service.url, { key: 'another' }).deliver(still)).toBe(1);
    expect(service.heard).toEqual([]);
  });

  test('two senders at once send each notice once; one that dies in mid-send loses its lease', async () => {
    const city = await aCity();
    const service = await aService('secret');
    await anIncident(city, 10);
    for (let i = 0; i < 10; i++) await receive(city, anAppeal());
    const counts = await Promise.all([1, 2, 3].map(() => senderOf(city, service.url).deliver(still)));
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(10);
    expect(once(service.heard)).toHaveLength(10);
    const { appeal } = await receive(city, anAppeal());
    await city.database.transaction((tx) =>
      appeals.takeDueNotices(tx, { nowMs: city.clock.nowMs(), sources: ['ikomek'], limit: 5 }),
    );
    expect(await senderOf(city, service.url).deliver(still)).toBe(0);
    city.clock.advance((appeals.noticeLeaseS + 1) * 1000);
    expect(await senderOf(city, service.url).deliver(still)).toBe(1);
    expect(await news(city.database, appeal)).toEqual(['linked sent']);
  });

  test('the loop matches and sends by itself until it is told to stop', async () => {
    const city = await aCity();
    const service = await aService('secret');
    const { appeal } = await receive(city, anAppeal());
    await anIncident(city, 10);
    const stop = new AbortController();
    const settings = {
      zone: 'Asia/Almaty',
      everyS: 1,
      retry: { firstMs: 1000, maxMs: 1000 },
      webhookKey: 'secret',
      services: [{ name: 'ikomek', url: service.url }],
    };
    const running = runAppealNews(
      {
        database: city.database,
        clock: city.clock,
        log: silentLog,
        settings,
        before: () => matchWaiting(city.database, city.clock),
      },
      stop.signal,
    );
    await expect.poll(() => service.heard.length, { timeout: 300_000 }).toBe(1);
    await expect.poll(() => news(city.database, appeal), { timeout: 300_000 }).toEqual(['linked sent']);
    stop.abort();
    await running;
  });
});
