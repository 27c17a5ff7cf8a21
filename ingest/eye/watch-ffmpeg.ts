// Inside the eye: one watched stream by a spawned ffmpeg, where node-av is absent. The same CPU, some 50 MB more memory a stream.
import sharp from 'sharp';
import type { Clock } from '#core/clock';
import { greyOf } from '#detector';
import { listOf, watchArgs } from '../ffmpeg/args.ts';
import { pour } from '../ffmpeg/run.ts';
import { openDoor } from '../sources/door.ts';
import { whyNot } from '../sources/rtsp-ffmpeg.ts';
import { refusal, type Frame, type FrameWish, type Refusal } from '../sources/source.ts';
import { greySize } from './analyst.ts';
import { cutBoxes, movieSize } from './boxes.ts';
import type { PlayRequest } from './stream.ts';
import type { WatchRoles } from './watch-av.ts';

/** Twice the size that motion is followed in, so that grey is every second pixel. */
const size = { widthPx: greySize.widthPx * 2, heightPx: greySize.heightPx * 2 };
const frameBytes = size.widthPx * size.heightPx * 3;

/** Watches one stream until the camera or the signal ends it, and says why. */
export async function watchByFfmpeg(
  clock: Clock,
  program: string,
  request: PlayRequest,
  roles: WatchRoles,
  fps: number,
  signal: AbortSignal,
): Promise<Refusal> {
  const door = await openDoor(request.address, request, signal);
  if (door.kind === 'refusal') return door;
  await using opened = door;
  const { keep, analyst } = roles;
  const startedMs = clock.monotonicMs();
  const state = { isPlaying: false, seeing: Promise.resolve(), keeping: Promise.resolve(), isBusy: false, size };
  const onPlaying = (): void => {
    if (!state.isPlaying) roles.onPlaying();
    state.isPlaying = true;
  };
  const film = new Film(clock, (head, fragment) => {
    state.size = movieSize(head) ?? size;
    onPlaying();
    state.keeping = state.keeping.then(() => keep?.(head, fragment));
  });
  let pending: Buffer = Buffer.alloc(0);
  const onPixels = (bytes: Buffer): void => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= frameBytes) {
      const rgb = pending.subarray(0, frameBytes);
      pending = pending.subarray(frameBytes);
      onPlaying();
      analyst?.count.came(undefined);
      // Pictures that come while one is being judged are left out, not queued.
      if (state.isBusy) analyst?.count.leftOut();
      if (state.isBusy || !analyst) continue;
      state.isBusy = true;
      state.seeing = analyst.see(pictureOf(rgb, state.size), clock.nowMs()).finally(() => {
        state.isBusy = false;
      });
    }
  };
  const end = await pour(
    {
      program,
      args: watchArgs({ ring: keep !== undefined, pictures: analyst ? { ...size, fps } : null }),
      input: listOf(opened.url, request.answerMs),
      outputs: keep && analyst ? 2 : 1,
    },
    (bytes, output) => {
      if (keep && output === 0) film.take(bytes);
      else onPixels(bytes);
    },
    signal,
  );
  await state.seeing;
  await state.keeping;
  analyst?.restart();
  if (state.isPlaying) return refusal('silent', 'The stream broke off.');
  const course = { tookMs: clock.monotonicMs() - startedMs, answerMs: request.answerMs, isAborted: signal.aborted };
  return opened.verdict() ?? whyNot(end, course);
}

function pictureOf(rgb: Buffer, from: { readonly widthPx: number; readonly heightPx: number }) {
  const frame: Frame = { rgb, ...size };
  return {
    ...from,
    grey: () => greyOf(frame, 2),
    async reduced(wish: FrameWish): Promise<Frame> {
      if (wish.kind === 'most') return frame;
      const { widthPx, heightPx } = wish;
      const raw = { width: size.widthPx, height: size.heightPx, channels: 3 } as const;
      return {
        rgb: await sharp(rgb, { raw }).resize(widthPx, heightPx, { fit: 'fill' }).raw().toBuffer(),
        widthPx,
        heightPx,
      };
    },
  };
}

/** Cuts ffmpeg's output into its head and fragments, and dates them by their coming: each ends as the next one begins. */
class Film {
  readonly #clock: Clock;
  readonly #onFragment: (head: Buffer, fragment: Parameters<NonNullable<WatchRoles['keep']>>[1]) => void;
  #pending: Buffer = Buffer.alloc(0);
  #head: Buffer | undefined;
  #lastMs: number | undefined;

  constructor(
    clock: Clock,
    onFragment: (head: Buffer, fragment: Parameters<NonNullable<WatchRoles['keep']>>[1]) => void,
  ) {
    this.#clock = clock;
    this.#onFragment = onFragment;
  }

  take(bytes: Buffer): void {
    const { whole, rest } = cutBoxes(Buffer.concat([this.#pending, bytes]), this.#head ? 'mdat' : 'moov');
    this.#pending = rest;
    for (const part of whole) {
      if (!this.#head) {
        this.#head = Buffer.from(part);
        this.take(Buffer.alloc(0));
        continue;
      }
      const toMs = this.#clock.nowMs();
      // When the first one began nobody knows: it is left out.
      if (this.#lastMs !== undefined)
        this.#onFragment(this.#head, { bytes: part, isKey: true, fromMs: this.#lastMs, toMs });
      this.#lastMs = toMs;
    }
  }
}
