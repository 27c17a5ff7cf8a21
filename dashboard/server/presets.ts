// Views of a camera that turns: what is known of each, and adding, naming, ordering and removing them. Nothing here turns a camera.
import { mainPreset, mostPresets, type Camera, type Preset } from '#core/camera';
import { AhualError } from '#core/errors';
import { newId, PersonId } from '#core/ids';
import { isTurning, presetOf, presetsOf } from '#core/preset';
import { cameras, incidents, looks, past, picks, placeVersions } from '#store';
import type { CameraPresets, PresetFacts } from '../contract.ts';
import type { Glass } from './glass.ts';
import { may } from './may.ts';
import { picturesOn } from './restricted.ts';
import { serve } from './serve.ts';

/** So many looks back a view can be made of. */
const looksBack = 200;

const refused = (message: string, cure: string): AhualError => new AhualError('REQUEST_INVALID', message, cure);

/** An id that no view of the camera has. */
function freeId(presets: readonly Preset[]): string {
  const taken = new Set(presets.map(({ id }) => id));
  for (let n = 2; ; n++) if (!taken.has(`view-${n}`)) return `view-${n}`;
}

/** A camera with these views; one that has the main view alone, without a name, says nothing of views. */
function withPresets(camera: Camera, presets: readonly Preset[]): Camera {
  const rest = { ...camera };
  delete rest.presets;
  const isPlain = presets.length === 1 && presets[0]?.name === '' && presets[0].token === undefined;
  return isPlain ? rest : { ...rest, presets: [...presets] };
}

const named = (preset: Preset, name: string, token: string | null): Preset => {
  const rest = { ...preset };
  delete rest.token;
  return { ...rest, name, ...(token === null ? {} : { token }) };
};

