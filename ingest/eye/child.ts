// One eye process seen from its parent: fork, opening, messages, certain death, and a budget of restarts.
import { fork, type ChildProcess } from 'node:child_process';
import { entryOf } from '#core/entry';
import { AhualError, messageOf } from '#core/errors';
import type { Log } from '#core/log';
import { mostReaders } from '../turns.ts';
import { FromEye, type Opening, type ToEye } from './protocol.ts';

/** Five starts within a minute are an accident; a sixth would be a loop. */
export const startBudget = { starts: 5, withinMs: 60_000 } as const;

/** Counts starts on a monotonic clock and says whether one more is allowed. */
export class Budget {
  #startsMs: number[] = [];

  /** Takes one start out of the budget; false when it is used up. */
  take(nowMs: number): boolean {
    this.#startsMs = this.#startsMs.filter((at) => nowMs - at < startBudget.withinMs);
    if (this.#startsMs.length >= startBudget.starts) return false;
    this.#startsMs.push(nowMs);
    return true;
  }
}

export interface ChildOptions {
  readonly opening: Opening;
  /** Looks at streams that only FFmpeg reads hold a thread each, up to a limit; eight more stay free for everything else. */
  readonly inFlight: number;
  /** Built file to fork; the product's own when absent. */
  readonly entry?: string;
  readonly log: Log;
  readonly onMessage: (message: Exclude<FromEye, { kind: 'ready' | 'failed' }>) => void;
  /** Called once, after which the child is no more. `wanted`: it was told to stop. */
  readonly onEnd: (end: { readonly wanted: boolean; readonly why: string }) => void;
}

export type Ready = Extract<FromEye, { kind: 'ready' }>;

export class EyeChild {
  readonly #process: ChildProcess;
  #isWanted = false;
  #hasEnded = false;
  /** What it can do; rejects with an AhualError when it cannot begin (a model is missing) or dies before. */
  readonly ready: Promise<Ready>;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;

  constructor(options: ChildOptions) {
    const isGlance = options.opening.eye === 'glance';
    const threads = (isGlance ? Math.min(options.inFlight, mostReaders) : options.inFlight) + 8;
    this.#process = fork(options.entry ?? entryOf('eye'), [], {
      serialization: 'advanced',
      env: { ...process.env, UV_THREADPOOL_SIZE: String(threads) },
      // Nothing of a parent's debugger or loader flags: an eye is a plain program. It has one core: collectors of garbage in
      // threads of their own cost it a fifth of a look's CPU. Its heap is small and the pictures beside it are not: with the usual
      // growth the heap is marked anew every four looks for the sake of memory that frees itself.
      execArgv: [
        '--enable-source-maps',
        '--single-threaded-gc',
        '--min-semi-space-size=16',
        '--heap-growing-percent=200',
      ],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const born = withResolvers<Ready>();
    const gone = withResolvers<undefined>();
    this.ready = born.promise;
    this.gone = gone.promise;
    this.ready.catch(() => undefined);
    const end = (why: string): void => {
      if (this.#hasEnded) return;
      this.#hasEnded = true;
      born.reject(
        new AhualError('INTERNAL', `An eye died before it could look (${why}).`, 'See the log of this process.'),
      );
      gone.resolve(undefined);
      options.onEnd({ wanted: this.#isWanted, why });
    };
    this.#process.on('message', (raw) => {
      const parsed = FromEye.safeParse(raw);
      if (!parsed.success) {
        options.log.error(
          { fault: parsed.error.issues[0]?.message, path: parsed.error.issues[0]?.path.join('.') },
          'eye sent what is not agreed',
        );
        this.kill();
        return;
      }
      const message = parsed.data;
      if (message.kind === 'ready') born.resolve(message);
      else if (message.kind === 'failed') {
        born.reject(new AhualError('PART_MISSING', message.message, message.cure));
        this.kill();
      } else options.onMessage(message);
    });
    this.#process.once('error', (thrown) => {
      end(messageOf(thrown));
    });
    this.#process.once('exit', (code, signal) => {
      end(signal === null ? `code ${code ?? -1}` : signal);
    });
    this.send(options.opening);
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  send(message: ToEye): void {
    if (this.#hasEnded || !this.#process.connected) return;
    // A channel that breaks in the same moment is the child's death, which is told by `exit`.
    this.#process.send(message, () => undefined);
  }

  /** Hard, at once, not asked for: `onEnd` tells it as a death. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Asks it to end; hard after three seconds. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#isWanted = true;
    this.send({ kind: 'stop' });
    const hard = setTimeout(() => this.#process.kill('SIGKILL'), 3000);
    await this.gone;
    clearTimeout(hard);
  }
}

export interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** A promise with its two ends (Node 20 has no `Promise.withResolvers`). */
export function withResolvers<T>(): Resolvers<T> {
  let ends: Pick<Resolvers<T>, 'resolve' | 'reject'> = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise<T>((resolve, reject) => {
    ends = { resolve, reject };
  });
  return { promise, ...ends };
}
