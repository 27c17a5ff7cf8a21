import { expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { feed } from '#store';
test('x', async () => {
  const database = await testDatabase();
  expect(await feed.last(database)).toBe(0);
});
