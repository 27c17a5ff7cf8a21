// What the health page, the wall and a camera's page are told: coverage, the whole site, blind cameras, facts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { silentLog } from '#core/log';
import { Settings } from '#config';
import { cameras, cover, looks, marks, siteIncidents } from '#store';
import { tellBlind } from '../../ingest/health-notices.ts';
import { openStand, type Stand } from './dashboard-stand.ts';
import { aLook } from './store-builders.ts';

let stand: Stand;
let id = '';
const nowMs = systemClock.nowMs();

beforeAll(async () => {
  stand = await openStand();
  const { database } = stand;
  const [camera] = await cameras.all(database);
  id = camera?.id ?? '';
  for (let n = 0; n < 5; n++) {
    const given = aLook(id, nowMs - 180_000 + n * 10_000, [{ hazard: 'snow', word: n < 2 ? 'clear' : 'cannot-see' }]);
    const outcome = n < 2 ? given.outcome : ({ kind: 'unseen', state: 'frozen', detail: 'the same picture' } as const);
    await looks.save(database, { ...given, outcome }, { judgeAll: false, signs: { keyWaitMs: 2000 } });
  }
  const hourMs = cover.hourOf(nowMs);
  await database.transaction(async (tx) => {
    for (const hazard of [cover.allLooks, 'snow'])
      await cover.add(tx, [{ hourMs, hazard, put: 90, shed: 8, missed: 2 }]);
    await tx.run(stand.done(hourMs, 90));
    await siteIncidents.note(tx, { kind: 'database', sinceMs: nowMs - 60_000, atMs: nowMs, cameras: 0, detail: '12' });
    await marks.set(tx, 'ingest.load', {
      atMs: nowMs,
      putPerMinute: 0,
      shedPerMinute: 8,
      missedPerMinute: 0,
      needPerMinute: 100,
      waiting: 0,
      active: 0,
      lateS: 0,
    });
  });
  const { ingest } = Settings.parse({});
  await tellBlind({ database, clock: systemClock, log: silentLog, settings: ingest });
}, 120_000);

afterAll(() => stand.close());
