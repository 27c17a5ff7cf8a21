// The picture on which zones are drawn: outlines with their letters, handles of the chosen one, metres of ground, and the hand that moves points.
import { useEffect, useRef, useState, type MouseEvent, type PointerEvent } from 'react';
import type { Zone } from '#core/camera';
import { inRing, ringMiddle } from '#core/geo';
import type { HazardName } from '#core/hazard-name';
import { pathOf, type CameraReach } from '../../../contract.ts';
import { useSay } from '../../parts/words.ts';
import { Ladder } from './reach.tsx';
import { chosenZone, snapped, under, type EditAct, type Editing, type Size, type Spot } from './zone-edit.ts';

interface Canvas {
  readonly state: Editing;
  readonly size: Size;
  readonly reach: CameraReach;
  readonly shade: HazardName | null;
  readonly stillSha256: string | null;
  readonly bad: ReadonlySet<string>;
  /** Another version, drawn under the present one. */
  readonly compared: readonly Zone[] | null;
  readonly onAct: (act: EditAct) => void;
  /** Where a mark of metres is being shown: the next click is its row. */
  readonly onRow: ((y: number) => void) | null;
}

/** A hand catches what is so near, in pixels of the screen; handles are drawn smaller. */
const catchPx = 12;

export function ZoneCanvas({ state, size, reach, shade, stillSha256, bad, compared, onAct, onRow }: Canvas) {
  const say = useSay();
  const svg = useRef<SVGSVGElement>(null);
  const [unit, setUnit] = useState(1);
  const [failed, setFailed] = useState<string | null>(null);
  const { widthPx: w, heightPx: h } = size;

  useEffect(() => {
    const element = svg.current;
    if (!element) return undefined;
    const measure = (): void => setUnit(w / Math.max(1, element.getBoundingClientRect().width));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [w]);

  // The editor is worked by keys: they must not fall on a button that had the focus before.
  useEffect(() => svg.current?.focus({ preventScroll: true }), []);

  const spotOf = (event: PointerEvent | MouseEvent): Spot => {
    const box = svg.current?.getBoundingClientRect();
    if (!box || box.width === 0 || box.height === 0) return [0, 0];
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const reachPx = catchPx * unit;

  const down = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.button !== 0) return;
    svg.current?.focus();
    const at = spotOf(event);
    if (onRow) {
      onRow(Math.min(1, Math.max(0, at[1])));
      return;
    }
    const found = under(at, state, size, reachPx);
    const ring = chosenZone(state)?.polygon ?? [];
    if (state.drawing) {
      const closes = found.kind === 'point' && found.zone === state.zone && found.point === 0 && ring.length > 2;
      onAct(closes ? { kind: 'close' } : { kind: 'append', at: snapped(at, state, size, reachPx) });
      return;
    }
    if (found.kind === 'point') {
      onAct({ kind: 'pick', zone: found.zone, point: found.point });
      onAct({ kind: 'grab' });
      event.currentTarget.setPointerCapture(event.pointerId);
    } else if (found.kind === 'edge') {
      onAct({ kind: 'insert', after: found.after, at: found.at });
      onAct({ kind: 'grab' });
      event.currentTarget.setPointerCapture(event.pointerId);
    } else {
      const zone = state.now.zones.find((one) => inRing(at[0], at[1], one.polygon));
      onAct({ kind: 'pick', zone: zone?.id ?? state.zone, point: null });
    }
  };
  const move = (event: PointerEvent<SVGSVGElement>): void => {
    if (state.held !== null) onAct({ kind: 'drag', at: snapped(spotOf(event), state, size, reachPx) });
  };
  const menu = (event: MouseEvent): void => {
    event.preventDefault();
    const found = under(spotOf(event), state, size, reachPx);
    if (found.kind === 'point') onAct({ kind: 'remove-point', zone: found.zone, point: found.point });
  };

  const at = ([x, y]: Spot): string => `${x * w},${y * h}`;
  const chosen = chosenZone(state);
  const point = state.point === null ? undefined : chosen?.polygon[state.point];
  return (
    <div className="picture zone-canvas" style={{ aspectRatio: `${w} / ${h}` }}>
      {stillSha256 !== null && failed !== stillSha256 ? (
        <img
          src={pathOf('still', { sha256: stillSha256 })}
          alt=""
          draggable={false}
          onError={() => setFailed(stillSha256)}
        />
      ) : (
        <p className="zone-nothing mute">{say('zones.noPicture')}</p>
      )}
      <Ladder reach={reach} shade={shade} size={size} />
      <svg
        ref={svg}
        className={`zone-draw ${onRow ? 'zone-draw-row' : state.drawing ? 'zone-draw-new' : ''}`}
        viewBox={`0 0 ${w} ${h}`}
        preserveAspectRatio="none"
        tabIndex={0}
        role="application"
        aria-label={say('zones.picture')}
        data-testid="zone-canvas"
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={() => onAct({ kind: 'drop' })}
        onPointerCancel={() => onAct({ kind: 'drop' })}
        onContextMenu={menu}
      >
        {stillSha256 === null && <Grid w={w} h={h} unit={unit} />}
        {compared?.map((zone) => (
          <polygon
            key={`old ${zone.id}`}
            className="zone-old"
            points={zone.polygon.map(at).join(' ')}
            strokeWidth={2 * unit}
            strokeDasharray={`${3 * unit} ${5 * unit}`}
          />
        ))}
        {state.now.zones.map((zone) => {
          const isChosen = zone.id === state.zone;
          const Shape = isChosen && state.drawing ? 'polyline' : 'polygon';
          const points = zone.polygon.map(at).join(' ');
          const [x, y] = ringMiddle(zone.polygon);
          return (
            <g
              key={zone.id}
              className={`zone-shape ${isChosen ? 'zone-chosen' : ''} ${bad.has(zone.id) ? 'zone-bad' : ''}`}
            >
              <Shape className="zone-under" points={points} strokeWidth={5 * unit} />
              <Shape className="zone-line" points={points} strokeWidth={(isChosen ? 3 : 2) * unit} />
              {zone.polygon.length > 0 && (
                <text x={x * w} y={y * h} fontSize={17 * unit} textAnchor="middle" dominantBaseline="middle">
                  {bad.has(zone.id) ? `${zone.id} !` : zone.id}
                </text>
              )}
            </g>
          );
        })}
        {chosen?.polygon.map((p, i) => (
          <rect
            key={i}
            className="zone-handle"
            data-point={i}
            x={p[0] * w - 5 * unit}
            y={p[1] * h - 5 * unit}
            width={10 * unit}
            height={10 * unit}
            strokeWidth={2 * unit}
          />
        ))}
        {point && (
          <circle className="zone-ring" cx={point[0] * w} cy={point[1] * h} r={11 * unit} strokeWidth={3 * unit} />
        )}
        {state.drawing && (
          <g className="zone-cursor" strokeWidth={2 * unit}>
            <line
              x1={state.cursor[0] * w - 12 * unit}
              x2={state.cursor[0] * w + 12 * unit}
              y1={state.cursor[1] * h}
              y2={state.cursor[1] * h}
            />
            <line
              x1={state.cursor[0] * w}
              x2={state.cursor[0] * w}
              y1={state.cursor[1] * h - 12 * unit}
              y2={state.cursor[1] * h + 12 * unit}
            />
          </g>
        )}
      </svg>
    </div>
  );
}

/** Tenths of the picture, where there is no picture to draw on. */
function Grid({ w, h, unit }: { w: number; h: number; unit: number }) {
  const tenths = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  return (
    <g className="zone-grid" strokeWidth={unit}>
      {tenths.map((t) => (
        <line key={`x${t}`} x1={(t * w) / 10} x2={(t * w) / 10} y1={0} y2={h} />
      ))}
      {tenths.map((t) => (
        <line key={`y${t}`} y1={(t * h) / 10} y2={(t * h) / 10} x1={0} x2={w} />
      ))}
    </g>
  );
}
