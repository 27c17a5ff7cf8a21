// Tasks that went their way in a month of scores, for tests of an agency's own score.
import { DateTime } from 'luxon';
import { systemClock } from '#core/clock';
import { AgencyId, CameraId, newId, TaskId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { Task } from '#core/task';
import { tasks } from '#store';
import type { Stand } from './dashboard-stand.ts';
import { aTask } from './store-builders.ts';

export const minuteMs = 60_000;
const zone = 'Asia/Almaty';
/** The middle of a month that is frozen whenever the test runs. */
export const frozenMonthMs = DateTime.now()
  .setZone(zone)
  .minus({ months: 2 })
  .startOf('month')
  .plus({ days: 14, hours: 12 })
  .toMillis();
/** As the page asks for it. */
export const frozenMonth = DateTime.fromMillis(frozenMonthMs, { zone }).toFormat('yyyy-MM');

/** A task of an agency with two hours to its deadline: claimed after `doneMin` minutes and verified, or left open (null). */
export async function worked(
  stand: Stand,
  agencyId: string,
  doneMin: number | null,
  more: { madeMs?: number; cameraId?: string; hazard?: Incident['hazard'] } = {},
): Promise<Task> {
  const { madeMs = frozenMonthMs, cameraId = 'cam-open', hazard = 'snow' } = more;
  const at = { openedAtMs: madeMs, raisedAtMs: madeMs, decidedAtMs: madeMs };
  const state = doneMin === null ? 'in_work' : 'closed';
  const incident = await stand.raise({ hazard, state, cameraId: CameraId.parse(cameraId), ...at });
  const step = (atMs: number) => ({ atMs, actor: 'test', reason: 'test' });
  return stand.database.transaction(async (tx) => {
    const made = await tasks.insert(
      tx,
      aTask(TaskId.parse(newId(systemClock)), incident, {
        agencyId: AgencyId.parse(agencyId),
        createdAtMs: madeMs,
        acceptByMs: madeMs + 30 * minuteMs,
        fixByMs: madeMs + 120 * minuteMs,
      }),
      step(madeMs),
    );
    const takenMs = madeMs + 9 * minuteMs;
    const taken = await tasks.update(tx, made, { state: 'accepted', acceptedAtMs: takenMs }, step(takenMs));
    if (doneMin === null) return taken;
    const doneMs = madeMs + doneMin * minuteMs;
    const claimed = await tasks.update(tx, taken, { state: 'done_claimed', claimedAtMs: doneMs }, step(doneMs));
    const verified = { state: 'verified', verifiedAtMs: doneMs, verifiedBy: 'photo' } as const;
    return tasks.update(tx, claimed, verified, step(doneMs));
  });
}
