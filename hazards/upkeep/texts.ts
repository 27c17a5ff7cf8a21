// Words of what people alone report.
import type { HazardTexts } from '../hazard.ts';

export const texts: HazardTexts = {
  name: { kk: 'Қала шаруашылығы мәселесі', ru: 'Вопрос городского хозяйства', en: 'City upkeep issue' },
  subs: {
    lighting: { kk: 'көше жарығы', ru: 'уличное освещение', en: 'street lighting' },
    road: { kk: 'жол төсемі', ru: 'дорожное покрытие', en: 'road surface' },
    signals: { kk: 'бағдаршам, жол белгісі', ru: 'светофор, дорожный знак', en: 'traffic light or sign' },
    debris: { kk: 'жолдағы бөгде зат', ru: 'посторонний предмет на дороге', en: 'stray thing on the road' },
    trees: { kk: 'ағаш, көгал', ru: 'дерево, газон', en: 'tree or lawn' },
    containers: { kk: 'қоқыс контейнері', ru: 'мусорный контейнер', en: 'waste container' },
    fences: { kk: 'қоршау, сүйеніш', ru: 'ограждение, перила', en: 'fence or railing' },
    grounds: { kk: 'балалар не спорт алаңы', ru: 'детская или спортивная площадка', en: 'playground or sports ground' },
    shelters: { kk: 'аялдама, орындық', ru: 'остановка, скамейка', en: 'bus shelter or bench' },
    facades: { kk: 'қабырғадағы жазу, хабарландыру', ru: 'надпись или объявление на стене', en: 'graffiti or bill' },
    heat: { kk: 'жылу желісі', ru: 'теплосеть', en: 'heating network' },
    water: { kk: 'су құбыры', ru: 'водопровод', en: 'water supply' },
    power: { kk: 'электр желісі', ru: 'электросеть', en: 'power network' },
  },
  claim: {
    kk: 'Қызметкер көріп, қолмен ашты.',
    ru: 'Увидел и открыл вручную сотрудник.',
    en: 'Seen by a person and opened by hand.',
  },
  ask: {
    kk: 'Ақауды жойып, орындалған жұмыстың фотосын жіберуді сұраймыз.',
    ru: 'Просим устранить и прислать фото выполненной работы.',
    en: 'Please put it right and send a photo of the finished work.',
  },
  done: {
    kk: 'Жұмыстан кейінгі фотода бәрі қалпына келгені көрінеді.',
    ru: 'На фото после работ видно, что всё исправлено.',
    en: 'The photo after the work shows that it has been put right.',
  },
};
