import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annexB, formatParameters, packPicture, splitSample } from './h264.ts';
import { eachPacket, interleaved, RtpStream, ticksOf } from './rtp.ts';
import { picturesOf, type RtpPacket } from './testing/viewer.ts';

function packetsOf(bytes: Buffer): RtpPacket[] {
  const packets: RtpPacket[] = [];
  eachPacket(bytes, (p) => {
    packets.push({
      channel: 0,
      version: (p[0] ?? 0) >> 6,
      marker: ((p[1] ?? 0) & 0x80) !== 0,
      sequence: p.readUInt16BE(2),
      time: p.readUInt32BE(4),
      source: p.readUInt32BE(8),
      payload: p.subarray(12),
    });
  });
  return packets;
}

const nal = fc
  .tuple(fc.constantFrom(0x41, 0x65, 0x67, 0x68, 0x06), fc.uint8Array({ minLength: 1, maxLength: 6000 }))
  .map(([head, body]) => Buffer.concat([Buffer.from([head]), body]));

describe('packing a picture', () => {
  it('gives back the same NAL units on the other side, whatever their sizes', () => {
    fc.assert(
      fc.property(fc.array(nal, { minLength: 1, maxLength: 5 }), (nals) => {
        const packets = packetsOf(new RtpStream().stamp(packPicture(nals, false), 0, 0));
        expect(packets.every((p) => p.payload.length <= 1400)).toBe(true);
        expect(packets.filter((p) => p.marker)).toHaveLength(1);
        expect(packets.at(-1)?.marker).toBe(true);
        expect(picturesOf(packets)[0]?.nals.map((n) => n.toString('hex'))).toEqual(nals.map((n) => n.toString('hex')));
      }),
      { numRuns: 60 },
    );
  });

  it('numbers packets on and on, and keeps the numbers of lost ones', () => {
    const unit = packPicture([Buffer.alloc(9000, 0x41)], false);
    const stream = new RtpStream();
    const before = packetsOf(stream.stamp(unit, 0, 0));
    const holed = packetsOf(stream.stamp(unit, 125, 0, (i) => i === 1 || i === 2));
    const after = packetsOf(stream.stamp(unit, 250, 0));
    const first = before[0]?.sequence ?? 0;
    const numbers = [...before, ...holed, ...after].map((p) => (p.sequence - first + 0x1_0000) % 0x1_0000);
    const count = before.length;
    const expected = Array.from({ length: 3 * count }, (_, i) => i).filter((i) => i !== count + 1 && i !== count + 2);
    expect(numbers).toEqual(expected);
    expect(((after[0]?.time ?? 0) - (before[0]?.time ?? 0) + 2 ** 32) % 2 ** 32).toBe(ticksOf(250));
  });

  it('does not change the shared picture', () => {
    const unit = packPicture([Buffer.alloc(3000, 0x41)], false);
    const copy = Buffer.from(unit.bytes);
    new RtpStream().stamp(unit, 5000, 4);
    expect(unit.bytes.equals(copy)).toBe(true);
  });
});

describe('samples', () => {
  it('are split at their lengths', () => {
    const sample = Buffer.from([0, 0, 0, 2, 0x67, 1, 0, 0, 0, 1, 0x65]);
    expect(splitSample(sample, 4).map((n) => [...n])).toEqual([[0x67, 1], [0x65]]);
    expect([...annexB(splitSample(sample, 4))]).toEqual([0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x65]);
  });

  it('are refused when a length lies', () => {
    expect(() => splitSample(Buffer.from([0, 0, 0, 9, 1]), 4)).toThrow(RangeError);
    expect(() => splitSample(Buffer.from([0, 0, 0, 0]), 4)).toThrow(RangeError);
    expect(() => splitSample(Buffer.from([0, 0]), 4)).toThrow(RangeError);
  });
});

describe('reports and descriptions', () => {
  it('tie a picture to a moment of NTP time', () => {
    const stream = new RtpStream();
    stream.stamp(packPicture([Buffer.alloc(10, 0x41)], false), 1000, 0);
    const report = stream.report(1000, Date.UTC(2026, 0, 1) + 500);
    expect(report.readUInt16BE(2) * 4 + 4).toBe(report.length);
    expect(report.readUInt32BE(8) - 2_208_988_800).toBe(Date.UTC(2026, 0, 1) / 1000);
    expect(report.readUInt32BE(12)).toBe(0x8000_0000);
    expect(report.readUInt32BE(16)).toBe(stream.timeOf(1000));
    expect(report.readUInt32BE(20)).toBe(1);
    expect(report.readUInt32BE(24)).toBe(10);
    expect([...interleaved(report, 1).subarray(0, 4)]).toEqual([0x24, 1, 0, 28]);
  });

  it('name profile and parameter sets', () => {
    const text = formatParameters(Buffer.from([0x67, 0x4d, 0x40, 0x1f, 9]), Buffer.from([0x68, 1]));
    expect(text).toBe('packetization-mode=1;profile-level-id=4D401F;sprop-parameter-sets=Z01AHwk=,aAE=');
  });
});
