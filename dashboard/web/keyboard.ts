// The one listener for keys. A screen says what its acts do; the frame says what the everywhere keys do.
import { chordMs, goKeys, keysInUse, matchKey, releasedKey, type KeyRow, type Place } from './keys.ts';
import { store } from './state.ts';

/** Does the act. An answer of `false` says that it meant nothing here, so that the browser may have the key. */
export type Act = (row: KeyRow, event: KeyboardEvent) => unknown;

interface Listener {
  readonly acts: Readonly<Record<string, Act>>;
  readonly released?: Readonly<Record<string, () => void>>;
}

let screen: { readonly place: Place; readonly listener: Listener } | undefined;
let frame: { readonly listener: Listener; readonly go: (place: Place) => void } | undefined;
let chordUntilMs = 0;
let lastHandAtMs = 0;

/** When a hand last touched keys, pointer or wheel (monotonic milliseconds). */
export const lastHandMs = (): number => lastHandAtMs;

const typingIn = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLElement && target.isContentEditable) ||
  (target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'range'].includes(target.type)) ||
  (target instanceof Element && target.closest('dialog[open]') !== null);

/** Enter and Space belong to a control that was reached by keyboard, and to the screen otherwise. */
const ownsPress = (event: KeyboardEvent): boolean =>
  (event.code === 'Enter' || event.code === 'NumpadEnter' || event.code === 'Space') &&
  event.target instanceof Element &&
  event.target.matches(
    'button:focus-visible, a[href]:focus-visible, summary:focus-visible, input:focus-visible, video:focus-visible',
  );

function onDown(event: KeyboardEvent): void {
  lastHandAtMs = event.timeStamp;
  if (event.defaultPrevented || screen === undefined || ownsPress(event)) return;
  const typing = typingIn(event.target);
  if (chordUntilMs > event.timeStamp && !typing) {
    chordUntilMs = 0;
    const place = goKeys[event.code];
    if (place !== undefined) {
      event.preventDefault();
      frame?.go(place);
      return;
    }
  }
  const row = matchKey(event, { place: screen.place, mode: store.getState().mode, typing });
  if (row === undefined) return;
  if (row.act === 'go') {
    chordUntilMs = event.timeStamp + chordMs;
    event.preventDefault();
    return;
  }
  const act = screen.listener.acts[row.act] ?? frame?.listener.acts[row.act];
  if (act !== undefined && act(row, event) !== false) event.preventDefault();
}

function onUp(event: KeyboardEvent): void {
  if (screen === undefined) return;
  const row = releasedKey(event.code, screen.place);
  if (row) screen.listener.released?.[row.act]?.();
}

const letGo = (): void => {
  for (const row of keysInUse()) if (row.hold === true) screen?.listener.released?.[row.act]?.();
};
const onHand = (event: Event): void => {
  lastHandAtMs = event.timeStamp;
};

/** Starts listening for the frame; the returned function ends it. */
export function listen(acts: Listener['acts'], go: (place: Place) => void): () => void {
  frame = { listener: { acts }, go };
  window.addEventListener('keydown', onDown);
  window.addEventListener('keyup', onUp);
  window.addEventListener('blur', letGo);
  for (const kind of ['pointerdown', 'pointermove', 'wheel']) window.addEventListener(kind, onHand, { passive: true });
  return () => {
    window.removeEventListener('keydown', onDown);
    window.removeEventListener('keyup', onUp);
    window.removeEventListener('blur', letGo);
    for (const kind of ['pointerdown', 'pointermove', 'wheel']) window.removeEventListener(kind, onHand);
    frame = undefined;
  };
}

/** The open screen takes the keys; the returned function gives them back. */
export function takeKeys(place: Place, listener: Listener): () => void {
  const mine = { place, listener };
  screen = mine;
  return () => {
    if (screen === mine) screen = undefined;
  };
}
