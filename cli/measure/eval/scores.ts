// What the released networks say, as logits: of pictures that they never learned from, each under the condition that the town knows.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Zone } from '#core/camera';
import type { Box, Detection, Sight, ZoneSight } from '#core/detection';
import { AhualError } from '#core/errors';
import { zoneKinds } from '#core/hazard-name';
import type { Ring } from '#core/geo';
import { inRing } from '#core/geo';
import { frameFromJpeg, overlapOf } from '#detector';
import { defaultHazardSettings, hazards } from '#hazards';
import { shareOf } from './lists.ts';
import { faintScore, type Eyes, type Judged } from './look.ts';

/** Real pictures of cameras that hang, real ones taken by hand or from a car, rendered ones. */
export type Origin = 'camera' | 'hand' | 'rendered';

/** One score of one thing in one picture. */
export interface ScoreRow {
  readonly matter: 'flood' | 'snow' | 'spot' | 'openBox' | 'heap' | 'raised';
  readonly condition: string;
  /** Log-odds of the score; null where it is too low to be told. */
  readonly logit: number | null;
  readonly origin: Origin;
  /** One camera or place. */
  readonly group: string;
  /** Kind of the zone, or `picture`. */
  readonly zone: string;
  readonly file: string;
}

/** Something that a look notices or does not: a fence, a crew, a vehicle over a cover, a lens that nobody can see through. */
export interface NoticeRow {
  readonly matter: 'fenced' | 'manned' | 'over' | 'blind' | 'reference';
  readonly condition: string;
  readonly noticed: boolean;
  readonly origin: Origin;
  readonly group: string;
  readonly file: string;
}

/** A share of a zone that is there and that was read before the level had its say. */
export interface ShareRow {
  readonly matter: 'water' | 'snow' | 'bank';
  readonly real: number;
  readonly said: number;
  readonly lit: 'day' | 'night';
  readonly group: string;
  readonly zone: string;
  readonly file: string;
}

export interface Scores {
  readonly scores: readonly ScoreRow[];
  readonly notices: readonly NoticeRow[];
  readonly shares: readonly ShareRow[];
}

/** Log-odds of a score, within ±6: beyond, a network's word differs by rounding only. */
export const mostLogit = 6;
export const logitOf = (score: number): number => {
  const held = Math.min(1 - 1e-9, Math.max(1e-9, score));
  return Math.min(mostLogit, Math.max(-mostLogit, Math.log(held / (1 - held))));
};

/** Dusk reads like night. */
export const litOf = (light: string): 'day' | 'night' =>
  light === 'night' || light === 'dusk' || light === 'infra-red' ? 'night' : 'day';

/** Rows of the labelled real pictures; what is labelled in words is taken under the condition of that word. */
export function realScores(pictures: readonly Judged[]): ScoreRow[] {
  return pictures.flatMap((one): ScoreRow[] => {
    const { item, ground } = one;
    const lit = litOf(one.light ?? 'day');
    const row = (matter: ScoreRow['matter'], condition: string, logit: number | null): ScoreRow => ({
      matter,
      condition,
      logit,
      origin: item.isFixed ? 'camera' : 'hand',
      group: item.group,
      zone: 'picture',
      file: `${item.list}/${item.file}`,
    });
    const [flood, snow] = groundConditions[`${item.list} ${item.label}`] ?? [null, null];
    const surest = (names: readonly string[]): number | null => {
      const scores = (one.faint ?? []).filter((d) => names.includes(d.class)).map((d) => d.score);
      return scores.length === 0 ? null : logitOf(Math.max(...scores));
    };
    const isRoad = item.list === 'road_cctv' || item.list === 'truck';
    return [
      ...(flood === null
        ? []
        : [row('flood', flood === 'snow' ? flood : `${flood}-${lit}`, logitOf(ground.floodLevel))]),
      ...(snow === null ? [] : [row('snow', snow === 'covered' ? `${snow}-${lit}` : snow, logitOf(ground.snowLevel))]),
      ...one.spots.map(({ positive, open }) => row('spot', `${positive ? 'open' : 'closed'}-${lit}`, logitOf(open))),
      ...(isRoad ? [row('openBox', 'closed', surest(['manhole_open']))] : []),
      ...(isRoad || item.label === 'clean' ? [row('heap', 'clean', surest(['heap', 'sacks']))] : []),
      ...(item.list === 'waste' && item.truth === 'positive'
        ? [row('heap', `lying-${lit}`, surest(['heap', 'sacks']))]
        : []),
      ...(item.list === 'truck' ? [row('raised', 'down', surest(['tipper_raised']))] : []),
    ];
  });
}

