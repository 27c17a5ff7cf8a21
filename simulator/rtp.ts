// One viewer's RTP: sequence, time and source stamped into copies of shared pictures, and its sender reports (RFC 3550).
import { randomInt } from 'node:crypto';
import { rtpClockHz, type PictureUnit } from './h264.ts';

/** Seconds between 1900 (NTP) and 1970 (RFC 868). */
const ntpOffsetS = 2_208_988_800;

/** Milliseconds on a camera's own axis to RTP ticks. */
export const ticksOf = (ms: number): number => Math.round((ms * rtpClockHz) / 1000);

/** The running numbers of one RTP stream to one viewer. */
export class RtpStream {
  readonly source = randomInt(1, 0xffff_ffff);
  readonly #timeBase = randomInt(0, 0xffff_ffff);
  #sequence = randomInt(0, 0x1_0000);
  #packets = 0;
  #octets = 0;

  /** Sequence number of the next packet. */
  get nextSequence(): number {
    return this.#sequence;
  }

  /** RTP time of a picture due `ms` after the camera's start; wraps at 32 bits. */
  timeOf(ms: number): number {
    return (this.#timeBase + ticksOf(ms)) % 0x1_0000_0000;
  }

  /**
   * Stamps a picture for this viewer and returns fresh bytes with interleaved framing on `channel`.
   * `lose` says by packet number which packets never arrive: their sequence numbers are used up, as on a real network.
   */
  stamp(unit: PictureUnit, ms: number, channel: number, lose?: (packet: number) => boolean): Buffer {
    const time = this.timeOf(ms);
    const count = unit.packetAt.length - 1;
    const bytes = Buffer.allocUnsafe(unit.bytes.length);
    let end = 0;
    if (!lose) end = unit.bytes.copy(bytes);
    for (let i = 0; i < count; i++) {
      const from = unit.packetAt[i] ?? 0;
      let at = from;
      if (lose) {
        if (lose(i)) {
          this.#sequence = (this.#sequence + 1) & 0xffff;
          continue;
        }
        at = end;
        end += unit.bytes.copy(bytes, at, from, unit.packetAt[i + 1]);
      }
      bytes[at + 1] = channel;
      bytes.writeUInt16BE(this.#sequence, at + 6);
      bytes.writeUInt32BE(time, at + 8);
      bytes.writeUInt32BE(this.source, at + 12);
      this.#sequence = (this.#sequence + 1) & 0xffff;
      this.#packets++;
    }
    this.#octets += unit.payloadBytes;
    return end === bytes.length ? bytes : bytes.subarray(0, end);
  }

  /** A sender report (RFC 3550, section 6.4.1): the picture due at `ms` belongs to the moment `wallMs` (Unix time). */
  report(ms: number, wallMs: number): Buffer {
    const packet = Buffer.alloc(28);
    packet[0] = 0x80;
    packet[1] = 200;
    packet.writeUInt16BE(6, 2);
    packet.writeUInt32BE(this.source, 4);
    const seconds = Math.floor(wallMs / 1000);
    packet.writeUInt32BE((seconds + ntpOffsetS) % 0x1_0000_0000, 8);
    packet.writeUInt32BE(Math.floor(((wallMs / 1000 - seconds) * 0x1_0000_0000) % 0x1_0000_0000), 12);
    packet.writeUInt32BE(this.timeOf(ms), 16);
    packet.writeUInt32BE(this.#packets % 0x1_0000_0000, 20);
    packet.writeUInt32BE(this.#octets % 0x1_0000_0000, 24);
    return packet;
  }
}

/** Puts an RTP or RTCP packet into an interleaved frame (RFC 2326, section 10.12). */
export function interleaved(packet: Buffer, channel: number): Buffer {
  const frame = Buffer.allocUnsafe(packet.length + 4);
  frame[0] = 0x24;
  frame[1] = channel;
  frame.writeUInt16BE(packet.length, 2);
  packet.copy(frame, 4);
  return frame;
}

/** Calls `each` with every packet of interleaved bytes, without its four framing bytes. */
export function eachPacket(bytes: Buffer, each: (packet: Buffer) => void): void {
  for (let at = 0; at + 4 <= bytes.length;) {
    const size = bytes.readUInt16BE(at + 2);
    each(bytes.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
}
