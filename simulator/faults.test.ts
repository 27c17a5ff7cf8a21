import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { City } from './city.ts';
import { Fault, faultAnswer, type FaultInput } from './faults.ts';
import type { SignIn } from './sign-in.ts';
import { cameraOf, cardCity, portOf } from './testing/card-city.ts';
import { answerTo, picturesOf, Viewer } from './testing/viewer.ts';

// Pictures come at their own speed, eight a second.
vi.setConfig({ testTimeout: 240_000 });

const faults: Readonly<Record<string, FaultInput>> = {
  refuse: { kind: 'refuse' },
  'hang-connect': { kind: 'hang', after: 'connect' },
  'hang-options': { kind: 'hang', after: 'options' },
  'hang-describe': { kind: 'hang', after: 'describe' },
  'hang-setup': { kind: 'hang', after: 'setup' },
  'hang-play': { kind: 'hang', after: 'play' },
  reset: { kind: 'reset', afterFrames: 3 },
  'no-key': { kind: 'no-key-frame' },
  'late-key': { kind: 'no-key-frame', forS: 3 },
  garbage: { kind: 'garbage' },
  'garbage-rtp': { kind: 'garbage', what: 'rtp' },
  'garbage-framing': { kind: 'garbage', what: 'framing' },
  'new-resolution': { kind: 'new-resolution', afterS: 1 },
  'wrong-sign-in': { kind: 'wrong-sign-in' },
  'stale-nonce': { kind: 'stale-nonce' },
  404: { kind: 'status', code: 404 },
  453: { kind: 'status', code: 453 },
  454: { kind: 'status', code: 454 },
  461: { kind: 'status', code: 461 },
  503: { kind: 'status', code: 503 },
  drip: { kind: 'slow-drip', bytesPerS: 200 },
  freeze: { kind: 'freeze' },
  loss: { kind: 'packet-loss', ratio: 0.3 },
  redirect: { kind: 'redirect', to: 'rtsp://169.254.169.254/latest' },
  endless: { kind: 'endless-headers' },
  clock: { kind: 'wrong-clock', offsetS: -86_400 },
  jump: { kind: 'clock-jump', afterFrames: 2, offsetS: 7200 },
  'page-still': { kind: 'bad-still', what: 'page' },
  'cut-still': { kind: 'bad-still', what: 'cut' },
  'udp-only': { kind: 'odd', what: 'udp-only' },
  'no-sets': { kind: 'odd', what: 'no-parameter-sets' },
  'audio-first': { kind: 'odd', what: 'audio-first' },
};
const signIn: SignIn = { scheme: 'digest', user: 'viewer', password: 'only for the test' };
let city: City;
beforeAll(async () => {
  const cameras = Object.entries(faults).map(([id, fault]) => ({
    id,
    fault,
    signIn: id === 'stale-nonce' ? ('digest' as const) : ('none' as const),
  }));
  city = await cardCity([...cameras, { id: 'later', signIn: 'none' }], { signIn });
});
afterAll(async () => {
  await city[Symbol.asyncDispose]();
});
const url = (id: string): string => cameraOf(city, id).rtspUrl;
const setupHeaders = { Transport: 'RTP/AVP/TCP;interleaved=0-1' };

it('every kind of fault has a camera here', () => {
  const kinds = Fault.options.map((option) => option.shape.kind.value);
  expect(new Set(Object.values(faults).map((f) => f.kind))).toEqual(new Set(kinds));
});

