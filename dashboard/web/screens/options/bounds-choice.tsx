// To which cameras and days roles are limited: chosen, and said in words.
import type { Bounds } from '#core/bounds';
import type { CameraRule } from '#core/camera-group';
import { boundsFault, partRoles, rolesFault, type BoundsWish, type Me, type People } from '../../../contract.ts';
import { useFormat, useKnown, useSay, type Say } from '../../parts/words.ts';
import type { Access } from './role-choice.tsx';

/** The local day of a moment, YYYY-MM-DD. */
const dayOf = (atMs: number, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(atMs);

/** Bounds as they are, as a form begins with them. */
export const wishOf = (bounds: Bounds | null, zone: string): BoundsWish | null =>
  bounds && {
    groups: bounds.groups,
    fromDay: bounds.fromMs === null ? null : dayOf(bounds.fromMs, zone),
    // The moment is the midnight after the last day.
    untilDay: bounds.untilMs === null ? null : dayOf(bounds.untilMs - 1, zone),
    history: bounds.historyFromMs === null ? 'all' : 'grant',
  };

/** What is wrong with roles and bounds together, as a sentence; empty where nothing is. */
export function accessFault({ roles, agencyId, bounds }: Access, say: Say): string {
  const fault = rolesFault(roles, agencyId);
  if (fault) return say(`rolesFault.${fault}`);
  const bound = boundsFault(roles, bounds);
  return bound ? say(`boundsFault.${bound}`) : '';
}

/** What a rule of a group names, in one line. */
export const ruleWords = (rule: CameraRule): string =>
  (rule.kind === 'districts' ? rule.districts : rule.kind === 'owners' ? rule.agencies : rule.cameras).join(', ');

interface Told {
  readonly groups: readonly string[] | null;
  readonly from: string | null;
  readonly until: string | null;
  /** Null: all that is kept. */
  readonly history: string | null;
}

function useTold(): (told: Told) => string {
  const say = useSay();
  return ({ groups, from, until, history }) =>
    [
      groups === null ? say('bounds.whole') : say('bounds.groups', { text: groups.join(', ') }),
      ...(from === null ? [] : [say('bounds.from', { text: from })]),
      ...(until === null ? [] : [say('bounds.until', { text: until })]),
      ...(history === null ? [] : [say('bounds.history', { text: history })]),
    ].join('; ');
}

const whole: Told = { groups: null, from: null, until: null, history: null };

function useNames(groups: People['groups']): (ids: readonly string[] | null) => readonly string[] | null {
  const format = useFormat();
  return (ids) =>
    ids?.map((id) => {
      const group = groups.find((one) => one.id === id);
      return group ? format.pick(group.name) : id;
    }) ?? null;
}

/** Bounds as they are, in words. */
export function useBoundsWords(groups: People['groups']): (bounds: Bounds | null) => string {
  const format = useFormat();
  const told = useTold();
  const names = useNames(groups);
  const date = (ms: number | null): string | null => (ms === null ? null : format.date(ms));
  return (bounds) =>
    told(
      bounds === null
        ? whole
        : {
            groups: names(bounds.groups),
            from: date(bounds.fromMs),
            until: date(bounds.untilMs === null ? null : bounds.untilMs - 1),
            history: date(bounds.historyFromMs),
          },
    );
}

/** Bounds as somebody wishes them, in words. */
export function useWishWords(groups: People['groups']): (wish: BoundsWish | null) => string {
  const say = useSay();
  const told = useTold();
  const names = useNames(groups);
  return (wish) =>
    told(
      wish === null
        ? whole
        : {
            groups: names(wish.groups),
            from: wish.fromDay,
            until: wish.untilDay,
            history: wish.history === 'all' ? null : say('bounds.history.begin'),
          },
    );
}

/** One's own limits, in words. */
export function useLimitsWords(): (limits: NonNullable<Me['limits']>) => string {
  const say = useSay();
  const format = useFormat();
  const told = useTold();
  const date = (ms: number | null): string | null => (ms === null ? null : format.date(ms));
  return ({ groups, untilMs, historyFromMs }) =>
    say('bounds.mine', {
      text: told({
        groups: groups?.map((name) => format.pick(name)) ?? null,
        from: null,
        until: date(untilMs === null ? null : untilMs - 1),
        history: date(historyFromMs),
      }),
    });
}

const nothing: BoundsWish = { groups: null, fromDay: null, untilDay: null, history: 'all' };

/** The part of a form that limits roles. Roles that concern the whole city have days alone. */
export function BoundsChoice({
  access,
  groups,
  onChange,
}: {
  access: Access;
  groups: People['groups'];
  onChange: (access: Access) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const today = dayOf(
    useKnown((state) => state.lastWordAtMs + state.skewMs),
    useKnown((s) => s.me?.city.zone ?? 'UTC'),
  );
  const wish = access.bounds ?? nothing;
  const isPart = access.roles.length > 0 && access.roles.every((role) => partRoles.includes(role));
  const set = (more: Partial<BoundsWish>): void => {
    const next = { ...wish, ...more };
    const isNone = next.groups === null && next.fromDay === null && next.untilDay === null && next.history === 'all';
    onChange({ ...access, bounds: isNone ? null : next });
  };
  const toggle = (id: string): void => {
    const now = wish.groups ?? [];
    const next = now.includes(id) ? now.filter((one) => one !== id) : [...now, id];
    // What had ended before belongs to whoever saw the cameras then, unless it is said otherwise.
    set(
      next.length === 0
        ? { groups: null, history: 'all' }
        : { groups: next, ...(wish.groups ? {} : { history: 'grant' }) },
    );
  };
  const day = (typed: string): string | null => (typed === '' ? null : typed);
  return (
    <fieldset className="role-choice bounds-choice">
      <legend>{say('bounds.sees')}</legend>
      {isPart || wish.groups !== null || wish.history === 'grant' ? (
        <>
          <p className="mute small">{say(groups.length === 0 ? 'bounds.noGroups' : 'bounds.what')}</p>
          <div className="role-boxes">
            {groups.map((group) => (
              <label key={group.id} className="radio">
                <input
                  type="checkbox"
                  checked={wish.groups?.includes(group.id) === true}
                  data-testid={`group-${group.id}`}
                  onChange={() => toggle(group.id)}
                />
                {format.pick(group.name)} <span className="mute num">{group.cameras}</span>
              </label>
            ))}
          </div>
          <label className="radio">
            <input
              type="checkbox"
              checked={wish.history === 'all'}
              data-testid="history-all"
              onChange={(event) => set({ history: event.currentTarget.checked ? 'all' : 'grant' })}
            />
            {say('bounds.historyAll')}
          </label>
        </>
      ) : (
        <p className="mute small">{say('bounds.wholeOnly')}</p>
      )}
      <div className="options-fields">
        <label>
          {say('bounds.fromDay')}
          <input
            type="date"
            value={wish.fromDay ?? ''}
            data-testid="from-day"
            onChange={(event) => set({ fromDay: day(event.currentTarget.value) })}
          />
        </label>
        <label>
          {say('bounds.untilDay')}
          <input
            type="date"
            min={wish.fromDay ?? today}
            value={wish.untilDay ?? ''}
            data-testid="until-day"
            onChange={(event) => set({ untilDay: day(event.currentTarget.value) })}
          />
        </label>
      </div>
    </fieldset>
  );
}
