// What the desk holds beside the common state: its queue, what was seen, what is being decided. Changed by the acts below.
import type { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { systemClock } from '#core/clock';
import type { HazardName, Severity } from '#core/hazard-name';
import { newId } from '#core/ids';
import type { RejectReason } from '#core/incident';
import { undoS, Verdict } from '#core/verdict';
import { routes, type IncidentCard, type IncidentView } from '../../../contract.ts';
import { handActive, lastHeld, seenFirst, type Held, type Painted } from '../../guards.ts';
import { lastHandMs } from '../../keyboard.ts';
import { call, Refused, Unreachable } from '../../net/api.ts';
import { localShelf, Outbox, type OutboxItem, type Sent } from '../../outbox.ts';
import { isUndecided } from '../../parts/frame.tsx';
import { fetchAhead } from '../../parts/picture.tsx';
import { quiet } from '../../sound.ts';
import { putCards, say, serverNowMs, store } from '../../state.ts';
import { emptyQueue, inOrder, nextAfter, queueAfter, settled, stepFrom, type QueueView } from './queue.ts';

export interface HeldVerdict extends Held {
  readonly kind: Verdict['kind'];
  readonly card: IncidentCard;
}

export interface News {
  readonly incidentId: string;
  readonly who: string;
  readonly atMs: number;
}

export interface DeskState {
  readonly queue: QueueView;
  readonly details: ReadonlyMap<string, IncidentView>;
  readonly failed: ReadonlySet<string>;
  readonly painted: Painted | undefined;
  /** Decided here; the server's word may be under way. */
  readonly decided: ReadonlySet<string>;
  readonly held: readonly HeldVerdict[];
  readonly unsent: number;
  readonly severity: Severity | null;
  readonly agencyId: string | null;
  /** Somebody was first: shown with the item until the selection moves. */
  readonly news: News | null;
  readonly filter: number | null;
}

const none: DeskState = {
  queue: emptyQueue,
  details: new Map(),
  failed: new Set(),
  painted: undefined,
  decided: new Set(),
  held: [],
  unsent: 0,
  severity: null,
  agencyId: null,
  news: null,
  filter: null,
};

export const desk = createStore<DeskState>()(() => none);

/** Nothing of one person is left for the next one at the same seat. */
export const leaveDesk = (): void => {
  outbox = undefined;
  desk.setState(none);
};

/** Open cards of the queue, those decided here left out. */
export function openCards(): IncidentCard[] {
  const { decided } = desk.getState();
  return [...store.getState().incidents.values()].filter((card) => isUndecided(card) && !decided.has(card.id));
}

const ordered = (): string[] => inOrder(openCards(), serverNowMs());
export const isOpen = (id: string): boolean => openCards().some((card) => card.id === id);

/** Puts the queue in line with what is known. */
export function refreshQueue(): void {
  const before = desk.getState().queue;
  const after = queueAfter(before, ordered(), handActive(lastHandMs(), performance.now()));
  const queue = after.selected === null ? settled(after.rows, null) : after;
  desk.setState({ queue });
  if (queue.selected !== before.selected) opened(queue.selected);
}

/** What waits behind the bar comes in. */
export function showNew(): void {
  desk.setState(({ queue }) => ({ queue: settled(ordered(), queue.selected) }));
  opened(desk.getState().queue.selected);
}

function opened(id: string | null): void {
  desk.setState({ severity: null, agencyId: null, news: null, painted: undefined });
  store.setState({ mode: 'plain' });
  if (id === null) return;
  quiet(id);
  void loadDetails(id);
  loadAhead();
}

export function select(id: string | null): void {
  if (id === desk.getState().queue.selected) return;
  desk.setState(({ queue }) => ({ queue: { ...queue, selected: id } }));
  opened(id);
}

export const step = (by: 1 | -1): void => select(stepFrom(desk.getState().queue, by, isOpen));

const loading = new Set<string>();

/** Loads everything about an incident unless the newest is here. */
export async function loadDetails(id: string): Promise<void> {
  const known = desk.getState().details.get(id);
  const card = store.getState().incidents.get(id);
  if (loading.has(id) || (known && card && known.card.version >= card.version)) return;
  loading.add(id);
  try {
    const view = await call(routes.incident, { params: { id } });
    store.setState(({ incidents }) => ({ incidents: putCards(incidents, [view.card]) }));
    desk.setState(({ details, failed }) => ({
      details: limited(new Map(details).set(id, view)),
      failed: without(failed, id),
    }));
    fetchAhead(view.now?.sha256 ?? null);
    fetchAhead(view.before?.sha256 ?? null);
  } catch {
    desk.setState(({ failed }) => ({ failed: new Set([...failed, id]) }));
  } finally {
    loading.delete(id);
  }
}

const without = (set: ReadonlySet<string>, id: string): ReadonlySet<string> =>
  new Set([...set].filter((one) => one !== id));
const limited = (details: Map<string, IncidentView>): Map<string, IncidentView> =>
  details.size > 40 ? new Map([...details].slice(-40)) : details;

/** The next five are fetched and decoded before they are asked for (screens 7). */
function loadAhead(): void {
  const { queue } = desk.getState();
  const at = queue.selected === null ? 0 : queue.rows.indexOf(queue.selected) + 1;
  void (async () => {
    for (const id of queue.rows.slice(at, at + 5)) await loadDetails(id);
  })();
}

export function pictureOf(view: IncidentView): string | null {
  return view.now?.sha256 ?? view.card.stillSha256;
}

/** The picture of this item is on the screen. */
export function notePainted(itemId: string, picture: string, atMs: number): void {
  desk.setState({ painted: { itemId, picture, atMs } });
}

let outbox: Outbox | undefined;
const results = new Map<string, (sent: Sent) => void>();
let inFlight: string | undefined;

/** The person's queue of unsent verdicts in this browser. */
export function verdictBox(personId: string): Outbox {
  outbox ??= new Outbox(localShelf(`ahual.verdicts.${personId}`), send, (items) =>
    desk.setState({ unsent: items.length }),
  );
  return outbox;
}

async function send(item: OutboxItem): Promise<Sent> {
  if (item.kind !== 'verdict') return { kind: 'refused', why: '' };
  inFlight = item.key;
  try {
    const { incident, undoUntilMs } = await call(routes.verdict, { body: item.verdict });
    store.setState(({ incidents }) => ({ incidents: putCards(incidents, [incident]) }));
    desk.setState(({ held, decided }) => ({
      held: held.map((one) => (one.verdictId === item.key ? { ...one, untilMs: undoUntilMs } : one)),
      // An unsure one goes to other eyes: it does not come back to the same seat.
      decided: item.verdict.kind === 'unsure' ? decided : without(decided, incident.id),
    }));
    return { kind: 'done' };
  } catch (thrown) {
    if (thrown instanceof Unreachable) return { kind: 'no-line' };
    return refusedVerdict(item.verdict, thrown);
  } finally {
    inFlight = undefined;
    results.get(item.key)?.({ kind: 'done' });
    results.delete(item.key);
  }
}

function refusedVerdict(verdict: Verdict, thrown: unknown): Sent {
  const why = thrown instanceof Refused ? thrown.problem.message : '';
  const first = thrown instanceof Refused ? thrown.problem.first : undefined;
  desk.setState(({ held, decided, details }) => ({
    held: held.filter((one) => one.verdictId !== verdict.id),
    decided: without(decided, verdict.incidentId),
    details: new Map([...details].filter(([id]) => id !== verdict.incidentId)),
  }));
  if (first) desk.setState({ news: { incidentId: verdict.incidentId, who: first.who, atMs: first.atMs } });
  say(first ? 'desk.newerShort' : 'desk.refused', { why }, 'bad');
  void loadDetails(verdict.incidentId);
  refreshQueue();
  return { kind: 'refused', why };
}

type VerdictIn = z.input<typeof Verdict>;
/** What the person decided, before it is bound to what was seen. */
export type Choice =
  | { readonly kind: 'confirm'; readonly hazard?: HazardName; readonly now?: boolean }
  | { readonly kind: 'reject'; readonly reason: RejectReason }
  | { readonly kind: 'unsure' }
  | { readonly kind: 'shelve'; readonly minutes: number; readonly reason: string }
  | { readonly kind: 'merge'; readonly into: string };

/** May the selected item be judged now (guard G1)? Says why not. */
export function guardSeen(view: IncidentView, choice: Choice['kind'], nowMs = performance.now()): boolean {
  if (choice === 'shelve') return true;
  const seen = seenFirst({ itemId: view.card.id, picture: pictureOf(view) }, desk.getState().painted, nowMs);
  if (seen === 'ready' || (seen === 'blind' && choice === 'unsure')) return true;
  if (desk.getState().failed.has(view.card.id) && choice === 'unsure') return true;
  say(seen === 'blind' ? 'desk.blind' : 'desk.wait');
  return false;
}

function verdictOf(view: IncidentView, choice: Choice): VerdictIn {
  const { severity, agencyId, painted } = desk.getState();
  const common = {
    id: newId(systemClock),
    incidentId: view.card.id,
    version: view.card.version,
    ...(painted?.itemId === view.card.id
      ? { decisionMs: Math.max(0, Math.round(performance.now() - painted.atMs)) }
      : {}),
  };
  if (choice.kind !== 'confirm') return { ...common, ...choice };
  return {
    ...common,
    ...choice,
    ...(severity === null ? {} : { severity }),
    ...(agencyId === null ? {} : { agencyId }),
  };
}

/** Gives a verdict on what is on the screen: the next item comes at once, the server's word follows. */
export function give(personId: string, view: IncidentView, choice: Choice): void {
  if (!guardSeen(view, choice.kind)) return;
  const verdict = Verdict.parse(verdictOf(view, choice));
  const atMs = serverNowMs();
  desk.setState(({ held, decided }) => ({
    decided: new Set([...decided, view.card.id]),
    held: [
      ...held.filter((one) => one.untilMs > atMs),
      {
        verdictId: verdict.id,
        incidentId: view.card.id,
        givenAtMs: atMs,
        untilMs: choice.kind === 'confirm' && choice.now === true ? atMs : atMs + undoS * 1000,
        kind: choice.kind,
        card: view.card,
      },
    ],
  }));
  if (choice.kind === 'confirm' && choice.now === true) say('desk.sentNow');
  const { queue } = desk.getState();
  const rest = ordered();
  const next = nextAfter(queue, view.card.id, rest);
  desk.setState({ queue: settled(rest, next) });
  opened(next);
  void verdictBox(personId).put({ kind: 'verdict', key: verdict.id, atMs, verdict });
}

/** Takes back the last verdict whose ten seconds run: unsent ones never leave, sent ones are called back. */
export async function takeBack(personId: string): Promise<void> {
  const last = lastHeld(desk.getState().held, serverNowMs());
  if (!last) {
    say('desk.nothingToUndo');
    return;
  }
  const forget = (): void => {
    desk.setState(({ held, decided }) => ({
      held: held.filter((one) => one.verdictId !== last.verdictId),
      decided: without(decided, last.incidentId),
    }));
    desk.setState({ queue: settled(ordered(), last.incidentId) });
    opened(desk.getState().queue.selected);
    say('desk.takenBack');
  };
  if (inFlight === last.verdictId) await new Promise<Sent>((resolve) => results.set(last.verdictId, resolve));
  if (verdictBox(personId).drop(last.verdictId)) {
    forget();
    return;
  }
  try {
    const { incident } = await call(routes.undoVerdict, { params: { id: last.verdictId } });
    store.setState(({ incidents }) => ({ incidents: putCards(incidents, [incident]) }));
    forget();
  } catch (thrown) {
    say('desk.undoFailed', { why: thrown instanceof Refused ? thrown.problem.message : '' }, 'bad');
  }
}
