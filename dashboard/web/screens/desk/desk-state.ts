// What the desk holds beside the common state: its queue, what was seen, what is being decided. Changed by the acts below.
import type { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { systemClock } from '#core/clock';
import type { HazardName, Severity } from '#core/hazard-name';
import { newId } from '#core/ids';
import type { RejectReason } from '#core/incident';
import { undoS, Verdict } from '#core/verdict';
import { routes, type IncidentCard, type IncidentView, type MassCard } from '../../../contract.ts';
import { withoutGone } from '../../forget.ts';
import { handActive, lastHeld, seenFirst, stillHeld, type Held, type Painted } from '../../guards.ts';
import { lastHandMs } from '../../keyboard.ts';
import { call, Refused, Unreachable } from '../../net/api.ts';
import { localShelf, Outbox, type OutboxItem, type Sent } from '../../outbox.ts';
import { fetchAhead } from '../../parts/picture.tsx';
import { quiet } from '../../sound.ts';
import { putCards, say, serverNowMs, store } from '../../state.ts';
import { whyOf } from '../../trouble.ts';
import { lieOf } from './align/use-lie.ts';
import { isNamed, isSameFilter, passes, type QueueFilter } from './filter.ts';
import { isStoodFor, massIdOf, massRow, queueRows, waits, type MassArmed, type Opened } from './mass.ts';
import { emptyQueue, nextAfter, queueAfter, settled, stepFrom, type QueueView } from './queue.ts';

export interface HeldVerdict extends Held {
  readonly kind: Verdict['kind'];
  readonly card: Pick<IncidentCard | MassCard, 'id' | 'number' | 'hazard'>;
  /** How it is taken back, where that is not by its verdict; false when it could not be. */
  readonly takeBack?: () => Promise<boolean>;
}

export interface News {
  readonly incidentId: string;
  readonly who: string;
  readonly atMs: number;
}

/** What a known item was, as two people had said. */
export interface PlantedWord {
  readonly number: number;
  readonly agreed: boolean | null;
  readonly kind: 'confirm' | 'reject';
  readonly hazard: HazardName;
}

export interface DeskState {
  readonly queue: QueueView;
  readonly details: ReadonlyMap<string, IncidentView>;
  readonly failed: ReadonlySet<string>;
  readonly painted: Painted | undefined;
  /** Its picture did not come, or has let itself be waited for too long: then "unsure" alone is possible. */
  readonly missed: string | null;
  /** Decided here; the server's word may be under way. */
  readonly decided: ReadonlySet<string>;
  readonly held: readonly HeldVerdict[];
  readonly unsent: number;
  /** Does the browser keep what is unsent over a closed page? */
  readonly unsentKept: boolean;
  readonly severity: Severity | null;
  readonly agencyId: string | null;
  /** Somebody was first: shown with the item until the selection moves. */
  readonly news: News | null;
  /** To what the queue is narrowed. */
  readonly filter: QueueFilter | null;
  /** The last verdict was on a known item: told until it is read. */
  readonly planted: PlantedWord | null;
  readonly flood: boolean;
  /** The server's moment of the last answer; 0 before the first. */
  readonly asOfMs: number;
  /** The mass incident that is opened into its members. */
  readonly opened: Opened | null;
  readonly massArmed: MassArmed | null;
  /** When which picture of which mass incident was painted (monotonic). */
  readonly massPainted: { readonly massId: string; readonly atMs: ReadonlyMap<string, number> };
}

const none: DeskState = {
  queue: emptyQueue,
  details: new Map(),
  failed: new Set(),
  painted: undefined,
  missed: null,
  decided: new Set(),
  held: [],
  unsent: 0,
  unsentKept: true,
  severity: null,
  agencyId: null,
  news: null,
  filter: null,
  planted: null,
  flood: false,
  asOfMs: 0,
  opened: null,
  massArmed: null,
  massPainted: { massId: '', atMs: new Map() },
};

export const desk = createStore<DeskState>()(() => none);

/** Nothing of one person is left for the next one at the same seat. */
export const leaveDesk = (): void => {
  outbox = undefined;
  desk.setState(none);
};

/** What waits for a verdict and was not decided here, whatever the queue is narrowed to. */
function waitingNow(): { singles: IncidentCard[]; many: MassCard[] } {
  const { decided } = desk.getState();
  const { incidents, masses } = store.getState();
  return {
    singles: [...incidents.values()].filter(
      (card) => card.state !== 'candidate' && waits(card) && !decided.has(card.id) && !isStoodFor(card, masses),
    ),
    many: [...masses.values()].filter((one) => one.asks && !decided.has(massRow(one.id))),
  };
}

/** The same in one list, for counting. */
export const waitingCards = (): readonly Pick<IncidentCard, 'hazard' | 'district'>[] => {
  const { singles, many } = waitingNow();
  return [...singles, ...many];
};

/** Narrows the queue to this, or opens it again when it was narrowed to it already; null opens it. */
export function narrow(filter: QueueFilter | null): void {
  const before = desk.getState();
  if (filter !== null && !waitingCards().some((card) => isNamed(filter, card))) {
    say('desk.narrowNone');
    return;
  }
  desk.setState({ filter: filter === null || isSameFilter(before.filter, filter) ? null : filter });
  const { selected } = before.queue;
  const queue = settled(ordered(), selected);
  desk.setState({ queue });
  if (queue.selected !== selected) opened(queue.selected);
}

/** Rows of the queue as they should stand now, those decided here left out. */
function ordered(): string[] {
  const { decided, opened: inside, filter } = desk.getState();
  const { incidents } = store.getState();
  const waiting = waitingNow();
  // What it was narrowed to has all been decided: an open queue must not look like an empty one.
  if (filter !== null && ![...waiting.singles, ...waiting.many].some((card) => isNamed(filter, card))) {
    desk.setState({ filter: null });
    return ordered();
  }
  const singles = waiting.singles.filter((card) => passes(filter, card));
  const many = waiting.many.filter((one) => passes(filter, one));
  const isWaiting = (id: string): boolean => {
    const card = incidents.get(id);
    return card !== undefined && waits(card) && !decided.has(id);
  };
  const members = inside && { ...inside, members: inside.members.filter(isWaiting) };
  return queueRows(singles, many, members, serverNowMs());
}

/** Drops what was noted of incidents of which nothing is known any more; what waits in the outbox is held on to. */
function forgetGone(): void {
  const { incidents } = store.getState();
  const unsent = new Set<string>(
    outbox?.items.flatMap((item) => (item.kind === 'verdict' ? [item.verdict.incidentId] : [])),
  );
  const before = desk.getState();
  const failed = withoutGone(before.failed, incidents);
  const decided = withoutGone(before.decided, incidents, (id) => unsent.has(id) || massIdOf(id) !== undefined);
  if (failed !== before.failed || decided !== before.decided) desk.setState({ failed, decided });
}

/** Puts into the verdicts that can be taken back those that the server tells of, and drops those whose time is over. */
export function noteHeld(told: readonly HeldVerdict[], nowMs: number): void {
  desk.setState(({ held }) => {
    const fresh = told.filter((row) => !held.some((one) => one.verdictId === row.verdictId));
    return { held: stillHeld([...fresh, ...held], nowMs, (id) => outbox?.holds(id) === true) };
  });
}

/** Puts the queue in line with what is known. */
export function refreshQueue(): void {
  forgetGone();
  const before = desk.getState().queue;
  const massId = massIdOf(before.selected);
  if (before.selected !== null && massId !== undefined && !store.getState().masses.has(massId)) {
    // It has ended: nothing of it is left to look at.
    select(nextAfter(before, before.selected, ordered()));
    showNew();
    return;
  }
  const after = queueAfter(before, ordered(), handActive(lastHandMs(), performance.now()));
  const queue = after.selected === null ? settled(after.rows, null) : after;
  desk.setState({ queue });
  if (queue.selected !== before.selected) opened(queue.selected);
}

/** What waits behind the bar comes in. */
export function showNew(): void {
  const before = desk.getState().queue.selected;
  desk.setState(({ queue }) => ({ queue: settled(ordered(), queue.selected) }));
  const { selected } = desk.getState().queue;
  if (selected !== before) opened(selected);
}

function opened(id: string | null): void {
  desk.setState(({ painted }) => ({
    severity: null,
    agencyId: null,
    news: null,
    // What stands on the screen already is not painted a second time.
    painted: painted?.itemId === id ? painted : undefined,
    missed: null,
    massArmed: null,
  }));
  store.setState({ mode: 'plain' });
  if (id === null) return;
  if (massIdOf(id) !== undefined) {
    loadAhead();
    return;
  }
  quiet(id);
  void loadDetails(id);
  loadAhead();
}

export function select(id: string | null): void {
  if (id === desk.getState().queue.selected) return;
  desk.setState(({ queue }) => ({ queue: { ...queue, selected: id } }));
  opened(id);
}

/** `isTaken`: another seat has it on the screen, so it is stepped over unless there is nothing else. */
export function step(by: 1 | -1, isTaken: (id: string) => boolean): void {
  const open = new Set(ordered());
  const before = desk.getState().queue;
  const free = stepFrom(before, by, (id) => open.has(id) && !isTaken(id));
  select(free === before.selected ? stepFrom(before, by, (id) => open.has(id)) : free);
}

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
    if (view.now && view.before && view.now.sha256 !== view.before.sha256)
      void lieOf(view.before.sha256, view.now.sha256);
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
    for (const id of queue.rows.slice(at, at + 5)) if (massIdOf(id) === undefined) await loadDetails(id);
  })();
}

