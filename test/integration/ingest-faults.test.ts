// Every fault of a camera ends in a state of its own with the reason, by both ways, and the cameras beside it are looked at as ever.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import { startEye, type Eye, type LookAnswer } from '#ingest';
import { startCity, type City } from '#simulator';
import { portOfServer } from '../../simulator/rtsp.ts';
import { openSources, type SourceList } from '../../ingest/sources/list.ts';
import { placeOf } from '../../ingest/sources/address.ts';
import { faultCases, isSaid } from '../../cli/measure/faults/cases.ts';
import { grabOne, holdEye, saidOf, watchedZones } from './eyes-stand.ts';
import { brittleEye, cameraOf, testFolder, waitFor } from './ingest-stand.ts';

const clip = 'testcard-small';
const title = { kk: 'Ақаулар', ru: 'Неисправности', en: 'Faults' };
const healthy = ['good-1', 'good-2', 'good-3'];
const password = 'p@ss/w:rd %41';
/** Cases that a spawned ffmpeg judges itself; at all others the door has the last word, whatever plays behind it. */
const judgedByPlayer = ['hang-play', 'reset', 'no-key-frame', 'garbage-payload', 'garbage-rtp', 'garbage-framing'];

let city: City;
const folder = testFolder();
const eyes: Eye[] = [];

beforeAll(async () => {
  city = await startCity({
    udp: true,
    signIn: { scheme: 'digest', user: 'view er', password },
    scenario: {
      name: 'faults',
      title,
      cameras: [
        ...healthy.map((id) => ({ id, clip, signIn: 'none' as const })),
        { id: 'locked', clip, signIn: 'digest' },
        { id: 'locked-basic', clip, signIn: 'basic' },
        ...faultCases.map(({ id, fault }) => ({
          id,
          clip: id === 'new-resolution' ? 'testcard' : clip,
          fault,
          signIn: id === 'stale-nonce' ? ('digest' as const) : ('none' as const),
        })),
      ],
    },
  });
});
afterAll(async () => {
  for (const eye of eyes) await eye[Symbol.asyncDispose]();
  await city[Symbol.asyncDispose]();
});
const signInFor = (id: string): { user: string; password: string } | null =>
  id === 'stale-nonce' ? { user: 'view er', password } : null;

const shared = new Map<string, Promise<Eye>>();
/** One eye a way for all tests that do not kill it. */
const sharedEye = (way: 'node-av' | 'ffmpeg'): Promise<Eye> => {
  const eye = shared.get(way) ?? eyeOf(way);
  shared.set(way, eye);
  return eye;
};

async function eyeOf(way: 'node-av' | 'ffmpeg', over: Partial<Parameters<typeof startEye>[0]> = {}): Promise<Eye> {
  // A spawned program a look: more than a few at once would only measure how many cores there are.
  const eye = startEye({
    inFlight: way === 'node-av' ? 48 : 4,
    ways: [way],
    dropFolder: join(folder, way),
    log: silentLog,
    entry: await brittleEye(),
    ...over,
  });
  eyes.push(eye);
  await eye.ready();
  return eye;
}

/** So long a look at a fault takes that shows only when the look ends. */
const faultMs = 12_000;

/** A look that should see is given as long as a busy machine needs. */
const ask = (
  eye: Eye,
  id: string,
  over: Readonly<Record<string, unknown>> = {},
  signIn: { user: string; password: string } | null = null,
  timeoutMs = 90_000,
) =>
  eye.look({
    lookId: lookIdOf(id, systemClock.nowMs()),
    camera: cameraOf(city, id, over),
    signIn,
    timeoutMs,
    still: 'always',
    lastDigest: null,
  });

/** A test card is no street: what the networks say of its quality does not matter here, only that it came. */
const stateOf = ({ outcome, widthPx }: LookAnswer): string =>
  outcome.kind === 'seen' || widthPx !== null ? 'seen' : outcome.state;

const hasFfmpeg = await openSources({ ways: ['ffmpeg'], ffmpeg: 'ffmpeg', clock: systemClock }).then(
  (list) => list.off.length === 0,
);

