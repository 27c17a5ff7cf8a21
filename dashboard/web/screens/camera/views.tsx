// Views of a camera that turns: the row on its page, and the layer in which they are added, named, ordered and removed.
import { useState } from 'react';
import { mostPresets } from '#core/camera';
import { pickKinds, type PickKind } from '#core/past';
import { routes, type CameraPresets, type PresetFacts } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Layer } from '../../parts/frame.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { Picture } from '../../parts/picture.tsx';
import { TroubleNote } from '../../parts/trouble.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useNow, useSay, type Say } from '../../parts/words.ts';
import { say as tell } from '../../state.ts';
import { troubleOf, type Trouble } from '../../trouble.ts';

/** What a view is called on the screens; `place` is its place in the order, from 0. */
export function viewName(
  { id, name }: { readonly id: string; readonly name: string },
  place: number,
  say: Say,
): string {
  if (name !== '') return name;
  return id === 'main' ? say('views.main') : say('views.unnamed', { n: place + 1 });
}

/** Names of a camera's views by their ids. */
export const viewNames = (
  presets: readonly { readonly id: string; readonly name: string }[],
  say: Say,
): ReadonlyMap<string, string> => new Map(presets.map((one, i) => [one.id, viewName(one, i, say)]));

function useViews(cameraId: string, reason: string | undefined, stamp: number) {
  return useLoad(
    `views ${cameraId} ${reason ?? ''}`,
    (signal) =>
      call(routes.cameraPresets, {
        params: { id: cameraId },
        query: reason === undefined ? {} : { reason },
        signal,
      }),
    { stamp },
  );
}

