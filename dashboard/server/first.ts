// Who was first: a refused change is explained by the last line of the thing's history.
import { AhualError } from '#core/errors';
import { incidents, type db } from '#store';
import { Refusal } from './problems.ts';
import type { Register } from './register.ts';

/** Turns "changed meanwhile" and "no such step" into a refusal that names who was first, when, and what it is now. */
export async function withFirst<T>(
  { database, register }: { database: db.Database; register: Register },
  incidentId: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const isConflict = thrown instanceof AhualError && thrown.status === 409;
    if (!isConflict) throw thrown;
    const [now, history] = await Promise.all([
      incidents.byId(database, incidentId),
      incidents.history(database, incidentId),
    ]);
    const last = history.at(-1);
    if (!now || !last) throw thrown;
    const first = { who: register.nameOf(last.actor), atMs: last.atMs, state: now.state, version: now.version };
    throw new Refusal(thrown, { first });
  }
}
