// The leader tells of every camera that cannot be judged for longer than a minute, once, and when it can be again.
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { withoutSecrets, type Log } from '#core/log';
import { cameraHealth, type Database } from '#store';
import type { SchedulerSettings } from './settings.ts';

const everyMs = 2000;
/** Nobody looked at it for so many of its intervals: that is blindness too, whoever's fault it is. */
const unlookedIntervals = 3;

export interface NoticeNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<SchedulerSettings, 'blindAfterS' | 'confirmS' | 'lookEveryS' | 'lookTimeoutS'>;
}

/** One round: tells what is new, calls off what is over. */
export async function tellBlind({ database, clock, log, settings }: NoticeNeeds): Promise<void> {
  const nowMs = clock.nowMs();
  const { told, ended } = await database.transaction(async (tx) => {
    const ended = await cameraHealth.callOff(tx, { nowMs, afterMs: settings.confirmS * 1000 });
    await cameraHealth.follow(tx);
    const told = await cameraHealth.announce(tx, {
      nowMs,
      afterMs: settings.blindAfterS * 1000,
      unlookedMs: (unlookedIntervals * settings.lookEveryS + settings.lookTimeoutS + settings.blindAfterS) * 1000,
    });
    return { told, ended };
  });
  if (told.length === 1 && told[0])
    log.warn({ cameraId: told[0].cameraId, state: told[0].state, detail: told[0].detail }, 'a camera cannot be judged');
  else if (told.length > 1)
    log.warn({ cameras: told.length, some: told.slice(0, 5).map((one) => one.cameraId) }, 'cameras cannot be judged');
  if (ended.length > 0) log.info({ cameras: ended.length }, 'cameras can be judged again');
}

/** Round after round until the signal ends it. */
export async function tellBlindNowAndThen(needs: NoticeNeeds, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await tellBlind(needs);
    } catch (thrown) {
      needs.log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'blind cameras could not be told now');
    }
    await needs.clock.sleep(everyMs, signal).catch(() => undefined);
  }
}
