// Faults of routing rows in the person's language: the check speaks English, its sentences with holes name the fault.
import { hazardNames, type Language } from '#core/hazard-name';
import { readerOf } from '../holes.ts';
import { shortName } from './hazard-words.ts';
import { isTextKey, textOf, type Slots } from './texts/index.ts';

interface Fault {
  readonly row: string;
  readonly what: string;
  readonly cure: string;
}

const kinds = (
  [
    ['twice', 'is listed twice'],
    ['no-duty', 'has no duty contact'],
    ['no-address', 'is reached by {_} but has no address'],
    ['agency-unknown', 'names the agency {id}, which is not in the list'],
    ['agency-unknown', 'belongs to {id}, which is not in the list'],
    ['agency-silent', 'leads to {id}, which has no duty contact'],
    ['sub-unknown', 'names the subtype {sub}, which {hazard} does not have'],
    ['district-unknown', 'names the district {district}, which does not exist'],
    ['dates', 'ends before it begins'],
    ['uncovered', 'has no rule for {hazard} that fits every place'],
    ['accept-long', 'gives longer to accept than to fix'],
    ['term-none', 'has no term for streets of class {street}'],
  ] as const
).map(([kind, template]) => ({ kind, read: readerOf(template) }));

const rowOf = readerOf('{kind} {id}');

function named(value: string | number, language: Language): string | number {
  const hazard = hazardNames.find((one) => one === value);
  return hazard ? shortName(hazard, language) : value;
}

/** The fault as one sentence, or undefined for one of a kind that has none yet. */
export function faultSentence({ row, what }: Fault, language: Language): string | undefined {
  for (const { kind, read } of kinds) {
    const found = read(what);
    if (!found) continue;
    const { kind: table = '', id = row } = rowOf(row) ?? {};
    const key = `problem.fault.row.${String(table)}`;
    const slots: Slots = Object.fromEntries(
      Object.entries(found).map(([slot, value]) => [slot, named(value, language)]),
    );
    const words = isTextKey(key) ? textOf(language, key, { id: named(id, language) }) : row;
    return textOf(language, `problem.fault.${kind}`, { ...slots, row: words });
  }
  return undefined;
}
