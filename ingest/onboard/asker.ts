// The handle of an eye that gets to know cameras: questions one by one or side by side, each with a deadline that ends the process.
import type { HazardSettings } from '#hazards';
import { defaultHazardSettings } from '#hazards';
import type { Log } from '#core/log';
import { EyeChild } from '../eye/child.ts';
import { refusal } from '../sources/source.ts';
import type { OnboardAnswer, OnboardAsk } from './shapes.ts';

export interface AskerOptions {
  readonly ways: readonly ('node-av' | 'ffmpeg')[];
  readonly ffmpeg: string;
  readonly allowedHosts: readonly string[];
  readonly certificates?: readonly string[];
  readonly log: Log;
  readonly hazards?: HazardSettings;
  readonly entry?: string;
}

export interface Asker extends AsyncDisposable {
  /** Asks once. A process that dies or hangs over the answer is a refusal, and the next question has a fresh one. */
  ask(ask: OnboardAsk, timeoutMs: number): Promise<OnboardAnswer>;
}

/** So long after its own deadline a question counts as hung. */
const marginMs = 5000;
const mostSideBySide = 32;

interface Asked {
  readonly resolve: (answer: OnboardAnswer) => void;
  readonly timer: NodeJS.Timeout;
}

/** Opens a handle; the process is forked with the first question. */
export function openAsker(options: AskerOptions): Asker {
  const { ways, ffmpeg, allowedHosts, certificates = [], log, hazards = defaultHazardSettings } = options;
  let child: EyeChild | undefined;
  let number = 0;
  const asked = new Map<number, Asked>();
  const end = (id: number, answer: OnboardAnswer): void => {
    const one = asked.get(id);
    if (!one) return;
    clearTimeout(one.timer);
    asked.delete(id);
    one.resolve(answer);
  };
  const start = (): EyeChild => {
    const started: EyeChild = new EyeChild({
      opening: {
        kind: 'open',
        eye: 'live',
        ways: [...ways],
        ffmpeg,
        allowedHosts: [...allowedHosts],
        certificates: [...certificates],
        hazards,
        dropFolder: '',
        files: false,
        watch: null,
      },
      inFlight: mostSideBySide,
      ...(options.entry === undefined ? {} : { entry: options.entry }),
      log,
      onMessage: (message) => {
        if (message.kind === 'onboarded') end(message.id, message.answer);
      },
      onEnd: ({ why }) => {
        if (child === started) child = undefined;
        for (const id of [...asked.keys()])
          end(id, refusal('crashed', `What it sent, or what was asked beside it, ended the process (${why}).`));
      },
    });
    return started;
  };
  return {
    ask: (ask, timeoutMs) =>
      new Promise((resolve) => {
        child ??= start();
        const own = child;
        const id = ++number;
        const timer = setTimeout(() => {
          end(id, refusal('silent', `It gave no whole answer within ${((timeoutMs + marginMs) / 1000).toFixed(0)} s.`));
          own.kill();
        }, timeoutMs + marginMs);
        asked.set(id, { resolve, timer });
        own.send({ kind: 'onboard', id, ask, timeoutMs });
      }),
    async [Symbol.asyncDispose]() {
      await child?.stop();
    },
  };
}
