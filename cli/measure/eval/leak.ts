// Has a network learned from a picture that it is judged by? Same file, same look, or same camera.
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';
import { hashDistance } from '#models';
import { groupKey, type Item } from './lists.ts';

/** Seeds of the stage are no pictures of a camera. */
const rendered = 'simulator/stage';

const TrainRow = z.object({
  sha256: z.string(),
  perceptual_hash: z.union([z.literal(''), z.string().regex(/^[0-9a-f]{16}$/)]),
  source_repo: z.string(),
  group: z.string(),
  list: z.string(),
});

/** The shorter form, of weights that know whole cameras only: `group` is the key of the group. */
const CameraRow = z
  .object({ kind: z.string(), group: z.string(), file: z.string() })
  .transform(({ kind, group }): z.infer<typeof TrainRow> => {
    const [source = '', ...rest] = group.split('|');
    return { sha256: '', perceptual_hash: '', source_repo: source, group: rest.join('|'), list: kind };
  });

export interface TrainPicture {
  readonly model: string;
  readonly sha256: string;
  readonly perceptualHash: string;
  readonly group: string;
  readonly list: string;
}

/** Reads a train list. Rows of rendered seeds are left out. Throws CONFIG_MISSING or CONFIG_INVALID. */
export function readTrainList(path: string, model: string): TrainPicture[] {
  let rows: unknown;
  try {
    rows = parse(readFileSync(path), { columns: true, bom: true, skip_empty_lines: true });
  } catch (thrown) {
    throw new AhualError(
      'CONFIG_MISSING',
      `The train list ${path} cannot be read: ${messageOf(thrown)}.`,
      'A network without one cannot be evaluated: restore the folder from the release.',
      {},
      thrown,
    );
  }
  const parsed = z.array(z.union([TrainRow, CameraRow])).safeParse(rows);
  if (!parsed.success) {
    throw new AhualError(
      'CONFIG_INVALID',
      `The train list ${path} is not in the agreed form: ${z.prettifyError(parsed.error)}`,
      'Restore the folder from the release.',
    );
  }
  return parsed.data
    .filter((row) => row.sha256 !== '' || (row.source_repo !== rendered && row.group !== ''))
    .map((row) => ({
      model,
      sha256: row.sha256,
      perceptualHash: row.perceptual_hash,
      group: groupKey(row.source_repo, row.group),
      list: row.list,
    }));
}

export interface Printed {
  readonly item: Pick<Item, 'list' | 'file' | 'group'>;
  readonly sha256: string;
  readonly perceptualHash: string;
  /** The fingerprint of the picture's mirror image. */
  readonly mirroredHash: string;
}

export interface Leak {
  readonly files: number;
  readonly nearDuplicates: number;
  readonly groups: number;
  /** Every picture of the evaluation that leaks, and why. */
  readonly named: readonly string[];
  /** Their names alone, as `nameOf` gives them. */
  readonly learned: ReadonlySet<string>;
}

/** A picture's name across all lists. */
export const nameOf = ({ list, file }: Pick<Item, 'list' | 'file'>): string => `${list}/${file}`;

/** Fingerprints that differ in no more bits are taken for one picture. */
export const nearBits = 6;

/**
 * The same for mirror images. Of 274 pictures, mirrored, made smaller and coded anew, all differed in 4 bits at most; at 6
 * strangers begin to look alike.
 */
export const mirroredBits = 4;

/** Fingerprints within `bits` share at least `8 - bits` of their eight bytes: most pairs need no counting of bits. */
function isNear(a: string, b: string, bits: number): boolean {
  let equal = 0;
  for (let i = 0; i < 16; i += 2) if (a[i] === b[i] && a[i + 1] === b[i + 1]) equal++;
  return equal >= 8 - bits && hashDistance(a, b) <= bits;
}

/** Names the pictures of the evaluation that were learned from, each counted under its strongest reason only. */
export function leakOf(evaluated: readonly Printed[], learned: readonly TrainPicture[]): Leak {
  const files = new Set(learned.map((one) => one.sha256));
  files.delete('');
  const groups = new Set(learned.map((one) => one.group));
  const prints = new Map(learned.map((one) => [one.perceptualHash, one]));
  prints.delete('');
  // A picture without any light and shade has no fingerprint: two of them need not be one.
  prints.delete('0'.repeat(16));
  const count = { files: 0, nearDuplicates: 0, groups: 0 };
  const why = new Map<string, string>();
  const twinOf = (hash: string, bits: number): TrainPicture | undefined =>
    prints.get(hash) ?? [...prints.values()].find((one) => isNear(one.perceptualHash, hash, bits));
  for (const { item, sha256, perceptualHash, mirroredHash } of evaluated) {
    if (files.has(sha256)) {
      count.files++;
      why.set(nameOf(item), 'the same file');
      continue;
    }
    const twin = twinOf(perceptualHash, nearBits);
    const mirrored = twin === undefined ? twinOf(mirroredHash, mirroredBits) : undefined;
    if (twin !== undefined) {
      count.nearDuplicates++;
      const bits = hashDistance(twin.perceptualHash, perceptualHash);
      why.set(nameOf(item), `looks like one of ${twin.list}, ${twin.group} (${bits} of 64 bits differ)`);
    } else if (mirrored !== undefined) {
      count.nearDuplicates++;
      const bits = hashDistance(mirrored.perceptualHash, mirroredHash);
      why.set(nameOf(item), `mirrors one of ${mirrored.list}, ${mirrored.group} (${bits} of 64 bits differ)`);
    } else if (groups.has(item.group)) {
      count.groups++;
      why.set(nameOf(item), `the same group, ${item.group}`);
    }
  }
  return { ...count, named: [...why].map(([name, reason]) => `${name}: ${reason}`), learned: new Set(why.keys()) };
}
