// Aids of drawing: kept pictures to draw on, and zones of another camera.
import { useState } from 'react';
import { pathOf, routes, type ZoneSheet } from '../../../contract.ts';
import { call, Unreachable } from '../../net/api.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import { whyOf } from '../../trouble.ts';
import type { EditAct } from './zone-edit.ts';

/** Kept pictures to draw on: by day and by night a street looks different. */
export function StillStrip({
  stills,
  chosen,
  onChoose,
}: {
  stills: ZoneSheet['stills'];
  chosen: string | null;
  onChoose: (sha256: string) => void;
}) {
  const say = useSay();
  const format = useFormat();
  if (stills.length === 0) return null;
  return (
    <section className="panel strip-panel">
      <ol className="strip" aria-label={say('strip.title')}>
        {stills
          .slice(0, 24)
          .reverse()
          .map(({ sha256, seenAtMs }) => (
            <li key={`${sha256} ${seenAtMs}`}>
              <button type="button" className="thumb" aria-pressed={sha256 === chosen} onClick={() => onChoose(sha256)}>
                <img src={pathOf('still', { sha256 })} alt="" loading="lazy" draggable={false} />
                <span className="thumb-words">{format.time(seenAtMs)}</span>
              </button>
            </li>
          ))}
      </ol>
    </section>
  );
}

/** Zones of another camera, added to the drawing as one step. */
export function CopyZones({ sheet, onAct }: { sheet: ZoneSheet; onAct: (act: EditAct) => void }) {
  const say = useSay();
  const [from, setFrom] = useState('');
  const [words, setWords] = useState('');
  const copy = async (): Promise<void> => {
    try {
      const { zones } = await call(routes.zoneSheet, { params: { id: from.trim() } });
      if (zones.length > 0) onAct({ kind: 'copy', zones });
      setWords(zones.length === 0 ? say('zones.copyNone') : say('zones.copied', { n: zones.length }));
    } catch (thrown) {
      setWords(thrown instanceof Unreachable ? say('zones.offline') : whyOf(thrown));
    }
  };
  return (
    <details className="pad">
      <summary>{say('zones.copy')}</summary>
      <form
        className="zone-copy"
        onSubmit={(event) => {
          event.preventDefault();
          if (from.trim() !== '' && from.trim() !== sheet.id) void copy();
        }}
      >
        <input
          value={from}
          maxLength={80}
          aria-label={say('zones.copyFrom')}
          placeholder={say('zones.copyFrom')}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <button type="submit">{say('zones.copyDo')}</button>
      </form>
      <p className="small" role="status">
        {words}
      </p>
    </details>
  );
}
