// A city as it is on the first day, for tests of the first steps: nothing hangs anywhere yet, nobody gets a task, nobody sat down.
import { loadCity } from '#config';
import { systemClock } from '#core/clock';
import { agencies, cameras, looks, seats, sql } from '#store';
import { agencyOf, openCamera, type Stand } from './dashboard-stand.ts';
import { aLook } from './store-builders.ts';

/** Takes cameras, agencies and the agencies' people away. */
export async function emptied({ database }: Stand): Promise<void> {
  await database.transaction(async (tx) => {
    await cameras.replace(tx, []);
    await tx.run(sql`delete from person where agency_id is not null`);
    await agencies.replace(tx, []);
    await tx.run(sql`delete from seat`);
  });
}

/** Each step of it, as a person would leave it behind. */
export const steps = {
  camera: ({ database }: Stand) => database.transaction((tx) => cameras.replace(tx, [{ ...openCamera, zones: [] }])),
  picture: async ({ database }: Stand) => {
    await looks.save(database, aLook(openCamera.id, systemClock.nowMs() - 60_000, []), { judgeAll: false });
  },
  zone: ({ database }: Stand) => database.transaction((tx) => cameras.replace(tx, [openCamera])),
  agency: ({ database }: Stand) => database.transaction((tx) => agencies.replace(tx, loadCity('config/city').agencies)),
  crew: async ({ database }: Stand) => {
    await database.run(sql`
      insert into person (id, login, name, roles, agency_id, language, active, password_hash)
      values ('p-crew', 'crew', 'Crew', array['agency_user'], ${agencyOf.water}, 'kk', true, '')`);
  },
  seat: async ({ database }: Stand) => {
    const atMs = systemClock.nowMs();
    await seats.beat(database, { personId: 'p-operator', atMs, silentSinceMs: atMs - 60_000, itemId: null });
  },
} as const;

/** All of them. */
export async function filled(stand: Stand): Promise<void> {
  for (const step of Object.values(steps)) await step(stand);
}
