// Texts of the models tab in three languages. The English table names the keys.
import type { Text } from './index.ts';

export const modelsEn = {
  'options.models': 'Models',
  'models.what':
    'Networks that judge the pictures, with their papers. They come with the product and change with its version.',
  'models.version': 'Version',
  'models.licence': 'Licence',
  'models.size': 'Size',
  'models.bases': 'Stands on',
  'models.bars': 'Promises to reach',
  'models.row': 'what',
  'models.scores': {
    one: 'What it scored, as its card says: {n} table',
    other: 'What it scored, as its card says: {n} tables',
  },
  'models.corrections': 'Corrections learned from verdicts {n}',
  'models.correctionsWhat':
    'Each was measured on days that stayed out of it. It is proposed by one person and put in force by another, by the command of the server.',
  'models.noCorrections': 'No camera has a correction of its own yet; the networks speak as they came.',
  'models.everyCamera': 'every camera',
  'models.head.number': 'No.',
  'models.head.camera': 'Camera',
  'models.head.hazard': 'Hazard',
  'models.head.state': 'State',
  'models.head.learned': 'Learned from days',
  'models.head.proposed': 'Proposed by',
  'models.head.promoted': 'Put in force by',
  'models.state.shadow': 'runs beside',
  'models.state.offered': 'may be put in force',
  'models.state.active': 'in force',
  'models.state.replaced': 'replaced',
  'models.state.rolled-back': 'taken back',
  'models.state.dropped': 'dropped',
} as const satisfies Record<string, Text>;

type ModelsTexts = { readonly [K in keyof typeof modelsEn]: Text };

export const modelsRu: ModelsTexts = {
  'options.models': 'Модели',
  'models.what':
    'Сети, которые судят по снимкам, с их паспортами. Они поставляются с продуктом и меняются с его версией.',
  'models.version': 'Версия',
  'models.licence': 'Лицензия',
  'models.size': 'Размер',
  'models.bases': 'Основана на',
  'models.bars': 'Обещает достичь',
  'models.row': 'что',
  'models.scores': {
    one: 'Оценки, как в паспорте модели: {n} таблица',
    few: 'Оценки, как в паспорте модели: {n} таблицы',
    many: 'Оценки, как в паспорте модели: {n} таблиц',
    other: 'Оценки, как в паспорте модели: {n} таблицы',
  },
  'models.corrections': 'Поправки, выученные по решениям {n}',
  'models.correctionsWhat':
    'Каждая измерена на днях, которые в неё не вошли. Один человек предлагает, другой вводит в действие — командой на сервере.',
  'models.noCorrections': 'Своих поправок пока нет ни у одной камеры; сети судят такими, какими поставлены.',
  'models.everyCamera': 'все камеры',
  'models.head.number': '№',
  'models.head.camera': 'Камера',
  'models.head.hazard': 'Опасность',
  'models.head.state': 'Состояние',
  'models.head.learned': 'Выучена за дни',
  'models.head.proposed': 'Кто предложил',
  'models.head.promoted': 'Кто ввёл в действие',
  'models.state.shadow': 'работает рядом',
  'models.state.offered': 'можно ввести в действие',
  'models.state.active': 'действует',
  'models.state.replaced': 'заменена',
  'models.state.rolled-back': 'отменена',
  'models.state.dropped': 'отброшена',
};

export const modelsKk: ModelsTexts = {
  'options.models': 'Модельдер',
  'models.what':
    'Кескін бойынша үкім шығаратын желілер мен олардың құжаттары. Олар өніммен бірге келеді және оның нұсқасымен бірге ауысады.',
  'models.version': 'Нұсқасы',
  'models.licence': 'Лицензиясы',
  'models.size': 'Көлемі',
  'models.bases': 'Негізі',
  'models.bars': 'Жетуге тиіс көрсеткіштері',
  'models.row': 'не',
  'models.scores': 'Құжатындағы бағалар: {n} кесте',
  'models.corrections': 'Шешімдерден үйренген түзетулер {n}',
  'models.correctionsWhat':
    'Әрқайсысы өзіне кірмеген күндермен өлшенген. Бір адам ұсынады, екіншісі серверлік команда арқылы күшіне енгізеді.',
  'models.noCorrections': 'Әзірге бірде-бір камераның өз түзетуі жоқ; желілер қалай келсе, солай жұмыс істейді.',
  'models.everyCamera': 'барлық камера',
  'models.head.number': '№',
  'models.head.camera': 'Камера',
  'models.head.hazard': 'Қауіп',
  'models.head.state': 'Күйі',
  'models.head.learned': 'Үйренген күндері',
  'models.head.proposed': 'Кім ұсынды',
  'models.head.promoted': 'Кім күшіне енгізді',
  'models.state.shadow': 'қатар жұмыс істейді',
  'models.state.offered': 'күшіне енгізуге болады',
  'models.state.active': 'күшінде',
  'models.state.replaced': 'ауыстырылды',
  'models.state.rolled-back': 'қайтарылды',
  'models.state.dropped': 'алынып тасталды',
};
