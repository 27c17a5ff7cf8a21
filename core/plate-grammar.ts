// The forms that number plates have, and which of them a row of read characters can be. Pure.
//
// Sources. Kazakhstan since August 2012 (three digits, two or three Latin letters, two digits of the region) and the form of 1993
// (letter of the region, three digits, two or three letters), three letters for a person, two for a firm; region codes 01-20:
// https://en.wikipedia.org/wiki/Vehicle_registration_plates_of_Kazakhstan. Letters are not narrowed down to those that Cyrillic
// has too: https://trafficsafe.org/index.php/kazakhstan-vehicle-license-plates-to-change-august-2207/. Russia, twelve letters:
// GOST R 50577-2018. Kyrgyzstan since 2015: https://en.wikipedia.org/wiki/Vehicle_registration_plates_of_Kyrgyzstan. Uzbekistan
// since 2008: https://en.wikipedia.org/wiki/Vehicle_registration_plates_of_Uzbekistan. Motorcycles, trailers, diplomats, the army
// and guests have series of their own whose letters we could not make sure of: what looks like them is `other`.

export const plateKinds = ['kz', 'kz-1993', 'foreign', 'other'] as const;
export type PlateKind = (typeof plateKinds)[number];

/** What may stand at one place of a form. */
export type Place = ReadonlySet<string>;

export interface PlateForm {
  readonly id: string;
  readonly kind: PlateKind;
  /** Groups as they stand on the plate, each place with what may stand there. */
  readonly groups: readonly (readonly Place[])[];
  /** How much more an unlikely form has to be read to be taken for it, in nats: foreigners are few in a Kazakh city. */
  readonly penalty: number;
  /** Does the whole text fit where each place does? */
  readonly holds: (text: string) => boolean;
}

const digits: Place = new Set('0123456789');
const latin: Place = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
/** The letters that Latin and Cyrillic script share. */
const shared: Place = new Set('ABEKMHOPCTYX');
/** Letters of the regions from 1993 to 2012. */
const oldRegions: Place = new Set('ABCDEFHKLMNOPRSTUVWXZ');
const regionTens: Place = new Set('012');

const places: Readonly<Record<string, Place>> = {
  9: digits,
  A: latin,
  R: shared,
  Z: oldRegions,
  2: regionTens,
};

const always = (): boolean => true;
/** Regions of Kazakhstan: 01 Astana, 02 Almaty … 17 Shymkent, 18 Abai, 19 Jetisu, 20 Ulytau. */
const hasRegion = (text: string): boolean => {
  const region = Number(text.slice(-2));
  return region >= 1 && region <= 20;
};
const notNought = (text: string): boolean => !text.includes('000');

function form(
  id: string,
  kind: PlateKind,
  pattern: string,
  penalty: number,
  holds: (text: string) => boolean = always,
): PlateForm {
  const groups = pattern.split(' ').map((group) => Array.from(group).map((one) => places[one] ?? digits));
  return { id, kind, groups, penalty, holds };
}

const foreign = 3;
const unsure = 5;

/** Every form that is known, the commonest first. In a pattern 9 is a digit, A a letter, the others as said above. */
export const plateForms: readonly PlateForm[] = [
  form('kz-person', 'kz', '999 AAA 29', 0, (text) => hasRegion(text) && notNought(text.slice(0, 3))),
  form('kz-firm', 'kz', '999 AA 29', 0.5, (text) => hasRegion(text) && notNought(text.slice(0, 3))),
  form('kz-1993-person', 'kz-1993', 'Z 999 AAA', 1.5, notNought),
  form('kz-1993-firm', 'kz-1993', 'Z 999 AA', 2, notNought),
  form('ru', 'foreign', 'R 999 RR 99', foreign, (text) => notNought(text.slice(0, 4)) && !text.endsWith('00')),
  form('ru-3', 'foreign', 'R 999 RR 999', foreign, (text) => notNought(text.slice(0, 4)) && /[1-9]\d\d$/.test(text)),
  form('ru-trailer', 'foreign', 'RR 9999 99', foreign, (text) => !text.endsWith('00')),
  form('uz-person', 'foreign', '99 A 999 AA', foreign, (text) => /^(01|[1-9]\d)/.test(text)),
  // Kyrgyz plates (regions 01-09) and those of Uzbek firms have the same form.
  form('kg-uz', 'foreign', '99 999 AAA', foreign, (text) => !text.startsWith('00')),
  form('other-2-3', 'other', '99 AAA 29', unsure, hasRegion),
  form('other-2-2', 'other', '99 AA 29', unsure, hasRegion),
  form('other-letter-4', 'other', 'A 9999 29', unsure, hasRegion),
  form('other-letter-6', 'other', 'A 999999', unsure),
];

/** Whatever a person types or a network says, as it stands on a plate: upper case, Cyrillic letters as their Latin twins. */
export function plainPlate(text: string): string {
  const twins = 'АAВBЕEКKМMНHОOРPСCТTУYХXІI';
  return Array.from(text.toUpperCase())
    .map((one) => {
      const at = twins.indexOf(one);
      return at >= 0 && at % 2 === 0 ? (twins[at + 1] ?? one) : one;
    })
    .filter((one) => /[0-9A-Z]/.test(one))
    .join('');
}

