// The city's tree of housing and utility issues that people open by hand; each leaf names what it is handled as: a hazard, or upkeep and its kind.
import { join } from 'node:path';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import { IssueName, Severity, Texts } from '#core/hazard-name';
import { issues } from '#hazards';
import { readCsv } from './csv.ts';
import { pathOf } from './load.ts';

export const Category = z
  .object({
    id: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'use small Latin letters, digits and hyphens'),
    parent: z.string().nullable(),
    name: Texts,
    hazard: IssueName.nullable(),
    sub: z.string(),
    severity: Severity.nullable(),
  })
  .refine((row) => (row.hazard === null) === (row.severity === null), {
    path: ['severity'],
    message: 'a leaf names its hazard and its severity, a branch neither',
  })
  .refine((row) => row.hazard === null || row.sub === '' || issues[row.hazard].subs.includes(row.sub), {
    path: ['sub'],
    message: 'the hazard has no such kind',
  });
export type Category = z.infer<typeof Category>;

/**
 * Reads categories.csv of the city's folder. Throws CONFIG_INVALID for an unknown parent, a parent that is a leaf, a circle, or a branch
 * without leaves.
 */
export function loadCategories(folder: string): Category[] {
  const path = join(pathOf(folder), 'categories.csv');
  const empty = (cell: string | undefined): string | null => (cell === undefined || cell === '' ? null : cell);
  const rows = readCsv(
    path,
    Category,
    (c) => ({
      id: c['id'],
      parent: empty(c['parent']),
      name: { kk: c['name_kk'], ru: c['name_ru'], en: c['name_en'] },
      hazard: empty(c['hazard']),
      sub: c['sub'],
      severity: empty(c['severity']),
    }),
    (row) => row.id,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const wrong = rows.flatMap((row) => {
    const parent = row.parent === null ? undefined : byId.get(row.parent);
    if (row.parent !== null && !parent)
      return [`${row.id}: there is no branch ${row.parent}. Add it or correct the name.`];
    if (parent && parent.hazard !== null) return [`${row.id}: ${parent.id} is a leaf. Hang it on a branch.`];
    if (isInCircle(row, byId)) return [`${row.id} hangs on itself. Correct its parent.`];
    const isBare = row.hazard === null && !rows.some((one) => one.parent === row.id);
    return isBare ? [`${row.id} has neither a hazard nor anything below it. Give it a hazard or remove it.`] : [];
  });
  if (wrong.length > 0)
    throw new AhualError('CONFIG_INVALID', wrong.map((one) => `categories.csv ${one}`).join('\n'), '');
  return rows;
}

function isInCircle(row: Category, byId: ReadonlyMap<string, Category>): boolean {
  const seen = new Set([row.id]);
  for (let at = row.parent; at !== null; at = byId.get(at)?.parent ?? null) {
    if (seen.has(at)) return true;
    seen.add(at);
  }
  return false;
}
