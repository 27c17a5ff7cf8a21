// Zones of a camera edited in the browser: where the editor starts from, the test on kept looks, and the saving of what was tested.
import { Camera, mainPreset, type Zone } from '#core/camera';
import { AhualError } from '#core/errors';
import { isSeen } from '#core/hazard-name';
import { isTurning, presetOf, presetsOf, seenFrom } from '#core/preset';
import { cameraFacts, cameras, incidents, looks, placeVersions } from '#store';
import { zoneFaults, type Mount, type ZoneDraft, type ZoneFault, type ZoneSheet, type ZoneTest } from '../contract.ts';
import { groundMark } from '#hazards';
import type { Glass } from './glass.ts';
import { versionLine } from './place-words.ts';
import type { Register } from './register.ts';
import { picturesOn } from './restricted.ts';
import { serve } from './serve.ts';
import { testZones } from './zone-test.ts';

const testLooks = 24;
const saidBackMs = 48 * 3_600_000;
const versionsShown = 40;

/** The mounting of a camera, as the editor has it. */
export const mountOf = ({ heightM, fovDeg, tiltDeg, aspect, ladder }: Camera): Mount => ({
  heightM,
  fovDeg,
  tiltDeg: tiltDeg ?? null,
  aspect: aspect ?? null,
  ladder: ladder ?? null,
});

/** A camera with other zones and another mounting of one of its views; what is drawn on the others stays. */
function withZones(camera: Camera, preset: string, zones: readonly Zone[], mount: Mount): Camera {
  if (preset === mainPreset) {
    const others = camera.zones.filter((zone) => presetOf(zone) !== mainPreset);
    return mounted(camera, [...zones.map(ofMain), ...others], mount);
  }
  const { tiltDeg, ladder, fovDeg, heightM, aspect } = mount;
  const presets = presetsOf(camera).map((one) => {
    if (one.id !== preset) return one;
    const rest = { ...one };
    delete rest.tiltDeg;
    delete rest.ladder;
    delete rest.fovDeg;
    return {
      ...rest,
      ...(fovDeg === camera.fovDeg ? {} : { fovDeg }),
      ...(tiltDeg === null ? {} : { tiltDeg }),
      ...(ladder === null ? {} : { ladder }),
    };
  });
  const others = camera.zones.filter((zone) => presetOf(zone) !== preset);
  const own = mountOf(camera);
  return Camera.parse({
    ...mounted(camera, [...others, ...zones.map((zone) => ({ ...zone, preset }))], { ...own, heightM, aspect }),
    presets,
  });
}

/** A zone of the main view names no view. */
function ofMain(given: Zone): Zone {
  const zone = { ...given };
  delete zone.preset;
  return zone;
}

const mounted = (camera: Camera, zones: readonly Zone[], mount: Mount): Camera =>
  Camera.parse({
    ...camera,
    zones,
    heightM: mount.heightM,
    fovDeg: mount.fovDeg,
    tiltDeg: mount.tiltDeg ?? undefined,
    aspect: mount.aspect ?? undefined,
    ladder: mount.ladder ?? undefined,
  });

const faultSentence = (fault: ZoneFault): string => {
  const zone = `Zone ${fault.zoneId}`;
  switch (fault.kind) {
    case 'few-points':
      return `${zone} has fewer than three points.`;
    case 'many-points':
      return `${zone} has more than 64 points.`;
    case 'off-picture':
      return `${zone} leaves the picture.`;
    case 'crossing':
      return `The outline of zone ${fault.zoneId} crosses or touches itself.`;
    case 'too-small':
      return `${zone} is too small: nothing so narrow can be judged.`;
    case 'no-hazard':
      return `${zone} names no hazard.`;
    case 'hazard-not-here':
      return `${zone} names ${fault.hazard ?? ''}, which does not exist in a zone of its kind.`;
    case 'id-twice':
      return `Two zones are called ${fault.zoneId}.`;
    case 'owner-unknown':
      return `${zone} belongs to an agency that is not in the list.`;
    case 'form':
      return `${zone}: ${fault.what ?? ''}.`;
  }
};

/** The zones, or a refusal in words. */
function checked(zones: readonly ZoneDraft[], register: Register, districts: ReadonlySet<string>): Zone[] {
  const owners = new Set(register.agencies().map((agency) => String(agency.id)));
  const words = zoneFaults(zones, owners).map(faultSentence);
  for (const zone of zones) {
    if (zone.district !== undefined && !districts.has(zone.district))
      words.push(`Zone ${zone.id} lies in the district ${zone.district}, which is not on the city's map.`);
  }
  if (words.length > 0)
    throw new AhualError('REQUEST_INVALID', words.join(' '), 'Correct the drawing; nothing was saved.');
  return Camera.shape.zones.parse(zones);
}

