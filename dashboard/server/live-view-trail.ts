// Who looked at which camera live, from when to when and why: one row of the audit when it begins and one when it ends. Grants for
// restricted sites, and which session looked at what lately.
import type { Clock } from '#core/clock';
import { messageOf, type Facts } from '#core/errors';
import { newId } from '#core/ids';
import type { Log } from '#core/log';
import { liveViews, type db } from '#store';
import type { LiveWay } from '../contract.ts';
import type { Session } from './door.ts';

export interface View {
  readonly id: string;
  readonly cameraId: string;
  readonly personId: string;
  readonly tokenHash: string;
  readonly restricted: boolean;
  readonly reason: string | null;
  readonly setUp: boolean;
  /** By a clock that nobody sets. */
  readonly fromMs: number;
  /** What both rows of the audit say of it. */
  readonly row: liveViews.LiveViewRow;
}

export interface Beginning {
  readonly cameraId: string;
  readonly restricted: boolean;
  readonly reason: string | null;
  readonly setUp: boolean;
}

export interface Trail {
  /** Writes the beginning down; rejects when it cannot, and then nothing may be shown. */
  begin(session: Session, given: Beginning): Promise<View>;
  /** Writes the end down, with the seconds and the parts that a slow page was not sent; what cannot be written is tried again until the trail is closed. */
  end(view: View, way: LiveWay | null, why: string, leftOut?: number): void;
  /** Until when this session may look at this restricted camera; asked for the first time or after its end, it begins now. */
  grant(tokenHash: string, cameraId: string, reason: string, grantMs: number): number;
  /** Does this session look at the camera, or did it lately? */
  sees(tokenHash: string, cameraId: string): boolean;
  /** Waits until everything is written. */
  close(): Promise<void>;
}

const latelyMs = 120_000;
const againMs = 1000;
/** A dashboard says so often that its views go on. */
const beatMs = 2000;
/** Without a beat for so long it was killed. Longer than pictures go on without a database (`mostUnknown` in live-view.ts). */
const lostAfterMs = 10_000;
/** A trail that is being closed waits so long for a database that is away. */
const closeWithinMs = 5000;

/** Opens the trail. */
export function openTrail({ database, clock, log }: { database: db.Database; clock: Clock; log: Log }): Trail {
  const open = new Map<string, View>();
  const lately = new Map<string, number>();
  const grants = new Map<string, { readonly reason: string; readonly untilMs: number }>();
  const writing = new Set<Promise<void>>();
  const stop = new AbortController();
  const keyOf = (tokenHash: string, cameraId: string): string => `${tokenHash} ${cameraId}`;

  function forgetOld(): void {
    const nowMs = clock.nowMs();
    for (const [key, atMs] of lately) if (nowMs - atMs > latelyMs) lately.delete(key);
    for (const [key, { untilMs }] of grants) if (nowMs > untilMs + 86_400_000) grants.delete(key);
  }

  async function writeEnd(view: View, atMs: number, facts: Facts): Promise<void> {
    for (;;) {
      try {
        await database.transaction((tx) => liveViews.end(tx, view.row, atMs, facts));
        return;
      } catch (thrown) {
        if (stop.signal.aborted) {
          log.error({ viewId: view.id, error: messageOf(thrown) }, 'the end of a live view could not be written down');
          return;
        }
        log.warn({ viewId: view.id, error: messageOf(thrown) }, 'the end of a live view is written down later');
        await clock.sleep(againMs, stop.signal).catch(() => undefined);
      }
    }
  }

  /** Says that the views go on, and ends those of a dashboard that was killed. */
  async function beat(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const nowMs = clock.nowMs();
        const lost = await database.transaction(async (tx) => {
          await liveViews.beat(
            tx,
            [...open.values()].map(({ row }) => row),
            nowMs,
          );
          return liveViews.endLost(tx, nowMs - lostAfterMs, nowMs);
        });
        if (lost > 0) log.warn({ views: lost }, 'live views of a dashboard that was killed are ended in the audit');
      } catch (thrown) {
        log.debug({ error: messageOf(thrown) }, 'a beat of live views was not written');
      }
      await clock.sleep(beatMs, closing.signal).catch(() => undefined);
    }
  }
  const closing = new AbortController();
  const beating = beat();

  return {
    async begin(session, { cameraId, restricted, reason, setUp }) {
      forgetOld();
      const { tokenHash } = session;
      const personId = session.person.id;
      const id = newId(clock);
      const facts = {
        ...(restricted ? { restricted: true, reason: reason ?? '' } : {}),
        ...(setUp ? { purpose: 'set-up' } : {}),
      };
      const view: View = {
        ...{ id, cameraId, personId, tokenHash, restricted, reason, setUp },
        fromMs: clock.monotonicMs(),
        row: { id, actor: personId, cameraId, facts },
      };
      await database.transaction((tx) => liveViews.begin(tx, view.row, clock.nowMs()));
      open.set(view.id, view);
      return view;
    },
    end(view, way, why, leftOut = 0) {
      if (!open.delete(view.id)) return;
      // Who lost the right to look has no picture of it any more, not even for the two minutes in which a form may be open.
      if (why !== 'not-allowed' && why !== 'grant-over')
        lately.set(keyOf(view.tokenHash, view.cameraId), clock.nowMs());
      const seconds = Math.round((clock.monotonicMs() - view.fromMs) / 100) / 10;
      const row = writeEnd(view, clock.nowMs(), {
        seconds,
        ended: why,
        ...(way === null ? {} : { carried: way }),
        ...(leftOut === 0 ? {} : { leftOut }),
      });
      writing.add(row);
      void row.finally(() => writing.delete(row));
    },
    grant(tokenHash, cameraId, reason, grantMs) {
      const key = keyOf(tokenHash, cameraId);
      const known = grants.get(key);
      const nowMs = clock.nowMs();
      // The same words again within the term do not lengthen it: a page that reconnects is not a new grant.
      if (known && known.untilMs > nowMs && known.reason === reason) return known.untilMs;
      grants.set(key, { reason, untilMs: nowMs + grantMs });
      return nowMs + grantMs;
    },
    sees(tokenHash, cameraId) {
      forgetOld();
      if (lately.has(keyOf(tokenHash, cameraId))) return true;
      return [...open.values()].some((view) => view.tokenHash === tokenHash && view.cameraId === cameraId);
    },
    async close() {
      const late = setTimeout(() => stop.abort(), closeWithinMs);
      closing.abort();
      await Promise.all([...writing, beating]);
      clearTimeout(late);
      stop.abort();
    },
  };
}
