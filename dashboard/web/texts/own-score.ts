// Texts of an agency's own score in three languages. The English table names the keys.
import type { Text } from './index.ts';

export const ownScoreEn = {
  'may.see-own-score': "see one's agency's own score",
  'own.link': 'Our score by month',
  'own.title': 'Our score',
  'own.waiting': 'The score is being counted.',
  'own.month': 'Month',
  'own.none': 'No task of ours had its deadline in this month.',
  'own.few': 'Not enough data: there is a score from {n} tasks on.',
  'own.of': 'at least: {k} of {n} in time, at once',
  'own.part': '{k} of {n}',
  'own.before': 'claimed {span} before it',
  'own.after': 'claimed {span} after it',
  'own.more': 'There are more tasks than are listed here.',
  'own.rules': 'What is counted',
  'own.rule.count':
    'Tasks of the main executor whose deadline fell into the month. Copies do not count, nor does what was called off.',
  'own.rule.good':
    'In time and at once: claimed before the deadline, not given back, not reopened. The moment of the claim counts, not that of our check.',
  'own.rule.not':
    'Not counted: handed on within the time to accept, disputed until it is decided, claimed in time and not yet checked by us.',
  'own.rule.bound':
    'What is shown is the lower bound of the share (95 %): with few tasks it is lower, and it rises with each one done in time.',
  'own.rule.alone': 'You see your own agency alone. The month is closed at the end of the fifth working day after it.',
  'own.contest': 'How to contest',
  'own.way.owner':
    'It is not ours: press “Not ours” within the time to accept and say whose it is. Until the controller has decided, it does not count.',
  'own.way.camera':
    'The camera says “not done”, but it is: send it as done again, with a photo, and call the controller. A person decides; if the camera was wrong, its return does not count.',
  'own.way.returned':
    'A person gave it back wrongly, or the deadline is wrong: call the controller of the centre with the number of the task.',
  'own.way.frozen':
    'After the closing the figures of the month stay; what came out otherwise later stands beside them as a correction.',
} as const satisfies Record<string, Text>;

type OwnScoreTexts = { readonly [K in keyof typeof ownScoreEn]: Text };

export const ownScoreRu: OwnScoreTexts = {
  'may.see-own-score': 'видеть рейтинг своего ведомства',
  'own.link': 'Наш рейтинг по месяцам',
  'own.title': 'Наш рейтинг',
  'own.waiting': 'Рейтинг считается.',
  'own.month': 'Месяц',
  'own.none': 'В этом месяце не наступил срок ни одного нашего задания.',
  'own.few': 'Недостаточно данных: рейтинг считается, если заданий не меньше {n}.',
  'own.of': 'не ниже: в срок и с первого раза {k} из {n}',
  'own.part': '{k} из {n}',
  'own.before': 'сдано раньше на {span}',
  'own.after': 'сдано позже на {span}',
  'own.more': 'Заданий больше, чем показано.',
  'own.rules': 'Что считается',
  'own.rule.count':
    'Задания основного исполнителя, срок которых пришёлся на этот месяц. Копии и отменённые задания не считаются.',
  'own.rule.good':
    'В срок и с первого раза: сдано до срока, не возвращали, не открывали снова. Важен момент сдачи, а не нашей проверки.',
  'own.rule.not':
    'Не считается: переданное другому за время на приём, спорное — пока не решено, сданное в срок и ещё не проверенное нами.',
  'own.rule.bound':
    'Показана нижняя граница доли (95 %): когда заданий мало, она ниже; с каждым выполненным в срок она растёт.',
  'own.rule.alone': 'Вы видите только своё ведомство. Месяц закрывается в конце пятого рабочего дня следующего месяца.',
  'own.contest': 'Как оспорить',
  'own.way.owner':
    'Задание не ваше: нажмите «Не наше» за время на приём и укажите, чьё оно. Пока контролёр не решил, оно не считается.',
  'own.way.camera':
    'Камера показывает «не сделано», а работа сделана: сдайте ещё раз, с фото, и позвоните контролёру. Решит человек; если камера ошиблась, её возврат не считается.',
  'own.way.returned':
    'Возвратил человек, и вы не согласны, или срок неверен: позвоните контролёру центра и назовите номер задания.',
  'own.way.frozen': 'После закрытия числа месяца не меняются; что потом оказалось иначе, стоит рядом как исправление.',
};

export const ownScoreKk: OwnScoreTexts = {
  'may.see-own-score': 'өз мекемесінің рейтингін көру',
  'own.link': 'Біздің рейтинг, айлар бойынша',
  'own.title': 'Біздің рейтинг',
  'own.waiting': 'Рейтинг есептелуде.',
  'own.month': 'Ай',
  'own.none': 'Бұл айда бірде-бір тапсырмамыздың мерзімі келген жоқ.',
  'own.few': 'Деректер жеткіліксіз: рейтинг үшін кемінде {n} тапсырма керек.',
  'own.of': 'кемінде осынша; уақытында, бірінші рет: {k} / {n}',
  'own.part': '{k} / {n}',
  'own.before': 'мерзімнен {span} бұрын өткізілді',
  'own.after': 'мерзімнен {span} кейін өткізілді',
  'own.more': 'Тапсырмалар мұнда көрсетілгеннен көп.',
  'own.rules': 'Не есептеледі',
  'own.rule.count':
    'Мерзімі осы айға келген, негізгі орындаушыға берілген тапсырмалар. Көшірмелер мен күші жойылғандары есептелмейді.',
  'own.rule.good':
    'Уақытында, бірінші рет: мерзімінен бұрын өткізілген, қайтарылмаған, қайта ашылмаған. Біз тексерген сәт емес, өткізілген сәт есептеледі.',
  'own.rule.not':
    'Есептелмейді: қабылдау уақытында басқаға берілгені; даулысы, шешілгенге дейін; уақытында өткізіліп, біз әлі тексермегені.',
  'own.rule.bound':
    'Үлестің төменгі шегі (95 %) көрсетіледі: тапсырма аз болса, ол төмен; уақытында орындалған әр тапсырмамен өседі.',
  'own.rule.alone': 'Сіз тек өз мекемеңізді көресіз. Ай келесі айдың бесінші жұмыс күнінің соңында бекітіледі.',
  'own.contest': 'Қалай дауласуға болады',
  'own.way.owner':
    'Тапсырма сіздікі емес: қабылдау уақытында «Біздікі емес» түймесін басып, кімдікі екенін көрсетіңіз. Бақылаушы шешкенше ол есептелмейді.',
  'own.way.camera':
    'Камера «орындалмады» дейді, ал жұмыс істелген: фотомен қайта өткізіп, бақылаушыға қоңырау шалыңыз. Адам шешеді; камера қателессе, оның қайтаруы есептелмейді.',
  'own.way.returned':
    'Адам қайтарды, сіз келіспейсіз немесе мерзім қате: орталық бақылаушысына қоңырау шалып, тапсырма нөмірін айтыңыз.',
  'own.way.frozen': 'Бекітілгеннен кейін айдың сандары өзгермейді; кейін басқаша шыққаны қасында түзету болып тұрады.',
};
