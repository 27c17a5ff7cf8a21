// What each number of the numbers page means, in an operator's words: shown one press away, printed, and written into the export.
import type { NumbersWords } from '../contract.ts';

export const numbersWords = [
  {
    key: 'right',
    name: { kk: 'Дұрыс дабылдар үлесі', ru: 'Доля верных тревог', en: 'Share of right alarms' },
    means: {
      kk: 'Кезең ішінде адам шешім қабылдаған камера дабылдарының қаншасы қабылданбады деп белгіленбегені. Басқа қауіп ретінде расталған дабыл қате саналады. Тұтас шешілген жаппай жағдай бір дабыл болып есептеледі. n — шешілген дабылдар саны.',
      ru: 'Какая часть тревог камер, по которым люди решили за период, не была отклонена. Тревога, подтверждённая как другая опасность, считается неверной. Массовый инцидент, решённый целиком, — одна тревога. n — сколько тревог решено.',
      en: 'Of the camera alarms that people decided in the period, the part that was not rejected. An alarm confirmed as another hazard counts as wrong. A mass incident decided as a whole is one alarm. n is how many were decided.',
    },
  },
  {
    key: 'interval',
    name: { kk: '95 % аралығы', ru: 'Интервал 95 %', en: '95 % interval' },
    means: {
      kk: 'Шынайы үлес қай аралықта жатқаны (Уилсон формуласы). n 30-дан аз болса, алдымен аралық көрсетіледі, ал үлес сұр түспен беріледі: ол бойынша қорытынды жасауға ерте.',
      ru: 'В каких пределах лежит истинная доля (формула Уилсона). Если n меньше 30, сначала показан интервал, а доля дана серым: судить по ней рано.',
      en: 'Between which bounds the true share lies (Wilson’s formula). Under n = 30 the interval comes first and the share is grey: it is too early to judge by it.',
    },
  },
  {
    key: 'missed',
    name: { kk: 'Байқалмай қалғаны', ru: 'Пропущено', en: 'Missed' },
    means: {
      kk: 'Адам қолмен немесе азаматтың өтініші бойынша ашқан, ал камера сол жерді көріп, бағалай алғанымен, алдыңғы тәулікте дабыл бермеген жағдайлар. Адамдар да байқамағаны мұнда жоқ.',
      ru: 'Инциденты, открытые человеком вручную или по обращению, когда камера видела место и могла судить, но за сутки до этого тревоги не дала. Того, чего не заметили и люди, здесь нет.',
      en: 'Incidents that a person opened by hand or from an appeal where a camera had the place in view and could judge it, and had raised nothing within the day before. What people did not notice either is not here.',
    },
  },
  {
    key: 'upkeep',
    name: { kk: 'Қала шаруашылығы мәселелері', ru: 'Вопросы городского хозяйства', en: 'Issues of the city’s upkeep' },
    means: {
      kk: 'Кезең ішінде адамдар қолмен ашқан, камералар іздемейтін мәселелер: шамдар, шұңқырлар, ағаштар. Дабылдардың дұрыстығына, байқалмағандарға және орындау уақытына қосылмайды.',
      ru: 'Что люди за период открыли вручную из того, чего камеры не ищут: фонари, ямы, деревья. В долю верных тревог, в пропущенное и во время исполнения не входит.',
      en: 'What people opened by hand in the period of the things that cameras do not look for: lamps, potholes, trees. It is in no share of right alarms, in nothing missed and in no time of work.',
    },
  },
  {
    key: 'second',
    name: { kk: 'Екінші қараулар сәйкестігі', ru: 'Согласие вторых осмотров', en: 'Second looks agree' },
    means: {
      kk: 'Жиырма шешімнің бірі басқа орынға бірінші шешімі көрсетілмей беріледі. Екі адамның пікірі қаншасында бірдей болғаны; «сенімді емеспін» деген жауап есепке кірмейді. Бұл адамдарды емес, тапсырманың қиындығын көрсетеді.',
      ru: 'Одно решение из двадцати вслепую показывают на другом месте. Как часто двое сказали одно и то же; ответ «не уверен» не считается. Это мера трудности вопроса, а не людей.',
      en: 'One verdict in twenty is put blind before another seat. How often two people said the same; “unsure” does not count. It measures how hard the question is, not the people.',
    },
  },
  {
    key: 'cameras',
    name: { kk: 'Қате дабылы көп камералар', ru: 'Камеры с неверными тревогами', en: 'Cameras with wrong alarms' },
    means: {
      kk: 'Дұрыс дабылдар үлесі әр камера бойынша, қатесі көптері бірінші. «Он камера» — қате дабылдардың қанша бөлігін ең көп қателескен он камера бергені.',
      ru: 'Доля верных тревог по каждой камере, сначала те, у кого больше неверных. «Десять камер» — какую часть неверных тревог дали десять худших.',
      en: 'The share of right alarms of each camera, those with the most wrong ones first. “Ten cameras” says which part of the wrong alarms came from the ten worst.',
    },
  },
  {
    key: 'seen-raised',
    name: { kk: 'Көргеннен хабарлағанға дейін', ru: 'От первого осмотра до тревоги', en: 'Seen to raised' },
    means: {
      kk: 'Қауіп байқалған алғашқы қараудан операторларға дабыл берілгенге дейінгі уақыт. Кезең ішінде алғаш рет берілген дабылдар бойынша.',
      ru: 'От первого осмотра, где замечена опасность, до тревоги операторам. По тревогам, впервые поднятым за период.',
      en: 'From the first look that said hazard until it was put before people. Alarms first raised in the period.',
    },
  },
  {
    key: 'raised-verdict',
    name: { kk: 'Дабылдан шешімге дейін', ru: 'От тревоги до решения', en: 'Raised to verdict' },
    means: {
      kk: 'Дабыл берілгеннен адам растағанға немесе қабылдамағанға дейінгі уақыт, кезекте күту де кіреді. Жеке адамдар бойынша есептелмейді де, көрсетілмейді де.',
      ru: 'От тревоги до подтверждения или отклонения человеком, вместе с ожиданием в очереди. По отдельным людям не считается и не показывается.',
      en: 'From the alarm until a person confirmed or rejected it, waiting in the queue included. It is neither counted nor shown per person.',
    },
  },
  {
    key: 'picture-verdict',
    name: { kk: 'Суреттен пернеге дейін', ru: 'От снимка до клавиши', en: 'Picture to key' },
    means: {
      kk: 'Сурет экранға шыққаннан шешім пернесі басылғанға дейінгі уақыт, бәрі бойынша бірге. Кемінде үш адамның шешімі болғанда ғана көрсетіледі; тізімде жеке уақыттар жоқ, өйткені бұл адамның жылдамдығы болар еді.',
      ru: 'От показа снимка до клавиши решения, по всем вместе. Показано, только если решали не меньше трёх человек; в списке отдельных времён нет: это была бы скорость человека.',
      en: 'From the picture on the screen to the key of the verdict, of all together. Shown only where at least three people decided; its list has no single times, because they would be a person’s own speed.',
    },
  },
  {
    key: 'verdict-taken',
    name: { kk: 'Шешімнен қабылдауға дейін', ru: 'От решения до принятия', en: 'Verdict to taken' },
    means: {
      kk: 'Тапсырма жасалғаннан (шешіммен бірге жасалады) мекеме оны қабылдағанға дейінгі уақыт. Тек негізгі орындаушылар бойынша; қайта бағытталған тапсырма жаңасы ретінде саналады.',
      ru: 'От создания задания (оно создаётся вместе с решением) до принятия ведомством. Только основные исполнители; перенаправленное задание считается новым.',
      en: 'From the making of the task, which comes with the verdict, until the agency took it. Main executors only; a rerouted task counts anew.',
    },
  },
  {
    key: 'taken-fixed',
    name: { kk: 'Қабылдаудан жоюға дейін', ru: 'От принятия до устранения', en: 'Taken to fixed' },
    means: {
      kk: 'Мекеме қабылдағаннан орындалуы расталғанға дейінгі уақыт, қауіптілік деңгейі бойынша. Расталмаған «орындалды» деген хабар есепке кірмейді.',
      ru: 'От принятия ведомством до подтверждённого выполнения, по степени опасности. Заявленное, но не подтверждённое выполнение не считается.',
      en: 'From the taking by the agency until the work was verified, by severity. Work reported done but not verified does not count.',
    },
  },
  {
    key: 'load',
    name: {
      kk: 'Бір орынға 10 минуттағы дабыл',
      ru: 'Тревог на место за 10 минут',
      en: 'Alarms per seat per 10 minutes',
    },
    means: {
      kk: 'Операторларға берілген дабылдар (камера жағдайлары мен жаңа жаппай жағдайлар) орын саны мен уақытқа бөлінеді. Ең көбі — бір дабылдан басталатын 10 минуттың ең ауыры. Мөлшер: орташа есеппен 1-ден аспауы керек.',
      ru: 'Тревоги, показанные операторам (инциденты камер и новые массовые), делённые на число мест и время. Наибольшее — самые тяжёлые 10 минут, начиная с любой тревоги. Норма: в среднем не больше 1.',
      en: 'Alarms put before operators (incidents of cameras and new mass incidents) over seats and time. The most is the hardest 10 minutes that begin with an alarm. The budget is 1 on average.',
    },
  },
  {
    key: 'seats',
    name: { kk: 'Орындар', ru: 'Места', en: 'Seats' },
    means: {
      kk: 'Кім қай орында отырғаны жазылмайды, сондықтан орындар шешімдер бойынша есептеледі: адам өзінің әр шешімінен 30 минут бұрын және 30 минут кейін орнында деп саналады. Кемінде бір орын бар деп есептеледі.',
      ru: 'Кто за каким местом сидел, не записывается, поэтому места считаются по решениям: человек на месте за 30 минут до и 30 минут после каждого своего решения. Не меньше одного места.',
      en: 'Who sat where is not kept, so seats are counted from verdicts: a person is at a seat for 30 minutes before and after each of their verdicts. There is at least one.',
    },
  },
  {
    key: 'flood',
    name: { kk: 'Дабыл тасқыны', ru: 'Вал тревог', en: 'Alarm flood' },
    means: {
      kk: 'Барлық орынға 10 минутта 10-нан көп дабыл келгенде басталып, 10 минутта 5-тен аз болғанда бітеді. Пульттегідей ереже. Мөлшер: уақыттың 1 %-ынан аз.',
      ru: 'Начинается, когда за 10 минут пришло больше 10 тревог на все места, и кончается, когда их меньше 5. То же правило, что на пульте. Норма: меньше 1 % времени.',
      en: 'Begins when more than 10 alarms came to all seats in 10 minutes, ends when fewer than 5 did. The desk’s own rule. The budget is under 1 % of the time.',
    },
  },
  {
    key: 'mix',
    name: { kk: 'Деңгейлер үлесі', ru: 'Доли степеней', en: 'Mix of severities' },
    means: {
      kk: 'Берілген дабылдардың қауіптілік деңгейі бойынша бөлінуі. Мөлшер: аса қауіпті 5 %, жоғары 15 %, қалғаны 80 % шамасында.',
      ru: 'Как поднятые тревоги делятся по степени опасности. Норма: критических около 5 %, высоких 15 %, остальных 80 %.',
      en: 'How the alarms divide by severity. The budget is near 5 % critical, 15 % high, 80 % the rest.',
    },
  },
  {
    key: 'eyes',
    name: { kk: 'Камералар қазір', ru: 'Камеры сейчас', en: 'Cameras now' },
    means: {
      kk: 'Соңғы қарауы жарамды камералар саны. Үнсіз камера — бір сағат бойы бірде-бір жарамды қарауы жоғы. Қарау жасы — соңғы қараудан бері өткен уақыт. Бұл — осы сәттегі жағдай, кезеңнің емес.',
      ru: 'Сколько камер годны по последнему осмотру. Молчит — без единого годного осмотра за час. Возраст осмотра — сколько прошло с последнего. Это состояние сейчас, а не за период.',
      en: 'Cameras whose last look was good. Silent: not one good look within an hour. Age of a look: time since the last one. This is now, not the period.',
    },
  },
  {
    key: 'ground',
    name: { kk: 'Бағалауға болатын аймақтар', ru: 'Зоны, по которым можно судить', en: 'Ground judged' },
    means: {
      kk: 'Осы қауіп бақыланатын аймақтардың қаншасында камера қазір «бар» немесе «жоқ» дей алады. Көре алмаған камера ешқашан «таза» деп саналмайды.',
      ru: 'Для какой части зон, где следят за этой опасностью, камера сейчас может сказать «есть» или «нет». Камера, которая не смогла увидеть, никогда не считается «чисто».',
      en: 'Of the zones watched for this hazard, how many a camera can judge now as hazard or clear. A camera that could not see never counts as clear.',
    },
  },
  {
    key: 'looks',
    name: { kk: 'Бағаланған қараулар', ru: 'Осмотры с ответом', en: 'Looks judged' },
    means: {
      kk: 'Кезең ішіндегі қараулардың қаншасында қауіптің бар-жоғын айтуға болғаны. Екі күннен ұзақ кезең UTC тәуліктерімен саналады.',
      ru: 'В какой части осмотров за период можно было сказать, есть ли опасность. Период дольше двух дней считается сутками UTC.',
      en: 'Of the looks of the period, how many could say whether the hazard was there. Periods over two days are counted by days of UTC.',
    },
  },
  {
    key: 'held',
    name: { kk: 'Хабарланбаған', ru: 'Почти тревоги', en: 'Almost raised' },
    means: {
      kk: 'Байқалып, операторларға хабарланбаған жағдайлар және оны тоқтатқан ереже. Бір орындағы қатарынан бірнеше қарау — бір жағдай.',
      ru: 'Что было замечено, но не показано операторам, и какое правило это остановило. Несколько осмотров подряд в одном месте — один случай.',
      en: 'What was seen and not put before operators, and the rule that stopped it. Looks in a row at one place are one episode.',
    },
  },
  {
    key: 'silenced',
    name: { kk: 'Қазір тынышталған', ru: 'Сейчас приглушено', en: 'Quieted now' },
    means: {
      kk: 'Қабылданбағаннан кейін белгілі уақытқа дейін қайта хабарланбайтын орындар, камера бойынша кейінге қалдырылған қауіптер және кейінге қалдырылған жағдайлар. Осы сәттегі саны.',
      ru: 'Места, где после отклонения до срока не поднимают тревогу снова, опасности, отложенные на камерах, и отложенные инциденты. Сколько их сейчас.',
      en: 'Places that are not raised again for a time after a rejection, hazards that were put off at cameras, and shelved incidents. How many there are now.',
    },
  },
  {
    key: 'node',
    name: { kk: 'Үнсізі ең көп түйін', ru: 'Худший узел', en: 'Worst node' },
    means: {
      kk: 'Үнсіз камерасы ең көп жазғыш немесе желі: камераларға жол сол арқылы өтеді. Кемінде төрт үнсіз камерасы бар түйін ғана көрсетіледі.',
      ru: 'Регистратор или сеть, через которые идут к камерам, где молчит больше всего камер. Показан узел, где молчат хотя бы четыре.',
      en: 'The recorder or network on the way to the cameras with the most silent ones. A node is shown with at least four of them silent.',
    },
  },
  {
    key: 'round',
    name: { kk: 'Айналым уақыты', ru: 'Время круга', en: 'Round time' },
    means: {
      kk: 'Соңғы сағатта камералардың 95 %-ына осы уақытта немесе жиірек бір рет қаралды: сағат камераның қарау санына бөлінеді. Қаралмаған камера бір сағат деп саналады.',
      ru: 'За последний час 95 % камер осматривали раз за это время или чаще: час, делённый на число осмотров камеры. Камера без осмотров считается за час.',
      en: 'Within the last hour 95 % of the cameras were looked at once in this time or oftener: an hour by the number of a camera’s looks. A camera without any counts as an hour.',
    },
  },
  {
    key: 'cpu',
    name: { kk: 'Бір қараудың процессор уақыты', ru: 'Процессор на осмотр', en: 'CPU per look' },
    means: {
      kk: 'Соңғы он минутта өз үдерісінде жалғыз болған қараулардың жартысы осыдан аспады. n — өлшенген қараулар саны.',
      ru: 'Половина осмотров за последние десять минут, которые были одни в своём процессе, заняла не больше. n — сколько измерено.',
      en: 'Half of the looks of the last ten minutes that were alone in their process took no more. n is how many were measured.',
    },
  },
  {
    key: 'score',
    name: { kk: 'Мекеме рейтингі', ru: 'Рейтинг ведомства', en: 'Agency score' },
    means: {
      kk: 'Мерзімі осы айға түскен тапсырмалардың қаншасы уақытында, бірінші мәлімдемемен орындалып, қайта ашылмағаны; көрсетілетіні — 95 % аралығының төменгі шегі (Уилсон). Уақытында дегені — бригада орындадым деген сәт: біздің тексеруіміз мекеменің уақыты емес. Есепке кірмейді: қабылдау мерзімі ішінде қайтарылған не даулы жұмыс, біз әлі тексермеген жұмыс, күші жойылған тапсырма. Камера қателесіп қайтарған жұмыс мекемеге қарсы саналмайды. n 5-тен аз болса, рейтинг те, орын да жоқ.',
      ru: 'Какая часть заданий, срок которых пришёлся на этот месяц, выполнена в срок, с первого раза и не открыта снова; показана нижняя граница интервала 95 % (Уилсон). Вовремя — это когда сообщила бригада: наша проверка не время ведомства. Не считаются: отказ в срок принятия и спорное, то, что мы ещё не проверили, отменённое. Возврат, в котором ошиблась камера, против ведомства не считается. При n меньше 5 нет ни рейтинга, ни места.',
      en: 'Of the tasks whose deadline fell into this month, the part done in time, at the first claim, and not reopened; shown is the lower bound of the 95 % interval (Wilson). In time is when the crew said so: our checking is not the agency’s time. Not counted: refused within the time to accept or disputed, not yet looked at by us, called off. What the camera gave back wrongly does not count against an agency. Under n = 5 there is neither score nor place.',
    },
  },
  {
    key: 'score-index',
    name: { kk: 'Индекс және орын', ru: 'Индекс и место', en: 'Index and place' },
    means: {
      kk: '100 · (0,60 · уақытында және бірінші рет + 0,25 · қайта ашылмағаны + 0,15 · уақытында қабылданғаны), әрқайсысы төменгі шегімен. Орын тек салыстыруға болатын мекемелер арасында беріледі: түрі бір, ал әкімдіктерден басқасында жұмысының көбі бір қауіпке қатысты.',
      ru: '100 · (0,60 · в срок и с первого раза + 0,25 · не открыто снова + 0,15 · принято в срок), каждое по нижней границе. Место — только среди сравнимых: одного вида, а кроме акиматов и с одной главной опасностью.',
      en: '100 · (0.60 · in time and at once + 0.25 · not reopened + 0.15 · taken in time), each by its lower bound. The place is among agencies that can be compared: of one kind, and but for akimats with most of their work of one hazard.',
    },
  },
  {
    key: 'score-frozen',
    name: { kk: 'Бекітілген ай', ru: 'Месяц закрыт', en: 'Frozen month' },
    means: {
      kk: 'Ай келесі айдың бесінші жұмыс күнінің соңында бекітіледі, содан кейін сандары өзгермейді. Кейін басқаша болып шыққан тапсырмалар бөлек, «кейін түзетілді» деп көрсетіледі.',
      ru: 'Месяц закрывается в конце пятого рабочего дня следующего, и после этого его числа не меняются. Задания, по которым потом вышло иначе, показаны отдельно: «исправлено позже».',
      en: 'A month is frozen at the end of the fifth working day of the next one; after that its figures never change. Tasks that came out otherwise later are shown apart as corrected.',
    },
  },
  {
    key: 'before',
    name: { kk: 'Салыстыру', ru: 'Сравнение', en: 'Comparison' },
    means: {
      kk: 'Алдыңғы күнмен, аптамен немесе аймен; маусым — өткен жылғы сол маусыммен. Кезең әлі аяқталмаса, екеуі де басынан бірдей уақытқа дейін саналады.',
      ru: 'С днём, неделей или месяцем раньше; сезон — с тем же сезоном год назад. Если период ещё идёт, оба считаются от начала на одинаковое время.',
      en: 'With the day, week or month before; a season with the same season a year earlier. While a period runs, both are counted over the same time from their beginning.',
    },
  },
] as const satisfies NumbersWords;

export type NumbersWordKey = (typeof numbersWords)[number]['key'];
