// Texts of the screens in three equal languages: same keys, checked by type. Whole sentences with named slots; slots never take endings.
import type { Language } from '#core/hazard-name';
import { tags } from '../format.ts';
import { en } from './en.ts';
import { kk } from './kk.ts';
import { ru } from './ru.ts';

/** A sentence, or its forms by the number in slot `n` (Intl.PluralRules). */
export type Text = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;
export type TextKey = keyof typeof en;
export type TextTable = { readonly [K in TextKey]: Text };
export type Slots = Readonly<Record<string, string | number>>;

export const textTables: Record<Language, TextTable> = { kk, ru, en };

const plural: Record<Language, Intl.PluralRules> = {
  // After a number a Kazakh noun keeps one form; English rules then only tell one from many, and no Kazakh text asks.
  kk: new Intl.PluralRules('en'),
  ru: new Intl.PluralRules('ru'),
  en: new Intl.PluralRules('en'),
};
const numbers: Record<Language, Intl.NumberFormat> = {
  kk: new Intl.NumberFormat(tags.kk),
  ru: new Intl.NumberFormat(tags.ru),
  en: new Intl.NumberFormat(tags.en),
};

/** The text of a key with its slots filled; numbers are written as the language writes them. */
export function textOf(language: Language, key: TextKey, slots: Slots = {}): string {
  const text = textTables[language][key];
  const n = slots['n'];
  const form =
    typeof text === 'string' ? text : (text[plural[language].select(typeof n === 'number' ? n : 0)] ?? text.other);
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = slots[name];
    return value === undefined ? whole : typeof value === 'number' ? numbers[language].format(value) : value;
  });
}

/** Is this one of the table's keys? For keys that are made from a value: a state, a reason. */
export const isTextKey = (key: string): key is TextKey => Object.hasOwn(en, key);
