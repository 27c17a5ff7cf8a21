// Inside the eye: the references that the worker lent, opened once, and what a look that is to be learned from gives back.
import { messageOf } from '#core/errors';
import { learnReference, packLook, unpackLook, type PastLook, type Seen } from '#detector';
import type { Learned, LentPast } from './protocol.ts';

/** What the eye holds of each camera, until the worker says otherwise. */
export class KeptPast {
  readonly #cameras = new Map<string, { readonly version: string; readonly looks: readonly PastLook[] }>();

  /** The camera's references as the ask names them; empty when it names none or those it names never came. */
  take(cameraId: string, lent: LentPast | undefined): readonly PastLook[] {
    for (const id of lent?.forget ?? []) this.#cameras.delete(id);
    if (!lent) return [];
    if (lent.looks) this.#cameras.set(cameraId, { version: lent.version, looks: lent.looks.flatMap(openLook) });
    const known = this.#cameras.get(cameraId);
    return known?.version === lent.version ? known.looks : [];
  }
}

/** One that cannot be opened is left out: a camera without it is still looked at. */
function openLook(packed: Uint8Array): PastLook[] {
  try {
    return [unpackLook(packed)];
  } catch {
    return [];
  }
}

/**
 * What a look teaches: by itself a draft, with enough drafts of the same light beside it the reference that is made of all.
 * undefined where the look cannot be learned from.
 */
export function learnedOf(
  seen: Pick<Seen, 'look' | 'quality'>,
  seenAtMs: number,
  drafts: readonly Uint8Array[],
): Learned | undefined {
  if (!seen.look || seen.quality.kind !== 'good') return undefined;
  const look = { ...seen.look, seenAtMs };
  const like = drafts.flatMap(openLook).filter((one) => one.light === look.light && one.network === look.network);
  const whole = like.length > 0 ? learnReference([...like, look]) : look;
  try {
    const { light, ground, network } = whole;
    return { light, ground, network, of: like.length + 1, bytes: packLook(whole) };
  } catch (thrown) {
    // A picture that fits into no 40 KiB teaches nothing; the look itself stands.
    process.emitWarning(messageOf(thrown));
    return undefined;
  }
}
