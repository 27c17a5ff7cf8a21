// The guards of a verdict (screens 2): seen first, bound to what was seen, held, two steps. Pure; screens ask, nothing here draws.

/** After the picture is painted, this long until a verdict key lives. */
export const seenMs = 300;

/** Which picture of which item was decoded and painted, and when (monotonic milliseconds). */
export interface Painted {
  readonly itemId: string;
  readonly picture: string;
  readonly atMs: number;
}

export interface Shown {
  readonly itemId: string;
  /** Content hash of the *now* picture; null when the item has none. */
  readonly picture: string | null;
}

/**
 * G1: may this item be judged at `nowMs`? `wait` until its own picture has been on the screen for `seenMs`;
 * `blind` when it has no picture at all, so that only `unsure` is possible.
 */
export function seenFirst(shown: Shown, painted: Painted | undefined, nowMs: number): 'ready' | 'wait' | 'blind' {
  if (shown.picture === null) return 'blind';
  if (painted === undefined || painted.itemId !== shown.itemId || painted.picture !== shown.picture) return 'wait';
  return nowMs - painted.atMs >= seenMs ? 'ready' : 'wait';
}

/** G2: is what was seen still what the server has? */
export const stillTheSame = (seenVersion: number, knownVersion: number): boolean => knownVersion <= seenVersion;

/** G3: a verdict that can still be taken back. */
export interface Held {
  readonly verdictId: string;
  readonly incidentId: string;
  readonly givenAtMs: number;
  readonly untilMs: number;
}

/** Share of the ten seconds that is left, 1 to 0. */
export const heldShare = (held: Held, nowMs: number): number =>
  Math.min(1, Math.max(0, (held.untilMs - nowMs) / Math.max(1, held.untilMs - held.givenAtMs)));

/** The verdict that `KeyZ` takes back: the last one whose time is not over. */
export const lastHeld = (held: readonly Held[], nowMs: number): Held | undefined =>
  [...held].reverse().find((h) => h.untilMs > nowMs);

/** Those that can still be taken back, or of which the server has not heard yet: the others are of no use any more. */
export const stillHeld = <T extends Held>(
  held: readonly T[],
  nowMs: number,
  isUnsent: (verdictId: string) => boolean,
): readonly T[] => held.filter(({ verdictId, untilMs }) => untilMs > nowMs || isUnsent(verdictId));

/** G4: an act that needs two presses. */
export interface Armed {
  readonly act: string;
  readonly itemId: string;
}

export type ArmStep =
  | { readonly kind: 'armed'; readonly armed: Armed }
  | { readonly kind: 'done'; readonly armed: Armed }
  | { readonly kind: 'none' };

/** The first press arms, `do-it` on the same item does it, anything else disarms. */
export function armStep(before: Armed | undefined, press: { act: string; itemId: string; twoSteps: boolean }): ArmStep {
  if (press.act === 'do-it') {
    return before !== undefined && before.itemId === press.itemId ? { kind: 'done', armed: before } : { kind: 'none' };
  }
  return press.twoSteps ? { kind: 'armed', armed: { act: press.act, itemId: press.itemId } } : { kind: 'none' };
}

/** Was a hand at work within the last two seconds? Then new items wait behind a bar instead of moving the list. */
export const handActive = (lastHandAtMs: number, nowMs: number): boolean => nowMs - lastHandAtMs < 2000;
