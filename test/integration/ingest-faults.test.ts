// Every fault of a camera ends in a state of its own with the reason, by both ways, and the cameras beside it are looked at as ever.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import { startEye, type Eye, type LookAnswer } from '#ingest';
import { startCity, type City } from '#simulator';
import { openSources, type SourceList } from '../../ingest/sources/list.ts';
import { brittleEye, cameraOf, testFolder } from './ingest-stand.ts';

const clip = 'testcard-small';
const title = { kk: 'Ақаулар', ru: 'Неисправности', en: 'Faults' };
const faults = {
  refuse: { fault: { kind: 'refuse' }, states: ['refused'] },
  'hang-connect': { fault: { kind: 'hang', after: 'connect' }, states: ['silent'] },
  'hang-options': { fault: { kind: 'hang', after: 'options' }, states: ['silent'] },
  'hang-describe': { fault: { kind: 'hang', after: 'describe' }, states: ['silent'] },
  'hang-setup': { fault: { kind: 'hang', after: 'setup' }, states: ['silent'] },
  'hang-play': { fault: { kind: 'hang', after: 'play' }, states: ['silent'] },
  'no-key-frame': { fault: { kind: 'no-key-frame' }, states: ['no-key-frame'] },
  'garbage-payload': { fault: { kind: 'garbage', what: 'payload' }, states: ['garbage'] },
  'garbage-rtp': { fault: { kind: 'garbage', what: 'rtp' }, states: ['garbage', 'silent'] },
  'garbage-framing': { fault: { kind: 'garbage', what: 'framing' }, states: ['garbage', 'silent'] },
  'not-found': { fault: { kind: 'status', code: 404 }, states: ['not-found'] },
  busy: { fault: { kind: 'status', code: 453 }, states: ['busy'] },
  unavailable: { fault: { kind: 'status', code: 503 }, states: ['busy'] },
  'no-tcp': { fault: { kind: 'status', code: 461 }, states: ['refused'] },
  drip: { fault: { kind: 'slow-drip' }, states: ['silent'] },
  'endless-headers': { fault: { kind: 'endless-headers' }, states: ['silent'] },
  'wrong-sign-in': { fault: { kind: 'wrong-sign-in' }, states: ['needs-sign-in'] },
  redirect: { fault: { kind: 'redirect', to: 'rtsp://127.0.0.2:554/elsewhere' }, states: ['refused'] },
} as const;
const healthy = ['good-1', 'good-2', 'good-3'];
const password = 'p@ss/w:rd %41';

let city: City;
const folder = testFolder();
const eyes: Eye[] = [];

beforeAll(async () => {
  city = await startCity({
    signIn: { scheme: 'digest', user: 'view er', password },
    scenario: {
      name: 'faults',
      title,
      cameras: [
        ...healthy.map((id) => ({ id, clip, signIn: 'none' as const })),
        { id: 'locked', clip, signIn: 'digest' },
        { id: 'locked-basic', clip, signIn: 'basic' },
        { id: 'changes', clip: 'testcard', signIn: 'none', fault: { kind: 'new-resolution', clip, afterS: 0 } },
        ...Object.entries(faults).map(([id, { fault }]) => ({ id, clip, fault, signIn: 'none' as const })),
      ],
    },
  });
});
afterAll(async () => {
  for (const eye of eyes) await eye[Symbol.asyncDispose]();
  await city[Symbol.asyncDispose]();
});

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
    inFlight: way === 'node-av' ? 32 : 4,
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

const ask = (
  eye: Eye,
  id: string,
  over: Readonly<Record<string, unknown>> = {},
  signIn: { user: string; password: string } | null = null,
) =>
  eye.look({
    lookId: lookIdOf(id, systemClock.nowMs()),
    camera: cameraOf(city, id, over),
    signIn,
    timeoutMs: eye.state().ways.includes('rtsp') ? 7000 : 15_000,
    still: 'always',
    lastDigest: null,
  });

/** A test card is no street: what the networks say of its quality does not matter here, only that it came. */
const stateOf = ({ outcome, widthPx }: LookAnswer): string =>
  outcome.kind === 'seen' || widthPx !== null ? 'seen' : outcome.state;

const hasFfmpeg = await openSources({ ways: ['ffmpeg'], ffmpeg: 'ffmpeg', clock: systemClock }).then(
  (list) => list.off.length === 0,
);

describe.each([
  ['node-av', true],
  ['ffmpeg', hasFfmpeg],
] as const)('cameras with faults, by %s', (way, isThere) => {
  it.runIf(isThere)(
    'end in a state of their own with the reason; cameras beside them are seen',
    { timeout: 240_000 },
    async () => {
      const eye = await sharedEye(way);
      const ids = [...Object.keys(faults), ...healthy];
      const answers = new Map(await Promise.all(ids.map(async (id) => [id, await ask(eye, id)] as const)));
      const states = Object.fromEntries([...answers].map(([id, answer]) => [id, stateOf(answer)]));
      for (const [id, { states: lawful }] of Object.entries(faults)) expect(lawful, id).toContain(states[id]);
      for (const id of healthy) expect(states[id], id).toBe('seen');
      for (const [id, { outcome, observations }] of answers) {
        if (outcome.kind !== 'unseen' || healthy.includes(id)) continue;
        expect(outcome.detail, id).not.toBe('');
        expect(
          observations.map((one) => one.word),
          id,
        ).toEqual(['cannot-see', 'cannot-see']);
      }
      expect(eye.state().crashes).toBe(0);
    },
  );

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

  it.runIf(isThere)('that change their picture size are seen in the new one', async () => {
    const eye = await sharedEye(way);
    const answer = await ask(eye, 'changes');
    const small = city.cameras.find((camera) => camera.id === 'good-1');
    expect(stateOf(answer)).toBe('seen');
    expect([answer.widthPx, answer.heightPx]).toEqual([small?.widthPx, small?.heightPx]);
  });
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
          AbortSignal.timeout(10_000),
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
    const [bad, good] = await Promise.all([ask(eye, 'good-1', hang), ask(eye, 'good-2')]);
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