/** The form that a whole text has exactly, nothing taken for anything else; undefined when it has none. */
export function formOf(text: string): PlateForm | undefined {
  const plain = plainPlate(text);
  return plateForms.find((one) => {
    const flat = one.groups.flat();
    return flat.length === plain.length && flat.every((place, i) => place.has(plain[i] ?? '')) && one.holds(plain);
  });
}

/** The text with its groups apart, as people write it: `123ABC02` is `123 ABC 02`. A text of no form stays as it is. */
export function spaced(text: string): string {
  const plain = plainPlate(text);
  const found = formOf(plain);
  if (!found) return plain;
  let at = 0;
  return found.groups.map((group) => plain.slice(at, (at += group.length))).join(' ');
}

/** One read character: how likely it is which, and where on the plate its middle lies, in fractions of the plate's width. */
export interface ReadCharacter {
  readonly chances: ReadonlyMap<string, number>;
  readonly at: number;
}

/** A row of characters as a plate. `confidence` of each character is its own chance at a place where only its like may stand. */
export interface PlateParse {
  readonly text: string;
  readonly form: PlateForm;
  readonly confidence: readonly number[];
  /** Which of the read characters stands at each place. */
  readonly from: readonly number[];
  /** Log likelihood of the way taken, the form's penalty included: of two parses the higher one is the better. */
  readonly score: number;
}

/**
 * Letters and digits that networks and people take for each other, and how much of the one's chance the other may borrow where its
 * place allows only the other kind. Chosen so that the nearest twin wins and the loan always shows in the confidence.
 */
const loans: Readonly<Record<string, number>> = {
  '0O': 0.6,
  '0D': 0.3,
  '0Q': 0.25,
  '1I': 0.6,
  '1T': 0.3,
  '1L': 0.25,
  '2Z': 0.6,
  '3B': 0.25,
  '4A': 0.5,
  '5S': 0.6,
  '6G': 0.5,
  '6B': 0.25,
  '7T': 0.5,
  '7Z': 0.3,
  '8B': 0.6,
  '8S': 0.25,
  '9P': 0.4,
};
const alike = new Map<string, [string, number][]>();
for (const [pair, loan] of Object.entries(loans)) {
  for (const [one, other] of [pair, `${pair[1] ?? ''}${pair[0] ?? ''}`].map((two) => [two[0] ?? '', two[1] ?? ''])) {
    if (one === undefined || other === undefined) continue;
    alike.set(one, [...(alike.get(one) ?? []), [other, loan]]);
  }
}
const leastChance = 1e-4;

/** Chance that a character is `text` at a place; a look-alike that may not stand there lends part of its own. */
export function chanceAt(character: ReadCharacter, text: string, place: Place): number {
  let chance = character.chances.get(text) ?? 0;
  for (const [twin, loan] of alike.get(text) ?? []) {
    if (!place.has(twin)) chance = Math.max(chance, loan * (character.chances.get(twin) ?? 0));
  }
  return chance;
}

/** The best character for a place and its chance. */
export function bestAt(character: ReadCharacter, place: Place): { readonly text: string; readonly chance: number } {
  let best = { text: '', chance: 0 };
  for (const text of place) {
    const chance = chanceAt(character, text, place);
    if (chance > best.chance) best = { text, chance };
  }
  return best;
}

/** Leaving out what was read costs this much, in nats: `KZ` under the flag and the frame come before the first character. */
const skipBefore = 1.1;
const skipBetween = 2.5;
const skipAfter = 1.2;

/**
 * All forms that a row of read characters can be, the best first. Characters may be left out (the country's letters, the frame,
 * the line before the region, taken for a 1), none is ever put in. A form with a place that nothing read could stand at is no parse.
 */
export function parsePlate(row: readonly ReadCharacter[]): PlateParse[] {
  const parses = plateForms.map((one) => parseAs(row, one)).filter((one) => one !== undefined);
  return parses.sort((a, b) => b.score - a.score);
}

interface Step {
  readonly score: number;
  readonly text: string;
  readonly confidence: readonly number[];
  readonly from: readonly number[];
}

function parseAs(row: readonly ReadCharacter[], wanted: PlateForm): PlateParse | undefined {
  const flat = wanted.groups.flat();
  if (row.length < flat.length || row.length > flat.length + 6) return undefined;
  // before[j]: the best way to have filled j places with the characters so far.
  let before: (Step | undefined)[] = [{ score: 0, text: '', confidence: [], from: [] }];
  for (const [i, character] of row.entries()) {
    const after: (Step | undefined)[] = [];
    const surest = Math.max(leastChance, ...character.chances.values());
    for (let j = 0; j <= flat.length; j++) {
      const stay = before[j];
      const skip = j === 0 ? skipBefore : j === flat.length ? skipAfter : skipBetween;
      // What was hardly seen is left out cheaply, what was seen well at its full price.
      let best: Step | undefined = stay && { ...stay, score: stay.score - skip * surest };
      const last = j > 0 ? before[j - 1] : undefined;
      const place = flat[j - 1];
      if (last && place) {
        const { text, chance } = bestAt(character, place);
        const score = last.score + Math.log(Math.max(leastChance, chance));
        if (chance > leastChance && (!best || score > best.score)) {
          best = {
            score,
            text: last.text + text,
            confidence: [...last.confidence, chance],
            from: [...last.from, i],
          };
        }
      }
      after[j] = best;
    }
    before = after;
  }
  const end = before[flat.length];
  if (!end || !wanted.holds(end.text)) return undefined;
  return { ...end, form: wanted, score: end.score - wanted.penalty };
}
