// The console's tones (screens 3.4): two for S4, one for S3, none else. A browser lets a page sound only after a press.
import { store } from './state.ts';

let context: AudioContext | undefined;
/** How loud this person wants the tones, 0 to 1 of the console's own loudness. */
let volume = 1;
export const setVolume = (wanted: number): void => void (volume = Math.max(0, Math.min(1, wanted)));

const canSound = typeof AudioContext !== 'undefined';

/** To be called from a press; says in the state whether the console can sound. */
export async function armSound(): Promise<void> {
  if (!canSound) return;
  context ??= new AudioContext();
  await context.resume();
  store.setState({ soundArmed: context.state === 'running' });
}

function tone(hertz: number, startS: number, lengthS: number, level: number): void {
  if (!context || volume === 0) return;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  const from = context.currentTime + startS;
  oscillator.frequency.value = hertz;
  // A short rise and fall: a square edge clicks.
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(level * volume, from + 0.01);
  gain.gain.setValueAtTime(level * volume, from + lengthS - 0.02);
  gain.gain.linearRampToValueAtTime(0, from + lengthS);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(from + lengthS);
}

const repeatMs = 30_000;
const repeats = 3;
let calling: { ids: ReadonlySet<string>; left: number; timer: ReturnType<typeof setInterval> } | undefined;

const soundS4 = (): void => {
  tone(660, 0, 0.15, 0.35);
  tone(880, 0.17, 0.15, 0.35);
};

/** One tone, once. */
export const callS3 = (): void => tone(520, 0, 0.2, 0.2);

/** Two tones now and again each 30 s, three times at most, until `quiet` is told that every one of them was opened. */
export function callS4(id: string): void {
  soundS4();
  const ids = new Set([...(calling?.ids ?? []), id]);
  if (calling) clearInterval(calling.timer);
  const timer = setInterval(() => {
    if (!calling) return;
    soundS4();
    calling.left -= 1;
    if (calling.left <= 0) stopCalling();
  }, repeatMs);
  calling = { ids, left: repeats - 1, timer };
}

/** This one was opened or decided. */
export function quiet(id: string): void {
  if (!calling?.ids.has(id)) return;
  const ids = new Set(calling.ids);
  ids.delete(id);
  if (ids.size === 0) stopCalling();
  else calling = { ...calling, ids };
}

function stopCalling(): void {
  if (calling) clearInterval(calling.timer);
  calling = undefined;
}
