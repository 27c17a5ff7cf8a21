// Whose eyes look at the simulated town: the measured error model's, or those that look at rendered pictures.
import type { Camera, Zone } from '#core/camera';
import type { Sight } from '#core/detection';
import type { Story, WatchBeat } from '#core/story';
import { life } from '#simulator';

/** What a look, a vehicle's visit and a calm moment bring. Equal questions get equal answers in whatever order they are asked. */
export interface Eyes {
  /** What the answers are drawn from, for the report. */
  readonly source: string;
  sightAt(camera: Camera, atMs: number): Sight | Promise<Sight>;
  storyOf(visit: life.Visit): Story;
  beatOf(camera: Camera, zone: Zone, atMs: number): WatchBeat;
}

/** Eyes that err as the error model says, and as the nuisances around them make them. `shift` draws all zones wrongly by so much. */
export const modelEyes = (seeing: life.Seeing, shift = 0): Eyes => ({
  source: seeing.errors.source,
  sightAt: (camera, atMs) => life.sightAmid(seeing, camera, atMs, shift),
  storyOf: (visit) => life.storyOf(seeing, visit),
  beatOf: (camera, zone, atMs) => life.beatAmid(seeing, camera, zone, atMs),
});

/** The same eyes behind zones that all lie too far right and down by `by` of the picture; for eyes that look at pictures. */
export const shifted = (eyes: Eyes, by: number): Eyes => ({
  ...eyes,
  sightAt: (camera, atMs) => eyes.sightAt(shiftedCamera(camera, by), atMs),
});

const shiftedCamera = (camera: Camera, by: number): Camera => ({
  ...camera,
  zones: camera.zones.map((zone) => ({
    ...zone,
    polygon: zone.polygon.map(([x, y]): [number, number] => [Math.min(1, x + by), Math.min(1, y + by)]),
  })),
});
