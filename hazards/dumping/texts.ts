// Words of the dumping hazard.
import type { HazardTexts } from '../hazard.ts';

export const texts: HazardTexts = {
  name: { kk: 'Белгіленбеген жерге қоқыс төгу', ru: 'Сброс отходов в неустановленном месте', en: 'Illegal dumping' },
  subs: {
    tipper: { kk: 'самосвал', ru: 'самосвал', en: 'tipper lorry' },
    tanker: { kk: 'ассенизатор көлігі', ru: 'ассенизаторская машина', en: 'vacuum tanker' },
    mixer: { kk: 'бетон араластырғыш', ru: 'бетоносмеситель', en: 'concrete mixer' },
    van: { kk: 'шағын көлік', ru: 'малый автомобиль', en: 'van or car' },
    heap_only: { kk: 'стихиялық қоқыс үйіндісі', ru: 'стихийная свалка', en: 'unauthorised heap' },
  },
  claim: {
    kk: 'Көлік {seconds} с тұрып, қоқыс төкті.',
    ru: 'Машина стояла {seconds} с и сбросила отходы.',
    en: 'A vehicle stood for {seconds} s and left waste.',
  },
  ask: {
    kk: 'Төгілген қоқысты жинап, шығаруды сұраймыз. Полиция бейнежазбаны бөлек қарайды.',
    ru: 'Просим убрать и вывезти сброшенные отходы. Полиция рассматривает запись отдельно.',
    en: 'Please clear the dumped waste and take it away. The police look at the recording separately.',
  },
  done: {
    kk: 'Қоқыс үйіндісі жоқ, аумақ таза.',
    ru: 'Кучи отходов нет, место чистое.',
    en: 'The heap is gone and the place is clean.',
  },
};