const expectLawful = (
  id: string,
  lawful: readonly string[],
  says: readonly string[] | undefined,
  answer: LookAnswer,
): void => {
  const said = stateOf(answer);
  expect(lawful, `${id}: ${JSON.stringify(answer.outcome)}`).toContain(said);
  if (answer.outcome.kind !== 'unseen' || said === 'seen') return;
  expect(answer.outcome.detail, id).not.toBe('');
  if (says) expect(isSaid(answer.outcome.detail, says), `${id}: ${answer.outcome.detail}`).toBe(true);
  expect(
    answer.observations.map((one) => one.word),
    id,
  ).toEqual(['cannot-see', 'cannot-see']);
};

describe('cameras with faults, looked at', () => {
  it(
    'end in a state of their own with the reason, streams and stills; cameras beside them are seen; healed, all are seen',
    { timeout: 300_000 },
    async () => {
      const eye = await sharedEye('node-av');
      const stillOf = (id: string) => ({
        rtsp: undefined,
        snapshot: city.cameras.find((camera) => camera.id === id)?.snapshotUrl,
      });
      // The simulated city makes its stills in this process: a few at once, or it would be it that is late.
      const stills = new Map<string, LookAnswer>();
      const left = faultCases.filter((one) => one.still);
      const lanes = Array.from({ length: 3 }, async () => {
        for (let one = left.shift(); one; one = left.shift())
          stills.set(one.id, await ask(eye, one.id, stillOf(one.id), signInFor(one.id), faultMs));
      });
      const [streams, good] = await Promise.all([
        Promise.all(faultCases.map((one) => ask(eye, one.id, {}, signInFor(one.id), faultMs))),
        Promise.all(healthy.map((id) => ask(eye, id))),
        ...lanes,
      ]);
      expect(good.map(stateOf)).toEqual(healthy.map(() => 'seen'));
      faultCases.forEach(({ id, look, still, says }, i) => {
        const [stream, picture] = [streams[i], stills.get(id)];
        if (stream) expectLawful(id, look, says, stream);
        if (picture) expectLawful(`${id}, still`, still ?? [], says, picture);
      });
      expect(eye.state()).toMatchObject({ crashes: 0, inFlight: 0 });

      await Promise.all(faultCases.map(({ id }) => city.fault(id, null)));
      const healed = await Promise.all(
        faultCases.map(async ({ id }) => `${id}: ${stateOf(await ask(eye, id, {}, signInFor(id)))}`),
      );
      expect(healed).toEqual(faultCases.map(({ id }) => `${id}: seen`));
      for (const { id, fault } of faultCases) await city.fault(id, fault);
    },
  );

  it.runIf(hasFfmpeg)(
    'end in the same states by a spawned ffmpeg where it is the one to judge',
    { timeout: 300_000 },
    async () => {
      const eye = await sharedEye('ffmpeg');
      const cases = faultCases.filter(({ id }) => judgedByPlayer.includes(id));
      expect(cases).toHaveLength(judgedByPlayer.length);
      const answers = await Promise.all(cases.map((one) => ask(eye, one.id, {}, null, faultMs)));
      cases.forEach(({ id, look }, i) => {
        const answer = answers[i];
        if (answer) expectLawful(id, look, undefined, answer);
      });
      expect(eye.state().crashes).toBe(0);
    },
  );
});

describe('cameras with faults, watched', () => {
  it(
    'are told to be what they are while others play on, and play once they are healed',
    { timeout: 300_000 },
    async () => {
      await using eye = await holdEye('watch', { folder, inFlight: 96 });
      const cases = faultCases.filter((one) => one.watch !== undefined);
      for (const id of healthy)
        eye.child.send({ kind: 'watch', camera: cameraOf(city, id, watchedZones), signIn: null });
      for (const { id } of cases)
        eye.child.send({ kind: 'watch', camera: cameraOf(city, id, watchedZones), signIn: signInFor(id) });
      const plays = (id: string): boolean => eye.tellings(id).at(-1)?.state === 'playing';
      await Promise.all(
        cases.map(async (one) => {
          const lawful = one.watch ?? [];
          const first = await waitFor(
            `word of ${one.id}`,
            () => {
              const told = eye.tellings(one.id).map(({ state, health }) => (state === 'playing' ? 'seen' : health));
              return told.find((said) => lawful.includes(said));
            },
            300_000,
          );
          if (first === 'seen') return;
          await city.fault(one.id, null);
          await waitFor(`${one.id} to play, healed`, () => (plays(one.id) ? true : undefined), 60_000);
        }),
      );
      for (const id of healthy)
        expect(
          eye.tellings(id).map((one) => one.state),
          id,
        ).toEqual(['playing']);
      expect(eye.ended()).toBeUndefined();
      for (const { id, fault } of cases) await city.fault(id, fault);
    },
  );
});

