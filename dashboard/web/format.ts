// Numbers, moments and lengths of time in the reader's language and the city's zone (screens 5).
import type { Language, Texts } from '#core/hazard-name';

/** Intl has no "English of a city that writes 03.02.2026 and 14:31"; British English is the nearest. */
const tags: Record<Language, string> = { kk: 'kk-KZ', ru: 'ru-KZ', en: 'en-GB' };

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
  const unit = (name: string, display: 'short' | 'narrow' = 'short', digits = 0): Intl.NumberFormat =>
    new Intl.NumberFormat(tag, { style: 'unit', unit: name, unitDisplay: display, maximumFractionDigits: digits });
  const units = { s: unit('second'), min: unit('minute'), h: unit('hour'), d: unit('day') };
  const m = unit('meter');
  const km = unit('kilometer', 'short', 1);
  const sizes = [unit('byte'), unit('kilobyte'), unit('megabyte'), unit('gigabyte', 'short', 1)];
  const relative = new Intl.RelativeTimeFormat(tag, { style: 'short', numeric: 'always' });
  const numbers = [0, 1, 2].map((digits) => new Intl.NumberFormat(tag, { maximumFractionDigits: digits, minimumFractionDigits: digits }));
  const percent = new Intl.NumberFormat(tag, { style: 'percent' });

  const part = (parts: Intl.DateTimeFormatPart[], type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  const dayMonth = (atMs: number): [string, string, string] => {
    const parts = dmy.formatToParts(atMs);
    return [part(parts, 'day'), part(parts, 'month'), part(parts, 'year')];
  };
  const date = (atMs: number): string => dayMonth(atMs).join('.');
  const span = (ms: number): string => {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 60) return units.s.format(s);
    const min = Math.round(s / 60);
    if (min < 60) return units.min.format(min);
    const h = Math.floor(min / 60);
    if (h < 48) return min % 60 === 0 ? units.h.format(h) : `${units.h.format(h)} ${units.min.format(min % 60)}`;
    const d = Math.floor(h / 24);
    return h % 24 === 0 ? units.d.format(d) : `${units.d.format(d)} ${units.h.format(h % 24)}`;
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
      if (s < 60) return relative.format(-s, 'second');
      if (s < 3600) return relative.format(-Math.round(s / 60), 'minute');
      if (s < 48 * 3600) return relative.format(-Math.round(s / 3600), 'hour');
      return relative.format(-Math.round(s / 86400), 'day');
    },
    span,
    age: (ms) => {
      const s = Math.max(0, Math.floor(ms / 1000));
      if (s >= 3600) return span(ms);
      return `${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`;
    },
    number: (value, digits = 0) => (numbers[digits] ?? numbers[0] ?? new Intl.NumberFormat(tag)).format(value),
    percent: (share) => percent.format(share),
    metres: (value) => (value < 1000 ? m.format(value) : km.format(value / 1000)),
    bytes: (n) => {
      const step = n <= 0 ? 0 : Math.min(3, Math.floor(Math.log10(n) / 3));
      return (sizes[step] ?? m).format(n / 1000 ** step);
    },
    pick: (texts) => texts[language],
  };
}
