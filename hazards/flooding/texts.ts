// Words of the flooding hazard.
import type { HazardTexts } from '../hazard.ts';

export const texts: HazardTexts = {
  name: { kk: 'Су жиналуы', ru: 'Скопление воды (подтопление)', en: 'Flooding' },
  subs: {
    carriageway: { kk: 'жолдың жүру бөлігі', ru: 'проезжая часть', en: 'carriageway' },
    underpass: { kk: 'жерасты өткелін су басуы', ru: 'подтопление подземного перехода', en: 'underpass' },
    yard: { kk: 'аула', ru: 'двор', en: 'yard' },
    pavement: { kk: 'тротуар', ru: 'тротуар', en: 'pavement' },
    sewer_overflow: { kk: 'кәріз суының көтерілуі', ru: 'излив канализации', en: 'sewer overflow' },
    pipe_burst: { kk: 'құбыр жарылуы', ru: 'порыв трубопровода', en: 'pipe burst' },
  },
  claim: {
    kk: 'Аймақтың {share} бөлігінде су жиналған. Кадрлар: {hazardLooks}/{looks}, ұзақтығы {minutes} мин.',
    ru: 'Вода стоит на {share} зоны. Кадров: {hazardLooks} из {looks} за {minutes} мин.',
    en: 'Water stands on {share} of the zone. Looks: {hazardLooks} of {looks} in {minutes} min.',
  },
  ask: {
    kk: 'Суды сорып алып, су ағызғышты тазартуды сұраймыз. Өту қауіпті болса, жолды жауып, ескерту белгісін қойыңыз.',
    ru: 'Просим откачать воду и прочистить водоотвод. Если проезд опасен, перекройте его и поставьте знак.',
    en: 'Please pump the water off and clear the drain. Where passing is dangerous, close the way and put up a sign.',
  },
  done: {
    kk: 'Аймақта тұрып қалған су жоқ.',
    ru: 'В зоне нет стоячей воды.',
    en: 'No standing water is left in the zone.',
  },
};
