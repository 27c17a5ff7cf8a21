// Plays fragmented MP4 by Media Source Extensions, near its newest picture, and holds no more of it than a few seconds.
import type { LiveFrame } from '../../contract.ts';
import { beginningOf, ticksOf } from './boxes.ts';
import type { Player, PlayerHooks } from './player.ts';

const mimeOf = (codec: string): string => `video/mp4; codecs="${codec}"`;

/** Does this browser play this codec from MP4 at all? Empty: the server has no film of it. */
export const playsFilm = (codec: string): boolean =>
  codec !== '' && typeof MediaSource !== 'undefined' && MediaSource.isTypeSupported(mimeOf(codec));

/** Behind the newest picture by more than this the film runs a little faster; by more than `jumpS` it jumps. */
const hurryS = 1.2;
const jumpS = 3;
/** Where it begins and jumps to, before the end of what is there. */
const edgeS = 0.3;
/** What has been shown is thrown away beyond this. */
const keptS = 8;
/** Frames that wait to be taken; a browser that does not take them loses a group of pictures. */
const mostWaitingBytes = 8 * 1024 * 1024;
const ticksUsual = 90_000;

/** Opens a player in `host` for a film of this codec. */
export function openFilm(host: HTMLElement, codec: string, hooks: PlayerHooks): Player {
  const element = document.createElement('video');
  element.muted = true;
  element.autoplay = true;
  element.playsInline = true;
  element.disablePictureInPicture = true;
  const source = new MediaSource();
  const address = URL.createObjectURL(source);
  let buffer: SourceBuffer | undefined;
  let waiting: LiveFrame[] = [];
  let waitingBytes = 0;
  let isSkipping = false;
  let ticks = ticksUsual;
  let isShown = false;
  let isClosed = false;
  /** Where in the film each part begins and when it came, oldest first. */
  let marks: { readonly fromS: number; readonly atMs: number }[] = [];

  const trouble = (): void => {
    if (!isClosed) hooks.onTrouble();
  };

  /** Keeps to the newest picture, and out of the gaps that lost groups of pictures leave. */
  function follow(): void {
    const { buffered } = element;
    if (buffered.length === 0) return;
    const startS = buffered.start(buffered.length - 1);
    const endS = buffered.end(buffered.length - 1);
    const behindS = endS - element.currentTime;
    if (element.currentTime < startS || behindS > jumpS) element.currentTime = Math.max(startS, endS - edgeS);
    element.playbackRate = behindS > hurryS ? 1.1 : 1;
    if (element.paused) void element.play().catch(() => undefined);
  }

  function trim(): boolean {
    if (!buffer || buffer.buffered.length === 0) return false;
    const startS = buffer.buffered.start(0);
    const untilS = element.currentTime - keptS;
    if (untilS - startS < keptS) return false;
    marks = marks.filter(({ fromS }) => fromS >= untilS - 1);
    buffer.remove(startS, untilS);
    return true;
  }

  function feed(): void {
    if (isClosed || !buffer || buffer.updating) return;
    try {
      if (trim()) return;
      const next = waiting.shift();
      if (!next) return;
      waitingBytes -= next.bytes.length;
      if (next.kind === 'head') ticks = ticksOf(next.bytes) ?? ticksUsual;
      else {
        const beginning = beginningOf(next.bytes);
        if (beginning !== undefined) marks.push({ fromS: beginning / ticks, atMs: next.atMs });
      }
      buffer.appendBuffer(next.bytes);
    } catch {
      trouble();
    }
  }

  function onOpen(): void {
    if (isClosed) return;
    try {
      buffer = source.addSourceBuffer(mimeOf(codec));
    } catch {
      trouble();
      return;
    }
    buffer.onupdateend = () => {
      follow();
      feed();
    };
    buffer.onerror = trouble;
    feed();
  }
  source.addEventListener('sourceopen', onOpen, { once: true });
  element.onerror = trouble;
  element.onloadeddata = () => {
    if (isShown || isClosed) return;
    isShown = true;
    hooks.onShown();
  };
  element.src = address;
  host.append(element);

  return {
    element,
    push(frame) {
      if (isClosed || (frame.kind !== 'head' && frame.kind !== 'key' && frame.kind !== 'part')) return;
      if (frame.kind === 'key' && waitingBytes < mostWaitingBytes) isSkipping = false;
      else if (waitingBytes >= mostWaitingBytes) isSkipping = true;
      if (isSkipping && frame.kind !== 'head') return;
      waiting.push(frame);
      waitingBytes += frame.bytes.length;
      feed();
    },
    shownAtMs() {
      if (!isShown) return undefined;
      const atS = element.currentTime;
      const mark = marks.findLast(({ fromS }) => fromS <= atS + 0.001) ?? marks[0];
      return mark && mark.atMs + Math.max(0, atS - mark.fromS) * 1000;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      waiting = [];
      marks = [];
      source.removeEventListener('sourceopen', onOpen);
      if (buffer) {
        buffer.onupdateend = null;
        buffer.onerror = null;
      }
      buffer = undefined;
      element.onerror = null;
      element.onloadeddata = null;
      element.pause();
      // Without these two a removed element goes on holding its decoder and what it has buffered.
      element.removeAttribute('src');
      element.load();
      URL.revokeObjectURL(address);
      element.remove();
    },
  };
}
