import { describe, expect, it } from 'vitest';
import { adviceKinds, adviseOf, smallBeside, type Known } from './advice.ts';
import { adviceWords, probeLanguages } from './advice-texts.ts';
import { measurePackets, profileIn, profileName } from './packets.ts';
import type { StreamFacts } from './shapes.ts';

const good: StreamFacts = {
  codec: 'h264',
  profile: 'High',
  widthPx: 1920,
  heightPx: 1080,
  fps: 25,
  keyEveryS: 2,
  keys: 3,
  packets: 120,
  kbitS: 3000,
  bFrames: false,
  audio: null,
  transport: 'tcp',
  firstPictureMs: 900,
  measuredS: 5,
  way: 'node-av',
};
const small = { ...good, widthPx: 640, heightPx: 360 };
const kinds = (over: Partial<Known>) =>
  adviseOf({
    main: good,
    sub: small,
    subAddress: null,
    still: { state: 'fresh', why: 'changes', ageS: 1, clockOffsetS: 0 },
    ...over,
  }).map(({ kind }) => kind);

describe('advice', () => {
  it.each<[string, Partial<Known>, string[]]>([
    ['of a good camera', {}, ['still-fresh']],
    ['of a long key interval', { main: { ...good, keyEveryS: 10 } }, ['long-key-interval', 'still-fresh']],
    [
      'of one that never came twice',
      { main: { ...good, keyEveryS: null, keys: 1 } },
      ['unknown-key-interval', 'still-fresh'],
    ],
    [
      'of H.265 with sound over UDP',
      { main: { ...good, codec: 'h265', audio: 'aac', transport: 'udp' } },
      ['h265-live', 'udp-only', 'sound', 'still-fresh'],
    ],
    [
      'of 4K with B-frames',
      { main: { ...good, widthPx: 3840, heightPx: 2160, bFrames: true, kbitS: 12_000 }, sub: null },
      ['b-frames', 'big-main', 'no-sub', 'high-bit-rate', 'still-fresh'],
    ],
    ['of a small stream that was found', { subAddress: 'rtsp://c/sub' }, ['sub-found', 'still-fresh']],
    [
      'of an old still',
      { still: { state: 'stale', why: 'old-by-clock', ageS: 3600, clockOffsetS: -7 } },
      ['still-stale', 'clock-off'],
    ],
    ['of no still', { still: null }, ['no-still']],
    ['of a camera that did not answer', { main: null, sub: null, still: null }, []],
  ])('%s', (_, over, expected) => {
    expect(kinds(over)).toEqual(expected);
  });

  it('has words in every language, whole ones', () => {
    const of = { s: 7, age: '', size: '640x360', address: 'rtsp://c/sub', kbit: 9000, fps: 2, codec: 'aac', keys: 1 };
    for (const language of probeLanguages)
      for (const kind of adviceKinds) {
        const words = adviceWords(language, { kind, of });
        expect(words.length).toBeGreaterThan(20);
        expect(words).not.toMatch(/[{}]|undefined/);
      }
  });

  it('knows where makers put the small stream', () => {
    const pairs = [
      ['rtsp://c/Streaming/Channels/101', 'rtsp://c/Streaming/Channels/102'],
      ['rtsp://c/cam/realmonitor?channel=1&subtype=0', 'rtsp://c/cam/realmonitor?channel=1&subtype=1'],
      ['rtsp://c/h264/ch1/main/av_stream', 'rtsp://c/h264/ch1/sub/av_stream'],
      ['rtsp://c:554/main', 'rtsp://c:554/sub'],
      ['rtsp://c/stream1', 'rtsp://c/stream2'],
      ['rtsp://c/unicast/c1/s0/live', 'rtsp://c/unicast/c1/s1/live'],
    ] as const;
    for (const [main, sub] of pairs) expect(smallBeside(main)).toBe(sub);
    expect(smallBeside('rtsp://c/axis-media/media.amp')).toBeUndefined();
  });
});

describe('packets', () => {
  it('tell rate, key interval, bit rate and the order of pictures', () => {
    const packets = Array.from({ length: 101 }, (_, i) => ({
      shownS: i / 25,
      cameS: i / 20,
      bytes: 1000,
      isKey: i % 50 === 0,
    }));
    expect(measurePackets(packets)).toEqual({
      fps: 25,
      keyEveryS: 2,
      keys: 3,
      packets: 101,
      kbitS: 200,
      bFrames: false,
      measuredS: 4,
    });
    const late = packets.map((one) => ({ ...one, shownS: null }));
    expect(measurePackets(late)).toMatchObject({ fps: 20, keyEveryS: 2.5 });
    const turned = packets.map((one, i) => ({ ...one, shownS: (i % 2 === 0 ? i + 1 : i - 1) / 25 }));
    expect(measurePackets(turned).bFrames).toBe(true);
    expect(measurePackets([])).toMatchObject({ fps: null, keyEveryS: null, kbitS: null });
  });

  it('carry the profile in their parameter sets', () => {
    expect(profileName('h264', profileIn(Uint8Array.from([0, 0, 0, 1, 0x67, 77, 64, 31, 0, 0]), 'h264'))).toBe('Main');
    expect(profileName('h265', profileIn(Uint8Array.from([0, 0, 1, 0x42, 1, 1, 0x21, 0, 0]), 'h265'))).toBe('Main');
    expect(profileName('mjpeg', 0)).toBe('');
  });
});
