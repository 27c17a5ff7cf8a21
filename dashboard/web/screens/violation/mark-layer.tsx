// An officer marks what the clip shows beside what it was cut for: the frame on the screen, an article by its digit, a box, a note.
import { useState } from 'react';
import { routes, type ViolationView } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { BoxDrawing, firstBox, markOf, movedBox, useFormKeys, type Box } from '../../parts/box-drawing.tsx';
import { Layer } from '../../parts/frame.tsx';
import { Picture } from '../../parts/picture.tsx';
import { TroubleNote } from '../../parts/trouble.tsx';
import { useFormat, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { say as tell } from '../../state.ts';
import { troubleOf, type Trouble } from '../../trouble.ts';

/** What was on the screen at the press. */
export interface HeldFrame {
  /** The same press sent twice is one mark. */
  readonly key: string;
  /** The frame as a picture; null where the clip showed none. */
  readonly src: string | null;
  readonly atClipMs: number | null;
}

/** The frame that a clip shows now. */
export function frameOf(video: HTMLVideoElement | null): Pick<HeldFrame, 'src' | 'atClipMs'> {
  const none = { src: null, atClipMs: null };
  if (!video || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return none;
  video.pause();
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext('2d');
  if (!context) return none;
  context.drawImage(video, 0, 0);
  return { src: canvas.toDataURL('image/jpeg', 0.9), atClipMs: Math.round(video.currentTime * 1000) };
}

export function MarkLayer({
  view,
  held,
  onClose,
  onMarked,
}: {
  view: ViolationView;
  held: HeldFrame;
  onClose: () => void;
  onMarked: () => void;
}) {
  const say = useSay();
  const format = useFormat();
  const [articleId, setArticle] = useState<string | null>(null);
  const [box, setBox] = useState<Box | null>(null);
  const [note, setNote] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | string>('');
  const { allArticles, card } = view;
  const article = allArticles.find((one) => one.id === articleId);
  const mark = async (): Promise<void> => {
    if (!article || isBusy) return;
    setBusy(true);
    setTrouble('');
    try {
      const { violation } = await call(routes.markViolation, {
        params: { id: card.violation.id },
        body: {
          key: held.key,
          articleId: article.id,
          atClipMs: held.atClipMs,
          box: box === null ? null : [...box],
          note: note.trim(),
        },
      });
      tell('violations.marked', { number: violation.number });
      onMarked();
      location.hash = hashOf('violations', violation.id);
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  useFormKeys({
    digit: (n) => setArticle(allArticles[n - 1]?.id ?? articleId),
    enter: () => void mark(),
    arrow: (code, shift) => {
      if (held.src === null) return;
      setBox((before) => (before === null ? firstBox : (movedBox(before, code, shift) ?? before)));
    },
    erase: () => setBox(null),
  });
  const title = say('violations.markTitle', { number: card.violation.number });
  return (
    <Layer title={title} onClose={onClose} wide>
      <div className="by-hand" data-testid="mark-layer">
        <div className="by-hand-left">
          <p className="mute">
            {held.atClipMs === null
              ? say('violations.markNoFrame')
              : say('violations.markAt', { time: format.number(held.atClipMs / 1000, 1) })}
          </p>
          <BoxDrawing label={title} onBox={setBox}>
            <Picture
              sha256={null}
              {...(held.src === null ? {} : { src: held.src })}
              alt={title}
              mark={markOf(box)}
              markColour="var(--high)"
            />
          </BoxDrawing>
          {held.src !== null && <p className="mute small">{say('byHand.boxKeys')}</p>}
        </div>
        <div className="by-hand-right form">
          <div className="choices" role="radiogroup" aria-label={say('violations.articles')}>
            {allArticles.map((one, i) => (
              <button
                key={one.id}
                type="button"
                role="radio"
                aria-checked={one.id === articleId}
                className="choice"
                data-testid={`mark-article-${one.id}`}
                onClick={() => setArticle(one.id)}
              >
                {i < 9 && <kbd>{i + 1}</kbd>} <b className="num">{one.id}</b> {format.pick(one.title)}
              </button>
            ))}
          </div>
          {article && <p>{format.pick(article.test)}</p>}
          <label>
            {say('byHand.note')}
            <input
              value={note}
              maxLength={500}
              data-testid="mark-note"
              onChange={(event) => setNote(event.currentTarget.value)}
            />
          </label>
          <TroubleNote trouble={trouble} />
          <p>{article ? say('violations.markConsequence') : say('violations.markChoose')}</p>
          <button
            type="button"
            className="act act-strong"
            disabled={!article || isBusy}
            data-testid="mark-do"
            onClick={() => void mark()}
          >
            <kbd>Enter</kbd> {say('violations.markDo')}
          </button>
        </div>
      </div>
    </Layer>
  );
}

/** What an officer marked: when on the clip, where, and their words. */
export function MarkSaid({ view, onSeek }: { view: ViolationView; onSeek: (atClipMs: number) => void }) {
  const say = useSay();
  const format = useFormat();
  const { mark, note } = view.card.violation;
  if (mark === null) return null;
  const { atClipMs } = mark;
  return (
    <section className="pad" data-testid="mark-said" aria-label={say('violations.markedTitle')}>
      <h2 className="panel-head">{say('violations.markedTitle')}</h2>
      {view.markedBy !== null && <p className="mute">{view.markedBy}</p>}
      {note !== '' && <p>{note}</p>}
      {atClipMs !== null && (
        <button type="button" onClick={() => onSeek(atClipMs)}>
          {say('violations.markSeek', { time: format.number(atClipMs / 1000, 1) })}
        </button>
      )}
    </section>
  );
}

/** The box of a mark over the clip, whose own proportions are given in pixels. */
export function MarkOverClip({ view, widthPx, heightPx }: { view: ViolationView; widthPx: number; heightPx: number }) {
  const box = view.card.violation.mark?.box;
  if (!box) return null;
  const [left, top, right, bottom] = box;
  return (
    <svg className="video-mark" viewBox={`0 0 ${widthPx} ${heightPx}`} aria-hidden="true">
      <rect
        x={left * widthPx}
        y={top * heightPx}
        width={(right - left) * widthPx}
        height={(bottom - top) * heightPx}
        fill="none"
        stroke="var(--high)"
        strokeWidth={3}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
