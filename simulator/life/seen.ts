// What a look of the simulated town brings: the truth of the ground through the measured errors of the eyes.
import type { Camera, Zone } from '#core/camera';
import type { Box, Detection, Quality, Sight, ZoneSight } from '#core/detection';
import type { Story, WatchBeat } from '#core/story';
import type { ErrorModel, Score } from './errors.ts';
import type { Ground, Life, Trouble, Visit } from './happenings.ts';
import { clamp, logistic, normal, ramp, uniform, wander } from './noise.ts';
import type { SkyOf } from './sky.ts';

export interface Seeing {
  readonly seed: number;
  readonly errors: ErrorModel;
  readonly sky: SkyOf;
  readonly life: Life;
}

const spellS = 6 * 3600;

/**
 * One number for how a camera's eye errs in one matter at one moment, standard normal: what this camera always is, what these
 * hours make of it, and what the single look adds.
 */
function error({ seed, errors }: Seeing, matter: string, place: string, atMs: number): number {
  const { camera, spell, look } = errors.variance;
  const key = `${seed} ${matter} ${place}`;
  return (
    Math.sqrt(camera) * normal(`always ${key}`) +
    Math.sqrt(spell) * wander(`hours ${key}`, atMs, spellS) +
    Math.sqrt(look) * wander(`look ${key}`, atMs, errors.lookStepS)
  );
}

const scoreAt = (seeing: Seeing, { mean, sd }: Score, matter: string, place: string, atMs: number): number =>
  logistic(mean + sd * error(seeing, matter, place, atMs));

/** Between two conditions a score lies between theirs. */
const between = (a: Score, b: Score, part: number): Score => ({
  mean: a.mean + (b.mean - a.mean) * part,
  sd: a.sd + (b.sd - a.sd) * part,
});

/** What the network sees of a zone, shares after the witness that the deployed card asks for. */
function zoneSightAt(seeing: Seeing, camera: Camera, zone: Zone, atMs: number, ground: Ground): ZoneSight {
  const { errors, sky, seed } = seeing;
  const place = `${camera.id}/${zone.id}`;
  const { isDay } = sky.at(atMs);
  const lit = isDay ? 'day' : 'night';
  const wetOrDry = between(errors.flood[`dry-${lit}`], errors.flood[`wet-${lit}`], ground.wet);
  const calm = ground.snow > 0.5 ? errors.flood.snow : wetOrDry;
  const floodLevel = scoreAt(
    seeing,
    between(calm, errors.flood[`flooded-${lit}`], ramp(ground.water, 0.1, 0.3)),
    'flood',
    place,
    atMs,
  );
  const bare = sky.seasonOf(atMs) === 'winter' ? errors.snow.winter : errors.snow.bare;
  const snowLevel = scoreAt(
    seeing,
    between(bare, errors.snow[`covered-${lit}`], ramp(ground.snow, 0.1, 0.5)),
    'snow',
    place,
    atMs,
  );
  const noise = (matter: string): number => errors.shareNoise * error(seeing, matter, place, atMs);
  const water = clamp(Math.max(ground.water, 0.5 * floodLevel) + noise('water')) * ramp(floodLevel, 0.6, 0.85);
  const snow = Math.min(1 - water, clamp(ground.snow + noise('cover')) * ramp(snowLevel, 0.25, 0.65));
  const rest = Math.max(0, 1 - water - snow);
  const passing = 0.25 * uniform(`traffic ${seed} ${place} ${Math.round(atMs / 1000)}`) ** 2;
  return {
    zoneId: zone.id,
    surface: { dry: rest * 0.9 * (1 - ground.wet), wet: rest * 0.9 * ground.wet, water, snow, other: rest * 0.1 },
    floodLevel,
    snowLevel,
    bank:
      ground.bank > 0
        ? { share: clamp(ground.bank + noise('bank') / 2), box: { x: 0.4, y: 0.7, w: 0.2, h: 0.1 } }
        : null,
    hiddenShare: clamp(Math.max(ground.hidden, passing)),
    ...(zone.kind === 'manhole' ? { spot: spotAt(seeing, camera, zone, atMs, ground, lit) } : {}),
  };
}

