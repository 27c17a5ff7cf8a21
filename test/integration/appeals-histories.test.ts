// Random histories of appeals, incidents and a failing service: none lost, none doubled, the same in any order.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NewAppeal } from '#core/appeal';
import { offset } from '#core/geo';
import { linkAppeal, matchWaiting, unlinkAppeal } from '#incidents';
import { appeals } from '#store';
import {
  here,
  anIncident,
  anAppeal,
  receive,
  linkedTo,
  move,
  news,
  aService,
  senderOf,
  still,
  once,
  closeAfterEach,
} from './appeals-stand.ts';
import { aCity, aliya, startMs } from './heart-city.ts';

closeAfterEach();

describe('random histories', () => {
  const given = fc.record({
    metres: fc.constantFrom(0, 12, 60, 140, 400),
    hazard: fc.constantFrom('flooding' as const, 'open-manhole' as const, null),
    minutesAgo: fc.constantFrom(-60, 0, 30, 600, 800),
    hasPlace: fc.boolean(),
  });

  test('appeals in any order, doubled and at the same moment, are linked alike', async () => {
    const city = await aCity();
    await anIncident(city, 0);
    await anIncident(city, 380);
    await anIncident(city, 0, { hazard: 'open-manhole' });
    await anIncident(city, 70, { hazard: 'open-manhole' });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(given, { minLength: 1, maxLength: 8 })
          .chain((list) =>
            fc.tuple(
              fc.constant(list),
              fc.shuffledSubarray([...list.keys(), ...list.keys()], { minLength: 2 * list.length }),
            ),
          ),
        fc.boolean(),
        async ([list, order], atOnce) => {
          run += 1;
          const appealOf = (i: number, source: string): NewAppeal => {
            const { metres, hazard, minutesAgo, hasPlace } = list[i] ??
              list[0] ?? { metres: 0, hazard: null, minutesAgo: 0, hasPlace: false };
            const point = hasPlace ? offset(here, 0, metres) : null;
            return anAppeal({ source, externalId: `n-${i}`, hazard, point, madeAtMs: startMs - minutesAgo * 60_000 });
          };
          const [straight, mixed] = [`straight-${run}`, `mixed-${run}`];
          for (const i of list.keys()) await receive(city, appealOf(i, straight));
          if (atOnce) await Promise.all(order.map((i) => receive(city, appealOf(i, mixed))));
          else for (const i of order) await receive(city, appealOf(i, mixed));
          for (const i of list.keys()) {
            const one = await appeals.byExternal(city.database, straight, `n-${i}`);
            const other = await appeals.byExternal(city.database, mixed, `n-${i}`);
            if (!one || !other) throw new Error('an appeal was lost');
            expect([other.state, other.askedCameras]).toEqual([one.state, one.askedCameras]);
            expect(await linkedTo(city.database, other)).toEqual(await linkedTo(city.database, one));
            expect(await news(city.database, other)).toEqual(await news(city.database, one));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('whether it comes before its incident or after it, an appeal is linked to it', async () => {
    const city = await aCity();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 140 }),
        async (before, metres) => {
          run += 1;
          const point = offset(here, 90, 2000 * run);
          const take = (i: number) => receive(city, anAppeal({ source: `run-${run}`, externalId: `n-${i}`, point }));
          for (const [i, isBefore] of before.entries()) if (isBefore) await take(i);
          const incident = await anIncident(city, 0, { point: offset(point, 0, metres) });
          for (const [i, isBefore] of before.entries()) if (!isBefore) await take(i);
          await matchWaiting(city.database, city.clock);
          expect(await appeals.linkedIds(city.database, incident.id)).toHaveLength(before.length);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('however an incident goes and the service fails, what it heard last is how it is', async () => {
    const city = await aCity();
    const service = await aService('secret');
    const sender = senderOf(city, service.url);
    const steps = fc.array(
      fc.constantFrom(
        'end' as const,
        'begin' as const,
        'send' as const,
        'fail' as const,
        'break' as const,
        'unlink' as const,
        'link' as const,
      ),
      { minLength: 1, maxLength: 14 },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        run += 1;
        const point = offset(here, 90, 2000 * run);
        let incident = await anIncident(city, 0, { point, state: 'confirmed' });
        const { appeal } = await receive(
          city,
          anAppeal({ externalId: `run-${run}`, point, madeAtMs: city.clock.nowMs() }),
        );
        expect(appeal.state).toBe('linked');
        const act = { appealId: appeal.id, incidentId: incident.id, personId: aliya.id, clock: city.clock };
        let isLinked = true;
        for (const step of history) {
          if (step === 'end' && incident.closedAtMs === null) {
            for (const to of ['in_work', 'verifying', 'closed'] as const) {
              if (incident.state !== to && incident.state !== 'closed') incident = await move(city, incident.id, to);
            }
          }
          if (step === 'begin' && incident.state === 'closed') incident = await move(city, incident.id, 'reopened');
          if (step === 'unlink') {
            await city.database.transaction((tx) => unlinkAppeal(tx, act));
            isLinked = false;
          }
          if (step === 'link') {
            await city.database.transaction((tx) => linkAppeal(tx, act));
            isLinked = true;
          }
          if (step === 'fail' || step === 'break') service.plan.push(step);
          if (step !== 'unlink' && step !== 'link') await sender.deliver(still);
          city.clock.advance(61_000);
        }
        service.plan.length = 0;
        for (;;) {
          city.clock.advance(61_000);
          if ((await sender.deliver(still)) === 0) break;
        }
        const heard = once(service.heard.filter((one) => one.externalId === appeal.externalId));
        const rows = await appeals.noticesOf(city.database, appeal.id);
        expect(rows.every((row) => row.state === 'sent' || row.state === 'withdrawn')).toBe(true);
        expect(heard.map((one) => one.id)).toEqual(rows.filter((row) => row.state === 'sent').map((row) => row.id));
        const last = heard.at(-1)?.news;
        if (!isLinked) expect([undefined, 'unlinked']).toContain(last);
        else if (incident.state === 'closed' && !history.includes('link')) expect(last).toBe('closed');
        else if (incident.state !== 'closed') expect(['linked', 'reopened']).toContain(last);
      }),
      { numRuns: 30 },
    );
  });
});
