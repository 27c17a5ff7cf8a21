// Where simulated cameras hang: crossings of Astana (accuracy 50 to 500 m; not for dispatching), from OpenStreetMap geometry, ODbL.

export interface Crossing {
  readonly kk: string;
  readonly ru: string;
  readonly en: string;
  readonly lat: number;
  readonly lon: number;
  readonly district: string;
}

const row = (kk: string, ru: string, en: string, lat: number, lon: number, district: string): Crossing => ({
  kk,
  ru,
  en,
  lat,
  lon,
  district,
});

export const crossings: readonly Crossing[] = [
  row(
    'Республика × Бөгенбай батыр',
    'Республики × Богенбай батыра',
    'Respublika × Bogenbai Batyr',
    51.1772,
    71.4241,
    'saryarqa',
  ),
  row(
    'Республика × Сәкен Сейфуллин',
    'Республики × Сейфуллина',
    'Respublika × Seifullin',
    51.1714,
    71.4257,
    'baiqonyr',
  ),
  row('Республика × Абай', 'Республики × Абая', 'Respublika × Abai', 51.1662, 71.4271, 'saryarqa'),
  row('Республика × Кенесары', 'Республики × Кенесары', 'Respublika × Kenesary', 51.161, 71.4286, 'baiqonyr'),
  row(
    'Сарыарқа × Бөгенбай батыр',
    'Сарыарка × Богенбай батыра',
    'Saryarqa × Bogenbai Batyr',
    51.1752,
    71.4063,
    'saryarqa',
  ),
  row('Сарыарқа × Сәкен Сейфуллин', 'Сарыарка × Сейфуллина', 'Saryarqa × Seifullin', 51.1693, 71.4081, 'saryarqa'),
  row('Сарыарқа × Абай', 'Сарыарка × Абая', 'Saryarqa × Abai', 51.1642, 71.4095, 'saryarqa'),
  row('Сарыарқа × Кенесары', 'Сарыарка × Кенесары', 'Saryarqa × Kenesary', 51.1591, 71.411, 'saryarqa'),
  row(
    'Бейбітшілік × Бөгенбай батыр',
    'Бейбитшилик × Богенбай батыра',
    'Beibitshilik × Bogenbai Batyr',
    51.1765,
    71.4172,
    'saryarqa',
  ),
  row(
    'Бейбітшілік × Сәкен Сейфуллин',
    'Бейбитшилик × Сейфуллина',
    'Beibitshilik × Seifullin',
    51.1705,
    71.4189,
    'saryarqa',
  ),
  row('Бейбітшілік × Абай', 'Бейбитшилик × Абая', 'Beibitshilik × Abai', 51.1654, 71.4204, 'saryarqa'),
  row('Бейбітшілік × Кенесары', 'Бейбитшилик × Кенесары', 'Beibitshilik × Kenesary', 51.1603, 71.4219, 'saryarqa'),
  row(
    'Қабанбай батыр × Дінмұхамед Қонаев',
    'Кабанбай батыра × Кунаева',
    'Qabanbai Batyr × Qonaev',
    51.1333,
    71.4144,
    'esil',
  ),
  row('Қабанбай батыр × Достық', 'Кабанбай батыра × Достык', 'Qabanbai Batyr × Dostyq', 51.1284, 71.4135, 'esil'),
  row('Қабанбай батыр × Сығанақ', 'Кабанбай батыра × Сыганак', 'Qabanbai Batyr × Syganaq', 51.1255, 71.413, 'esil'),
  row('Қабанбай батыр × Орынбор', 'Кабанбай батыра × Орынбор', 'Qabanbai Batyr × Orynbor', 51.1112, 71.4104, 'esil'),
  row('Қабанбай батыр × Ұлы Дала', 'Кабанбай батыра × Улы Дала', 'Qabanbai Batyr × Uly Dala', 51.1067, 71.4088, 'esil'),
  row(
    'Қабанбай батыр × Тұрар Рысқұлов',
    'Кабанбай батыра × Рыскулова',
    'Qabanbai Batyr × Rysqulov',
    51.089,
    71.4025,
    'nura',
  ),
  row('Тұран × Дінмұхамед Қонаев', 'Туран × Кунаева', 'Turan × Qonaev', 51.1341, 71.409, 'nura'),
  row('Тұран × Достық', 'Туран × Достык', 'Turan × Dostyq', 51.1293, 71.408, 'nura'),
  row('Тұран × Сығанақ', 'Туран × Сыганак', 'Turan × Syganaq', 51.1263, 71.4074, 'nura'),
  row('Мәңгілік Ел × Сығанақ', 'Мангилик Ел × Сыганак', 'Mangilik El × Syganaq', 51.1227, 71.4328, 'esil'),
  row('Мәңгілік Ел × Достық', 'Мангилик Ел × Достык', 'Mangilik El × Dostyq', 51.1255, 71.4333, 'esil'),
  row('Мәңгілік Ел × Ұлы Дала', 'Мангилик Ел × Улы Дала', 'Mangilik El × Uly Dala', 51.1036, 71.4294, 'esil'),
  row(
    'Тәуелсіздік × Рақымжан Қошқарбаев',
    'Тауелсиздик × Кошкарбаева',
    'Tauelsizdik × Qoshqarbaev',
    51.1273,
    71.472,
    'saraishyq',
  ),
  row(
    'Тәуелсіздік × Бауыржан Момышұлы',
    'Тауелсиздик × Момышулы',
    'Tauelsizdik × Momyshuly',
    51.1363,
    71.4679,
    'almaty',
  ),
  row('Абылай хан', 'Абылай хана', 'Abylai Khan', 51.1439, 71.5137, 'almaty'),
  row('Кенесары (шығыс)', 'Кенесары (восток)', 'Kenesary (east)', 51.1644, 71.4581, 'baiqonyr'),
  row('Ұлы Дала (шығыс)', 'Улы Дала (восток)', 'Uly Dala (east)', 51.0935, 71.4968, 'esil'),
  row('Сығанақ (батыс)', 'Сыганак (запад)', 'Syganaq (west)', 51.1313, 71.3719, 'nura'),
];