/** Routes of the zone editor. */
export function openZones(glass: Glass): void {
  const { app, door, database, register, clock, settings } = glass;
  const { hazards } = settings.incidents;
  const districts = new Set(glass.city.map.districts.features.map(({ properties }) => String(properties['id'])));

  const picturesFor = picturesOn(glass, 'zone editor');

  async function known(id: string): Promise<Camera> {
    const camera = await cameras.byId(database, id);
    if (camera) return camera;
    throw new AhualError('CAMERA_UNKNOWN', `There is no camera ${id}.`, 'Look for it in the list of cameras.');
  }

  const openOf = async (camera: Camera): Promise<ZoneSheet['incidents']> =>
    (await incidents.open(database, { cameraId: camera.id })).flatMap(({ id, number, hazard, zoneId, state }) =>
      zoneId === null ? [] : [{ id, number, hazard, zoneId, state }],
    );

  /** The view that is drawn on, as a camera of its own. */
  function viewIn(camera: Camera, preset: string): Camera {
    if (presetsOf(camera).some(({ id }) => id === preset)) return seenFrom(camera, preset);
    throw new AhualError('NOT_FOUND', 'This view was removed already.', 'Load the page of the camera again.');
  }

  serve(app, door, 'zoneSheet', async ({ params, query, session }) => {
    const camera = await known(params.id);
    const preset = query.preset ?? mainPreset;
    const view = viewIn(camera, preset);
    const [health, recent, versions, segments, open, shown] = await Promise.all([
      cameras.healthOf(database, camera.id),
      looks.recent(database, camera.id, 60),
      placeVersions.of(database, 'camera', camera.id, versionsShown),
      cameraFacts.segmentsOf(database, camera.district),
      openOf(camera),
      picturesFor(camera, session.person, query.reason),
    ]);
    return {
      id: camera.id,
      name: camera.name,
      seen: placeVersions.seenOf(camera),
      version: versions[0]?.version ?? 0,
      district: camera.district,
      restricted: camera.restricted,
      state: health?.state ?? 'unknown',
      preset,
      presets: presetsOf(camera).map(({ id, name }) => ({ id, name })),
      taken: camera.zones.filter((zone) => presetOf(zone) !== preset).map(({ id }) => id),
      zones: view.zones,
      mount: mountOf(view),
      size: { widthPx: health?.widthPx ?? 1280, heightPx: health?.heightPx ?? 720 },
      stills: shown
        ? recent.flatMap(({ stillSha256, seenAtMs, preset: shows }) =>
            stillSha256 === null || (shows !== null && shows !== preset) ? [] : [{ sha256: stillSha256, seenAtMs }],
          )
        : [],
      settings: hazards,
      agencies: register.agencies().map(({ id, name }) => ({ id, name })),
      segments,
      districts: [...districts],
      incidents: open,
      versions: versions.map((version) => {
        const row = Camera.safeParse(version.row);
        return {
          ...versionLine(version, register),
          zones: row.success ? seenFrom(row.data, preset).zones : null,
          mount: row.success ? mountOf(seenFrom(row.data, preset)) : null,
        };
      }),
    };
  });

  /** Everything but the saving: refused drawings, somebody who was first, and the mark of what is tested. */
  async function asked(id: string, body: { seen: string; preset: string; zones: ZoneDraft[]; mount: Mount }) {
    const before = await known(id);
    viewIn(before, body.preset);
    placeVersions.refuseUnseen('camera', before.id, before, body.seen);
    const zones = checked(body.zones, register, districts);
    const after = withZones(before, body.preset, zones, body.mount);
    const twice = after.zones.find(({ id: zoneId }, i) => after.zones.findIndex((one) => one.id === zoneId) !== i);
    if (twice) {
      const words = faultSentence({ zoneId: twice.id, kind: 'id-twice' });
      throw new AhualError('REQUEST_INVALID', words, 'Correct the drawing; nothing was saved.');
    }
    const { seen, preset, mount } = body;
    const drawn = preset === mainPreset ? { seen, zones, mount } : { seen, preset, zones, mount };
    return { before, after, tested: placeVersions.seenOf(drawn) };
  }

  serve(app, door, 'testZones', async ({ params, body, session }): Promise<ZoneTest> => {
    const { before, after, tested } = await asked(params.id, body);
    const sinceMs = clock.nowMs() - saidBackMs;
    const [recent, said, open, shown] = await Promise.all([
      looks.recent(database, before.id, testLooks),
      cameraFacts.saidSince(database, before.id, sinceMs, 5000),
      openOf(before),
      picturesFor(before, session.person, body.reason),
    ]);
    return {
      tested,
      looks: testZones(
        seenFrom(before, body.preset),
        seenFrom(after, body.preset),
        isTurning(before) ? recent.filter(({ preset }) => preset === body.preset) : recent,
        said,
        hazards,
      ).map((look) => (shown ? look : { ...look, stillSha256: null })),
      touched: open.flatMap(({ id, number, hazard, zoneId }) => {
        const [old, now] = [before, after].map((camera) => camera.zones.find((zone) => zone.id === zoneId));
        const gone = now === undefined || (isSeen(hazard) && !now.hazards.includes(hazard));
        const isSame = old !== undefined && now !== undefined && !gone && groundMark(old) === groundMark(now);
        return isSame ? [] : [{ id, number, hazard, zoneId, gone }];
      }),
    };
  });

  serve(app, door, 'saveZones', async ({ params, body, session }) => {
    const { after, tested } = await asked(params.id, body);
    if (tested !== body.tested) {
      const message = 'These zones were not tested as they are now.';
      throw new AhualError('REQUEST_INVALID', message, 'Test them on the last looks, then save.');
    }
    const version = await database.transaction((tx) =>
      cameras.edit(tx, after, {
        seen: body.seen,
        act: 'zones',
        actor: session.person.id,
        atMs: clock.nowMs(),
        why: body.why,
      }),
    );
    await register.refresh();
    return { version };
  });
}
