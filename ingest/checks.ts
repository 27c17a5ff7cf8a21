// Cameras whose looks decide whether a repair is done: each of their looks keeps its picture, so that a person can see it too.
import type { Clock } from '#core/clock';
import { incidents, type Database } from '#store';

/** The list is never older than this. */
const freshMs = 3_000;

/** Opens the question whether an incident of a camera is being checked now. It asks the store once in some seconds for all. */
export function openChecks(database: Database, clock: Clock): (cameraId: string) => Promise<boolean> {
  let known: Promise<ReadonlySet<string>> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<ReadonlySet<string>> => {
    const open = await incidents.open(database, { states: ['verifying'] });
    return new Set(open.flatMap((incident) => incident.cameraId ?? []));
  };
  return async (cameraId) => {
    if (!known || clock.monotonicMs() - readAtMs >= freshMs) {
      readAtMs = clock.monotonicMs();
      known = read();
      known.catch(() => {
        known = undefined;
      });
    }
    return (await known).has(cameraId);
  };
}
