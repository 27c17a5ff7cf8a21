// What a refusal of the server says on the screens, in three languages: one sentence for each code, and one for each reason of
// dashboard/problem-reasons.ts. Each says what happened and what to do.
import type { Text } from './index.ts';

export const problemsEn = {
  'problem.detail': 'Details for the engineer',
  'problem.number': 'Number of the request: {id}',
  'problem.unknown':
    'The server refused, and its answer cannot be read here. Reload the page; if it happens again, show the details below to your engineer.',
  'problem.unreadable':
    'The server answered in a form that this page does not know. Reload the page; if it happens again, tell your engineer.',
  'problem.first': 'Somebody has decided already: {who}, {time}. Look again.',
  'problem.wait': 'Try again in {span}.',
  'problem.code.CONFIG_INVALID': 'A setting of the server cannot be used. Give your engineer this number: {request}.',
  'problem.code.CONFIG_MISSING':
    'A file or a secret that the server needs is not there. Give your engineer this number: {request}.',
  'problem.code.PART_MISSING':
    'A part of the installation is missing on the server. Give your engineer this number: {request}.',
  'problem.code.STORE_UNREACHABLE':
    'The database does not answer. Try again in a minute; if it stays so, give your engineer this number: {request}.',
  'problem.code.STORE_NEWER':
    'The database is of a newer version than the server. Give your engineer this number: {request}.',
  'problem.code.STORE_CHANGED':
    'A record in the database is not what it should be. Give your engineer this number: {request}.',
  'problem.code.CAMERA_UNKNOWN': 'There is no such camera. Choose one from the list of cameras.',
  'problem.code.CAMERA_ADDRESS': 'The address of this camera is of a kind that is never opened. Correct the address.',
  'problem.code.MODEL_CHANGED':
    'A model on the server is not the one it should be. Give your engineer this number: {request}.',
  'problem.code.MODEL_REFUSED':
    'A model on the server gave an answer that cannot be used. Give your engineer this number: {request}.',
  'problem.code.PICTURE_REFUSED': "The picture could not be read. Send the photo as the phone's camera made it.",
  'problem.code.INCIDENT_UNKNOWN': 'There is no such incident, or it is not shown to your role. Go back to the list.',
  'problem.code.INCIDENT_CHANGED': 'It has changed meanwhile: somebody or the camera was first. Look again.',
  'problem.code.MOVE_UNLAWFUL': 'This step is not possible from the present state. Look again.',
  'problem.code.TASK_UNKNOWN': 'There is no such task, or it is not yours. Go back to the list.',
  'problem.code.ROUTE_MISSING':
    'No rule says which agency gets this. Tell the controller or the administrator of the system; number: {request}.',
  'problem.code.CLIP_UNKNOWN': 'There is no such clip, or it is not sealed yet. Go back to the violation.',
  'problem.code.EVIDENCE_BROKEN':
    'A sealed file is not what its seal says. Do not use it and give your engineer this number: {request}.',
  'problem.code.FILE_MISSING':
    'This picture is not kept any more, or it is not shown to your role. Pictures are kept for 48 hours.',
  'problem.code.DELIVERY_REFUSED':
    'The task could not be delivered. Try again later; if it stays so, give your engineer this number: {request}.',
  'problem.code.AUTH_NEEDED': 'You are not signed in any more. Sign in and try again.',
  'problem.code.AUTH_WRONG': 'Login or password are wrong. Try again, or ask the administrator of the system.',
  'problem.code.AUTH_DENIED':
    'Your role may not do this. If you need it, ask the administrator of the system for the role.',
  'problem.code.REQUEST_INVALID': 'The server did not understand the request. Reload the page and try again.',
  'problem.code.NOT_FOUND':
    'It is not there: it was removed, or the address is wrong. Go back and choose from the list.',
  'problem.code.BUSY': 'Too many requests from this place. Wait a minute and try again.',
  'problem.code.INTERNAL': 'A fault of the server; it is written down. Give your engineer this number: {request}.',
  'problem.camera-gone': 'There is no camera {camera}. Choose one from the list of cameras.',
  'problem.appeal-gone': 'There is no such appeal. Look for it in the list of appeals.',
  'problem.place-removed': '{id} was removed meanwhile. It can be restored from its history.',
  'problem.proposal-gone': 'This proposal was decided already, or its time is over. Load the list again.',
  'problem.verdict-gone': 'You gave no such verdict. Only your own last verdicts can be taken back.',
  'problem.violation-gone': 'There is no such violation, or it is not under review. Go back to the list.',
  'problem.person-gone': 'There is no such person. Load the list again.',
  'problem.session-ended': 'This session has ended already. Load the list again.',
  'problem.link-none': 'This person has no open link. Load the list again.',
  'problem.link-used':
    'This link was used already, or its time is over. Ask the administrator of the system for a new one.',
  'problem.provider-none': 'No city account is set up here. Sign in by password.',
  'problem.handover-gone': 'There is no such handover. Load the page again.',
  'problem.version-gone': 'There is no such version. Choose another one of the history.',
  'problem.still-none': 'No picture of this camera is kept now. Wait for the next look.',
  'problem.mark-unsealed': 'This clip is not sealed yet. Only what a sealed clip shows can be marked.',
  'problem.mark-custody': 'The custody log of this clip is broken. It is for viewing only.',
  'problem.mark-unplayed': 'You have not played this clip. Play it first, then mark what it shows.',
  'problem.mark-article': 'This article was not in force on the day of the clip. Choose one of the list.',
  'problem.mark-twice': 'This article is under review on this clip already. Open it in the list.',
  'problem.issue-gone': 'The city’s tree has no such issue any more. Reload the page and choose it in the list.',
  'problem.still-held': 'The held picture is not kept any more. Raise the incident without the picture.',
  'problem.clip-file': 'The file of this clip is not there. Tell your engineer.',
  'problem.incident-changed': 'Incident #{number} has changed: it is now “{incidentState}”. Look again.',
  'problem.task-changed': 'Task #{number} has changed: it is now “{taskState}”. Look again.',
  'problem.violation-changed': 'Violation #{number} has changed meanwhile. Look again.',
  'problem.mass-changed': 'Mass incident M{number} has changed meanwhile. Look again.',
  'problem.rules-behind':
    'Other rules were published since this was made. Look at those that hold now, then make the change anew.',
  'problem.place-changed': 'Somebody changed {id} meanwhile. Look at what it is now, then make your change anew.',
  'problem.undo-late':
    'The time to take it back is over. Open the incident and decide again, or ask the controller to cancel the task.',
  'problem.undo-changed':
    'The verdict on incident #{number} cannot be taken back: it has changed since. Open it and decide again.',
  'problem.undo-sent':
    'The verdict on incident #{number} cannot be taken back: its task is sent. Ask the controller to cancel the task.',
  'problem.undo-second': 'The time to take it back is over. Go on with the next one.',
  'problem.undo-by-hand': 'Incident #{number} can no longer be taken back. Ask the shift lead to close it.',
  'problem.not-by-hand': 'You raised no such incident by hand. Go back to the list.',
  'problem.appeal-closed':
    'Incident #{number} is “{incidentState}”: no appeal can be linked to it. Look for an open one.',
  'problem.merge-closed': 'Incident #{number} is “{incidentState}”: nothing can be merged into it. Choose an open one.',
  'problem.mass-ended': 'Mass incident M{number} has ended. Look at the queue again.',
  'problem.incident-role':
    'Incident #{number}: your role may not move it from “{incidentState}” to “{incidentStateTo}”. Ask the shift lead.',
  'problem.incident-needs':
    'Incident #{number} cannot go from “{incidentState}” to “{incidentStateTo}” yet: something that this step needs is missing. Check reason, words and time, then try again.',
  'problem.incident-step':
    'Incident #{number} cannot go from “{incidentState}” to “{incidentStateTo}”: there is no such step. Look at it again.',
  'problem.role-other': 'Your role may not raise this. Ask the shift lead.',
  'problem.task-role':
    'Task #{number}: your role may not move it from “{taskState}” to “{taskStateTo}”. Ask the controller.',
  'problem.task-step':
    'Task #{number} cannot go from “{taskState}” to “{taskStateTo}” now. Look at it again; a reason may be wanted.',
  'problem.violation-role':
    'Violation #{number}: your role may not move it from “{violationState}” to “{violationStateTo}”. Leave it to the officer of that step.',
  'problem.violation-step':
    'Violation #{number} cannot go from “{violationState}” to “{violationStateTo}”. Look at it again.',
  'problem.seat-last':
    'This is the last seat that works: what comes in would be seen by nobody. Wait until somebody else sits down.',
  'problem.handover-taken': 'This handover was taken or withdrawn meanwhile. Load the page again.',
  'problem.rules-own':
    'Who proposed the rules does not publish them. Ask another administrator of the system to read and publish them.',
  'problem.proposal-own':
    'You proposed this yourself; another administrator of the system publishes it. Ask one, or withdraw it.',
  'problem.verdict-other': "This decision is another person's. Ask them, or the shift lead.",
  'problem.put-off-long': 'These hazards may be put off for {n} minutes at most. Choose less, or snow alone.',
  'problem.set-same': 'None of these cameras would change. Choose other cameras or another value.',
  'problem.set-changed':
    'Somebody changed these cameras since it was shown what would change. Nothing was written; show it anew.',
  'problem.pick-gone': 'This reference was taken back already. Load the page of the camera again.',
  'problem.pick-no-still': 'The picture of this look is not kept any more. Choose a newer look.',
  'problem.pick-troubled':
    'An incident of this camera was open when this picture was taken. Choose a look of a time when nothing was wrong.',
  'problem.pick-hazard':
    'This look said that something is wrong here. Choose another, or say that it is clean all the same.',
  'problem.pick-unseen': 'In this picture nothing could be judged. Choose a look in which the place can be seen.',
  'problem.shelve-long': 'Your role may put it off for {n} minutes at most. Choose less, or ask the shift lead.',
  'problem.plates-role': 'Number plates are not shown to your role. Leave it to an officer.',
  'problem.second-reviewer': 'You were the first reviewer of violation #{number}. Another officer reviews it now.',
  'problem.agency-other': 'This task is of another agency. Go back to your list.',
  'problem.declined-often': 'Agencies have declined incident #{number} {n} times. The shift lead decides now.',
  'problem.city-account':
    'Here people sign in with their city account, not by password. Press the button of the city account.',
  'problem.factor-not-here': 'No second factor is to be set up here. Sign in.',
  'problem.factor-no-key': 'Second factors cannot be kept on this server: it has no key for them. Tell your engineer.',
  'problem.factor-on': 'A second factor is on already. Take it off first, then set up a new one.',
  'problem.factor-kept':
    'Your role needs a second factor; you cannot take it off yourself. Two administrators of the system can.',
  'problem.admin-two':
    'Taking an administrator of the system away takes two people. Propose it; another administrator publishes it.',
  'problem.camera-restricted': 'This camera looks at a restricted site. Ask the shift lead.',
  'problem.page-foreign': 'This request does not come from your open page. Reload the page and try again.',
  'problem.handover-own':
    'Who gives a shift does not take it. Whoever comes after you takes it under their own sign-in.',
  'problem.code-wrong': 'This code is wrong, too old or was used before. Wait for the next code and type that.',
  'problem.password-wrong': 'This is not your password. Type the one that you sign in with.',
  'problem.login-locked':
    'Too many wrong passwords: from here this login is closed for {n} minutes more. Wait, or ask the administrator of the system for a link.',
  'problem.code-needed':
    'A one-time code is needed. Type the six digits that your authenticator shows, or a recovery code.',
  'problem.factor-needed': 'Your role needs a second factor, and none is set up. Set one up now.',
  'problem.password-short':
    'This password is too short: at least {n} characters are needed. Take a few words that only you would put together.',
  'problem.password-long': 'This password is too long: {n} characters are the most. Take a shorter one.',
  'problem.password-login':
    'This password is hardly more than the login. Take a few words that only you would put together.',
  'problem.password-same':
    'This password is one character again and again. Take a few words that only you would put together.',
  'problem.field':
    'The field “{field}” is not filled in as it should be. Correct it and try again; if there is no such field here, reload the page.',
  'problem.place-taken': '{id} exists already. Choose another id.',
  'problem.place-unsaid':
    'The place lies in no district of the city, or is not said. Choose a camera, or a point on the map.',
  'problem.plate-form': 'This is no number plate. Type its letters and digits, {from} to {to} of them.',
  'problem.article-not': 'Article {article} does not fit violation #{number} on that day. Choose one from the list.',
  'problem.admin-last':
    'This is the last administrator of the system; nobody could let people in any more. Add another one first, who has signed in once.',
  'problem.roles-none': 'A person needs a role. Choose one.',
  'problem.agency-missing': 'Somebody of an agency needs the agency. Choose it.',
  'problem.agency-foreign': 'Only people of agencies have an agency. Choose again.',
  'problem.roles-alone':
    'Administrators of the system, auditors, walls and people of agencies have no other role beside. Choose again.',
  'problem.agency-gone': 'There is no such agency. Load the list again.',
  'problem.login-taken': 'This login is taken. Choose another one.',
  'problem.roles-same': 'These are the roles already. Choose others.',
  'problem.person-active': 'This person has access already. Load the list again.',
  'problem.person-inactive': 'This person has no access now. Let them in again first.',
  'problem.factor-none': 'This person has no second factor. Load the list again.',
  'problem.roles-changed': 'The roles of this person changed meanwhile. Refuse the proposal and make it anew.',
  'problem.reason-needed':
    'This camera looks at a restricted site; it is shown only for a stated reason. Type why you need it: the auditor will see it.',
  'problem.day-ahead': 'This day lies ahead, or there is no such day. Choose a day that has begun.',
  'problem.words-needed': 'Materials go back only with words. Write what is missing or wrong.',
  'problem.rules-faulty':
    'Some rows of the rules cannot stand; nothing was proposed. Correct the rows that are named below.',
  'problem.rules-same': 'Nothing differs from the rules that hold. Change a row first.',
  'problem.rules-stale': 'These rules do not fit the city any more. Take the proposal back and make it anew.',
  'problem.zones-faulty':
    'The drawing of the zones cannot stand; nothing was saved. Correct the zones that are named below.',
  'problem.zones-untested': 'These zones were not tested as they are now. Test them on the last looks, then save.',
  'problem.address-form': 'The address of the {stream} is not a whole address. Write it whole: kind, host, port, path.',
  'problem.address-kind': 'The address of the {stream} is of a kind that is never opened. Take another one.',
  'problem.address-secret':
    'The address of the {stream} carries a name or a password. Leave them out and write the name of the secret in its field.',
  'problem.stream.main-stream': 'main stream',
  'problem.stream.small-stream': 'small stream',
  'problem.stream.still-picture': 'still picture',
  'problem.district-unknown': "The district “{district}” is not on the city's map. Choose one from the list.",
  'problem.point-outside': 'This point lies outside the city. Correct the latitude and the longitude.',
  'problem.zone-owner':
    'Zone {zone} of that version belongs to {id}, which is not in the list of agencies any more. Restore the agency first, or choose another version.',
  'problem.agency-faulty':
    'With this change the routing rules could not stand; nothing was saved. What stands in the way is named below.',
  'problem.agency-id': 'The id of an agency is of small Latin letters, digits and dashes. Correct it.',
  'problem.webhook': 'The address for messages is not a web address. Correct it.',
  'problem.agency-needed':
    'This agency is still needed. Open tasks: {tasks}; rows of routing: {rows}; zones, assets and people: {owned}. Give these to another agency first.',
  'problem.photo-large': 'This photo is too large: {n} MB at most. Send a smaller one.',
  'problem.photo-kind':
    "This photo is of a kind that is not taken. Set the phone's camera to the most compatible format and send it again, in JPEG.",
  'problem.photo-foreign': 'This photo was not sent by your agency. Send the photo again.',
  'problem.field.login': 'login',
  'problem.field.password': 'password',
  'problem.field.code': 'code',
  'problem.field.name': 'name',
  'problem.field.reason': 'reason',
  'problem.field.why': 'why',
  'problem.field.note': 'note',
  'problem.field.text': 'text',
  'problem.fault.row.agency': 'agency {id}',
  'problem.fault.row.rule': 'rule {id}',
  'problem.fault.row.policy': 'term {id}',
  'problem.fault.row.asset': 'asset {id}',
  'problem.fault.row.district': 'district {id}',
  'problem.fault.row.hazard': 'hazard {id}',
  'problem.fault.twice': '{row}: listed twice. Give each row its own id.',
  'problem.fault.no-duty': '{row}: no duty contact. Name who answers at night and on days off.',
  'problem.fault.no-address': '{row}: this way of delivery has no address. Add the address or take the way out.',
  'problem.fault.agency-unknown': '{row}: names {id}, which is not in the list of agencies. Add it or correct the row.',
  'problem.fault.agency-silent': '{row}: leads to {id}, which has no duty contact. Name who answers there at night.',
  'problem.fault.sub-unknown': '{row}: there is no subtype “{sub}” of “{hazard}”. Choose another one.',
  'problem.fault.district-unknown': '{row}: there is no district “{district}”. Choose one from the list.',
  'problem.fault.dates': '{row}: ends before it begins. Correct the dates.',
  'problem.fault.uncovered':
    '{row}: no rule for “{hazard}” fits every place. Add a rule without subtype, kind of zone and class of street.',
  'problem.fault.accept-long': '{row}: gives longer to accept than to fix. Correct the hours.',
  'problem.fault.term-none': '{row}: no term for streets of class {street}. Add a row of terms.',
} as const;

