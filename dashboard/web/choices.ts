// How the person who sits here wants the screens: asked of the server after signing in, applied at once, kept on every change.
import { createStore } from 'zustand/vanilla';
import { Choices, routes } from '../contract.ts';
import { tableFor } from './key-choice.ts';
import { takeTable } from './keys.ts';
import { call } from './net/api.ts';
import { setVolume } from './sound.ts';
import { keep, setLanguage, store } from './state.ts';

interface Chosen {
  readonly choices: Choices;
  /** Did the server keep the last change? */
  readonly kept: boolean;
}

export const chosen = createStore<Chosen>()(() => ({ choices: Choices.parse({}), kept: true }));

/** Rest after the last change before it is sent: a slider makes many. */
const restMs = 400;
let timer: ReturnType<typeof setTimeout> | undefined;
let applying = false;
/** What was chosen before the server told the kept choices. */
let early: Partial<Choices> | undefined;

function apply(choices: Choices): void {
  applying = true;
  chosen.setState({ choices });
  takeTable(tableFor(choices));
  setVolume(choices.soundVolume);
  if (choices.language !== null && choices.language !== store.getState().language) setLanguage(choices.language);
  if (choices.textStep !== store.getState().textStep) {
    keep('ahual.textStep', String(choices.textStep));
    store.setState({ textStep: choices.textStep });
  }
  applying = false;
}

async function send(): Promise<void> {
  try {
    await call(routes.keepChoices, { body: chosen.getState().choices });
    chosen.setState({ kept: true });
  } catch {
    // It holds on this screen; the options say that it is not kept, and the next change sends all of it again.
    chosen.setState({ kept: false });
  }
}

/** Changes some of the choices, here at once and on the server a little later. */
export function choose(some: Partial<Choices>): void {
  if (early) early = { ...early, ...some };
  apply({ ...chosen.getState().choices, ...some });
  if (early) return;
  clearTimeout(timer);
  timer = setTimeout(() => void send(), restMs);
}

/** Asks the server for the choices of who signed in; where it does not tell, the screens stay as they are. */
export async function loadChoices(): Promise<void> {
  early = {};
  const kept = await call(routes.choices).catch(() => undefined);
  const mine: Partial<Choices> = early;
  early = undefined;
  apply({ ...(kept ?? { ...Choices.parse({}), textStep: clampStep(store.getState().textStep) }), ...mine });
  // What could not be read is not written over: the next choice of the person is, and says so if it fails.
  chosen.setState({ kept: kept !== undefined });
  if (kept && Object.keys(mine).length > 0) choose({});
}

const clampStep = (step: number): number => Math.max(-2, Math.min(2, Math.round(step)));

// Language and size are switched in the top bar and by keys too; that is a choice like any other.
store.subscribe((now, before) => {
  if (applying || now.phase !== 'in' || before.phase !== 'in') return;
  if (now.language !== before.language) choose({ language: now.language });
  if (now.textStep !== before.textStep) choose({ textStep: clampStep(now.textStep) });
});
