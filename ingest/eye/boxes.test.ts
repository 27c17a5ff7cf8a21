import { describe, expect, it } from 'vitest';
import { avcCodec, cutBoxes } from './boxes.ts';

const box = (name: string, size: number): Buffer => {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32BE(size, 0);
  bytes.write(name, 4, 'latin1');
  return bytes;
};

describe('boxes of an MP4', () => {
  it('gives a group only when its last box is whole', () => {
    const stream = Buffer.concat([box('moof', 40), box('mdat', 100), box('moof', 40), box('mdat', 90)]);
    const early = cutBoxes(stream.subarray(0, 139), 'mdat');
    expect(early.whole).toHaveLength(0);
    expect(early.rest).toHaveLength(139);
    const later = cutBoxes(stream.subarray(0, 200), 'mdat');
    expect(later.whole.map((b) => b.length)).toEqual([140]);
    expect(later.rest).toHaveLength(60);
    expect(cutBoxes(stream, 'mdat').whole.map((b) => b.length)).toEqual([140, 130]);
  });

  it('refuses a length that cannot be, instead of running for ever', () => {
    expect(() => cutBoxes(Buffer.from('0000000366726565', 'hex'), 'mdat')).toThrow(RangeError);
  });

  it('reads the codec out of the head', () => {
    const head = Buffer.concat([box('moov', 8), Buffer.from('0000000f61766343016400 1fffe1'.replace(' ', ''), 'hex')]);
    expect(avcCodec(head)).toBe('avc1.64001f');
    expect(avcCodec(box('moov', 64))).toBeUndefined();
  });
});
