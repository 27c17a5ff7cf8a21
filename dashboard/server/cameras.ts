// Cameras: marks for the map, one camera's page, and its latest kept picture.
import { AhualError } from '#core/errors';
import type { Camera } from '#core/camera';
import { audit, cameras, incidents, looks } from '#store';
import type { CameraView } from '../contract.ts';
import { cameraMark, incidentCard } from './cards.ts';
import { lensOf, type Glass } from './glass.ts';
import { may } from './may.ts';
import { cameraReach, outOfReach } from './reach.ts';
import { mayPictures, mayRestricted } from './scope.ts';
import { serve } from './serve.ts';
import { sendStill } from './stills.ts';
import { stripOf } from './strip.ts';

const stripLooks = 60;

/** A zone as screens show it: without its owner and measures, which are the engineer's. */
export const zoneView = ({
  id,
  kind,
  polygon,
  hazards,
  streetClass,
}: Camera['zones'][number]): CameraView['zones'][number] => ({
  id,
  kind,
  polygon,
  hazards,
  streetClass,
});

const unknownCamera = (id: string): AhualError =>
  new AhualError('CAMERA_UNKNOWN', `There is no camera ${id}.`, 'Look for it in the list of cameras.');

/** Routes of cameras. */
export function openCameras(glass: Glass): void {
  const { app, door, database, register, clock } = glass;

  const known = (id: string): Camera => {
    const camera = register.camera(id);
    if (!camera) throw unknownCamera(id);
    return camera;
  };

  serve(app, door, 'cameras', async () => {
    const health = new Map((await cameras.health(database)).map((one) => [one.cameraId, one]));
    return {
      nowMs: clock.nowMs(),
      cameras: register.cameras().map((camera) => cameraMark(camera, health.get(camera.id))),
    };
  });

  serve(app, door, 'camera', async ({ params, session }) => {
    const camera = known(params.id);
    const [health, recent, open] = await Promise.all([
      cameras.healthOf(database, camera.id),
      looks.recent(database, camera.id, stripLooks),
      may(session.person, 'see-incidents') ? incidents.open(database, { cameraId: camera.id }) : [],
    ]);
    const pictures = !camera.restricted && mayPictures(session.person, camera);
    const reach = cameraReach(camera, glass.settings.incidents.hazards);
    return {
      mark: cameraMark(camera, health),
      heightM: camera.heightM,
      reach,
      zones: camera.zones.map(zoneView),
      health: health
        ? {
            detail: health.detail,
            lastGoodAtMs: health.lastGoodAtMs,
            widthPx: health.widthPx,
            heightPx: health.heightPx,
            fails: health.fails,
          }
        : null,
      strip: stripOf(recent, undefined, outOfReach(reach)).map((look) =>
        pictures ? look : { ...look, stillSha256: null },
      ),
      incidents: open.map((incident) => incidentCard(incident, lensOf(glass))),
    };
  });

  serve(app, door, 'cameraStill', async ({ params, query, session, reply }) => {
    const camera = known(params.id);
    if (camera.restricted) {
      const { reason } = query;
      if (!mayRestricted(session.person)) {
        const message = 'This camera looks at a restricted site.';
        throw new AhualError('AUTH_DENIED', message, 'Ask the shift lead.', { cameraId: camera.id });
      }
      if (reason === undefined) {
        const message = 'This camera looks at a restricted site; it is shown only for a stated reason.';
        throw new AhualError('REQUEST_INVALID', message, 'Type why you need it; the auditor will see it.');
      }
      await database.transaction((tx) =>
        audit.write(tx, {
          atMs: clock.nowMs(),
          actor: session.person.id,
          act: 'looked at a restricted camera',
          objectKind: 'camera',
          objectId: camera.id,
          facts: { reason },
        }),
      );
    }
    const latest = (await looks.recent(database, camera.id, stripLooks)).find((look) => look.stillSha256 !== null);
    if (!latest?.stillSha256) {
      throw new AhualError('FILE_MISSING', 'No picture of this camera is kept now.', 'Wait for the next look.');
    }
    void reply.header('x-ahual-seen-at-ms', String(latest.seenAtMs)).header('cache-control', 'private, no-store');
    await sendStill(glass, latest.stillSha256, reply);
    return undefined;
  });
}
