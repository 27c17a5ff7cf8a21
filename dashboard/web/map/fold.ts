// Words as the ear has them, so that one typed text finds a name in Kazakh, Russian and English alike. Pure.

/** Cyrillic letters, the nine Kazakh ones among them, and what each becomes. */
const letters: Readonly<Record<string, string>> = {
  а: 'a',
  ә: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ғ: 'g',
  д: 'd',
  е: 'e',
  ё: 'e',
  ж: 'j',
  з: 'z',
  и: 'i',
  і: 'i',
  й: 'i',
  ы: 'i',
  к: 'k',
  қ: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  ң: 'n',
  о: 'o',
  ө: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ұ: 'u',
  ү: 'u',
  ф: 'f',
  х: 'h',
  һ: 'h',
  ц: 'ts',
  ч: 'ch',
  ш: 's',
  щ: 's',
  ъ: '',
  ь: '',
  э: 'e',
  ю: 'iu',
  я: 'ia',
  // Letters of the Latin scripts in use that do not come apart into a letter and a mark.
  ı: 'i',
  ø: 'o',
};

/** Latin pairs and letters for the same sounds. */
const sounds: readonly (readonly [RegExp, string])[] = [
  [/sh/g, 's'],
  [/zh/g, 'j'],
  [/kh/g, 'h'],
  [/gh/g, 'g'],
  [/ye/g, 'e'],
  [/y/g, 'i'],
  [/q/g, 'k'],
  [/w/g, 'u'],
];

/**
 * A text in small Latin letters and digits, words set apart by one space: «Мәңгілік Ел», «Мангилик Ел» and "Mangilik El" all become
 * `mangilik el`. Letters said twice count once.
 */
export function fold(text: string): string {
  let plain = '';
  for (const letter of text.toLocaleLowerCase('ru')) plain += letters[letter] ?? letter;
  // Marks over letters come apart and go; of what Unicode calls й and ё only the composed forms reach the table above.
  plain = plain.normalize('NFD').replace(/\p{M}/gu, '');
  for (const [from, to] of sounds) plain = plain.replace(from, to);
  return plain
    .replace(/([a-z])\1+/g, '$1')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

export interface Findable<T> {
  readonly what: T;
  /** Everything under which it may be found, folded: its id first, then its names. */
  readonly folded: readonly string[];
}

/** How well a thing fits: 0 its whole name, 1 begins so, 2 a word of it begins so, 3 holds it somewhere; undefined: not at all. */
function fit(folded: readonly string[], whole: string, words: readonly string[]): number | undefined {
  let best: number | undefined;
  for (const name of folded) {
    if (name === whole) return 0;
    if (!words.every((word) => name.includes(word))) continue;
    const how = name.startsWith(whole) ? 1 : words.every((word) => ` ${name}`.includes(` ${word}`)) ? 2 : 3;
    if (best === undefined || how < best) best = how;
  }
  return best;
}

/** The `most` things that fit a typed text best, in the order of their list among equals. Nothing for less than two letters. */
export function find<T>(things: readonly Findable<T>[], text: string, most: number): T[] {
  const whole = fold(text);
  if (whole.length < 2) return [];
  const words = whole.split(' ');
  const by: T[][] = [[], [], [], []];
  for (const { what, folded } of things) {
    const how = fit(folded, whole, words);
    if (how !== undefined) by[how]?.push(what);
  }
  return by.flat().slice(0, most);
}
