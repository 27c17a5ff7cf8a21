// The city edited in the browser: the list of cameras and agencies. Bad input is refused in words; every change is one function of the store.
import { Agency } from '#core/agency';
import { Camera } from '#core/camera';
import { AhualError } from '#core/errors';
import { agencies, cameraFacts, cameras, placeVersions, rules } from '#store';
import { checkRules } from '#tasks';
import type { CameraForm, PlaceCameraSheet } from '../contract.ts';
import type { Glass } from './glass.ts';
import { versionLine } from './place-words.ts';
import { openRules } from './rule-book.ts';
import { serve } from './serve.ts';

const versionsShown = 40;
const removedShown = 50;

const invalid = (message: string, cure: string): AhualError => new AhualError('REQUEST_INVALID', message, cure);

/** What may be shown of an address: never a name, a password, or what stands behind a question mark. */
export function addressShown(address: string | undefined): { shown: string; hidden: boolean } | null {
  if (address === undefined) return null;
  const url = new URL(address);
  const hidden = url.username !== '' || url.password !== '' || url.search !== '';
  return { shown: `${url.protocol}//${url.host}${url.pathname}`, hidden };
}

const schemes = { rtsp: /^rtsps?:$/, subRtsp: /^rtsps?:$/, snapshot: /^https?:$/ } as const;
type AddressName = keyof typeof schemes;

/** An address that a person typed, or a refusal that says what is wrong with it and never repeats it. */
export function addressFrom(name: AddressName, typed: string): string {
  const kinds = name === 'snapshot' ? 'http or https' : 'rtsp or rtsps';
  const what = { rtsp: 'main stream', subRtsp: 'small stream', snapshot: 'still picture' }[name];
  if (!URL.canParse(typed) || /\s|\p{Cc}/u.test(typed)) {
    throw invalid(`The address of the ${what} is not an address.`, `Write it whole: ${kinds}, host, port, path.`);
  }
  const url = new URL(typed);
  if (!schemes[name].test(url.protocol)) {
    throw invalid(`The address of the ${what} is of a kind that is never opened.`, `Use ${kinds}.`);
  }
  if (url.host === '') throw invalid(`The address of the ${what} names no host.`, 'Write the host of the camera.');
  if (url.username !== '' || url.password !== '') {
    const cure = 'Put user and password into a secret of the deployment and write the name of the secret here.';
    throw invalid(`The address of the ${what} carries a name or a password.`, cure);
  }
  return typed;
}

/** The camera as the form makes it of what it was; zones and mounting stay. */
function cameraFrom(form: CameraForm, before: Camera | undefined): Camera {
  const base =
    before ??
    Camera.parse({ ...form, rtsp: undefined, subRtsp: undefined, snapshot: undefined, credential: undefined });
  const { rtsp, subRtsp, snapshot, credential, ...rest } = base;
  const chosen = (name: AddressName, old: string | undefined): Record<string, string> => {
    const typed = form[name];
    const value = typed === undefined ? old : typed === null || typed === '' ? undefined : addressFrom(name, typed);
    return value === undefined ? {} : { [name]: value };
  };
  const secret = form.credential === undefined ? credential : (form.credential ?? undefined);
  const { id, name, point, bearingDeg, district, watch, restricted, indoor, nearSensitive } = form;
  return Camera.parse({
    ...rest,
    id,
    name,
    point,
    bearingDeg,
    district,
    watch,
    restricted,
    indoor,
    nearSensitive,
    ...chosen('rtsp', rtsp),
    ...chosen('subRtsp', subRtsp),
    ...chosen('snapshot', snapshot),
    ...(secret === undefined || secret === '' ? {} : { credential: secret }),
  });
}

/** Routes of cameras, agencies and dated rows. */
export function openPlaces(glass: Glass): void {
  openPlaceCameras(glass);
  openPlaceAgencies(glass);
  openRules(glass);
}

/** Districts of the city's map. */
export const districtsOf = ({ city }: Pick<Glass, 'city'>): string[] =>
  city.map.districts.features.map(({ properties }) => String(properties['id']));

