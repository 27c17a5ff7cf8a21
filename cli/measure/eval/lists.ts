// Labelled pictures: reads their lists, says what each label counts as, and which groups no network may have learned from.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';

export const listNames = ['flooding', 'snow', 'manhole', 'waste', 'truck', 'road_cctv'] as const;
export type ListName = (typeof listNames)[number];

/** `held-out`: groups that the split keeps out of training; `unlearned`: what no train list in use knows. */
export const parts = ['all', 'held-out', 'unlearned'] as const;
export type Part = (typeof parts)[number];

/** What a label counts as: the hazard is there, it is not, or nobody could tell. */
export type Truth = 'positive' | 'negative' | 'cannot-see';

const truths: Readonly<Record<ListName, Readonly<Record<string, Truth>>>> = {
  flooding: {
    flooded: 'positive',
    ponding: 'positive',
    wet: 'negative',
    dry: 'negative',
    cannot_see: 'cannot-see',
  },
  snow: {
    covered: 'positive',
    partial: 'positive',
    heaps: 'positive',
    clear_winter: 'negative',
    clear: 'negative',
    wet: 'negative',
    cannot_see: 'cannot-see',
  },
  manhole: { open: 'positive', closed: 'negative', lookalike: 'negative' },
  waste: { pile: 'positive', sacks: 'positive', clean: 'negative' },
  truck: {
    lorry: 'positive',
    tipper: 'positive',
    tipper_raised: 'positive',
    garbage_truck: 'positive',
    none: 'negative',
  },
  road_cctv: { road: 'negative' },
};

const LabelledBox = z.object({ label: z.string(), x: z.number(), y: z.number(), w: z.number(), h: z.number() });
export type LabelledBox = z.infer<typeof LabelledBox>;

const Row = z.object({
  file: z.string().regex(/^[^/\\]+$/, 'a file name without folders'),
  label: z.string(),
  view: z.enum(['fixed_camera', 'handheld', 'vehicle']),
  group: z.string().min(1),
  source_repo: z.string().min(1),
  note: z.string().default(''),
  boxes: z.string().default(''),
});
const Boxes = z.array(LabelledBox);

/** One labelled picture. */
export interface Item {
  readonly list: ListName;
  readonly file: string;
  readonly path: string;
  readonly label: string;
  readonly truth: Truth;
  readonly isFixed: boolean;
  readonly sourceRepo: string;
  /** Source and group: one camera, corner or series. Never on both sides of a split. */
  readonly group: string;
  readonly note: string;
  readonly boxes: readonly LabelledBox[];
  /** Where water is (255) and where not, as a picture of the same shape; null where nobody drew it. */
  readonly maskPath: string | null;
}

/** Share of the groups that no network learns from; the same number as in models/training/lists.py. */
export const heldShare = 0.33;

/** A number in 0..1 that depends on the text alone: the first 64 bits of its sha256. */
export const shareOf = (text: string): number =>
  Number(createHash('sha256').update(text).digest().readBigUInt64BE(0)) / 2 ** 64;

/** Sources whose lists call one camera by two names: what stands before its number is no part of the name. */
const namesApart: Readonly<Record<string, RegExp>> = {
  'informatics-lab/machine-learning-traffic-cams': /^(?:uk|in)_/,
};

/**
 * Groups whose pictures cannot be told apart by their fingerprints (6 bits of 64 differ), though they show two places: a
 * washed-out motorway and a white road. They are on one side, for the leak check could not tell either.
 */
const alike: Readonly<Record<string, string>> = {
  'kagan94/road_image_datasets|web_snow_444': 'informatics-lab/machine-learning-traffic-cams|TL-405965',
};

/** The key of a group: a camera that occurs in two lists has one key. The same rule as in models/training/lists.py. */
export function groupKey(sourceRepo: string, group: string): string {
  const before = namesApart[sourceRepo];
  const key = `${sourceRepo}|${before === undefined ? group : group.replace(before, '')}`;
  return alike[key] ?? key;
}

/** Whether a group stays out of training. */
export const isHeldOut = (group: string): boolean => shareOf(group) < heldShare;

