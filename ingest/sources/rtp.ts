// RTP of H.264 (RFC 6184) and H.265 (RFC 7798) as far as one key picture needs it: everything before it is let go unread.

export type KeyCodec = 'h264' | 'h265';

/** What came until now, for words on why there is no picture. */
export interface RtpCount {
  packets: number;
  /** Packets, among the first forty, that cannot be video of this kind. */
  odd: number;
  keys: number;
}

/** A packet of RTP (RFC 3550) as it is read here; its payload is a view of the bytes that came. */
interface Packet {
  readonly sequence: number;
  readonly time: number;
  readonly isLast: boolean;
  readonly kind: number;
  readonly payload: Buffer;
}

const mostUnitBytes = 16 * 2 ** 20;
const startCode = Buffer.from([0, 0, 0, 1]);

/** Undefined for what is no packet of RTP. */
export function packetOf(bytes: Buffer): Packet | undefined {
  const [first = 0, second = 0] = bytes;
  if (bytes.length < 12 || first >> 6 !== 2) return undefined;
  let from = 12 + 4 * (first & 15);
  if ((first & 16) !== 0) {
    if (bytes.length < from + 4) return undefined;
    from += 4 + 4 * bytes.readUInt16BE(from + 2);
  }
  const to = bytes.length - ((first & 32) === 0 ? 0 : (bytes.at(-1) ?? 0));
  if (to <= from) return undefined;
  return {
    sequence: bytes.readUInt16BE(2),
    time: bytes.readUInt32BE(4),
    isLast: (second & 128) !== 0,
    kind: second & 127,
    payload: bytes.subarray(from, to),
  };
}

/** How a codec's units are told apart and carried. */
interface Carrying {
  readonly headBytes: number;
  readonly typeOf: (payload: Buffer) => number;
  /** Is it noise? Noise has a forbidden first bit or an unused type four times of five. */
  readonly isOdd: (payload: Buffer) => boolean;
  /** Pictures from which decoding can begin. */
  readonly isKey: (unit: Buffer) => boolean;
  /** Sets of parameters, in the order in which a decoder takes them. */
  readonly sets: readonly number[];
  /** The byte of a set at which its number begins; none: there is one set of this type. */
  readonly numberAt: Readonly<Record<number, number>>;
  readonly joined: number;
  readonly split: number;
  /** Head of a unit that comes in parts. */
  readonly headOf: (payload: Buffer) => Buffer;
}

const carryings: Readonly<Record<KeyCodec, Carrying>> = {
  h264: {
    headBytes: 1,
    typeOf: (payload) => (payload[0] ?? 0) & 31,
    isOdd: (payload) => {
      const type = (payload[0] ?? 0) & 31;
      return ((payload[0] ?? 0) & 0x80) !== 0 || !((type >= 1 && type <= 14) || type === 24 || type === 28);
    },
    // A picture that refreshes all (IDR), or a point of recovery, which encoders without such pictures announce (SEI 6).
    isKey: (unit) => ((unit[0] ?? 0) & 31) === 5 || (((unit[0] ?? 0) & 31) === 6 && unit[1] === 6),
    sets: [7, 8],
    numberAt: { 7: 4, 8: 1 },
    joined: 24,
    split: 28,
    headOf: (payload) => Buffer.from([((payload[0] ?? 0) & 0xe0) | ((payload[1] ?? 0) & 31)]),
  },
  h265: {
    headBytes: 2,
    typeOf: (payload) => ((payload[0] ?? 0) >> 1) & 63,
    isOdd: (payload) => {
      const type = ((payload[0] ?? 0) >> 1) & 63;
      const isKnown =
        type <= 9 || (type >= 16 && type <= 21) || (type >= 32 && type <= 40) || type === 48 || type === 49;
      return ((payload[0] ?? 0) & 0x80) !== 0 || !isKnown || (payload[1] ?? 0) % 8 === 0;
    },
    isKey: (unit) => {
      const type = ((unit[0] ?? 0) >> 1) & 63;
      return type >= 16 && type <= 21;
    },
    sets: [32, 33, 34],
    numberAt: { 34: 2 },
    joined: 48,
    split: 49,
    headOf: (payload) => Buffer.from([((payload[0] ?? 0) & 0x81) | (((payload[2] ?? 0) & 63) << 1), payload[1] ?? 0]),
  },
};

