// Real clients at the city: the decoder library of the product and, where there is one, an ffmpeg program.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, expect, it, vi } from 'vitest';
import type { SignIn } from './sign-in.ts';
import { cameraOf, cardCity, phaseOfPixels } from './testing/card-city.ts';

vi.setConfig({ testTimeout: 240_000 });

const signIn: SignIn = { scheme: 'digest', user: 'viewer', password: 'only-for-the-test' };
const hasNodeAv = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('node-av');
    return true;
  } catch {
    return false;
  }
})();
const hasProgram = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
const withSignIn = (url: string, { user, password }: SignIn): string =>
  url.replace('rtsp://', `rtsp://${user}:${password}@`);

interface Seen {
  readonly phase: string;
  readonly width: number;
  readonly time: bigint;
}

/** Opens a stream by node-av and shows every decoded picture until `see` says false. Fails on any decoder error. */
async function watch(url: string, see: (seen: Seen) => boolean): Promise<void> {
  const av = await import('node-av');
  const input = new av.FormatContext();
  av.FFmpegError.throwIfError(
    await input.openInput(url, null, av.Dictionary.fromObject({ rtsp_transport: 'tcp', timeout: 10_000_000 })),
    'openInput',
  );
  try {
    const stream = input.streams[0];
    const codec = av.Codec.findDecoder(av.AV_CODEC_ID_H264);
    if (!stream || !codec) throw new Error('no stream or no decoder');
    using context = new av.CodecContext();
    context.allocContext3(codec);
    context.parametersToContext(stream.codecpar);
    context.threadCount = 1;
    av.FFmpegError.throwIfError(await context.open2(codec), 'open2');
    using packet = new av.Packet();
    packet.alloc();
    using frame = new av.Frame();
    frame.alloc();
    using scaler = new av.Scaler();
    let decodes = false;
    for (;;) {
      av.FFmpegError.throwIfError(await input.readFrame(packet), 'readFrame');
      decodes ||= packet.isKeyframe;
      if (decodes) {
        av.FFmpegError.throwIfError(await context.sendPacket(packet), 'sendPacket');
        while ((await context.receiveFrame(frame)) >= 0) {
          const pixels = await scaler.toBuffer(frame, { resize: { width: 32, height: 18 }, format: 'rgb' });
          if (!see({ phase: phaseOfPixels(pixels), width: frame.width, time: frame.pts })) return;
        }
      }
      packet.unref();
    }
  } finally {
    await input.closeInput();
  }
}

/** Names without repeats, in order. */
const order = (seen: readonly Seen[]): string[] =>
  seen.map((s) => s.phase).filter((phase, i, all) => phase !== all[i - 1]);

describe.skipIf(!hasNodeAv)('node-av', () => {
  it('decodes every picture over the seam of a loop and through all phases, with digest sign-in', async () => {
    await using city = await cardCity([{ id: 'a', signIn: 'digest' }], { signIn });
    const seen: Seen[] = [];
    await watch(withSignIn(cameraOf(city, 'a').rtspUrl, signIn), (picture) => {
      seen.push(picture);
      // 40 pictures of the 32 of the first loop: the seam is behind.
      if (seen.length === 40) city.begin('a');
      if (picture.phase === 'during' && seen.at(-2)?.phase !== 'during') city.end('a');
      return picture.phase !== 'after';
    });
    expect(order(seen)).toEqual(['before', 'begin', 'during', 'end', 'after']);
    const gaps = seen.slice(1).map((s, i) => s.time - (seen[i]?.time ?? 0n));
    expect(new Set(gaps)).toEqual(new Set([11_250n]));
  });

  it('follows a new resolution in mid-stream', async () => {
    await using city = await cardCity([{ id: 'a', fault: { kind: 'new-resolution', afterS: 2 } }]);
    const widths = new Set<number>();
    await watch(cameraOf(city, 'a').rtspUrl, ({ width }) => widths.add(width).size < 2);
    expect([...widths]).toEqual([640, 352]);
  });

  it('decodes a frozen camera as pictures that do not change', async () => {
    await using city = await cardCity([{ id: 'a', fault: { kind: 'freeze' } }]);
    const seen: Seen[] = [];
    city.begin('a');
    await watch(cameraOf(city, 'a').rtspUrl, (picture) => seen.push(picture) < 48);
    expect(order(seen)).toEqual(['before']);
  });
});

describe.skipIf(!hasProgram)('an ffmpeg program', () => {
  it('copies ten seconds without a complaint about order or loss', async () => {
    await using city = await cardCity([{ id: 'a', signIn: 'digest' }], { signIn, startAt: 'next-key' });
    const url = withSignIn(cameraOf(city, 'a').rtspUrl, signIn);
    const child = spawn(
      'ffmpeg',
      ['-v', 'warning', '-rtsp_transport', 'tcp', '-i', url, '-frames:v', '40', '-f', 'null', '-'],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(0);
    expect(complaints).not.toMatch(/non-existing|error while decoding|missed|Non-monotonous|corrupt|max delay/i);
  });
});
