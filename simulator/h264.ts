// H.264 bytes on their way to the wire: NAL units of a picture, and RTP packets cut once and stamped per viewer (RFC 6184).

/** RTP payload type of the only track. */
export const payloadType = 96;
/** RTP clock of video, ticks a second (RFC 6184, section 5.1). */
export const rtpClockHz = 90_000;

const interleavedBytes = 4;
const rtpHeaderBytes = 12;
const packetOverheadBytes = interleavedBytes + rtpHeaderBytes;
const maxPayloadBytes = 1400;
const fragmentationUnitA = 28;

/**
 * One picture, ready for the wire. `bytes` holds its packets one after another, each with its RFC 2326 interleaved frame
 * and RTP header; channel, sequence, time and source are zero and are stamped into a copy for each viewer.
 */
export interface PictureUnit {
  readonly isKey: boolean;
  readonly bytes: Buffer;
  /** Offset of each packet in `bytes`, and the end as the last item. */
  readonly packetAt: Uint32Array;
  /** RTP payload bytes, for sender reports. */
  readonly payloadBytes: number;
  /** So much later than its turn it is shown: pictures that lean on later ones are sent out of order. */
  readonly lagMs?: number;
}

/** The type of a NAL unit (ITU-T H.264, table 7-1). */
export const nalType = (nal: Uint8Array): number => (nal[0] ?? 0) & 0x1f;
export const nalTypes = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9 } as const;

/** Splits one MP4 sample (length-prefixed NAL units) into views of its units. Throws a RangeError on a length that lies. */
export function splitSample(sample: Buffer, lengthBytes: number): Buffer[] {
  const units: Buffer[] = [];
  let at = 0;
  while (at < sample.length) {
    if (at + lengthBytes > sample.length) throw new RangeError('a sample ends inside the length of a NAL unit');
    const size = sample.readUIntBE(at, lengthBytes);
    at += lengthBytes;
    if (size === 0 || at + size > sample.length)
      throw new RangeError(`a NAL unit of ${size} bytes does not fit its sample`);
    units.push(sample.subarray(at, at + size));
    at += size;
  }
  return units;
}

export interface Payload {
  readonly head: readonly number[];
  readonly body: Buffer;
}

/** Cuts a NAL unit into RTP payloads: itself when it fits, else FU-A fragments (RFC 6184, section 5.8). */
function fragments(nal: Buffer): Payload[] {
  if (nal.length <= maxPayloadBytes) return [{ head: [], body: nal }];
  const first = nal[0] ?? 0;
  const indicator = (first & 0xe0) | fragmentationUnitA;
  const step = maxPayloadBytes - 2;
  const cut: Payload[] = [];
  for (let at = 1; at < nal.length; at += step) {
    const isFirst = at === 1;
    const isLast = at + step >= nal.length;
    const header = (isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0) | (first & 0x1f);
    cut.push({ head: [indicator, header], body: nal.subarray(at, at + step) });
  }
  return cut;
}

/** Lays the NAL units of one picture out as RTP packets over an interleaved connection; the last one carries the marker bit. */
export const packPicture = (nals: readonly Buffer[], isKey: boolean): PictureUnit =>
  packPayloads(nals.flatMap(fragments), isKey);

/** Lays the RTP payloads of one picture out as packets, whatever their codec. */
export function packPayloads(all: readonly Payload[], isKey: boolean, type: number = payloadType): PictureUnit {
  const payloadBytes = all.reduce((sum, f) => sum + f.head.length + f.body.length, 0);
  const bytes = Buffer.alloc(payloadBytes + all.length * packetOverheadBytes);
  const packetAt = new Uint32Array(all.length + 1);
  let at = 0;
  all.forEach((fragment, i) => {
    packetAt[i] = at;
    const size = rtpHeaderBytes + fragment.head.length + fragment.body.length;
    bytes[at] = 0x24;
    bytes.writeUInt16BE(size, at + 2);
    bytes[at + 4] = 0x80;
    bytes[at + 5] = type | (i === all.length - 1 ? 0x80 : 0);
    bytes.set(fragment.head, at + packetOverheadBytes);
    bytes.set(fragment.body, at + packetOverheadBytes + fragment.head.length);
    at += interleavedBytes + size;
  });
  packetAt[all.length] = at;
  return { isKey, bytes, packetAt, payloadBytes };
}

/** Joins NAL units with start codes (ITU-T H.264, annex B), as decoders take them. */
export function annexB(nals: readonly Buffer[]): Buffer {
  const startCode = Buffer.from([0, 0, 0, 1]);
  return Buffer.concat(nals.flatMap((nal) => [startCode, nal]));
}

/** The `a=fmtp` parameters of RFC 6184, section 8.1: profile, level and parameter sets. */
export function formatParameters(sps: Buffer, pps: Buffer): string {
  const profile = sps.subarray(1, 4).toString('hex').toUpperCase();
  const sets = `${sps.toString('base64')},${pps.toString('base64')}`;
  return `packetization-mode=1;profile-level-id=${profile};sprop-parameter-sets=${sets}`;
}
