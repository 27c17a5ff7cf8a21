// What troubled lenses, shifted frames and the camera's own past do to what the networks say of a picture.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Zone } from '#core/camera';
import type { Sight } from '#core/detection';
import { frameFromJpeg, learnReference, type PastLook } from '#detector';
import { degradePicture, mildStrength, type DegradeKind } from './degrade.ts';
import { shareOf } from './lists.ts';
import type { Eyes, Judged } from './look.ts';
import { referencesOf } from './references.ts';
import {
  conditionsOf,
  groundConditions,
  groundKinds,
  litOf,
  logitOf,
  zoneOf,
  type NoticeRow,
  type Origin,
  type Rendered,
  type ScoreRow,
} from './scores.ts';
import { groundZone } from './zones.ts';

/** A picture in which nothing is wrong, and what is asked of it. */
export interface Calm {
  readonly path: string;
  readonly file: string;
  readonly group: string;
  readonly origin: Origin;
  readonly zones: readonly Zone[];
}

/** A level without and with the camera's references. */
export interface PastRow {
  readonly matter: 'flood' | 'snow';
  readonly condition: string;
  readonly alone: number;
  readonly withPast: number;
  readonly origin: Origin;
  readonly group: string;
  readonly file: string;
}

const lensKinds: Readonly<Record<string, DegradeKind>> = {
  'lens-drops': 'drops',
  'lens-snow': 'snow',
  'lens-ice': 'frost',
};
/** From a lens through which everybody still sees to one through which nobody does. */
const strengths = [mildStrength, 0.55, 0.85] as const;

export const calmOfRendered = ({ jpeg, label, group }: Rendered): Calm => ({
  path: jpeg,
  file: jpeg.slice(jpeg.lastIndexOf('/') + 1),
  group,
  origin: 'rendered',
  zones: label.zones.flatMap((zone) => zoneOf(zone) ?? []),
});
export const calmOfReal = ({ item }: Judged): Calm => ({
  path: item.path,
  file: `${item.list}/${item.file}`,
  group: item.group,
  origin: 'camera',
  zones: [groundZone],
});

/** What becomes of a calm picture behind a troubled lens, in a shifted frame and in the dark. */
export async function troubledScores(
  calm: Calm,
  eyes: Eyes,
): Promise<{ readonly scores: readonly ScoreRow[]; readonly notices: readonly NoticeRow[] }> {
  const { path, file, group, origin, zones } = calm;
  const bytes = await readFile(path);
  const scores: ScoreRow[] = [];
  const notices: NoticeRow[] = [];
  const seeing = async (picture: Uint8Array, past?: readonly PastLook[]): Promise<Sight> =>
    eyes.released.see(await frameFromJpeg(picture), zones, past ? { past } : {});
  const noted = (condition: string, noticed: boolean): void => {
    notices.push({ matter: 'blind', condition, noticed, origin, group, file });
  };
  for (const [trouble, kind] of Object.entries(lensKinds)) {
    for (const strength of strengths) {
      const seed = Math.floor(shareOf(`${file}|${kind}|${strength}`) * 2 ** 31);
      const sight = await seeing(await degradePicture(bytes, kind, strength, seed));
      for (const seen of sight.zones) {
        const zone = zones.find(({ id }) => id === seen.zoneId);
        if (!zone) continue;
        const isRefused = sight.quality.kind !== 'good' || seen.unseen !== undefined;
        if (groundKinds.has(zone.kind)) noted(trouble, isRefused);
        if (isRefused) continue;
        const row = (matter: ScoreRow['matter'], value: number): void => {
          scores.push({ matter, condition: 'spoilt', logit: logitOf(value), origin, group, zone: zone.kind, file });
        };
        if (groundKinds.has(zone.kind)) {
          row('flood', seen.floodLevel);
          row('snow', seen.snowLevel);
        }
        if (seen.spot && seen.spot.open + seen.spot.closed > 0) row('spot', seen.spot.open);
      }
    }
  }
  const own = (await eyes.released.see(await frameFromJpeg(bytes), zones, { learn: true })).look;
  const { width, height } = await sharp(bytes).metadata();
  for (const part of [0.08, 0.2]) {
    const left = Math.round(width * part);
    const shifted = await sharp(bytes)
      .extract({ left, top: 0, width: width - left, height })
      .extend({ right: left, extendWith: 'mirror' })
      .jpeg({ quality: 88 })
      .toBuffer();
    noted('moved', (await seeing(shifted, own ? [own] : [])).quality.kind !== 'good');
  }
  const noise = { type: 'gaussian' as const, mean: 4, sigma: 3 };
  const black = await sharp({ create: { width, height, channels: 3, background: '#000', noise } })
    .jpeg()
    .toBuffer();
  noted('black', (await seeing(black)).quality.kind !== 'good');
  return { scores, notices };
}

