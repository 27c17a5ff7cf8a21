// The claim of a single incident and its two pictures: before and now.
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { IncidentView } from '../../../contract.ts';
import { seenMs } from '../../guards.ts';
import { titleOf } from '../../hazard-words.ts';
import { Mark } from '../../parts/mark.tsx';
import { Picture } from '../../parts/picture.tsx';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { severityToken } from '../../style/tokens.ts';
import { AlignNotice, AlignWords } from './align/align-words.tsx';
import { useLie } from './align/use-lie.ts';
import { desk, noteMissed, notePainted, pictureOf } from './desk-state.ts';
import { districtKey } from './district.ts';

/** G1 as something that can be drawn: true when the picture of this very item has been on the screen long enough. */
export function useReady(view: IncidentView | undefined): boolean {
  const painted = useStore(desk, (state) => state.painted);
  const picture = view ? pictureOf(view) : null;
  const mine = view !== undefined && painted?.itemId === view.card.id && painted.picture === picture;
  const [ready, setReady] = useState<string | null>(null);
  const key = mine ? `${view.card.id} ${painted.picture}` : null;
  useEffect(() => {
    if (key === null || !painted) return undefined;
    const timer = setTimeout(() => setReady(key), Math.max(0, painted.atMs + seenMs - performance.now()));
    return () => clearTimeout(timer);
  }, [key, painted]);
  return key !== null && ready === key;
}

/** So long a picture may let itself be waited for. */
const pictureWithinMs = 8_000;

/** A picture that never comes must not hold the item for ever. */
function useMissing(itemId: string, isPainted: boolean): void {
  useEffect(() => {
    if (isPainted) return undefined;
    const timer = setTimeout(() => noteMissed(itemId), pictureWithinMs);
    return () => clearTimeout(timer);
  }, [itemId, isPainted]);
}

export function Claim({ view }: { view: IncidentView }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const { card } = view;
  const news = useStore(desk, (state) => (state.news?.incidentId === card.id ? state.news : null));
  const state = useKnown((known) => known.incidents.get(card.id)?.state ?? card.state);
  return (
    <header className="claim">
      <Mark severity={card.severity} hazard={card.hazard} size={52} calling={false} />
      <div>
        <h1>
          {format.pick(titleOf(card))} <span className="mute num">#{card.number}</span>
        </h1>
        <p>
          <span className="claim-place" title={format.pick(card.place)}>
            {format.pick(card.place)}
          </span>{' '}
          <span className="mute">· {say(`district.${districtKey(card.district)}`)}</span>
          {card.cameraId !== null && (
            <>
              {' '}
              · <a href={hashOf('camera', card.cameraId)}>{card.cameraId}</a>
            </>
          )}
        </p>
      </div>
      <div className="claim-age">
        <b className="num">{format.age(nowMs - card.waitingSinceMs)}</b>
        <span className="mute">{say('desk.limit', { span: format.span(card.limitMs) })}</span>
      </div>
      {state !== 'pending_review' && !(state === 'candidate' && card.massId !== null) && (
        <p className="notice">{say('desk.stateNow', { state: say(`state.${state}`) })}</p>
      )}
      {news && (
        <p className="notice" role="status">
          {say('desk.newer', { who: news.who, time: format.timeS(news.atMs) })}
        </p>
      )}
    </header>
  );
}

export function Pair({
  view,
  blink,
  magnified,
  ready,
  strip,
}: {
  view: IncidentView;
  blink: boolean;
  magnified: boolean;
  ready: boolean;
  strip: string | null;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const { card, before, now } = view;
  const picture = pictureOf(view);
  const colour = `var(--${severityToken[card.severity]})`;
  const words = `${format.pick(titleOf(card))}, ${format.pick(card.place)}`;
  const look = strip === null ? undefined : view.strip.find((one) => one.lookId === strip);
  const left = look?.stillSha256 ?? before?.sha256 ?? null;
  const leftAtMs = look ? look.seenAtMs : (before?.seenAtMs ?? null);
  const swapped = blink && left !== null;
  const registration = useLie(left, picture);
  const lie = registration?.kind === 'aligned' ? registration.lie : null;
  const isPainted = useStore(desk, (state) => state.painted?.itemId === card.id && state.painted.picture === picture);
  useMissing(card.id, isPainted);
  return (
    <div className="pair">
      <figure className="shot" data-testid="before-picture">
        <figcaption>
          <b>{look ? say('shot.look') : say('shot.before')}</b>{' '}
          {leftAtMs !== null && <span className="num">{format.moment(leftAtMs, nowMs)}</span>}{' '}
          <span className="mute">
            {look
              ? say(`word.${look.outcome === 'seen' ? (look.word ?? 'clear') : 'cannot-see'}`)
              : left === null
                ? say('shot.noBefore')
                : before?.picked
                  ? say('shot.beforePicked', { kind: say(`refs.kind.${before.picked}`) })
                  : say('shot.beforeWhat')}
          </span>{' '}
          <AlignWords registration={registration} />
        </figcaption>
        <Picture
          sha256={left}
          alt={say('shot.before')}
          magnified={magnified}
          mark={magnified ? card.mark : null}
          lie={lie}
        >
          <AlignNotice registration={registration} />
        </Picture>
      </figure>
      <figure className="shot" data-testid="now-picture" data-painted={ready ? 'true' : 'false'}>
        <figcaption>
          <b>{swapped ? say('shot.before') : say('shot.now')}</b>{' '}
          {now?.seenAtMs != null && (
            <>
              <span className="num">{format.timeS(now.seenAtMs)}</span>{' '}
              <span className="mute">{format.ago(now.seenAtMs, nowMs)}</span>
            </>
          )}
        </figcaption>
        <Picture
          // One look may have raised two items: each has to be painted for itself, though the picture is the same (G1).
          key={card.id}
          sha256={picture}
          alt={words}
          mark={swapped ? null : card.mark}
          markColour={colour}
          magnified={magnified}
          onPainted={(atMs) => picture !== null && notePainted(card.id, picture, atMs)}
          onFailed={() => noteMissed(card.id)}
        >
          {swapped && (
            <div className="picture-swap">
              <Picture
                sha256={left}
                alt={say('shot.before')}
                magnified={magnified}
                mark={magnified ? card.mark : null}
                lie={lie}
              />
            </div>
          )}
        </Picture>
      </figure>
    </div>
  );
}
