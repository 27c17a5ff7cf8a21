import { createSocket } from 'node:dgram';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '#core/clock';
import { silentLog } from '#core/log';
import { Camera } from './camera.ts';
import type { City } from './city.ts';
import { ClipShelf } from './clip.ts';
import { RtspServer } from './rtsp.ts';
import type { SignIn } from './sign-in.ts';
import { Wheel } from './wheel.ts';
import { cameraOf, cardCity, cardFolder } from './testing/card-city.ts';
import { answerTo, picturesOf, Viewer } from './testing/viewer.ts';

// Pictures come at their own speed, eight a second.
vi.setConfig({ testTimeout: 240_000 });

const signIn: SignIn = { scheme: 'digest', user: 'viewer', password: 'only for the test' };
let city: City;
beforeAll(async () => {
  city = await cardCity(
    [
      { id: 'open', signIn: 'none' },
      { id: 'digest', signIn: 'digest' },
      { id: 'basic', signIn: 'basic' },
      { id: 'small', clip: 'testcard-small', signIn: 'none' },
    ],
    { signIn },
  );
});
afterAll(async () => {
  await city[Symbol.asyncDispose]();
});
const main = (id: string): string => cameraOf(city, id).rtspUrl;

describe.concurrent('a healthy camera', () => {
  it('describes, sets up, plays, and stops at teardown', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    const options = await viewer.ask('OPTIONS', main('open'));
    expect(options.code).toBe(200);
    expect(options.headers.get('cseq')).toBe('1');
    expect(options.headers.get('public')).toContain('GET_PARAMETER');

    const describe_ = await viewer.ask('DESCRIBE', main('open'), { Accept: 'application/sdp' });
    expect(describe_.code).toBe(200);
    expect(describe_.headers.get('content-base')).toBe(`${main('open')}/`);
    expect(describe_.body).toMatch(/^a=rtpmap:96 H264\/90000\r$/m);
    expect(describe_.body).toMatch(/^a=framerate:8\r$/m);
    expect(describe_.body).toMatch(/^a=control:trackID=1\r$/m);
    const sets = /sprop-parameter-sets=([^,]+),([^\r]+)/.exec(describe_.body);
    const sps = Buffer.from(sets?.[1] ?? '', 'base64');
    expect(describe_.body).toContain(`profile-level-id=${sps.subarray(1, 4).toString('hex').toUpperCase()};`);

    const setup = await viewer.ask('SETUP', `${main('open')}/trackID=1`, {
      Transport: 'RTP/AVP/TCP;unicast;interleaved=4-5',
    });
    expect(setup.code).toBe(200);
    expect(setup.headers.get('transport')).toBe('RTP/AVP/TCP;unicast;interleaved=4-5');
    const session = setup.headers.get('session')?.split(';')[0] ?? '';
    const play = await viewer.ask('PLAY', main('open'), { Session: session });
    expect(play.code).toBe(200);
    const info = /seq=(\d+);rtptime=(\d+)/.exec(play.headers.get('rtp-info') ?? '');

    await viewer.until(() => picturesOf(viewer.packets).filter((p) => p.isKey).length >= 2);
    const [first] = viewer.packets;
    expect(first?.channel).toBe(4);
    expect(first?.sequence).toBe(Number(info?.[1]));
    expect(first?.time).toBe(Number(info?.[2]));
    expect(new Set(viewer.packets.map((p) => p.source)).size).toBe(1);
    const pictures = picturesOf(viewer.packets);
    for (const picture of pictures.filter((p) => p.isKey)) {
      expect(picture.nals.slice(0, 2).map((n) => (n[0] ?? 0) & 0x1f)).toEqual([7, 8]);
      expect(picture.nals[0]?.equals(sps)).toBe(true);
    }
    expect(viewer.reports.length).toBeGreaterThan(0);
    expect(viewer.reports[0]?.[1]).toBe(200);

    expect((await viewer.ask('GET_PARAMETER', main('open'), { Session: session })).code).toBe(200);
    expect((await viewer.ask('TEARDOWN', main('open'), { Session: session })).code).toBe(200);
    const received = viewer.packets.length;
    expect((await viewer.ask('PLAY', main('open'), { Session: session })).code).toBe(454);
    expect(viewer.packets.length).toBe(received);
  });

  it('numbers and times go on without a jump over the seam of the loop', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    await viewer.play(main('open'));
    // The first loop is 32 pictures long: 40 pictures cross its seam at least once.
    await viewer.until(() => picturesOf(viewer.packets).length >= 40);
    const { packets } = viewer;
    for (const [i, packet] of packets.entries()) {
      const previous = packets[i - 1];
      if (previous) expect((packet.sequence - previous.sequence + 0x1_0000) % 0x1_0000).toBe(1);
    }
    const times = picturesOf(packets).map((p) => p.time);
    const gaps = times.slice(1).map((time, i) => (time - (times[i] ?? 0) + 2 ** 32) % 2 ** 32);
    expect(new Set(gaps)).toEqual(new Set([11_250]));
  });

  it('pauses and plays on in the same numbers', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    const { setup } = await viewer.play(main('open'));
    const headers = { Session: setup.headers.get('session')?.split(';')[0] ?? '' };
    await viewer.until(() => viewer.packets.length >= 4);
    expect((await viewer.ask('PAUSE', main('open'), headers)).code).toBe(200);
    const paused = viewer.packets.length;
    const again = await viewer.ask('PLAY', main('open'), headers);
    expect(viewer.packets.length).toBe(paused);
    await viewer.until(() => viewer.packets.length >= paused + 4);
    expect(again.headers.get('rtp-info')).toContain(`seq=${viewer.packets[paused]?.sequence ?? -1};`);
  });

  it('serves the sub-stream under its own address', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    const { play } = await viewer.play(cameraOf(city, 'small').subUrl);
    expect(play.code).toBe(200);
    await viewer.until(() => viewer.packets.length > 0);
  });

  it('answers 404 to an unknown camera, 461 to UDP, 454 to an unknown session, 501 to an unknown method, 400 to noise', async () => {
    using viewer = await Viewer.connect(city.rtspPort);
    expect((await viewer.ask('DESCRIBE', main('open').replace('/open/', '/nobody/'))).code).toBe(404);
    expect((await viewer.ask('SETUP', main('open'), { Transport: 'RTP/AVP;unicast;client_port=5000-5001' })).code).toBe(
      461,
    );
    expect((await viewer.ask('PLAY', main('open'), { Session: 'none' })).code).toBe(454);
    expect((await viewer.ask('RECORD', main('open'))).code).toBe(501);
    viewer.socket.write('what is this\r\n\r\n');
    await viewer.until(() => viewer.ended !== 'no');
  });
});

