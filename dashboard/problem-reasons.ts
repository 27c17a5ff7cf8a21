// Which sentence of the screens says a refusal. The English words of a refusal are written once, where it is thrown; this is the
// catalogue of them, as message catalogues have it: the English sentence with holes names the reason, the holes give its facts.

import { readerOf, type Found } from './holes.ts';

/**
 * One kind of refusal: `reason` names the sentence of the screens (`problem.<reason>`), null where the sentence of the code says all.
 * `message` and `cure` are the English words with holes; `{_}` is a hole that nobody needs, `{n}` a number.
 */
export interface ReasonRow {
  readonly reason: string | null;
  readonly message?: string;
  readonly cure?: string;
}

const plain = (...messages: string[]): ReasonRow[] => messages.map((message) => ({ reason: null, message }));
const says = (reason: string, ...messages: string[]): ReasonRow[] => messages.map((message) => ({ reason, message }));

/** The catalogue. The first row that fits is taken. */
export const reasonRows: readonly ReasonRow[] = [
  // What is not there, or not for this person.
  ...says('camera-gone', 'there is no camera {camera} to patrol.', 'there is no camera {camera}.'),
  ...plain('there is no incident {_}.', 'There is no such incident.', 'There is no such incident for you.'),
  ...plain('there is no mass incident {_}.', 'There is no such mass incident.'),
  ...plain('there is no task {_}.', 'There is no such task for you.'),
  ...plain('there is no clip {_}.', 'There is no such clip, or it is not sealed yet.'),
  ...plain('There is nothing at {_}.'),
  ...says('appeal-gone', 'there is no appeal {_}.', 'You sent no appeal with this number.'),
  ...says('place-removed', 'The {_} {id} was removed meanwhile.'),
  ...says('proposal-gone', 'There is no such proposal.', 'This proposal was decided already, or its time is over.'),
  ...says('verdict-gone', 'there is no verdict {_}.', 'You gave no such verdict.'),
  ...says('violation-gone', 'There is no such violation under review.', 'There is no such violation.'),
  ...says('violation-gone', 'there is no violation {_}.'),
  ...says('person-gone', 'There is no such person.'),
  ...says('session-ended', 'This session has ended.'),
  ...says('link-none', 'This person has no open link.'),
  ...says('link-used', 'This link was used already, or its time is over.', 'This link was just used.'),
  ...says('provider-none', 'No provider is set up here.'),
  ...says('handover-gone', 'There is no such handover.'),
  ...says('version-gone', 'There is no such version of this camera.', 'There is no such version of this agency.'),
  ...plain('the kept file {_} is not there.', 'This picture is not kept, or not for you.'),
  ...plain('There is no file of tiles.', 'There is no picture of this plate.'),
  ...says('pick-gone', 'This reference was taken back already.'),
  ...says('view-gone', 'This view was removed already.'),
  ...says('views-full', 'A camera has at most {most} views.'),
  ...says('view-known', 'This picture shows a view that the camera has already.'),
  ...says('view-other', 'This picture shows another view of the camera.'),
  ...says(
    'view-main-unpicked',
    'The main view of this camera has no picked reference: nothing would tell the two views apart.',
  ),
  ...says('view-main', 'A camera keeps its main view.'),
  ...says('views-others', 'These are not the views of this camera.'),
  ...says('pick-no-still', 'The picture of this look is not kept any more.'),
  ...says('still-none', 'No picture of this camera is kept now.'),
  ...says('issue-gone', 'The city\'s tree has no such issue "{_}".'),
  ...says('mark-unsealed', 'This clip is not sealed.'),
  ...says('mark-custody', 'The custody log of this clip is broken.'),
  ...says('mark-unplayed', 'You have not played this clip.'),
  ...says('mark-article', 'Article {_} is not in the table of {_}.'),
  ...says('mark-twice', 'Article {_} is under review on this clip as {_}.'),
  ...plain('Marks on clips are not for this role.'),
  ...says('still-held', 'The held picture is no longer kept.'),
  ...says('clip-file', 'The file of this clip is not there.'),

  // Somebody or the camera was first.
  ...says('incident-changed', 'incident #{number} was changed meanwhile ({_} then, {incidentState} now).'),
  ...says('task-changed', 'task {number} was changed meanwhile ({_} then, {taskState} now).'),
  ...says('task-changed', 'Task {number} was changed meanwhile: it is {taskState}.'),
  ...says('violation-changed', 'violation {number} was changed meanwhile or is gone.'),
  ...says('violation-changed', 'violation {number} was changed meanwhile.'),
  ...says('mass-changed', 'mass incident M{number} was changed meanwhile.'),
  ...says('mass-changed', '{_} was first with mass incident M{number} {_} s ago.'),
  ...says('incident-changed', '{_} was first with incident #{number}: it is {incidentState} since {_} s.'),
  ...plain('clip {_} was changed meanwhile or is gone.', 'Somebody else was first with this item.'),
  ...says('rules-behind', 'Other rows were published since this was made.'),
  ...says('proposal-gone', 'This proposal was decided meanwhile.'),
  ...says('set-changed', 'Somebody changed these cameras since it was shown what would change.'),
  ...says('place-changed', 'Somebody changed the {_} {id} meanwhile.'),

  // Steps that do not exist now.
  ...says('undo-late', 'the verdict on incident #{_} cannot be taken back: the time to take it back is over.'),
  ...says('undo-changed', 'the verdict on incident #{number} cannot be taken back: it has changed since.'),
  ...says('undo-sent', 'the verdict on incident #{number} cannot be taken back: its task is sent.'),
  ...says('undo-late', 'the decision on M{_} cannot be taken back: its time is over.'),
  ...says('undo-second', 'The time to take it back is over.'),
  ...says('undo-by-hand', 'Incident #{number} can no longer be taken back.'),
  ...says('not-by-hand', 'You raised no such incident by hand.'),
  ...says('appeal-closed', 'incident #{number} is {incidentState}: no appeal can be linked to it.'),
  ...says('merge-closed', 'incident #{number} is {incidentState}; nothing can be merged into it.'),
  ...says('mass-ended', 'mass incident M{number} has ended.'),
  ...says('incident-role', 'incident #{number} cannot go from {incidentState} to {incidentStateTo} by this role.'),
  ...says('incident-needs', 'incident #{number} cannot go from {incidentState} to {incidentStateTo} now.'),
  ...says(
    'incident-step',
    'incident #{number} cannot go from {incidentState} to {incidentStateTo}: there is no such step.',
  ),
  ...says('role-other', 'the incident cannot go from {_} by this role.'),
  ...plain('the incident cannot go from {_}.'),
  ...says('task-role', 'task {number} cannot go from {taskState} to {taskStateTo} by this role.'),
  ...says('task-step', 'task {number} cannot go from {taskState} to {taskStateTo}.'),
  ...says('violation-role', 'violation {number} cannot go from {violationState} to {violationStateTo} by this role.'),
  ...says('violation-step', 'violation {number} cannot go from {violationState} to {violationStateTo}.'),
  ...says('seat-last', 'This is the last seat that works: what comes in would be seen by nobody.'),
  ...says('handover-taken', 'This handover was taken or withdrawn meanwhile.'),

  // Who may not, and who may.
  ...says('whole-city', 'This concerns the whole city; your roles are limited to a part of it.'),
  ...says('place-foreign', 'This place is not of your cameras.'),
  ...says('access-over', 'Your access has ended.'),
  ...says('access-not-yet', 'Your access has not begun yet.'),
  ...plain('Your roles do not allow this.'),
  ...says('rules-own', 'Who proposed the rows does not publish them.'),
  ...says('proposal-own', 'You proposed this yourself; another system administrator has to publish it.'),
  ...says('verdict-other', 'this decision is another person’s.', 'this verdict is another person’s.'),
  {
    reason: 'shelve-long',
    message: 'incident #{_} cannot be shelved for {_} min by this role.',
    cure: 'At most {n} min; the shift lead may shelve for longer.',
  },
  ...says('shelve-long', 'An operator puts off for {n} minutes at most.'),
  ...says('put-off-long', 'These hazards are put off for {n} minutes at most.'),
  ...says('plates-role', 'Plates are not for this role.'),
  ...says('second-reviewer', 'violation {number} was reviewed first by the same person.'),
  ...says('agency-other', "task {_} is another agency's.", "This task is not your agency's."),
  ...says('declined-often', 'incident #{number} was declined {n} times.'),
  ...says('city-account', 'Here people sign in with their city account, not by password.'),
  ...says('factor-not-here', 'No second factor is to be set up here.'),
  ...says('factor-no-key', 'This installation has no key to keep second factors with.'),
  ...says('factor-on', 'A second factor is on already.'),
  ...says('factor-kept', 'Your role needs a second factor; you cannot take it off yourself.'),
  ...says('admin-two', 'Taking a system administrator away takes two people.'),
  ...says('camera-restricted', 'This camera looks at a restricted site.'),
  ...says('page-foreign', 'This request does not come from a page of yours.'),
  ...says('handover-own', 'Who gives a shift does not take it.'),

  // Signing in.
  ...plain('Login or password are wrong.', 'You are not signed in.', 'This token is not known.'),
  ...says('code-wrong', 'This code is wrong, too old or was used before.'),
  ...says('password-wrong', 'This is not your password.'),
  ...says('login-locked', 'Too many wrong passwords; from here this login is closed for {n} min more.'),
  ...says('code-needed', 'A one-time code is needed.'),
  ...says('factor-needed', 'Your role needs a second factor, and none is set up.'),
  ...says('password-short', 'This password is too short: it needs {n} characters.'),
  ...says('password-long', 'This password is too long: {n} characters are the most.'),
  ...says('password-login', 'This password is hardly more than the login.'),
  ...says('password-same', 'This password is one character again and again.'),

  // What a form says and cannot be.
  ...says('field', 'This request does not have the agreed form ({field}: {_}).'),
  ...plain('This request does not have the agreed form ({_}).'),
  ...says('place-taken', 'There is already the {_} {id}.'),
  ...says('place-unsaid', 'the place of the incident is not said.', 'This place lies in no district of the city.'),
  ...plain('the verdict id {_} belongs to another verdict.'),
  ...plain('This camera has no zone {_}.', 'There is no kind "{_}" of {_}.'),
  {
    reason: 'plate-form',
    message: 'This is no number plate.',
    cure: 'Type its letters and digits, {from} to {to} of them.',
  },
  ...says('article-not', 'article {article} is no candidate for violation {number} on {_}.'),
  ...says('admin-last', 'This is the last system administrator; nobody could let people in any more.'),
  ...says('roles-none', 'A person needs a role.'),
  ...says('agency-missing', 'Somebody of an agency needs the agency.'),
  ...says('agency-foreign', 'Only people of agencies have an agency.'),
  ...says(
    'roles-alone',
    'A system administrator, an auditor, a wall and people of agencies have no other role beside.',
  ),
  ...says('agency-gone', 'There is no such agency.'),
  ...says('bounds-city', 'One of these roles concerns the whole city and cannot be limited to a part of it.'),
  ...says('bounds-order', 'The end lies before the beginning.'),
  ...says('bounds-over', 'These roles would have ended already.'),
  ...says('group-gone', 'There is no such group of cameras.'),
  ...says('group-used', 'People’s roles are still limited to this group of cameras.'),
  ...says('group-stranger', 'This group names {id}, which is not known here.'),
  ...says('group-same', 'The group is like this already.'),
  ...says('group-changed', 'The group changed meanwhile.'),
  ...says('login-taken', 'This login is taken.'),
  ...says('roles-same', 'These are the roles already.'),
  ...says('person-active', 'This person is active already.'),
  ...says('person-inactive', 'This person is not active.'),
  ...says('factor-none', 'This person has no second factor.'),
  ...says('roles-changed', 'The roles of this person changed meanwhile.'),
  ...says('reason-needed', 'This camera looks at a restricted site; it is shown only for a stated reason.'),
  ...says('day-ahead', 'This day lies ahead, or there is no such day.'),
  ...says('words-needed', 'Materials go back only with words.'),
  { reason: 'rules-faulty', cure: 'Correct these rows; nothing was proposed.' },
  ...says('rules-same', 'Nothing is different from the rows that hold.'),
  { reason: 'rules-stale', cure: 'Take the proposal back and make it anew.' },
  { reason: 'zones-faulty', cure: 'Correct the drawing; nothing was saved.' },
  ...says('zones-untested', 'These zones were not tested as they are now.'),
  ...says(
    'address-form',
    'The address of the {stream} is not an address.',
    'The address of the {stream} names no host.',
  ),
  ...says('address-kind', 'The address of the {stream} is of a kind that is never opened.'),
  ...says('address-secret', 'The address of the {stream} carries a name or a password.'),
  ...says('district-unknown', "The district {district} is not on the city's map."),
  ...says('point-outside', 'This point lies outside the city.'),
  ...says('zone-owner', 'Zone {zone} of that version belongs to {id}, which is no longer in the list of agencies.'),
  { reason: 'agency-faulty', cure: 'Nothing was saved.' },
  ...says('agency-id', 'The id of an agency is of small Latin letters, digits and dashes.'),
  ...says('webhook', 'The address of the webhook is not http or https.'),
  ...says(
    'agency-needed',
    'This agency is still needed: open tasks {tasks}, routing rows {rows}, zones, assets and people {owned}.',
  ),

  ...says('set-same', 'None of these cameras would change.'),
  ...says('pick-troubled', 'An incident of this camera was open when this picture was taken.'),
  ...says('pick-hazard', 'This look said that something is wrong here.'),
  ...says('pick-unseen', 'In this picture nothing could be judged.'),
  // A table of cameras.
  ...says('table-file', 'This is no table.', 'There is no table in this request.'),
  { reason: 'table-large', message: 'This table is too large.', cure: 'Send one CSV file of {n} MiB at most.' },
  ...says('table-busy', 'Another table is being read now.'),
  ...says('table-faulty', 'This table has faulty rows.'),
  ...says('table-changed', 'The table or the cameras are no longer what was shown.'),

  // Photos.
  {
    reason: 'photo-large',
    message: 'This photo is too large.',
    cure: 'Send one JPEG photo of {n} MiB at most.',
  },
  ...plain('This is no file.', 'There is no file in this request.'),
  ...says('photo-kind', 'this photo cannot be kept: it is {_}.'),
  ...says('held-kind', 'This is no picture that can be held.'),
  ...says('not-watching', 'You do not look at this camera live.'),
  ...plain('this photo cannot be kept: {_}.'),
  ...says('photo-foreign', 'This photo was not sent by your agency.'),
  ...plain('Too many requests from this address.'),
];

const compiled = reasonRows.map(({ reason, message, cure }) => ({
  reason,
  message: message === undefined ? undefined : readerOf(message),
  cure: cure === undefined ? undefined : readerOf(cure),
}));

/**
 * The row of the catalogue that a refusal is of, with its facts; undefined for words that it does not know. `message` and `cure`
 * are those of the error.
 */
export function reasonOf(
  message: string,
  cure: string,
): { readonly reason: string | null; readonly facts: Found } | undefined {
  for (const row of compiled) {
    const ofMessage = row.message ? row.message(message) : {};
    const ofCure = row.cure ? row.cure(cure) : {};
    if (ofMessage && ofCure) return { reason: row.reason, facts: { ...ofMessage, ...ofCure } };
  }
  return undefined;
}
