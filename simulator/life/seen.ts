// What a look of the simulated town brings: the truth of the ground through the measured errors of the eyes.
import type { Camera, Zone } from '#core/camera';
import type { Box, Detection, Quality, Sight, ZoneSight } from '#core/detection';
import type { Story, WatchBeat } from '#core/story';
import type { ErrorModel, Reading, Score } from './errors.ts';
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

type Matter = keyof NonNullable<ErrorModel['variance']['of']>;

/** What a number is drawn for: whose variance it has, its own name, and the zone. */
interface Draw {
  readonly matter: Matter;
  readonly name: string;
  readonly place: string;
  readonly atMs: number;
}

/**
 * One number for how a camera's eye errs in one matter at one moment, standard normal: what this zone always is, what these
 * hours make of it, and what the single look adds.
 */
function error({ seed, errors }: Seeing, { matter, name, place, atMs }: Draw): number {
  const { camera, spell, look } = errors.variance.of?.[matter] ?? errors.variance;
  const key = `${seed} ${name} ${place}`;
  return (
    Math.sqrt(camera) * normal(`always ${key}`) +
    Math.sqrt(spell) * wander(`hours ${key}`, atMs, spellS) +
    Math.sqrt(look) * wander(`look ${key}`, atMs, errors.lookStepS)
  );
}

const scoreAt = (seeing: Seeing, { mean, sd }: Score, draw: Draw): number => logistic(mean + sd * error(seeing, draw));

/** Between two conditions a score lies between theirs. */
const between = (a: Score, b: Score, part: number): Score => ({
  mean: a.mean + (b.mean - a.mean) * part,
  sd: a.sd + (b.sd - a.sd) * part,
});

/** The score of this zone in a condition: of the few zones of another sort, theirs. The same zones are so in every condition. */
function own({ seed }: Seeing, score: Score, { matter, place }: Pick<Draw, 'matter' | 'place'>, shift = 0): Score {
  const { tail } = score;
  return tail && uniform(`tail ${seed} ${matter} ${place}`) < tail.share
    ? { mean: tail.mean, sd: tail.sd }
    : { mean: score.mean + shift, sd: score.sd };
}

/** Is a camera's lens troubled at this moment without being refused for it? */
const isSpoilt = (seeing: Seeing, camera: Camera, atMs: number): boolean =>
  seeing.life
    .troublesAt(camera.id, atMs)
    .some((trouble) => trouble.kind.startsWith('lens-') && !isCaught(seeing, camera, trouble));

const readingAt = (seeing: Seeing, { none, scale, sd }: Reading, real: number, draw: Draw): number =>
  clamp(none + scale * real + sd * error(seeing, draw));

/** What the network sees of a zone, shares after the witness that the deployed card asks for. */
function zoneSightAt(seeing: Seeing, camera: Camera, zone: Zone, atMs: number, ground: Ground): ZoneSight {
  const { errors, sky, seed } = seeing;
  const { past, shares } = errors;
  const place = `${camera.id}/${zone.id}`;
  const { isDay } = sky.at(atMs);
  const lit = isDay ? 'day' : 'night';
  const draw = (matter: Matter, name: string = matter): Draw => ({ matter, name, place, atMs });
  const ofZone = (score: Score, matter: Matter, shift: number): Score => own(seeing, score, { matter, place }, shift);
  const spoilt = isSpoilt(seeing, camera, atMs);
  const wetOrDry = between(
    ofZone(errors.flood[`dry-${lit}`], 'flood', past.flood.dry),
    ofZone(errors.flood[`wet-${lit}`], 'flood', past.flood.wet),
    ground.wet,
  );
  const calm = ground.snow > 0.5 ? ofZone(errors.flood.snow, 'flood', past.flood.snow) : wetOrDry;
  const flooded = ofZone(errors.flood[`flooded-${lit}`], 'flood', past.flood.flooded);
  const floodLevel = scoreAt(
    seeing,
    between((spoilt ? errors.flood.spoilt : undefined) ?? calm, flooded, ramp(ground.water, 0.1, 0.3)),
    draw('flood'),
  );
  const isWinter = sky.seasonOf(atMs) === 'winter';
  const bare = ofZone(
    isWinter ? errors.snow.winter : errors.snow.bare,
    'snow',
    isWinter ? past.snow.winter : past.snow.bare,
  );
  const covered = ofZone(errors.snow[`covered-${lit}`], 'snow', past.snow.covered);
  const snowLevel = scoreAt(
    seeing,
    between((spoilt ? errors.snow.spoilt : undefined) ?? bare, covered, ramp(ground.snow, 0.1, 0.5)),
    draw('snow'),
  );
  const read = (what: 'water' | 'snow' | 'bank', real: number): number =>
    readingAt(seeing, shares[what][lit], real, draw(what === 'water' ? 'flood' : 'snow', what));
  const water = read('water', ground.water) * ramp(floodLevel, 0.6, 0.85);
  const snow = Math.min(1 - water, read('snow', ground.snow) * ramp(snowLevel, 0.25, 0.65));
  const rest = Math.max(0, 1 - water - snow);
  const passing = 0.25 * uniform(`traffic ${seed} ${place} ${Math.round(atMs / 1000)}`) ** 2;
  const hidden = isNoticed(seeing, camera, zone, atMs) ? ground.hidden : 0;
  return {
    zoneId: zone.id,
    surface: { dry: rest * 0.9 * (1 - ground.wet), wet: rest * 0.9 * ground.wet, water, snow, other: rest * 0.1 },
    floodLevel,
    snowLevel,
    bank: ground.bank > 0 ? { share: read('bank', ground.bank), box: { x: 0.4, y: 0.7, w: 0.2, h: 0.1 } } : null,
    hiddenShare: clamp(Math.max(hidden, passing)),
    ...(zone.kind === 'manhole' ? { spot: spotAt(seeing, camera, zone, atMs, ground, lit) } : {}),
  };
}

