// Fits the error model of the simulated town to what was gathered: which pictures speak for each condition, and what stands in where too few do.
import type { life } from '#simulator';
import type { Gathered } from './errors-rows.ts';
import {
  below,
  censoredMoments,
  componentsOf,
  evenly,
  filmNoise,
  lineOf,
  mixed,
  momentsOf,
  pooled,
  type Grouped,
} from './fit.ts';
import { leastLogit, logitOf, type NoticeRow, type Origin, type ScoreRow } from './scores.ts';

type Model = life.ErrorModel;
type Variance = Omit<Model['variance'], 'of'>;
type Fitted = Model['flood']['dry-day'];
type Matter = ScoreRow['matter'];

const matters: readonly Matter[] = ['flood', 'snow', 'spot', 'openBox', 'heap', 'raised'];
const origins: readonly Origin[] = ['camera', 'hand', 'rendered'];

/** With fewer pictures, or of fewer cameras, a condition has no say of its own. */
const leastPictures = 8;
const leastGroups = 3;

const two = (value: number): number => Math.round(value * 100) / 100;
const isEnough = (rows: readonly { group: string }[]): boolean =>
  rows.length >= leastPictures && new Set(rows.map(({ group }) => group)).size >= leastGroups;
const grouped = (rows: readonly ScoreRow[]): Grouped[] => rows.map(({ logit, group }) => ({ value: logit, group }));

/**
 * The pictures that speak: those of cameras that hang, where they suffice; else real ones of any kind and rendered ones, each
 * for one half; else whichever suffice.
 */
function partsOf(
  rows: readonly ScoreRow[],
): { readonly from: string; readonly parts: readonly (readonly ScoreRow[])[] } | null {
  const of = (...origins: readonly Origin[]): ScoreRow[] => rows.filter(({ origin }) => origins.includes(origin));
  const cameras = of('camera');
  if (isEnough(cameras)) return { from: 'cameras', parts: [cameras] };
  const real = of('camera', 'hand');
  const rendered = of('rendered');
  if (isEnough(real) && isEnough(rendered)) return { from: 'half real, half rendered', parts: [real, rendered] };
  if (isEnough(real)) return { from: 'real, by hand', parts: [real] };
  return isEnough(rendered) ? { from: 'rendered', parts: [rendered] } : null;
}

/**
 * A score of one condition. `alarm` is the log-odds from which it would be a false hazard: where clearly more pictures lie
 * beyond than the normal distribution has there, those are a population of their own.
 */
function scoreOf(rows: readonly ScoreRow[], alarm?: number): Fitted | null {
  const chosen = partsOf(rows);
  if (!chosen) return null;
  const { from, parts } = chosen;
  const all = parts.flat();
  const about = { n: all.length, groups: new Set(all.map(({ group }) => group)).size, from };
  const whole = mixed(parts.map((part) => censoredMoments(grouped(part), leastLogit)));
  const plain = { mean: two(whole.mean), sd: two(whole.sd), ...about };
  if (alarm === undefined) return plain;
  // A few pictures of cameras cannot show what one zone in a hundred does: every sort of picture that suffices is asked.
  const asked = origins.map((origin) => rows.filter((row) => row.origin === origin)).filter((part) => isEnough(part));
  const beyond = asked.flat().filter(({ logit }) => logit !== null && logit > alarm);
  const share = asked.reduce((sum, part) => sum + shareBeyond(part, alarm) / asked.length, 0);
  const expected = 1 - below((alarm - whole.mean) / Math.max(0.05, whole.sd));
  const isHeavy = share > 1.5 * expected && beyond.length >= 3 && new Set(beyond.map(({ group }) => group)).size >= 2;
  if (!isHeavy) return plain;
  const rest = mixed(
    parts.map((part) => censoredMoments(grouped(part.filter((row) => !beyond.includes(row))), leastLogit)),
  );
  const tail = censoredMoments(grouped(beyond), leastLogit);
  return {
    mean: two(rest.mean),
    sd: two(rest.sd),
    tail: { share: Math.round(share * 1000) / 1000, mean: two(tail.mean), sd: two(tail.sd) },
    ...about,
  };
}

const shareBeyond = (rows: readonly ScoreRow[], alarm: number): number =>
  evenly(grouped(rows)).reduce((sum, { value, weight }) => sum + (value !== null && value > alarm ? weight : 0), 0);

