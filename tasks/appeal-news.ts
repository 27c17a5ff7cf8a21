// What appeal services are told of the incidents to which their appeals belong: notices of the outbox, signed, tried until taken.
import type { AppealNews } from '#core/appeal';
import { nextAttempt, type Backoff } from '#core/backoff';
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import type { Language } from '#core/hazard-name';
import type { Log } from '#core/log';
import { issues } from '#hazards';
import { appeals, leader, type Database } from '#store';
import type { SendOutcome } from './delivery/way.ts';
import { sendSigned } from './delivery/webhook.ts';

type Notice = appeals.Notice;

export interface AppealNewsSettings {
  /** IANA zone of the city, for the hours in the sentences. */
  readonly zone: string;
  readonly everyS: number;
  /** A notice is tried again for as long as it takes; there is no last attempt. */
  readonly retry: Backoff;
  /** Key of the signatures; without one nothing is sent and everything waits. */
  readonly webhookKey?: string | undefined;
  /** Where each service hears; one without an address is told nothing, and its notices wait. */
  readonly services: readonly { readonly name: string; readonly url: string | null }[];
  /** An answer that takes longer has failed, milliseconds. */
  readonly answerWithinMs?: number;
}

export interface AppealNewsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: AppealNewsSettings;
  /** 0..1, for the spread of retries. */
  readonly random?: () => number;
  /** Done before each round of sending: appeals that found nothing are matched again. */
  readonly before?: () => Promise<unknown>;
}

const batch = 20;

/** Sentences for the citizen, sent along so that the service can use them as they are: slots never take endings. */
const sentences: Record<AppealNews, Record<Language, string>> = {
  linked: {
    kk: 'Сіз хабарлаған жағдай белгілі: {hazard}, № {number}. Тіркелген уақыты: {opened}.{due}',
    ru: 'То, о чём Вы сообщили, уже известно: {hazard}, № {number}. Зарегистрировано: {opened}.{due}',
    en: 'What you wrote about is known: {hazard}, no. {number}. Registered: {opened}.{due}',
  },
  unlinked: {
    kk: 'Өтінішіңіз № {number} жағдайға қатысты емес. Ол жеке қаралады.',
    ru: 'Ваше обращение не относится к инциденту № {number}. Оно рассматривается отдельно.',
    en: 'Your appeal does not belong to incident no. {number}. It is being looked into by itself.',
  },
  closed: {
    kk: '№ {number} жағдайы бойынша жұмыс аяқталды: {hazard}. Уақыты: {at}.',
    ru: 'Работа по инциденту № {number} завершена: {hazard}. Время: {at}.',
    en: 'The work on incident no. {number} is done: {hazard}. Time: {at}.',
  },
  'self-cleared': {
    kk: '№ {number} жағдайы өздігінен жойылды: {hazard}. Уақыты: {at}. Өтінішіңіздің мерзімі жалғаса береді.',
    ru: 'Инцидент № {number} устранился сам: {hazard}. Время: {at}. Срок Вашего обращения продолжается.',
    en: 'Incident no. {number} has cleared by itself: {hazard}. Time: {at}. The term of your appeal goes on.',
  },
  rejected: {
    kk: 'Камера суреттері бойынша № {number} жағдайы расталмады: {hazard}. Өтінішіңіз әдеттегі тәртіппен қаралады.',
    ru: 'По снимкам камеры инцидент № {number} не подтвердился: {hazard}. Ваше обращение рассматривается в обычном порядке.',
    en: 'The camera’s pictures did not confirm incident no. {number}: {hazard}. Your appeal takes its usual way.',
  },
  expired: {
    kk: '№ {number} жағдайы уақытында тексерілмеді: {hazard}. Өтінішіңіз әдеттегі тәртіппен қаралады.',
    ru: 'Инцидент № {number} не удалось проверить вовремя: {hazard}. Ваше обращение рассматривается в обычном порядке.',
    en: 'Incident no. {number} could not be checked in time: {hazard}. Your appeal takes its usual way.',
  },
  reopened: {
    kk: '№ {number} жағдайы қайта ашылды: {hazard}. Уақыты: {at}.',
    ru: 'Инцидент № {number} открыт повторно: {hazard}. Время: {at}.',
    en: 'Incident no. {number} is open again: {hazard}. Time: {at}.',
  },
};
const due: Record<Language, string> = {
  kk: ' Жою мерзімі: {fix}.',
  ru: ' Срок устранения: {fix}.',
  en: ' To be fixed by: {fix}.',
};

