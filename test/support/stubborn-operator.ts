// An operator who confirms what waits, and sends each verdict until it is answered, and then once more, as a browser does whose
// connection broke between the verdict and its answer.
import { systemClock } from '#core/clock';
import { messageOf } from '#core/errors';
import type { Seat } from '../../cli/measure/seat.ts';

export interface StubbornOperator {
  /** Verdicts that were answered: taken, or refused because the incident had changed. By their id. */
  readonly answered: ReadonlyMap<string, { readonly incidentId: string; readonly isTaken: boolean }>;
  /** Verdicts that were taken, and refused when they came once more. */
  readonly refusedAgain: readonly string[];
  /** How many times a verdict was sent again. */
  readonly resent: () => number;
  /** Ends after the verdict in hand was answered. */
  stop(): Promise<void>;
}

const pauseMs = 300;

/** Sits down at the desk and works until told to stop. */
export function startOperator(sitDown: () => Promise<Seat>): StubbornOperator {
  const answered = new Map<string, { incidentId: string; isTaken: boolean }>();
  const refusedAgain: string[] = [];
  const state = { isOver: false, resent: 0 };
  let seat: Seat | undefined;
  let inHand: { id: string; incidentId: string; version: number; tries: number; isTaken: boolean } | undefined;

  async function act(): Promise<void> {
    seat ??= await sitDown();
    if (!inHand) {
      if (state.isOver) return;
      const { queue } = await seat.ask('desk');
      const card = queue.find((one) => one.state === 'pending_review');
      if (!card) return;
      const id = `kill-${card.id}-${card.version}`;
      inHand = { id, incidentId: card.id, version: card.version, tries: 0, isTaken: false };
    }
    const held = inHand;
    const { id, incidentId, version } = held;
    if (held.tries++ > 0 && !held.isTaken) state.resent++;
    try {
      await seat.ask('verdict', { body: { kind: 'confirm', id, incidentId, version } });
      const isAgain = held.isTaken;
      held.isTaken = true;
      answered.set(id, { incidentId, isTaken: true });
      if (isAgain) inHand = undefined;
    } catch (thrown) {
      // 409: somebody, the judge as a rule, changed the incident first. Everything else is no answer to the verdict.
      if (!/^verdict: 409 /.test(messageOf(thrown))) throw thrown;
      // A verdict that was taken is never refused when it comes again.
      if (held.isTaken) refusedAgain.push(id);
      else answered.set(id, { incidentId, isTaken: false });
      inHand = undefined;
    }
  }

  async function work(): Promise<void> {
    while (!state.isOver || inHand) {
      try {
        await act();
      } catch (thrown) {
        if (/: 401 /.test(messageOf(thrown))) seat = undefined;
      }
      await systemClock.sleep(pauseMs);
    }
    seat?.leave();
  }

  const working = work();
  return {
    answered,
    refusedAgain,
    resent: () => state.resent,
    async stop() {
      state.isOver = true;
      await working;
    },
  };
}