export interface Alarms {
  /** Scores from which a single look says hazard, or trusts a share wholly. */
  readonly flood: number;
  readonly snow: number;
  readonly spot: number;
  readonly box: number;
}

/** Which condition stands in where a condition has too few pictures. */
const standIns: Readonly<Record<string, readonly string[]>> = {
  'raised up-day': ['up-day', 'up-night'],
  'raised up-night': ['up-day', 'up-night'],
  'spot parked': ['parked', 'closed-night'],
  'spot shadow': ['shadow', 'closed-day'],
  'flood dry-night': ['dry-night', 'dry-day'],
  'heap lying-night': ['lying-night', 'lying-day'],
};

/** Conditions in which the few cameras of one light are no other sort than those of the other: all of them together speak. */
const alikeInCameras: Readonly<Record<string, readonly string[]>> = {
  'flood flooded-night': ['flooded-day', 'flooded-night'],
};

/** The model that the rows give. `source` says when and with what it was made; what they cannot tell is kept as it was `before`. */
export function fitErrors(rows: Gathered, alarms: Alarms, source: string, before?: Model): Model {
  const notes: string[] = [];
  const of = (matter: Matter, ...conditions: readonly string[]): ScoreRow[] =>
    rows.scores.filter((row) => row.matter === matter && conditions.includes(row.condition));
  const fit = (matter: Matter, condition: string, alarm?: number): Fitted => {
    const alike = of(matter, ...(alikeInCameras[`${matter} ${condition}`] ?? [])).filter(
      (row) => row.origin === 'camera',
    );
    if (isEnough(alike) && !isEnough(of(matter, condition).filter((row) => row.origin === 'camera'))) {
      const together = scoreOf(alike, alarm);
      notes.push(
        `${matter} ${condition}: too few cameras; those of ${alike.length} pictures by day and night stand in`,
      );
      if (together) return { ...together, from: 'stand-in: cameras by day and night' };
    }
    const own = scoreOf(of(matter, condition), alarm);
    if (own) return own;
    const others = standIns[`${matter} ${condition}`] ?? [condition];
    const instead = scoreOf(of(matter, ...others), alarm);
    const n = of(matter, condition).length;
    const kept = keptOf(before, matter, condition);
    const what = instead
      ? `${others.join(' and ')} together stand in`
      : kept
        ? 'kept as it was'
        : 'nothing stands in: a guess';
    notes.push(`${matter} ${condition}: ${n} pictures are too few; ${what}`);
    if (instead) return { ...instead, from: `stand-in: ${others.join(', ')}` };
    return kept ? { ...kept, from: 'kept' } : { mean: 0, sd: 2, n, from: 'guess' };
  };
  const noise = filmNoise(filmsOf(rows));
  const lookShare = lookShareOf(rows, noise?.variance ?? null);
  const variance = (matters: readonly Matter[], name: string): Variance =>
    varianceOf(
      rows.scores.filter(({ matter }) => matters.includes(matter)),
      lookShare,
      name,
      notes,
    );
  const { flood, snow, spot, box } = alarms;
  const model: Omit<Model, 'notes'> = {
    source,
    variance: {
      ...variance(matters, 'all'),
      of: {
        flood: variance(['flood'], 'flood'),
        snow: variance(['snow'], 'snow'),
        spot: variance(['spot'], 'spot'),
        box: variance(['openBox', 'heap', 'raised'], 'box'),
      },
    },
    lookStepS: noise?.stepS ?? 60,
    flood: {
      'dry-day': fit('flood', 'dry-day', flood),
      'dry-night': fit('flood', 'dry-night', flood),
      'wet-day': fit('flood', 'wet-day', flood),
      'wet-night': fit('flood', 'wet-night', flood),
      snow: fit('flood', 'snow', flood),
      'flooded-day': fit('flood', 'flooded-day'),
      'flooded-night': fit('flood', 'flooded-night'),
      spoilt: fit('flood', 'spoilt'),
    },
    snow: {
      bare: fit('snow', 'bare', snow),
      winter: fit('snow', 'winter', snow),
      'covered-day': fit('snow', 'covered-day'),
      'covered-night': fit('snow', 'covered-night'),
      spoilt: fit('snow', 'spoilt'),
    },
    spot: {
      'closed-day': fit('spot', 'closed-day', spot),
      'closed-night': fit('spot', 'closed-night', spot),
      shadow: fit('spot', 'shadow', spot),
      'open-day': fit('spot', 'open-day'),
      'open-night': fit('spot', 'open-night'),
      parked: fit('spot', 'parked'),
      spoilt: fit('spot', 'spoilt'),
    },
    openBox: {
      closed: fit('openBox', 'closed', box),
      'open-day': fit('openBox', 'open-day'),
      'open-night': fit('openBox', 'open-night'),
    },
    heap: {
      clean: fit('heap', 'clean', box),
      'lying-day': fit('heap', 'lying-day'),
      'lying-night': fit('heap', 'lying-night'),
    },
    raised: {
      down: fit('raised', 'down', box),
      'up-day': fit('raised', 'up-day'),
      'up-night': fit('raised', 'up-night'),
    },
    past: pastOf(rows, notes),
    shares: {
      water: { day: readingOf(rows, 'water', 'day'), night: readingOf(rows, 'water', 'night') },
      snow: { day: readingOf(rows, 'snow', 'day'), night: readingOf(rows, 'snow', 'night') },
      bank: { day: readingOf(rows, 'bank', 'day'), night: readingOf(rows, 'bank', 'night') },
    },
    shareNoise: 0.06,
    notice: {
      vehicleOver: noticed(rows.notices, 'over', null),
      fence: noticed(rows.notices, 'fenced', null),
      crew: noticed(rows.notices, 'manned', null),
    },
    blind: {
      'lens-drops': noticed(rows.notices, 'blind', 'lens-drops'),
      'lens-snow': noticed(rows.notices, 'blind', 'lens-snow'),
      'lens-ice': noticed(rows.notices, 'blind', 'lens-ice'),
      moved: noticed(rows.notices, 'blind', 'moved'),
      frozen: { share: 0.95, from: 'guess: the worker compares whole pictures' },
      black: noticed(rows.notices, 'blind', 'black'),
    },
  };
  return { ...model, notes: [...fixedNotes, ...notes] };
}

