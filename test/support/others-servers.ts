// Servers of others that tests look at, where they are installed: GStreamer's RTSP server, VLC and ffmpeg's HTTP listener.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { inRoot } from '#core/root';
import { systemClock } from '#core/clock';

/** A server that runs until it is disposed of. */
export interface OtherServer extends AsyncDisposable {
  readonly port: number;
  /** Its last words, for when it does not come up. */
  words(): string;
}

const python = '/usr/bin/python3';

function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore', timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

/** Which of them this machine has. */
export const thereIs = {
  gstreamer: (): boolean =>
    runs(python, [
      '-c',
      'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer, Gst; Gst.init(None); assert Gst.ElementFactory.find("x264enc")',
    ]),
  vlc: (): boolean => runs('sh', ['-c', 'command -v cvlc']),
  ffmpeg: (): boolean => runs('ffmpeg', ['-version']),
};

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (bound === null || typeof bound === 'string') throw new RangeError('there is no free port');
  return bound.port;
}

interface Start {
  readonly program: string;
  readonly args: readonly string[];
  /** Known beforehand, or read from the first line that it prints. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts one of them; it has its port when this resolves, though it may not serve yet. */
export async function startServer({ program, args, port, env }: Start): Promise<OtherServer> {
  // Players that refuse to run as root run as nobody.
  const isRoot = process.getuid?.() === 0 && program === 'cvlc';
  const child: ChildProcess = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, HOME: '/tmp', ...env },
    ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
  });
  let words = '';
  let firstLine = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    words = (words + bytes.toString()).slice(-2000);
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const told = new Promise<number>((resolve) => {
    child.stdout?.on('data', (bytes: Buffer) => {
      firstLine += bytes.toString();
      const line = /^(\d+)\s*$/m.exec(firstLine)?.[1];
      if (line !== undefined) resolve(Number(line));
    });
  });
  const ended = gone.then(() => {
    throw new Error(`${program} ended: ${words}`);
  });
  ended.catch(() => undefined);
  return {
    port: port ?? (await Promise.race([told, ended])),
    words: () => words,
    async [Symbol.asyncDispose]() {
      child.stdin?.end();
      child.kill('SIGTERM');
      const hard = AbortSignal.timeout(3000);
      await Promise.race([gone, systemClock.sleep(3500, hard).catch(() => undefined)]);
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** GStreamer's RTSP server with the streams of `gst-rtsp.py`. */
export const startGStreamer = (): Promise<OtherServer> =>
  startServer({ program: python, args: [inRoot('test', 'support', 'gst-rtsp.py')] });
