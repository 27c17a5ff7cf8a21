import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestReader, response, transportsOf } from './rtsp-message.ts';

const text = 'SETUP rtsp://h/cam/1/main/trackID=1 RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP/TCP\r\n\r\n';
const withBody = 'SET_PARAMETER rtsp://h/cam/1/main RTSP/1.0\r\ncseq:4\r\nContent-Length: 5\r\n\r\nhello';

describe('the reader', () => {
  it('finds requests and packets however the bytes are cut', () => {
    const stream = Buffer.concat([
      Buffer.from(text),
      Buffer.from([0x24, 1, 0, 3, 9, 9, 9]),
      Buffer.from(withBody),
      Buffer.from('\r\n'),
      Buffer.from(text),
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (cuts) => {
        const reader = new RequestReader();
        const found = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          found.push(...reader.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(
          found.map((f) =>
            f.kind === 'request'
              ? `${f.request.method} ${f.request.headers.get('cseq') ?? ''} ${f.request.body}`
              : f.kind,
          ),
        ).toEqual(['SETUP 3 ', 'packet', 'SET_PARAMETER 4 hello', 'SETUP 3 ']);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['no RTSP', 'GET / HTTP/1.1\r\n\r\n'],
    ['a head without end', `OPTIONS * RTSP/1.0\r\nX: ${'a'.repeat(20_000)}`],
    ['a body that is too long', 'SET_PARAMETER * RTSP/1.0\r\nContent-Length: 99999999\r\n\r\n'],
    ['a length that is none', 'SET_PARAMETER * RTSP/1.0\r\nContent-Length: -1\r\n\r\n'],
  ])('gives up on %s', (_what, bytes) => {
    expect(new RequestReader().push(Buffer.from(bytes)).at(-1)?.kind).toBe('broken');
  });
});

it('writes answers with the length of their body', () => {
  expect(response(200, '7', { Session: 'a' }, 'ä').toString()).toBe(
    'RTSP/1.0 200 OK\r\nCSeq: 7\r\nSession: a\r\nContent-Length: 2\r\n\r\nä',
  );
});

it('reads what a client offers as transport', () => {
  expect(transportsOf('RTP/AVP/TCP;unicast;interleaved=2-3')).toEqual([{ kind: 'tcp', channel: 2 }]);
  expect(transportsOf('RTP/AVP;multicast,RTP/AVP/UDP;unicast;client_port=5000-5001, RTP/AVP/TCP')).toEqual([
    { kind: 'other' },
    { kind: 'udp', port: 5000 },
    { kind: 'tcp', channel: 0 },
  ]);
});