/** Routes of a camera's views. */
export function openPresets(glass: Glass): void {
  const { app, door, database, register, clock, files } = glass;

  async function known(id: string): Promise<Camera> {
    const camera = await cameras.byId(database, id);
    if (camera) return camera;
    throw new AhualError('CAMERA_UNKNOWN', `There is no camera ${id}.`, 'Look for it in the list.');
  }

  const picturesFor = picturesOn(glass, 'views');

  /** Is it a picture that may be a view of its own: one that can be judged, and that shows none that is known? */
  const isNew = (camera: Camera, { outcome, preset }: looks.RecentLook): boolean =>
    isTurning(camera) ? preset === null && outcome === 'moved' : outcome === 'ok' || outcome === 'moved';

  serve(app, door, 'cameraPresets', async ({ params, query, session: { person } }): Promise<CameraPresets> => {
    const camera = await known(params.id);
    const [recent, own, learned, open, pictures] = await Promise.all([
      looks.recent(database, camera.id, looksBack),
      picks.of(database, camera.id),
      past.of(database, camera.id),
      may(person, 'see-incidents') || may(person, 'edit-cameras')
        ? incidents.open(database, { cameraId: camera.id })
        : [],
      picturesFor(camera, person, query.reason),
    ]);
    const factsOf = ({ id, name, token }: Preset): PresetFacts => {
      const zones = camera.zones.filter((zone) => presetOf(zone) === id);
      const picked = own.filter((pick) => pick.preset === id);
      const active = learned.filter((row) => row.preset === id && row.state === 'active');
      const shows = (look: looks.RecentLook): boolean =>
        isTurning(camera) ? look.preset === id : look.outcome === 'ok';
      return {
        id,
        name,
        token: token ?? null,
        zones: zones.length,
        picks: picked.length,
        learned: active.filter(({ origin }) => origin !== 'picked').length,
        known: active.length > 0,
        open: open.filter(({ zoneId }) => zones.some((zone) => zone.id === zoneId)).length,
        stillSha256: pictures ? (picked[0]?.stillSha256 ?? null) : null,
        lastSeenAtMs: recent.find(shows)?.seenAtMs ?? null,
      };
    };
    return {
      seen: placeVersions.seenOf(camera),
      presets: presetsOf(camera).map(factsOf),
      shown: isTurning(camera) ? (recent[0]?.preset ?? null) : mainPreset,
      mainPicked: own.some(({ preset, state }) => preset === mainPreset && state !== 'useless'),
      looks:
        pictures && may(person, 'edit-cameras')
          ? recent.flatMap((look) => {
              const { lookId, seenAtMs, stillSha256, outcome } = look;
              if (stillSha256 === null || !isNew(camera, look)) return [];
              return [{ lookId, seenAtMs, stillSha256, outcome: outcome === 'ok' ? 'seen' : 'moved' }];
            })
          : [],
    };
  });

  serve(app, door, 'addPreset', async ({ params, body, session: { person } }) => {
    const camera = await known(params.id);
    if (camera.restricted && !(await picturesFor(camera, person, body.reason))) {
      const message = 'This camera looks at a restricted site; it is shown only for a stated reason.';
      throw refused(message, 'Type why you need it; the auditor will see it.');
    }
    const presets = presetsOf(camera);
    if (presets.length >= mostPresets) {
      throw refused(`A camera has at most ${mostPresets} views.`, 'Remove one that is not used any more.');
    }
    const look = (await looks.recent(database, camera.id, looksBack)).find(({ lookId }) => lookId === body.lookId);
    if (!look || look.stillSha256 === null || !(await files.has(look.stillSha256))) {
      throw new AhualError('NOT_FOUND', 'The picture of this look is not kept any more.', 'Choose a newer look.');
    }
    if (look.preset !== null) {
      const message = 'This picture shows a view that the camera has already.';
      throw refused(message, 'Choose a picture that shows none of its views.');
    }
    if (!isNew(camera, look)) {
      const message = 'In this picture nothing could be judged.';
      throw refused(message, 'Choose a look in which the place can be seen.');
    }
    const own = await picks.of(database, camera.id);
    if (!own.some(({ preset, state }) => preset === mainPreset && state !== 'useless')) {
      const message = 'The main view of this camera has no picked reference: nothing would tell the two views apart.';
      throw refused(message, 'Pick a reference of the main view first.');
    }
    const preset = freeId(presets);
    const fresh = named({ id: preset, name: '' }, body.name, body.token);
    const atMs = clock.nowMs();
    const pick = { id: newId(clock), cameraId: camera.id, kind: body.kind, preset, stillSha256: look.stillSha256 };
    const pickedBy = PersonId.parse(person.id);
    const version = await database.transaction(async (tx) => {
      const by = { seen: body.seen, act: 'views', actor: person.id, atMs, why: '' } as const;
      const edited = await cameras.edit(tx, withPresets(camera, [...presets, fresh]), by);
      if (!isTurning(camera)) {
        // Quiet hours taught it whatever it showed, for nobody knew yet that it turns.
        const about = { atMs, actor: person.id, why: 'it has several views now' };
        await past.forget(tx, { kind: 'unpicked', cameraId: camera.id }, about);
      }
      await picks.pick(tx, { ...pick, seenAtMs: look.seenAtMs, pickedAtMs: atMs, pickedBy });
      return edited;
    });
    await register.refresh();
    return { version, preset };
  });

  serve(app, door, 'savePresets', async ({ params, body, session: { person } }) => {
    const camera = await known(params.id);
    placeVersions.refuseUnseen('camera', camera.id, camera, body.seen);
    const own = new Map(presetsOf(camera).map((preset) => [preset.id, preset]));
    const wanted = body.presets.flatMap(({ id, name, token }) => {
      const preset = own.get(id);
      return preset ? [named(preset, name, token)] : [];
    });
    if (wanted.length !== own.size || new Set(wanted.map(({ id }) => id)).size !== own.size) {
      throw refused('These are not the views of this camera.', 'Load the page of the camera again.');
    }
    const by = { seen: body.seen, act: 'views', actor: person.id, atMs: clock.nowMs(), why: '' } as const;
    const version = await database.transaction((tx) => cameras.edit(tx, withPresets(camera, wanted), by));
    await register.refresh();
    return { version };
  });

  serve(app, door, 'removePreset', async ({ params, body, session: { person } }) => {
    const camera = await known(params.id);
    placeVersions.refuseUnseen('camera', camera.id, camera, body.seen);
    const left = presetsOf(camera).filter(({ id }) => id !== params.preset);
    if (params.preset === mainPreset) throw refused('A camera keeps its main view.', 'Give it another name instead.');
    if (left.length === presetsOf(camera).length) {
      throw new AhualError('NOT_FOUND', 'This view was removed already.', 'Load the page of the camera again.');
    }
    const zones = camera.zones.filter((zone) => presetOf(zone) !== params.preset);
    const by = { seen: body.seen, act: 'views', actor: person.id, atMs: clock.nowMs(), why: '' } as const;
    const version = await database.transaction((tx) => cameras.edit(tx, { ...withPresets(camera, left), zones }, by));
    await register.refresh();
    return { version };
  });
}