describe('three hundred cameras that drop at the same second', () => {
  it(
    'are told one by one, come back at the same second, and the one beside them plays on',
    { timeout: 300_000 },
    async () => {
      const ids = Array.from({ length: 300 }, (_, i) => `storm-${i}`);
      await using crowd = await startCity({
        scenario: { name: 'storm', title, cameras: ids.map((id) => ({ id, clip, signIn: 'none' as const })) },
      });
      await using eye = await holdEye('live', { folder, inFlight: 304 });
      const open = (from: City, id: string, key: string): void => {
        const address = cameraOf(from, id).rtsp ?? '';
        eye.child.send({ kind: 'live', key, address, signIn: null, pictures: false });
      };
      const count = (kind: 'live-head' | 'live-end', round: string): number =>
        new Set(eye.said.flatMap((one) => (one.kind === kind && one.key.endsWith(round) ? [one.key] : []))).size;
      open(city, 'good-1', 'beside');
      for (const round of ['/1', '/2']) {
        for (const id of ids) open(crowd, id, `${id}${round}`);
        await waitFor(
          `300 pictures in round ${round}`,
          () => (count('live-head', round) === 300 ? true : undefined),
          300_000,
        );
        await Promise.all(ids.map((id) => crowd.fault(id, { kind: 'refuse' })));
        await waitFor(`300 ends in round ${round}`, () => (count('live-end', round) === 300 ? true : undefined));
        await Promise.all(ids.map((id) => crowd.fault(id, null)));
      }
      for (const one of eye.said) if (one.kind === 'live-end') expect(one).toMatchObject({ health: 'silent' });
      const parts = (): number => eye.said.filter((one) => one.kind === 'live-part' && one.key === 'beside').length;
      const before = parts();
      await waitFor('more of the one beside', () => (parts() > before ? true : undefined));
    },
  );
});

describe('a redirect', () => {
  it(
    'to another host is not even dialled; to an allowed one it is, without our sign-in',
    { timeout: 300_000 },
    async () => {
      const heard: string[] = [];
      const other = createServer((socket) => {
        heard.push('dialled');
        socket.on('data', (bytes) => {
          heard.push(bytes.toString('latin1'));
          socket.destroy();
        });
        socket.on('error', () => undefined);
      });
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.2', resolve));
      const port = portOfServer(other);
      try {
        await city.fault('locked', { kind: 'redirect', to: `rtsp://127.0.0.2:${port}/elsewhere` });
        const address = cameraOf(city, 'locked').rtsp ?? '';
        const signIn = { user: 'view er', password };
        for (const way of ['node-av', ...(hasFfmpeg ? (['ffmpeg'] as const) : [])] as const) {
          expect(await grabOne(way, address, { signIn })).toMatchObject({ kind: 'refusal', state: 'refused' });
        }
        expect(heard).toEqual([]);
        await grabOne('node-av', address, { signIn, allowedHosts: ['127.0.0.0/8'] });
        expect(heard[1]).toMatch(/^DESCRIBE rtsp:\/\/127\.0\.0\.2:/);
        expect(heard.join('')).not.toMatch(/authorization/i);
        await city.fault('locked', { kind: 'redirect', to: cameraOf(city, 'good-1').rtsp ?? '' });
        expect(saidOf(await grabOne('node-av', address, { signIn }))).toMatch(/^\d+x\d+/);
        await city.fault('locked', { kind: 'redirect', to: address });
        const circle = await grabOne('node-av', address, { signIn });
        expect(saidOf(circle)).toBe('refused');
        expect(circle.kind === 'refusal' ? circle.detail : '').toMatch(/again and again/);
      } finally {
        await city.fault('locked', null);
        other.close();
      }
    },
  );
});