describe('odd and newer ones', () => {
  it('clock-jump: the times of its packets leap by two hours, once', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    await viewer.play(url('jump'));
    await viewer.until(() => picturesOf(viewer.packets).length >= 5);
    const times = [...new Set(viewer.packets.map((packet) => packet.time))];
    const steps = times.slice(1).map((time, i) => (time - (times[i] ?? 0) + 2 ** 32) % 2 ** 32);
    expect(steps.filter((step) => step > 7200 * 90_000 - 1)).toHaveLength(1);
  });

  it('says less, or says it in another order, in its description', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    expect((await viewer.ask('DESCRIBE', url('no-sets'))).body).not.toContain('sprop');
    const sounds = (await viewer.ask('DESCRIBE', url('audio-first'))).body;
    expect(sounds.indexOf('m=audio')).toBeGreaterThan(0);
    expect(sounds.indexOf('m=audio')).toBeLessThan(sounds.indexOf('m=video'));
    expect((await viewer.ask('SETUP', `${url('udp-only')}/trackID=1`, setupHeaders)).code).toBe(461);
  });

  it('bad stills: a page, and half a picture', async () => {
    const still = (id: string) => fetch(cameraOf(city, id).snapshotUrl);
    expect((await still('page-still')).headers.get('content-type')).toMatch(/^text\/html/);
    const [whole, half] = await Promise.all(
      ['later', 'cut-still'].map(async (id) => Buffer.from(await (await still(id)).arrayBuffer())),
    );
    expect(half?.readUInt16BE(0)).toBe(0xffd8);
    expect(half?.readUInt16BE(half.length - 2)).not.toBe(0xffd9);
    expect(whole?.readUInt16BE(whole.length - 2)).toBe(0xffd9);
  });
});

describe('connections', () => {
  it('refuse: nobody listens; healed, somebody does; on a shared port the connection is dropped', async () => {
    const port = portOf(url('refuse'));
    expect(port).not.toBe(city.rtspPort);
    await expect(Viewer.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await city.fault('refuse', null);
    using viewer = await Viewer.connect(port);
    expect((await viewer.play(url('refuse'))).play.code).toBe(200);
    await viewer.until(() => viewer.packets.length > 0);
    await city.fault('refuse', { kind: 'refuse' });
    await viewer.until(() => viewer.ended !== 'no');
    expect(viewer.ended).toBe('reset');
    await expect(Viewer.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });

    await city.fault('later', { kind: 'refuse' });
    using shared = await Viewer.connect(city.rtspPort);
    await expect(shared.ask('OPTIONS', url('later'))).rejects.toThrow('reset');
    await city.fault('later', null);
  });

  it.each([
    ['hang-connect', 0],
    ['hang-options', 1],
    ['hang-describe', 2],
    ['hang-setup', 3],
  ] as const)('%s: answers %i requests and is silent then', async (id, answered) => {
    using viewer = await Viewer.connect(city.rtspPort);
    const requests: [string, string, Record<string, string>][] = [
      ['OPTIONS', url(id), {}],
      ['DESCRIBE', url(id), {}],
      ['SETUP', `${url(id)}/trackID=1`, setupHeaders],
    ];
    for (const [method, uri, headers] of requests.slice(0, answered))
      expect((await viewer.ask(method, uri, headers)).code).toBe(200);
    const received = viewer.receivedBytes;
    const [method, uri, headers] = requests[answered] ?? ['PLAY', url(id), {}];
    viewer.send(method, uri, headers);
    // A healthy camera asked on a second connection answers: the city had time to answer the first.
    using other = await Viewer.connect(city.rtspPort);
    expect((await other.ask('OPTIONS', url('later'))).code).toBe(200);
    expect((await other.ask('DESCRIBE', url('later'))).code).toBe(200);
    expect(viewer.receivedBytes).toBe(received);
    expect(viewer.ended).toBe('no');
  });

  it('hang-play: says it plays and sends no picture', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    using healthy = await Viewer.connect(city.rtspPort);
    expect((await viewer.play(url('hang-play'))).play.code).toBe(200);
    await healthy.play(url('later'));
    await healthy.until(() => picturesOf(healthy.packets).length >= 4);
    expect(viewer.packets).toHaveLength(0);
    expect(viewer.ended).toBe('no');
  });

  it('reset: cut in the middle of a picture', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    await viewer.play(url('reset'));
    await viewer.until(() => viewer.ended !== 'no');
    expect(viewer.ended).toBe('reset');
    expect(picturesOf(viewer.packets).length).toBeLessThanOrEqual(3);
    expect(viewer.packets.at(-1)?.marker === true && viewer.rest.length === 0).toBe(false);
  });

  it('slow-drip: an answer comes in crumbs', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    let chunks = 0;
    viewer.socket.on('data', () => chunks++);
    const reply = await viewer.ask('DESCRIBE', url('drip'));
    expect(reply.code).toBe(200);
    expect(chunks).toBeGreaterThanOrEqual(5);
  });

  it('endless headers: more than a megabyte without an end', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    viewer.send('DESCRIBE', url('endless'));
    await viewer.until(() => viewer.receivedBytes > 300_000);
    expect(viewer.rest.includes('\r\n\r\n')).toBe(false);
    expect(viewer.rest.toString('latin1', 0, 15)).toBe('RTSP/1.0 200 OK');
  });
});

