// Key pictures out of packets: whole ones only, with the parameter sets that hold.
import { describe, expect, test } from 'vitest';
import { KeyCollector, packetOf } from './rtp.ts';
import { videoOf } from './sdp.ts';

let sequence = 65_530;

/** One packet of payload type 96. */
function packet(payload: readonly number[], time: number, isLast = false, over: { kind?: number } = {}): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 0x80;
  head[1] = (over.kind ?? 96) | (isLast ? 0x80 : 0);
  head.writeUInt16BE(sequence, 2);
  head.writeUInt32BE(time, 4);
  sequence = (sequence + 1) & 0xffff;
  return Buffer.concat([head, Buffer.from(payload)]);
}

const start = [0, 0, 0, 1];
const sps = [0x67, 77, 0, 31, 0x95];
const pps = [0x68, 0xee];
const collect = (collector: KeyCollector, ...packets: Buffer[]): number[][] =>
  packets.flatMap((one) => {
    const found = collector.take(one);
    return found ? [[...found]] : [];
  });

describe('key pictures of H.264', () => {
  const sets = [Buffer.from(sps), Buffer.from(pps)];

  test('come whole out of parts, after pictures that are let go', () => {
    const collector = new KeyCollector('h264', 96, sets);
    const found = collect(
      collector,
      packet([0x41, 1], 1, true),
      packet([0x7c, 0x85, 1, 2], 2),
      packet([0x7c, 0x05, 3], 2),
      packet([0x7c, 0x45, 4], 2, true),
    );
    expect(found).toEqual([[...start, ...sps, ...start, ...pps, ...start, 0x65, 1, 2, 3, 4]]);
    expect(collector.count).toEqual({ packets: 4, odd: 0, keys: 1 });
  });

  test('end with the next picture where no packet is marked as the last', () => {
    const collector = new KeyCollector('h264', 96, sets);
    expect(collect(collector, packet([0x65, 1], 1), packet([0x65, 2], 1), packet([0x41, 3], 2))).toEqual([
      [...start, ...sps, ...start, ...pps, ...start, 0x65, 1, ...start, 0x65, 2],
    ]);
  });

  test('of which a packet is lost are not given', () => {
    const collector = new KeyCollector('h264', 96, sets);
    const first = packet([0x7c, 0x85, 1], 1);
    packet([0x7c, 0x05, 2], 1);
    expect(collect(collector, first, packet([0x7c, 0x45, 3], 1, true))).toEqual([]);
    expect(collect(collector, packet([0x65, 9], 2, true))).toHaveLength(1);
    expect(collector.count.keys).toBe(2);
  });

  test('take the sets that came last in the stream, several to a packet', () => {
    const other = [0x68, 0xce, 7];
    const aggregate = [0x78, 0, sps.length, ...sps, 0, other.length, ...other, 0, 2, 0x65, 5];
    const found = collect(new KeyCollector('h264', 96, sets), packet(aggregate, 1, true));
    expect(found).toEqual([[...start, ...sps, ...start, ...other, ...start, 0x65, 5]]);
  });

  test('may be points of recovery of encoders that send no whole refresh', () => {
    const collector = new KeyCollector('h264', 96, sets);
    expect(collect(collector, packet([0x06, 6, 1, 0x84], 1), packet([0x41, 1], 1, true))).toHaveLength(1);
  });

  test('noise is counted as such', () => {
    const collector = new KeyCollector('h264', 96, sets);
    const noise = Array.from({ length: 40 }, (_, i) => packet([(i * 97 + 131) & 0xff, i], i, true));
    collect(collector, packet([0x41], 99, true, { kind: 33 }), Buffer.from([1, 2]), ...noise);
    expect(collector.count.odd).toBeGreaterThan(20);
  });
});

test('key pictures of H.265 come with their three sets', () => {
  const sets = [
    [0x40, 1, 9],
    [0x42, 1, 8],
    [0x44, 1, 0x80],
  ];
  const collector = new KeyCollector(
    'h265',
    96,
    sets.map((set) => Buffer.from(set)),
  );
  const found = collect(collector, packet([0x62, 1, 0x93, 1], 1), packet([0x62, 1, 0x53, 2], 1, true));
  expect(found).toEqual([[...sets.flatMap((set) => [...start, ...set]), ...start, 0x26, 1, 1, 2]]);
});

test('packets with extensions, other sources and padding are read right, cut ones not at all', () => {
  const head = [0xb1, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9];
  const extension = [0, 0, 0, 1, 7, 7, 7, 7];
  const bytes = Buffer.from([...head, ...extension, 0x65, 1, 0, 2]);
  expect([...(packetOf(bytes)?.payload ?? [])]).toEqual([0x65, 1]);
  for (let length = 0; length < 25; length++)
    expect(packetOf(bytes.subarray(0, length))?.payload.length ?? 0).toBeLessThan(2);
});

describe('session descriptions', () => {
  const sdp = (...lines: string[]): string => ['v=0', 's=x', ...lines, ''].join('\r\n');

  test('with sound first give the video and where to ask for it', () => {
    const offer = videoOf(
      sdp(
        'a=control:*',
        'm=audio 0 RTP/AVP 0',
        'a=control:track1',
        'm=video 0 RTP/AVP 97',
        'a=rtpmap:97 H264/90000',
        'a=fmtp:97 packetization-mode=1;sprop-parameter-sets=Z00AH5U=,aO4=',
        'a=control:track2',
      ),
      'rtsp://camera/main/',
    );
    expect(offer).toEqual({
      codec: 'h264',
      kind: 97,
      streamUrl: 'rtsp://camera/main/track2',
      sessionUrl: 'rtsp://camera/main/',
      sets: [Buffer.from(sps), Buffer.from(pps)],
    });
  });

  test.each([
    ['a=rtpmap:96 JPEG/90000', 'other'],
    ['a=rtpmap:96 H265/90000', 'h265'],
    ['a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=2', 'other'],
    ['a=rtpmap:96 H265/90000\r\na=fmtp:96 sprop-max-don-diff=2', 'other'],
  ])('with %s are for %s', (lines, codec) => {
    expect(videoOf(sdp('m=video 0 RTP/AVP 96', lines), 'rtsp://c')?.codec).toBe(codec);
  });

  test('without video give nothing', () => {
    expect(videoOf(sdp('m=audio 0 RTP/AVP 0'), 'rtsp://c')).toBeUndefined();
    expect(videoOf('', 'rtsp://c')).toBeUndefined();
  });
});
