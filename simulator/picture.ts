// Key pictures to JPEG, for snapshots: node-av where it is installed, else an ffmpeg program; sharp writes the JPEG.
import { spawn } from 'node:child_process';
import sharp from 'sharp';
import { AhualError, messageOf } from '#core/errors';

/** Decodes one key picture (annex B, with parameter sets) into a JPEG. */
export type PictureMaker = (keyPicture: Buffer) => Promise<Buffer>;

const jpegQuality = 85;

function unreadable(why: string, cause?: unknown): AhualError {
  return new AhualError(
    'PICTURE_REFUSED',
    `A key picture of a clip could not be decoded (${why}).`,
    'Render the clip again.',
    {},
    cause,
  );
}

async function byNodeAv(): Promise<PictureMaker> {
  const av = await import('node-av');
  return async (keyPicture) => {
    const codec = av.Codec.findDecoder(av.AV_CODEC_ID_H264);
    if (!codec) throw unreadable('node-av has no H.264 decoder');
    using context = new av.CodecContext();
    context.allocContext3(codec);
    context.threadCount = 1;
    using packet = new av.Packet();
    packet.alloc();
    packet.data = keyPicture;
    packet.isKeyframe = true;
    using frame = new av.Frame();
    frame.alloc();
    av.FFmpegError.throwIfError(await context.open2(codec));
    av.FFmpegError.throwIfError(await context.sendPacket(packet));
    av.FFmpegError.throwIfError(await context.sendPacket(null));
    av.FFmpegError.throwIfError(await context.receiveFrame(frame));
    using scaler = new av.Scaler();
    const pixels = await scaler.toBuffer(frame, { format: 'rgb' });
    return await sharp(pixels, { raw: { width: frame.width, height: frame.height, channels: 3 } })
      .jpeg({ quality: jpegQuality })
      .toBuffer();
  };
}

/** Decodes by a program on the PATH; it writes one PNG, sharp makes the same JPEG of it as of node-av's pixels. */
function byProgram(program: string): PictureMaker {
  return async (keyPicture) => {
    const child = spawn(
      program,
      ['-v', 'error', '-f', 'h264', '-i', 'pipe:0', '-frames:v', '1', '-c:v', 'png', '-f', 'image2pipe', 'pipe:1'],
      {
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    );
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stdin.on('error', () => undefined);
    child.stdin.end(keyPicture);
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0 && parts.length > 0) resolve();
        else reject(unreadable(`${program} ended with ${code ?? 'a signal'}`));
      });
    });
    return sharp(Buffer.concat(parts)).jpeg({ quality: jpegQuality }).toBuffer();
  };
}

/**
 * Finds a way to decode: node-av, then the program. Throws PART_MISSING at the first picture when there is neither.
 * Pictures are decoded one at a time: the city has to leave the processor to those who watch it.
 */
export function openPictures(ways: { readonly nodeAv?: boolean; readonly program?: string } = {}): PictureMaker {
  const { nodeAv = true, program = 'ffmpeg' } = ways;
  let maker: Promise<PictureMaker> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const find = async (): Promise<PictureMaker> => {
    if (!nodeAv) return byProgram(program);
    try {
      return await byNodeAv();
    } catch {
      // An optional part that is not installed on this machine; the program is the equal second way.
      return byProgram(program);
    }
  };
  const make: PictureMaker = async (keyPicture) => {
    maker ??= find();
    const way = await maker;
    try {
      return await way(keyPicture);
    } catch (thrown) {
      if (thrown instanceof AhualError) throw thrown;
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') {
        throw new AhualError(
          'PART_MISSING',
          'Snapshots of simulated cameras need a decoder and there is none.',
          'Install the optional package node-av, or ffmpeg.',
          {},
          thrown,
        );
      }
      throw unreadable(messageOf(thrown), thrown);
    }
  };
  return (keyPicture) => {
    const mine = last.then(
      () => make(keyPicture),
      () => make(keyPicture),
    );
    last = mine;
    return mine;
  };
}