function spotAt(
  seeing: Seeing,
  camera: Camera,
  zone: Zone,
  atMs: number,
  ground: Ground,
  lit: 'day' | 'night',
): NonNullable<ZoneSight['spot']> {
  const { errors, life } = seeing;
  const isOpen = ground.cover !== 'closed';
  const shadow = life.troublesAt(camera.id, atMs).some((t) => t.kind === 'shadow' && t.zoneId === zone.id);
  const score = isOpen ? errors.spot[`open-${lit}`] : shadow ? errors.spot.shadow : errors.spot[`closed-${lit}`];
  const open = scoreAt(seeing, score, isOpen ? 'spot-open' : 'spot', `${camera.id}/${zone.id}`, atMs);
  const free = 1 - clamp(ground.hidden);
  return { open: open * free, closed: (1 - open) * free * 0.95, covered: 1 - free, unsure: (1 - open) * free * 0.05 };
}

const middleOf = (zone: Zone, w: number): Box => {
  const xs = zone.polygon.map((p) => p[0]);
  const ys = zone.polygon.map((p) => p[1]);
  return { x: (Math.min(...xs) + Math.max(...xs) - w) / 2, y: (Math.min(...ys) + Math.max(...ys) - w) / 2, w, h: w };
};

function detectionsAt(seeing: Seeing, camera: Camera, zone: Zone, atMs: number, ground: Ground): Detection[] {
  const { errors, sky, seed } = seeing;
  const place = `${camera.id}/${zone.id}`;
  const lit = sky.at(atMs).isDay ? 'day' : 'night';
  const found: Detection[] = [];
  const say = (name: Detection['class'], score: number, least: number, box: Box): void => {
    if (score >= least) found.push({ class: name, score, box });
  };
  if (zone.hazards.includes('open-manhole') && zone.kind !== 'manhole') {
    const isOpen = ground.cover === 'open';
    say(
      'manhole_open',
      scoreAt(
        seeing,
        isOpen ? errors.openBox[`open-${lit}`] : errors.openBox.closed,
        isOpen ? 'box-open' : 'box',
        place,
        atMs,
      ),
      0.4,
      middleOf(zone, 0.03),
    );
  }
  if (zone.hazards.includes('dumping')) {
    const lies = ground.heap > 0;
    say(
      'heap',
      scoreAt(seeing, lies ? errors.heap[`lying-${lit}`] : errors.heap.clean, lies ? 'heap-lies' : 'heap', place, atMs),
      0.3,
      middleOf(zone, 0.1),
    );
  }
  if (ground.cover === 'works') {
    const box = middleOf(zone, 0.03);
    for (const dx of [-0.05, 0.05]) say('cone', 0.7, 0.35, { ...box, x: box.x + dx });
    // A crew is at its works, but not in every picture.
    if (uniform(`crew ${seed} ${place} ${Math.round(atMs / 60_000)}`) < 0.6)
      say('person', 0.8, 0.4, { ...box, x: box.x + 0.03, h: 0.12 });
  }
  return found;
}

const kindOf: Partial<Record<Trouble['kind'], Quality['kind']>> = {
  'lens-drops': 'obscured',
  'lens-snow': 'blocked',
  'lens-ice': 'obscured',
  moved: 'moved',
  frozen: 'frozen',
  black: 'dark',
};

function qualityAt({ seed, errors, life }: Seeing, camera: Camera, atMs: number): Quality {
  for (const trouble of life.troublesAt(camera.id, atMs)) {
    const kind = kindOf[trouble.kind];
    if (!kind) continue;
    const caught = new Map(Object.entries(errors.blind)).get(trouble.kind) ?? 0;
    // Whether a trouble is noticed is a matter of that trouble, not of the look.
    if (uniform(`caught ${seed} ${camera.id} ${trouble.kind} ${trouble.fromMs}`) < caught)
      return { kind, why: `simulated ${trouble.kind}` };
  }
  return { kind: 'good', why: '' };
}

