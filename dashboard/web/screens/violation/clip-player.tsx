// The original of a violation's clip, played for a purpose that the custody log names, with the marks of officers over it.
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import type { z } from 'zod';
import { pathOf, Purpose, purposes, type ViolationView } from '../../../contract.ts';
import { Detail } from '../../parts/trouble.tsx';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { MarkOverClip } from './mark-layer.tsx';

/** Plays the sealed clip to who may; `onPlayed` is called once for each clip that its browser could show. */
export function ClipPlayer({
  view,
  player,
  onPlayed,
}: {
  view: ViolationView;
  player: RefObject<HTMLVideoElement | null>;
  onPlayed: () => void;
}) {
  const say = useSay();
  const format = useFormat();
  const { clip } = view.card;
  const mayPlay = useKnown((state) => state.me?.permissions.includes('play-clip') === true);
  const [purpose, setPurpose] = useState<z.infer<typeof Purpose>>('waste_violation');
  const [broken, setBroken] = useState(false);
  const [size, setSize] = useState<{ readonly widthPx: number; readonly heightPx: number } | null>(null);
  useEffect(() => setBroken(false), [clip.id, clip.state]);
  const told = useRef<string | null>(null);
  const played = useCallback(() => {
    if (told.current === clip.id) return;
    told.current = clip.id;
    onPlayed();
  }, [clip.id, onPlayed]);
  return (
    <section className="panel clip">
      <h2 className="panel-head">
        {say('clip.title')}
        <span className="mute">{clip.state === 'sealed' ? say('clip.original') : say(`clip.${clip.state}`)}</span>
        <select
          value={purpose}
          onChange={(event) => setPurpose(Purpose.parse(event.currentTarget.value))}
          aria-label={say('clip.purpose')}
        >
          {purposes.map((one) => (
            <option key={one} value={one}>
              {say(`purpose.${one}`)}
            </option>
          ))}
        </select>
      </h2>
      {clip.state === 'sealed' && mayPlay ? (
        <>
          <div className="video-frame">
            <video
              key={`${clip.id} ${purpose}`}
              ref={player}
              className="video"
              data-testid="clip-video"
              src={pathOf('clipVideo', { id: clip.id }, { purpose })}
              controls
              playsInline
              muted
              preload="auto"
              onLoadedMetadata={({ currentTarget: { videoWidth: widthPx, videoHeight: heightPx } }) =>
                setSize({ widthPx, heightPx })
              }
              onLoadedData={played}
              onError={() => setBroken(true)}
            />
            {size && <MarkOverClip view={view} {...size} />}
          </div>
          {broken && <p className="bad pad">{say('clip.broken')}</p>}
          <p className="mute small pad num wrap">
            {clip.startsAtMs === null ? '' : `${format.full(clip.startsAtMs)} · `}
            {clip.durationMs === null ? '' : `${format.span(clip.durationMs)} · `}
            {clip.bytes === null ? '' : `${format.bytes(clip.bytes)} · `}
            SHA-256 {clip.sha256} · {say('clip.cutBy', { program: clip.cutBy ?? '–' })}
          </p>
        </>
      ) : (
        <div className="pad mute">
          <p>{say(!mayPlay ? 'clip.notYours' : clip.state === 'planned' ? 'clip.wait' : 'clip.lostWhy')}</p>
          {mayPlay && clip.state === 'lost' && clip.detail !== '' && <Detail words={clip.detail} />}
        </div>
      )}
    </section>
  );
}
