// The export of the numbers page: one row a number, with its interval, n, what it was before, and the definitions below.
import { DateTime } from 'luxon';
import { never } from '#core/errors';
import type { Language, Texts } from '#core/hazard-name';
import { hazards, heldRules, heldTexts } from '#hazards';
import type { NumbersPeriod, Share } from '../contract.ts';
import type { Glass } from './glass.ts';
import { countCameras, countEyes, countFast, countHeld, countLoad, countRight } from './numbers-count.ts';
import { csvOf, type Cell } from './numbers-csv.ts';
import { numbersWords, type NumbersWordKey } from './numbers-words.ts';
import { countScores } from './numbers-scores.ts';
import { shareOf } from './numbers-share.ts';

const heads: Readonly<Record<Language, readonly string[]>> = {
  kk: ['көрсеткіш', 'қай', 'мәні', 'бірлігі', '95 % төменгі', '95 % жоғарғы', 'n', 'бұрынғы мәні', 'бұрынғы n'],
  ru: ['показатель', 'чего', 'значение', 'единица', '95 % нижняя', '95 % верхняя', 'n', 'значение раньше', 'n раньше'],
  en: ['number', 'of', 'value', 'unit', '95 % low', '95 % high', 'n', 'value before', 'n before'],
};

const words = {
  city: { kk: 'қала', ru: 'город', en: 'city' },
  from: { kk: 'басы', ru: 'с', en: 'from' },
  until: { kk: 'соңы', ru: 'по', en: 'until' },
  comparedFrom: { kk: 'салыстыру, басы', ru: 'сравнение, с', en: 'compared, from' },
  comparedUntil: { kk: 'салыстыру, соңы', ru: 'сравнение, по', en: 'compared, until' },
  all: { kk: 'барлығы', ru: 'всего', en: 'all' },
  median: { kk: 'медиана', ru: 'медиана', en: 'median' },
  p95: { kk: '95-процентиль', ru: '95-й процентиль', en: '95th percentile' },
  mean: { kk: 'орташа', ru: 'в среднем', en: 'mean' },
  most: { kk: 'ең көбі', ru: 'наибольшее', en: 'most' },
  share: { kk: 'уақыт үлесі', ru: 'доля времени', en: 'share of time' },
  ten: { kk: 'он камера', ru: 'десять камер', en: 'ten cameras' },
  ok: { kk: 'жарамды', ru: 'годны', en: 'good' },
  silent: { kk: 'үнсіз', ru: 'молчат', en: 'silent' },
  age: { kk: 'қарау жасы', ru: 'возраст осмотра', en: 'age of the look' },
  quiet: { kk: 'орындар', ru: 'места', en: 'places' },
  shelved: { kk: 'кейінге қалдырылған', ru: 'отложено', en: 'shelved' },
  low: { kk: 'төменгі шек', ru: 'нижняя граница', en: 'lower bound' },
  good: { kk: 'уақытында, бірінші рет', ru: 'в срок, с первого раза', en: 'in time, at once' },
  kept: { kk: 'қайта ашылмаған', ru: 'не открыто снова', en: 'not reopened' },
  accepted: { kk: 'уақытында қабылданған', ru: 'принято в срок', en: 'taken in time' },
  index: { kk: 'индекс', ru: 'индекс', en: 'index' },
  rank: { kk: 'орын', ru: 'место', en: 'place' },
  corrected: { kk: 'кейін түзетілді', ru: 'исправлено позже', en: 'corrected later' },
  definition: { kk: 'анықтама', ru: 'определение', en: 'definition' },
} as const satisfies Record<string, Texts>;

const units = {
  share: { kk: 'үлес', ru: 'доля', en: 'share' },
  count: { kk: 'дана', ru: 'шт.', en: 'count' },
  seconds: { kk: 'с', ru: 'с', en: 's' },
  ms: { kk: 'мс', ru: 'мс', en: 'ms' },
  points: { kk: 'ұпай', ru: 'баллов', en: 'points' },
  perSeat: { kk: 'дабыл', ru: 'тревог', en: 'alarms' },
  seats: { kk: 'орын', ru: 'мест', en: 'seats' },
} as const satisfies Record<string, Texts>;

