// What kept looks would have said with other zones. No network runs here: a word is carried over, measured on kept boxes, bounded from
// the old share, or it is said that only the next look will tell.
import { HealthState, type Camera, type Zone } from '#core/camera';
import { inRing } from '#core/geo';
import type { HazardName } from '#core/hazard-name';
import type { Word } from '#core/observation';
import { calibrationOf } from '#core/range';
import { groundMark, leastShare, reachIn, type HazardSettings } from '#hazards';
import { fitsKind, type ZoneTest, type ZoneWord } from '../contract.ts';
import type { cameraFacts, looks } from '#store';

type Said = cameraFacts.Said;
type TestLook = ZoneTest['looks'][number];

const keyOf = (zoneId: string, hazard: HazardName): string => `${zoneId} ${hazard}`;

/** Points of a grid over the picture; one stands for about a cell of the networks' map of the ground. */
const [across, down] = [80, 48];
const grid: readonly (readonly [number, number])[] = Array.from({ length: across * down }, (_, i) => [
  ((i % across) + 0.5) / across,
  (Math.floor(i / across) + 0.5) / down,
]);

/** Of an old and a new outline: the share of the old one that is in both, and the share of the new one. */
function overlap(before: Zone['polygon'], after: Zone['polygon']): { ofOld: number; ofNew: number } {
  let [old, fresh, both] = [0, 0, 0];
  for (const [x, y] of grid) {
    const [isOld, isNew] = [inRing(x, y, before), inRing(x, y, after)];
    old += Number(isOld);
    fresh += Number(isNew);
    both += Number(isOld && isNew);
  }
  return { ofOld: old === 0 ? 0 : both / old, ofNew: fresh === 0 ? 0 : both / fresh };
}

interface Bounds {
  readonly least: number;
  readonly most: number;
}

/**
 * Bounds of a share in the new outline, given the share in the old one. What lay in the part that both have is between the old
 * amount less all that could lie outside, and the lesser of the old amount and the part itself; what is new may be all or nothing.
 */
export function boundsOf(share: number, before: Zone['polygon'], after: Zone['polygon']): Bounds {
  const { ofOld, ofNew } = overlap(before, after);
  if (ofOld === 0 || ofNew === 0) return { least: 0, most: 1 };
  const inBoth = { least: Math.max(0, share - (1 - ofOld)) / ofOld, most: Math.min(1, share / ofOld) };
  return { least: inBoth.least * ofNew, most: Math.min(1, inBoth.most * ofNew + (1 - ofNew)) };
}

const limitsOf = (hazard: 'snow' | 'flooding', settings: HazardSettings): { raise: number; clear: number } =>
  hazard === 'snow'
    ? { raise: settings.snow.coveredShare, clear: settings.snow.clearShare }
    : { raise: settings.flooding.waterShare, clear: settings.flooding.clearShare };

function byBounds(
  hazard: 'snow' | 'flooding',
  zone: Zone,
  old: Zone,
  held: Said,
  settings: HazardSettings,
): Word | null {
  const { share } = held.facts;
  if (held.word === 'cannot-see' || typeof share !== 'number') return null;
  const { least, most } = boundsOf(share, old.polygon, zone.polygon);
  const limits = limitsOf(hazard, settings);
  if (least >= limits.raise) return 'hazard';
  return most < limits.clear ? 'clear' : null;
}

/** A box counts where its middle lies, as the reading of the hazards has it. */
function byBoxes(zone: Zone, olds: readonly { zone: Zone; held: Said }[]): Word | null {
  const boxes = olds.filter(({ held }) => held.word === 'hazard').flatMap(({ held }) => held.boxes);
  if (boxes.some(({ x, y, w, h }) => inRing(x + w / 2, y + h / 2, zone.polygon))) return 'hazard';
  const clear = olds.filter(({ held }) => held.word !== 'cannot-see').map(({ zone: one }) => one.polygon);
  const points = grid.filter(([x, y]) => inRing(x, y, zone.polygon));
  const isJudged = points.length > 0 && points.every(([x, y]) => clear.some((ring) => inRing(x, y, ring)));
  return isJudged ? 'clear' : null;
}

