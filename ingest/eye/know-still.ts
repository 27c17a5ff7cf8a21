// Asks for a camera's still picture twice or thrice and judges whether it is of now. Inside the eye: its pixels are decoded here.
import sharp from 'sharp';
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { askStill, type Still } from '../sources/snapshot.ts';
import { mostPixels, refusal, type Refusal } from '../sources/source.ts';
import { digestOf, exifMoment, freshnessOf, type StillAnswer } from '../onboard/freshness.ts';
import type { OnboardAnswer } from '../onboard/shapes.ts';

type StillKnown = Extract<OnboardAnswer, { kind: 'still' }>;

export interface StillWish {
  readonly address: string;
  readonly signIn: { readonly user: string; readonly password: string } | null;
  readonly answerMs: number;
  readonly apartMs: number;
  readonly allowedHosts: readonly string[];
  readonly certificates: readonly string[];
}

async function answerOf({ bytes, atMs, dateMs, lastModifiedMs }: Still): Promise<{
  answer: StillAnswer;
  widthPx: number;
  heightPx: number;
}> {
  const { width, height, exif } = await sharp(bytes, { limitInputPixels: mostPixels }).metadata();
  const answer = { atMs, dateMs, lastModifiedMs, exif: exifMoment(exif), sha256: digestOf(bytes) };
  return { answer, widthPx: width, heightPx: height };
}

/** Two or three pictures some seconds apart, and what they prove. The first that is refused is the camera's refusal. */
export async function knowStill(clock: Clock, wish: StillWish, signal: AbortSignal): Promise<StillKnown | Refusal> {
  const startedMs = clock.monotonicMs();
  const first = await askStill(wish, signal, clock);
  if (first.kind === 'refusal') return first;
  const tookMs = Math.round(clock.monotonicMs() - startedMs);
  let known;
  try {
    known = await answerOf(first);
  } catch (thrown) {
    return refusal(
      'garbage',
      `Its picture of ${first.bytes.length} bytes cannot be read (${messageOf(thrown).slice(0, 80)}).`,
    );
  }
  const answers = [known.answer];
  // The very same bytes again are asked for once more, after another while: a film that repeats itself is no old picture.
  for (const part of [1, 0.55]) {
    await clock.sleep(wish.apartMs * part, signal).catch(() => undefined);
    const next = await askStill(wish, signal, clock);
    // A picture that does not come, or is none, leaves what the first one said.
    if (next.kind === 'still')
      await answerOf(next).then(
        ({ answer }) => answers.push(answer),
        () => undefined,
      );
    if (answers.some(({ sha256 }) => sha256 !== known.answer.sha256)) break;
  }
  return {
    kind: 'still',
    freshness: freshnessOf(answers),
    widthPx: known.widthPx,
    heightPx: known.heightPx,
    bytes: first.bytes.length,
    tookMs,
    picture: first.bytes,
  };
}
