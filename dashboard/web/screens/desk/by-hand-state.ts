// What is held for an incident by hand: the picture that was under the eye at the press, and where it was taken (screens 4.9).
import { createStore } from 'zustand/vanilla';
import { systemClock } from '#core/clock';
import { newId } from '#core/ids';
import type { Texts } from '#core/hazard-name';
import type { Point } from '#core/place';
import { serverNowMs } from '../../state.ts';

/** What a screen shows at the press. */
export interface UnderTheEye {
  readonly cameraId: string | null;
  readonly place: Texts;
  readonly point: Point;
  readonly stillSha256: string | null;
  readonly seenAtMs: number | null;
  /** Seen on guided patrol. */
  readonly patrol?: boolean;
}

export interface HeldPicture extends UnderTheEye {
  /** The same press sent twice is one incident. */
  readonly key: string;
  /** The moment of the press by the server's clock. */
  readonly atMs: number;
}

export const byHand = createStore<{ readonly held: HeldPicture | null }>()(() => ({ held: null }));

/** Holds what is under the eye and opens the form. */
export const openByHand = (seen: UnderTheEye): void =>
  byHand.setState({ held: { ...seen, key: newId(systemClock), atMs: serverNowMs() } });

export const closeByHand = (): void => byHand.setState({ held: null });
