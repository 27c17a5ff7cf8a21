// The words of a probe in Kazakh, Russian and English: facts, advice, and why a camera could not be asked.
import type { HealthState } from '#core/camera';
import type { Advice, AdviceKind } from './advice.ts';

export const probeLanguages = ['kk', 'ru', 'en'] as const;
export type ProbeLanguage = (typeof probeLanguages)[number];

export const factNames = [
  'main',
  'sub',
  'still',
  'codec',
  'size',
  'rate',
  'keys',
  'bits',
  'sound',
  'bFrames',
  'transport',
  'first',
  'clock',
  'age',
  'advice',
  'yes',
  'no',
  'notKnown',
  'fresh',
  'stale',
  'unsure',
  'none',
] as const;
export type FactName = (typeof factNames)[number];

const facts: Readonly<Record<ProbeLanguage, Readonly<Record<FactName, string>>>> = {
  en: {
    main: 'main stream',
    sub: 'small stream',
    still: 'still picture',
    codec: 'codec',
    size: 'size',
    rate: 'pictures a second',
    keys: 'key frame every',
    bits: 'bit rate',
    sound: 'sound',
    bFrames: 'B-frames',
    transport: 'transport',
    first: 'first picture after',
    clock: "the camera's clock before ours",
    age: "age by the camera's clock",
    advice: 'Advice',
    yes: 'yes',
    no: 'no',
    notKnown: 'not known',
    fresh: 'of now',
    stale: 'OLD',
    unsure: 'cannot be told',
    none: 'none',
  },
  ru: {
    main: 'основной поток',
    sub: 'малый поток',
    still: 'снимок',
    codec: 'кодек',
    size: 'размер',
    rate: 'кадров в секунду',
    keys: 'ключевой кадр каждые',
    bits: 'битрейт',
    sound: 'звук',
    bFrames: 'B-кадры',
    transport: 'транспорт',
    first: 'первый кадр через',
    clock: 'часы камеры впереди наших на',
    age: 'возраст по часам камеры',
    advice: 'Советы',
    yes: 'да',
    no: 'нет',
    notKnown: 'неизвестно',
    fresh: 'свежий',
    stale: 'УСТАРЕЛ',
    unsure: 'нельзя определить',
    none: 'нет',
  },
  kk: {
    main: 'негізгі ағын',
    sub: 'шағын ағын',
    still: 'сурет',
    codec: 'кодек',
    size: 'өлшемі',
    rate: 'секундына кадр',
    keys: 'тірек кадр аралығы',
    bits: 'битрейт',
    sound: 'дыбыс',
    bFrames: 'B-кадрлар',
    transport: 'тасымал',
    first: 'алғашқы кадрға дейін',
    clock: 'камера сағаты біздікінен озық',
    age: 'камера сағаты бойынша жасы',
    advice: 'Кеңестер',
    yes: 'иә',
    no: 'жоқ',
    notKnown: 'белгісіз',
    fresh: 'жаңа',
    stale: 'ЕСКІРГЕН',
    unsure: 'анықтау мүмкін емес',
    none: 'жоқ',
  },
};

