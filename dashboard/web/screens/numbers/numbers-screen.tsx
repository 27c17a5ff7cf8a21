// The numbers page (screens 4.7): are the alarms right, are we fast, what a seat bears, what the eyes see, what was almost raised.
import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { numberSpans, pathOf, routes, type NumbersPeriod, type NumberSpan } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { KeyBar } from '../../parts/frame.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { paintTheme, type Theme } from '../../style/tokens.ts';
import { CamerasPanel } from './cameras-panel.tsx';
import { Definitions, DefinitionsLayer } from './definitions.tsx';
import { EyesPanel } from './eyes-panel.tsx';
import { FastPanel } from './fast-panel.tsx';
import { HeldPanel } from './held-panel.tsx';
import { ListLayer } from './list-layer.tsx';
import { LoadPanel } from './load-panel.tsx';
import { useLayerKeys, type Wish } from './parts.tsx';
import { RightPanel } from './right-panel.tsx';
import { ScoresPanel } from './scores-panel.tsx';
import { WeekPage } from './week-page.tsx';
import '../../style/numbers.css';
import '../../style/scores.css';

/** What all panels ask for. */
export interface Asked {
  readonly key: string;
  readonly query: { readonly span: NumberSpan; readonly day?: string };
  /** A period that runs is counted again each minute, one that is over now and then: verdicts are corrected for a day. */
  readonly everyMs: number;
}

const spanOf = (text: string | undefined): NumberSpan => numberSpans.find((one) => one === text) ?? 'day';

function go(span: NumberSpan, day?: string | null): void {
  location.hash = hashOf('numbers', undefined, { span, ...(day ? { day } : {}) });
}

function goWeek(day: string | undefined): void {
  location.hash = hashOf('numbers', undefined, { page: 'week', ...(day === undefined ? {} : { day }) });
}

