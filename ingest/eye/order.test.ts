// The order of a camera's addresses: cheapest first, as far as it shows enough and is of now; the next one when one fails.
import { describe, expect, test } from 'vitest';
import { Camera } from '#core/camera';
import { lookIdOf } from '#core/ids';
import type { StillAnswer } from '../onboard/freshness.ts';
import { refusal, type CameraSource, type Grab, type Refusal } from '../sources/source.ts';
import { choicesOf, grabFirst } from './order.ts';

const camera = (hazards: readonly string[], over: Readonly<Record<string, unknown>> = {}): Camera =>
  Camera.parse({
    id: 'c',
    name: { kk: 'c', ru: 'c', en: 'c' },
    point: { lon: 71.4, lat: 51.1 },
    district: 'esil',
    rtsp: 'rtsp://c/main',
    subRtsp: 'rtsp://c/sub',
    snapshot: 'http://c/still',
    zones: [
      {
        id: 'A',
        kind: 'carriageway',
        hazards,
        polygon: [
          [0, 0.5],
          [1, 0.5],
          [1, 1],
        ],
      },
    ],
    ...over,
  });

const sent = (over: Partial<StillAnswer> = {}): StillAnswer => ({
  atMs: 100_000,
  dateMs: 100_000,
  lastModifiedMs: 99_000,
  exif: null,
  sha256: 'a',
  ...over,
});

interface Behaviour {
  readonly widthPx?: number;
  readonly refuses?: Refusal;
  readonly still?: StillAnswer;
}

/** Sources whose cameras behave as told; `asked` says in which order they were. */
function city(behaviours: Readonly<Record<string, Behaviour>>) {
  const asked: string[] = [];
  const open = { pictures: 0 };
  const source = (name: CameraSource['name']): CameraSource => ({
    name,
    schemes: [],
    missing: () => Promise.resolve(undefined),
    grab({ address, judgeStill }, signal): Promise<Grab> {
      asked.push(address);
      const { widthPx = 1920, refuses, still } = behaviours[address] ?? {};
      const stale = still && judgeStill?.(still);
      if (stale ?? refuses) return Promise.resolve(stale ?? refuses ?? refusal('silent', ''));
      if (behaviours[address] === undefined)
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(refusal('silent', 'It did not answer.')), { once: true });
        });
      open.pictures++;
      const frame = { rgb: new Uint8Array(3), widthPx: 1, heightPx: 1 };
      return Promise.resolve({
        kind: 'picture',
        picture: {
          frame,
          widthPx,
          heightPx: widthPx / 2,
          takenAtMs: 1,
          waitedMs: 0,
          scaleCpuMs: 0,
          region: () => Promise.resolve(frame),
          still: () => Promise.resolve(Buffer.alloc(0)),
          [Symbol.dispose]: () => {
            open.pictures -= 1;
          },
        },
      });
    },
  });
  const [stream, still] = [source('rtsp'), source('snapshot')];
  const sources = {
    on: [stream, still],
    off: [],
    sourceOf: (address: string) => (address.startsWith('rtsp') ? stream : still),
  };
  const turn = () => Promise.resolve({ [Symbol.dispose]: () => undefined });
  const look = (one: Camera, over: Readonly<Record<string, unknown>> = {}, timeoutMs = 1500) =>
    grabFirst(
      { sources, allowedHosts: [], certificates: [], turn },
      { lookId: lookIdOf('c', 1), camera: one, signIn: null, timeoutMs, still: 'never', lastDigest: null, ...over },
    );
  return { asked, open, look };
}

test('small things are looked for in the large stream, snow and water in the small one', () => {
  const order = (one: Camera): string[] => choicesOf(one).map((choice) => choice.source);
  expect(order(camera(['snow', 'flooding']))).toEqual(['still', 'sub-stream', 'main-stream']);
  expect(order(camera(['snow', 'open-manhole']))).toEqual(['still', 'main-stream', 'sub-stream']);
  expect(order(camera(['snow'], { snapshot: undefined, subRtsp: undefined }))).toEqual(['main-stream']);
});

describe('of a camera', () => {
  const fine = { 'http://c/still': { still: sent() }, 'rtsp://c/sub': { widthPx: 640 }, 'rtsp://c/main': {} };

  test('a fresh still serves, and tells the next look what it was', async () => {
    const { asked, look } = city(fine);
    const got = await look(camera(['snow']));
    expect(got).toMatchObject({ source: 'still', way: 'snapshot', still: { isStale: false, sha256: 'a' } });
    expect(asked).toEqual(['http://c/still']);
  });

  test.each([
    ['old by its own clock', sent({ lastModifiedMs: 1000 }), undefined],
    ['the same bytes again', sent({ atMs: 160_000, dateMs: null, lastModifiedMs: null }), sent()],
  ])('a still that is %s is passed over, and that is told', async (_, still, stillBefore) => {
    const { asked, look } = city({ ...fine, 'http://c/still': { still } });
    expect(await look(camera(['snow']), { stillBefore })).toMatchObject({
      source: 'sub-stream',
      still: { isStale: true },
    });
    expect(asked).toEqual(['http://c/still', 'rtsp://c/sub']);
  });

  test('a still that was stale lately is not asked again, but where there is nothing else it is', async () => {
    const { asked, look } = city({ ...fine, 'http://c/still': { still: sent({ lastModifiedMs: 1000 }) } });
    await look(camera(['snow']), { isStillStale: true });
    const only = camera(['snow'], { rtsp: undefined, subRtsp: undefined });
    expect(await look(only, { isStillStale: true })).toMatchObject({ grab: { kind: 'picture' }, source: 'still' });
    expect(asked).toEqual(['rtsp://c/sub', 'http://c/still']);
  });

  test('whose first addresses hang, the last one still serves within the time', async () => {
    const { asked, look } = city({ 'rtsp://c/main': {} });
    expect(await look(camera(['snow']))).toMatchObject({ grab: { kind: 'picture' }, source: 'main-stream' });
    expect(asked).toHaveLength(3);
  });

  test('of which nothing serves, the first refusal counts; a stale still is none', async () => {
    const gone = refusal('not-found', 'It has no such stream (404).');
    const { look } = city({
      'http://c/still': { still: sent({ lastModifiedMs: 1000 }) },
      'rtsp://c/sub': { refuses: gone },
      'rtsp://c/main': { refuses: refusal('busy', 'Full.') },
    });
    expect((await look(camera(['snow']))).grab).toEqual(gone);
  });

  test('whose small stream is a thumbnail, the large one is taken, and from then on first', async () => {
    const { asked, open, look } = city({ 'rtsp://t/sub': { widthPx: 352 }, 'rtsp://c/main': {} });
    const one = camera(['snow'], { snapshot: undefined, subRtsp: 'rtsp://t/sub' });
    expect((await look(one)).source).toBe('main-stream');
    expect((await look(one)).source).toBe('main-stream');
    expect(asked).toEqual(['rtsp://t/sub', 'rtsp://c/main', 'rtsp://c/main']);
    expect(open.pictures).toBe(2);
  });
});