/** What the detector would say of a camera's picture at a moment. */
export function sightAt(seeing: Seeing, camera: Camera, atMs: number): Sight {
  const grounds = camera.zones.map((zone) => ({ zone, ground: seeing.life.groundAt(camera, zone, atMs) }));
  return {
    quality: qualityAt(seeing, camera, atMs),
    detections: grounds.flatMap(({ zone, ground }) => detectionsAt(seeing, camera, zone, atMs, ground)),
    zones: grounds.map(({ zone, ground }) => zoneSightAt(seeing, camera, zone, atMs, ground)),
    models: ['simulated'],
  };
}

/** What a watched zone would tell of a vehicle's visit. */
export function storyOf(seeing: Seeing, visit: Visit): Story {
  const { errors, sky, seed } = seeing;
  const place = `${visit.cameraId}/${visit.zoneId}`;
  const key = `${seed} ${place} ${visit.cameAtMs}`;
  const lit = sky.at(visit.cameAtMs).isDay ? 'day' : 'night';
  const isUp = visit.kind === 'tipper' || visit.kind === 'snow-lorry';
  const left = visit.planted !== null || visit.kind === 'snow-lorry';
  const draw = (score: Score, matter: string): number =>
    logistic(
      score.mean + score.sd * (0.7 * error(seeing, matter, place, visit.cameAtMs) + 0.7 * normal(`${matter} ${key}`)),
    );
  const heapBefore = draw(errors.heap.clean, 'heap');
  const heapAfter = left ? draw(errors.heap[`lying-${lit}`], 'heap-lies') : draw(errors.heap.clean, 'heap');
  const size = visit.planted?.size ?? 0.8;
  const lorry = isUp || visit.kind === 'bin-lorry' || visit.kind === 'delivery';
  return {
    zoneId: visit.zoneId,
    cameAtMs: visit.cameAtMs,
    leftAtMs: visit.leftAtMs,
    stoppedS: Math.max(0, visit.stoppedS),
    raisedScore: draw(isUp ? errors.raised[`up-${lit}`] : errors.raised.down, isUp ? 'raised-up' : 'raised'),
    raisedAtMs: isUp ? visit.cameAtMs + 20_000 : null,
    vehicle: { class: lorry ? 'lorry' : 'car', score: 0.7, box: { x: 0.4, y: 0.5, w: 0.2, h: 0.2 } },
    peopleBeside:
      visit.kind === 'van' || visit.kind === 'people-out' || visit.kind === 'delivery' || visit.kind === 'bin-lorry',
    newShare: left ? 0.015 + 0.06 * size * uniform(`new ${key}`) : 0.015 * uniform(`new ${key}`) ** 2,
    newBox: null,
    heapBefore,
    heapAfter,
    heapChange: left ? 0.2 + 0.6 * uniform(`change ${key}`) : 0.25 * uniform(`change ${key}`),
    stills: { before: null, came: null, acting: null, after: null },
  };
}

/** The calm word of a watched zone at a moment. */
export function beatOf(seeing: Seeing, camera: Camera, zone: Zone, atMs: number): WatchBeat {
  const ground = seeing.life.groundAt(camera, zone, atMs);
  const heap = detectionsAt(seeing, camera, zone, atMs, ground).find((d) => d.class === 'heap');
  const other = seeing.errors.shareNoise * Math.abs(error(seeing, 'other', `${camera.id}/${zone.id}`, atMs));
  return {
    zoneId: zone.id,
    heapScore: heap?.score ?? 0.1,
    newShare: clamp(other + 0.08 * ground.heap),
    hiddenShare: clamp(ground.hidden),
    heapBox: heap?.box ?? null,
  };
}
