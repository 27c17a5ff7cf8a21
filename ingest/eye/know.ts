// Inside the eye: answers what is asked of a camera that is to become one of ours. Never throws for what a camera does.
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { withoutSecrets } from '#core/log';
import { loadAv } from '../sources/av.ts';
import { refusal } from '../sources/source.ts';
import type { OnboardAnswer, OnboardAsk } from '../onboard/shapes.ts';

export interface AnswerNeeds {
  readonly clock: Clock;
  readonly ways: readonly ('node-av' | 'ffmpeg')[];
  readonly ffmpeg: string;
  readonly allowedHosts: readonly string[];
  readonly certificates: readonly string[];
}

const answerMs = 5000;

/** Answers one question within its time. */
export async function answerOnboard(needs: AnswerNeeds, ask: OnboardAsk, timeoutMs: number): Promise<OnboardAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await answer(needs, ask, signal);
  } catch (thrown) {
    return refusal(
      'garbage',
      withoutSecrets(`What it sent could not be worked on (${messageOf(thrown).slice(0, 200)}).`),
    );
  }
}

async function answer(needs: AnswerNeeds, ask: OnboardAsk, signal: AbortSignal): Promise<OnboardAnswer> {
  const { clock, allowedHosts, certificates } = needs;
  const common = { address: ask.address, signIn: ask.signIn, answerMs, allowedHosts, certificates };
  switch (ask.kind) {
    case 'stream': {
      const wish = { ...common, forMs: ask.forMs };
      if (needs.ways.includes('node-av') && typeof (await loadAv()) !== 'string')
        return (await import('./know-av.ts')).knowByAv(clock, wish, signal);
      if (!needs.ways.includes('ffmpeg')) return refusal('unknown', 'No way that is on opens a stream.');
      return (await import('./know-ffmpeg.ts')).knowByFfmpeg(needs.ffmpeg, clock, wish, signal);
    }
    case 'still':
      return (await import('./know-still.ts')).knowStill(clock, { ...common, apartMs: ask.apartMs }, signal);
    case 'onvif':
      return (await import('../onboard/onvif.ts')).askDevice(clock, { ...common, mayName: ask.mayName }, signal);
  }
}
