// Words that all hazards share: why nothing is raised, and what made it worse.
import type { Texts } from '#core/hazard-name';
import type { WaitReason } from './hazard.ts';
import type { SeverityReason } from './severity.ts';

/** Why something that was seen is not raised. `{until}` is a local moment, where one is known. */
export const waitTexts: Readonly<Record<WaitReason, Texts>> = {
  clear: { kk: 'Қауіп көрінбейді', ru: 'Опасности не видно', en: 'No hazard is seen' },
  'few-looks': {
    kk: 'Кадрлар әлі жеткіліксіз',
    ru: 'Пока мало кадров',
    en: 'Too few looks so far',
  },
  'short-time': {
    kk: 'Жеткілікті ұзақ байқалған жоқ',
    ru: 'Наблюдается ещё недостаточно долго',
    en: 'Not seen for long enough yet',
  },
  contradicted: {
    kk: 'Кадрлар бір-біріне қайшы келеді',
    ru: 'Кадры противоречат друг другу',
    en: 'Looks contradict each other',
  },
  'vehicle-over': {
    kk: 'Әр кадрда үстінде көлік тұр',
    ru: 'На каждом кадре сверху стоит машина',
    en: 'A vehicle stands over it in every look',
  },
  works: {
    kk: 'Қоршалған, жұмысшылар орнында',
    ru: 'Ограждено, рабочие на месте',
    en: 'Fenced, with the crew on the spot',
  },
  snowing: {
    kk: 'Қар әлі жауып тұр, мерзім басталған жоқ',
    ru: 'Снегопад ещё идёт, срок не начался',
    en: 'It is still snowing; no deadline runs yet',
  },
  'no-snowfall-end': {
    kk: 'Қар жауудың аяқталған уақыты белгісіз, мерзім есептелмейді',
    ru: 'Неизвестно, когда закончился снегопад: срок не отсчитывается',
    en: 'The end of the snowfall is not known, so no deadline runs',
  },
  'no-policy': {
    kk: 'Бұл көше санаты үшін мерзім белгіленбеген',
    ru: 'Для этого класса улиц срок не задан',
    en: 'No deadline is set for this class of street',
  },
  'within-deadline': {
    kk: 'Мерзімі әлі өткен жоқ: {until}',
    ru: 'Срок ещё не вышел: {until}',
    en: 'Still within the deadline: {until}',
  },
  known: { kk: 'Бұл кадр бұрын ескерілген', ru: 'Этот кадр уже учтён', en: 'This look is already counted' },
};

export const severityReasonTexts: Readonly<Record<SeverityReason, Texts>> = {
  arterial: { kk: 'магистраль көше', ru: 'магистральная улица', en: 'main street' },
  sensitive: {
    kk: 'мектеп, балабақша немесе емхана жанында',
    ru: 'рядом со школой, детским садом или поликлиникой',
    en: 'near a school, kindergarten or clinic',
  },
  dark: { kk: 'қараңғы уақыт', ru: 'тёмное время', en: 'in the dark' },
  freezing: { kk: 'аяз: су мұзға айналады', ru: 'мороз: вода превратится в лёд', en: 'frost: the water turns to ice' },
  fenced: { kk: 'қоршалған', ru: 'ограждено', en: 'fenced' },
};
