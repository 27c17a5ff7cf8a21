// A line of the log as a sentence, with what was before and what is after.
import { roles } from '#core/person';
import type { LogLine } from '../../../contract.ts';
import type { Say } from '../../parts/words.ts';
import { isTextKey } from '../../texts/index.ts';

const partsOf = { incident: 'log.incident', task: 'log.task', violation: 'log.violation' } as const;
const stateKeys = { incident: 'state', task: 'task', violation: 'violation' } as const;

const slug = (act: string): string => act.replaceAll(' ', '-');

/** A bound of roles in words: `until:2026-03-01T00:00` is told with its moment, groups by their ids. */
function boundWord(word: string, say: Say): string {
  const [, name, text = ''] = /^(groups|from|until|history):(.+)$/.exec(word) ?? [];
  const key = `bounds.log.${name ?? ''}`;
  return isTextKey(key) ? say(key, { text: text.replaceAll(',', ', ').replace('T', ' ') }) : word;
}

/** Roles by their names; what is no role stays what it is. */
function accessWords(text: string, say: Say): string {
  return text
    .split(' ')
    .map((word) => {
      const role = roles.find((one) => one === word);
      return role ? say(`role.${role}`) : boundWord(word, say);
    })
    .join(', ');
}

/** Who did it: a person's name, or the product itself. */
const whoOf = ({ who, actor }: LogLine, say: Say): string => {
  const key = `log.part.${actor}`;
  return isTextKey(key) ? say(key) : who;
};

/** Objects whose reason is written by the product where the product acted, or where a person pressed without words. */
const movedKinds = new Set(['incident', 'task', 'violation', 'clip', 'mass_incident', 'appeal']);
const ownReasons = new Set([
  'taken',
  'on the way',
  'made safe',
  'claimed done',
  'confirmed',
  'decided singly',
  'taken back',
  'two people are unsure',
  'the same as another',
  'under review',
  'seen by eye',
  'by a person',
]);
const ownForms = /^(the only open one, |task \S+ sent$|article \S+ chosen$)/;
const isOwnReason = (text: string): boolean => ownReasons.has(text) || ownForms.test(text);

/** Why, in words for a person: a reason of the lists by its name, a person's own words as they are; what machines say to machines is left out. */
export function reasonOf({ actor, who, act, objectKind, facts }: LogLine, say: Say): string | undefined {
  const given = ['reason', 'why', 'note']
    .map((name) => facts[name])
    .find((value) => typeof value === 'string' && value !== '');
  if (typeof given !== 'string' || /^[0-9a-f]{16,}$/.test(given)) return undefined;
  const named = given.replace(/^rejected: /, '');
  for (const key of [`reject.${named}`, `decline.${named}`, `plate.why.${named}`]) if (isTextKey(key)) return say(key);
  const version = /^version (\d+)$/.exec(given)?.[1];
  if (version !== undefined) return say('log.version', { n: Number(version) });
  const isPart = who === actor || isTextKey(`log.part.${actor}`);
  if ((movedKinds.has(objectKind) || act.startsWith('reference')) && (isPart || isOwnReason(given))) return undefined;
  return given;
}

/** The sentence of a line. */
export function sentenceOf(line: LogLine, say: Say): string {
  const { act, objectKind, objectId } = line;
  const object = line.object === '' ? objectId : line.object;
  const who = whoOf(line, say);
  const key = `log.act.${slug(act)}`;
  if (isTextKey(key)) return say(key, { who, object });
  if (objectKind === 'incident' || objectKind === 'task' || objectKind === 'violation') {
    const state = act.slice(objectKind.length + 1);
    const stateKey = `${stateKeys[objectKind]}.${state}`;
    const words = isTextKey(stateKey) ? say(stateKey) : state === 'changed' ? say('log.changed') : state;
    return say(partsOf[objectKind], { who, object, state: words.toLocaleLowerCase() });
  }
  return say('log.other', { who, object, act });
}

/** What stands under the sentence: before and after, why, how. Facts without words of their own stay with the machines. */
export function factsOf(line: LogLine, say: Say): string[] {
  const { facts, act } = line;
  const text = (name: string): string | undefined => {
    const value = facts[name];
    // Digests of what was before and after are for machines to compare; its history shows the content.
    return typeof value === 'string' && value !== '' && !/^[0-9a-f]{16,}$/.test(value) ? value : undefined;
  };
  const isAccess = /role|person/.test(act) && act !== 'person changed';
  const shown = (value: string): string => (isAccess ? accessWords(value, say) : value);
  const [before, after, reason, proposedBy, way, address] = [
    text('before'),
    text('after'),
    reasonOf(line, say),
    text('proposedBy'),
    text('way'),
    text('address'),
  ];
  const kind = text('kind');
  const kindKey = `people.act.${kind ?? ''}`;
  const wayKey = `sessions.way.${way ?? ''}`;
  const sessions = facts['sessions'];
  const seconds = facts['seconds'];
  const leftOut = facts['leftOut'];
  return [
    ...(isTextKey(kindKey) ? [say(kindKey)] : []),
    ...(before === undefined ? [] : [say('log.was', { text: shown(before) })]),
    ...(after === undefined ? [] : [say('log.is', { text: shown(after) })]),
    ...(reason === undefined ? [] : [say('log.reason', { text: reason })]),
    ...(proposedBy === undefined ? [] : [say('log.proposedBy', { text: proposedBy })]),
    ...(facts['alone'] === true ? [say('log.alone')] : []),
    ...(typeof seconds === 'number' ? [say('log.lasted', { n: Math.round(seconds) })] : []),
    ...(facts['ended'] === 'restart' ? [say('log.restart')] : []),
    ...(typeof leftOut === 'number' ? [say('log.leftOut', { n: leftOut })] : []),
    ...(typeof sessions === 'number' && sessions > 0 ? [say('log.sessions', { n: sessions })] : []),
    ...(isTextKey(wayKey) ? [say('log.way', { text: say(wayKey) })] : []),
    ...(address === undefined ? [] : [say('log.address', { text: address })]),
  ];
}