const advice: Readonly<Record<ProbeLanguage, Readonly<Record<AdviceKind, string>>>> = {
  en: {
    'long-key-interval':
      'A key frame comes only every {s} s: each look waits that long for its picture, and live view starts that late. Set the interval (GOP) to 2 s.',
    'unknown-key-interval':
      'In {s} s {keys} key frames came: the interval is longer than that. Set the interval (GOP) to 2 s, or looks will fail.',
    'h265-live':
      'H.265: looks and evidence work, but browsers do not play it live without transcoding, which costs CPU for each viewer’s camera. Set H.264 on one of the streams.',
    mjpeg: 'MJPEG at {kbit} kbit/s: many times the network load of H.264 for the same picture. Set H.264.',
    'b-frames':
      'B-frames delay the picture and break playing without transcoding in browsers. Switch them off (profile without B-frames).',
    'big-main':
      'The main stream is {size}: decoding it costs several times a 1080p look. Give the camera a small stream as well.',
    'sub-found': 'A small stream of {size} answers at {address}: enter it as sub_rtsp; watching then costs a fraction.',
    'no-sub':
      'No small stream is known: switch one on in the camera (640x360, 12 pictures a second) and enter it as sub_rtsp.',
    'high-bit-rate': '{kbit} kbit/s is more than a street needs; 2,000 to 4,000 at 1080p is enough.',
    'low-rate': '{fps} pictures a second: enough for looks, too few for watching a no-dump zone (5 or more).',
    'udp-only': 'It sends over UDP only: lost packets damage pictures. Allow RTP over TCP in the camera.',
    sound: 'It sends sound ({codec}). The product never takes it; switch it off in the camera.',
    'slow-first-picture':
      'The first picture came after {s} s: look at the network, the recorder’s load and the key frame interval.',
    'still-fresh': 'The still picture is of now: looks use it, at about half the cost of the stream.',
    'still-stale':
      'The still picture is old{age}: it is not used, looks take the stream. Restart the camera’s web service or correct its snapshot settings.',
    'still-unsure':
      'Nothing proves that the still picture is of now; it is used, and a frozen picture is found by the looks.',
    'no-still':
      'No still picture is known. If the camera offers one (ONVIF, discover), enter it as snapshot: looks then cost about half.',
    'clock-off':
      'The camera’s clock is {s} s off ours. Set NTP in the camera: evidence names our time, the picture’s own stamp would contradict it.',
  },
  ru: {
    'long-key-interval':
      'Ключевой кадр приходит раз в {s} с: столько каждый осмотр ждёт кадра и на столько позже начинается прямой просмотр. Установите интервал (GOP) 2 с.',
    'unknown-key-interval':
      'За {s} с пришло ключевых кадров: {keys}; интервал длиннее. Установите интервал (GOP) 2 с, иначе осмотры не удадутся.',
    'h265-live':
      'H.265: осмотры и доказательства работают, но браузеры не показывают его вживую без перекодирования, а оно стоит процессора на каждую просматриваемую камеру. Включите H.264 на одном из потоков.',
    mjpeg: 'MJPEG, {kbit} кбит/с: во много раз больше нагрузка на сеть при том же изображении. Включите H.264.',
    'b-frames':
      'B-кадры задерживают изображение и мешают показу в браузере без перекодирования. Отключите их (профиль без B-кадров).',
    'big-main':
      'Основной поток {size}: его декодирование в несколько раз дороже осмотра 1080p. Добавьте камере малый поток.',
    'sub-found':
      'Малый поток {size} отвечает по адресу {address}: внесите его в sub_rtsp; наблюдение станет в разы дешевле.',
    'no-sub': 'Малый поток неизвестен: включите его в камере (640x360, 12 кадров в секунду) и внесите в sub_rtsp.',
    'high-bit-rate': '{kbit} кбит/с — больше, чем нужно улице; для 1080p довольно 2000–4000.',
    'low-rate':
      'Кадров в секунду: {fps}. Для осмотров довольно, для наблюдения за зоной свалки мало (нужно 5 и больше).',
    'udp-only': 'Передаёт только по UDP: потерянные пакеты портят кадры. Разрешите в камере RTP поверх TCP.',
    sound: 'Передаёт звук ({codec}). Система его никогда не берёт; отключите его в камере.',
    'slow-first-picture':
      'Первый кадр пришёл через {s} с: проверьте сеть, загрузку регистратора и интервал ключевых кадров.',
    'still-fresh': 'Снимок свежий: осмотры берут его, это примерно вдвое дешевле потока.',
    'still-stale':
      'Снимок устарел{age}: он не используется, осмотры берут поток. Перезапустите веб-службу камеры или исправьте настройки снимка.',
    'still-unsure': 'Ничто не доказывает, что снимок свежий; он используется, застывшее изображение найдут осмотры.',
    'no-still':
      'Снимок неизвестен. Если камера его отдаёт (ONVIF, discover), внесите его в snapshot: осмотры станут примерно вдвое дешевле.',
    'clock-off':
      'Часы камеры расходятся с нашими на {s} с. Настройте в камере NTP: доказательства называют наше время, а отметка в кадре будет ему противоречить.',
  },
  kk: {
    'long-key-interval':
      'Тірек кадр {s} с сайын ғана келеді: әр қарау кадрды сонша күтеді, тікелей көру де сонша кеш басталады. Аралықты (GOP) 2 с етіп қойыңыз.',
    'unknown-key-interval':
      '{s} с ішінде келген тірек кадр саны: {keys}; аралық одан ұзақ. Аралықты (GOP) 2 с етіп қойыңыз, әйтпесе қараулар сәтсіз болады.',
    'h265-live':
      'H.265: қараулар мен дәлелдер жұмыс істейді, бірақ браузерлер оны қайта кодтаусыз тікелей көрсетпейді, ал ол әр көрілетін камераға процессор жұмсайды. Ағындардың бірінде H.264 қосыңыз.',
    mjpeg: 'MJPEG, {kbit} кбит/с: сол кескінге желі жүктемесі бірнеше есе көп. H.264 қосыңыз.',
    'b-frames':
      'B-кадрлар кескінді кешіктіреді және браузерде қайта кодтаусыз көрсетуге кедергі. Оларды өшіріңіз (B-кадрсыз профиль).',
    'big-main': 'Негізгі ағын {size}: оны декодтау 1080p қараудан бірнеше есе қымбат. Камераға шағын ағын қосыңыз.',
    'sub-found':
      '{size} шағын ағыны {address} мекенжайында жауап береді: оны sub_rtsp бағанына енгізіңіз; бақылау бірнеше есе арзандайды.',
    'no-sub': 'Шағын ағын белгісіз: камерада оны қосып (640x360, секундына 12 кадр), sub_rtsp бағанына енгізіңіз.',
    'high-bit-rate': '{kbit} кбит/с — көшеге керегінен көп; 1080p үшін 2000–4000 жеткілікті.',
    'low-rate': 'Секундына кадр саны: {fps}. Қарауға жетеді, қоқыс тастау аймағын бақылауға аз (5 не одан көп керек).',
    'udp-only':
      'Тек UDP арқылы жібереді: жоғалған пакеттер кадрларды бүлдіреді. Камерада TCP арқылы RTP-ге рұқсат беріңіз.',
    sound: 'Дыбыс жібереді ({codec}). Жүйе оны ешқашан алмайды; камерада өшіріңіз.',
    'slow-first-picture':
      'Алғашқы кадр {s} с кейін келді: желіні, тіркегіштің жүктемесін және тірек кадр аралығын тексеріңіз.',
    'still-fresh': 'Сурет жаңа: қараулар соны алады, бұл ағыннан шамамен екі есе арзан.',
    'still-stale':
      'Сурет ескірген{age}: ол пайдаланылмайды, қараулар ағынды алады. Камераның веб-қызметін қайта іске қосыңыз немесе сурет баптауын түзетіңіз.',
    'still-unsure':
      'Суреттің жаңа екенін ештеңе дәлелдемейді; ол пайдаланылады, қатып қалған кескінді қараулар табады.',
    'no-still':
      'Сурет мекенжайы белгісіз. Камера оны берсе (ONVIF, discover), snapshot бағанына енгізіңіз: қараулар шамамен екі есе арзандайды.',
    'clock-off':
      'Камера сағаты біздікінен {s} с айырмашылықта. Камерада NTP баптаңыз: дәлелдер біздің уақытты көрсетеді, кадрдағы белгі оған қайшы келеді.',
  },
};

