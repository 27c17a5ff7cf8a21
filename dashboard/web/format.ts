// Numbers, moments and lengths of time in the reader's language and the city's zone (screens 5).
import type { Language, Texts } from '#core/hazard-name';

/**
 * Intl has no "English of a city that writes 03.02.2026 and 14:31"; British English is the nearest. Browsers are often built without
 * Kazakh: its numbers are written as the Russian ones (decimal comma, thin groups), its units are the words below.
 */
export const tags: Record<Language, string> = { kk: 'ru-KZ', ru: 'ru-KZ', en: 'en-GB' };

interface Units {
  readonly s: string;
  readonly min: string;
  readonly h: string;
  readonly d: string;
  readonly m: string;
  readonly km: string;
  readonly bytes: readonly [string, string, string, string];
  readonly ago: string;
}

const units: Record<Language, Units> = {
  kk: { s: 'с', min: 'мин', h: 'сағ', d: 'күн', m: 'м', km: 'км', bytes: ['Б', 'кБ', 'МБ', 'ГБ'], ago: '{span} бұрын' },
  ru: { s: 'с', min: 'мин', h: 'ч', d: 'дн.', m: 'м', km: 'км', bytes: ['Б', 'кБ', 'МБ', 'ГБ'], ago: '{span} назад' },
  en: { s: 's', min: 'min', h: 'h', d: 'd', m: 'm', km: 'km', bytes: ['B', 'kB', 'MB', 'GB'], ago: '{span} ago' },
};

export interface Format {
  /** 14:31 */
  time(atMs: number): string;
  /** 14:31:58 */
  timeS(atMs: number): string;
  /** 03.02.2026 */
  date(atMs: number): string;
  /** 14:31 today, 03.02. 14:31 on another day of the city. */
  moment(atMs: number, nowMs: number): string;
  /** 03.02.2026 14:31:58 */
  full(atMs: number): string;
  /** "9 s ago", "12 min ago", "3 h ago" */
  ago(atMs: number, nowMs: number): string;
  /** "45 s", "12 min", "3 h 10 min", "2 d 4 h" */
  span(ms: number): string;
  /** 02:10 under an hour, then as `span`. */
  age(ms: number): string;
  number(value: number, digits?: number): string;
  percent(share: number): string;
  metres(m: number): string;
  bytes(n: number): string;
  /** The sign of a square metre. */
  readonly squareMetre: string;
  pick(texts: Texts): string;
}

const cache = new Map<string, Format>();

/** The formats of a language and an IANA zone; made once. */
export function formatOf(language: Language, zone: string): Format {
  const key = `${language} ${zone}`;
  const known = cache.get(key);
  if (known) return known;
  const made = make(language, zone);
  cache.set(key, made);
  return made;
}

function make(language: Language, zone: string): Format {
  const tag = tags[language];
  const clock = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(tag, { ...options, timeZone: zone, hourCycle: 'h23' });
  const hm = clock({ hour: '2-digit', minute: '2-digit' });
  const hms = clock({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const dmy = clock({ day: '2-digit', month: '2-digit', year: 'numeric' });
  const whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
  const numbers = [0, 1, 2].map(
    (digits) => new Intl.NumberFormat(tag, { maximumFractionDigits: digits, minimumFractionDigits: digits }),
  );
  const percent = new Intl.NumberFormat(tag, { style: 'percent' });
  const word = units[language];
  /** A number and its unit, kept together on one line. */
  const of = (value: number, unit: string, digits = 0): string =>
    `${(numbers[digits] ?? whole).format(value)}\u00a0${unit}`;

  const part = (parts: Intl.DateTimeFormatPart[], type: string): string =>
    parts.find((p) => p.type === type)?.value ?? '';
  const dayMonth = (atMs: number): [string, string, string] => {
    const parts = dmy.formatToParts(atMs);
    return [part(parts, 'day'), part(parts, 'month'), part(parts, 'year')];
  };
  const date = (atMs: number): string => dayMonth(atMs).join('.');
  const span = (ms: number): string => {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 60) return of(s, word.s);
    const min = Math.round(s / 60);
    if (min < 60) return of(min, word.min);
    const h = Math.floor(min / 60);
    if (h < 48) return min % 60 === 0 ? of(h, word.h) : `${of(h, word.h)} ${of(min % 60, word.min)}`;
    const d = Math.floor(h / 24);
    return h % 24 === 0 ? of(d, word.d) : `${of(d, word.d)} ${of(h % 24, word.h)}`;
  };
  return {
    time: (atMs) => hm.format(atMs),
    timeS: (atMs) => hms.format(atMs),
    date,
    moment: (atMs, nowMs) => {
      if (date(atMs) === date(nowMs)) return hm.format(atMs);
      const [d, mo] = dayMonth(atMs);
      return `${d}.${mo}. ${hm.format(atMs)}`;
    },
    full: (atMs) => `${date(atMs)} ${hms.format(atMs)}`,
    ago: (atMs, nowMs) => {
      const s = Math.max(0, Math.round((nowMs - atMs) / 1000));
      const span =
        s < 60
          ? of(s, word.s)
          : s < 3600
            ? of(Math.round(s / 60), word.min)
            : s < 48 * 3600
              ? of(Math.round(s / 3600), word.h)
              : of(Math.round(s / 86400), word.d);
      return word.ago.replace('{span}', span);
    },
    span,
    age: (ms) => {
      const s = Math.max(0, Math.floor(ms / 1000));
      if (s >= 3600) return span(ms);
      return `${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`;
    },
    number: (value, digits = 0) => (numbers[digits] ?? whole).format(value),
    percent: (share) => percent.format(share),
    metres: (value) => (value < 1000 ? of(value, word.m) : of(value / 1000, word.km, 1)),
    bytes: (n) => {
      const step = n <= 0 ? 0 : Math.min(3, Math.floor(Math.log10(n) / 3));
      return of(n / 1000 ** step, word.bytes[step] ?? '', step === 3 ? 1 : 0);
    },
    squareMetre: `${word.m}²`,
    pick: (texts) => texts[language],
  };
}