export const problemsRu: { readonly [K in keyof typeof problemsEn]: Text } = {
  'problem.detail': 'Подробности для инженера',
  'problem.number': 'Номер запроса: {id}',
  'problem.unknown':
    'Сервер отказал, но его ответ здесь не прочитать. Обновите страницу; если повторится, покажите подробности инженеру.',
  'problem.unreadable':
    'Ответ сервера не в том виде, который знает эта страница. Обновите страницу; если повторится, сообщите инженеру.',
  'problem.first': 'Решение уже принято: {who}, {time}. Посмотрите ещё раз.',
  'problem.wait': 'Повторите через {span}.',
  'problem.code.CONFIG_INVALID': 'Настройка сервера непригодна. Сообщите инженеру этот номер: {request}.',
  'problem.code.CONFIG_MISSING': 'На сервере нет нужного файла или секрета. Сообщите инженеру этот номер: {request}.',
  'problem.code.PART_MISSING': 'На сервере не хватает части установки. Сообщите инженеру этот номер: {request}.',
  'problem.code.STORE_UNREACHABLE':
    'База данных не отвечает. Повторите через минуту; если не проходит, сообщите инженеру этот номер: {request}.',
  'problem.code.STORE_NEWER': 'База данных новее, чем версия сервера. Сообщите инженеру этот номер: {request}.',
  'problem.code.STORE_CHANGED':
    'Запись в базе данных не такая, какой должна быть. Сообщите инженеру этот номер: {request}.',
  'problem.code.CAMERA_UNKNOWN': 'Такой камеры нет. Выберите камеру из списка.',
  'problem.code.CAMERA_ADDRESS': 'Адрес этой камеры такого вида, который не открывают. Исправьте адрес.',
  'problem.code.MODEL_CHANGED':
    'Модель на сервере не та, которая должна быть. Сообщите инженеру этот номер: {request}.',
  'problem.code.MODEL_REFUSED': 'Модель на сервере дала непригодный ответ. Сообщите инженеру этот номер: {request}.',
  'problem.code.PICTURE_REFUSED':
    'Снимок не удалось прочитать. Отправьте фото таким, каким его сделала камера телефона.',
  'problem.code.INCIDENT_UNKNOWN': 'Такого инцидента нет, или вашей роли он не показывается. Вернитесь к списку.',
  'problem.code.INCIDENT_CHANGED':
    'За это время произошло изменение: кто-то или камера опередили вас. Посмотрите ещё раз.',
  'problem.code.MOVE_UNLAWFUL': 'Из нынешнего состояния такого шага нет. Посмотрите ещё раз.',
  'problem.code.TASK_UNKNOWN': 'Такого задания нет, или оно не ваше. Вернитесь к списку.',
  'problem.code.ROUTE_MISSING':
    'Нет правила, какому ведомству это передать. Сообщите контролёру или администратору системы; номер: {request}.',
  'problem.code.CLIP_UNKNOWN': 'Такого видеофрагмента нет, или он ещё не опечатан. Вернитесь к правонарушению.',
  'problem.code.EVIDENCE_BROKEN':
    'Опечатанный файл не совпадает со своей печатью. Не используйте его и сообщите инженеру этот номер: {request}.',
  'problem.code.FILE_MISSING':
    'Этот снимок больше не хранится, или вашей роли он не показывается. Снимки хранятся 48 часов.',
  'problem.code.DELIVERY_REFUSED':
    'Задание не удалось доставить. Повторите позже; если не проходит, сообщите инженеру этот номер: {request}.',
  'problem.code.AUTH_NEEDED': 'Вы больше не в системе. Войдите и повторите.',
  'problem.code.AUTH_WRONG': 'Неверный логин или пароль. Повторите или обратитесь к администратору системы.',
  'problem.code.AUTH_DENIED': 'Вашей роли это не разрешено. Если нужно, попросите роль у администратора системы.',
  'problem.code.REQUEST_INVALID': 'Сервер не понял запрос. Обновите страницу и повторите.',
  'problem.code.NOT_FOUND': 'Этого нет: удалено или адрес неверен. Вернитесь и выберите из списка.',
  'problem.code.BUSY': 'С этого места слишком много запросов. Подождите минуту и повторите.',
  'problem.code.INTERNAL': 'Сбой на сервере, он записан. Сообщите инженеру этот номер: {request}.',
  'problem.camera-gone': 'Камеры {camera} нет. Выберите камеру из списка.',
  'problem.appeal-gone': 'Такого обращения нет. Найдите его в списке обращений.',
  'problem.place-removed': '{id}: удалено, пока вы правили. Вернуть можно из истории.',
  'problem.proposal-gone': 'Это предложение уже решено, или его срок истёк. Обновите список.',
  'problem.verdict-gone': 'Такого решения у вас нет. Отменить можно только свои последние решения.',
  'problem.violation-gone': 'Такого правонарушения нет, или оно не на рассмотрении. Вернитесь к списку.',
  'problem.person-gone': 'Такого человека нет. Обновите список.',
  'problem.session-ended': 'Этот сеанс уже завершён. Обновите список.',
  'problem.link-none': 'У этого человека нет действующей ссылки. Обновите список.',
  'problem.link-used': 'Ссылка уже использована, или её срок истёк. Попросите новую у администратора системы.',
  'problem.provider-none': 'Вход по городской учётной записи здесь не настроен. Войдите по паролю.',
  'problem.handover-gone': 'Такой передачи смены нет. Обновите страницу.',
  'problem.version-gone': 'Такой версии нет. Выберите другую из истории.',
  'problem.still-none': 'Снимков этой камеры сейчас нет. Дождитесь следующего взгляда.',
  'problem.mark-unsealed': 'Эта запись ещё не опечатана. Отметить можно только то, что показывает опечатанная запись.',
  'problem.mark-custody': 'Журнал хранения этой записи нарушен. Её можно только смотреть.',
  'problem.mark-unplayed': 'Вы не смотрели эту запись. Сначала просмотрите её, затем отметьте.',
  'problem.mark-article': 'В день записи этой статьи в таблице не было. Выберите статью из списка.',
  'problem.mark-twice': 'Эта статья по этой записи уже рассматривается. Откройте её в списке.',
  'problem.issue-gone': 'Такого вопроса в дереве больше нет. Обновите страницу и выберите его в списке.',
  'problem.still-held': 'Удержанный снимок больше не хранится. Откройте инцидент без снимка.',
  'problem.clip-file': 'Файла этого видеофрагмента нет на месте. Сообщите инженеру.',
  'problem.incident-changed': 'Инцидент #{number} изменился, теперь состояние: «{incidentState}». Посмотрите ещё раз.',
  'problem.task-changed': 'Задание #{number} изменилось, теперь состояние: «{taskState}». Посмотрите ещё раз.',
  'problem.violation-changed': 'Правонарушение #{number} изменилось за это время. Посмотрите ещё раз.',
  'problem.mass-changed': 'Массовый инцидент M{number} изменился за это время. Посмотрите ещё раз.',
  'problem.rules-behind': 'За это время опубликованы другие правила. Посмотрите действующие и внесите правку заново.',
  'problem.place-changed': '{id}: это успел изменить кто-то другой. Посмотрите, что теперь, и внесите правку заново.',
  'problem.undo-late':
    'Время на отмену истекло. Откройте инцидент и решите заново или попросите контролёра отменить задание.',
  'problem.undo-changed': 'Решение по инциденту #{number} не отменить: он уже изменился. Откройте его и решите заново.',
  'problem.undo-sent':
    'Решение по инциденту #{number} не отменить: задание уже отправлено. Попросите контролёра отменить задание.',
  'problem.undo-second': 'Время на отмену истекло. Переходите к следующему.',
  'problem.undo-by-hand': 'Инцидент #{number} уже не отменить. Попросите старшего смены закрыть его.',
  'problem.not-by-hand': 'Вы не создавали такой инцидент вручную. Вернитесь к списку.',
  'problem.appeal-closed':
    'Инцидент #{number} в состоянии «{incidentState}»: обращение к нему не привязать. Найдите открытый.',
  'problem.merge-closed':
    'Инцидент #{number} в состоянии «{incidentState}»: объединить с ним нельзя. Выберите открытый.',
  'problem.mass-ended': 'Массовый инцидент M{number} завершён. Посмотрите очередь ещё раз.',
  'problem.incident-role':
    'Инцидент #{number}: из «{incidentState}» в «{incidentStateTo}» ваша роль перевести не может. Обратитесь к старшему смены.',
  'problem.incident-needs':
    'Инцидент #{number}: из «{incidentState}» в «{incidentStateTo}» пока нельзя, не хватает условия этого шага. Проверьте причину, слова и срок и повторите.',
  'problem.incident-step':
    'Инцидент #{number}: шага из «{incidentState}» в «{incidentStateTo}» нет. Посмотрите на него ещё раз.',
  'problem.role-other': 'Ваша роль не может это открыть. Обратитесь к старшему смены.',
  'problem.task-role':
    'Задание #{number}: из «{taskState}» в «{taskStateTo}» ваша роль перевести не может. Обратитесь к контролёру.',
  'problem.task-step':
    'Задание #{number}: из «{taskState}» в «{taskStateTo}» сейчас нельзя. Посмотрите на него ещё раз; возможно, нужна причина.',
  'problem.violation-role':
    'Правонарушение #{number}: из «{violationState}» в «{violationStateTo}» ваша роль перевести не может. Оставьте сотруднику этого шага.',
  'problem.violation-step':
    'Правонарушение #{number}: из «{violationState}» в «{violationStateTo}» перевести нельзя. Посмотрите на него ещё раз.',
  'problem.seat-last':
    'Это последнее работающее место: поступающее никто бы не видел. Дождитесь, пока сядет кто-то ещё.',
  'problem.handover-taken': 'Эту передачу смены уже приняли или отозвали. Обновите страницу.',
  'problem.rules-own':
    'Кто предложил правила, тот их не публикует. Попросите другого администратора системы прочитать и опубликовать.',
  'problem.proposal-own':
    'Вы сами это предложили; публикует другой администратор системы. Попросите его или отзовите предложение.',
  'problem.verdict-other': 'Это решение другого человека. Обратитесь к нему или к старшему смены.',
  'problem.put-off-long':
    'Эти опасности можно отложить не дольше чем на {n} мин. Выберите меньше или отметьте только снег.',
  'problem.set-same': 'Ни одна из этих камер не изменилась бы. Выберите другие камеры или другое значение.',
  'problem.set-changed':
    'С тех пор как было показано, что изменится, кто-то изменил эти камеры. Ничего не записано; покажите ещё раз.',
  'problem.pick-gone': 'Этот эталон уже отозван. Загрузите страницу камеры заново.',
  'problem.pick-no-still': 'Снимок этого осмотра больше не хранится. Выберите более новый.',
  'problem.pick-troubled':
    'Когда снимали этот кадр, у камеры был открытый инцидент. Выберите осмотр, когда всё было в порядке.',
  'problem.pick-hazard':
    'На этом осмотре была замечена опасность. Выберите другой или подтвердите, что здесь всё же чисто.',
  'problem.pick-unseen': 'На этом снимке ничего нельзя было оценить. Выберите осмотр, на котором видно место.',
  'problem.shelve-long':
    'Ваша роль может отложить не дольше чем на {n} мин. Выберите меньше или обратитесь к старшему смены.',
  'problem.plates-role': 'Номерные знаки вашей роли не показываются. Оставьте это сотруднику полиции.',
  'problem.second-reviewer':
    'Правонарушение #{number} первым рассматривали вы. Теперь его рассматривает другой сотрудник.',
  'problem.agency-other': 'Это задание другого ведомства. Вернитесь к своему списку.',
  'problem.declined-often':
    'По инциденту #{number} ведомства отказались столько раз: {n}. Теперь решает старший смены.',
  'problem.city-account': 'Здесь входят по городской учётной записи, а не по паролю. Нажмите её кнопку.',
  'problem.factor-not-here': 'Второй фактор здесь настраивать не нужно. Войдите.',
  'problem.factor-no-key': 'На этом сервере второй фактор хранить нельзя: для него нет ключа. Сообщите инженеру.',
  'problem.factor-on': 'Второй фактор уже включён. Сначала отключите его, затем настройте новый.',
  'problem.factor-kept': 'Вашей роли нужен второй фактор, самому его не снять. Это могут два администратора системы.',
  'problem.admin-two':
    'Чтобы лишить доступа администратора системы, нужны двое. Предложите это; опубликует другой администратор.',
  'problem.camera-restricted': 'Эта камера смотрит на закрытый объект. Обратитесь к старшему смены.',
  'problem.page-foreign': 'Этот запрос пришёл не с вашей открытой страницы. Обновите страницу и повторите.',
  'problem.handover-own': 'Кто сдаёт смену, тот её не принимает. Её примет следующий под своей учётной записью.',
  'problem.code-wrong': 'Код неверен, устарел или уже использован. Дождитесь следующего и введите его.',
  'problem.password-wrong': 'Это не ваш пароль. Введите тот, с которым вы входите.',
  'problem.login-locked':
    'Слишком много неверных паролей: отсюда этот логин закрыт ещё на {n} мин. Подождите или попросите ссылку у администратора системы.',
  'problem.code-needed': 'Нужен одноразовый код. Введите шесть цифр из приложения или код восстановления.',
  'problem.factor-needed': 'Вашей роли нужен второй фактор, а он не настроен. Настройте его сейчас.',
  'problem.password-short':
    'Пароль слишком короткий: нужно не меньше {n} знаков. Возьмите несколько слов, которые так составили бы только вы.',
  'problem.password-long': 'Пароль слишком длинный: не больше {n} знаков. Возьмите короче.',
  'problem.password-login':
    'Пароль почти повторяет логин. Возьмите несколько слов, которые так составили бы только вы.',
  'problem.password-same':
    'Пароль состоит из одного повторяющегося знака. Возьмите несколько слов, которые так составили бы только вы.',
  'problem.field':
    'Поле «{field}» заполнено не так, как нужно. Исправьте и повторите; если такого поля здесь нет, обновите страницу.',
  'problem.place-taken': '{id} уже есть. Выберите другой идентификатор.',
  'problem.place-unsaid': 'Место не указано или не лежит ни в одном районе города. Выберите камеру или точку на карте.',
  'problem.plate-form': 'Это не номерной знак. Введите его буквы и цифры: от {from} до {to}.',
  'problem.article-not': 'Статья {article} не подходит к правонарушению #{number} на тот день. Выберите из списка.',
  'problem.admin-last':
    'Это последний администратор системы: дать доступ стало бы некому. Сначала добавьте другого, и пусть он войдёт хотя бы раз.',
  'problem.roles-none': 'Человеку нужна роль. Выберите её.',
  'problem.agency-missing': 'Для сотрудника ведомства нужно указать ведомство. Выберите его.',
  'problem.agency-foreign': 'Ведомство указывают только его сотрудникам. Выберите заново.',
  'problem.roles-alone':
    'У администратора системы, аудитора, видеостены и сотрудников ведомств других ролей быть не может. Выберите заново.',
  'problem.agency-gone': 'Такого ведомства нет. Обновите список.',
  'problem.login-taken': 'Этот логин занят. Выберите другой.',
  'problem.roles-same': 'Эти роли уже назначены. Выберите другие.',
  'problem.person-active': 'У этого человека уже есть доступ. Обновите список.',
  'problem.person-inactive': 'У этого человека сейчас нет доступа. Сначала снова допустите его.',
  'problem.factor-none': 'У этого человека нет второго фактора. Обновите список.',
  'problem.roles-changed': 'Роли этого человека за это время изменились. Отклоните предложение и сделайте заново.',
  'problem.reason-needed':
    'Эта камера смотрит на закрытый объект; её показывают только с указанием причины. Напишите, зачем она нужна: это увидит аудитор.',
  'problem.day-ahead': 'Этот день ещё не наступил, или такого дня нет. Выберите наступивший день.',
  'problem.words-needed': 'Материалы возвращают только с пояснением. Напишите, чего не хватает или что неверно.',
  'problem.rules-faulty':
    'Некоторые строки правил недопустимы; ничего не предложено. Исправьте строки, названные ниже.',
  'problem.rules-same': 'Нет отличий от действующих правил. Сначала измените строку.',
  'problem.rules-stale': 'Эти правила больше не подходят к городу. Отзовите предложение и сделайте заново.',
  'problem.zones-faulty': 'Рисунок зон недопустим; ничего не сохранено. Исправьте зоны, названные ниже.',
  'problem.zones-untested':
    'В нынешнем виде эти зоны не проверены. Проверьте их на последних снимках, затем сохраните.',
  'problem.address-form': 'Неполный адрес ({stream}). Напишите его целиком: вид, узел, порт, путь.',
  'problem.address-kind': 'Адрес такого вида не открывают ({stream}). Укажите другой.',
  'problem.address-secret': 'В адресе есть имя или пароль ({stream}). Уберите их и укажите имя секрета в его поле.',
  'problem.stream.main-stream': 'основной поток',
  'problem.stream.small-stream': 'малый поток',
  'problem.stream.still-picture': 'снимок',
  'problem.district-unknown': 'Района «{district}» нет на карте города. Выберите из списка.',
  'problem.point-outside': 'Эта точка лежит за пределами города. Исправьте широту и долготу.',
  'problem.zone-owner':
    'Зона {zone} той версии принадлежит {id}, которого больше нет в списке ведомств. Сначала верните ведомство или выберите другую версию.',
  'problem.agency-faulty':
    'С этой правкой правила передачи были бы недопустимы; ничего не сохранено. Что мешает, названо ниже.',
  'problem.agency-id': 'Идентификатор ведомства состоит из строчных латинских букв, цифр и дефисов. Исправьте его.',
  'problem.webhook': 'Адрес для сообщений – не веб-адрес. Исправьте его.',
  'problem.agency-needed':
    'Это ведомство ещё нужно. Открытых заданий: {tasks}; строк правил: {rows}; зон, объектов и людей: {owned}. Сначала передайте их другому ведомству.',
  'problem.photo-large': 'Фото слишком большое: не больше {n} МБ. Отправьте поменьше.',
  'problem.photo-kind':
    'Фото такого вида не принимается. Включите в камере телефона самый совместимый формат и отправьте его в JPEG.',
  'problem.photo-foreign': 'Это фото отправило не ваше ведомство. Отправьте фото ещё раз.',
  'problem.field.login': 'логин',
  'problem.field.password': 'пароль',
  'problem.field.code': 'код',
  'problem.field.name': 'имя',
  'problem.field.reason': 'причина',
  'problem.field.why': 'основание',
  'problem.field.note': 'примечание',
  'problem.field.text': 'текст',
  'problem.fault.row.agency': 'ведомство {id}',
  'problem.fault.row.rule': 'правило {id}',
  'problem.fault.row.policy': 'срок {id}',
  'problem.fault.row.asset': 'объект {id}',
  'problem.fault.row.district': 'район {id}',
  'problem.fault.row.hazard': 'опасность {id}',
  'problem.fault.twice': '{row}: записано дважды. Дайте каждой строке свой идентификатор.',
  'problem.fault.no-duty': '{row}: нет дежурного контакта. Укажите, кто отвечает ночью и в выходные.',
  'problem.fault.no-address': '{row}: у способа доставки нет адреса. Укажите адрес или уберите способ.',
  'problem.fault.agency-unknown': '{row}: указано {id}, а в списке ведомств его нет. Добавьте или исправьте строку.',
  'problem.fault.agency-silent': '{row}: ведёт в {id}, где нет дежурного контакта. Укажите, кто там отвечает ночью.',
  'problem.fault.sub-unknown': '{row}: подтипа «{sub}» у опасности «{hazard}» нет. Выберите другой.',
  'problem.fault.district-unknown': '{row}: района «{district}» нет. Выберите из списка.',
  'problem.fault.dates': '{row}: заканчивается раньше, чем начинается. Исправьте даты.',
  'problem.fault.uncovered':
    '{row}: нет правила для «{hazard}», которое подходит к любому месту. Добавьте правило без подтипа, вида зоны и класса улицы.',
  'problem.fault.accept-long': '{row}: на принятие дано больше времени, чем на устранение. Исправьте часы.',
  'problem.fault.term-none': '{row}: нет срока для улиц класса {street}. Добавьте строку сроков.',
};

