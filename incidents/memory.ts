// What the judge remembers between batches; all of it is read again from the rows after a crash.
import { feed, incidents, type Database } from '#store';
import { Flood } from './flood.ts';
import { paced } from './settings.ts';

const alarmWindowS = 600;
/** Incidents of this age still tell which cameras gave their view to which incident, and what may be reopened. */
const memoryMs = 40 * 24 * 3_600_000;

export interface Memory {
  /** Zones × hazards that may have an open incident; asking the store about the others would be idle. */
  readonly open: Set<string>;
  /** Zone × hazard → the incident to which this camera gave its view. */
  readonly views: Map<string, string>;
  /** Zone × hazard → the incident there that was closed last; it may be reopened. */
  readonly closed: Map<string, string>;
  /** Zone × hazard → when the incident there cleared itself last. */
  readonly cleared: Map<string, number>;
  /** The last alarms, and whether they come thick. */
  readonly flood: Flood;
  /** Number in the change feed up to which tasks and incidents are followed. */
  feed: number;
}

/** How a zone and hazard are named here. */
export const keyOf = (o: { cameraId: string | null; zoneId: string | null; hazard: string }): string =>
  `${o.cameraId ?? ''}/${o.zoneId ?? ''}/${o.hazard}`;

/** Reads the memory from the rows as of a moment. */
export async function remember(database: Database, nowMs: number, pace: number): Promise<Memory> {
  const [fed, open, merged, closed, recent, cleared] = await Promise.all([
    feed.last(database),
    incidents.open(database),
    incidents.list(database, { sinceMs: nowMs - memoryMs, states: ['merged'], limit: 5000 }),
    incidents.list(database, { sinceMs: nowMs - memoryMs, states: ['closed'], limit: 20_000 }),
    incidents.list(database, { sinceMs: nowMs - memoryMs, limit: 500 }),
    incidents.list(database, { sinceMs: nowMs - memoryMs, states: ['self_cleared'], limit: 5000 }),
  ]);
  const flood = new Flood(paced(alarmWindowS, pace));
  for (const at of recent.flatMap((i) => i.raisedAtMs ?? []).sort((a, b) => a - b)) flood.raised(at);
  return {
    open: new Set(open.map(keyOf)),
    views: new Map(merged.flatMap((i) => (i.mergedInto ? [[keyOf(i), i.mergedInto] as const] : []))),
    closed: new Map(closed.sort((a, b) => (a.closedAtMs ?? 0) - (b.closedAtMs ?? 0)).map((i) => [keyOf(i), i.id])),
    cleared: new Map(
      cleared.sort((a, b) => (a.closedAtMs ?? 0) - (b.closedAtMs ?? 0)).map((i) => [keyOf(i), i.closedAtMs ?? 0]),
    ),
    flood,
    feed: fed,
  };
}