/** Fixed cameras' pictures beside their own clear ones, as `measurePast` has it. */
export async function realPast(pictures: readonly Judged[], eyes: Eyes): Promise<PastRow[]> {
  const rows: PastRow[] = [];
  const isAsked = ({ item }: Judged): boolean => item.isFixed && (item.list === 'flooding' || item.list === 'snow');
  for (const [judged, references] of referencesOf(pictures, isAsked)) {
    const { item } = judged;
    const past = references.flatMap(({ look }): PastLook[] => (look ? [look] : []));
    const again = await eyes.judge(item, { options: { past }, isBrief: true });
    if ('why' in again || again.ground.past === undefined) continue;
    const [flood, snow] = groundConditions[`${item.list} ${item.label}`] ?? [null, null];
    const lit = litOf(judged.light ?? 'day');
    const about = { origin: 'camera' as const, group: item.group, file: `${item.list}/${item.file}` };
    const { ground } = again;
    const { floodAlone, snowAlone } = again.ground.past;
    if (flood)
      rows.push({
        matter: 'flood',
        condition: flood === 'snow' ? flood : `${flood}-${lit}`,
        alone: logitOf(floodAlone),
        withPast: logitOf(ground.floodLevel),
        ...about,
      });
    if (snow)
      rows.push({
        matter: 'snow',
        condition: snow === 'covered' ? `${snow}-${lit}` : snow,
        alone: logitOf(snowAlone),
        withPast: logitOf(ground.snowLevel),
        ...about,
      });
  }
  return rows;
}

function grouped<T>(list: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

const isQuiet = (name: string): boolean => /^(?:dry|wet|rain|cleared)-/.test(name);

/** Pictures of rendered scenes beside references that were learned from that camera's other quiet pictures. */
export async function renderedPast(pictures: readonly Rendered[], eyes: Eyes, tick: () => void): Promise<PastRow[]> {
  const rows: PastRow[] = [];
  const byScene = grouped(
    pictures.filter(({ label }) => label.state),
    ({ group }) => group,
  );
  for (const [group, scene] of byScene) {
    const looks = new Map<string, PastLook>();
    for (const { jpeg, label } of scene) {
      if (!isQuiet(label.state?.name ?? '')) continue;
      const zones = label.zones.flatMap((zone) => zoneOf(zone) ?? []);
      const { look } = await eyes.released.see(await frameFromJpeg(await readFile(jpeg)), zones, { learn: true });
      if (look) looks.set(jpeg, look);
    }
    for (const { jpeg, label } of scene) {
      const zones = label.zones.flatMap((zone) => zoneOf(zone) ?? []).filter(({ kind }) => groundKinds.has(kind));
      const others = [...looks].filter(([path]) => path !== jpeg).map(([, look]) => look);
      const past = [...grouped(others, ({ light, ground }) => `${light} ${ground}`).values()].map((alike) =>
        learnReference(alike),
      );
      const sight = await eyes.released.see(await frameFromJpeg(await readFile(jpeg)), zones, { past });
      tick();
      const { state } = label;
      for (const seen of sight.zones) {
        const real = label.shares[seen.zoneId];
        if (!real || !seen.past || !state) continue;
        const { flood, snow } = conditionsOf(real, state.weather, litOf(state.light));
        const about = { origin: 'rendered' as const, group, file: jpeg.slice(jpeg.lastIndexOf('/') + 1) };
        const { floodAlone, snowAlone } = seen.past;
        if (flood)
          rows.push({
            matter: 'flood',
            condition: flood,
            alone: logitOf(floodAlone),
            withPast: logitOf(seen.floodLevel),
            ...about,
          });
        if (snow)
          rows.push({
            matter: 'snow',
            condition: snow,
            alone: logitOf(snowAlone),
            withPast: logitOf(seen.snowLevel),
            ...about,
          });
      }
    }
  }
  return rows;
}
