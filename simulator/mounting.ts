// Where cameras of a scenario hang and what a list of them looks like to whoever installs them.
import { Camera } from '#core/camera';
import { AhualError } from '#core/errors';
import { offset } from '#core/geo';
import { inRoot } from '#core/root';
import { hazardNames, hazards } from '#hazards';
import { readLabel } from './clip.ts';
import type { Scenario, ScenarioCamera } from './scenario.ts';
import { chance } from './seed.ts';
import { crossings } from './streets.ts';

/** A tenth of a degree is as well as a tilt can be read. */
const rounded = (tiltDeg: number): number => Math.round(tiltDeg * 10) / 10;

/** Place and name of a camera. */
export interface Mounting {
  readonly name: { readonly kk: string; readonly ru: string; readonly en: string };
  readonly point: { readonly lat: number; readonly lon: number };
  readonly bearingDeg: number;
  readonly district: string;
}

/** What the scenario says of a camera's place, and what it leaves open: the `index`-th crossing of the city, by the seed. */
export function mountingOf(seed: string, spec: ScenarioCamera, index: number): Mounting {
  const random = chance(`${seed}/street/${spec.id}`);
  const crossing = crossings[index % crossings.length];
  if (!crossing) throw new RangeError('the city has no crossings');
  const round = Math.floor(index / crossings.length);
  const bearingDeg = Math.round(random() * 359);
  // A second camera at the same crossing hangs some dozen metres further on.
  const point = offset(crossing, random() * 360, 12 + 25 * round);
  const suffix = round === 0 ? '' : ` ${round + 1}`;
  return {
    name: spec.name ?? { kk: crossing.kk + suffix, ru: crossing.ru + suffix, en: crossing.en + suffix },
    point: spec.point ?? point,
    bearingDeg: spec.bearingDeg ?? bearingDeg,
    district: spec.district ?? crossing.district,
  };
}

export interface ListOptions {
  /** Host and port of the city's RTSP and HTTP doors. */
  readonly rtsp: string;
  readonly http: string;
  readonly clipFolders?: readonly string[];
}

/**
 * The camera list of a scenario as a city would hand it over: addresses, places and zones, and nothing of what will happen.
 * Each zone names all hazards that can be raised in a zone of its kind. Throws CONFIG_MISSING for an unknown clip.
 */
export async function listCameras(scenario: Scenario, options: ListOptions): Promise<Camera[]> {
  const folders = options.clipFolders ?? [inRoot('simulator', 'clips'), inRoot('simulator', 'testcard')];
  const cameras: Camera[] = [];
  for (const [index, spec] of scenario.cameras.entries()) {
    const { zones, camera, scene } = await readLabel(folders, spec.clip);
    const list = zones.map(({ id, kind, polygon }) => ({
      id,
      kind,
      polygon,
      ...(spec.streetClass === undefined ? {} : { streetClass: spec.streetClass }),
      hazards: hazardNames.filter((name) => hazards[name].zoneKinds.some((known) => known === kind)),
    }));
    const address = `rtsp://${options.rtsp}/cam/${spec.id}`;
    const row = Camera.safeParse({
      id: spec.id,
      ...mountingOf(scenario.seed, spec, index),
      ...(camera ? { heightM: camera.heightM, fovDeg: camera.fovDeg } : {}),
      // A dip of the road is no plane: its rows are not where a tilt would have them.
      ...(camera?.tiltDeg === undefined || scene === 'underpass' ? {} : { tiltDeg: rounded(camera.tiltDeg) }),
      rtsp: `${address}/main`,
      subRtsp: `${address}/sub`,
      snapshot: `http://${options.http}/cam/${spec.id}/snapshot.jpg`,
      ...(spec.signIn === 'basic' || spec.signIn === 'digest' ? { credential: 'simulator' } : {}),
      watch: list.some((zone) => zone.kind === 'no-dumping'),
      restricted: false,
      zones: list.filter((zone) => zone.hazards.length > 0),
    });
    if (!row.success) {
      const issue = row.error.issues[0];
      throw new AhualError(
        'CONFIG_INVALID',
        `Clip ${spec.clip} of camera ${spec.id}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
        'Render the clip again or choose another.',
        { camera: spec.id, clip: spec.clip },
        row.error,
      );
    }
    cameras.push(row.data);
  }
  return cameras;
}
