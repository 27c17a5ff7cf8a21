// Holds the live picture under the eye for an incident by hand (screens 4.9): the form opens at once, the picture follows.
import { routes } from '../../contract.ts';
import { call } from '../net/api.ts';
import { byHand, openByHand } from '../screens/desk/by-hand-state.ts';
import { serverNowMs, store } from '../state.ts';
import { heldPicture } from './player.ts';
import { underTheEye } from './playing.ts';

/** Opens the form with the live picture that is under the eye now; false where there is none. */
export function holdLive(): boolean {
  const view = underTheEye();
  const player = view?.player();
  const camera = view && store.getState().cameras.get(view.cameraId);
  if (!view || !player || !camera) return false;
  const seenAtMs = player.shownAtMs() ?? serverNowMs();
  // Drawn before anything else happens: this is what was under the eye.
  const picture = heldPicture(player);
  openByHand({ cameraId: camera.id, place: camera.name, point: camera.point, stillSha256: null, seenAtMs });
  const { held } = byHand.getState();
  void picture
    .then(async (blob) => {
      if (!blob) return;
      const form = new FormData();
      form.set('picture', blob, 'held.jpg');
      const { sha256 } = await call(routes.holdPicture, { params: { id: camera.id }, form });
      byHand.setState((now) =>
        now.held && now.held.key === held?.key ? { held: { ...now.held, stillSha256: sha256 } } : now,
      );
    })
    // Without the picture the incident can still be raised; the form says that there is none.
    .catch(() => undefined);
  return true;
}
