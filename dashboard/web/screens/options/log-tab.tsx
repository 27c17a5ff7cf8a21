// The log: who did what, in sentences, newest first; older pages are asked for, and only what is in sight is drawn.
import { useState } from 'react';
import { routes, type Log, type LogLine } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { useWindow } from '../../parts/use-window.ts';
import { factsOf, sentenceOf } from './log-words.ts';

const pageLines = 200;
const rowRem = 3.2;

export function LogTab({ about }: { about: string | undefined }) {
  const [own, setOwn] = useState(false);
  const query = { limit: pageLines, ...(about === undefined ? {} : { about }), ...(own ? { own: '1' as const } : {}) };
  const key = `log ${about ?? ''} ${String(own)}`;
  const [loaded, reload] = useLoad(key, (signal) => call(routes.log, { query, signal }), { everyMs: 30_000 });
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  if (loaded.kind === 'loading') return <Waiting what="log.loading" />;
  return <Lines key={key} first={loaded.value} query={query} own={own} about={about} onOwn={setOwn} />;
}

interface Known {
  /** The newest page as the server gave it last. */
  readonly first: Log;
  readonly lines: readonly LogLine[];
  readonly next: number | null;
}

/** The newest page put before what is known; where more came than a page holds, the rest is asked for anew. */
function withNewest(known: Known, first: Log): Known {
  const lowest = first.lines.at(-1)?.number ?? 0;
  const meets = known.lines.some((line) => line.number === lowest);
  if (!meets) return { first, lines: first.lines, next: first.next };
  return { first, lines: [...first.lines, ...known.lines.filter((line) => line.number < lowest)], next: known.next };
}

function Lines({
  first,
  query,
  own,
  about,
  onOwn,
}: {
  first: Log;
  query: { limit: number; about?: string; own?: '1' };
  own: boolean;
  about: string | undefined;
  onOwn: (own: boolean) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const textStep = useKnown((state) => state.textStep);
  const [find, setFind] = useState('');
  const [busy, setBusy] = useState(false);
  const [known, setKnown] = useState<Known>({ first, lines: first.lines, next: first.next });
  if (known.first !== first) setKnown(withNewest(known, first));

  const more = async (): Promise<void> => {
    if (known.next === null) return;
    setBusy(true);
    try {
      const page = await call(routes.log, { query: { ...query, before: known.next } });
      setKnown((now) => ({ ...now, lines: [...now.lines, ...page.lines], next: page.next }));
    } finally {
      setBusy(false);
    }
  };

  const all = known.lines;
  const wanted = find.trim().toLocaleLowerCase();
  const sentences = all.map((line) => ({ line, sentence: sentenceOf(line, say), facts: factsOf(line, say) }));
  const shown =
    wanted === ''
      ? sentences
      : sentences.filter(({ sentence, facts }) =>
          `${sentence} ${facts.join(' ')}`.toLocaleLowerCase().includes(wanted),
        );
  const base = globalThis.innerWidth <= 1500 ? 16 : 18;
  const rowPx = Math.round(rowRem * (base + textStep * 2));
  const { box, from, to, abovePx, belowPx } = useWindow(shown.length, rowPx);
  return (
    <section className="panel log">
      <div className="log-head">
        <span className="mute">{say(`log.reach.${first.reach}`)}</span>
        <input
          type="search"
          aria-label={say('log.find')}
          placeholder={say('log.find')}
          value={find}
          onChange={(event) => setFind(event.currentTarget.value)}
        />
        {first.reach !== 'own' && (
          <label className="radio">
            <input type="checkbox" checked={own} onChange={(event) => onOwn(event.currentTarget.checked)} />
            {say('log.own')}
          </label>
        )}
        {about !== undefined && (
          <a href={hashOf('options', 'log')} className="chip">
            {first.lines.find((line) => line.objectId === about)?.object ?? about} ×
          </a>
        )}
        <span className="mute num">{say('data.of', { time: format.timeS(first.nowMs) })}</span>
      </div>
      <div className="log-lines" ref={box} role="region" tabIndex={0} aria-label={say('options.log')} data-testid="log">
        {shown.length === 0 && (
          <p className="panel-state mute">{say(all.length === 0 ? 'log.none' : 'log.noneFound')}</p>
        )}
        <div style={{ height: abovePx }} />
        <ol>
          {shown.slice(from, to).map(({ line, sentence, facts }) => (
            <li key={line.number} style={{ height: rowPx }} title={[sentence, ...facts].join('\n')}>
              <time className="num mute">{format.moment(line.atMs, first.nowMs)}</time>
              <span className="cut">{sentence}</span>
              <span className="cut mute small">{facts.join(' · ')}</span>
            </li>
          ))}
        </ol>
        <div style={{ height: belowPx }} />
        <p className="log-end">
          {known.next === null ? (
            <span className="mute">{say('log.end')}</span>
          ) : (
            <button type="button" disabled={busy} onClick={() => void more().catch(() => undefined)}>
              {say('log.more')}
            </button>
          )}
        </p>
      </div>
    </section>
  );
}
