// Bounds of roles as they are kept and as the log tells them: how far back a new grant reaches, and groups of cameras in one line.
import { DateTime } from 'luxon';
import type { Bounds } from '#core/bounds';
import { localDay } from '#core/calendar';
import type { CameraGroup, CameraRule } from '#core/camera-group';
import type { Role } from '#core/person';
import { epochMs } from '#core/units';
import { agencies, cameras, type db } from '#store';
import type { BoundsWish } from '../contract.ts';

/** Does every group of a wish stand in these already? */
const within = (groups: Bounds['groups'], old: Bounds['groups']): boolean =>
  old === null || (groups !== null && groups.every((id) => old.includes(id)));

/**
 * What a wish comes to now. History begins with the grant: at its first day, else now; it stays where it began for who keeps the same
 * cameras or fewer of them. Null where nothing is bounded.
 */
export function boundsOf(
  wish: BoundsWish | null,
  before: Bounds | null,
  { nowMs, zone }: { readonly nowMs: number; readonly zone: string },
): Bounds | null {
  if (wish === null) return null;
  const groups = wish.groups === null ? null : [...new Set(wish.groups)].sort();
  const { fromDay, untilDay, history } = wish;
  const fromMs = fromDay === null ? null : DateTime.fromISO(fromDay, { zone }).startOf('day').toMillis();
  const untilMs = untilDay === null ? null : DateTime.fromISO(untilDay, { zone }).endOf('day').toMillis() + 1;
  const begun = before?.historyFromMs ?? null;
  const stays = begun !== null && within(groups, before?.groups ?? null);
  const historyFromMs = history === 'all' ? null : stays ? begun : (fromMs ?? nowMs);
  const isNothing = groups === null && fromMs === null && untilMs === null && historyFromMs === null;
  return isNothing ? null : { groups, fromMs, untilMs, historyFromMs };
}

/** The wish of which bounds as they are came. */
export const wishOf = (bounds: Bounds | null, zone: string): BoundsWish | null =>
  bounds && {
    groups: bounds.groups,
    fromDay: bounds.fromMs === null ? null : localDay(epochMs(bounds.fromMs), zone),
    untilDay: bounds.untilMs === null ? null : localDay(epochMs(bounds.untilMs - 1), zone),
    history: bounds.historyFromMs === null ? 'all' : 'grant',
  };

/** Are these the same bounds? */
export const sameBounds = (a: Bounds | null, b: Bounds | null): boolean => textOf(a) === textOf(b);

const textOf = (bounds: Bounds | null): string =>
  bounds === null ? '' : JSON.stringify([bounds.groups, bounds.fromMs, bounds.untilMs, bounds.historyFromMs]);

/** A moment in the city's time as `2026-02-01T09:00`. */
const momentText = (ms: number, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
    .format(ms)
    .replace(/\s/, 'T');

/** Roles, agency and bounds as one text for the log: words parted by spaces, which the screens put into sentences. */
export function accessText(
  access: { readonly roles: readonly Role[]; readonly agencyId: string | null; readonly bounds: Bounds | null },
  zone: string,
): string {
  const { roles, agencyId, bounds } = access;
  const when = (name: string, ms: number | null | undefined): string[] =>
    ms == null ? [] : [`${name}:${momentText(ms, zone)}`];
  return [
    ...roles,
    ...(agencyId === null ? [] : [`@${agencyId}`]),
    ...(bounds?.groups == null ? [] : [`groups:${bounds.groups.join(',')}`]),
    ...when('from', bounds?.fromMs),
    ...when('until', bounds?.untilMs),
    ...when('history', bounds?.historyFromMs),
  ].join(' ');
}

const idsShown = 20;

/** A group in one line: its name and what it is made by. */
export function groupText({ name, rule }: CameraGroup): string {
  const ids = rule.kind === 'districts' ? rule.districts : rule.kind === 'owners' ? rule.agencies : rule.cameras;
  const more = ids.length > idsShown ? `, … (${ids.length})` : '';
  return `${name.ru}: ${ids.slice(0, idsShown).join(', ')}${more}`;
}

/** The first thing that a rule names and nobody knows. */
export async function strangerIn(
  asked: db.Db,
  rule: CameraRule,
  districts: readonly string[],
): Promise<string | undefined> {
  switch (rule.kind) {
    case 'districts':
      return rule.districts.find((id) => !districts.includes(id));
    case 'owners': {
      const known = new Set((await agencies.all(asked)).map(({ id }) => String(id)));
      return rule.agencies.find((id) => !known.has(id));
    }
    case 'list': {
      const known = new Set((await cameras.all(asked)).map(({ id }) => String(id)));
      return rule.cameras.find((id) => !known.has(id));
    }
  }
}
