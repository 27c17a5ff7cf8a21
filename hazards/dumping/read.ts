// What a sight, a calm word and a vehicle's story say of a watched zone.
import type { Zone } from '#core/camera';
import type { Box, Sight } from '#core/detection';
import type { ZoneKind } from '#core/hazard-name';
import type { Story, WatchBeat } from '#core/story';
import { ratio } from '#core/units';
import { inZone, rounded, unseen } from '../ground.ts';
import type { Facts, Reading } from '../hazard.ts';
import type { HazardSettings } from '../settings.ts';

type Limits = HazardSettings['dumping'];

/** Snow is brought there by the thousand lorries a day: nothing is ever raised (domain 3.1). */
const permitted: readonly ZoneKind[] = ['snow-storage'];
/** Raised bodies and people at work are normal there; only what stays behind counts. */
const onlyWhatStays: readonly ZoneKind[] = ['container-site'];

/** Less of the zone changed than this, and nothing new lies there. */
const asBefore = 0.002;

/** A glance at the place: is a heap there? Level = score of the surest heap or sacks. */
export function readDumping(sight: Sight, zone: Zone, { dumping }: HazardSettings): Reading {
  const seen = sight.zones.find((z) => z.zoneId === zone.id);
  if (!seen) return unseen('not-judged');
  const found = inZone(sight, zone, ['heap', 'sacks'], dumping.heapClear);
  const heap = ratio(found[0]?.score ?? 0);
  const { past } = seen;
  const newShare = past?.newShare;
  const facts = {
    source: 'glance',
    score: rounded(heap),
    hidden: rounded(seen.hiddenShare),
    ...(past && newShare !== undefined ? { past: past.references, newShare: rounded(newShare) } : {}),
  };
  // What looks like a heap and lay there in every clean reference is none; what is new may be one that the network missed.
  if (newShare !== undefined && heap >= dumping.heapScore && newShare < asBefore) return unseen('as-before', facts);
  return heapReading(
    zone,
    heap,
    heap,
    found.map((d) => d.box),
    seen.hiddenShare,
    facts,
    dumping,
    newShare === undefined || newShare < dumping.clearShare,
  );
}

/** The calm word of a watch. Level = score of heap or sacks in the zone. */
export function readBeat(beat: WatchBeat, zone: Zone, { dumping }: HazardSettings): Reading {
  const facts = {
    source: 'beat',
    score: rounded(beat.heapScore),
    newShare: rounded(beat.newShare),
    hidden: rounded(beat.hiddenShare),
  };
  const boxes = beat.heapBox ? [beat.heapBox] : [];
  const unlikeReference = beat.newShare >= dumping.clearShare;
  return heapReading(zone, beat.heapScore, beat.heapScore, boxes, beat.hiddenShare, facts, dumping, !unlikeReference);
}

/**
 * A heap is there when its score says so. The place is clean when no heap is seen and it looks like its clean reference;
 * what differs without looking like a heap (new snow, other light) says nothing.
 */
function heapReading(
  zone: Zone,
  heap: number,
  level: number,
  boxes: readonly Box[],
  hiddenShare: number,
  facts: Facts,
  limits: Limits,
  likeReference: boolean,
): Reading {
  if (permitted.includes(zone.kind)) return unseen('permitted-place', facts);
  if (hiddenShare >= limits.hiddenShare) return unseen('hidden', facts);
  if (heap >= limits.heapScore) return { word: 'hazard', sub: 'heap_only', level: ratio(level), boxes, facts };
  if (heap < limits.heapClear && likeReference)
    return { word: 'clear', sub: '', level: ratio(level), boxes: [], facts };
  return unseen('unsure', facts, ratio(level));
}

/** What the vehicle of a story did, and by which signs. */
export interface Act {
  readonly kind: 'act' | 'none';
  readonly signs: readonly ('raised' | 'people' | 'heap')[];
  readonly why: string;
}

/**
 * An act is a vehicle that stood ≥ `stoppedS` with its body raised or with people unloading, or one that stayed that long
 * and, having left, left a new heap behind. Parking, turning and driving through do none of these. People step out of
 * parked vans all day: only together with a change on the ground is it unloading.
 */
export function actOf(story: Story, zone: Zone, limits: Limits): Act {
  if (permitted.includes(zone.kind)) return { kind: 'none', signs: [], why: 'permitted-place' };
  const changed = story.newShare >= limits.newShare;
  const left = story.leftAtMs !== null;
  // Shadows melt into what moves, people walk through: a heap that appears needs somebody who could have brought it.
  const somebody = story.vehicle !== null || story.peopleBeside;
  const isNewThere = changed || story.heapChange >= limits.heapChange;
  const heap = left && somebody && isNewThere && story.heapAfter - story.heapBefore >= limits.heapGrowth;
  const stood = story.stoppedS >= limits.stoppedS;
  const stayed = left && ((story.leftAtMs ?? 0) - story.cameAtMs) / 1000 >= limits.stoppedS;
  const signs = [
    ...(stood && story.raisedScore >= limits.raisedScore ? (['raised'] as const) : []),
    ...(stood && left && changed && story.peopleBeside ? (['people'] as const) : []),
    ...(heap && (stood || stayed) ? (['heap'] as const) : []),
  ];
  if (signs.length === 0) return { kind: 'none', signs, why: stood ? 'nothing-done' : 'no-stop' };
  if (onlyWhatStays.includes(zone.kind) && !signs.includes('heap'))
    return { kind: 'none', signs, why: 'permitted-place' };
  return { kind: 'act', signs, why: '' };
}

/** The story of a vehicle as a reading: an act is a hazard at once; otherwise it says what lies there afterwards. */
export function readStory(story: Story, zone: Zone, { dumping }: HazardSettings): Reading {
  const act = actOf(story, zone, dumping);
  const facts: Facts = {
    source: 'story',
    signs: act.signs.join(' '),
    stoppedS: rounded(story.stoppedS),
    raised: rounded(story.raisedScore),
    people: story.peopleBeside,
    newShare: rounded(story.newShare),
    heapBefore: rounded(story.heapBefore),
    heapAfter: rounded(story.heapAfter),
    heapChange: rounded(story.heapChange),
    cameAtMs: story.cameAtMs,
    ...(story.leftAtMs === null ? {} : { leftAtMs: story.leftAtMs }),
    ...(story.raisedAtMs === null ? {} : { raisedAtMs: story.raisedAtMs }),
    ...(story.vehicle ? { vehicle: story.vehicle.class, vehicleScore: rounded(story.vehicle.score) } : {}),
    ...stillFacts(story),
  };
  if (act.kind === 'act') {
    const level = ratio(Math.max(story.raisedScore, story.heapAfter, story.vehicle?.score ?? 0));
    const boxes = [story.newBox, story.vehicle?.box ?? null].filter((b): b is Box => b !== null);
    return { word: 'hazard', sub: subOf(story, act), level, boxes, facts };
  }
  return unseen(act.why, facts);
}

const stillFacts = ({ stills }: Story): Facts => ({
  ...(stills.before ? { stillBefore: stills.before } : {}),
  ...(stills.came ? { stillCame: stills.came } : {}),
  ...(stills.acting ? { stillActing: stills.acting } : {}),
  ...(stills.after ? { stillAfter: stills.after } : {}),
});

function subOf(story: Story, act: Act): string {
  const vehicle = story.vehicle?.class ?? '';
  if (act.signs.includes('raised') || vehicle === 'tipper_raised' || vehicle === 'lorry') return 'tipper';
  return 'van';
}