function openPlaceCameras(glass: Glass): void {
  const { app, door, database, register, clock } = glass;
  const districts = districtsOf(glass);

  serve(app, door, 'placeCameras', async () => {
    const [health, latest] = await Promise.all([
      cameras.health(database),
      placeVersions.latest(database, 'camera', removedShown),
    ]);
    const states = new Map(health.map((one) => [String(one.cameraId), one.state]));
    return {
      districts,
      cameras: register.cameras().map((camera) => ({
        id: camera.id,
        name: camera.name,
        district: camera.district,
        lon: camera.point.lon,
        lat: camera.point.lat,
        state: states.get(camera.id) ?? 'unknown',
        zones: camera.zones.length,
        host: hostOf(camera),
        restricted: camera.restricted,
        watch: camera.watch,
      })),
      removed: latest
        .filter(({ act, id }, i) => act === 'removed' && latest.findIndex((one) => one.id === id) === i)
        .filter(({ id }) => register.camera(id) === undefined)
        .map((version) => ({ ...versionLine(version, register), id: version.id })),
    };
  });

  serve(app, door, 'placeCamera', async ({ params }): Promise<PlaceCameraSheet> => {
    const camera = await cameras.byId(database, params.id);
    if (!camera) throw new AhualError('CAMERA_UNKNOWN', `There is no camera ${params.id}.`, 'Look for it in the list.');
    const [versions, listed, open] = await Promise.all([
      placeVersions.of(database, 'camera', camera.id, versionsShown),
      cameraFacts.isListed(database, camera.id),
      cameraFacts.incidentsOf(database, camera.id, clock.nowMs(), 500),
    ]);
    const { zones, rtsp, subRtsp, snapshot, credential, ...rest } = camera;
    return {
      ...rest,
      seen: placeVersions.seenOf(camera),
      addresses: { rtsp: addressShown(rtsp), subRtsp: addressShown(subRtsp), snapshot: addressShown(snapshot) },
      credential: credential ?? null,
      listed,
      zones: zones.length,
      open: open.length,
      versions: versions.map((version) => versionLine(version, register)),
    };
  });

  serve(app, door, 'saveCamera', async ({ body, session }) => {
    const { camera: form, seen, why } = body;
    if (!districts.includes(form.district)) {
      throw invalid(`The district ${form.district} is not on the city's map.`, `Use one of: ${districts.join(', ')}.`);
    }
    const lies = glass.city.districtAt(form.point);
    if (lies === undefined) {
      throw invalid('This point lies outside the city.', 'Correct the latitude and the longitude.');
    }
    const before = await cameras.byId(database, form.id);
    const act = seen === null ? 'added' : 'changed';
    const by = { seen, act, actor: session.person.id, atMs: clock.nowMs(), why } as const;
    const version = await database.transaction((tx) => cameras.edit(tx, cameraFrom(form, before), by));
    await register.refresh();
    return { version };
  });

  serve(app, door, 'removeCamera', async ({ params, body, session }) => {
    const { seen, why } = body;
    const by = { seen, act: 'removed', actor: session.person.id, atMs: clock.nowMs(), why } as const;
    const version = await database.transaction((tx) => cameras.editAway(tx, params.id, by));
    await register.refresh();
    return { version };
  });

  serve(app, door, 'restoreCamera', async ({ params, body, session }) => {
    const old = await placeVersions.one(database, 'camera', params.id, body.version);
    const camera = Camera.safeParse(old?.row);
    if (!camera.success) {
      throw new AhualError(
        'NOT_FOUND',
        'There is no such version of this camera.',
        'Choose another one of its history.',
      );
    }
    const owners = new Set(register.agencies().map((agency) => String(agency.id)));
    const lost = camera.data.zones.find((zone) => zone.owner !== undefined && !owners.has(zone.owner));
    if (lost) {
      throw invalid(
        `Zone ${lost.id} of that version belongs to ${lost.owner ?? ''}, which is no longer in the list of agencies.`,
        'Restore the agency first, or choose another version.',
      );
    }
    const why = `version ${body.version}`;
    const by = { seen: body.seen, act: 'restored', actor: session.person.id, atMs: clock.nowMs(), why } as const;
    const version = await database.transaction((tx) => cameras.edit(tx, camera.data, by));
    await register.refresh();
    return { version };
  });
}

function hostOf({ rtsp, snapshot }: Camera): string | null {
  const address = rtsp ?? snapshot;
  return address === undefined ? null : new URL(address).host;
}

