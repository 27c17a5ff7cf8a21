// `KeyN` from anywhere: finds what is under the eye on the open screen and holds it.
import type { Point } from '#core/place';
import { routes } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import type { Route } from '../../route.ts';
import { say, store } from '../../state.ts';
import { openByHand } from './by-hand-state.ts';

/** The newest picture of a camera. */
async function ofCamera(cameraId: string): Promise<void> {
  const { mark, strip } = await call(routes.camera, { params: { id: cameraId } });
  const look = strip.findLast((one) => one.stillSha256 !== null);
  openByHand({
    cameraId,
    place: mark.name,
    point: mark.point,
    stillSha256: look?.stillSha256 ?? null,
    seenAtMs: look?.seenAtMs ?? null,
  });
}

/** A bare point of the map: no camera, no picture. */
export function openByHandAt(point: Point): void {
  const text = `${point.lat.toFixed(5)}, ${point.lon.toFixed(5)}`;
  openByHand({ cameraId: null, place: { kk: text, ru: text, en: text }, point, stillSha256: null, seenAtMs: null });
}

/** The camera or the incident that the address names: those of the map and of the camera page. */
export async function openByHandFrom(route: Route): Promise<void> {
  if (route.id === undefined) {
    say('byHand.chooseFirst');
    return;
  }
  try {
    if (route.screen === 'camera') {
      await ofCamera(route.id);
      return;
    }
    const { card, now } = await call(routes.incident, { params: { id: route.id } });
    openByHand({ ...card, stillSha256: now?.sha256 ?? null, seenAtMs: now?.seenAtMs ?? null });
  } catch {
    // The map names cameras and incidents in one place of the address.
    const camera = store.getState().cameras.get(route.id);
    if (camera) await ofCamera(camera.id).catch(() => say('byHand.chooseFirst'));
    else say('byHand.chooseFirst');
  }
}
