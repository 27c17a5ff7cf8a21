// The text that a person at the agency reads, in Kazakh and Russian: what, where, by when, what to do, a link to the page.
import { DateTime } from 'luxon';
import type { Agency } from '#core/agency';
import { isSeen, type Severity, type Texts } from '#core/hazard-name';
import type { Task } from '#core/task';
import { issues } from '#hazards';

export interface Letter {
  readonly taskId: string;
  readonly number: number;
  readonly incidentNumber: number;
  readonly to: string;
  readonly subject: string;
  /** Kazakh first, then Russian, as the city writes. */
  readonly text: string;
  /** The agency's page with pictures and the answer; null where the city has set no public address. */
  readonly pageUrl: string | null;
  /** The place on a map of OpenStreetMap. */
  readonly mapUrl: string;
  readonly stillUrl: string | null;
}

type Tongue = 'kk' | 'ru';

const severityWords: Record<Severity, Record<Tongue, string>> = {
  S1: { kk: 'төмен', ru: 'низкая' },
  S2: { kk: 'орташа', ru: 'средняя' },
  S3: { kk: 'жоғары', ru: 'высокая' },
  S4: { kk: 'аса қауіпті', ru: 'критическая' },
};

const words = {
  kk: {
    task: 'Тапсырма',
    incident: 'Жағдай',
    place: 'Орны',
    severity: 'Қауіптілік деңгейі',
    note: 'Ескертпе',
    accept: 'Қабылдау мерзімі',
    safe: 'Қауіпсіз ету мерзімі',
    fix: 'Жою мерзімі',
    done: 'Орындалған деп саналады',
    why: 'Неге сізге жіберілді',
    copy: 'Көшірмесі мәлімет үшін жіберілді.',
    page: 'Суреттер және жауап беру',
    map: 'Картада',
    mass: 'Жаппай жағдай M{number}: сізге {places} орын тапсырылды, бәрі сіздің бетіңізде',
    people: 'Жағдайды жүйе (ЖИ) ұсынды, шешімді адам қабылдады.',
    byHand: 'Жағдайды қызметкер көріп ашты.',
  },
  ru: {
    task: 'Задание',
    incident: 'Инцидент',
    place: 'Место',
    severity: 'Степень опасности',
    note: 'Примечание',
    accept: 'Принять до',
    safe: 'Обеспечить безопасность до',
    fix: 'Устранить до',
    done: 'Считается выполненным',
    why: 'Почему направлено вам',
    copy: 'Копия направлена для сведения.',
    page: 'Снимки и ответ',
    map: 'На карте',
    mass: 'Массовый инцидент M{number}: вам поручено мест — {places}, все они на вашей странице',
    people: 'Инцидент предложен системой (ИИ), решение принял человек.',
    byHand: 'Инцидент увидел и открыл сотрудник.',
  },
} as const satisfies Record<Tongue, Record<string, string>>;

/** Local wall time of the city, the way both languages write it. */
const local = (atMs: number, zone: string): string => DateTime.fromMillis(atMs, { zone }).toFormat('dd.MM.yyyy HH:mm');

const titleOf = (task: Task, tongue: Tongue, said: Texts | undefined): string => {
  const { name, subs } = issues[task.hazard].texts;
  const sub: Texts | undefined = subs[task.sub];
  if (!isSeen(task.hazard) && said) return sub ? `${said[tongue]} (${sub[tongue]})` : said[tongue];
  return sub ? `${name[tongue]} (${sub[tongue]})` : name[tongue];
};

const mapUrlOf = ({ lat, lon }: Task['point']): string => {
  const [y, x] = [lat.toFixed(6), lon.toFixed(6)];
  return `https://www.openstreetmap.org/?mlat=${y}&mlon=${x}#map=18/${y}/${x}`;
};

/** The mass incident that a letter speaks for, and how many places of it are this agency's. */
export interface MassShare {
  readonly number: number;
  readonly places: number;
}

function part(
  task: Task,
  tongue: Tongue,
  zone: string,
  urls: { page: string | null; map: string },
  share: MassShare | undefined,
  said: Said | undefined,
): string {
  const w = words[tongue];
  const { ask, done } = issues[task.hazard].texts;
  return [
    `${w.task} № ${task.number}. ${titleOf(task, tongue, said?.words)}`,
    `${w.incident}: #${task.incidentNumber}`,
    `${w.place}: ${task.placeName[tongue]}`,
    ...(share && share.places > 1
      ? [w.mass.replace('{number}', String(share.number)).replace('{places}', String(share.places))]
      : []),
    ...(said && said.note !== '' && task.role === 'primary' ? [`${w.note}: ${said.note}`] : []),
    `${w.severity}: ${severityWords[task.severity][tongue]} (${task.severity})`,
    ...(task.role === 'copy' ? [w.copy] : [ask[tongue]]),
    `${w.accept}: ${local(task.acceptByMs, zone)}`,
    ...(task.makeSafeByMs === null ? [] : [`${w.safe}: ${local(task.makeSafeByMs, zone)}`]),
    `${w.fix}: ${local(task.fixByMs, zone)} (${task.policyId})`,
    `${w.done}: ${done[tongue]}`,
    ...(urls.page ? [`${w.page}: ${urls.page}`] : []),
    `${w.map}: ${urls.map}`,
    isSeen(task.hazard) ? w.people : w.byHand,
  ].join('\n');
}

/** What the person who opened the incident by hand said of it. */
export interface Said {
  readonly words: Texts | undefined;
  readonly note: string;
}

/** Writes the letter of a task to an agency. `publicUrl` is the dashboard's address as agencies reach it. */
export function letterOf(
  task: Task,
  agency: Pick<Agency, 'name'>,
  stillSha256: string | null,
  { zone, publicUrl }: { readonly zone: string; readonly publicUrl: string | null },
  share?: MassShare,
  said?: Said,
): Letter {
  const root = publicUrl?.replace(/\/+$/, '') ?? null;
  const pageUrl = root && `${root}/#/agency/${encodeURIComponent(task.id)}`;
  const urls = { page: pageUrl, map: mapUrlOf(task.point) };
  return {
    taskId: task.id,
    number: task.number,
    incidentNumber: task.incidentNumber,
    to: agency.name.kk,
    subject: `[${task.severity}] № ${task.number} ${titleOf(task, 'kk', said?.words)} / ${titleOf(task, 'ru', said?.words)}: ${task.placeName.kk}`,
    text: `${part(task, 'kk', zone, urls, share, said)}\n\n—\n\n${part(task, 'ru', zone, urls, share, said)}\n`,
    pageUrl,
    mapUrl: urls.map,
    stillUrl: root && stillSha256 ? `${root}/api/stills/${stillSha256}` : null,
  };
}
