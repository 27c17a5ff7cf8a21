// Words of the open-manhole hazard.
import type { HazardTexts } from '../hazard.ts';

export const texts: HazardTexts = {
  name: { kk: 'Ашық құдық', ru: 'Открытый колодец (люк)', en: 'Open manhole' },
  subs: {
    missing: { kk: 'қақпағы жоқ', ru: 'крышки нет', en: 'cover missing' },
    shifted: { kk: 'қақпағы жылжыған', ru: 'крышка смещена', en: 'cover shifted' },
    broken: { kk: 'қақпағы сынған', ru: 'крышка разбита', en: 'cover broken' },
    grate: { kk: 'жаңбыр торы жоқ', ru: 'нет решётки дождеприёмника', en: 'drain grate missing' },
    works: { kk: 'қоршалған, жұмыс жүріп жатыр', ru: 'ограждён, ведутся работы', en: 'fenced, works in progress' },
  },
  claim: {
    kk: 'Құдық ашық тұр. Кадрлар: {hazardLooks}/{looks}, ұзақтығы {minutes} мин.',
    ru: 'Люк открыт. Кадров: {hazardLooks} из {looks} за {minutes} мин.',
    en: 'The manhole is open. Looks: {hazardLooks} of {looks} in {minutes} min.',
  },
  ask: {
    kk: 'Алдымен құдықты дереу қоршап, содан кейін қақпағын орнына қоюды сұраймыз.',
    ru: 'Просим сначала немедленно оградить колодец, затем поставить крышку на место.',
    en: 'Please fence the manhole at once, then put its cover in place.',
  },
  done: {
    kk: 'Қақпағы орнында. Тек қоршау жеткіліксіз.',
    ru: 'Крышка на месте. Одного ограждения недостаточно.',
    en: 'The cover is in place. A fence alone is not enough.',
  },
};
