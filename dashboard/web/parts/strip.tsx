// A row of looks: a thumbnail where a still was kept, what was said, and when. Word is told by shape and text, never by colour alone.
import type { z } from 'zod';
import { pathOf, type StripLook } from '../../contract.ts';
import { useFormat, useNow, useSay } from './words.ts';

type Look = z.infer<typeof StripLook>;

const signs = { hazard: '!', clear: '✓', 'cannot-see': '?' } as const;

export function Strip({
  looks,
  chosen,
  onChoose,
}: {
  looks: readonly Look[];
  chosen?: string | null;
  onChoose?: (look: Look) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  if (looks.length === 0) return <p className="mute pad">{say('strip.none')}</p>;
  return (
    <ol className="strip" aria-label={say('strip.title')}>
      {looks.map((look) => {
        const word = look.outcome === 'seen' ? (look.word ?? 'clear') : 'cannot-see';
        const words = look.outcome === 'seen' ? say(`word.${word}`) : say(`health.${look.outcome}`);
        return (
          <li key={look.lookId}>
            <button
              type="button"
              className={`thumb thumb-${word}`}
              aria-pressed={chosen === look.lookId}
              disabled={look.stillSha256 === null || !onChoose}
              onClick={() => onChoose?.(look)}
              title={`${format.full(look.seenAtMs)} · ${words}${look.detail === '' ? '' : ` · ${look.detail}`}`}
            >
              {look.stillSha256 === null ? (
                <span className="thumb-none" aria-hidden="true">
                  {signs[word]}
                </span>
              ) : (
                <img src={pathOf('still', { sha256: look.stillSha256 })} alt="" loading="lazy" draggable={false} />
              )}
              <span className="thumb-words">
                <b aria-hidden="true">{signs[word]}</b> {format.moment(look.seenAtMs, nowMs)}
              </span>
              <span className="hidden">{words}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