describe('answers', () => {
  it.each([
    [404, 'DESCRIBE'],
    [503, 'DESCRIBE'],
    [461, 'SETUP'],
    [453, 'SETUP'],
    [454, 'PLAY'],
  ] as const)('%i comes to %s and to nothing before', async (code, method) => {
    using viewer = await Viewer.connect(city.rtspPort);
    const { describe: described, setup, play } = await viewer.play(url(String(code)));
    const codes = new Map([
      ['DESCRIBE', described.code],
      ['SETUP', setup.code],
      ['PLAY', play.code],
    ]);
    expect(codes.get(method)).toBe(code);
    for (const [other, got] of codes) {
      if (other === method) break;
      expect(got).toBe(200);
    }
  });

  it('wrong-sign-in: 401 whatever is said', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    const answers = await viewer.play(url('wrong-sign-in'), signIn);
    expect(answers.describe.code).toBe(401);
    expect(answers.describe.headers.get('www-authenticate')).toContain('stale=false');
  });

  it('stale-nonce: a nonce is good once, the second use is told so', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    const uri = url('stale-nonce');
    const challenge = (await viewer.ask('DESCRIBE', uri)).headers.get('www-authenticate') ?? '';
    const Authorization = answerTo(challenge, signIn, 'DESCRIBE', uri);
    expect((await viewer.ask('DESCRIBE', uri, { Authorization })).code).toBe(200);
    const second = await viewer.ask('DESCRIBE', uri, { Authorization });
    expect(second.code).toBe(401);
    expect(second.headers.get('www-authenticate')).toContain('stale=true');
  });

  it('redirect: to where the fault says', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    const reply = await viewer.ask('DESCRIBE', url('redirect'));
    expect(reply.code).toBe(302);
    expect(reply.headers.get('location')).toBe('rtsp://169.254.169.254/latest');
  });

  it('wrong-clock: yesterday in dates and reports', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    const { describe: described } = await viewer.play(url('clock'));
    await viewer.until(() => viewer.reports.length > 0);
    const reportedMs = ((viewer.reports[0]?.readUInt32BE(8) ?? 0) - 2_208_988_800) * 1000;
    const date = Date.parse(described.headers.get('date') ?? '');
    for (const atMs of [reportedMs, date]) expect(Math.abs(Date.now() - 86_400_000 - atMs)).toBeLessThan(60_000);
  });
});

