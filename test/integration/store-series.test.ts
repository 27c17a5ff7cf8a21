// Time series: native partitions and TimescaleDB give the same answers to the same questions.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#core/log';
import { cameras, keeping, looks, migrate, openDatabase, openFiles, schema, series, sql, type Database } from '#store';
import { pieceOf, piecesAround } from '../../store/series/native.ts';
import { freshDatabase } from '../support/database.ts';
import { timescaleDatabase } from '../support/timescale.ts';
import { aCamera, aLook } from './store-builders.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** The database's own clock decides which pieces exist from the start; the tests live around it. */
async function todayOf(database: Database): Promise<number> {
  const [row] = await database.rows(z.object({ nowMs: z.number() }), sql`select now() as now`);
  return Math.floor((row?.nowMs ?? 0) / dayMs) * dayMs;
}

describe.each(['native', 'timescale'] as const)('%s', (way) => {
  let database: Database;
  let today: number;
  let end: () => Promise<void> = () => Promise.resolve();

  beforeAll(async () => {
    if (way === 'timescale') {
      database = await timescaleDatabase();
      end = () => database.close();
      expect((await migrate.migrate(database)).series).toBe('timescale');
    } else {
      // As the owner: the questions are the same, and the other database has one role only.
      const fresh = await freshDatabase();
      database = await openDatabase(fresh.ownerUrl, { log: silentLog, name: 'test' });
      end = () => database.close();
    }
    today = await todayOf(database);
    await database.transaction((tx) =>
      cameras.replace(
        tx,
        ['a', 'b', 'c', 'old'].map((id) => aCamera(id)),
      ),
    );
  }, 300_000);
  afterAll(() => end());

  test('migrating again changes nothing', async () => {
    expect(await migrate.migrate(database)).toEqual({ applied: [], series: way });
    expect((await series.settledSeries(database)).way).toBe(way);
    expect(await schema.unexplained(database)).toEqual([]);
  });

  test('looks of many days are saved once each, wherever their day lies', async () => {
    const days = [-400, -3, 0, 1, 40];
    for (const day of days) {
      const look = aLook('a', today + day * dayMs + hourMs, [{ hazard: 'snow', word: 'hazard', level: 0.5 }]);
      expect(await looks.save(database, look, { judgeAll: false })).toBe('saved');
      expect(await looks.save(database, look, { judgeAll: false })).toBe('known');
    }
    const found = await looks.recent(database, 'a', 10);
    expect(found.map((look) => look.seenAtMs)).toEqual(
      days.map((day) => today + day * dayMs + hourMs + 1500).reverse(),
    );
    const sums = await looks.hourly(database, 'a', today - 500 * dayMs, today + 50 * dayMs);
    expect(sums.map((row) => [(row.hourMs - today) / dayMs, row.looks])).toEqual(days.map((day) => [day + 1 / 24, 1]));
  });

  test('hourly sums count every look, and the day is rolled up from them', async () => {
    const from = today - dayMs;
    for (let i = 0; i < 6; i++) {
      const word = (['clear', 'hazard', 'cannot-see'] as const)[i % 3] ?? 'clear';
      await looks.save(database, aLook('b', from + i * 25 * 60_000, [{ hazard: 'snow', word, level: 0.4 }]), {
        judgeAll: false,
      });
    }
    const sums = await looks.hourly(database, 'b', from, today);
    expect(
      sums.map(({ looks: n, hazardLooks, clearLooks, cannotSee }) => [n, hazardLooks, clearLooks, cannotSee]),
    ).toEqual([
      [3, 1, 1, 1],
      [2, 1, 1, 0],
      [1, 0, 0, 1],
    ]);
    const kept = await series.settledSeries(database);
    await kept.rollUp(database, from, today - 1);
    expect(await looks.daily(database, from, today)).toEqual([
      { dayMs: from, hazard: 'snow', looks: 6, hazardLooks: 2, clearLooks: 2, cannotSee: 2 },
    ]);
    // A late look of that day counts after the next roll-up.
    await looks.save(database, aLook('b', from + 5 * hourMs, [{ hazard: 'snow', word: 'clear' }]), { judgeAll: false });
    await kept.rollUp(database, from, today - 1);
    expect((await looks.daily(database, from, today))[0]).toMatchObject({ looks: 7, clearLooks: 3 });
  });

  test('old days go as a whole, young ones stay, and asking again finds nothing', async () => {
    const kept = await series.settledSeries(database);
    await kept.prepare(database, today - 20 * dayMs);
    for (const day of [-20, -19, -2]) {
      await looks.save(
        database,
        aLook('c', today + day * dayMs, [{ hazard: 'snow', word: day === -19 ? 'clear' : 'hazard', level: 0.5 }]),
        { judgeAll: false },
      );
    }
    await kept.drop(database, 'observation', today - 18 * dayMs);
    const [left] = await database.rows(
      z.object({ n: z.number() }),
      sql`select count(*) as n from observation where camera_id = 'c'`,
    );
    expect(left?.n).toBe(1);
    expect(await kept.drop(database, 'observation', today - 18 * dayMs)).toBe(0);
    expect((await looks.recent(database, 'c', 5)).length).toBe(3);
  });

  test('packed days are read as before, and a late look still finds its place', async () => {
    const kept = await series.settledSeries(database);
    const day = today - 12 * dayMs;
    await looks.save(database, aLook('old', day, [{ hazard: 'flooding', word: 'clear', level: 0.1 }]), {
      judgeAll: false,
    });
    await kept.pack(database, today + 60 * dayMs);
    await kept.pack(database, today + 60 * dayMs);
    expect(await looks.hourly(database, 'old', day, day + hourMs)).toMatchObject([{ looks: 1 }]);
    await looks.save(database, aLook('old', day + 60_000, [{ hazard: 'flooding', word: 'hazard', level: 0.9 }]), {
      judgeAll: false,
    });
    expect(await looks.hourly(database, 'old', day, day + hourMs)).toMatchObject([
      { looks: 2, hazardLooks: 1, clearLooks: 1 },
    ]);
    expect((await looks.recent(database, 'old', 2)).map((look) => look.observations[0]?.word)).toEqual([
      'hazard',
      'clear',
    ]);
  });

  test('a sweep runs whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ahual-files-'));
    try {
      const swept = await keeping.sweep(database, await openFiles(folder), today, {
        framesH: 48,
        rejectedFramesD: 30,
        confirmedFramesD: 366,
        clipsWithoutViolationD: 30,
        hourlySumsD: 396,
        recordsD: 1827,
      });
      expect(swept).toMatchObject({ frames: 0, pictures: 0, clips: 0 });
      // Of the look 400 days ago nothing is left, neither identity nor sum.
      expect((await looks.recent(database, 'a', 10)).every((look) => look.seenAtMs > today - 4 * dayMs)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('days and months of pieces are those of UTC', () => {
  const day = { table: 'look', column: 'due_at', piece: 'day' } as const;
  const month = { table: 'look_sum', column: 'hour_at', piece: 'month' } as const;
  const at = Date.UTC(2027, 0, 1) - 1;
  expect(pieceOf(day, at)).toEqual({
    name: 'look_2026_12_31',
    fromMs: Date.UTC(2026, 11, 31),
    toMs: Date.UTC(2027, 0, 1),
  });
  expect(pieceOf(month, at)).toEqual({
    name: 'look_sum_2026_12',
    fromMs: Date.UTC(2026, 11, 1),
    toMs: Date.UTC(2027, 0, 1),
  });
  expect(piecesAround(month, at).map((piece) => piece.name)).toEqual(['look_sum_2026_12', 'look_sum_2027_01']);
  expect(piecesAround(day, at)).toHaveLength(11);
});
