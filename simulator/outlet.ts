// A client's socket as seen by the server: plain sending, dripping, and the pour of headers that never ends.
import type { Socket } from 'node:net';
import type { Wheel } from './wheel.ts';

const dripEveryMs = 250;
const maxDripBytes = 512 * 1024;
/** More than this waiting in a socket means that the client does not keep up. */
const maxWaitingBytes = 2 * 1024 * 1024;

export class Outlet {
  /** Rate of a dripping camera; undefined sends at once. */
  bytesPerS: number | undefined;
  readonly #socket: Socket;
  readonly #wheel: Wheel;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isDripping = false;

  constructor(socket: Socket, wheel: Wheel) {
    this.#socket = socket;
    this.#wheel = wheel;
  }

  /** True while the client takes less than it is sent. */
  get isFull(): boolean {
    return this.#socket.writableLength > maxWaitingBytes || this.#queuedBytes > maxDripBytes;
  }

  /** Sends bytes, at once or drop by drop. */
  send(bytes: Buffer): void {
    if (this.#socket.destroyed || !this.#socket.writable) return;
    if (this.bytesPerS === undefined && this.#queue.length === 0) {
      this.#socket.write(bytes);
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (!this.#isDripping) this.#drip();
  }

  #drip(): void {
    this.#isDripping = true;
    // A rate below one byte in that time waits longer for each.
    const everyMs = Math.max(dripEveryMs, 1000 / (this.bytesPerS ?? 1000));
    this.#wheel.after(everyMs, () => {
      this.#isDripping = false;
      if (this.#socket.destroyed) return;
      let left =
        this.bytesPerS === undefined ? this.#queuedBytes : Math.max(1, Math.round((this.bytesPerS * everyMs) / 1000));
      while (left > 0) {
        const first = this.#queue.shift();
        if (!first) break;
        const part = first.subarray(0, left);
        if (part.length < first.length) this.#queue.unshift(first.subarray(left));
        this.#socket.write(part);
        this.#queuedBytes -= part.length;
        left -= part.length;
      }
      if (this.#queue.length > 0) this.#drip();
    });
  }

  /** Begins an answer whose header lines never end, as fast as the client takes them. */
  pourHeaders(start: Buffer): void {
    this.pour(start, Buffer.from(`X-Camera-Note: ${'and-so-on-'.repeat(80)}\r\n`.repeat(16)));
  }

  /** Sends the same bytes again and again behind a beginning, as fast as the client takes them. */
  pour(start: Buffer, line: Buffer): void {
    this.#socket.write(start);
    const pour = (): void => {
      if (this.#socket.destroyed) return;
      if (this.#socket.write(line)) this.#wheel.after(20, pour);
      else this.#socket.once('drain', pour);
    };
    pour();
  }
}