function openPlaceAgencies(glass: Glass): void {
  const { app, door, database, register, clock } = glass;
  const districts = districtsOf(glass);

  /** Errors that the change brings; what was wrong before does not forbid it. */
  async function refuseFaults(now: readonly Agency[], after: readonly Agency[]): Promise<void> {
    const [assets, routing, policies] = await Promise.all([
      agencies.assets(database),
      rules.routing(database),
      rules.policies(database),
    ]);
    const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
    const faultsOf = (list: readonly Agency[]): string[] =>
      checkRules({ agencies: list, assets, rules: routing, policies, districts, day })
        .filter((fault) => fault.weight === 'error')
        .map((fault) => `${fault.row} ${fault.what}. ${fault.cure}`);
    const old = new Set(faultsOf(now));
    const fresh = faultsOf(after).filter((fault) => !old.has(fault));
    if (fresh.length > 0) throw invalid(fresh.slice(0, 5).join(' '), 'Nothing was saved.');
  }

  serve(app, door, 'placeAgencies', async () => {
    const [all, use, latest] = await Promise.all([
      agencies.all(database),
      cameraFacts.agencyUse(database),
      placeVersions.latest(database, 'agency', removedShown),
    ]);
    const useOf = new Map(use.map((one) => [one.agencyId, one]));
    return {
      agencies: all.map((agency) => {
        const { tasks = 0, rules: named = 0, owns = 0 } = useOf.get(agency.id) ?? {};
        return { agency, seen: placeVersions.seenOf(agency), tasks, rules: named, owns };
      }),
      removed: latest
        .filter(({ act, id }, i) => act === 'removed' && latest.findIndex((one) => one.id === id) === i)
        .filter(({ id }) => !all.some((agency) => agency.id === id))
        .map((version) => ({ ...versionLine(version, register), id: version.id })),
    };
  });

  serve(app, door, 'agencyVersions', async ({ params }) =>
    (await placeVersions.of(database, 'agency', params.id, versionsShown)).map((version) =>
      versionLine(version, register),
    ),
  );

  async function keep(agency: Agency, by: placeVersions.Edit): Promise<{ version: number }> {
    if (!/^[a-z0-9][a-z0-9-]{1,60}$/.test(agency.id)) {
      throw invalid('The id of an agency is of small Latin letters, digits and dashes.', 'Write it like su-arnasy.');
    }
    if (agency.webhook !== undefined && !/^https?:$/.test(new URL(agency.webhook).protocol)) {
      throw invalid('The address of the webhook is not http or https.', 'Correct it.');
    }
    const now = await agencies.all(database);
    await refuseFaults(now, [...now.filter((one) => one.id !== agency.id), agency]);
    const version = await database.transaction((tx) => agencies.edit(tx, agency, by));
    await register.refresh();
    return { version };
  }

  serve(app, door, 'saveAgency', async ({ body, session }) => {
    const act = body.seen === null ? 'added' : 'changed';
    return keep(body.agency, { seen: body.seen, act, actor: session.person.id, atMs: clock.nowMs(), why: body.why });
  });

  serve(app, door, 'removeAgency', async ({ params, body, session }) => {
    const use = (await cameraFacts.agencyUse(database)).find((one) => one.agencyId === params.id);
    if (use && use.tasks + use.rules + use.owns > 0) {
      throw invalid(
        `This agency is still needed: open tasks ${use.tasks}, routing rows ${use.rules}, zones, assets and people ${use.owns}.`,
        'Give these to another agency first.',
      );
    }
    const now = await agencies.all(database);
    await refuseFaults(
      now,
      now.filter((one) => one.id !== params.id),
    );
    const by = {
      seen: body.seen,
      act: 'removed',
      actor: session.person.id,
      atMs: clock.nowMs(),
      why: body.why,
    } as const;
    const version = await database.transaction((tx) => agencies.editAway(tx, params.id, by));
    await register.refresh();
    return { version };
  });

  serve(app, door, 'restoreAgency', async ({ params, body, session }) => {
    const old = await placeVersions.one(database, 'agency', params.id, body.version);
    const agency = Agency.safeParse(old?.row);
    if (!agency.success) {
      throw new AhualError(
        'NOT_FOUND',
        'There is no such version of this agency.',
        'Choose another one of its history.',
      );
    }
    const why = `version ${body.version}`;
    return keep(agency.data, { seen: body.seen, act: 'restored', actor: session.person.id, atMs: clock.nowMs(), why });
  });
}