describe.each([
  ['node-av', true],
  ['ffmpeg', hasFfmpeg],
] as const)('cameras that want a sign-in, by %s', (way, isThere) => {
  it.runIf(isThere)(
    'are signed in to with a password of any characters, which appears neither in argv nor in an answer',
    async () => {
      const eye = await sharedEye(way);
      const looking = Promise.all(
        ['locked', 'locked-basic'].map((id) => ask(eye, id, {}, { user: 'view er', password })),
      );
      const seen: string[] = [];
      for (let i = 0; i < 20; i++) {
        seen.push(execFileSync('ps', ['axww', '-o', 'args'], { encoding: 'utf8' }));
        await systemClock.sleep(50);
      }
      const answers = await looking;
      expect(answers.map(stateOf)).toEqual(['seen', 'seen']);
      const wrong = await ask(eye, 'locked', {}, { user: 'view er', password: `${password}x` });
      expect(stateOf(wrong)).toBe('needs-sign-in');
      const told = `${seen.join('')}${JSON.stringify([...answers, wrong])}`;
      for (const secret of [password, encodeURIComponent(password)]) expect(told.includes(secret)).toBe(false);
    },
  );
});

describe('the two ways to one picture', () => {
  it.runIf(hasFfmpeg)('give the same picture but for a few grey levels', async () => {
    await city.fault('good-3', { kind: 'freeze' });
    const grabs = await Promise.all(
      (['node-av', 'ffmpeg'] as const).map(async (way) => {
        const list: SourceList = await openSources({ ways: [way], ffmpeg: 'ffmpeg', clock: systemClock });
        const { rtsp } = cameraOf(city, 'good-3');
        const source = list.sourceOf(rtsp ?? '');
        const grab = await source?.grab(
          {
            address: rtsp ?? '',
            signIn: null,
            frame: { kind: 'most', widthPx: 160 },
            answerMs: 3000,
            allowedHosts: [],
          },
          AbortSignal.timeout(60_000),
        );
        if (grab?.kind !== 'picture') throw new Error(`${way}: ${JSON.stringify(grab)}`);
        return grab.picture;
      }),
    );
    const [a, b] = grabs;
    if (!a || !b) throw new Error('no pictures');
    expect([b.frame.widthPx, b.frame.heightPx]).toEqual([a.frame.widthPx, a.frame.heightPx]);
    let sum = 0;
    a.frame.rgb.forEach((value, i) => (sum += Math.abs(value - (b.frame.rgb[i] ?? 0))));
    expect(sum / a.frame.rgb.length).toBeLessThan(3);
    for (const picture of grabs) picture[Symbol.dispose]();
    await city.fault('good-3', null);
  });
});

describe('still pictures', () => {
  it('are preferred to the stream, and the stream is taken where there is none', async () => {
    const eye = await sharedEye('node-av');
    const known = city.cameras.find((camera) => camera.id === 'good-1');
    const [still, fallback] = await Promise.all([
      ask(eye, 'good-1', { snapshot: known?.snapshotUrl }),
      ask(eye, 'good-1', { snapshot: `${city.httpUrl}/cam/nobody/snapshot.jpg` }),
    ]);
    expect([still.way, stateOf(still)]).toEqual(['snapshot', 'seen']);
    expect([fallback.way, stateOf(fallback)]).toEqual(['rtsp', 'seen']);
  });

  it('are laid down under their own hash, whole', async () => {
    const eye = await sharedEye('node-av');
    const answer = await ask(eye, 'good-2');
    const { createHash } = await import('node:crypto');
    const bytes = readFileSync(answer.still?.path ?? '');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(answer.still?.sha256);
    expect((await sharp(bytes).metadata()).width).toBe(answer.widthPx);
    expect(readdirSync(join(folder, 'node-av')).some((name) => name.endsWith('.part'))).toBe(false);
  });
});

