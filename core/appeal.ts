// What a citizen sent through the city's appeal service, as far as Ahual needs it: place, time, topic. Never who it was.
import { z } from 'zod';
import { HazardName, Language, type HazardName as Hazard } from './hazard-name.ts';
import { IncidentId } from './ids.ts';
import { Point } from './place.ts';

export const appealChannels = ['call', 'bot', 'site', 'app', 'social', 'email', 'other'] as const;

/** A name of an appeal service: small letters, digits, dashes. */
export const ServiceName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,31}$/, 'small letters, digits and dashes, 2 to 32 of them');

/** Seven digits and more, however they are parted, are a telephone or a person's number. */
const numberOfAPerson = /\+?\d(?:[\s().-]*\d){6,}/g;
const mailOrHandle = /(?<![\p{L}\d._%+-])[\p{L}\d._%+-]{1,64}@[\p{L}\d.-]+\.\p{L}{2,}|(?<![\p{L}\d])@[\p{L}\d_]{3,}/gu;
const word = String.raw`\p{Lu}[\p{L}’'-]{0,40}`;
/** What people write before their own name. */
const saysName = new RegExp(
  String.raw`((?:[Мм]еня зовут|[Зз]овут меня|[Мм]о[её] имя|ФИО|[Фф]ио|Ф\.\s?И\.\s?О\.?|[Зз]аявитель(?:ница)?|[Мм]енің атым|` +
    String.raw`[Мм]енің есімім|[Аа]ты-жөнім|[Өө]тініш беруші|[Mm]y name is)\s*[:–—-]?\s*)${word}(?:\s+${word}){0,2}`,
  'gu',
);
/** Family name, name and patronymic, in any order that ends with or holds a patronymic. */
const patronymic = new RegExp(
  String.raw`(?<!\p{L})(?:${word}\s+){0,2}\p{Lu}\p{L}{0,40}(?:вич|вна|ична|ұлы|улы|қызы|кызы)(?![\p{L}])(?!\s*(?:көше|даңғыл|к-сі|д-лы|street|st\b|ave))`,
  'gu',
);
const street = /(?:ул\.?|улиц\p{L}*|пр\.?|пр-т|проспект\p{L}*|көшесі|даңғылы|street|avenue)\s+$/iu;

/**
 * Covers what would tell who a citizen is: telephones and other long numbers, addresses of mail and accounts, a name after the
 * words that introduce one, and full names with a patronymic unless a street is named so. Free text can hide a name in ways that
 * no rule knows: services are to send words about the place alone.
 */
export const covered = (text: string): string =>
  text
    .replaceAll(mailOrHandle, '…')
    .replaceAll(numberOfAPerson, '…')
    .replaceAll(saysName, '$1…')
    .replaceAll(patronymic, (found, offset: number, whole: string) =>
      street.test(whole.slice(0, offset)) ? found : '…',
    );

const coveredText = (max: number) => z.string().max(max).default('').transform(covered);

/**
 * What an appeal service sends. There is no field for people, and unknown fields are refused: a name or a telephone cannot come
 * in by mistake. `madeAt` is ISO 8601 with its offset.
 */
export const SentAppeal = z.strictObject({
  /** Its number at the service. The same number sent again is the same appeal. */
  externalId: z.string().trim().min(1).max(80),
  channel: z.enum(appealChannels).default('other'),
  /** The service's own word for what it is about. */
  topic: z.string().trim().min(1).max(200),
  /** The hazard, where the service knows it; else the settings' table makes it of the topic. */
  hazard: HazardName.nullish(),
  language: Language.default('kk'),
  /** Where: without a point nothing can be found near it. */
  point: Point.nullish(),
  address: coveredText(300),
  text: coveredText(2000),
  madeAt: z.iso.datetime({ offset: true }),
});
export type SentAppeal = z.infer<typeof SentAppeal>;

/** An appeal as Ahual takes it: named by its service, its topic read. */
export interface NewAppeal {
  readonly source: string;
  readonly externalId: string;
  readonly channel: (typeof appealChannels)[number];
  readonly topic: string;
  readonly hazard: Hazard | null;
  readonly language: z.infer<typeof Language>;
  readonly point: Point | null;
  readonly address: string;
  readonly text: string;
  readonly madeAtMs: number;
}

/** A service's own topics and the hazards that they mean; what is not here cameras do not look for. */
export type Topics = Readonly<Record<string, Hazard>>;

const plainTopic = (topic: string): string => topic.trim().toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ');

/** The appeal of a service, with the hazard that it named or that its topic means. */
export function appealOf(source: string, sent: SentAppeal, topics: Topics): NewAppeal {
  const { hazard, point, madeAt, topic, ...rest } = sent;
  const known = Object.entries(topics).find(([name]) => plainTopic(name) === plainTopic(topic));
  return {
    ...rest,
    source,
    topic: covered(topic),
    hazard: hazard ?? known?.[1] ?? null,
    point: point ?? null,
    madeAtMs: Date.parse(madeAt),
  };
}

/**
 * What became of it. `linked`: it belongs to an incident; `proposed`: it may belong to one of several, a person says; `looking`:
 * the nearest cameras were asked; `no-camera`: none sees the place; `unlinked`: a person undid the link. Those that nothing is
 * done with: `no-place`, `other-topic`, `outside` the city, `future` (made later than now), `old` (made too long ago to be looked
 * for).
 */
export const appealStates = [
  'linked',
  'proposed',
  'looking',
  'no-camera',
  'unlinked',
  'no-place',
  'other-topic',
  'outside',
  'future',
  'old',
] as const;
export const AppealState = z.enum(appealStates);
export type AppealState = z.infer<typeof AppealState>;

/** States from which an incident that is raised later still takes the appeal up by itself. */
export const waitingAppealStates = ['looking', 'no-camera'] as const satisfies readonly AppealState[];

export const Appeal = z.object({
  id: z.string(),
  source: z.string(),
  externalId: z.string(),
  channel: z.enum(appealChannels),
  topic: z.string(),
  hazard: HazardName.nullable(),
  language: Language,
  point: Point.nullable(),
  address: z.string(),
  text: z.string(),
  madeAtMs: z.number(),
  receivedAtMs: z.number(),
  state: AppealState,
  /** Cameras that were asked for a look. */
  askedCameras: z.array(z.string()),
});
export type Appeal = z.infer<typeof Appeal>;

/** Many appeals may belong to one incident and one appeal to many; a link can be undone and stays to be read. */
export const AppealLink = z.object({
  appealId: z.string(),
  incidentId: IncidentId,
  linkedAtMs: z.number(),
  linkedBy: z.string(),
  reason: z.string(),
});
export type AppealLink = z.infer<typeof AppealLink>;

/** What the appeal service is told about an incident to which its appeal is linked. */
export const appealNews = ['linked', 'unlinked', 'closed', 'self-cleared', 'rejected', 'expired', 'reopened'] as const;
export const AppealNews = z.enum(appealNews);
export type AppealNews = z.infer<typeof AppealNews>;
