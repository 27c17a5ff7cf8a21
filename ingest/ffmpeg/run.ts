// One spawned program: its input, its outputs with a limit, the tail of what it complains, and its certain end.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
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
  const stop = new AbortController();
  let collected: Promise<Buffer[]> | undefined;
  const end = await runWith(
    { ...options, outputs: count },
    (child) => {
      const pipes = child.stdio.filter((_, i) => i === 1 || i > 2);
      collected = Promise.all(
        pipes.map((pipe) =>
          collect(pipe, options.mostBytes ?? 128 * 1024 * 1024, () => {
            stop.abort();
          }),
        ),
      );
    },
    AbortSignal.any([signal, stop.signal]),
  );
  const outputs = end.kind === 'missing' ? undefined : await collected;
  return { ...end, outputs: outputs ?? Array.from({ length: count }, () => Buffer.alloc(0)) };
}

async function runWith(
  options: RunOptions,
  onStart: (child: ChildProcess) => void,
  signal: AbortSignal,
): Promise<Omit<RunEnd, 'outputs'>> {
  if (signal.aborted) return { kind: 'killed', code: null, complaint: '' };
  const child = spawn(options.program, options.args, {
    stdio: ['pipe', 'pipe', 'pipe', ...Array.from({ length: (options.outputs ?? 1) - 1 }, () => 'pipe' as const)],
    windowsHide: true,
  });
  const state = { isKilled: false };
  let hard: NodeJS.Timeout | undefined;
  const kill = (): void => {
    state.isKilled = true;
    child.kill('SIGTERM');
    hard = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  };
  signal.addEventListener('abort', kill, { once: true });
  const failed = new Promise<'missing'>((resolve) => {
    child.once('error', () => {
      resolve('missing');
    });
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-tailBytes);
  });
  onStart(child);
  try {
    const end = await Promise.race([once(child, 'close'), failed]);
    if (end === 'missing') return { kind: 'missing', code: null, complaint: `${options.program} cannot be started` };
    return { kind: state.isKilled ? 'killed' : 'ended', code: child.exitCode, complaint: withoutSecrets(tail.trim()) };
  } finally {
    signal.removeEventListener('abort', kill);
    clearTimeout(hard);
  }
}

function collect(stream: Readable | Writable | null | undefined, mostBytes: number, kill: () => void): Promise<Buffer> {
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

/** Like `run`, for a program that goes on for ever: each piece of an output (0 is standard output) is handed on as it comes. */
export async function pour(
  options: Omit<RunOptions, 'mostBytes'>,
  onBytes: (bytes: Buffer, output: number) => void,
  signal: AbortSignal,
): Promise<Omit<RunEnd, 'outputs'>> {
  return runWith(
    options,
    (child) => {
      const pipes = child.stdio.filter((_, i) => i === 1 || i > 2);
      for (const [output, pipe] of pipes.entries()) {
        pipe?.on('data', (bytes: Buffer) => {
          onBytes(bytes, output);
        });
        pipe?.on('error', () => undefined);
      }
    },
    signal,
  );
}
