// What a camera sends, read into memory that many reads share: by itself Node takes 64 kB for each read and cuts off what it did
// not need, which is a third of the collector's work where packets are small.
import type { TLSSocket } from 'node:tls';

const slabBytes = 64 * 1024;
/** With less room a read would be cut into needless parts. */
const leastRoomBytes = 16 * 1024;

/** The mouth of one connection: give `onread` to `net.connect`, then say by `to` who takes the bytes. */
export class Inlet {
  #slab = Buffer.alloc(0);
  #take: ((bytes: Buffer) => void) | undefined;
  readonly #early: Buffer[] = [];

  readonly onread = {
    buffer: (): Uint8Array => {
      if (this.#slab.length < leastRoomBytes) this.#slab = Buffer.allocUnsafeSlow(slabBytes);
      return this.#slab;
    },
    callback: (bytes: number): boolean => {
      const part = this.#slab.subarray(0, bytes);
      // No byte is written twice: whoever keeps a part keeps what came.
      this.#slab = this.#slab.subarray(bytes);
      this.#give(part);
      return true;
    },
  };

  /** Over TLS the bytes are decrypted into buffers of Node's own. */
  readFrom(socket: TLSSocket): void {
    socket.on('data', (bytes: Buffer) => {
      this.#give(bytes);
    });
  }

  /** From now on `take` gets what comes, and first what has come already. */
  to(take: (bytes: Buffer) => void): void {
    this.#take = take;
    for (const bytes of this.#early.splice(0)) take(bytes);
  }

  #give(bytes: Buffer): void {
    if (this.#take) this.#take(bytes);
    else this.#early.push(bytes);
  }
}
