// From what networks saw to observations: one per zone and hazard that the zone names.
import type { Adaptation } from '#core/adaptation';
import type { Camera, Zone } from '#core/camera';
import type { Sight } from '#core/detection';
import type { HazardName } from '#core/hazard-name';
import type { LookId } from '#core/ids';
import type { Observation } from '#core/observation';
import { presetOf, seenFrom } from '#core/preset';
import type { Story, WatchBeat } from '#core/story';
import { readAdapted } from './adapted.ts';
import { readBeat, readStory } from './dumping/read.ts';
import { groundMark, rounded, unseen } from './ground.ts';
import type { Facts, Reading } from './hazard.ts';
import { hazards } from './list.ts';
import { reachOf, withinReach } from './reach.ts';
import { defaultHazardSettings, type HazardSettings } from './settings.ts';

/** What of a look goes into its observations; `seenAtMs` is our clock, never the camera's. */
export interface LookMark {
  readonly id: LookId;
  readonly seenAtMs: number;
  readonly stillSha256: string | null;
}

const observationOf = (
  reading: Reading,
  hazard: HazardName,
  zone: { id: string },
  camera: Camera,
  look: LookMark,
): Observation => ({
  lookId: look.id,
  cameraId: camera.id,
  zoneId: zone.id,
  hazard,
  sub: reading.sub,
  word: reading.word,
  level: reading.level,
  seenAtMs: look.seenAtMs,
  support: { boxes: [...reading.boxes], facts: { ...reading.facts, ...groundOf(camera, zone.id) } },
  stillSha256: look.stillSha256,
});

/** By which drawing of the zone a look was judged, so that a late look of an old drawing does not count for the new one. */
function groundOf(camera: Camera, zoneId: string): Facts {
  const drawn = zoneOf(camera, zoneId);
  return drawn ? { ground: groundMark(drawn) } : {};
}

/** A zone names a hazard, the hazard may exist in a zone of this kind, and the deployer has not switched it off. */
const watched = (zone: Zone, settings: HazardSettings): HazardName[] =>
  zone.hazards.filter((name) => settings[name].enabled && hazards[name].zoneKinds.includes(zone.kind));

/**
 * What one sight says: one observation for each zone × hazard that the zone names. A picture that is not good for judging
 * says `cannot-see` for all of them with the reason, never `clear`; nor is ground `clear` that is too far away, or that lies in
 * another view of the camera than the one it shows. `adaptations`
 * are the camera's own corrections.
 */
export function observe(
  sight: Sight,
  camera: Camera,
  look: LookMark,
  settings: HazardSettings = defaultHazardSettings,
  adaptations: readonly Adaptation[] = [],
): Observation[] {
  if (sight.quality.kind !== 'good') return cannotSee(camera, look, sight.quality.kind, sight.quality.why, settings);
  const models = sight.models.length > 0 ? { models: sight.models.join(', ') } : {};
  return camera.zones.flatMap((zone) =>
    watched(zone, settings).map((name) => {
      if (isElsewhere(sight, zone)) {
        return observationOf(unseen('other-view', { view: sight.preset ?? '' }), name, zone, camera, {
          ...look,
          stillSha256: null,
        });
      }
      const said = obscured(sight, zone) ?? readAdapted(sight, zone, name, settings, adaptations).said;
      const reading = withinReach(said, reachOf(seenFrom(camera, presetOf(zone)), zone, name, settings));
      return observationOf({ ...reading, facts: { ...reading.facts, ...models } }, name, zone, camera, look);
    }),
  );
}

/** The camera shows another of its views: of this zone the look says nothing, least of all `clear`. */
const isElsewhere = ({ preset }: Pick<Sight, 'preset'>, zone: Zone): boolean =>
  preset !== undefined && presetOf(zone) !== preset;

/** One zone behind water, ice or glare says so by itself; the others of the picture are still judged. */
function obscured(sight: Sight, zone: Zone): Reading | undefined {
  const seen = sight.zones.find((one) => one.zoneId === zone.id);
  if (seen?.unseen === undefined) return undefined;
  return unseen(seen.unseen, { blind: rounded(seen.blindLevel ?? 1) });
}

/** A look that brought nothing to judge: `cannot-see` for each zone × hazard, with the reason in a word and in detail. */
export const cannotSee = (
  camera: Camera,
  look: LookMark,
  why: string,
  detail = '',
  settings: HazardSettings = defaultHazardSettings,
): Observation[] =>
  camera.zones.flatMap((zone) =>
    watched(zone, settings).map((name) =>
      observationOf(unseen(why, detail ? { detail } : {}), name, zone, camera, { ...look, stillSha256: null }),
    ),
  );

/** What a watched camera that shows one of its views says of the zones of the others. */
export const elsewhere = (
  camera: Camera,
  look: LookMark,
  preset: string | null,
  settings: HazardSettings = defaultHazardSettings,
): Observation[] =>
  camera.zones
    .filter((zone) => isElsewhere({ preset }, zone))
    .flatMap((zone) =>
      watched(zone, settings).map((name) =>
        observationOf(unseen('other-view', { view: preset ?? '' }), name, zone, camera, { ...look, stillSha256: null }),
      ),
    );

const zoneOf = (camera: Camera, zoneId: string): Zone | undefined => camera.zones.find((z) => z.id === zoneId);

/** What a vehicle's story says of a watched zone. A story of a zone that the camera no longer has says `cannot-see`. */
export function observeStory(
  story: Story,
  camera: Camera,
  look: LookMark,
  settings: HazardSettings = defaultHazardSettings,
): Observation {
  const zone = zoneOf(camera, story.zoneId);
  const reading = zone ? readStory(story, zone, settings) : unseen('no-such-zone', { source: 'story' });
  const still = look.stillSha256 ?? story.stills.acting ?? story.stills.after ?? story.stills.came;
  return observationOf(reading, 'dumping', zone ?? { id: story.zoneId }, camera, { ...look, stillSha256: still });
}

/** The calm word of a watched zone. */
export function observeBeat(
  beat: WatchBeat,
  camera: Camera,
  look: LookMark,
  settings: HazardSettings = defaultHazardSettings,
): Observation {
  const zone = zoneOf(camera, beat.zoneId);
  const reading = zone
    ? withinReach(readBeat(beat, zone, settings), reachOf(seenFrom(camera, presetOf(zone)), zone, 'dumping', settings))
    : unseen('no-such-zone', { source: 'beat' });
  return observationOf(reading, 'dumping', zone ?? { id: beat.zoneId }, camera, look);
}
