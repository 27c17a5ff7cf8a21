// What the screens know. It is changed only by answers of the server, live words and the person's own choices; no React inside.
import type { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { systemClock } from '#core/clock';
import type { FeedTopic } from '#core/events';
import { languages, type Language } from '#core/hazard-name';
import { openIncidentStates } from '#core/incident';
import { openTaskStates } from '#core/task';
import {
  feedFrom,
  type CameraMark,
  type Change,
  type FeedFold,
  type IncidentCard,
  type MassCard,
  type Me,
  type ProofOfLife,
  type TaskCard,
} from '../contract.ts';
import type { Mode } from './keys.ts';
import type { TextKey } from './texts/index.ts';

export type Phase = 'asking' | 'out' | 'in' | 'unreachable';

export interface Toast {
  readonly id: number;
  readonly text: TextKey;
  readonly slots: Readonly<Record<string, string | number>>;
  readonly tone: 'plain' | 'bad';
}

/** What not every screen reads: a desk needs neither the tasks of the city nor its twelve thousand cameras. */
export type ReadTopic = 'task' | 'camera';

export type Life = z.infer<typeof ProofOfLife>;

export interface State {
  readonly phase: Phase;
  readonly me: Me | null;
  readonly language: Language;
  /** Server's moment minus ours, so that ages are true on a desk whose clock is wrong. */
  readonly skewMs: number;
  readonly line: 'up' | 'down';
  /** Our moment of the last word from the server. */
  readonly lastWordAtMs: number;
  readonly feed: FeedFold;
  /** Grows when everything has to be loaded anew. */
  readonly epoch: number;
  /** Number of the last change of each topic: screens load again when theirs grows. */
  readonly stamps: Readonly<Record<FeedTopic, number>>;
  readonly incidents: ReadonlyMap<string, IncidentCard>;
  /** Open mass incidents; their cards come with the desk. */
  readonly masses: ReadonlyMap<string, MassCard>;
  /** Grows when a mass incident is not what is known of it. */
  readonly massStamp: number;
  readonly tasks: ReadonlyMap<string, TaskCard>;
  readonly cameras: ReadonlyMap<string, CameraMark>;
  /** How many parts of the page read all tasks or all cameras: only then news of unknown ones is kept. */
  readonly readers: Readonly<Record<ReadTopic, number>>;
  readonly life: Life | null;
  readonly toast: Toast | null;
  readonly mode: Mode;
  readonly helpOpen: boolean;
  readonly soundArmed: boolean;
  /** Step of text size, -2 to 2. */
  readonly textStep: number;
}

/** A small choice kept in this browser, or null. */
export const keptChoice = (key: string): string | null => {
  try {
    return globalThis.localStorage.getItem(key);
  } catch {
    return null;
  }
};
const isLanguage = (text: string | null): text is Language => languages.some((language) => language === text);
const firstLanguage = (): Language => {
  const own = keptChoice('ahual.language');
  return isLanguage(own) ? own : 'kk';
};

export const store = createStore<State>()(() => ({
  phase: 'asking',
  me: null,
  language: firstLanguage(),
  skewMs: 0,
  line: 'down',
  lastWordAtMs: 0,
  feed: feedFrom(0),
  epoch: 0,
  stamps: { incident: 0, task: 0, clip: 0, violation: 0, camera: 0, weather: 0, appeal: 0 },
  incidents: new Map(),
  masses: new Map(),
  massStamp: 0,
  tasks: new Map(),
  cameras: new Map(),
  readers: { task: 0, camera: 0 },
  life: null,
  toast: null,
  mode: 'plain',
  helpOpen: false,
  soundArmed: false,
  textStep: Number(keptChoice('ahual.textStep') ?? 0),
}));

/** The server's present moment as far as we know it. */
export const serverNowMs = (): number => systemClock.nowMs() + store.getState().skewMs;

/** Keeps a small choice of the person in this browser; a browser that keeps nothing forgets it. */
export function keep(key: string, value: string): void {
  try {
    globalThis.localStorage.setItem(key, value);
  } catch {
    // Private windows refuse; the choice then lasts as long as the page.
  }
}

/** Puts in the cards whose version is not older than what is known. Returns the same map when nothing is new. */
export function putCards<T extends { readonly id: string; readonly version: number }>(
  known: ReadonlyMap<string, T>,
  cards: readonly T[],
): ReadonlyMap<string, T> {
  const fresh = cards.filter((card) => (known.get(card.id)?.version ?? -1) <= card.version);
  if (fresh.length === 0) return known;
  const next = new Map(known);
  for (const card of fresh) next.set(card.id, card);
  return next;
}

/**
 * Takes a whole list of the server: its cards, and those known ones that `covers` says it speaks of but which it no longer holds
 * are dropped.
 */
export function replaceCards<T extends { readonly id: string; readonly version: number }>(
  known: ReadonlyMap<string, T>,
  list: readonly T[],
  covers: (card: T) => boolean,
): ReadonlyMap<string, T> {
  const names = new Set(list.map((card) => card.id));
  const left = new Map([...known].filter(([id, card]) => names.has(id) || !covers(card)));
  return putCards(left, list);
}

/** Puts in one mass incident as the server has just told it. */
export const putMass = (card: MassCard): void => store.setState(({ masses }) => ({ masses: putCards(masses, [card]) }));

/** The part of the state that changes take effect on. */
export type Known = Pick<State, 'incidents' | 'masses' | 'massStamp' | 'tasks' | 'cameras' | 'stamps'>;

/** From now on news of all tasks or all cameras is kept, until the returned function is called. */
export function readAll(topic: ReadTopic): () => void {
  const count = (by: number) => (): void =>
    store.setState(({ readers }) => ({ readers: { ...readers, [topic]: readers[topic] + by } }));
  count(1)();
  return count(-1);
}

/** What is known after these changes. Of tasks and cameras that nobody reads only those that are known already are kept up to date. */
export function knownAfter(known: Known & Pick<State, 'readers'>, changes: readonly Change[]): Known {
  const { readers } = known;
  const stamps = { ...known.stamps };
  for (const change of changes) stamps[change.topic] = Math.max(stamps[change.topic], change.number);
  const marks = changes
    .flatMap((change) => change.camera ?? [])
    .filter(({ id }) => readers.camera > 0 || known.cameras.has(id));
  const tasks = changes
    .flatMap((change) => change.task ?? [])
    .filter(({ id }) => readers.task > 0 || known.tasks.has(id));
  const isNews = changes.some(({ mass }) => mass && known.masses.get(mass.id)?.version !== mass.version);
  return {
    stamps,
    masses: known.masses,
    massStamp: known.massStamp + (isNews ? 1 : 0),
    cameras:
      marks.length === 0
        ? known.cameras
        : new Map([...known.cameras, ...marks.map((mark): [string, CameraMark] => [mark.id, mark])]),
    incidents: withoutOld(
      putCards(
        known.incidents,
        changes.flatMap((change) => change.incident ?? []),
      ),
    ),
    tasks: withoutOldTasks(putCards(known.tasks, tasks)),
  };
}

/** Incidents that have ended are of use on no screen for long; so many of the last ones are kept, and a wall runs for thirty days. */
const endedMost = 50;

/** The cards without those that ended longest ago; now and then, so that not every change copies them. */
export const withoutOld = <T extends Pick<IncidentCard, 'id' | 'state'>>(
  cards: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> => lastEnded(cards, ({ state }) => isOpenState(state), endedMost);

/** Finished tasks stand on the controller's board for a day, which loads its list by itself. */
const endedTasksMost = 200;

const withoutOldTasks = (cards: ReadonlyMap<string, TaskCard>): ReadonlyMap<string, TaskCard> =>
  lastEnded(cards, ({ state }) => openTaskStates.some((one) => one === state), endedTasksMost);

/** All open cards and the last `most` of those that ended, once there are twice as many. */
function lastEnded<T extends { readonly id: string }>(
  cards: ReadonlyMap<string, T>,
  isOpen: (card: T) => boolean,
  most: number,
): ReadonlyMap<string, T> {
  const ended = [...cards.values()].filter((card) => !isOpen(card));
  if (ended.length <= 2 * most) return cards;
  const gone = new Set(ended.slice(0, -most).map(({ id }) => id));
  return new Map([...cards].filter(([id]) => !gone.has(id)));
}

const isOpenState = (state: IncidentCard['state']): boolean => openIncidentStates.some((one) => one === state);

let toasts = 0;

/** Says one sentence at the foot of the screen. */
export function say(text: TextKey, slots: Toast['slots'] = {}, tone: Toast['tone'] = 'plain'): void {
  toasts += 1;
  store.setState({ toast: { id: toasts, text, slots, tone } });
}

/** Switches the language of everything, at once and without loading anything. */
export function setLanguage(language: Language): void {
  keep('ahual.language', language);
  store.setState({ language });
}

/** Text one step larger or smaller, kept in this browser. */
export function stepText(by: number): void {
  const textStep = Math.max(-2, Math.min(2, store.getState().textStep + by));
  keep('ahual.textStep', String(textStep));
  store.setState({ textStep });
}