describe('addresses that are never opened', () => {
  it.each([
    'rtsp://169.254.169.254/x',
    'rtsp://2852039166/x',
    'rtsp://[::ffff:169.254.169.254]/x',
    'rtsp://0.0.0.0:554/x',
    'http://169.254.169.254/latest/meta-data/',
    'http://0xa9fea9fe/',
    'rtsp://[64:ff9b::a9fe:a9fe]/x',
    'rtsp://[fd00:ec2::254]/x',
  ])('%s', async (address) => {
    const list = await openSources({ ways: ['node-av'], ffmpeg: 'ffmpeg', clock: systemClock });
    const grab = await list
      .sourceOf(address)
      ?.grab(
        { address, signIn: null, frame: { kind: 'most', widthPx: 160 }, answerMs: 2000, allowedHosts: [] },
        AbortSignal.timeout(5000),
      );
    expect(grab).toMatchObject({ kind: 'refusal', state: 'refused' });
  });

  it('names that stand for such an address, even beside a good one', async () => {
    const stand = (...ips: string[]) => placeOf('rtsp://camera.city/x', [], () => Promise.resolve(ips));
    expect(await stand('10.0.0.5')).toMatchObject({ kind: 'place', ip: '10.0.0.5' });
    for (const bad of ['169.254.169.254', '::ffff:169.254.169.254', '224.0.0.1'])
      expect(await stand('10.0.0.5', bad)).toMatchObject({ kind: 'refusal', state: 'refused' });
    expect(await stand()).toMatchObject({ kind: 'refusal', state: 'unreachable' });
  });

  it('files and pipes, whatever the list of cameras says', async () => {
    const list = await openSources({ ways: ['node-av', 'ffmpeg'], ffmpeg: 'ffmpeg', clock: systemClock });
    for (const address of ['file:///etc/passwd', 'pipe:0', 'concat:a|b', 'ftp://x/y'])
      expect(list.sourceOf(address)).toBeUndefined();
  });
});

describe('a picture that kills the eye', () => {
  it('ends as crashed alone; the looks beside it are done again and seen', async () => {
    const eye = await eyeOf('node-av');
    const kill = {
      zones: [
        {
          id: 'kill',
          kind: 'carriageway',
          hazards: ['snow'],
          polygon: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        },
      ],
    };
    const [bad, ...good] = await Promise.all([
      ask(eye, 'good-1', kill),
      ask(eye, 'good-2'),
      ask(eye, 'good-3'),
      ask(eye, 'locked', {}, { user: 'view er', password }),
    ]);
    expect(stateOf(bad)).toBe('crashed');
    expect(bad.observations.map((one) => one.word)).toEqual(['cannot-see']);
    expect(good.map(stateOf)).toEqual(['seen', 'seen', 'seen']);
    expect(eye.state().crashes).toBe(2);
  });

  it('and an eye that hangs is ended, the hung look given up and the others seen', async () => {
    const eye = await eyeOf('node-av', { marginMs: 500 });
    const hang = {
      zones: [
        {
          id: 'hang',
          kind: 'carriageway',
          hazards: ['snow'],
          polygon: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        },
      ],
    };
    const [bad, good] = await Promise.all([ask(eye, 'good-1', hang, null, faultMs), ask(eye, 'good-2')]);
    expect([stateOf(bad), stateOf(good)]).toEqual(['crashed', 'seen']);
    expect(stateOf(await ask(eye, 'good-3'))).toBe('seen');
  });

  it('and an eye killed from outside loses no look', async () => {
    const eye = await eyeOf('node-av');
    const looking = Promise.all(healthy.map((id) => ask(eye, id)));
    process.kill(eye.state().pid ?? -1, 'SIGKILL');
    expect((await looking).map(stateOf)).toEqual(['seen', 'seen', 'seen']);
    expect(eye.state().starts).toBe(2);
  });

  it('five times in a minute makes it rest, and says so', async () => {
    const eye = await eyeOf('node-av');
    const kill = {
      zones: [
        {
          id: 'kill',
          kind: 'carriageway',
          hazards: ['snow'],
          polygon: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        },
      ],
    };
    const outcomes = [];
    for (let i = 0; i < 4; i++)
      outcomes.push(await ask(eye, 'good-1', kill).then(stateOf, (thrown: unknown) => String(thrown)));
    expect(outcomes.slice(0, 2)).toEqual(['crashed', 'crashed']);
    expect(outcomes.at(-1)).toMatch(/died 5 times within a minute/);
    expect(eye.state().stopped).not.toBeNull();
  });

  it('is replaced after its number of looks, and nobody notices', async () => {
    const eye = await eyeOf('node-av', { recycleLooks: 2 });
    const answers = await Promise.all([...healthy, ...healthy].map((id) => ask(eye, id)));
    expect(answers.every((answer) => stateOf(answer) === 'seen')).toBe(true);
    expect(eye.state()).toMatchObject({ crashes: 0, stopped: null });
    expect(eye.state().recycles).toBeGreaterThan(0);
  });
});
