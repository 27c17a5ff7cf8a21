// One spawned program: its input, its outputs with a limit, the tail of what it complains, and its certain end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { withoutSecrets } from '#core/log';

export interface RunOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Written to standard input: addresses with passwords go here, never into `args`, which every user can read. */
  readonly input?: string;
  /** How many output pipes: standard output, then descriptors 3, 4, … */
  readonly outputs?: number;
  readonly mostBytes?: number;
}

export interface RunEnd {
  readonly kind: 'ended' | 'killed' | 'missing';
  readonly code: number | null;
  readonly outputs: readonly Buffer[];
  /** Last lines of standard error without addresses' passwords. */
  readonly complaint: string;
}

const tailBytes = 4096;
const killAfterMs = 700;

/** Runs a program to its end. An aborted signal ends it, hard when it does not go by itself within 0.7 s. Never throws. */
export async function run(options: RunOptions, signal: AbortSignal): Promise<RunEnd> {
  const count = options.outputs ?? 1;
  const mostBytes = options.mostBytes ?? 128 * 1024 * 1024;
  const empty = Array.from({ length: count }, () => Buffer.alloc(0));
  if (signal.aborted) return { kind: 'killed', code: null, outputs: empty, complaint: '' };
  const child = spawn(options.program, options.args, {
    stdio: ['pipe', 'pipe', 'pipe', ...Array.from({ length: count - 1 }, () => 'pipe' as const)],
    windowsHide: true,
  });
  let isKilled = false;
  let hard: NodeJS.Timeout | undefined;
  const kill = (): void => {
    isKilled = true;
    child.kill('SIGTERM');
    hard = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  };
  signal.addEventListener('abort', kill, { once: true });
  const failed = new Promise<'missing'>((resolve) => {
    child.once('error', () => {
      resolve('missing');
    });
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-tailBytes);
  });
  const pipes = child.stdio.filter((_, i) => i === 1 || i > 2);
  const collected = Promise.all(pipes.map((pipe) => collect(pipe, mostBytes, kill)));
  try {
    const end = await Promise.race([once(child, 'close'), failed]);
    if (end === 'missing') return { kind: 'missing', code: null, outputs: empty, complaint: `${options.program} cannot be started` };
    return { kind: isKilled ? 'killed' : 'ended', code: child.exitCode, outputs: await collected, complaint: withoutSecrets(tail.trim()) };
  } finally {
    signal.removeEventListener('abort', kill);
    clearTimeout(hard);
  }
}

function collect(pipe: unknown, mostBytes: number, kill: () => void): Promise<Buffer> {
  const stream = pipe as Readable | null;
  const parts: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    if (!stream) {
      resolve(Buffer.alloc(0));
      return;
    }
    stream.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > mostBytes) kill();
      else parts.push(part);
    });
    stream.once('error', () => {
      resolve(Buffer.concat(parts));
    });
    stream.once('close', () => {
      resolve(Buffer.concat(parts));
    });
  });
}