interface Judged {
  readonly now: ZoneWord['now'];
  readonly by: ZoneWord['by'];
}

interface Scene {
  readonly before: readonly Zone[];
  readonly held: ReadonlyMap<string, Said>;
  readonly settings: HazardSettings;
}

function judged(zone: Zone, hazard: HazardName, { before, held, settings }: Scene): Judged {
  const olds = before.flatMap((old) => {
    const said = held.get(keyOf(old.id, hazard));
    return said ? [{ zone: old, held: said }] : [];
  });
  const same = olds.find(({ zone: old }) => groundMark(old) === groundMark(zone));
  if (same) return { now: same.held.word, by: 'look' };
  // A registered cover is cut out of the frame itself: another cut is another question to the network.
  if (zone.kind === 'manhole') return { now: 'unknown', by: 'none' };
  if (hazard === 'open-manhole' || hazard === 'dumping') {
    const word = byBoxes(
      zone,
      olds.filter(({ zone: old }) => old.kind !== 'manhole'),
    );
    return word === null ? { now: 'unknown', by: 'none' } : { now: word, by: 'box' };
  }
  for (const old of olds) {
    const word = byBounds(hazard, zone, old.zone, old.held, settings);
    if (word !== null) return { now: word, by: 'bounds' };
  }
  return { now: 'unknown', by: 'none' };
}

/** Zone and hazard of which the camera never says clear with this mounting: most of the ground lies too far away. */
function beyondOf(camera: Camera, settings: HazardSettings): ReadonlySet<string> {
  const calibration = calibrationOf(camera);
  if (calibration.kind === 'none') return new Set();
  return new Set(
    camera.zones.flatMap((zone) =>
      zone.hazards
        .filter((hazard) => reachIn(calibration.view, zone, hazard, settings).share < leastShare)
        .map((hazard) => keyOf(zone.id, hazard)),
    ),
  );
}

/**
 * The kept looks (newest first) as they would read with the zones and the mounting of `after`, oldest first. `said` is what was news,
 * oldest first, beginning before the first of the looks.
 */
export function testZones(
  before: Camera,
  after: Camera,
  recent: readonly looks.RecentLook[],
  said: readonly Said[],
  settings: HazardSettings,
): TestLook[] {
  const beyond = beyondOf(after, settings);
  const held = new Map<string, Said>();
  let at = 0;
  return recent.toReversed().map((look): TestLook => {
    for (let next = said[at]; next !== undefined && next.seenAtMs <= look.seenAtMs; next = said[++at])
      held.set(keyOf(next.zoneId, next.hazard), next);
    const seen = look.outcome === 'ok';
    const words = after.zones.flatMap((zone) =>
      zone.hazards
        .filter((hazard) => settings[hazard].enabled && fitsKind(hazard, zone.kind))
        .map((hazard): ZoneWord => {
          const key = keyOf(zone.id, hazard);
          const had = before.zones.some((one) => one.id === zone.id && one.hazards.includes(hazard));
          const was = !had ? null : seen ? (held.get(key)?.word ?? null) : 'cannot-see';
          if (!seen) return { zoneId: zone.id, hazard, was, now: 'cannot-see', by: 'fault' };
          const found = judged(zone, hazard, { before: before.zones, held, settings });
          const isBeyond = beyond.has(key) && found.now !== 'hazard';
          return { zoneId: zone.id, hazard, was, ...(isBeyond ? { now: 'cannot-see', by: 'reach' } : found) };
        }),
    );
    return {
      lookId: look.lookId,
      seenAtMs: look.seenAtMs,
      outcome: seen ? 'seen' : HealthState.parse(look.outcome),
      stillSha256: look.stillSha256,
      words,
    };
  });
}
