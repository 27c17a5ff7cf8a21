// Words that all hazards share: why nothing is raised, and what made it worse.
import type { Texts } from '#core/hazard-name';
import type { HeldRule, WaitReason } from './hazard.ts';
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
  'below-raise': {
    kk: 'Күдік бар, бірақ хабарлау шегіне жетпеді',
    ru: 'Есть подозрение, но до порога сообщения не дошло',
    en: 'Suspected, but below the level at which it is raised',
  },
  'one-sign': {
    kk: 'Жауын да, еріген су да жоқ, ал белгі біреу ғана',
    ru: 'Ни дождя, ни таяния, а признак воды только один',
    en: 'Neither rain nor melting, and only one sign of water',
  },
  'always-so': {
    kk: 'Жауын да, еріген су да жоқ, ал бұл жер бұрыннан осылай көрінеді',
    ru: 'Ни дождя, ни таяния, а место выглядит так с самого начала наблюдения',
    en: 'Neither rain nor melting, and the place has looked like this for as long as it is known',
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
  'being-cleared': {
    kk: 'Қар тазаланып жатыр, күтеміз: {until}',
    ru: 'Снег убирают, ждём до {until}',
    en: 'The snow is being cleared; waiting until {until}',
  },
  redrawn: {
    kk: 'Аймақ қайта сызылды, бұл кадр ескі сызбаға жатады',
    ru: 'Зону перерисовали, этот кадр относится к прежней',
    en: 'The zone was redrawn; this look belongs to the old drawing',
  },
  'from-ahead': {
    kk: 'Кадрдың уақыты біздің сағаттан озып тұр',
    ru: 'Время кадра опережает наши часы',
    en: 'The look is dated ahead of our clock',
  },
  known: { kk: 'Бұл кадр бұрын ескерілген', ru: 'Этот кадр уже учтён', en: 'This look is already counted' },
};

/** By which rule something that was seen was kept from the operators: the list of what was almost raised. */
export const heldTexts: Readonly<Record<HeldRule, Texts>> = {
  'below-raise': waitTexts['below-raise'],
  contradicted: waitTexts.contradicted,
  'vehicle-over': waitTexts['vehicle-over'],
  'one-sign': waitTexts['one-sign'],
  'always-so': waitTexts['always-so'],
  works: waitTexts.works,
  snowing: waitTexts.snowing,
  'no-snowfall-end': waitTexts['no-snowfall-end'],
  'no-policy': waitTexts['no-policy'],
  'within-deadline': {
    kk: 'Жинау мерзімі әлі өткен жоқ',
    ru: 'Срок уборки ещё не вышел',
    en: 'Still within the deadline',
  },
  'being-cleared': { kk: 'Қар тазаланып жатыр', ru: 'Снег убирают', en: 'The snow is being cleared' },
  redrawn: waitTexts.redrawn,
  'from-ahead': waitTexts['from-ahead'],
  'no-such-zone': {
    kk: 'Камера не аймақ жойылған',
    ru: 'Камеры или зоны больше нет',
    en: 'The camera or zone is no longer there',
  },
  'not-judged': {
    kk: 'Кадрды бағалау мүмкін болмады (жүйе қатесі)',
    ru: 'Кадр не удалось оценить (ошибка системы)',
    en: 'The look could not be judged (a fault of the system)',
  },
  'out-of-reach': {
    kk: 'Таза кадрлар бұл жерге жетпейді',
    ru: 'Чистые кадры не достают до этого места',
    en: 'The clear looks do not reach this place',
  },
  'same-act': { kk: 'Сол бір әрекет', ru: 'То же самое действие', en: 'The same act' },
  'before-closing': {
    kk: 'Жабылғанға дейін көрінген',
    ru: 'Увидено ещё до закрытия',
    en: 'Seen before the incident was closed',
  },
  'as-before': {
    kk: 'Су жиналғанға дейін де осылай көрінген',
    ru: 'Место выглядит так же, как до воды',
    en: 'The place looks as it did before the water came',
  },
  quiet: {
    kk: 'Қабылданбағаннан кейінгі тыныштық',
    ru: 'Тишина после отклонения',
    en: 'Quiet after a rejection',
  },
  'put-off': {
    kk: 'Бұл камерада адам кейінге қалдырған',
    ru: 'Отложено человеком на этой камере',
    en: 'Put off at this camera by a person',
  },
  'cool-down': {
    kk: 'Жаңа ғана өздігінен жойылған, күтеміз',
    ru: 'Только что устранилось само, выжидаем',
    en: 'It has just cleared itself; waiting',
  },
  group: { kk: 'Жаппай жағдайдың құрамында', ru: 'В составе массового инцидента', en: 'Part of a mass incident' },
  budget: {
    kk: 'Хабарламалар тым көп, кезек күтуде',
    ru: 'Слишком много сообщений, ждёт очереди',
    en: 'Too many alarms at once; waiting its turn',
  },
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
