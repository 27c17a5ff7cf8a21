// The CameraSource contract: one way to get one picture out of a camera. Sources run inside the eye, try once and tell the truth.
import type { HealthState } from '#core/camera';
import type { sourceWays } from '#core/look';
import type { StillAnswer } from '../onboard/freshness.ts';

export type SourceWay = (typeof sourceWays)[number];

export interface SignIn {
  readonly user: string;
  readonly password: string;
}

/** What to open. The address has no user name and no password in it. */
export interface GrabRequest {
  readonly address: string;
  readonly signIn: SignIn | null;
  readonly frame: FrameWish;
  /** One wait for an answer may last so long; the whole grab is ended by the signal. */
  readonly answerMs: number;
  /** Empty: every host but forbidden ones; else only these names, addresses and networks. */
  readonly allowedHosts: readonly string[];
  /**
   * Waits until a picture may be decoded: there is CPU for few at a time, and memory for few. The picture gives the turn back
   * when it is disposed.
   */
  readonly turn?: () => Promise<Disposable>;
  /** Judges a still by its clock and its bytes before it is decoded; what it gives back is the answer. */
  readonly judgeStill?: (answer: StillAnswer) => Refusal | undefined;
  /** Certificates trusted besides those of known authorities: fingerprints, or files of authorities. */
  readonly certificates?: readonly string[];
}

/** The reduced picture: at most so wide with its shape kept, or stretched to exactly this size, which networks ask for. */
export type FrameWish =
  | { readonly kind: 'most'; readonly widthPx: number }
  | { readonly kind: 'exact'; readonly widthPx: number; readonly heightPx: number };

export interface Frame {
  /** Red, green, blue bytes, rows from the top, no padding. */
  readonly rgb: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A rectangle of a picture by whole pixels of its own size; it lies in the picture. */
export interface PixelArea {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A picture in the eye's memory. Dispose it: native frames are behind it. */
export interface Picture extends Disposable {
  /** Reduced as it was wished. */
  readonly frame: Frame;
  /** Size of the picture as the camera sent it. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** When we had received it, by our clock. */
  readonly takenAtMs: number;
  /** Waited for a key frame so long, ms; 0 for stills. */
  readonly waitedMs: number;
  /** CPU milliseconds of this process for scaling, when it was measured apart from the grab. */
  readonly scaleCpuMs: number;
  /** The pixels of an area at the picture's own size, good until it is disposed. */
  region(area: PixelArea): Promise<Frame>;
  /** The picture at its own size as a JPEG; where it came as one, those bytes. */
  still(): Promise<Buffer>;
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly state: HealthState;
  /** One sentence for a person; never holds a password. */
  readonly detail: string;
}

export type Grab = { readonly kind: 'picture'; readonly picture: Picture } | Refusal;

export interface CameraSource {
  readonly name: SourceWay;
  /** Address schemes that it opens, with the colon (`rtsp:`). */
  readonly schemes: readonly string[];
  /** What must be installed; undefined when it is there, else a sentence that names what is missing. */
  missing(): Promise<string | undefined>;
  /** Tries once. Never throws for a camera's fault; an aborted signal ends it as a refusal at once. */
  grab(request: GrabRequest, signal: AbortSignal): Promise<Grab>;
}

export const refusal = (state: HealthState, detail: string): Refusal => ({ kind: 'refusal', state, detail });

/** Size of the reduced picture of one that is `widthPx` x `heightPx`; even numbers where it is reduced. */
export function reducedSize(widthPx: number, heightPx: number, wish: FrameWish): { widthPx: number; heightPx: number } {
  if (wish.kind === 'exact') return { widthPx: wish.widthPx, heightPx: wish.heightPx };
  if (widthPx <= wish.widthPx) return { widthPx, heightPx };
  const even = (value: number): number => Math.max(2, 2 * Math.round(value / 2));
  return { widthPx: even(wish.widthPx), heightPx: even((heightPx * wish.widthPx) / widthPx) };
}

/** Pictures beyond this are refused, as the detector's `headOf` does it: no street camera makes them. Streams are held to it too. */
export const mostPixels = 40_000_000;
