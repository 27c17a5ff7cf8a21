// Sessions as a table: since when, from where, by which browser; each can be ended.
import type { SessionCard } from '../../../contract.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import { isTextKey } from '../../texts/index.ts';

/** Names in user agents and how people call them; those that also call themselves Chrome or Safari come first. */
const browsers = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['YaBrowser', 'Yandex'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Version', 'Safari'],
] as const;

/** The browser and the system out of a user agent; its beginning where neither is known. */
export function browserOf(userAgent: string): string {
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|CrOS|Linux)/.exec(userAgent)?.[1];
  for (const [mark, name] of browsers) {
    const version = new RegExp(`${mark}/(\\d+)`).exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}${system === undefined ? '' : `, ${system}`}`;
  }
  return userAgent.slice(0, 40);
}

export function Sessions({
  sessions,
  nowMs,
  onEnd,
}: {
  sessions: readonly SessionCard[];
  nowMs: number;
  onEnd?: (id: string) => Promise<void>;
}) {
  const say = useSay();
  const format = useFormat();
  if (sessions.length === 0) return <p className="mute">{say('sessions.none')}</p>;
  const wayOf = (way: string): string => {
    const key = `sessions.way.${way}`;
    return isTextKey(key) ? say(key) : way;
  };
  return (
    <ul className="sessions" data-testid="sessions">
      {sessions.map((one) => (
        <li key={one.id}>
          <div>
            <p>
              <b>{browserOf(one.userAgent)}</b> {one.current && <span className="chip">{say('sessions.current')}</span>}
            </p>
            <p className="mute small">
              {say('sessions.seen')}: {format.ago(one.seenAtMs, nowMs)} · {say('sessions.since')}:{' '}
              {format.moment(one.madeAtMs, nowMs)} · {say('sessions.until')}: {format.moment(one.expiresAtMs, nowMs)}
            </p>
            <p className="mute small">
              {say('sessions.address')}: {one.address === '' ? '–' : one.address} · {say('sessions.way')}:{' '}
              {wayOf(one.way)}
            </p>
          </div>
          {onEnd && !one.current && (
            <button type="button" onClick={() => void onEnd(one.id).catch(() => undefined)}>
              {say('sessions.end')}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