/** By list and label: what the ground is to the flood level and to the snow level; null says nothing. */
export const groundConditions: Readonly<Record<string, readonly [string | null, string | null]>> = {
  'flooding dry': ['dry', null],
  'flooding wet': ['wet', null],
  'flooding flooded': ['flooded', null],
  'snow clear': ['dry', 'bare'],
  'snow wet': ['wet', 'bare'],
  'snow clear_winter': ['dry', 'winter'],
  'snow covered': ['snow', 'covered'],
};

const Shares = z.object({ dry: z.number(), wet: z.number(), water: z.number(), snow: z.number() });
const Label = z.object({
  seed: z.number(),
  light: z.string().optional(),
  weather: z.string().optional(),
  state: z
    .object({
      name: z.string(),
      light: z.string(),
      weather: z.string(),
      cover: z.string(),
      over: z.string(),
      bank: z.string(),
    })
    .optional(),
  boxes: z.array(
    z.object({
      class: z.string(),
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      visible: z.number(),
      track: z.string(),
    }),
  ),
  zones: z.array(
    z.object({ id: z.string(), kind: z.string(), polygon: z.array(z.tuple([z.number(), z.number()])).min(3) }),
  ),
  shares: z.record(z.string(), Shares),
});
type Label = z.infer<typeof Label>;

/** A rendered picture with its truth. `group` is its camera. */
export interface Rendered {
  readonly jpeg: string;
  readonly label: Label;
  readonly group: string;
}

const isLearned = (learned: ReadonlySet<number>, seed: number): boolean => learned.has(seed);