const ages: Readonly<Record<ProbeLanguage, string>> = { en: ' ({s} s)', ru: ' ({s} с)', kk: ' ({s} с)' };

type Refused = Exclude<
  HealthState,
  'ok' | 'dark' | 'blurred' | 'blocked' | 'frozen' | 'overexposed' | 'obscured' | 'moved'
>;
const refused: Readonly<Record<ProbeLanguage, Readonly<Record<Refused, string>>>> = {
  en: {
    unknown: 'could not be asked',
    unreachable: 'cannot be reached',
    refused: 'refuses',
    'needs-sign-in': 'asks for a sign-in',
    'not-found': 'has no such stream or picture',
    busy: 'has no room',
    silent: 'is silent',
    'no-key-frame': 'sends no key frame',
    garbage: 'sends what is no picture',
    crashed: 'ended the process that asked it',
  },
  ru: {
    unknown: 'не удалось спросить',
    unreachable: 'недоступна',
    refused: 'отказывает',
    'needs-sign-in': 'требует входа',
    'not-found': 'нет такого потока или снимка',
    busy: 'занята',
    silent: 'молчит',
    'no-key-frame': 'не шлёт ключевых кадров',
    garbage: 'шлёт не изображение',
    crashed: 'её ответ прервал процесс опроса',
  },
  kk: {
    unknown: 'сұрау мүмкін болмады',
    unreachable: 'қолжетімсіз',
    refused: 'бас тартады',
    'needs-sign-in': 'кіруді талап етеді',
    'not-found': 'мұндай ағын не сурет жоқ',
    busy: 'бос емес',
    silent: 'жауап бермейді',
    'no-key-frame': 'тірек кадр жібермейді',
    garbage: 'кескін емес нәрсе жібереді',
    crashed: 'жауабы сұрау процесін үзді',
  },
};

const filled = (text: string, of: Advice['of']): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(of[name] ?? ''));

/** The name of a fact. */
export const factWord = (language: ProbeLanguage, name: FactName): string => facts[language][name];

/** One piece of advice as a sentence. */
export const adviceWords = (language: ProbeLanguage, { kind, of }: Advice): string =>
  filled(filled(advice[language][kind], { ...of, age: 's' in of ? ages[language] : '' }), of);

const isRefused = (language: ProbeLanguage, state: HealthState): state is Refused => state in refused[language];

/** Why a camera could not be asked, in a few words. */
export const refusedWords = (language: ProbeLanguage, state: HealthState): string =>
  isRefused(language, state) ? refused[language][state] : state;