/** Paper is white: while the page is printed it has the colours of the day. */
function usePaper(): Theme {
  const [theme, setTheme] = useState<Theme>('dark');
  useEffect(() => {
    const paint = (next: Theme) => () => {
      paintTheme(next, document.documentElement);
      flushSync(() => setTheme(next));
    };
    const [before, after] = [paint('day'), paint('dark')];
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, []);
  return theme;
}

const dayOf = (query: ReadonlyMap<string, string>): string | undefined =>
  /^\d{4}-\d\d-\d\d$/.exec(query.get('day') ?? '')?.[0];

export function NumbersScreen({ query }: { query: ReadonlyMap<string, string> }) {
  const theme = usePaper();
  if (query.get('page') === 'week') return <WeekPage day={dayOf(query)} />;
  return <Panels query={query} theme={theme} />;
}

function Panels({ query, theme }: { query: ReadonlyMap<string, string>; theme: Theme }) {
  const say = useSay();
  const span = spanOf(query.get('span'));
  const day = dayOf(query);
  const [wish, setWish] = useState<Wish | null>(null);
  const [defined, setDefined] = useState(false);
  const asked: Asked = {
    key: `${span} ${day ?? ''}`,
    query: { span, ...(day === undefined ? {} : { day }) },
    everyMs: day === undefined ? 60_000 : 600_000,
  };
  const [held, againHeld] = useLoad(
    `held ${asked.key}`,
    (signal) => call(routes.numbersHeld, { query: asked.query, signal }),
    { everyMs: asked.everyMs },
  );
  const period = held.kind === 'here' ? held.value.period : undefined;
  const [words, againWords] = useLoad('numbers words', (signal) => call(routes.numbersWords, { signal }));

  useLayerKeys(wish !== null || defined);

  useKeys('numbers', {
    span: (row) => {
      const chosen = numberSpans[(row.arg ?? 1) - 1];
      if (chosen !== undefined) go(chosen, day);
    },
    period: (row) => {
      const next = row.arg === -1 ? period?.earlier : period?.later;
      if (next !== undefined && next !== null) go(span, next);
    },
    definitions: () => setDefined(true),
    week: () => goWeek(day),
  });

  return (
    <>
      <main className="numbers page" data-testid="numbers">
        <Head span={span} day={day} period={period} onDefine={() => setDefined(true)} />
        <div className="numbers-grid">
          <div className="numbers-column">
            <RightPanel asked={asked} open={setWish} theme={theme} />
            <LoadPanel asked={asked} open={setWish} theme={theme} />
          </div>
          <div className="numbers-column">
            <FastPanel asked={asked} open={setWish} />
            <EyesPanel asked={asked} open={setWish} />
          </div>
          <div className="numbers-column">
            <CamerasPanel asked={asked} open={setWish} />
            <HeldPanel loaded={held} onAgain={againHeld} open={setWish} />
          </div>
        </div>
        <ScoresPanel asked={asked} open={setWish} />
        {words.kind === 'here' && (
          <section className="numbers-printed">
            <h2>{say('numbers.definitions')}</h2>
            <Definitions words={words.value} />
          </section>
        )}
      </main>
      <KeyBar place="numbers" />
      {wish && <ListLayer asked={asked} wish={wish} onClose={() => setWish(null)} />}
      {defined && <DefinitionsLayer words={words} onAgain={againWords} onClose={() => setDefined(false)} />}
    </>
  );
}

function Head({
  span,
  day,
  period,
  onDefine,
}: {
  span: NumberSpan;
  day: string | undefined;
  period: NumbersPeriod | undefined;
  onDefine: () => void;
}) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const dates = (fromMs: number, toMs: number): string => {
    const [from, to] = [format.date(fromMs), format.date(toMs - 1)];
    return from === to ? from : say('numbers.period', { from, to });
  };
  return (
    <header className="page-head numbers-head">
      <h1>{say('screen.numbers')}</h1>
      <div role="group" aria-label={say('numbers.span')} className="numbers-spans">
        {numberSpans.map((one, i) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === span}
            aria-keyshortcuts={String(i + 1)}
            data-span={one}
            onClick={() => go(one, day)}
          >
            {say(`numbers.${one}`)}
          </button>
        ))}
      </div>
      <div className="numbers-walk">
        <button
          type="button"
          aria-label={say('numbers.earlier')}
          title={say('numbers.earlier')}
          disabled={!period}
          data-testid="numbers-earlier"
          onClick={() => period && go(span, period.earlier)}
        >
          ←
        </button>
        <b className="num" data-testid="numbers-period">
          {period ? dates(period.fromMs, period.toMs) : '–'}
        </b>
        <button
          type="button"
          aria-label={say('numbers.later')}
          title={say('numbers.later')}
          disabled={!period?.later}
          data-testid="numbers-later"
          onClick={() => period?.later && go(span, period.later)}
        >
          →
        </button>
      </div>
      <span className="mute numbers-note">
        {period && (
          <>
            {period.runs && (
              <span>
                {say('numbers.runsTo', { to: format.date(period.toMs - 1), time: format.time(period.untilMs) })}
              </span>
            )}{' '}
            <span>
              {say('numbers.comparedWith', {
                dates: dates(period.before.fromMs, Math.max(period.before.fromMs + 1, period.before.untilMs)),
              })}
            </span>
          </>
        )}
      </span>
      <span className="numbers-acts">
        <button type="button" aria-keyshortcuts="E" data-testid="numbers-define" onClick={onDefine}>
          {say('numbers.definitions')}
        </button>
        <a
          className="act"
          href={pathOf('numbersCsv', {}, { span, day, language })}
          download
          data-testid="numbers-export"
        >
          {say('numbers.export')}
        </a>
        <button type="button" aria-keyshortcuts="W" data-testid="numbers-week" onClick={() => goWeek(day)}>
          {say('week.open')}
        </button>
        <button type="button" onClick={() => window.print()}>
          {say('numbers.print')}
        </button>
      </span>
    </header>
  );
}
