// The migrations, and what the database refuses.
import { expect, test } from 'vitest';
import { db, migrate, schema, sql } from '#store';
import { silentLog } from '#core/log';
import { appendOnly } from '../../store/rights.ts';
import { freshDatabase, testDatabase } from '../support/database.ts';

const asOwner = (url: string): Promise<db.Database> => db.openDatabase(url, { log: silentLog, name: 'test', max: 2 });

test('an empty database becomes the one that store/schema.sql describes', async () => {
  const database = await testDatabase();
  await expect(await schema.describe(database)).toMatchFileSnapshot('../../store/schema.sql');
});

test('every table and every column with a unit is explained', async () => {
  expect(await schema.unexplained(await testDatabase())).toEqual([]);
});

test('migrating twice, also at the same moment, applies each file once', async () => {
  const fresh = await freshDatabase({ empty: true });
  const owners = await Promise.all([asOwner(fresh.ownerUrl), asOwner(fresh.ownerUrl)]);
  const done = await Promise.all(owners.map((owner) => migrate.migrate(owner)));
  const files = migrate.migrations().map((migration) => migration.name);
  expect(done.map((one) => one.applied).sort((a, b) => a.length - b.length)).toEqual([[], files]);
  expect(done.map((one) => one.series)).toEqual(['native', 'native']);
  expect(await migrate.isCurrent(fresh.database)).toBe(true);
  await Promise.all(owners.map((owner) => owner.close()));
});

test('a database of a newer version is refused, and an applied file that was edited', async () => {
  const fresh = await freshDatabase();
  const owner = await asOwner(fresh.ownerUrl);
  await owner.run(sql`insert into migration (name, sha256) values ('9000_later.sql', 'x')`);
  expect(String(await migrate.migrate(owner).catch((thrown: unknown) => thrown))).toMatch(
    /^STORE_NEWER .*9000_later[.]sql/,
  );
  await expect(migrate.isCurrent(fresh.database)).rejects.toMatchObject({ code: 'STORE_NEWER' });
  await owner.run(sql`delete from migration where name = '9000_later.sql'`);
  await owner.run(sql`update migration set sha256 = 'x' where name = '0001_city.sql'`);
  expect(String(await migrate.migrate(owner).catch((thrown: unknown) => thrown))).toMatch(
    /^STORE_CHANGED .*0001_city[.]sql/,
  );
  await owner.close();
});

test('the application can neither migrate nor change what is append-only', async () => {
  const database = await testDatabase();
  await expect(migrate.migrate(database)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  const { raw } = await import('../../store/sql.ts');
  for (const table of appendOnly) {
    await expect(database.run(sql`delete from ${raw(table)}`)).rejects.toThrow(/permission denied/);
  }
  await expect(database.run(sql`truncate incident cascade`)).rejects.toThrow(/permission denied/);
});

test('a database that is not there is said in words, without its password', async () => {
  const opening = db.openDatabase('postgres://anna:secret-word@127.0.0.1:1/ahual', { log: silentLog, name: 'test' });
  const refusal = String(await opening.catch((thrown: unknown) => thrown));
  expect(refusal).toMatch(/^STORE_UNREACHABLE .*127[.]0[.]0[.]1:1\/ahual/);
  expect(refusal).not.toContain('secret-word');
});

test('text from outside never becomes SQL', async () => {
  const database = await testDatabase();
  const nasty = `'; drop table camera; --`;
  const { z } = await import('zod');
  const piece = sql`${nasty}::text`;
  expect(
    await database.rows(z.object({ given: z.string() }), sql`select ${piece} as given where ${nasty} = ${piece}`),
  ).toEqual([{ given: nasty }]);
});