const keptOf = (before: Model | undefined, matter: Matter, condition: string): Fitted | undefined =>
  before && new Map<string, Fitted | undefined>(Object.entries(before[matter])).get(condition);

const fixedNotes: readonly string[] = [
  'log-odds held within -6..6; every camera or place counts the same; n and groups are what is behind a number, from is which pictures',
  'from cameras where 8 pictures of 3 cameras are held out; else real ones of any kind and rendered ones for one half each; else what there is',
  'wet, flooded and spoilt ground of cameras is one rainy city seen from its masts; snow on roads is photographs taken by hand and rendered scenes; covers, heaps, raised bodies and banks are rendered scenes, covers and heaps also photographs from close by: no picture of the city itself',
  'guesses: shareNoise, blind.frozen, the six hours of a spell, how often each nuisance comes',
  'a raised body is told by the best of many frames; here it is drawn once from single pictures',
];

function filmsOf({ films }: Gathered): ReadonlyMap<string, readonly number[]> {
  const byFilm = new Map<string, number[]>();
  for (const { film, logit } of films) byFilm.set(film, [...(byFilm.get(film) ?? []), logit]);
  return byFilm;
}

/**
 * The parts of the variance. A real camera's pictures are of one day, so that they cannot tell what it always is from what the day
 * made of it: rendered places, seen in several lights and weathers, do.
 */
function varianceOf(rows: readonly ScoreRow[], lookShare: number, name: string, notes: string[]): Variance {
  const zoned = rows
    .map((row) => ({ ...row, place: `${row.group}|${row.zone}` }))
    .filter(({ condition }) => condition !== 'spoilt');
  const conditions = [...new Set(zoned.map(({ condition, matter }) => `${matter} ${condition}`))];
  const parts = (origin: Origin) =>
    pooled(
      conditions.map((key) =>
        componentsOf(
          zoned
            .filter((row) => `${row.matter} ${row.condition}` === key && row.origin === origin)
            .map(({ logit, place }) => ({ value: logit, group: place })),
        ),
      ),
    );
  const rendered = parts('rendered');
  if (!rendered) {
    notes.push(`variance of ${name}: no place was seen in several lights: a guess`);
    return { camera: 0.4, spell: 0.4, look: 0.2, from: 'guess' };
  }
  const whole = rendered.between + rendered.within;
  const look = Math.min(lookShare, rendered.within / whole);
  const camera = rendered.between / whole;
  return {
    camera: two(camera),
    spell: two(1 - two(camera) - two(look)),
    look: two(look),
    from: `camera: ${rendered.n} scores of ${rendered.groups} rendered zones in their conditions; look: films of cameras; spell: the rest`,
  };
}

