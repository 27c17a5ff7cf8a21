// Guided patrol: while nothing waits, people look at the places that they have not seen for longest, one at a time (screens 4.1).
import { AhualError } from '#core/errors';
import type { Person } from '#core/person';
import { patrol } from '#store';
import type { Patrol } from '../contract.ts';
import type { Glass } from './glass.ts';
import { serve } from './serve.ts';
import { sightOf } from './sight.ts';
import { dayStartMs } from './day-start.ts';

/** A picture older than this says nothing of the place as it is. */
const freshMs = 3_600_000;
/** A place that was patrolled within this time is not offered again. */
const restMs = 4 * 3_600_000;
/** What was found there in this time tells where to look sooner. */
const riskMs = 28 * 86_400_000;
const lookedThrough = 50;

async function next({ database, clock, register, city }: Glass, person: Person): Promise<Patrol> {
  const nowMs = clock.nowMs();
  const sight = sightOf(register, person);
  const [rows, today] = await Promise.all([
    patrol.places(
      database,
      { freshSinceMs: nowMs - freshMs, restedSinceMs: nowMs - restMs, riskSinceMs: nowMs - riskMs },
      // Of somebody who sees a part of the city the places may stand behind all others.
      sight.limited ? register.cameras().length : lookedThrough,
    ),
    patrol.sums(database, dayStartMs(nowMs, city.zone), sight.limited ? person.id : undefined),
  ]);
  const due = rows.filter((row) => row.patrolledAtMs === null || row.patrolledAtMs < nowMs - restMs);
  const [place] = due.flatMap((row) => {
    const camera = register.camera(row.cameraId);
    if (!camera || camera.restricted || !sight.camera(camera.id)) return [];
    const { name, district, point, zones } = camera;
    return [{ ...row, name, district, point, hazards: [...new Set(zones.flatMap((zone) => zone.hazards))] }];
  });
  return { nowMs, place: place ?? null, today: { clean: today.clean, found: today.found } };
}

/** Routes of the patrol. */
export function openPatrol(glass: Glass): void {
  const { app, door, database, clock, register } = glass;

  serve(app, door, 'patrol', ({ session }) => next(glass, session.person));

  serve(app, door, 'patrolClean', async ({ body, session }) => {
    const camera = register.camera(body.cameraId);
    if (!camera || camera.restricted || !sightOf(register, session.person).camera(camera.id)) {
      throw new AhualError('CAMERA_UNKNOWN', `There is no camera ${body.cameraId} to patrol.`, 'Take the next place.');
    }
    await database.transaction((tx) =>
      patrol.record(tx, {
        id: body.key,
        cameraId: camera.id,
        personId: session.person.id,
        atMs: clock.nowMs(),
        stillSha256: body.stillSha256,
        seenAtMs: body.seenAtMs,
        answer: 'clean',
        incidentId: null,
      }),
    );
    return next(glass, session.person);
  });
}
