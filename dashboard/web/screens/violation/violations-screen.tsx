// Violations (screens 4.5): the officer looks at the original, chooses an article, and sees who else looked. Ahual prepares; it never fines.
import { useEffect, useMemo, useRef, useState } from 'react';
import { routes, type Permission, type ViolationCard, type ViolationView } from '../../../contract.ts';
import { hazardName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { KeyBar } from '../../parts/frame.tsx';
import { Pictogram, Sign } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { Picture } from '../../parts/picture.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { say as tell, store } from '../../state.ts';
import { whyOf } from '../../trouble.ts';
import { systemClock } from '#core/clock';
import { newId } from '#core/ids';
import { ClipPlayer } from './clip-player.tsx';
import { Custody } from './custody.tsx';
import { frameOf, MarkLayer, MarkSaid, type HeldFrame } from './mark-layer.tsx';
import { PlatePanel } from './plate-panel.tsx';
import { districtKey } from '../desk/district.ts';

const noPermissions: readonly Permission[] = [];

type Article = ViolationView['articles'][number];

const waitsForChoice = (card: ViolationCard): boolean =>
  ['draft', 'first_review', 'returned'].includes(card.violation.state);

/** What this person may do with it now: choose first, look blind as the second, or only look. */
function partIn(card: ViolationCard, permissions: readonly Permission[]): 'first' | 'second' | 'none' {
  if (permissions.includes('choose-article') && waitsForChoice(card)) return 'first';
  if (permissions.includes('review-second') && card.violation.state === 'second_review') return 'second';
  return 'none';
}

export function ViolationsScreen({ openId }: { openId: string | undefined }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const stamp = useKnown((state) => Math.max(state.stamps.violation, state.stamps.clip));
  const permissions = useKnown((state) => state.me?.permissions) ?? noPermissions;
  const [loaded, reload] = useLoad('violations', (signal) => call(routes.violations, { signal }), {
    stamp,
    everyMs: 60_000,
  });
  const list = useMemo(() => {
    if (loaded.kind !== 'here') return [];
    return [...loaded.value.violations].sort(
      (a, b) =>
        Number(partIn(b, permissions) !== 'none') - Number(partIn(a, permissions) !== 'none') ||
        a.seenAtMs - b.seenAtMs,
    );
  }, [loaded, permissions]);
  const chosen = openId ?? list[0]?.violation.id;
  const chosenCard = list.find((card) => card.violation.id === chosen);
  const [one, reloadOne] = useLoad(
    chosen ?? null,
    (signal) => call(routes.violation, { params: { id: chosen ?? '' }, signal }),
    {
      stamp: (chosenCard?.violation.version ?? 0) + (chosenCard?.clip.state === 'sealed' ? 1_000_000 : 0),
    },
  );
  const view = one.kind === 'here' ? one.value : undefined;
  const [armed, setArmed] = useState<string | null>(null);
  const [held, setHeld] = useState<HeldFrame | null>(null);
  const player = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    setArmed(null);
    setHeld(null);
    store.setState({ mode: 'plain' });
  }, [chosen]);
  const mayMark = view?.card.clip.state === 'sealed' && view.allArticles.length > 0;
  const hold = (): void => {
    if (!mayMark) return;
    setHeld({ ...frameOf(player.current), key: newId(systemClock) });
    store.setState({ mode: 'layer' });
  };
  const letGo = (): void => {
    setHeld(null);
    store.setState({ mode: 'plain' });
  };

  const arm = (article: Article | undefined): void => {
    if (!article || !view || partIn(view.card, permissions) === 'none') return;
    // The list is sorted anew after the choice; what was chosen stays open, so that it is seen to be stored.
    location.hash = hashOf('violations', view.card.violation.id);
    setArmed(article.id);
    store.setState({ mode: 'armed' });
  };
  const choose = async (): Promise<void> => {
    if (!view || armed === null) return;
    try {
      const params = { id: view.card.violation.id };
      const { version } = view.card.violation;
      if (partIn(view.card, permissions) === 'second')
        await call(routes.reviewSecond, { params, body: { version, articleId: armed, note: '' } });
      else await call(routes.chooseArticle, { params, body: { version, articleId: armed } });
      tell('violations.chosen', { number: view.card.violation.number });
    } catch (thrown) {
      tell('desk.refused', { why: whyOf(thrown) }, 'bad');
    }
    setArmed(null);
    store.setState({ mode: 'plain' });
    reload();
    reloadOne();
  };
  const go = (by: number): void => {
    const at = list.findIndex((card) => card.violation.id === chosen);
    const next = list[Math.max(0, Math.min(list.length - 1, at + by))];
    if (next) location.hash = hashOf('violations', next.violation.id);
  };
  const seekTo = (seconds: number): void => {
    const video = player.current;
    if (!video) return;
    video.pause();
    video.currentTime = seconds;
  };
  const seek = (seconds: number): void => {
    const video = player.current;
    if (!video) return;
    video.pause();
    video.currentTime = Math.max(0, Math.min(video.duration || 0, video.currentTime + seconds));
  };
  useKeys('violations', {
    next: () => go(1),
    previous: () => go(-1),
    first: () => go(-list.length),
    last: () => go(list.length),
    play: () => {
      const video = player.current;
      if (!video) return;
      if (video.paused) void video.play().catch(() => undefined);
      else video.pause();
    },
    step: (row) => seek(row.arg ?? 0),
    frame: (row) => seek((row.arg ?? 0) / 15),
    article: (row) => arm(view?.articles[(row.arg ?? 1) - 1]),
    'mark-article': hold,
    'do-it': () => void choose(),
    escape: () => {
      if (armed === null) return false;
      setArmed(null);
      store.setState({ mode: 'plain' });
      return true;
    },
  });

  return (
    <>
      <main className="violations">
        <aside className="panel violation-list">
          <h2 className="panel-head">
            {say('screen.violations')}{' '}
            <span className="num mute">{list.filter((card) => partIn(card, permissions) !== 'none').length}</span>
          </h2>
          {loaded.kind === 'loading' && <Waiting what="violations.waiting" />}
          {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
          {loaded.kind === 'here' && list.length === 0 && (
            <p className="mute pad">{say('violations.none', { time: format.timeS(loaded.value.nowMs) })}</p>
          )}
          <ul className="map-list">
            {list.map((card) => (
              <li key={card.violation.id}>
                <a
                  className={card.violation.id === chosen ? 'map-row row-selected' : 'map-row'}
                  href={hashOf('violations', card.violation.id)}
                  data-testid="violation-item"
                  data-id={card.violation.id}
                  data-state={card.violation.state}
                  aria-current={card.violation.id === chosen}
                >
                  {card.violation.mark === null ? (
                    <Pictogram hazard={card.hazard} size={28} />
                  ) : (
                    <span className="no-pictogram" />
                  )}
                  <span className="row-words">
                    <span className="row-line">
                      <b className="num">{card.violation.number}</b>
                      <span className="num">{format.moment(card.seenAtMs, nowMs)}</span>
                    </span>
                    <span className="row-line mute">
                      <span className="cut">
                        {card.violation.mark !== null && <>{say('violations.markedTitle')} · </>}
                        {format.pick(card.place)}
                      </span>
                      <span>{say(`violation.${card.violation.state}`)}</span>
                    </span>
                  </span>
                </a>
              </li>
            ))}
          </ul>
        </aside>
        {chosen === undefined ? null : one.kind === 'loading' ? (
          <Waiting what="violations.waiting" />
        ) : one.kind === 'failed' ? (
          <Failure why={one.why} code={one.code} onAgain={reloadOne} />
        ) : (
          <>
            <div className="violation-middle">
              <header className="claim">
                {one.value.card.violation.mark === null && <Pictogram hazard={one.value.card.hazard} size={44} />}
                <div>
                  <h1>
                    <span className="num">{one.value.card.violation.number}</span>{' '}
                    {one.value.card.violation.mark === null
                      ? format.pick(hazardName(one.value.card.hazard))
                      : say('violations.markedTitle')}
                  </h1>
                  <p>
                    {format.pick(one.value.card.place)}{' '}
                    <span className="mute">
                      · {say(`district.${districtKey(one.value.card.district)}`)} ·{' '}
                      {format.full(one.value.card.seenAtMs)}
                    </span>
                  </p>
                </div>
              </header>
              <ClipPlayer view={one.value} player={player} onPlayed={reloadOne} />
              {mayMark && (
                <button type="button" className="act" data-testid="mark-open" onClick={hold}>
                  <kbd>N</kbd> {say('violations.markOpen')}
                </button>
              )}
              <Stills view={one.value} />
              <Custody view={one.value} />
            </div>
            <aside className="panel violation-side">
              {one.value.card.violation.mark === null && <PlatePanel view={one.value} />}
              <MarkSaid view={one.value} onSeek={(atMs) => seekTo(atMs / 1000)} />
              <Articles
                view={one.value}
                armed={armed}
                part={partIn(one.value.card, permissions)}
                onArm={arm}
                onDo={() => void choose()}
              />
              {partIn(one.value.card, permissions) === 'first' && (
                <Dismiss
                  view={one.value}
                  onDone={() => {
                    reload();
                    reloadOne();
                  }}
                />
              )}
            </aside>
          </>
        )}
      </main>
      {view && held && (
        <MarkLayer
          view={view}
          held={held}
          onClose={letGo}
          onMarked={() => {
            letGo();
            reload();
          }}
        />
      )}
      <KeyBar place="violations" />
    </>
  );
}

