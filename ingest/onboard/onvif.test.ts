import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { onvifFaults, startOnvif, type OnvifDevice, type OnvifOptions } from '#simulator';
import { searchNetwork } from './discover.ts';
import { askDevice } from './onvif.ts';
import type { OnboardAnswer } from './shapes.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

const streams = [
  {
    token: 'main',
    source: 'one',
    widthPx: 1920,
    heightPx: 1080,
    fps: 25,
    rtsp: 'rtsp://127.0.0.1:554/main',
    snapshot: 'http://127.0.0.1:80/still.jpg',
  },
  { token: 'sub', source: 'one', widthPx: 640, heightPx: 360, fps: 12, rtsp: 'rtsp://127.0.0.1:554/sub' },
];

async function device(over: Partial<OnvifOptions> = {}): Promise<OnvifDevice> {
  const made = await startOnvif({ urn: '7d1e', streams, ...over });
  open.push(made);
  return made;
}

const ask = (
  { address }: OnvifDevice,
  signIn: { user: string; password: string } | null = null,
  over: Partial<Parameters<typeof askDevice>[1]> = {},
): Promise<OnboardAnswer> =>
  askDevice(
    systemClock,
    { address, signIn, answerMs: 1500, allowedHosts: [], certificates: [], mayName: [], ...over },
    AbortSignal.timeout(60_000),
  );

const right = { user: 'viewer & <co>', password: 'pa&ss<word>' };
const wrong = { user: 'admin', password: 'admin' };

describe('a device asked over ONVIF', () => {
  it('tells its profiles, addresses and clock', async () => {
    const told = await ask(await device({ clockOffsetS: -3600 }));
    expect(told.kind === 'onvif' ? Math.round((told.clockOffsetS ?? 0) / 60) : 0).toBe(-60);
    expect(told).toMatchObject({
      kind: 'onvif',
      signIn: 'open',
      profiles: [
        {
          token: 'main',
          source: 'one',
          codec: 'H264',
          widthPx: 1920,
          fps: 25,
          rtsp: streams[0]?.rtsp,
          snapshot: streams[0]?.snapshot,
        },
        { token: 'sub', widthPx: 640, rtsp: streams[1]?.rtsp, snapshot: null },
      ],
    });
    const views = [
      { token: 'P1', name: 'Gate & yard' },
      { token: '2', name: 'Көше' },
    ];
    const turning = await device({ views });
    expect(await ask(turning)).toMatchObject({ profiles: [{ token: 'main', presets: views }, { presets: [] }] });
    // It is asked what it calls them, and never turned.
    expect(turning.asked.filter((action) => /preset|move|goto/i.test(action))).toEqual(['GetPresets']);
    expect(await ask(await device({ isOld: true }))).toMatchObject({ signIn: 'open', profiles: [{}, {}] });
  });

  it.each(['token', 'digest'] as const)('with a sign-in by %s is let in, also with a wrong clock', async (way) => {
    const made = await device({ signIn: { way, ...right }, clockOffsetS: 86_400 });
    expect(await ask(made, right)).toMatchObject({ signIn: 'taken', profiles: [{ token: 'main' }, { token: 'sub' }] });
    expect(made.tried.every((one) => one.right)).toBe(true);
  });

  it.each(['token', 'digest'] as const)(
    'and a wrong sign-in by %s is tried exactly once, none without a named one',
    async (way) => {
      const made = await device({ signIn: { way, ...right } });
      expect(await ask(made)).toMatchObject({ signIn: 'not-tried', profiles: [] });
      expect(made.tried).toEqual([]);
      expect(await ask(made, wrong)).toMatchObject({ signIn: 'wrong', profiles: [] });
      expect(made.tried).toEqual([{ user: 'admin', right: false }]);
    },
  );

  it.each(onvifFaults)('that misbehaves (%s) is told in words, in time, without more', async (fault) => {
    const made = await device({ fault, signIn: { way: 'token', ...right } });
    const before = process.memoryUsage.rss();
    const answer = await ask(made, right);
    const told = JSON.stringify(answer);
    expect(told).not.toContain(right.password);
    if (answer.kind === 'onvif') {
      for (const { rtsp, snapshot, refused } of answer.profiles) {
        if (fault === 'sign-in-in-address') expect(rtsp).toMatch(/^rtsp:\/\/127\.0\.0\.1/);
        else expect([rtsp, snapshot, refused.length > 0]).toEqual([null, null, true]);
      }
      expect(told).not.toContain('12345');
      expect(answer.profiles.length + answer.notes.length).toBeGreaterThan(0);
    } else expect(answer.kind).toBe('refusal');
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(150);
    expect(made.tried.filter((one) => !one.right).length).toBeLessThanOrEqual(1);
  });

  it('may name another host only where that is allowed', async () => {
    const made = await device({ fault: 'other-host' });
    const allowed = await ask(made, null, { mayName: ['10.99.99.99'] });
    expect(allowed).toMatchObject({ profiles: [{ rtsp: 'rtsp://10.99.99.99/main' }, {}] });
  });
});

describe('a search of the network', () => {
  const search = (made: OnvifDevice, mayName: string[] = []) =>
    searchNetwork(
      systemClock,
      { seconds: 1.5, subnets: ['127.0.0.1/32'], multicast: false, mayName, port: made.discoveryPort },
      AbortSignal.timeout(60_000),
    );

  it('by unicast finds a device with its name, once', async () => {
    const made = await device();
    expect(await search(made)).toEqual([
      { ip: '127.0.0.1', urn: 'urn:uuid:7d1e', address: made.address, name: '7d1e', model: 'Simulated One', why: '' },
    ]);
  });

  it('does not follow an answer that names another host, a file or a metadata service', async () => {
    const made = await device({ names: ['http://10.9.9.9/onvif', 'file:///etc/passwd', 'http://169.254.169.254/'] });
    const [found] = await search(made);
    expect(found?.address).toBeNull();
    expect(found?.why).toContain('10.9.9.9');
    expect((await search(made, ['10.9.9.9']))[0]?.address).toBe('http://10.9.9.9/onvif');
  });

  it('by multicast finds a device where this machine lets it be heard', async (context) => {
    const made = await device({ multicast: true });
    if (!made.hearsMulticast) context.skip('port 3702 or the group cannot be had here');
    const found = await searchNetwork(
      systemClock,
      { seconds: 1.5, subnets: [], multicast: true, mayName: ['127.0.0.1'] },
      AbortSignal.timeout(60_000),
    );
    if (found.length === 0) context.skip('no multicast comes back on this machine');
    expect(found.map(({ urn, address }) => ({ urn, address }))).toContainEqual({
      urn: 'urn:uuid:7d1e',
      address: made.address,
    });
  });
});