/** A vehicle over a cover that the eye does not take for one: a matter of that vehicle, not of the look. Ground is always noticed. */
function isNoticed({ seed, errors, life }: Seeing, camera: Camera, zone: Zone, atMs: number): boolean {
  if (zone.kind !== 'manhole') return true;
  const over = life.troublesAt(camera.id, atMs).find((t) => t.kind === 'parked-over' && t.zoneId === zone.id);
  return !over || uniform(`over ${seed} ${camera.id}/${zone.id} ${over.fromMs}`) < errors.notice.vehicleOver.share;
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
  const place = `${camera.id}/${zone.id}`;
  const isOpen = ground.cover !== 'closed';
  const isUnnoticed = ground.hidden > 0 && !isNoticed(seeing, camera, zone, atMs);
  const shadow = life.troublesAt(camera.id, atMs).some((t) => t.kind === 'shadow' && t.zoneId === zone.id);
  const calm = shadow ? errors.spot.shadow : errors.spot[`closed-${lit}`];
  const closed = (isSpoilt(seeing, camera, atMs) ? errors.spot.spoilt : undefined) ?? calm;
  const seen = isOpen ? errors.spot[`open-${lit}`] : closed;
  const score = (isUnnoticed ? errors.spot.parked : undefined) ?? seen;
  const open = scoreAt(seeing, own(seeing, score, { matter: 'spot', place }), {
    matter: 'spot',
    name: isOpen ? 'spot-open' : 'spot',
    place,
    atMs,
  });
  const free = isUnnoticed ? 1 : 1 - clamp(ground.hidden);
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
  const boxAt = (score: Score, name: string): number =>
    scoreAt(seeing, own(seeing, score, { matter: 'box', place: `${name} ${place}` }), {
      matter: 'box',
      name,
      place,
      atMs,
    });
  if (zone.hazards.includes('open-manhole') && zone.kind !== 'manhole') {
    const isOpen = ground.cover === 'open';
    const score = isOpen ? errors.openBox[`open-${lit}`] : errors.openBox.closed;
    say('manhole_open', boxAt(score, isOpen ? 'box-open' : 'box'), 0.4, middleOf(zone, 0.03));
  }
  if (zone.hazards.includes('dumping')) {
    const lies = ground.heap > 0;
    const score = lies ? errors.heap[`lying-${lit}`] : errors.heap.clean;
    say('heap', boxAt(score, lies ? 'heap-lies' : 'heap'), 0.3, middleOf(zone, 0.1));
  }
  if (ground.cover === 'works') {
    const box = middleOf(zone, 0.03);
    // Whether a fence is seen is a matter of that fence; a crew is at its works, but not in every picture.
    if (uniform(`fence ${seed} ${place} ${Math.round(atMs / 86_400_000)}`) < errors.notice.fence.share) {
      for (const dx of [-0.05, 0.05]) say('cone', 0.7, 0.35, { ...box, x: box.x + dx });
    }
    if (uniform(`crew ${seed} ${place} ${Math.round(atMs / 60_000)}`) < errors.notice.crew.share) {
      say('person', 0.8, 0.4, { ...box, x: box.x + 0.03, h: 0.12 });
    }
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

/** Whether a trouble is noticed is a matter of that trouble, not of the look. */
function isCaught({ seed, errors }: Seeing, camera: Camera, { kind, fromMs }: Trouble): boolean {
  const share = new Map(Object.entries(errors.blind)).get(kind)?.share ?? 0;
  return uniform(`caught ${seed} ${camera.id} ${kind} ${fromMs}`) < share;
}

function qualityAt(seeing: Seeing, camera: Camera, atMs: number): Quality {
  for (const trouble of seeing.life.troublesAt(camera.id, atMs)) {
    const kind = kindOf[trouble.kind];
    if (kind && isCaught(seeing, camera, trouble)) return { kind, why: `simulated ${trouble.kind}` };
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
  const draw = (score: Score, name: string): number => {
    const { mean, sd } = own(seeing, score, { matter: 'box', place: `${name} ${place}` });
    const erring = error(seeing, { matter: 'box', name, place, atMs: visit.cameAtMs });
    return logistic(mean + sd * Math.SQRT1_2 * (erring + normal(`${name} ${key}`)));
  };
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
  const other =
    seeing.errors.shareNoise *
    Math.abs(error(seeing, { matter: 'box', name: 'other', place: `${camera.id}/${zone.id}`, atMs }));
  return {
    zoneId: zone.id,
    heapScore: heap?.score ?? 0.1,
    newShare: clamp(other + 0.08 * ground.heap),
    hiddenShare: clamp(ground.hidden),
    heapBox: heap?.box ?? null,
  };
}