/** The row of views on the camera's page. */
export function ViewsPanel({
  cameraId,
  stamp,
  onOpen,
  onZones,
}: {
  cameraId: string;
  stamp: number;
  /** Null: this person does not change views. */
  onOpen: (() => void) | null;
  /** Null: this person draws no zones. */
  onZones: ((preset: string) => void) | null;
}) {
  const say = useSay();
  const [loaded, reload] = useViews(cameraId, undefined, stamp);
  return (
    <section className="panel" data-testid="views">
      <h2 className="panel-head">
        {say('views.title')}
        {onOpen && (
          <button type="button" onClick={onOpen} data-testid="views-open">
            {say('views.open')} <kbd>V</kbd>
          </button>
        )}
      </h2>
      {loaded.kind === 'loading' && <Waiting what="views.waiting" />}
      {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
      {loaded.kind === 'here' &&
        (loaded.value.presets.length === 1 ? (
          <p className="pad mute">{say('views.one')}</p>
        ) : (
          <>
            <ol className="views-row">
              {loaded.value.presets.map((view, i) => (
                <li key={view.id} data-testid={`view-${view.id}`}>
                  <ViewCard view={view} name={viewName(view, i, say)} isShown={loaded.value.shown === view.id} />
                  {onZones && (
                    <button
                      type="button"
                      onClick={() => onZones(view.id)}
                      aria-label={say('views.drawZones', { view: viewName(view, i, say) })}
                    >
                      {say('zones.edit')}
                    </button>
                  )}
                </li>
              ))}
            </ol>
            {loaded.value.shown === null && <p className="pad mute">{say('views.noneShown')}</p>}
          </>
        ))}
    </section>
  );
}

function ViewCard({ view, name, isShown }: { view: PresetFacts; name: string; isShown: boolean }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(60_000);
  return (
    <>
      <h3 className="row-line">
        <span className="cut">{name}</span>
        {isShown && <span className="chip">{say('views.shown')}</span>}
      </h3>
      {view.stillSha256 !== null && <Picture sha256={view.stillSha256} alt={name} />}
      <p className="small mute">
        {say('views.zones', { n: view.zones })} · {say('views.refs', { picks: view.picks, learned: view.learned })}
        <br />
        {view.lastSeenAtMs === null
          ? say('views.never')
          : say('views.lastSeen', { time: format.moment(view.lastSeenAtMs, nowMs) })}
      </p>
      {!view.known && <p className="small bad">{say(view.picks > 0 ? 'views.learning' : 'views.unknown')}</p>}
    </>
  );
}

/** Everything that changes views. */
export function ViewsLayer({
  cameraId,
  name,
  restricted,
  reason,
  onClose,
}: {
  cameraId: string;
  name: string;
  restricted: boolean;
  reason: string | undefined;
  onClose: () => void;
}) {
  const say = useSay();
  const [stamp, setStamp] = useState(0);
  const [loaded, reload] = useViews(cameraId, reason, stamp);
  return (
    <Layer title={`${name} – ${say('views.title')}`} onClose={onClose} wide>
      <div className="views-layer" data-testid="views-layer">
        {restricted && reason === undefined ? (
          <p>{say('refs.restricted')}</p>
        ) : loaded.kind === 'loading' ? (
          <Waiting what="views.waiting" />
        ) : loaded.kind === 'failed' ? (
          <Failure why={loaded.why} code={loaded.code} onAgain={reload} />
        ) : (
          <Pages
            key={loaded.value.seen}
            cameraId={cameraId}
            views={loaded.value}
            reason={reason}
            onChanged={() => setStamp((n) => n + 1)}
          />
        )}
      </div>
    </Layer>
  );
}

interface Row {
  readonly view: PresetFacts;
  readonly name: string;
  readonly token: string;
}

function Pages({
  cameraId,
  views,
  reason,
  onChanged,
}: {
  cameraId: string;
  views: CameraPresets;
  reason: string | undefined;
  onChanged: () => void;
}) {
  const say = useSay();
  const { seen } = views;
  const fresh = views.presets.map((view): Row => ({ view, name: view.name, token: view.token ?? '' }));
  const [rows, setRows] = useState(fresh);
  const [sure, setSure] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const names = viewNames(views.presets, say);
  const nameOf = ({ view }: Row): string => names.get(view.id) ?? view.id;
  const isChanged = JSON.stringify(rows) !== JSON.stringify(fresh);
  const doing = async (work: () => Promise<void>): Promise<void> => {
    setTrouble(null);
    try {
      await work();
      onChanged();
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
    }
  };
  const write = (id: string, more: Partial<Row>): void =>
    setRows((before) => before.map((row) => (row.view.id === id ? { ...row, ...more } : row)));
  const move = (from: number, to: number): void =>
    setRows((before) => {
      const row = before[from];
      const rest = before.filter((_, i) => i !== from);
      return row && to >= 0 && to <= rest.length ? [...rest.slice(0, to), row, ...rest.slice(to)] : before;
    });
  const save = (): Promise<void> =>
    doing(async () => {
      const presets = rows.map(({ view, name, token }) => {
        const inCamera = token.trim();
        return { id: view.id, name: name.trim(), token: inCamera === '' ? null : inCamera };
      });
      await call(routes.savePresets, { params: { id: cameraId }, body: { seen, presets } });
      tell('views.saved');
    });
  const remove = (row: Row): Promise<void> =>
    doing(async () => {
      await call(routes.removePreset, { params: { id: cameraId, preset: row.view.id }, body: { seen } });
      tell('views.removed', { view: nameOf(row) });
    });
  return (
    <>
      <p className="small wrap">{say('views.what')}</p>
      <ol className="views-list">
        {rows.map((row, i) => (
          <li key={row.view.id} data-testid={`view-row-${row.view.id}`}>
            <div className="views-picture">
              <ViewCard view={row.view} name={nameOf(row)} isShown={views.shown === row.view.id} />
            </div>
            <div className="form">
              <label>
                {say('views.name', { n: i + 1 })}
                <input
                  value={row.name}
                  maxLength={60}
                  placeholder={nameOf(row)}
                  onChange={(event) => write(row.view.id, { name: event.currentTarget.value })}
                />
              </label>
              <label>
                {say('views.token', { n: i + 1 })}
                <input
                  value={row.token}
                  maxLength={64}
                  onChange={(event) => write(row.view.id, { token: event.currentTarget.value })}
                />
              </label>
              <div className="row-line">
                <button
                  type="button"
                  disabled={i === 0}
                  onClick={() => move(i, i - 1)}
                  aria-label={say('views.up', { view: nameOf(row) })}
                >
                  ↑
                </button>
                <button
                  type="button"
                  disabled={i === rows.length - 1}
                  onClick={() => move(i, i + 1)}
                  aria-label={say('views.down', { view: nameOf(row) })}
                >
                  ↓
                </button>
                {row.view.id !== 'main' && sure !== row.view.id && (
                  <button type="button" onClick={() => setSure(row.view.id)}>
                    {say('views.remove', { view: nameOf(row) })}
                  </button>
                )}
              </div>
              {sure === row.view.id && (
                <div className="notice" role="alert" data-testid="view-remove-sure">
                  <p>
                    {say('views.removeSure', {
                      view: nameOf(row),
                      zones: row.view.zones,
                      refs: row.view.picks + row.view.learned,
                    })}
                  </p>
                  {row.view.open > 0 && <p className="bad">{say('views.removeOpen', { n: row.view.open })}</p>}
                  <button type="button" className="act" onClick={() => void remove(row)} data-testid="view-remove-do">
                    {say('views.removeDo')}
                  </button>
                  <button type="button" onClick={() => setSure(null)}>
                    {say('views.removeBack')}
                  </button>
                </div>
              )}
            </div>
          </li>
        ))}
      </ol>
      <button type="button" className="act" disabled={!isChanged} onClick={() => void save()} data-testid="views-save">
        {say('views.save')}
      </button>
      {trouble && (
        <div className="notice" role="alert" data-testid="views-refusal">
          <TroubleNote trouble={trouble} />
        </div>
      )}
      <AddView cameraId={cameraId} views={views} reason={reason} doing={doing} />
    </>
  );
}

function AddView({
  cameraId,
  views,
  reason,
  doing,
}: {
  cameraId: string;
  views: CameraPresets;
  reason: string | undefined;
  doing: (work: () => Promise<void>) => Promise<void>;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(60_000);
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [kind, setKind] = useState<PickKind>('day');
  const look = views.looks.find(({ lookId }) => lookId === chosen) ?? views.looks[0];
  const isFull = views.presets.length >= mostPresets;
  const add = (): Promise<void> =>
    doing(async () => {
      if (!look) return;
      const body = { seen: views.seen, lookId: look.lookId, kind, name: name.trim() };
      await call(routes.addPreset, {
        params: { id: cameraId },
        body: reason === undefined ? body : { ...body, reason },
      });
      const view = name.trim() === '' ? say('views.unnamed', { n: views.presets.length + 1 }) : name.trim();
      tell('views.added', { view });
    });
  return (
    <section className="views-add">
      <h3>{say('views.add')}</h3>
      {isFull ? (
        <p className="mute">{say('views.addFull', { n: mostPresets })}</p>
      ) : !views.mainPicked ? (
        <p className="mute">{say('views.addFirst')}</p>
      ) : look === undefined ? (
        <p className="mute">{say('views.addNone')}</p>
      ) : (
        <>
          <p className="small wrap">{say('views.addWhat')}</p>
          {views.presets.length === 1 && <p className="small wrap">{say('views.addForgets')}</p>}
          <div className="refs-pick">
            <Picture sha256={look.stillSha256} alt={say('views.add')} />
            <form
              className="form"
              onSubmit={(event) => {
                event.preventDefault();
                void add();
              }}
            >
              <label>
                {say('refs.choose')}
                <select value={look.lookId} onChange={(event) => setChosen(event.currentTarget.value)}>
                  {views.looks.slice(0, 48).map((one) => (
                    <option key={one.lookId} value={one.lookId}>
                      {format.moment(one.seenAtMs, nowMs)}
                    </option>
                  ))}
                </select>
              </label>
              <label>
                {say('views.addName')}
                <input value={name} maxLength={60} onChange={(event) => setName(event.currentTarget.value)} />
              </label>
              <fieldset>
                <legend>{say('views.addKind')}</legend>
                {pickKinds.map((one) => (
                  <label key={one} className="radio">
                    <input type="radio" name="view-kind" checked={one === kind} onChange={() => setKind(one)} />{' '}
                    {say(`refs.kind.${one}`)}
                  </label>
                ))}
              </fieldset>
              <button type="submit" className="act act-strong" data-testid="view-add">
                {say('views.addDo')}
              </button>
            </form>
          </div>
        </>
      )}
    </section>
  );
}
