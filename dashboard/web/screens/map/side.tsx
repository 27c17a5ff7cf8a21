// Beside the map: what is in view, worst first, and what is chosen.
import { routes, type CameraMark, type IncidentCard } from '../../../contract.ts';
import { hazardName, shortTitle, titleOf } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { LiveButton } from '../../live/layer.tsx';
import { isUndecided } from '../../parts/frame.tsx';
import { Mark, Sign } from '../../parts/mark.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useWindow } from '../../parts/use-window.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { districtKey } from '../desk/district.ts';
import { massRow } from '../desk/mass.ts';

const rowPx = 56;

interface InViewProps {
  readonly cards: readonly IncidentCard[];
  readonly chosen: string | null;
  readonly onChoose: (card: IncidentCard) => void;
}

export function InView({ cards, chosen, onChoose }: InViewProps) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const language = useKnown((state) => state.language);
  const at = cards.findIndex((card) => card.id === chosen);
  const { box, from, to } = useWindow(cards.length, rowPx, { id: chosen, at });
  return (
    <>
      <h2 className="panel-head">
        {say('map.inView')} <span className="num mute">{cards.length}</span>
      </h2>
      <div className="map-list" ref={box}>
        {cards.length === 0 && <p className="mute pad">{say('map.nothing')}</p>}
        <ul aria-label={say('map.inView')} style={{ height: cards.length * rowPx, position: 'relative' }}>
          {cards.slice(from, to).map((card, i) => (
            <li key={card.id} aria-setsize={cards.length} aria-posinset={from + i + 1}>
              <button
                type="button"
                className={card.id === chosen ? 'map-row row-selected' : 'map-row'}
                style={{ position: 'absolute', top: (from + i) * rowPx, height: rowPx }}
                aria-current={card.id === chosen}
                onClick={() => onChoose(card)}
              >
                <Mark severity={card.severity} hazard={card.hazard} size={32} mute />
                <span className="row-words">
                  <span className="row-line">
                    <b className="cut">{shortTitle(card, language)}</b>
                    <span className="num">{format.age(nowMs - card.openedAtMs)}</span>
                  </span>
                  <span className="row-line mute">
                    <span className="cut">{format.pick(card.place)}</span>
                    <span>{say(`state.${card.state}`)}</span>
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

export function ChosenIncident({ card, onOpen }: { card: IncidentCard; onOpen: () => void }) {
  const say = useSay();
  const format = useFormat();
  const mayOpenMass = useKnown((state) => state.me?.permissions.includes('see-queue') === true);
  return (
    <section className="chosen">
      <h3>
        <Mark severity={card.severity} hazard={card.hazard} size={36} mute /> {format.pick(titleOf(card))}{' '}
        <span className="mute num">#{card.number}</span>
      </h3>
      <p>{format.pick(card.place)}</p>
      <p className="mute">
        {say(`state.${card.state}`)} · {say(`severity.${card.severity}`)} ·{' '}
        {say(`district.${districtKey(card.district)}`)}
      </p>
      {isUndecided(card) && (
        <button type="button" className="act" onClick={onOpen}>
          <kbd>Enter</kbd> {say('map.toDesk')}
        </button>
      )}
      {card.massId !== null && mayOpenMass && (
        <a className="act" href={hashOf('desk', massRow(card.massId))}>
          {say('map.openGroup')}
        </a>
      )}
    </section>
  );
}

/** One camera as it is now: the list of all is older than its last look. */
export function ChosenCamera({ camera: known }: { camera: CameraMark }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const stamp = useKnown((state) => Math.floor(state.stamps.camera / 20));
  const [loaded] = useLoad(known.id, (signal) => call(routes.camera, { params: { id: known.id }, signal }), {
    stamp,
    everyMs: 30_000,
  });
  const camera = loaded.kind === 'here' ? loaded.value.mark : known;
  return (
    <section className="chosen">
      <h3>
        <Sign of={camera.state === 'ok' ? 'done' : camera.state === 'unknown' ? 'unknown' : 'fault'} size={24} />{' '}
        {camera.id}
      </h3>
      <p>{format.pick(camera.name)}</p>
      <p className="mute">
        {say(`health.${camera.state}`)}
        {camera.sinceMs !== null && camera.state !== 'ok'
          ? ` · ${say('health.since', { time: format.moment(camera.sinceMs, nowMs) })}`
          : ''}
        {camera.lastLookAtMs === null
          ? ''
          : ` · ${say('health.lastLook', { ago: format.ago(camera.lastLookAtMs, nowMs) })}`}
      </p>
      <p>
        {camera.hazards.length === 0
          ? say('camera.noHazards')
          : say('camera.sees', { hazards: camera.hazards.map((h) => format.pick(hazardName(h))).join(', ') })}
      </p>
      <LiveButton cameraId={camera.id} />
      <a className="act" href={hashOf('camera', camera.id)}>
        {say('map.toCamera')}
      </a>
    </section>
  );
}
