// The city's tree of issues as the form by hand shows it: branches on digits, everything else by search. Pure.
import { isSeen, languages } from '#core/hazard-name';
import type { Category } from '../../../contract.ts';

/** All leaves below a branch, in the order of the file. */
export function leavesOf(rows: readonly Category[], branchId: string | null): readonly Category[] {
  if (branchId === null) return [];
  const below = rows.filter((row) => row.parent === branchId);
  return below.flatMap((row) => (row.hazard === null ? leavesOf(rows, row.id) : [row]));
}

/** So many branches have digits of their own; the next digit opens the others. */
export const quickMost = 4;

export interface Tree {
  /** Branches of hazards that eyes look for too, on the digits from 1. */
  readonly quick: readonly Category[];
  /** The others, with their leaves. */
  readonly others: readonly { readonly branch: Category; readonly leaves: readonly Category[] }[];
}

/** The tree by how it is reached. */
export function treeOf(rows: readonly Category[]): Tree {
  const branches = rows.filter((row) => row.parent === null && row.hazard === null);
  const isQuick = (branch: Category): boolean =>
    leavesOf(rows, branch.id).every((leaf) => leaf.hazard !== null && isSeen(leaf.hazard));
  const quick = branches.filter(isQuick).slice(0, quickMost);
  const others = branches
    .filter((branch) => !quick.includes(branch))
    .map((branch) => ({ branch, leaves: leavesOf(rows, branch.id) }));
  // A leaf that hangs on no branch stands for itself.
  const bare = rows
    .filter((row) => row.parent === null && row.hazard !== null)
    .map((row) => ({ branch: row, leaves: [row] }));
  return { quick, others: [...others, ...bare] };
}

const alike: Readonly<Record<string, string>> = {
  ә: 'а',
  ғ: 'г',
  қ: 'к',
  ң: 'н',
  ө: 'о',
  ұ: 'у',
  ү: 'у',
  һ: 'х',
  і: 'и',
  ё: 'е',
};

/** Small letters; those of Kazakh as they are typed on a Russian keyboard. */
const folded = (text: string): string =>
  text.toLowerCase().replace(/[әғқңөұүһіё]/g, (letter) => alike[letter] ?? letter);

/** Leaves of the other branches in which every word that was typed occurs, in any language, in their own name or their branch's. */
export function foundIn({ others }: Tree, typed: string): Tree['others'] {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return others;
  return others.flatMap(({ branch, leaves }) => {
    const found = leaves.filter((leaf) => {
      const text = folded(languages.map((language) => `${leaf.name[language]} ${branch.name[language]}`).join(' '));
      return words.every((word) => text.includes(word));
    });
    return found.length === 0 ? [] : [{ branch, leaves: found }];
  });
}