describe.concurrent('pictures', () => {
  async function watch(id: string, enough: (viewer: Viewer) => boolean): Promise<Viewer> {
    const viewer = await Viewer.connect(portOf(url(id)));
    await viewer.play(url(id));
    await viewer.until(() => enough(viewer));
    return viewer;
  }

  it('no-key-frame: pictures, but never a key picture', async () => {
    using viewer = await watch('no-key', ({ packets }) => picturesOf(packets).length >= 20);
    expect(picturesOf(viewer.packets).some((p) => p.isKey)).toBe(false);
  });

  it('no-key-frame for some seconds: the first key picture is late', async () => {
    using viewer = await watch('late-key', ({ packets }) => picturesOf(packets).some((p) => p.isKey));
    const pictures = picturesOf(viewer.packets);
    const key = pictures.findIndex((p) => p.isKey);
    const afterTicks = ((pictures[key]?.time ?? 0) - (pictures[0]?.time ?? 0) + 2 ** 32) % 2 ** 32;
    expect(afterTicks).toBeGreaterThanOrEqual(2.8 * 90_000);
  });

  it('garbage: the packets are there, what they carry is noise', async () => {
    using healthy = await watch('later', ({ packets }) => packets.length >= 20);
    using viewer = await watch('garbage', ({ packets }) => packets.length >= 20);
    const types = (v: Viewer): Set<number> => new Set(v.packets.map((p) => (p.payload[0] ?? 0) & 0x1f));
    expect([...types(healthy)].every((type) => [1, 5, 6, 7, 8, 28].includes(type))).toBe(true);
    expect(types(viewer).size).toBeGreaterThan(8);
    expect(viewer.packets.every((p) => p.version === 2)).toBe(true);
  });

  it('garbage as RTP: not even the headers are', async () => {
    using viewer = await watch('garbage-rtp', ({ packets }) => packets.length >= 20);
    expect(new Set(viewer.packets.map((p) => p.version)).size).toBeGreaterThan(1);
  });

  it('garbage without framing: the client loses its place', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    await viewer.play(url('garbage-framing'));
    await viewer.until(() => viewer.receivedBytes > 3000);
    expect(picturesOf(viewer.packets).filter((p) => p.isKey)).toHaveLength(0);
  });

  it('new-resolution: other parameter sets in mid-stream, numbers go on', async () => {
    const setsOf = (viewer: Viewer): Set<string> =>
      new Set(
        picturesOf(viewer.packets).flatMap((p) =>
          p.nals.filter((n) => ((n[0] ?? 0) & 0x1f) === 7).map((n) => n.toString('hex')),
        ),
      );
    await city.fault('new-resolution', null);
    using viewer = await watch('new-resolution', (v) => setsOf(v).size === 1);
    await city.fault('new-resolution', { kind: 'new-resolution', afterS: 0.1 });
    await viewer.until(() => setsOf(viewer).size === 2);
    const { packets } = viewer;
    for (const [i, packet] of packets.entries()) {
      const previous = packets[i - 1];
      if (previous) expect((packet.sequence - previous.sequence + 0x1_0000) % 0x1_0000).toBe(1);
    }
  });

  it('freeze: time runs on, the picture does not', async () => {
    using viewer = await watch('freeze', ({ packets }) => picturesOf(packets).length >= 12);
    const pictures = picturesOf(viewer.packets);
    expect(new Set(pictures.map((p) => Buffer.concat(p.nals).toString('hex'))).size).toBe(1);
    expect(new Set(pictures.map((p) => p.time)).size).toBe(pictures.length);
  });

  it('packet-loss: sequence numbers have holes', async () => {
    using viewer = await watch('loss', ({ packets }) => packets.length >= 20);
    const sent = ((viewer.packets.at(-1)?.sequence ?? 0) - (viewer.packets[0]?.sequence ?? 0) + 0x1_0000) % 0x1_0000;
    expect(sent).toBeGreaterThan(viewer.packets.length);
  });
});

describe('faults as data', () => {
  it.each([
    { kind: 'status', code: 418 },
    { kind: 'packet-loss', ratio: 2 },
    { kind: 'redirect', to: 'file:///etc/passwd' },
    { kind: 'tired' },
  ])('refuses %o', (fault) => {
    expect(Fault.safeParse(fault).success).toBe(false);
  });

  it('leaves a healthy camera alone', () => {
    for (const method of ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'])
      expect(faultAnswer(undefined, method)).toBeUndefined();
  });
});
