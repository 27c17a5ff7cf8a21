// Words of the snow hazard.
import type { HazardTexts } from '../hazard.ts';

export const texts: HazardTexts = {
  name: { kk: 'Уақытылы жиналмаған қар', ru: 'Несвоевременно убранный снег', en: 'Uncollected snow' },
  subs: {
    carriageway: { kk: 'жолдың жүру бөлігі', ru: 'проезжая часть', en: 'carriageway' },
    windrow: { kk: 'жол шетіндегі қар үйіндісі', ru: 'снежный вал', en: 'windrow' },
    stop: { kk: 'аялдама', ru: 'остановка', en: 'stop' },
    crossing: { kk: 'жаяу жүргіншілер өткелі', ru: 'пешеходный переход', en: 'pedestrian crossing' },
    pavement: { kk: 'тротуар', ru: 'тротуар', en: 'pavement' },
    yard: { kk: 'аула', ru: 'двор', en: 'yard' },
    ice: { kk: 'көктайғақ', ru: 'гололёд', en: 'ice' },
  },
  claim: {
    kk: 'Аймақтың {share} бөлігін қар басқан, жинау мерзімі өтіп кетті. Кадрлар: {hazardLooks}/{looks}, ұзақтығы {minutes} мин.',
    ru: 'Снегом покрыто {share} зоны, срок уборки вышел. Кадров: {hazardLooks} из {looks} за {minutes} мин.',
    en: 'Snow covers {share} of the zone and the deadline has passed. Looks: {hazardLooks} of {looks} in {minutes} min.',
  },
  ask: {
    kk: 'Қарды жинап, шығаруды сұраймыз. Алдымен жаяу жүргіншілер өткелі мен аялдаманы босатыңыз.',
    ru: 'Просим убрать и вывезти снег. Сначала освободите пешеходный переход и остановку.',
    en: 'Please clear the snow and take it away. Free the crossing and the stop first.',
  },
  done: {
    kk: 'Бүкіл аймақ қардан тазартылған.',
    ru: 'Вся зона очищена от снега.',
    en: 'The whole zone is free of snow.',
  },
};
