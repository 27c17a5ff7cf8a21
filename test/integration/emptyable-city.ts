// A city that can be emptied between histories: making a database anew for each of them would take longer than the history.
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#core/log';
import { cameras, openDatabase, sql } from '#store';
import { freshDatabase } from '../support/database.ts';
import { aCity, startMs, theCameras, type City } from './heart-city.ts';

/** What of a city outlives a history: who and what there is, and the counters. */
const kept =
  /^(camera|zone|agency|asset|policy|routing_rule|article|holiday|rule_version|person|change_count|.*migration.*)$/;

/** The city, and what makes it as it was at its beginning; its clock too. */
export async function emptyableCity(): Promise<{ city: City; empty: () => Promise<void> }> {
  const city = await aCity();
  const { ownerUrl } = await freshDatabase();
  const url = new URL(ownerUrl);
  url.pathname = new URL(city.database.url).pathname;
  const owner = await openDatabase(url.toString(), { log: silentLog, name: 'test', max: 1 });
  onTestFinished(() => owner.close());
  const tables = await owner.rows(
    z.object({ name: z.string() }),
    sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  );
  const names = tables.map(({ name }) => name).filter((name) => !kept.test(name));
  const deleting = names.map((name, n) => `d${n} as (delete from ${name})`).join(', ');
  const statement = { strings: [`with ${deleting} select`], values: [] };
  return {
    city,
    empty: async () => {
      await owner.transaction(async (tx) => {
        // Everything goes at once: no row is left that another one could miss.
        await tx.run(sql`set local session_replication_role = replica`);
        await tx.run(statement);
      });
      await city.database.transaction((tx) => cameras.replace(tx, [...theCameras]));
      city.clock.set(startMs);
    },
  };
}
