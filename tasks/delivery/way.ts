// The contract of a way to an agency. A way tries once and tells the truth; retrying belongs to the courier.
import type { DeliveryWayName } from '#core/agency';
import type { Task } from '#core/task';
import type { Letter } from '../letter.ts';

export interface Parcel {
  /** The same on every try, so that the other side can tell a second sending. */
  readonly key: string;
  readonly address: string;
  readonly letter: Letter;
  readonly task: Task;
  /** The moment of this try, milliseconds since 1970. */
  readonly nowMs: number;
}

export type SendOutcome =
  | { readonly kind: 'delivered'; readonly receipt: string }
  /** The other side will never take it: trying again is idle. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Not now; the courier tries again. */
  | { readonly kind: 'later'; readonly why: string }
  /** Kept back on purpose; nothing was sent. */
  | { readonly kind: 'held'; readonly why: string };

export interface DeliveryWay {
  readonly name: DeliveryWayName;
  /** Never rejects for the other side's fault. */
  send(parcel: Parcel, signal: AbortSignal): Promise<SendOutcome>;
}
