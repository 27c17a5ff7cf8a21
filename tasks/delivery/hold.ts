// Sends nothing and says so: for training and for agencies that are not ready yet.
import type { DeliveryWay } from './way.ts';

/** Keeps every task back. */
export const hold: DeliveryWay = {
  name: 'hold',
  send: () => Promise.resolve({ kind: 'held', why: 'held on purpose: nothing was sent to this agency' }),
};
