// One camera live above the screen: from the desk, the map and the list, by `KeyL`; `KeyN` opens an incident from what is seen.
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { routes } from '../../contract.ts';
import { call } from '../net/api.ts';
import { Layer } from '../parts/frame.tsx';
import { Failure, Waiting } from '../parts/panel-state.tsx';
import { useLoad } from '../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../parts/words.ts';
import { hashOf, type Route } from '../route.ts';
import { byHand } from '../screens/desk/by-hand-state.ts';
import { store } from '../state.ts';
import { holdLive } from './hold.ts';
import { LiveTile } from './tile.tsx';

const shown = createStore<{ readonly cameraId: string | null }>()(() => ({ cameraId: null }));

/** Shows a camera live above whatever is open; false where this person may look at none. */
export function openLiveLayer(cameraId: string): boolean {
  if (store.getState().me?.permissions.includes('look-at-camera') !== true) return false;
  shown.setState({ cameraId });
  return true;
}

const close = (): void => shown.setState({ cameraId: null });

/** `KeyL` where the address names a camera. */
export async function openLiveFrom(route: Route): Promise<void> {
  const { cameras } = store.getState();
  if (route.id === undefined) return;
  if (cameras.has(route.id) || route.screen === 'camera') {
    openLiveLayer(route.id);
    return;
  }
  const found = await call(routes.incident, { params: { id: route.id } }).catch(() => undefined);
  if (found && found.card.cameraId !== null) openLiveLayer(found.card.cameraId);
}

/** Shows a camera live; absent for who may look at none. */
export function LiveButton({ cameraId }: { cameraId: string }) {
  const say = useSay();
  const mayLook = useKnown((state) => state.me?.permissions.includes('look-at-camera') === true);
  if (!mayLook) return null;
  return (
    <button type="button" className="act" onClick={() => openLiveLayer(cameraId)} data-testid="live-open">
      <kbd>L</kbd> {say('live.play')}
    </button>
  );
}

export function LiveLayer() {
  const cameraId = useStore(shown, (state) => state.cameraId);
  return cameraId === null ? null : <OneLive key={cameraId} cameraId={cameraId} />;
}

/** Reasons that were given on this page; they last as long as it. */
const reasons = new Map<string, string>();

function OneLive({ cameraId }: { cameraId: string }) {
  const say = useSay();
  const format = useFormat();
  const mayRaise = useKnown((state) => state.me?.permissions.includes('raise') === true);
  const isHeld = useStore(byHand, (state) => state.held !== null);
  const [isPlaying, setPlaying] = useState(false);
  const [hash] = useState(location.hash);
  const [loaded, reload] = useLoad(cameraId, (signal) => call(routes.camera, { params: { id: cameraId }, signal }));
  useEffect(() => {
    if (loaded.kind !== 'here') return;
    const { mark } = loaded.value;
    // An incident by hand asks where the camera is.
    store.setState(({ cameras }) => (cameras.has(mark.id) ? {} : { cameras: new Map(cameras).set(mark.id, mark) }));
  }, [loaded]);
  useEffect(() => {
    // Another screen is another matter.
    const onHash = (): void => {
      if (location.hash !== hash) close();
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || isHeld) return;
      if (event.target instanceof HTMLInputElement) return;
      if (event.code === 'KeyL') close();
      else if (event.code !== 'KeyN' || !mayRaise || !holdLive()) return;
      event.preventDefault();
    };
    window.addEventListener('hashchange', onHash);
    window.addEventListener('keydown', onKey, true);
    return () => {
      window.removeEventListener('hashchange', onHash);
      window.removeEventListener('keydown', onKey, true);
    };
  }, [hash, mayRaise, isHeld]);
  const title = loaded.kind === 'here' ? format.pick(loaded.value.mark.name) : cameraId;
  return (
    <Layer title={say('live.title', { place: title })} onClose={close} wide>
      <div className="live-one" data-testid="live-layer">
        {loaded.kind === 'loading' && <Waiting what="camera.waiting" />}
        {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
        {loaded.kind === 'here' && (
          <LiveTile
            camera={loaded.value.mark}
            autoPlay
            isNamed
            onPlaying={setPlaying}
            reason={reasons.get(cameraId)}
            onReason={(text) => reasons.set(cameraId, text)}
          />
        )}
        <div className="layer-acts">
          {mayRaise && isPlaying && (
            <button type="button" className="act" onClick={() => void holdLive()}>
              <kbd>N</kbd> {say('live.hold')}
            </button>
          )}
          <a className="act" href={hashOf('camera', cameraId)}>
            {say('map.toCamera')}
          </a>
          <a className="act" href={hashOf('live', undefined, { c: cameraId })}>
            {say('live.toPage')}
          </a>
        </div>
      </div>
    </Layer>
  );
}
