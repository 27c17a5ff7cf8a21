// What is drawn: the switches of the layers, what is painted on the ground, and what its patterns mean.
import type { ReactNode } from 'react';
import type { HazardName } from '#core/hazard-name';
import type { AreaLook } from '../../map/areas-layer.ts';
import { hazardName } from '../../hazard-words.ts';
import { Failure } from '../../parts/panel-state.tsx';
import { useFormat, useSay } from '../../parts/words.ts';
import {
  choiceName,
  groundChoices,
  groundLooks,
  isUnseen,
  snowAge,
  snowAges,
  type GroundChoice,
  type PaintedGround,
} from './ground.ts';

export type Layers = { readonly [K in 'cameras' | 'incidents' | 'cones' | 'districts']: boolean };

const names = ['cameras', 'incidents', 'cones', 'districts'] as const;

interface LayerBarProps {
  readonly layers: Layers;
  readonly onLayers: (layers: Layers) => void;
  readonly choice: GroundChoice;
  readonly onChoice: (choice: GroundChoice) => void;
}

export function LayerBar({ layers, onLayers, choice, onChoice }: LayerBarProps) {
  const say = useSay();
  const format = useFormat();
  return (
    <div className="map-layers" role="group" aria-label={say('map.layers')}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          className="toggle"
          aria-pressed={layers[name]}
          onClick={() => onLayers({ ...layers, [name]: !layers[name] })}
        >
          {say(`map.layer.${name}`)}
        </button>
      ))}
      <label>
        <span>{say('map.ground')}</span>
        <select
          value={choiceName(choice)}
          data-testid="map-ground"
          onChange={(event) => {
            const wanted = event.currentTarget.value;
            onChoice(groundChoices.find((one) => choiceName(one) === wanted) ?? { kind: 'none' });
          }}
        >
          {groundChoices.map((one) => (
            <option key={choiceName(one)} value={choiceName(one)}>
              {'hazard' in one
                ? say(`map.ground.${one.kind}`, { hazard: format.pick(hazardName(one.hazard)) })
                : say(`map.ground.${one.kind}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Swatch({ look }: { look: AreaLook }) {
  const id = `hatch-${look.colour.slice(1)}-${look.hatch}`;
  return (
    <svg width="28" height="18" aria-hidden="true" className="map-swatch">
      <pattern id={id} width="8" height="8" patternUnits="userSpaceOnUse">
        <rect width="8" height="8" fill={look.colour} opacity={look.hatch === 'none' ? 1 : 0.3} />
        {look.hatch !== 'none' && <path d="M0 8L8 0" stroke={look.colour} strokeWidth="1.6" />}
        {look.hatch === 'crossed' && <path d="M0 0L8 8" stroke={look.colour} strokeWidth="1.6" />}
      </pattern>
      <rect width="28" height="18" fill={`url(#${id})`} opacity={look.alpha} />
      <rect x="0.5" y="0.5" width="27" height="17" fill="none" stroke={look.colour} />
    </svg>
  );
}

const Line = ({ look, children }: { look: AreaLook; children: ReactNode }) => (
  <li>
    <Swatch look={look} /> {children}
  </li>
);

interface LegendProps {
  readonly choice: GroundChoice;
  readonly painted: PaintedGround;
  readonly unseenAfterMs: Readonly<Record<HazardName, number>> | undefined;
}

/** What the painted ground means, with its counts. */
export function Legend({ choice, painted: { ground, snow }, unseenAfterMs }: LegendProps) {
  const say = useSay();
  const format = useFormat();
  if (choice.kind === 'none') return null;
  const loaded = choice.kind === 'snow' ? snow : ground;
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} />;
  if (loaded.kind === 'loading') return <p className="map-legend mute">{say('map.ground.loading')}</p>;
  if (choice.kind === 'snow') {
    if (snow.kind !== 'here') return null;
    const { areas, nowMs } = snow.value;
    const segments = new Set(areas.flatMap((area) => area.segment ?? []));
    return (
      <div className="map-legend" data-testid="map-legend">
        <ul>
          {snowAges.map((age) => (
            <Line key={age} look={groundLooks.snow[age]}>
              {say(age === 'open' ? 'map.legend.snowOpen' : `map.legend.snow${age}`)}{' '}
              <b className="num">{format.number(areas.filter((area) => snowAge(area, nowMs) === age).length)}</b>
            </Line>
          ))}
        </ul>
        <p className="mute">{say('map.legend.snowZones', { n: areas.length, segments: segments.size })}</p>
      </div>
    );
  }
  if (ground.kind !== 'here') return null;
  const { areas, without, nowMs } = ground.value;
  const counts = say('map.legend.zones', { n: areas.length, uncalibrated: without.uncalibrated, far: without.tooFar });
  if (choice.kind === 'judge') {
    return (
      <div className="map-legend" data-testid="map-legend">
        <ul>
          <Line look={groundLooks.judge}>
            {say('map.legend.judge', { hazard: format.pick(hazardName(choice.hazard)) })}
          </Line>
          <li>
            <span className="map-swatch map-swatch-empty" aria-hidden="true" /> {say('map.legend.rest')}
          </li>
        </ul>
        <p className="mute">{counts}</p>
      </div>
    );
  }
  const afterMs = unseenAfterMs?.[choice.hazard] ?? 0;
  const unseen = areas.filter((area) => isUnseen(area, nowMs, afterMs)).length;
  return (
    <div className="map-legend" data-testid="map-legend">
      <ul>
        <Line look={groundLooks.unseen}>{say('map.legend.unseen', { span: format.span(afterMs) })}</Line>
        <Line look={groundLooks.seen}>{say('map.legend.seen')}</Line>
      </ul>
      <p>{say('map.legend.unseenZones', { n: unseen, all: areas.length })}</p>
      <p className="mute">{counts}</p>
    </div>
  );
}