describe('sign-in', () => {
  it.each(['digest', 'basic'] as const)('%s: lets in who knows the password, on every request', async (id) => {
    using viewer = await Viewer.connect(city.rtspPort);
    const answers = await viewer.play(main(id), { ...signIn, scheme: id });
    expect(answers.describe.code).toBe(200);
    expect(answers.play.code).toBe(200);
    await viewer.until(() => viewer.packets.length > 0);
  });

  it.each(['digest', 'basic'] as const)('%s: refuses a wrong password and a request without any', async (id) => {
    using viewer = await Viewer.connect(city.rtspPort);
    const first = await viewer.ask('DESCRIBE', main(id));
    expect(first.code).toBe(401);
    const challenge = first.headers.get('www-authenticate') ?? '';
    const Authorization = answerTo(challenge, { ...signIn, password: 'guess' }, 'DESCRIBE', main(id));
    expect((await viewer.ask('DESCRIBE', main(id), { Authorization })).code).toBe(401);
    expect((await viewer.ask('SETUP', main(id), { Transport: 'RTP/AVP/TCP;interleaved=0-1' })).code).toBe(401);
  });
});

it('forgets a client that gives no sign of life, and keeps one that does', async () => {
  const clock = new ManualClock(0);
  await using wheel = new Wheel({ clock });
  const clip = await new ClipShelf([cardFolder]).get('testcard');
  const cameras = new Map([['a', new Camera({ id: 'a', clip, clock, wheel })]]);
  await using server = new RtspServer({ cameras, clock, wheel, log: silentLog, port: 0, sessionS: 40 });
  await server.open();
  const uri = `rtsp://127.0.0.1:${server.port}/cam/a/main`;
  using silent = await Viewer.connect(server.port);
  using alive = await Viewer.connect(server.port);
  const { setup } = await silent.play(uri);
  expect(setup.headers.get('session')).toMatch(/;timeout=40$/);
  await alive.play(uri);
  for (let s = 0; s < 80; s++) {
    clock.advance(1000);
    if (s % 20 === 0) expect((await alive.ask('GET_PARAMETER', uri)).code).toBe(200);
    await setImmediate();
  }
  await silent.until(() => silent.ended !== 'no');
  expect(alive.ended).toBe('no');
});

describe('over UDP, where it is switched on', () => {
  it('sends the same packets to the client’s port', async () => {
    await using udpCity = await cardCity([{ id: 'a' }], { udp: true });
    const receiver = createSocket('udp4');
    await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve));
    const packets: Buffer[] = [];
    const enough = new Promise<void>((resolve) => {
      receiver.on('message', (packet) => {
        packets.push(packet);
        if (packets.length >= 5) resolve();
      });
    });
    using viewer = await Viewer.connect(udpCity.rtspPort);
    const uri = cameraOf(udpCity, 'a').rtspUrl;
    const { port } = receiver.address();
    const setup = await viewer.ask('SETUP', `${uri}/trackID=1`, {
      Transport: `RTP/AVP;unicast;client_port=${port}-${port + 1}`,
    });
    expect(setup.headers.get('transport')).toMatch(/server_port=\d+-\d+/);
    await viewer.ask('PLAY', uri, { Session: setup.headers.get('session')?.split(';')[0] ?? '' });
    await enough;
    receiver.close();
    expect(packets.every((p) => (p[0] ?? 0) >> 6 === 2)).toBe(true);
    expect(viewer.packets).toHaveLength(0);
  });
});
