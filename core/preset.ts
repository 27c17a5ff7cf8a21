// The fixed views of a camera that turns: which of them a zone belongs to, and the camera as one of them shows the ground.
import type { Camera, Preset, Zone } from './camera.ts';
import { mainPreset } from './camera.ts';

/** The views of a camera in their order; a camera that does not turn has one, without a name. */
export const presetsOf = ({ presets }: Pick<Camera, 'presets'>): readonly Preset[] =>
  presets ?? [{ id: mainPreset, name: '' }];

/** To which view a zone belongs. */
export const presetOf = ({ preset }: Pick<Zone, 'preset'>): string => preset ?? mainPreset;

/** Has the camera several views, so that each picture must first be told which of them it shows? */
export const isTurning = ({ presets }: Pick<Camera, 'presets'>): boolean => (presets?.length ?? 1) > 1;

/**
 * A camera as one of its views is: with the zones of that view alone, its own direction and its own scale. The scale of the main view
 * says nothing of another one: without a tilt or a ladder of its own a view is not calibrated. A camera with one view is given back as it is.
 */
export function seenFrom(camera: Camera, preset: string): Camera {
  if (!isTurning(camera)) return camera;
  const { presets, ...one } = camera;
  const zones = camera.zones.filter((zone) => presetOf(zone) === preset);
  if (preset === mainPreset) return { ...one, zones };
  const own = presets?.find(({ id }) => id === preset);
  const rest = { ...one };
  delete rest.tiltDeg;
  delete rest.ladder;
  return {
    ...rest,
    zones,
    ...(own?.bearingDeg === undefined ? {} : { bearingDeg: own.bearingDeg }),
    ...(own?.fovDeg === undefined ? {} : { fovDeg: own.fovDeg }),
    ...(own?.tiltDeg === undefined ? {} : { tiltDeg: own.tiltDeg }),
    ...(own?.ladder === undefined ? {} : { ladder: own.ladder }),
  };
}

/** What is wrong with the views of a camera, in words; empty where nothing is. */
export function presetFaults({ presets, zones }: Pick<Camera, 'presets' | 'zones'>): string[] {
  const ids = presetsOf({ presets }).map(({ id }) => id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `the view "${id}" stands twice`);
  const noMain = ids.includes(mainPreset) ? [] : [`a camera keeps its view "${mainPreset}"`];
  const lost = zones
    .filter((zone) => !ids.includes(presetOf(zone)))
    .map((zone) => `zone ${zone.id} belongs to the view "${presetOf(zone)}", which the camera has not`);
  return [...twice, ...noMain, ...lost];
}