export const problemsKk: { readonly [K in keyof typeof problemsEn]: Text } = {
  'problem.detail': 'Инженерге арналған мәліметтер',
  'problem.number': 'Сұраныс нөмірі: {id}',
  'problem.unknown':
    'Сервер қабылдамады, бірақ оның жауабын мұнда оқу мүмкін болмады. Бетті жаңартыңыз; қайталанса, төмендегі мәліметтерді инженерге көрсетіңіз.',
  'problem.unreadable':
    'Сервердің жауабы бұл бет білетін пішінде емес. Бетті жаңартыңыз; қайталанса, инженерге хабарлаңыз.',
  'problem.first': 'Шешім бұрын қабылданған: {who}, {time}. Қайта қараңыз.',
  'problem.wait': '{span} өткен соң қайталаңыз.',
  'problem.code.CONFIG_INVALID': 'Сервердің бір баптауы жарамсыз. Инженерге мына нөмірді айтыңыз: {request}.',
  'problem.code.CONFIG_MISSING':
    'Серверге қажет файл немесе құпия кілт жоқ. Инженерге мына нөмірді айтыңыз: {request}.',
  'problem.code.PART_MISSING': 'Серверде жүйенің бір бөлігі орнатылмаған. Инженерге мына нөмірді айтыңыз: {request}.',
  'problem.code.STORE_UNREACHABLE':
    'Деректер қоры жауап бермейді. Бір минуттан кейін қайталаңыз; өзгермесе, инженерге мына нөмірді айтыңыз: {request}.',
  'problem.code.STORE_NEWER': 'Деректер қорының нұсқасы серверден жаңарақ. Инженерге мына нөмірді айтыңыз: {request}.',
  'problem.code.STORE_CHANGED':
    'Деректер қорындағы жазба болуы тиіс күйінде емес. Инженерге мына нөмірді айтыңыз: {request}.',
  'problem.code.CAMERA_UNKNOWN': 'Мұндай камера жоқ. Камераны тізімнен таңдаңыз.',
  'problem.code.CAMERA_ADDRESS': 'Бұл камераның мекенжайы ашуға болмайтын түрге жатады. Мекенжайды түзетіңіз.',
  'problem.code.MODEL_CHANGED': 'Сервердегі модель болуы тиіс модель емес. Инженерге мына нөмірді айтыңыз: {request}.',
  'problem.code.MODEL_REFUSED': 'Сервердегі модель жарамсыз жауап берді. Инженерге мына нөмірді айтыңыз: {request}.',
  'problem.code.PICTURE_REFUSED': 'Суретті оқу мүмкін болмады. Фотоны телефон камерасы түсірген күйінде жіберіңіз.',
  'problem.code.INCIDENT_UNKNOWN': 'Мұндай оқиға жоқ немесе ол сіздің рөліңізге көрсетілмейді. Тізімге оралыңыз.',
  'problem.code.INCIDENT_CHANGED': 'Осы аралықта өзгеріс болды: басқа адам немесе камера бұрын үлгерді. Қайта қараңыз.',
  'problem.code.MOVE_UNLAWFUL': 'Қазіргі күйінен бұл қадамды жасауға болмайды. Қайта қараңыз.',
  'problem.code.TASK_UNKNOWN': 'Мұндай тапсырма жоқ немесе ол сіздікі емес. Тізімге оралыңыз.',
  'problem.code.ROUTE_MISSING':
    'Мұны қай мекемеге беру керектігін айтатын ереже жоқ. Бақылаушыға немесе жүйе әкімшісіне хабарлаңыз; нөмірі: {request}.',
  'problem.code.CLIP_UNKNOWN': 'Мұндай бейнеүзінді жоқ немесе ол әлі мөрленбеген. Құқықбұзушылыққа оралыңыз.',
  'problem.code.EVIDENCE_BROKEN':
    'Мөрленген файл өз мөріне сәйкес келмейді. Оны пайдаланбаңыз, инженерге мына нөмірді айтыңыз: {request}.',
  'problem.code.FILE_MISSING':
    'Бұл сурет енді сақталмаған немесе сіздің рөліңізге көрсетілмейді. Суреттер 48 сағат сақталады.',
  'problem.code.DELIVERY_REFUSED':
    'Тапсырма жеткізілмеді. Кейінірек қайталаңыз; өзгермесе, инженерге мына нөмірді айтыңыз: {request}.',
  'problem.code.AUTH_NEEDED': 'Сіз жүйеден шығып қалғансыз. Қайта кіріп, әрекетті қайталаңыз.',
  'problem.code.AUTH_WRONG': 'Логин немесе құпиясөз қате. Қайталаңыз немесе жүйе әкімшісіне жүгініңіз.',
  'problem.code.AUTH_DENIED': 'Сіздің рөліңізге бұған рұқсат жоқ. Қажет болса, жүйе әкімшісінен рөл сұраңыз.',
  'problem.code.REQUEST_INVALID': 'Сервер сұранысты түсінбеді. Бетті жаңартып, қайталаңыз.',
  'problem.code.NOT_FOUND': 'Бұл жоқ: жойылған немесе мекенжайы қате. Оралып, тізімнен таңдаңыз.',
  'problem.code.BUSY': 'Осы орыннан сұраныс тым көп. Бір минут күтіп, қайталаңыз.',
  'problem.code.INTERNAL': 'Серверде ақау болды, ол жазып алынды. Инженерге мына нөмірді айтыңыз: {request}.',
  'problem.camera-gone': '{camera} камерасы жоқ. Камераны тізімнен таңдаңыз.',
  'problem.appeal-gone': 'Мұндай өтініш жоқ. Оны өтініштер тізімінен іздеңіз.',
  'problem.place-removed': '{id}: сіз түзеткенше жойылды. Оны тарихынан қалпына келтіруге болады.',
  'problem.proposal-gone': 'Бұл ұсыныс бойынша шешім қабылданған немесе мерзімі өткен. Тізімді жаңартыңыз.',
  'problem.verdict-gone': 'Сізде мұндай шешім жоқ. Тек өзіңіздің соңғы шешімдеріңізді кері қайтаруға болады.',
  'problem.violation-gone': 'Мұндай құқықбұзушылық жоқ немесе ол қаралып жатқан жоқ. Тізімге оралыңыз.',
  'problem.person-gone': 'Мұндай адам жоқ. Тізімді жаңартыңыз.',
  'problem.session-ended': 'Бұл сеанс аяқталып қойған. Тізімді жаңартыңыз.',
  'problem.link-none': 'Бұл адамда жарамды сілтеме жоқ. Тізімді жаңартыңыз.',
  'problem.link-used': 'Сілтеме қолданылған немесе мерзімі өткен. Жүйе әкімшісінен жаңасын сұраңыз.',
  'problem.provider-none': 'Мұнда қалалық тіркелгімен кіру бапталмаған. Құпиясөзбен кіріңіз.',
  'problem.handover-gone': 'Ауысымды мұндай тапсыру жоқ. Бетті жаңартыңыз.',
  'problem.version-gone': 'Мұндай нұсқа жоқ. Тарихтан басқасын таңдаңыз.',
  'problem.still-none': 'Қазір бұл камераның суреті жоқ. Келесі көріністі күтіңіз.',
  'problem.mark-unsealed': 'Бұл жазба әлі мөрленбеген. Тек мөрленген жазбада көрінгенді белгілеуге болады.',
  'problem.mark-custody': 'Бұл жазбаның сақтау журналы бұзылған. Оны тек қарауға болады.',
  'problem.mark-unplayed': 'Сіз бұл жазбаны қараған жоқсыз. Алдымен қарап шығыңыз, содан кейін белгілеңіз.',
  'problem.mark-article': 'Жазба күні бұл бап кестеде болмаған. Тізімнен басқасын таңдаңыз.',
  'problem.mark-twice': 'Бұл жазба бойынша осы бап қаралып жатыр. Оны тізімнен ашыңыз.',
  'problem.issue-gone': 'Тізімде мұндай мәселе енді жоқ. Бетті жаңартып, тізімнен таңдаңыз.',
  'problem.still-held': 'Ұсталған сурет енді сақталмаған. Оқиғаны суретсіз ашыңыз.',
  'problem.clip-file': 'Бұл бейнеүзіндінің файлы орнында жоқ. Инженерге хабарлаңыз.',
  'problem.incident-changed': '#{number} оқиғасы өзгерді, қазіргі күйі: «{incidentState}». Қайта қараңыз.',
  'problem.task-changed': '#{number} тапсырмасы өзгерді, қазіргі күйі: «{taskState}». Қайта қараңыз.',
  'problem.violation-changed': '#{number} құқықбұзушылығы осы аралықта өзгерді. Қайта қараңыз.',
  'problem.mass-changed': 'M{number} жаппай жағдайы осы аралықта өзгерді. Қайта қараңыз.',
  'problem.rules-behind': 'Осы аралықта басқа ережелер жарияланды. Қолданыстағысын қарап, өзгерісті қайта енгізіңіз.',
  'problem.place-changed': '{id}: мұны басқа біреу өзгертіп үлгерді. Қазіргі күйін қарап, өзгерісті қайта енгізіңіз.',
  'problem.undo-late':
    'Кері қайтару уақыты өтті. Оқиғаны ашып, қайта шешім қабылдаңыз немесе бақылаушыдан тапсырманың күшін жоюды сұраңыз.',
  'problem.undo-changed':
    '#{number} оқиғасы бойынша шешім кері қайтарылмайды: оқиға содан бері өзгерді. Оны ашып, қайта шешіңіз.',
  'problem.undo-sent':
    '#{number} оқиғасы бойынша шешім кері қайтарылмайды: тапсырма жіберілген. Бақылаушыдан тапсырманың күшін жоюды сұраңыз.',
  'problem.undo-second': 'Кері қайтару уақыты өтті. Келесісіне көшіңіз.',
  'problem.undo-by-hand': '#{number} жағдайын енді кері қайтаруға болмайды. Ауысым жетекшісінен оны жабуды сұраңыз.',
  'problem.not-by-hand': 'Сіз мұндай жағдайды қолмен ашқан жоқсыз. Тізімге оралыңыз.',
  'problem.appeal-closed':
    '#{number} оқиғасының күйі: «{incidentState}». Оған өтініш байланыстыруға болмайды. Ашық оқиғаны іздеңіз.',
  'problem.merge-closed':
    '#{number} оқиғасының күйі: «{incidentState}». Онымен біріктіруге болмайды. Ашық оқиғаны таңдаңыз.',
  'problem.mass-ended': 'M{number} жаппай жағдайы аяқталды. Кезекті қайта қараңыз.',
  'problem.incident-role':
    '#{number} оқиғасы: «{incidentState}» күйінен «{incidentStateTo}» күйіне сіздің рөліңіз ауыстыра алмайды. Ауысым жетекшісіне жүгініңіз.',
  'problem.incident-needs':
    '#{number} оқиғасы: «{incidentState}» күйінен «{incidentStateTo}» күйіне әзірге ауыспайды, бұл қадамның шарты орындалмаған. Себебін, сөзін және мерзімін тексеріп, қайталаңыз.',
  'problem.incident-step':
    '#{number} оқиғасы: «{incidentState}» күйінен «{incidentStateTo}» күйіне өтетін қадам жоқ. Оны қайта қараңыз.',
  'problem.role-other': 'Сіздің рөліңіз мұны аша алмайды. Ауысым жетекшісіне жүгініңіз.',
  'problem.task-role':
    '#{number} тапсырмасы: «{taskState}» күйінен «{taskStateTo}» күйіне сіздің рөліңіз ауыстыра алмайды. Бақылаушыға жүгініңіз.',
  'problem.task-step':
    '#{number} тапсырмасы: «{taskState}» күйінен «{taskStateTo}» күйіне қазір ауыспайды. Оны қайта қараңыз; себебін жазу керек болуы мүмкін.',
  'problem.violation-role':
    '#{number} құқықбұзушылығы: «{violationState}» күйінен «{violationStateTo}» күйіне сіздің рөліңіз ауыстыра алмайды. Оны осы қадамның қызметкеріне қалдырыңыз.',
  'problem.violation-step':
    '#{number} құқықбұзушылығы: «{violationState}» күйінен «{violationStateTo}» күйіне ауыспайды. Оны қайта қараңыз.',
  'problem.seat-last':
    'Бұл — жұмыс істеп тұрған соңғы орын: түскендерді ешкім көрмей қалар еді. Басқа біреу отырғанша күтіңіз.',
  'problem.handover-taken': 'Ауысымды бұл тапсыру қабылданып немесе кері алынып қойған. Бетті жаңартыңыз.',
  'problem.rules-own':
    'Ережелерді ұсынған адам оларды өзі жарияламайды. Басқа жүйе әкімшісінен оқып, жариялауды сұраңыз.',
  'problem.proposal-own':
    'Мұны өзіңіз ұсындыңыз; басқа жүйе әкімшісі жариялайды. Содан сұраңыз немесе ұсынысты кері алыңыз.',
  'problem.verdict-other': 'Бұл — басқа адамның шешімі. Сол адамға немесе ауысым жетекшісіне жүгініңіз.',
  'problem.put-off-long':
    'Бұл қауіптерді ең көбі {n} минутқа кейінге қалдыруға болады. Азырақ таңдаңыз немесе тек қарды белгілеңіз.',
  'problem.set-same': 'Бұл камералардың ешқайсысы өзгермес еді. Басқа камераларды немесе мәнді таңдаңыз.',
  'problem.set-changed':
    'Не өзгеретіні көрсетілгеннен бері біреу бұл камераларды өзгертті. Ештеңе жазылған жоқ; қайта көрсетіңіз.',
  'problem.pick-gone': 'Бұл үлгі сурет қайтарып алынған. Камера бетін қайта жүктеңіз.',
  'problem.pick-no-still': 'Бұл қараудың суреті енді сақталмаған. Жаңарақ қарауды таңдаңыз.',
  'problem.pick-troubled':
    'Бұл сурет түсірілгенде осы камерада жағдай ашық болған. Ештеңе болмаған кездегі қарауды таңдаңыз.',
  'problem.pick-hazard': 'Бұл қарауда қауіп бар делінген. Басқасын таңдаңыз немесе орын бәрібір таза екенін растаңыз.',
  'problem.pick-unseen': 'Бұл суретте ештеңені бағалау мүмкін болмаған. Орын көрінетін қарауды таңдаңыз.',
  'problem.shelve-long':
    'Сіздің рөліңіз ең көбі {n} минутқа кейінге қалдыра алады. Азырақ таңдаңыз немесе ауысым жетекшісіне жүгініңіз.',
  'problem.plates-role': 'Нөмір белгілері сіздің рөліңізге көрсетілмейді. Мұны полиция қызметкеріне қалдырыңыз.',
  'problem.second-reviewer':
    '#{number} құқықбұзушылығын бірінші болып сіз қарадыңыз. Енді оны басқа қызметкер қарайды.',
  'problem.agency-other': 'Бұл — басқа мекеменің тапсырмасы. Өз тізіміңізге оралыңыз.',
  'problem.declined-often': '#{number} оқиғасы бойынша мекемелер {n} рет бас тартты. Енді ауысым жетекшісі шешеді.',
  'problem.city-account': 'Мұнда құпиясөзбен емес, қалалық тіркелгімен кіреді. Қалалық тіркелгі батырмасын басыңыз.',
  'problem.factor-not-here': 'Мұнда екінші факторды баптау қажет емес. Жүйеге кіріңіз.',
  'problem.factor-no-key':
    'Бұл серверде екінші факторды сақтау мүмкін емес: оған арналған кілт жоқ. Инженерге хабарлаңыз.',
  'problem.factor-on': 'Екінші фактор қосылып тұр. Алдымен оны өшіріп, содан кейін жаңасын баптаңыз.',
  'problem.factor-kept':
    'Сіздің рөліңізге екінші фактор қажет, оны өзіңіз өшіре алмайсыз. Мұны екі жүйе әкімшісі жасай алады.',
  'problem.admin-two': 'Жүйе әкімшісін алып тастауға екі адам керек. Ұсыныс енгізіңіз; оны басқа әкімші жариялайды.',
  'problem.camera-restricted': 'Бұл камера жабық нысанға қарап тұр. Ауысым жетекшісіне жүгініңіз.',
  'problem.page-foreign': 'Бұл сұраныс сіз ашқан беттен келген жоқ. Бетті жаңартып, қайталаңыз.',
  'problem.handover-own': 'Ауысымды тапсырған адам оны өзі қабылдамайды. Оны келесі адам өз тіркелгісімен қабылдайды.',
  'problem.code-wrong': 'Код қате, ескірген немесе бұрын қолданылған. Келесі кодты күтіп, соны теріңіз.',
  'problem.password-wrong': 'Бұл сіздің құпиясөзіңіз емес. Жүйеге кіретін құпиясөзіңізді теріңіз.',
  'problem.login-locked':
    'Қате құпиясөз тым көп терілді: осы жерден бұл логин тағы {n} минутқа жабық. Күтіңіз немесе жүйе әкімшісінен сілтеме сұраңыз.',
  'problem.code-needed': 'Бір реттік код қажет. Қолданбадағы алты цифрды немесе қалпына келтіру кодын теріңіз.',
  'problem.factor-needed': 'Сіздің рөліңізге екінші фактор қажет, бірақ ол бапталмаған. Оны қазір баптаңыз.',
  'problem.password-short':
    'Құпиясөз тым қысқа: кемінде {n} таңба керек. Тек өзіңіз ғана құрастыратын бірнеше сөз алыңыз.',
  'problem.password-long': 'Құпиясөз тым ұзын: ең көбі {n} таңба. Қысқарағын алыңыз.',
  'problem.password-login': 'Құпиясөз логинге тым ұқсас. Тек өзіңіз ғана құрастыратын бірнеше сөз алыңыз.',
  'problem.password-same':
    'Құпиясөз бір таңбаның қайталануынан тұрады. Тек өзіңіз ғана құрастыратын бірнеше сөз алыңыз.',
  'problem.field':
    '«{field}» өрісі дұрыс толтырылмаған. Түзетіп, қайталаңыз; мұнда ондай өріс болмаса, бетті жаңартыңыз.',
  'problem.place-taken': '{id} бұрыннан бар. Басқа идентификатор таңдаңыз.',
  'problem.place-unsaid':
    'Орны көрсетілмеген немесе қаланың бірде-бір ауданына жатпайды. Камераны немесе картадағы нүктені таңдаңыз.',
  'problem.plate-form': 'Бұл нөмір белгісіне ұқсамайды. Әріптері мен цифрларын теріңіз: саны {from}–{to}.',
  'problem.article-not': '{article} бабы сол күнгі #{number} құқықбұзушылығына сай келмейді. Тізімнен таңдаңыз.',
  'problem.admin-last':
    'Бұл — соңғы жүйе әкімшісі: рұқсат беретін адам қалмайды. Алдымен басқасын қосыңыз, ол бір рет жүйеге кіруі керек.',
  'problem.roles-none': 'Адамға рөл керек. Рөлді таңдаңыз.',
  'problem.agency-missing': 'Мекеме қызметкеріне мекемесін көрсету керек. Оны таңдаңыз.',
  'problem.agency-foreign': 'Мекеме тек соның қызметкерлеріне көрсетіледі. Қайта таңдаңыз.',
  'problem.roles-alone':
    'Жүйе әкімшісінде, аудиторда, бейнеқабырғада және мекеме қызметкерлерінде басқа рөл болмайды. Қайта таңдаңыз.',
  'problem.agency-gone': 'Мұндай мекеме жоқ. Тізімді жаңартыңыз.',
  'problem.login-taken': 'Бұл логин бос емес. Басқасын таңдаңыз.',
  'problem.roles-same': 'Бұл рөлдер берілген. Басқаларын таңдаңыз.',
  'problem.person-active': 'Бұл адамда рұқсат бар. Тізімді жаңартыңыз.',
  'problem.person-inactive': 'Бұл адамда қазір рұқсат жоқ. Алдымен оған қайта рұқсат беріңіз.',
  'problem.factor-none': 'Бұл адамда екінші фактор жоқ. Тізімді жаңартыңыз.',
  'problem.roles-changed': 'Осы аралықта бұл адамның рөлдері өзгерді. Ұсынысты қабылдамай, жаңадан енгізіңіз.',
  'problem.reason-needed':
    'Бұл камера жабық нысанға қарап тұр; ол тек себебі жазылғанда көрсетіледі. Не үшін керек екенін жазыңыз: оны аудитор көреді.',
  'problem.day-ahead': 'Бұл күн әлі келген жоқ немесе мұндай күн жоқ. Басталған күнді таңдаңыз.',
  'problem.words-needed':
    'Материалдар түсініктемемен ғана қайтарылады. Не жетіспейтінін немесе ненің қате екенін жазыңыз.',
  'problem.rules-faulty':
    'Ережелердің кейбір жолдары жарамсыз; ештеңе ұсынылған жоқ. Төменде аталған жолдарды түзетіңіз.',
  'problem.rules-same': 'Қолданыстағы ережелерден айырмашылық жоқ. Алдымен бір жолды өзгертіңіз.',
  'problem.rules-stale': 'Бұл ережелер қалаға енді сай келмейді. Ұсынысты кері алып, жаңадан енгізіңіз.',
  'problem.zones-faulty': 'Аймақтар сызбасы жарамсыз; ештеңе сақталған жоқ. Төменде аталған аймақтарды түзетіңіз.',
  'problem.zones-untested':
    'Бұл аймақтар қазіргі күйінде тексерілмеген. Соңғы суреттерде тексеріп, содан кейін сақтаңыз.',
  'problem.address-form': 'Мекенжай толық емес ({stream}). Оны толық жазыңыз: түрі, торабы, порты, жолы.',
  'problem.address-kind': 'Мұндай түрдегі мекенжай ашылмайды ({stream}). Басқасын көрсетіңіз.',
  'problem.address-secret':
    'Мекенжайда пайдаланушы аты немесе құпиясөз бар ({stream}). Оларды алып тастап, құпия кілттің атын өз өрісіне жазыңыз.',
  'problem.stream.main-stream': 'негізгі ағын',
  'problem.stream.small-stream': 'шағын ағын',
  'problem.stream.still-picture': 'сурет',
  'problem.district-unknown': '«{district}» ауданы қала картасында жоқ. Тізімнен таңдаңыз.',
  'problem.point-outside': 'Бұл нүкте қаладан тыс жатыр. Ендігі мен бойлығын түзетіңіз.',
  'problem.zone-owner':
    'Сол нұсқадағы {zone} аймағы {id} мекемесіне тиесілі, ал ол мекемелер тізімінде енді жоқ. Алдымен мекемені қайтарыңыз немесе басқа нұсқаны таңдаңыз.',
  'problem.agency-faulty':
    'Бұл өзгеріспен тапсырма беру ережелері жарамсыз болар еді; ештеңе сақталған жоқ. Не кедергі екені төменде аталған.',
  'problem.agency-id':
    'Мекеме идентификаторы кіші латын әріптерінен, цифрлардан және сызықшалардан тұрады. Оны түзетіңіз.',
  'problem.webhook': 'Хабарламаларға арналған мекенжай веб-мекенжай емес. Оны түзетіңіз.',
  'problem.agency-needed':
    'Бұл мекеме әлі қажет. Ашық тапсырмалар: {tasks}; ереже жолдары: {rows}; аймақтар, нысандар және адамдар: {owned}. Алдымен оларды басқа мекемеге беріңіз.',
  'problem.photo-large': 'Фото тым үлкен: ең көбі {n} МБ. Кішірегін жіберіңіз.',
  'problem.photo-kind':
    'Бұл түрдегі фото қабылданбайды. Телефон камерасында ең үйлесімді пішімді таңдап, қайта түсіріп жіберіңіз.',
  'problem.photo-foreign': 'Бұл фотоны сіздің мекемеңіз жіберген жоқ. Фотоны қайта жіберіңіз.',
  'problem.field.login': 'логин',
  'problem.field.password': 'құпиясөз',
  'problem.field.code': 'код',
  'problem.field.name': 'атау',
  'problem.field.reason': 'себеп',
  'problem.field.why': 'негіздеме',
  'problem.field.note': 'ескертпе',
  'problem.field.text': 'мәтін',
  'problem.fault.row.agency': '{id} мекемесі',
  'problem.fault.row.rule': '{id} ережесі',
  'problem.fault.row.policy': '{id} мерзімі',
  'problem.fault.row.asset': '{id} нысаны',
  'problem.fault.row.district': '{id} ауданы',
  'problem.fault.row.hazard': '{id} қаупі',
  'problem.fault.twice': '{row}: екі рет жазылған. Әр жолға өз идентификаторын беріңіз.',
  'problem.fault.no-duty': '{row}: кезекші байланыс жоқ. Түнде және демалыс күндері кім жауап беретінін көрсетіңіз.',
  'problem.fault.no-address':
    '{row}: жеткізу тәсілінің мекенжайы жоқ. Мекенжайын қосыңыз немесе тәсілді алып тастаңыз.',
  'problem.fault.agency-unknown':
    '{row}: {id} көрсетілген, бірақ мекемелер тізімінде ол жоқ. Қосыңыз немесе жолды түзетіңіз.',
  'problem.fault.agency-silent':
    '{row}: {id} мекемесіне бағытталған, онда кезекші байланыс жоқ. Түнде кім жауап беретінін көрсетіңіз.',
  'problem.fault.sub-unknown': '{row}: «{hazard}» қаупінің «{sub}» түрі жоқ. Басқасын таңдаңыз.',
  'problem.fault.district-unknown': '{row}: «{district}» ауданы жоқ. Тізімнен таңдаңыз.',
  'problem.fault.dates': '{row}: басталмай тұрып аяқталады. Күндерін түзетіңіз.',
  'problem.fault.uncovered':
    '{row}: «{hazard}» үшін кез келген орынға сай келетін ереже жоқ. Түрі, аймақ түрі және көше класы көрсетілмеген ереже қосыңыз.',
  'problem.fault.accept-long': '{row}: қабылдауға жоюдан көп уақыт берілген. Сағаттарын түзетіңіз.',
  'problem.fault.term-none': '{row}: {street} класты көшелерге мерзім жоқ. Мерзім жолын қосыңыз.',
};