/** Rendered pictures of a folder whose seeds no network learned from. Throws CONFIG_MISSING or CONFIG_INVALID. */
export function renderedIn(folder: string, learned: ReadonlySet<number>, most: number): Rendered[] {
  if (!existsSync(folder)) {
    throw new AhualError('CONFIG_MISSING', `${folder} is not there.`, 'Name a folder that simulator/stage rendered.');
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jpg') && !isLearned(learned, Number.parseInt(name, 10)))
    .sort()
    .toSorted((a, b) => shareOf(a) - shareOf(b))
    .slice(0, most)
    .flatMap((name): Rendered[] => {
      const path = join(folder, name.replace(/\.jpg$/, '.json'));
      if (!existsSync(path)) return [];
      const parsed = Label.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      if (!parsed.success) {
        throw new AhualError('CONFIG_INVALID', `${path} is no label of a rendered picture.`, 'Render it anew.');
      }
      return [{ jpeg: join(folder, name), label: parsed.data, group: `rendered|${parsed.data.seed}` }];
    });
}

export const groundKinds: ReadonlySet<string> = new Set([
  'carriageway',
  'crossing',
  'pavement',
  'stop',
  'yard-entry',
  'underpass',
]);
const wasteKinds: ReadonlySet<string> = new Set(['no-dumping', 'container-site']);
const hasWinter = (weather: string): boolean => weather === 'snow' || weather === 'snowfall' || weather === 'thaw';

/** A labelled zone as the product has it; undefined for a kind that it does not know. */
export function zoneOf({ id, kind, polygon }: Label['zones'][number]): Zone | undefined {
  const known = zoneKinds.find((one) => one === kind);
  if (known === undefined) return undefined;
  const closed = polygon.map(([x, y]): [number, number] => [x, y]);
  return { id, kind: known, hazards: [...hazardsOf(known)], streetClass: 'none', polygon: closed };
}
const hazardsOf = (kind: string): Zone['hazards'] =>
  kind === 'manhole' ? ['open-manhole'] : wasteKinds.has(kind) ? ['dumping'] : ['snow', 'flooding', 'open-manhole'];

const boxOf = ([x, y, w, h]: readonly [number, number, number, number]): Box => ({ x, y, w, h });
/** Pixels across and along in the street network's picture under which a thing is out of reach (docs/range.md). */
const { acrossPx, alongPx } = defaultHazardSettings['open-manhole'].reach;
const isInReach = ({ w, h }: Box): boolean => w * 640 >= acrossPx && h * 384 >= alongPx;
const isLarge = ({ w }: Box): boolean => w * 640 >= 40;
const isIn = (box: Box, ring: Ring): boolean => inRing(box.x + box.w / 2, box.y + box.h / 2, ring);
const isAt = (found: Detection, box: Box): boolean => overlapOf(found.box, box) >= 0.1;
const surestOf = (found: readonly Detection[]): number | null =>
  found.length === 0 ? null : logitOf(Math.max(...found.map((d) => d.score)));

/** A share of water or snow counts only as far as the level agrees: what stood there before, null where the level says nothing. */
function beforeWitness(sight: ZoneSight, what: 'water' | 'snow', eyes: Eyes): number | null {
  const { from, full } = eyes.road.witness[what === 'water' ? 'flooding' : 'snow'];
  const level = what === 'water' ? sight.floodLevel : sight.snowLevel;
  const trusted = Math.min(1, (level - from) / (full - from));
  const { dry, wet, water, snow } = sight.surface;
  const ground = dry + wet + water + snow;
  return trusted < 0.3 || ground < 0.2 ? null : Math.min(1, sight.surface[what] / trusted / ground);
}

/** Under which condition a rendered zone's levels are taken; null where its truth lies between two. */
export function conditionsOf(
  real: z.infer<typeof Shares>,
  weather: string,
  lit: 'day' | 'night',
): { readonly flood: string | null; readonly snow: string | null } {
  const isSnowy = real.snow > 0.5;
  const dryOrWet = isSnowy ? 'snow' : `${real.wet > 0.5 ? 'wet' : 'dry'}-${lit}`;
  const bareOrNot = real.snow > 0.06 ? null : hasWinter(weather) ? 'winter' : 'bare';
  return {
    flood: real.water >= 0.3 ? `flooded-${lit}` : real.water > 0.03 ? null : dryOrWet,
    snow: isSnowy ? `covered-${lit}` : bareOrNot,
  };
}

/** Rows of one rendered picture. */
export async function renderedScores({ jpeg, label, group }: Rendered, eyes: Eyes): Promise<Scores> {
  const frame = await frameFromJpeg(await readFile(jpeg));
  const zones = label.zones.flatMap((zone) => zoneOf(zone) ?? []);
  const sight = await eyes.released.see(frame, zones);
  const isWhole = label.boxes.some((b) =>
    ['heap', 'sacks', 'tipper_raised', 'lorry', 'tipper', 'manhole_open'].includes(b.class),
  );
  const faint = isWhole || shareOf(jpeg) < 0.35 ? await eyes.faintBoxes(frame, false) : null;
  const scores: ScoreRow[] = [];
  const notices: NoticeRow[] = [];
  const shares: ShareRow[] = [];
  const weather = label.state?.weather ?? label.weather ?? 'clear';
  const lit = litOf(label.state?.light ?? label.light ?? 'day');
  const file = jpeg.slice(jpeg.lastIndexOf('/') + 1);
  const row = (matter: ScoreRow['matter'], condition: string, logit: number | null, zone: string): void => {
    scores.push({ matter, condition, logit, origin: 'rendered', group, zone, file });
  };
  const openBoxes = label.boxes.filter((b) => b.class === 'manhole_open' && b.visible >= 0.5).map((b) => boxOf(b.box));
  for (const zone of zones) {
    const seen = sight.zones.find((one) => one.zoneId === zone.id);
    const real = label.shares[zone.id];
    if (!seen || !real) continue;
    if (groundKinds.has(zone.kind) && seen.hiddenShare < 0.7) {
      const { flood, snow } = conditionsOf(real, weather, lit);
      if (flood !== null) row('flood', flood, logitOf(seen.floodLevel), zone.kind);
      if (snow !== null) row('snow', snow, logitOf(seen.snowLevel), zone.kind);
      for (const what of ['water', 'snow'] as const) {
        const said = beforeWitness(seen, what, eyes);
        if (said !== null) shares.push({ matter: what, real: real[what], said, lit, group, zone: zone.kind, file });
      }
      if (zone.kind === 'crossing' || zone.kind === 'stop') {
        if (real.snow < 0.5)
          shares.push({
            matter: 'bank',
            real: real.snow,
            said: seen.bank?.share ?? 0,
            lit,
            group,
            zone: zone.kind,
            file,
          });
      }
      if (faint && zone.kind === 'carriageway') {
        const inside = openBoxes.filter((box) => isIn(box, zone.polygon));
        const found = faint.filter((d) => d.class === 'manhole_open' && isIn(d.box, zone.polygon));
        const [largest] = inside.filter(isInReach);
        if (largest) row('openBox', `open-${lit}`, surestOf(found.filter((d) => isAt(d, largest))), zone.kind);
        else if (inside.length === 0) row('openBox', 'closed', surestOf(found), zone.kind);
      }
    }
    if (zone.kind === 'manhole' && seen.spot) spotRows(zone, seen, sight);
    if (wasteKinds.has(zone.kind) && faint && !label.boxes.some((b) => b.class === 'heap' || b.class === 'sacks')) {
      row(
        'heap',
        'clean',
        surestOf(faint.filter((d) => (d.class === 'heap' || d.class === 'sacks') && isIn(d.box, zone.polygon))),
        zone.kind,
      );
    }
  }
  function spotRows(zone: Zone, seen: ZoneSight, all: Sight): void {
    const lid = label.boxes.find(
      (b) => b.track === zone.id || (isIn(boxOf(b.box), zone.polygon) && b.class.startsWith('manhole')),
    );
    const isWorks = label.state ? label.state.cover === 'works' : label.boxes.some((b) => b.class === 'cone');
    const { open, closed, unsure } = seen.spot ?? { open: 0, closed: 0, unsure: 1 };
    const told = open + closed;
    const { facts, word } = hazards['open-manhole'].read(all, zone, defaultHazardSettings);
    if (label.state?.over === 'vehicle') {
      const noticed = word === 'cannot-see';
      notices.push({ matter: 'over', condition: lit, noticed, origin: 'rendered', group, file });
      if (!noticed && told > 0) row('spot', 'parked', logitOf(open), zone.kind);
      return;
    }
    if (!lid || lid.visible < 0.5 || seen.hiddenShare >= 0.5) return;
    if (isWorks) {
      if (!label.state) return;
      notices.push({
        matter: 'fenced',
        condition: lit,
        noticed: facts['fenced'] === true,
        origin: 'rendered',
        group,
        file,
      });
      notices.push({
        matter: 'manned',
        condition: lit,
        noticed: facts['manned'] === true,
        origin: 'rendered',
        group,
        file,
      });
      return;
    }
    const truth =
      lid.class === 'manhole_open' ? `open-${lit}` : label.state?.over === 'shadow' ? 'shadow' : `closed-${lit}`;
    if (told > 0) row('spot', truth, logitOf(open / (told + unsure)), zone.kind);
  }
  if (faint) {
    for (const { class: name, box: at, visible } of label.boxes) {
      const box = boxOf(at);
      if (visible < 0.5 || !isLarge(box)) continue;
      const near = faint.filter((d) => isAt(d, box));
      if (name === 'heap' || name === 'sacks')
        row('heap', `lying-${lit}`, surestOf(near.filter((d) => d.class === 'heap' || d.class === 'sacks')), 'picture');
      const raised = near.filter((d) => d.class === 'tipper_raised');
      if (name === 'tipper_raised') row('raised', `up-${lit}`, surestOf(raised), 'picture');
      if (name === 'lorry' || name === 'tipper') row('raised', 'down', surestOf(raised), 'picture');
    }
  }
  return { scores, notices, shares };
}

/** Least score that is told of a box. */
export const leastLogit = logitOf(faintScore);
