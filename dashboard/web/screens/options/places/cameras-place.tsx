// Cameras edited in the browser: place, address without showing its secret, removal, history. Zones have their own editor.
import { useMemo, useState } from 'react';
import { routes, type PlaceCameraSheet } from '../../../../contract.ts';
import { call } from '../../../net/api.ts';
import { Failure, Waiting } from '../../../parts/panel-state.tsx';
import { useLoad } from '../../../parts/use-load.ts';
import { useFormat, useSay } from '../../../parts/words.ts';
import { say as tell } from '../../../state.ts';
import { useWindow } from '../../../parts/use-window.ts';
import { CameraEdit } from './camera-form.tsx';

const rowPx = 60;

export function CamerasPlace() {
  const say = useSay();
  const format = useFormat();
  const [loaded, reload] = useLoad('place cameras', (signal) => call(routes.placeCameras, { signal }));
  const [find, setFind] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const all = loaded.kind === 'here' ? loaded.value.cameras : [];
  const list = useMemo(() => {
    const wanted = find.trim().toLocaleLowerCase();
    return all.filter(
      (one) =>
        wanted === '' ||
        one.id.toLocaleLowerCase().includes(wanted) ||
        format.pick(one.name).toLocaleLowerCase().includes(wanted) ||
        (one.host ?? '').includes(wanted),
    );
  }, [all, find, format]);
  const windowed = useWindow(list.length, rowPx);
  const restore = async (id: string, version: number): Promise<void> => {
    try {
      const done = await call(routes.restoreCamera, { params: { id }, body: { version, seen: null } });
      tell('places.restored', { n: done.version });
      reload();
      setChosen(id);
    } catch {
      tell('places.changed', {}, 'bad');
    }
  };
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  return (
    <div className="places-columns">
      <aside className="panel places-list">
        <div className="pad form">
          <input
            type="search"
            value={find}
            aria-label={say('places.find')}
            placeholder={say('places.find')}
            onChange={(event) => setFind(event.currentTarget.value)}
          />
          <button
            type="button"
            onClick={() => {
              setAdding(true);
              setChosen(null);
            }}
            data-testid="places-add"
          >
            {say('places.addCamera')}
          </button>
        </div>
        {loaded.kind === 'loading' && <Waiting what="places.waiting" />}
        <div className="camera-window" ref={windowed.box}>
          <ul style={{ paddingTop: windowed.abovePx, paddingBottom: windowed.belowPx }}>
            {list.slice(windowed.from, windowed.to).map((one) => (
              <li key={one.id} style={{ height: rowPx }}>
                <button
                  type="button"
                  className={one.id === chosen ? 'map-row row-selected' : 'map-row'}
                  style={{ height: rowPx }}
                  aria-pressed={one.id === chosen}
                  onClick={() => {
                    setChosen(one.id);
                    setAdding(false);
                  }}
                >
                  <span className="row-words">
                    <span className="row-line">
                      <b className="cut">{format.pick(one.name)}</b>
                      <span className="num mute">{one.id}</span>
                    </span>
                    <span className="row-line mute">
                      <span className="cut">{one.host ?? say('places.noAddress')}</span>
                      <span className="num">{say('places.zones', { n: one.zones })}</span>
                    </span>
                  </span>
                </button>
              </li>
            ))}
            {loaded.kind === 'here' && list.length === 0 && <li className="mute pad">{say('places.none')}</li>}
          </ul>
        </div>
        {loaded.kind === 'here' && loaded.value.removed.length > 0 && (
          <details className="pad">
            <summary>{say('places.removedList')}</summary>
            <ul className="places-versions">
              {loaded.value.removed.map((one) => (
                <li key={one.id}>
                  <span className="wrap">
                    <b>{one.id}</b> <span className="mute small">{one.why}</span>
                  </span>
                  <button type="button" onClick={() => void restore(one.id, one.version - 1)}>
                    {say('places.restore')}
                  </button>
                </li>
              ))}
            </ul>
          </details>
        )}
      </aside>
      <section className="panel places-one">
        {adding && loaded.kind === 'here' ? (
          <CameraEdit
            key="new"
            sheet={null}
            districts={loaded.value.districts}
            onDone={(id) => {
              setAdding(false);
              setChosen(id);
              reload();
            }}
          />
        ) : chosen !== null && loaded.kind === 'here' ? (
          <ChosenCamera
            key={chosen}
            id={chosen}
            districts={loaded.value.districts}
            onChanged={reload}
            onGone={() => setChosen(null)}
          />
        ) : (
          <p className="panel-state mute">{say('places.choose')}</p>
        )}
      </section>
    </div>
  );
}

function ChosenCamera({
  id,
  districts,
  onChanged,
  onGone,
}: {
  id: string;
  districts: readonly string[];
  onChanged: () => void;
  onGone: () => void;
}) {
  const [sheet, setSheet] = useState<PlaceCameraSheet | null>(null);
  const [loaded, reload] = useLoad(`place camera ${id}`, (signal) =>
    call(routes.placeCamera, { params: { id }, signal }),
  );
  if (loaded.kind === 'here' && sheet === null) setSheet(loaded.value);
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  if (sheet === null) return <Waiting what="places.waiting" />;
  const again = async (): Promise<void> => setSheet(await call(routes.placeCamera, { params: { id } }));
  return (
    <CameraEdit
      key={sheet.seen}
      sheet={sheet}
      districts={districts}
      onDone={() => {
        onChanged();
        void again();
      }}
      onReload={() => void again()}
      onGone={() => {
        onChanged();
        onGone();
      }}
    />
  );
}