function Stills({ view }: { view: ViolationView }) {
  const say = useSay();
  if (view.stills.length === 0) return null;
  return (
    <div className="stills">
      {view.stills.map((still) => (
        <figure key={still.what} className="shot">
          <figcaption>
            <b>{say(`still.${still.what}`)}</b>
          </figcaption>
          <Picture sha256={still.sha256} alt={say(`still.${still.what}`)} />
        </figure>
      ))}
    </div>
  );
}

function Articles({
  view,
  armed,
  part,
  onArm,
  onDo,
}: {
  view: ViolationView;
  armed: string | null;
  part: 'first' | 'second' | 'none';
  onArm: (article: Article) => void;
  onDo: () => void;
}) {
  const say = useSay();
  const format = useFormat();
  const chosenId = view.card.violation.articleId;
  const open = part !== 'none';
  return (
    <section aria-label={say('violations.articles')}>
      <h2 className="panel-head">{say('violations.articles')}</h2>
      <p className="mute pad small">{say('violations.noneChosen')}</p>
      <ol className="articles">
        {view.articles.map((article, i) => {
          const isChosen = article.id === chosenId;
          const isArmed = article.id === armed;
          return (
            <li key={article.id}>
              <button
                type="button"
                className={`article ${isArmed ? 'article-armed' : ''} ${isChosen ? 'article-chosen' : ''}`}
                data-testid="article-option"
                data-id={article.id}
                aria-pressed={isChosen || isArmed}
                disabled={!open}
                onClick={() => onArm(article)}
              >
                <span className="article-head">
                  {open && <kbd>{i + 1}</kbd>}
                  {isChosen && <Sign of="done" size={22} />}
                  <b>{format.pick(article.title)}</b>
                </span>
                <span>{format.pick(article.test)}</span>
                <span className="mute small">{format.pick(article.fine)}</span>
                <span className="mute small">
                  {format.pick(article.whoDrawsUp)} · {say(`certainty.${certaintyKey(article.certainty)}`)}
                </span>
              </button>
              {isArmed && (
                <div className="armed" ref={(element) => element?.scrollIntoView({ block: 'nearest' })}>
                  <p>{say(part === 'second' ? 'violations.consequenceSecond' : 'violations.consequence')}</p>
                  <button type="button" className="act act-strong" data-testid="article-choose" onClick={onDo}>
                    <kbd>Enter</kbd> {say('violations.choose')}
                  </button>
                </div>
              )}
            </li>
          );
        })}
        {view.articles.length === 0 && <li className="mute pad">{say('violations.noArticles')}</li>}
      </ol>
      {chosenId !== null && (
        <p className="pad" data-testid="article-chosen">
          {say('violations.chosenBy', { name: view.chosenBy ?? '–' })} · {say(`violation.${view.card.violation.state}`)}
        </p>
      )}
    </section>
  );
}

const certainties = ['high', 'medium', 'low'] as const;
const certaintyKey = (text: string): (typeof certainties)[number] | 'other' =>
  certainties.find((one) => one === text) ?? 'other';

function Dismiss({ view, onDone }: { view: ViolationView; onDone: () => void }) {
  const say = useSay();
  const [note, setNote] = useState('');
  return (
    <details className="pad">
      <summary>{say('violations.dismiss')}</summary>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void call(routes.dismissViolation, {
            params: { id: view.card.violation.id },
            body: { version: view.card.violation.version, note: note.trim() },
          }).then(
            () => {
              tell('violations.dismissed', { number: view.card.violation.number });
              onDone();
            },
            (thrown: unknown) => tell('desk.refused', { why: whyOf(thrown) }, 'bad'),
          );
        }}
      >
        <label>
          {say('violations.dismissWhy')}
          <input
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            minLength={3}
            maxLength={500}
            required
          />
        </label>
        <button type="submit" className="act">
          {say('violations.dismissDo')}
        </button>
      </form>
    </details>
  );
}
