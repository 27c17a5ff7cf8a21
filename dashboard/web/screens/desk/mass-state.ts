// What the desk does with a mass incident: two presses for a decision, one key to take it back, opening it into its members.
import { undoS } from '#core/verdict';
import { routes, type MassCard } from '../../../contract.ts';
import { seenMs } from '../../guards.ts';
import { call, Refused, Unreachable } from '../../net/api.ts';
import { putCards, putMass, say, serverNowMs, store } from '../../state.ts';
import { whyOf } from '../../trouble.ts';
import { afterDecision, desk, forgetDecided, refreshQueue, type HeldVerdict } from './desk-state.ts';
import { massRow, rowsInside, sampleOf, type MassChoice } from './mass.ts';

/** May this mass incident be decided now (guards G1 and G5)? Says why not. */
export function massSeen(card: MassCard, nowMs = performance.now()): boolean {
  const sample = sampleOf(card);
  if (sample.length === 0) {
    say('mass.blind');
    return false;
  }
  const { massPainted } = desk.getState();
  const atMs = sample.map((sha256) => (massPainted.massId === card.id ? massPainted.atMs.get(sha256) : undefined));
  if (atMs.every((one) => one !== undefined && nowMs - one >= seenMs)) return true;
  say('mass.wait');
  return false;
}

/** A picture of this mass incident is on the screen. */
export function noteMassPainted(massId: string, sha256: string, atMs: number): void {
  desk.setState(({ massPainted }) => {
    const known = massPainted.massId === massId ? massPainted.atMs : new Map<string, number>();
    return { massPainted: { massId, atMs: known.has(sha256) ? known : new Map(known).set(sha256, atMs) } };
  });
}

/** The first press: shows what the second will do. Nothing is decided yet. */
export function armMass(massId: string, choice: MassChoice): void {
  const { me, masses, line } = store.getState();
  const card = masses.get(massId);
  const no = !me?.permissions.includes('decide')
    ? 'verdict.notYours'
    : !card?.asks
      ? 'desk.gone'
      : line === 'down'
        ? 'mass.needsLine'
        : null;
  if (no !== null) say(no);
  if (no !== null || !card || !massSeen(card)) return;
  desk.setState({ massArmed: { massId, version: card.version, choice } });
  store.setState({ mode: 'armed' });
}

export function disarmMass(): void {
  if (desk.getState().massArmed === null) return;
  desk.setState({ massArmed: null });
  store.setState({ mode: 'plain' });
}

let underWay: Promise<void> = Promise.resolve();

/** The second press: one decision for all members that wait. */
export function decideArmed(massId: string): void {
  const { massArmed, massPainted } = desk.getState();
  const card = store.getState().masses.get(massId);
  disarmMass();
  if (!massArmed || massArmed.massId !== massId || !card) return;
  if (card.version !== massArmed.version) {
    say('desk.newerShort');
    return;
  }
  const { choice, version } = massArmed;
  const row = massRow(massId);
  const atMs = serverNowMs();
  const seenAtMs = Math.max(...massPainted.atMs.values());
  const decisionMs = Number.isFinite(seenAtMs) ? Math.max(0, Math.round(performance.now() - seenAtMs)) : undefined;
  afterDecision(row, {
    verdictId: row,
    incidentId: row,
    givenAtMs: atMs,
    untilMs: atMs + undoS * 1000,
    kind: choice.kind,
    card,
    takeBack: () => takeBackMass(massId),
  });
  underWay = (async () => {
    const body = { ...choice, version, ...(decisionMs === undefined ? {} : { decisionMs }) };
    try {
      const { mass, undoUntilMs } = await call(routes.massVerdict, { params: { id: massId }, body });
      putMass(mass);
      desk.setState(({ held }) => ({
        held: held.map((one) => (one.verdictId === row ? { ...one, untilMs: undoUntilMs } : one)),
      }));
      forgetDecided(row, false);
    } catch (thrown) {
      const first = thrown instanceof Refused ? thrown.problem.first : undefined;
      forgetDecided(row, true);
      if (first) desk.setState({ news: { incidentId: row, who: first.who, atMs: first.atMs } });
      if (thrown instanceof Unreachable) say('mass.needsLine', {}, 'bad');
      else if (first) say('desk.newer', { who: first.who, time: clockTime(first.atMs) }, 'bad');
      else say('desk.refused', { why: whyOf(thrown) }, 'bad');
      store.setState(({ massStamp }) => ({ massStamp: massStamp + 1 }));
    }
    refreshQueue();
  })();
}

/** 14:31:58 in the city's zone, for a sentence that is made outside of a component. */
function clockTime(atMs: number): string {
  const zone = store.getState().me?.city.zone ?? 'UTC';
  const parts = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: zone } as const;
  return new Intl.DateTimeFormat('en-GB', parts).format(atMs);
}

/** A decision of this person that the server tells of and that can still be taken back. */
export function heldOf(card: MassCard): HeldVerdict[] {
  const { decision } = card;
  if (!decision?.mine || decision.undoUntilMs <= serverNowMs()) return [];
  const row = massRow(card.id);
  return [
    {
      verdictId: row,
      incidentId: row,
      givenAtMs: decision.atMs,
      untilMs: decision.undoUntilMs,
      kind: decision.kind === 'confirmed' ? 'confirm' : 'reject',
      card,
      takeBack: () => takeBackMass(card.id),
    },
  ];
}

/** Takes a decision on a mass incident back while its ten seconds run; false when it could not be. */
async function takeBackMass(massId: string): Promise<boolean> {
  await underWay;
  try {
    const { mass } = await call(routes.undoMass, { params: { id: massId } });
    putMass(mass);
    forgetDecided(massRow(massId), true);
    say('desk.takenBack');
    return true;
  } catch (thrown) {
    say('desk.undoFailed', { why: whyOf(thrown) }, 'bad');
    return false;
  }
}

/** Opens a mass incident into its members, to be decided one by one; on an opened one, brings its list up to date. */
export async function openMembers(massId: string): Promise<void> {
  try {
    const { card, members } = await call(routes.mass, { params: { id: massId } });
    putMass(card);
    store.setState(({ incidents }) => ({ incidents: putCards(incidents, members) }));
    desk.setState({ opened: { massId, members: rowsInside(members, store.getState().masses) } });
  } catch {
    say('mass.notLoaded', {}, 'bad');
  }
  refreshQueue();
}

/** Closes it again into one row. */
export function closeMembers(): void {
  desk.setState({ opened: null });
  refreshQueue();
}