export interface Lists {
  readonly items: readonly Item[];
  readonly read: readonly ListName[];
  readonly missing: readonly ListName[];
}

/** The part of that name. Throws REQUEST_INVALID when there is none. */
export function partOf(name: string): Part {
  const found = parts.find((part) => part === name);
  if (found) return found;
  throw new AhualError('REQUEST_INVALID', `There is no part "${name}".`, `Take one of: ${parts.join(', ')}.`);
}

/** Where the list of that name lies in the folder: beside its pictures' folder or inside it; undefined when nowhere. */
export const listPathIn = (folder: string, name: string): string | undefined =>
  [join(folder, `${name}.csv`), join(folder, name, `${name}.csv`)].find((one) => existsSync(one));

/**
 * Reads `<folder>/<name>.csv` or `<folder>/<name>/<name>.csv` for every list that is there. `limit` keeps that many
 * pictures of each list, the same ones each time. Throws CONFIG_MISSING without any list, REQUEST_INVALID for a row with
 * an unknown label, a missing picture or another fault.
 */
export function readLists(folder: string, part: Part, limit?: number): Lists {
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw new AhualError('CONFIG_MISSING', `${folder} is no folder.`, 'Name the folder of the labelled pictures.');
  }
  const read: ListName[] = [];
  const missing: ListName[] = [];
  const items: Item[] = [];
  for (const name of listNames) {
    const path = listPathIn(folder, name);
    if (path === undefined) {
      missing.push(name);
      continue;
    }
    read.push(name);
    const all = readList(path, name, join(folder, name)).filter((i) => part !== 'held-out' || isHeldOut(i.group));
    items.push(...(limit === undefined ? all : sampleOf(all, limit)));
  }
  if (read.length > 0) return { items, read, missing };
  throw new AhualError(
    'CONFIG_MISSING',
    `${folder} holds no list of labelled pictures.`,
    `Name a folder with ${listNames.map((name) => `${name}.csv`).join(', ')}, or one of them.`,
  );
}

/** The pictures with the smallest hash of their name, in the list's order. */
function sampleOf(items: readonly Item[], limit: number): Item[] {
  const chosen = new Set(items.toSorted((a, b) => shareOf(a.file) - shareOf(b.file)).slice(0, limit));
  return items.filter((item) => chosen.has(item));
}

const stemOf = (file: string): string => file.slice(0, file.length - extname(file).length);

function readList(path: string, list: ListName, pictures: string): Item[] {
  const refuse = (what: string): AhualError =>
    new AhualError('REQUEST_INVALID', `${path}: ${what}.`, 'Correct the row, or take it out.');
  let rows: unknown;
  try {
    rows = parse(readFileSync(path), { columns: true, bom: true, skip_empty_lines: true });
  } catch (thrown) {
    throw refuse(messageOf(thrown));
  }
  const parsed = z.array(z.unknown()).parse(rows);
  return parsed.map((raw, index) => {
    const where = `row ${index + 2}`;
    const row = Row.safeParse(raw);
    if (!row.success) throw refuse(`${where}: ${z.prettifyError(row.error)}`);
    const { file, label, view, group, source_repo: sourceRepo, note, boxes } = row.data;
    const truth = truths[list][label];
    if (truth === undefined) throw refuse(`${where}: ${file} has the label "${label}", unknown in this list`);
    const picture = join(pictures, file);
    if (!existsSync(picture)) throw refuse(`${where}: ${picture} is not there`);
    const mask = join(pictures, 'masks', `${stemOf(file)}.png`);
    return {
      list,
      file,
      path: picture,
      label,
      truth,
      isFixed: view === 'fixed_camera',
      sourceRepo,
      group: groupKey(sourceRepo, group),
      note,
      boxes: boxes === '' ? [] : boxesOf(boxes, (what) => refuse(`${where}: boxes of ${file}: ${what}`)),
      maskPath: existsSync(mask) ? mask : null,
    };
  });
}

function boxesOf(text: string, refuse: (what: string) => AhualError): LabelledBox[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw refuse(messageOf(thrown));
  }
  const boxes = Boxes.safeParse(value);
  if (!boxes.success) throw refuse(z.prettifyError(boxes.error));
  return boxes.data;
}
