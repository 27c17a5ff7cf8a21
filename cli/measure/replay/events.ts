// What a replay comes to: the histories of its incidents without ids, one hash over them, and how two runs differ.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { IssueName, Severity } from '#core/hazard-name';
import { IncidentState } from '#core/incident';
import { epochMs, isoOf } from '#core/units';
import { incidents, type Database } from '#store';

const Moment = z.iso.datetime();

export const ReplayEvent = z.object({
  hazard: IssueName,
  sub: z.string(),
  severity: Severity,
  camera: z.string(),
  zone: z.string(),
  /** When it was opened, and when it ended; null while it is open. */
  from: Moment,
  to: Moment.nullable(),
  /** The newest look on which it rests. */
  lastSeen: Moment,
  states: z.array(z.object({ state: IncidentState, at: Moment })),
});
export type ReplayEvent = z.infer<typeof ReplayEvent>;

const iso = (atMs: number): string => isoOf(epochMs(atMs));
const keyOf = (event: ReplayEvent): string =>
  `${event.from} ${event.camera} ${event.zone} ${event.hazard} ${JSON.stringify(event)}`;

/** Every incident of a database as an event, oldest first. */
export async function eventsIn(database: Database): Promise<ReplayEvent[]> {
  const all = await incidents.list(database, { limit: 100_000 });
  const events = await Promise.all(
    all.map(async (one): Promise<ReplayEvent> => {
      const history = await incidents.history(database, one.id);
      return {
        hazard: one.hazard,
        sub: one.sub,
        severity: one.severity,
        camera: one.cameraId ?? '',
        zone: one.zoneId ?? '',
        from: iso(one.openedAtMs),
        to: one.closedAtMs === null ? null : iso(one.closedAtMs),
        lastSeen: iso(one.lastSeenAtMs),
        states: history.filter((c) => c.from !== c.to).map((c) => ({ state: c.to, at: iso(c.atMs) })),
      };
    }),
  );
  return events.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Equal for two runs exactly when all of their events are equal. */
export const eventHash = (events: readonly ReplayEvent[]): string =>
  `sha256:${createHash('sha256').update(events.map(keyOf).join('\n')).digest('hex')}`;

export interface Difference {
  readonly onlyA: readonly ReplayEvent[];
  readonly onlyB: readonly ReplayEvent[];
  /** The same hazard at the same place, at other moments or with another course. */
  readonly moved: readonly { readonly a: ReplayEvent; readonly b: ReplayEvent }[];
}

/** Farther apart than this, two events of one place are two events. */
const sameWithinMs = 3_600_000;

/** How two runs differ: each event of A is put to the nearest one of B of the same hazard and place. */
export function differenceOf(a: readonly ReplayEvent[], b: readonly ReplayEvent[]): Difference {
  const left = [...b];
  const onlyA: ReplayEvent[] = [];
  const moved: { a: ReplayEvent; b: ReplayEvent }[] = [];
  const equal = new Set(b.map(keyOf));
  const pairs = [...a].sort((x, y) => Number(equal.has(keyOf(y))) - Number(equal.has(keyOf(x))));
  for (const event of pairs) {
    const near = left
      .filter((one) => one.hazard === event.hazard && one.camera === event.camera && one.zone === event.zone)
      .map((one) => ({ one, apartMs: Math.abs(Date.parse(one.from) - Date.parse(event.from)) }))
      .filter(({ apartMs }) => apartMs <= sameWithinMs)
      .sort(
        (x, y) =>
          x.apartMs - y.apartMs || Number(keyOf(y.one) === keyOf(event)) - Number(keyOf(x.one) === keyOf(event)),
      );
    const found = near[0]?.one;
    if (!found) onlyA.push(event);
    else {
      left.splice(left.indexOf(found), 1);
      if (keyOf(found) !== keyOf(event)) moved.push({ a: event, b: found });
    }
  }
  return { onlyA, onlyB: left, moved };
}

/** The events of a run that was printed with `--json`. */
export const EarlierRun = z.object({
  command: z.literal('replay'),
  result: z.object({ eventHash: z.string(), incidents: z.array(ReplayEvent) }),
});
