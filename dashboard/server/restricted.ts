// Who sees the pictures of a restricted camera on the pages where cameras are set up.
import type { Camera } from '#core/camera';
import type { Person } from '#core/person';
import { audit } from '#store';
import type { Glass } from './glass.ts';
import { may } from './may.ts';
import { mayPictures } from './scope.ts';

/** May this person see this camera's pictures, with the reason that was given? */
export type PicturesFor = (camera: Camera, person: Person, reason: string | undefined) => Promise<boolean>;

/**
 * The rule of one page. A restricted camera is shown for a stated reason, to those who set cameras up, and that is written down with
 * the page's name (domain 3.6).
 */
export const picturesOn =
  ({ database, clock }: Pick<Glass, 'database' | 'clock'>, where: string): PicturesFor =>
  async (camera, person, reason) => {
    if (!camera.restricted) return mayPictures(person, camera);
    if (reason === undefined || !may(person, 'edit-cameras')) return false;
    await database.transaction((tx) =>
      audit.write(tx, {
        atMs: clock.nowMs(),
        actor: person.id,
        act: 'looked at a restricted camera',
        objectKind: 'camera',
        objectId: camera.id,
        facts: { reason, where },
      }),
    );
    return true;
  };