const severityWords: Readonly<Record<'S1' | 'S2' | 'S3' | 'S4', Texts>> = {
  S1: { kk: 'төмен', ru: 'низкая', en: 'low' },
  S2: { kk: 'орташа', ru: 'средняя', en: 'medium' },
  S3: { kk: 'жоғары', ru: 'высокая', en: 'high' },
  S4: { kk: 'аса қауіпті', ru: 'критическая', en: 'critical' },
};

const ratio = ({ k, n }: { readonly k: number; readonly n: number }): number | null => (n === 0 ? null : round(k / n));
const round = (value: number): number => Math.round(value * 10_000) / 10_000;
const seconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 100) / 10);

/** The text of the export and the name of its file. */
export async function exportOf(
  glass: Glass,
  period: NumbersPeriod,
  language: Language,
  nowMs: number,
): Promise<{ name: string; text: string }> {
  const [right, cameras, fast, load, eyes, held, scores] = await Promise.all([
    countRight(glass, period),
    countCameras(glass, period, Number.MAX_SAFE_INTEGER),
    countFast(glass, period),
    countLoad(glass, period),
    countEyes(glass, period, nowMs),
    countHeld(glass, period, nowMs),
    countScores(glass, period.untilMs - 1, nowMs),
  ]);
  const name = (key: NumbersWordKey): string => numbersWords.find((one) => one.key === key)?.name[language] ?? key;
  const hazard = (of: keyof typeof hazards): string => hazards[of].texts.name[language];
  const rows: Cell[][] = [];
  const moment = (ms: number): string =>
    DateTime.fromMillis(ms, { zone: glass.city.zone }).toFormat('yyyy-MM-dd HH:mm');
  const fact = (what: Texts, value: string): number => rows.push([what[language], value]);
  const add = (
    key: NumbersWordKey,
    of: string,
    value: Cell,
    unit: Texts,
    more: { low?: number; high?: number; n?: number; before?: Cell; beforeN?: number } = {},
  ): number =>
    rows.push([
      name(key),
      of,
      value,
      unit[language],
      more.low === undefined ? null : round(more.low),
      more.high === undefined ? null : round(more.high),
      more.n ?? null,
      more.before ?? null,
      more.beforeN ?? null,
    ]);
  const share = (key: NumbersWordKey, of: string, now: Share, before?: Share): number =>
    add(key, of, ratio(now), units.share, {
      low: now.low,
      high: now.high,
      n: now.n,
      ...(before ? { before: ratio(before), beforeN: before.n } : {}),
    });

  fact(words.city, glass.city.word.name[language]);
  fact(words.from, moment(period.fromMs));
  fact(words.until, moment(period.untilMs));
  fact(words.comparedFrom, moment(period.before.fromMs));
  fact(words.comparedUntil, moment(period.before.untilMs));
  rows.push([], [...heads[language]]);

  for (const one of right.hazards) share('right', hazard(one.hazard), one.now, one.before);
  for (const one of right.hazards) {
    add('missed', hazard(one.hazard), one.missed, units.count, { before: one.missedBefore });
  }
  add('upkeep', words.all[language], right.upkeep.now, units.count, { before: right.upkeep.before });
  share('second', words.all[language], right.second.now, right.second.before);
  for (const { step, severity, now, before } of fast.steps) {
    const of = (severity === null ? words.all : severityWords[severity])[language];
    const both = { n: now.n, beforeN: before.n };
    add(step, `${of}, ${words.median[language]}`, seconds(now.p50Ms), units.seconds, {
      ...both,
      before: seconds(before.p50Ms),
    });
    add(step, `${of}, ${words.p95[language]}`, seconds(now.p95Ms), units.seconds, {
      ...both,
      before: seconds(before.p95Ms),
    });
  }
  const alarms = { n: load.now.alarms, beforeN: load.before.alarms };
  add('load', words.mean[language], round(load.now.mean), units.perSeat, {
    ...alarms,
    before: round(load.before.mean),
  });
  add('load', words.most[language], round(load.now.max), units.perSeat, { ...alarms, before: round(load.before.max) });
  add('seats', words.mean[language], round(load.now.seatsMean), units.seats, { before: round(load.before.seatsMean) });
  add('seats', words.most[language], load.now.seatsMax, units.seats, { before: load.before.seatsMax });
  add('flood', words.share[language], round(load.now.floodShare), units.share, {
    before: round(load.before.floodShare),
  });
  for (const severity of ['S4', 'S3', 'S2', 'S1'] as const) {
    share(
      'mix',
      severityWords[severity][language],
      shareOf(load.now.mix[severity], load.now.alarms),
      shareOf(load.before.mix[severity], load.before.alarms),
    );
  }
  share('eyes', words.ok[language], shareOf(eyes.cameras.ok, eyes.cameras.all));
  add('eyes', words.silent[language], eyes.cameras.silent, units.count);
  add('eyes', `${words.age[language]}, ${words.median[language]}`, seconds(eyes.ageP50Ms), units.seconds);
  add('eyes', `${words.age[language]}, ${words.p95[language]}`, seconds(eyes.ageP95Ms), units.seconds);
  if (eyes.worstNode) share('node', eyes.worstNode.node, shareOf(eyes.worstNode.silent, eyes.worstNode.all));
  add('round', words.p95[language], seconds(eyes.roundP95Ms), units.seconds);
  add('cpu', words.median[language], eyes.cpu.p50Ms === null ? null : round(eyes.cpu.p50Ms), units.ms, {
    n: eyes.cpu.n,
  });
  for (const one of eyes.hazards) share('ground', hazard(one.hazard), shareOf(one.judged, one.zones));
  for (const { hazard: of, looks, looksBefore } of eyes.hazards) {
    add('looks', hazard(of), ratio({ k: looks.judged, n: looks.n }), units.share, {
      n: looks.n,
      before: ratio({ k: looksBefore.judged, n: looksBefore.n }),
      beforeN: looksBefore.n,
    });
  }
  add('held', words.all[language], held.now, units.count, { before: held.before });
  for (const { hazard: of, rule, n } of held.rules) {
    const known = heldRules.find((one) => one === rule);
    add('held', `${hazard(of)}: ${known ? heldTexts[known][language] : rule}`, n, units.count);
  }
  add('silenced', words.quiet[language], held.quiet, units.count);
  add('silenced', words.shelved[language], held.shelved, units.count);
  share('cameras', words.ten[language], shareOf(cameras.wrongOfTen, cameras.wrong));
  for (const { cameraId, place, now } of cameras.cameras) share('cameras', `${cameraId} ${place[language]}`, now);

  const ofMonth = (agency: Texts, what: Texts): string =>
    `${agency[language]}, ${scores.month.slice(0, 7)}, ${what[language]}`;
  for (const { name: agency, now, index, rank, kept, accepted, corrected } of scores.groups.flatMap(
    ({ agencies }) => agencies,
  )) {
    const isFew = index === null;
    // What is shown as the score is the lower bound; the share beside it is what it is the bound of.
    add('score', ofMonth(agency, words.low), isFew ? null : round(now.low), units.share, now);
    share('score', ofMonth(agency, words.good), now);
    share('score', ofMonth(agency, words.kept), kept);
    share('score', ofMonth(agency, words.accepted), accepted);
    add('score-index', ofMonth(agency, words.index), isFew ? null : round(index), units.points, { n: now.n });
    add('score-index', ofMonth(agency, words.rank), rank, units.count, { n: now.n });
    if (corrected) {
      share('score-frozen', ofMonth(agency, words.corrected), shareOf(corrected.k, corrected.n));
    }
  }

  rows.push([], [words.definition[language]]);
  for (const one of numbersWords) rows.push([one.name[language], one.means[language]]);
  const first = DateTime.fromMillis(period.fromMs, { zone: glass.city.zone }).toISODate() ?? 'period';
  return { name: `ahual-${period.span}-${first}.csv`, text: csvOf(rows, styleOf(language)) };
}

/** Spreadsheets in Kazakh and Russian separate by semicolon and write a decimal comma. */
function styleOf(language: Language): Parameters<typeof csvOf>[1] {
  switch (language) {
    case 'kk':
    case 'ru':
      return { separator: ';', decimal: ',' };
    case 'en':
      return { separator: ',', decimal: '.' };
    default:
      return never(language);
  }
}