export function pictureOf(view: IncidentView): string | null {
  return view.now?.sha256 ?? view.card.stillSha256;
}

/** The picture of this item is on the screen. */
export function notePainted(itemId: string, picture: string, atMs: number): void {
  desk.setState({ painted: { itemId, picture, atMs }, missed: null });
}

/** The picture of this item does not come. */
export const noteMissed = (itemId: string): void => desk.setState({ missed: itemId });

let outbox: Outbox | undefined;
const results = new Map<string, (sent: Sent) => void>();
let inFlight: string | undefined;

/** The person's queue of unsent verdicts in this browser. */
export function verdictBox(personId: string): Outbox {
  if (outbox) return outbox;
  outbox = new Outbox(localShelf(`ahual.verdicts.${personId}`), send, (items, isKept) =>
    desk.setState({ unsent: items.length, unsentKept: isKept }),
  );
  // What was decided before the page was closed is not put before the person again.
  const kept = outbox.items.flatMap((item) => (item.kind === 'verdict' ? [item.verdict.incidentId] : []));
  if (kept.length > 0) desk.setState(({ decided }) => ({ decided: new Set([...decided, ...kept]) }));
  return outbox;
}

async function sendUndo(verdictId: string): Promise<Sent> {
  try {
    const { incident } = await call(routes.undoVerdict, { params: { id: verdictId } });
    store.setState(({ incidents }) => ({ incidents: putCards(incidents, [incident]) }));
    return { kind: 'done' };
  } catch (thrown) {
    if (thrown instanceof Unreachable) return { kind: 'no-line' };
    const why = whyOf(thrown);
    // A verdict that the server refused, or never had, needs no taking back.
    if (!(thrown instanceof Refused && thrown.status === 404)) say('desk.undoFailed', { why }, 'bad');
    return { kind: 'refused', why };
  }
}