const momentIn = (zone: string): ((atMs: number) => string) => {
  const format = new Intl.DateTimeFormat('ru-KZ', {
    timeZone: zone,
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (atMs) => format.format(atMs).replace(', ', ' ');
};

const iso = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());

/** The body of a notice. `order` grows with each notice, so that the service can tell which one came later. */
export function newsLetter(notice: Notice, zone: string): { readonly body: string; readonly sentence: string } {
  const { language, news, hazard } = notice;
  const moment = momentIn(zone);
  const slots: Readonly<Record<string, string>> = {
    number: String(notice.incidentNumber ?? ''),
    hazard: hazard === null ? '' : issues[hazard].texts.name[language],
    opened: moment(notice.openedAtMs ?? notice.madeAtMs),
    at: moment(notice.madeAtMs),
    due: notice.fixByMs === null ? '' : due[language].replace('{fix}', moment(notice.fixByMs)),
  };
  const sentence = sentences[news][language].replace(/\{(\w+)\}/g, (_, slot: string) => slots[slot] ?? '');
  const body = JSON.stringify({
    type: `appeal.${news}`,
    timestamp: iso(notice.madeAtMs),
    data: {
      order: notice.number,
      externalId: notice.externalId,
      news,
      incidentNumber: notice.incidentNumber,
      incidentState: notice.incidentState,
      hazard,
      openedAt: iso(notice.openedAtMs),
      fixBy: iso(notice.fixByMs),
      language,
      text: sentence,
    },
  });
  return { body, sentence };
}

/** What a try makes of a notice. */
const afterTry = (
  notice: Notice,
  outcome: SendOutcome,
  nowMs: ReturnType<Clock['nowMs']>,
  retry: Backoff,
  random: number,
): Parameters<typeof appeals.saveNotice>[1] => {
  const tried = { id: notice.id, attempts: notice.attempts + 1, dueAtMs: nowMs, receipt: '', lastError: '' };
  switch (outcome.kind) {
    case 'delivered':
      return { ...tried, state: 'sent', receipt: outcome.receipt };
    case 'refused':
      return { ...tried, state: 'refused', lastError: outcome.why };
    case 'held':
    case 'later': {
      const dueAtMs = nextAttempt(nowMs, tried.attempts, retry, random);
      return { ...tried, state: 'waiting', dueAtMs, lastError: outcome.why.slice(0, 500) };
    }
  }
};

/** Opens the sender of notices. It keeps nothing in memory that a second one would need. */
export function openAppealNews({ database, clock, log, settings, random = Math.random }: AppealNewsOptions): {
  /** Sends what is due; returns how many notices were tried. */
  deliver(signal: AbortSignal): Promise<number>;
} {
  const { webhookKey: key, services, retry, zone, answerWithinMs } = settings;
  const urlOf = new Map(services.flatMap(({ name, url }) => (url === null ? [] : [[name, url] as const])));

  async function tryOne(notice: Notice, signal: AbortSignal): Promise<void> {
    const url = urlOf.get(notice.source);
    if (key === undefined || url === undefined) return;
    const message = { id: notice.id, url, body: newsLetter(notice, zone).body, nowMs: clock.nowMs() };
    const outcome = await sendSigned(key, message, signal, answerWithinMs);
    // Going away in mid-send is no answer: the notice's lease runs out and another try is made, under the same id.
    if (signal.aborted && outcome.kind === 'later') return;
    const after = afterTry(notice, outcome, clock.nowMs(), retry, random());
    await database.transaction((tx) => appeals.saveNotice(tx, after));
    if (after.state === 'refused') {
      log.warn(
        { noticeId: notice.id, source: notice.source, why: after.lastError },
        'an appeal service refused its news',
      );
    }
  }

  return {
    deliver: async (signal) => {
      if (key === undefined || urlOf.size === 0) return 0;
      const given = { nowMs: clock.nowMs(), sources: [...urlOf.keys()], limit: batch };
      const taken = await database.transaction((tx) => appeals.takeDueNotices(tx, given));
      await Promise.all(taken.map((notice) => tryOne(notice, signal)));
      return taken.length;
    },
  };
}

/** Matches and sends until the signal aborts. One works at a time by an advisory lease; a lost database is waited for. */
export async function runAppealNews(options: AppealNewsOptions, signal: AbortSignal): Promise<void> {
  const { database, clock, log, settings, before } = options;
  const isOver = (by: AbortSignal): boolean => by.aborted;
  const pause = (by: AbortSignal) => clock.sleep(settings.everyS * 1000, by).catch(() => undefined);
  const sender = openAppealNews(options);
  while (!isOver(signal)) {
    try {
      await using lease = await leader(database, 'appeals', signal);
      const leading = AbortSignal.any([signal, lease.lost]);
      while (!isOver(leading)) {
        await before?.();
        while (!isOver(leading) && (await sender.deliver(leading)) === batch);
        await pause(leading);
      }
    } catch (thrown) {
      if (isOver(signal)) return;
      log.warn({ error: messageOf(thrown) }, 'the news of appeals stopped and starts again');
      await pause(signal);
    }
  }
}
