// Reference pictures of a camera that a person picks: what is picked, what there is to pick from, picking and taking back.
import { mainPreset, type Camera } from '#core/camera';
import { AhualError } from '#core/errors';
import { newId, PersonId } from '#core/ids';
import type { Ground, Light } from '#core/past';
import { isTurning, presetsOf, seenFrom } from '#core/preset';
import { looks, past, picks } from '#store';
import type { CameraReferences } from '../contract.ts';
import type { Glass } from './glass.ts';
import { may } from './may.ts';
import { cameraReach, outOfReach } from './reach.ts';
import { picturesOn } from './restricted.ts';
import { serve } from './serve.ts';
import { stripOf } from './strip.ts';

/** So many looks back a reference can be picked. */
const looksBack = 200;

/** Routes of picked references. */
export function openReferences(glass: Glass): void {
  const { app, door, database, register, clock, files, settings } = glass;

  const known = (id: string): Camera => {
    const camera = register.camera(id);
    if (!camera) throw new AhualError('CAMERA_UNKNOWN', `There is no camera ${id}.`, 'Look for it in the list.');
    return camera;
  };

  const picturesFor = picturesOn(glass, 'references');

  /** Kept looks with what they said, newest first. */
  async function looksOf(camera: Camera) {
    const { hazards } = settings.incidents;
    const views = presetsOf(camera).map(({ id }) => outOfReach(cameraReach(seenFrom(camera, id), hazards)));
    const beyond = new Set(views.flatMap((view) => [...view]));
    const recent = await looks.recent(database, camera.id, looksBack);
    return stripOf(recent, undefined, beyond, camera.zones).toReversed();
  }

  serve(app, door, 'cameraReferences', async ({ params, query, session: { person } }): Promise<CameraReferences> => {
    const camera = known(params.id);
    const [own, learned, pictures] = await Promise.all([
      picks.of(database, camera.id),
      past.of(database, camera.id),
      picturesFor(camera, person, query.reason),
    ]);
    const strip = pictures && may(person, 'edit-cameras') ? await looksOf(camera) : [];
    return {
      picks: own.flatMap(({ state, pickedBy, stillSha256, ...pick }) =>
        state === 'retired'
          ? []
          : [{ ...pick, state, stillSha256: pictures ? stillSha256 : null, who: register.nameOf(pickedBy) }],
      ),
      learned: sumsOf(learned),
      looks: strip.flatMap(({ lookId, seenAtMs, stillSha256, word, outcome, preset }) =>
        stillSha256 === null || !isUsable(camera, outcome)
          ? []
          : [{ lookId, seenAtMs, stillSha256, word, ...(preset === undefined ? {} : { preset }) }],
      ),
    };
  });

  serve(app, door, 'pickReference', async ({ params, body, session }) => {
    const camera = known(params.id);
    const { kind, lookId, despite, reason } = body;
    if (camera.restricted && !(await picturesFor(camera, session.person, reason))) {
      const message = 'This camera looks at a restricted site; it is shown only for a stated reason.';
      throw new AhualError('REQUEST_INVALID', message, 'Type why you need it; the auditor will see it.');
    }
    const look = (await looksOf(camera)).find((one) => one.lookId === lookId);
    if (!look || look.stillSha256 === null || !(await files.has(look.stillSha256))) {
      throw new AhualError('NOT_FOUND', 'The picture of this look is not kept any more.', 'Choose a newer look.');
    }
    if (!isUsable(camera, look.outcome)) {
      const message = 'In this picture nothing could be judged.';
      throw new AhualError('REQUEST_INVALID', message, 'Choose a look in which the place can be seen.');
    }
    if (await picks.wasTroubled(database, camera.id, look.seenAtMs)) {
      const message = 'An incident of this camera was open when this picture was taken.';
      throw new AhualError('REQUEST_INVALID', message, 'Choose a look of a time when nothing was wrong.');
    }
    const preset = look.preset ?? body.preset ?? mainPreset;
    if (body.preset !== undefined && body.preset !== preset) {
      const message = 'This picture shows another view of the camera.';
      throw new AhualError('REQUEST_INVALID', message, 'Pick it for the view that it shows.');
    }
    if (!presetsOf(camera).some((one) => one.id === preset)) {
      throw new AhualError('NOT_FOUND', 'This view was removed already.', 'Load the page of the camera again.');
    }
    if (look.word === 'hazard' && !despite) {
      const message = 'This look said that something is wrong here.';
      throw new AhualError(
        'REQUEST_INVALID',
        message,
        'Choose another look, or say that the place is clean all the same.',
      );
    }
    const id = newId(clock);
    const atMs = clock.nowMs();
    const { stillSha256, seenAtMs } = look;
    const pickedBy = PersonId.parse(session.person.id);
    await database.transaction((tx) =>
      picks.pick(tx, { id, cameraId: camera.id, kind, preset, stillSha256, seenAtMs, pickedAtMs: atMs, pickedBy }),
    );
    return { id };
  });

  serve(app, door, 'takeBackReference', async ({ params, session }) => {
    const camera = known(params.id);
    const by = { id: params.pick, cameraId: camera.id, actor: session.person.id, atMs: clock.nowMs() };
    await database.transaction((tx) => picks.takeBack(tx, by));
    return {};
  });
}

/** A camera with several views calls a view moved that it does not know yet, by night or in snow: that picture may be picked too. */
const isUsable = (camera: Camera, outcome: string): boolean =>
  outcome === 'seen' || (isTurning(camera) && outcome === 'moved');

/** How many references the eye learned by itself, by light and ground. */
function sumsOf(rows: readonly past.Reference[]): CameraReferences['learned'] {
  const sums = new Map<string, { preset: string; light: Light; ground: Ground; n: number; newestMs: number }>();
  for (const { preset, light, ground, seenAtMs, state, origin } of rows) {
    if (state !== 'active' || origin === 'picked') continue;
    const key = `${preset} ${light} ${ground}`;
    const sum = sums.get(key) ?? { preset, light, ground, n: 0, newestMs: seenAtMs };
    sums.set(key, { ...sum, n: sum.n + 1, newestMs: Math.max(sum.newestMs, seenAtMs) });
  }
  return [...sums.values()];
}