async function send(item: OutboxItem): Promise<Sent> {
  if (item.kind === 'undo') return sendUndo(item.verdictId);
  if (item.kind !== 'verdict') return { kind: 'refused', why: '' };
  inFlight = item.key;
  try {
    const { incident, undoUntilMs, planted } = await call(routes.verdict, { body: item.verdict });
    store.setState(({ incidents }) => ({ incidents: putCards(incidents, [incident]) }));
    desk.setState(({ held, decided }) => ({
      // What a known item was is told at once: there is nothing to take back.
      held: planted
        ? held.filter((one) => one.verdictId !== item.key)
        : held.map((one) => (one.verdictId === item.key ? { ...one, untilMs: undoUntilMs } : one)),
      // An unsure one goes to other eyes: it does not come back to the same seat.
      decided: item.verdict.kind === 'unsure' && !planted ? decided : without(decided, incident.id),
    }));
    if (planted) desk.setState({ planted: { ...planted, number: incident.number } });
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
  const why = whyOf(thrown);
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
  | { readonly kind: 'reject'; readonly reason: RejectReason; readonly note?: string }
  | { readonly kind: 'unsure' }
  | { readonly kind: 'shelve'; readonly minutes: number; readonly reason: string }
  | { readonly kind: 'merge'; readonly into: string };

/** May the selected item be judged now (guard G1)? Says why not. */
export function guardSeen(view: IncidentView, choice: Choice['kind'], nowMs = performance.now()): boolean {
  if (choice === 'shelve') return true;
  const seen = seenFirst({ itemId: view.card.id, picture: pictureOf(view) }, desk.getState().painted, nowMs);
  if (seen === 'ready' || (seen === 'blind' && choice === 'unsure')) return true;
  const { failed, missed } = desk.getState();
  const isMissing = missed === view.card.id || failed.has(view.card.id);
  if (isMissing && choice === 'unsure') return true;
  say(seen === 'blind' || isMissing ? 'desk.blind' : 'desk.wait');
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

/** A row was decided here: it can be taken back for a while, and the next one is opened. */
export function afterDecision(row: string, given: HeldVerdict): void {
  desk.setState(({ held, decided }) => ({
    decided: new Set([...decided, row]),
    planted: null,
    held: [...held.filter((one) => one.untilMs > given.givenAtMs && one.verdictId !== given.verdictId), given],
  }));
  const { queue } = desk.getState();
  const rest = ordered();
  const next = nextAfter(queue, row, rest);
  desk.setState({ queue: settled(rest, next) });
  opened(next);
}

/** The server has spoken of a row that was decided here; `undone`: it was not, or no longer, decided. */
export function forgetDecided(row: string, undone: boolean): void {
  desk.setState(({ held, decided }) => ({
    decided: without(decided, row),
    ...(undone ? { held: held.filter((one) => one.verdictId !== row) } : {}),
  }));
}

/** Gives a verdict on what is on the screen: the next item comes at once, the server's word follows. */
export function give(personId: string, view: IncidentView, choice: Choice): void {
  if (!guardSeen(view, choice.kind)) return;
  const verdict = Verdict.parse(verdictOf(view, choice));
  const atMs = serverNowMs();
  afterDecision(view.card.id, {
    verdictId: verdict.id,
    incidentId: view.card.id,
    givenAtMs: atMs,
    untilMs: choice.kind === 'confirm' && choice.now === true ? atMs : atMs + undoS * 1000,
    kind: choice.kind,
    card: view.card,
  });
  if (choice.kind === 'confirm' && choice.now === true) say('desk.sentNow');
  void verdictBox(personId).put({ kind: 'verdict', key: verdict.id, atMs, verdict });
}

/** Takes back the last verdict whose ten seconds run: unsent ones never leave, sent ones are called back. */
export async function takeBack(personId: string): Promise<void> {
  const last = lastHeld(desk.getState().held, serverNowMs());
  if (!last) {
    say('desk.nothingToUndo');
    return;
  }
  const own = desk.getState().held.find((one) => one.verdictId === last.verdictId)?.takeBack;
  if (own) {
    if (!(await own())) return;
    const rows = ordered();
    // What was raised by hand stood in no queue: the item on the screen stays.
    if (!rows.includes(last.incidentId)) return;
    desk.setState({ queue: settled(rows, last.incidentId) });
    opened(desk.getState().queue.selected);
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
  const box = verdictBox(personId);
  if (box.drop(last.verdictId)) {
    forget();
    return;
  }
  if (box.holds(last.verdictId)) {
    // It was on its way and no word came back: the server may have it, so the taking back follows it on the same road.
    forget();
    await box.put({
      kind: 'undo',
      key: `undo ${last.verdictId}`,
      atMs: serverNowMs(),
      verdictId: last.verdictId,
    });
    return;
  }
  try {
    const { incident } = await call(routes.undoVerdict, { params: { id: last.verdictId } });
    store.setState(({ incidents }) => ({ incidents: putCards(incidents, [incident]) }));
    forget();
  } catch (thrown) {
    say('desk.undoFailed', { why: whyOf(thrown) }, 'bad');
  }
}

/** An incident by hand can be taken back like a verdict, while its seconds run. */
export function holdByHand(key: string, card: IncidentCard, untilMs: number): void {
  const givenAtMs = serverNowMs();
  if (untilMs <= givenAtMs) return;
  const drop = (): void => desk.setState(({ held }) => ({ held: held.filter((one) => one.verdictId !== key) }));
  const takeBackByHand = async (): Promise<boolean> => {
    try {
      const { incident } = await call(routes.withdraw, { params: { id: card.id } });
      store.setState(({ incidents }) => ({ incidents: putCards(incidents, [incident]) }));
      drop();
      say('byHand.withdrawn', { number: `#${card.number}` });
      return true;
    } catch (thrown) {
      say('desk.undoFailed', { why: whyOf(thrown) }, 'bad');
      return false;
    }
  };
  const one = {
    verdictId: key,
    incidentId: card.id,
    givenAtMs,
    untilMs,
    kind: 'confirm',
    card,
    takeBack: takeBackByHand,
  } as const;
  desk.setState(({ held }) => ({ held: [...held, one] }));
}