/** The share of the single look: variance within films of cameras over that of their flood levels as a whole. */
function lookShareOf(rows: Gathered, withinFilm: number | null): number {
  const cameras = rows.scores.filter(
    ({ matter, origin, condition }) => matter === 'flood' && origin === 'camera' && condition !== 'spoilt',
  );
  const conditions = [...new Set(cameras.map(({ condition }) => condition))];
  const spreads = conditions
    .map((condition) => grouped(cameras.filter((row) => row.condition === condition)))
    .filter((own) => isEnough(own))
    .map((own) => momentsOf(own).sd ** 2);
  const whole = spreads.reduce((sum, one) => sum + one, 0) / Math.max(1, spreads.length);
  return withinFilm === null || whole === 0 ? 0.2 : Math.min(0.5, withinFilm / whole);
}

function pastOf({ past }: Gathered, notes: string[]): Model['past'] {
  const shift = (matter: 'flood' | 'snow', starts: string): number => {
    const rows = past.filter((row) => row.matter === matter && row.condition.startsWith(starts));
    const cameras = rows.filter(({ origin }) => origin === 'camera');
    const chosen = isEnough(cameras) ? cameras : rows.filter(({ origin }) => origin === 'rendered');
    if (!isEnough(chosen)) {
      notes.push(`past of ${matter} ${starts}: too few pictures: no shift`);
      return 0;
    }
    return two(
      evenly(chosen.map(({ alone, withPast, group }) => ({ value: withPast - alone, group }))).reduce(
        (sum, { value, weight }) => sum + (value ?? 0) * weight,
        0,
      ),
    );
  };
  const cameras = past.filter(({ origin }) => origin === 'camera').length;
  return {
    flood: {
      dry: shift('flood', 'dry'),
      wet: shift('flood', 'wet'),
      snow: shift('flood', 'snow'),
      flooded: shift('flood', 'flooded'),
    },
    snow: { bare: shift('snow', 'bare'), winter: shift('snow', 'winter'), covered: shift('snow', 'covered') },
    from: `${cameras} levels of cameras beside their own clear pictures, ${past.length - cameras} of rendered places`,
  };
}

function readingOf(
  { shares }: Gathered,
  matter: 'water' | 'snow' | 'bank',
  lit: 'day' | 'night',
): Model['shares']['water']['day'] {
  const rows = shares.filter((row) => row.matter === matter && row.lit === lit);
  const { none, scale, sd } = lineOf(rows.map(({ real, said }) => ({ x: real, y: said })));
  return { none: two(none), scale: two(scale), sd: two(sd), n: rows.length, from: 'rendered' };
}

function noticed(
  rows: readonly NoticeRow[],
  matter: NoticeRow['matter'],
  condition: string | null,
): Model['blind']['moved'] {
  const own = rows.filter((row) => row.matter === matter && (condition === null || row.condition === condition));
  const cameras = own.filter(({ origin }) => origin === 'camera');
  const rendered = own.filter(({ origin }) => origin === 'rendered');
  const parts = [cameras, rendered].filter((part) => isEnough(part));
  const used = parts.length > 0 ? parts : [own];
  const shareOf = (part: readonly NoticeRow[]): number =>
    evenly(part.map((row) => ({ value: row.noticed ? 1 : 0, group: row.group }))).reduce(
      (sum, { value, weight }) => sum + (value ?? 0) * weight,
      0,
    );
  const share = used.reduce((sum, part) => sum + shareOf(part) / used.length, 0);
  const from = parts.length === 2 ? 'half cameras, half rendered' : parts[0] === cameras ? 'cameras' : 'rendered';
  return { share: Math.round(share * 1000) / 1000, n: used.flat().length, from };
}

/** Log-odds from which a look says hazard, by the deployed numbers. */
export const alarmsOf = (
  settings: {
    readonly flooding: { readonly floodLevel: number };
    readonly 'open-manhole': { readonly spotOpen: number; readonly boxScore: number };
  },
  snowFull: number,
): Alarms => ({
  flood: logitOf(settings.flooding.floodLevel),
  snow: logitOf(snowFull),
  spot: logitOf(settings['open-manhole'].spotOpen),
  box: logitOf(settings['open-manhole'].boxScore),
});
