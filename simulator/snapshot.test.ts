import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { City } from './city.ts';
import { ClipShelf } from './clip.ts';
import { openPictures } from './picture.ts';
import type { SignIn } from './sign-in.ts';
import { cameraOf, cardCity, cardFolder, phaseOfPixels } from './testing/card-city.ts';
import { answerTo } from './testing/viewer.ts';

vi.setConfig({ testTimeout: 240_000 });

const hasNodeAv = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('node-av');
    return true;
  } catch {
    return false;
  }
})();
const hasProgram = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
const phaseOf = async (jpeg: Buffer): Promise<string> =>
  phaseOfPixels(await sharp(jpeg).removeAlpha().raw().toBuffer());

describe.each([
  ['node-av', hasNodeAv, { program: 'no-such-program' }],
  ['an ffmpeg program', hasProgram, { nodeAv: false }],
] as const)('decoding by %s', (_name, isThere, ways) => {
  it.skipIf(!isThere)('makes a JPEG of each key picture', async () => {
    const clip = await new ClipShelf([cardFolder]).get('testcard');
    const make = openPictures(ways);
    for (const [name, phase] of clip.phases) {
      const jpeg = await make(clip.main.keyPicture(phase.from));
      const { width, height, format } = await sharp(jpeg).metadata();
      expect({ width, height, format }).toEqual({ width: 640, height: 360, format: 'jpeg' });
      expect(await phaseOf(jpeg)).toBe(name);
    }
  });

  it.skipIf(!isThere)('refuses what is no picture', async () => {
    await expect(openPictures(ways)(Buffer.from('not a picture'))).rejects.toMatchObject({ code: 'PICTURE_REFUSED' });
  });
});

it('without any decoder says which part is missing', async () => {
  const clip = await new ClipShelf([cardFolder]).get('testcard');
  const make = openPictures({ nodeAv: false, program: 'no-such-program' });
  await expect(make(clip.main.keyPicture(0))).rejects.toMatchObject({ code: 'PART_MISSING' });
});

describe.skipIf(!hasNodeAv && !hasProgram)('the address of a snapshot', () => {
  const signIn: SignIn = { scheme: 'digest', user: 'viewer', password: 'only for the test' };
  let city: City;
  beforeAll(async () => {
    city = await cardCity(
      [
        { id: 'plain', signIn: 'none' },
        { id: 'digest', signIn: 'digest' },
        { id: 'frozen', signIn: 'none' },
        { id: 'cut', signIn: 'none', fault: { kind: 'reset' } },
        { id: 'gone', signIn: 'none', fault: { kind: 'status', code: 404 } },
        { id: 'busy', signIn: 'none', fault: { kind: 'status', code: 453 } },
        { id: 'noise', signIn: 'none', fault: { kind: 'garbage' } },
        { id: 'away', signIn: 'none', fault: { kind: 'redirect', to: 'http://169.254.169.254/latest' } },
        { id: 'dead', signIn: 'none', fault: { kind: 'refuse' } },
        { id: 'locked', signIn: 'none', fault: { kind: 'wrong-sign-in' } },
        { id: 'drip', signIn: 'none', fault: { kind: 'slow-drip', bytesPerS: 4000 } },
        { id: 'endless', signIn: 'none', fault: { kind: 'endless-headers' } },
      ],
      { signIn },
    );
  });
  afterAll(async () => {
    await city[Symbol.asyncDispose]();
  });
  const url = (id: string): string => cameraOf(city, id).snapshotUrl;
  const jpegOf = async (id: string): Promise<Buffer> => Buffer.from(await (await fetch(url(id))).arrayBuffer());

  it('gives the present picture and says when it was taken', async () => {
    const response = await fetch(url('plain'));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    const takenMs = Date.parse(response.headers.get('last-modified') ?? '');
    const dateMs = Date.parse(response.headers.get('date') ?? '');
    expect(dateMs - takenMs).toBeGreaterThanOrEqual(0);
    expect(dateMs - takenMs).toBeLessThanOrEqual(20_000);
    expect(await phaseOf(Buffer.from(await response.arrayBuffer()))).toBe('before');
  });

  it('changes with the world, and not when it is frozen', async () => {
    await city.fault('frozen', { kind: 'freeze' });
    city.begin('plain');
    city.begin('frozen');
    await vi.waitUntil(async () => (await phaseOf(await jpegOf('plain'))) === 'during', {
      timeout: 120_000,
      interval: 200,
    });
    await vi.waitUntil(() => city.truth().find((c) => c.id === 'frozen')?.phase === 'during', {
      timeout: 120_000,
      interval: 200,
    });
    expect(await phaseOf(await jpegOf('frozen'))).toBe('before');
  });

  it('asks for sign-in, with digest and qop', async () => {
    const refused = await fetch(url('digest'));
    expect(refused.status).toBe(401);
    const challenge = refused.headers.get('www-authenticate') ?? '';
    expect(challenge).toContain('qop="auth"');
    const uri = new URL(url('digest')).pathname;
    const ask = (password: string): Promise<Response> =>
      fetch(url('digest'), { headers: { authorization: answerTo(challenge, { ...signIn, password }, 'GET', uri) } });
    expect((await ask(signIn.password)).status).toBe(200);
    expect((await ask('guess')).status).toBe(401);
  });

  it('shows faults as a web server would', async () => {
    expect((await fetch(url('gone'))).status).toBe(404);
    expect((await fetch(url('busy'))).status).toBe(503);
    expect((await fetch(url('locked'))).status).toBe(401);
    const away = await fetch(url('away'), { redirect: 'manual' });
    expect([away.status, away.headers.get('location')]).toEqual([302, 'http://169.254.169.254/latest']);
    await expect(sharp(await jpegOf('noise')).metadata()).rejects.toThrow();
    await expect(fetch(url('dead'))).rejects.toThrow();
    await expect(jpegOf('cut')).rejects.toThrow();
    expect((await sharp(await jpegOf('drip')).metadata()).width).toBe(640);
    await expect(fetch(url('endless'))).rejects.toThrow();
    expect((await fetch(`${city.httpUrl}/cam/nobody/snapshot.jpg`)).status).toBe(404);
  });
});
