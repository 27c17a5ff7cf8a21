// Inside the eye: the references that the worker lent, opened once, and what a look that is to be learned from gives back.
import type { Camera } from '#core/camera';
import { messageOf } from '#core/errors';
import { presetsOf } from '#core/preset';
import { learnReference, packLook, unpackLook, type PastLook, type PastView, type Seen } from '#detector';
import type { Learned, LentPast } from './protocol.ts';

interface Kept {
  readonly version: string;
  readonly looks: readonly PastLook[];
  /** The same by view, of a camera with several. */
  readonly ofViews: ReadonlyMap<string, readonly PastLook[]>;
}

/** What the eye holds of each camera, until the worker says otherwise. */
export class KeptPast {
  readonly #cameras = new Map<string, Kept>();
  /** Which view a camera showed last. */
  readonly #shown = new Map<string, string>();

  /** The camera's references as the ask names them; empty when it names none or those it names never came. */
  take(cameraId: string, lent: LentPast | undefined): readonly PastLook[] {
    return this.#take(cameraId, lent)?.looks ?? [];
  }

  /** The same of a camera with several views, view by view, the one that it showed last first. */
  takeViews(camera: Camera, lent: LentPast | undefined): PastView[] {
    const kept = this.#take(camera.id, lent);
    const last = this.#shown.get(camera.id);
    return presetsOf(camera)
      .map(({ id }) => ({ preset: id, past: kept?.ofViews.get(id) ?? [] }))
      .sort((a, b) => Number(b.preset === last) - Number(a.preset === last));
  }

  /** A look showed this view. */
  noteShown(cameraId: string, preset: string | null | undefined): void {
    if (typeof preset === 'string') this.#shown.set(cameraId, preset);
  }

  #take(cameraId: string, lent: LentPast | undefined): Kept | undefined {
    for (const id of lent?.forget ?? []) {
      this.#cameras.delete(id);
      this.#shown.delete(id);
    }
    if (!lent) return undefined;
    if (lent.looks) this.#cameras.set(cameraId, opened(lent.version, lent.looks, lent.presets));
    const known = this.#cameras.get(cameraId);
    return known?.version === lent.version ? known : undefined;
  }
}

function opened(version: string, packed: readonly Uint8Array[], presets: readonly string[] = []): Kept {
  const looks: PastLook[] = [];
  const ofViews = new Map<string, PastLook[]>();
  packed.forEach((bytes, i) => {
    for (const look of openLook(bytes)) {
      looks.push(look);
      const preset = presets[i];
      if (preset !== undefined) ofViews.set(preset, [...(ofViews.get(preset) ?? []), look]);
    }
  });
  return { version, looks, ofViews };
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