/** An unsigned number in Exp-Golomb code at the first bit of a byte (H.264, 9.1); at most 255. */
function golomb(bytes: Buffer, at: number): number {
  const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  const zeros = Math.clz32(bits) - 8;
  return zeros > 7 ? 255 : (bits >> (23 - 2 * zeros)) - 1;
}

/** Collects packets until the units of one whole key picture are there. */
export class KeyCollector {
  readonly #carrying: Carrying;
  readonly #kind: number;
  readonly #sets = new Map<number, Buffer>();
  readonly count: RtpCount = { packets: 0, odd: 0, keys: 0 };
  #time: number | undefined;
  #next: number | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;
  #isKey = false;
  #isBroken = false;
  #isOpen = false;

  /** `kind`: the stream's payload type; `sets`: parameter sets that the session description gives. */
  constructor(codec: KeyCodec, kind: number, sets: readonly Buffer[]) {
    this.#carrying = carryings[codec];
    this.#kind = kind;
    for (const set of sets) this.#keep(set);
  }

  /** Takes one packet; gives the picture (start codes before each unit, parameter sets first) when it is whole. */
  take(bytes: Buffer): Buffer | undefined {
    const packet = packetOf(bytes);
    this.count.packets++;
    const isOurs = packet?.kind === this.#kind;
    if (!packet || !isOurs || this.#carrying.isOdd(packet.payload)) {
      if (this.count.packets <= 40) this.count.odd++;
      this.#isBroken ||= isOurs;
      return undefined;
    }
    // Some encoders do not mark a picture's last packet: the first one of the next tells it, too.
    const before = this.#time === packet.time ? undefined : this.#finish();
    if (this.#time !== packet.time) {
      this.#time = packet.time;
      this.#isBroken = false;
    }
    if (this.#next !== undefined && packet.sequence !== this.#next) this.#isBroken = true;
    this.#next = (packet.sequence + 1) & 0xffff;
    this.#read(packet.payload);
    return before ?? (packet.isLast ? this.#finish() : undefined);
  }

  #read(payload: Buffer): void {
    const { typeOf, joined, split, headBytes, headOf } = this.#carrying;
    const type = typeOf(payload);
    if (type === joined) {
      for (let at = headBytes; at + 2 <= payload.length;) {
        const end = at + 2 + payload.readUInt16BE(at);
        if (end > payload.length) this.#isBroken = true;
        else this.#unit(payload.subarray(at + 2, end));
        at = end;
      }
    } else if (type === split) {
      const flags = payload[headBytes] ?? 0;
      const body = payload.subarray(headBytes + 1);
      if ((flags & 0x80) !== 0) {
        this.#isOpen = true;
        this.#unit(headOf(payload), body);
      } else if (this.#isOpen) this.#add(body);
      else this.#isBroken = true;
      if ((flags & 0x40) !== 0) this.#isOpen = false;
    } else if (type > joined) this.#isBroken = true;
    else this.#unit(payload);
  }

  /** A unit, or its beginning. */
  #unit(unit: Buffer, more?: Buffer): void {
    if (unit.length === 0) return;
    const { typeOf, sets, isKey } = this.#carrying;
    if (!more && sets.includes(typeOf(unit))) {
      this.#keep(unit);
      return;
    }
    this.#isKey ||= isKey(unit);
    this.#add(startCode);
    this.#add(unit);
    if (more) this.#add(more);
  }

  #keep(set: Buffer): void {
    const { typeOf, numberAt } = this.#carrying;
    const type = typeOf(set);
    const at = numberAt[type];
    // A camera may keep several sets of one type, under numbers; one that comes again replaces its elder.
    this.#sets.set(type * 256 + (at === undefined ? 0 : golomb(set, at)), Buffer.from(set));
  }

  #add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > mostUnitBytes) this.#isBroken = true;
    else this.#parts.push(part);
  }

  #finish(): Buffer | undefined {
    const [parts, isKey, isWhole] = [this.#parts, this.#isKey, !this.#isBroken && !this.#isOpen];
    this.#parts = [];
    this.#bytes = 0;
    this.#isKey = false;
    this.#isOpen = false;
    if (!isKey || parts.length === 0) return undefined;
    this.count.keys++;
    if (!isWhole) return undefined;
    const sets = [...this.#sets].sort(([a], [b]) => a - b).flatMap(([, set]) => [startCode, set]);
    return Buffer.concat([...sets, ...parts]);
  }
}
