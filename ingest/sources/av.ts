// node-av loaded once, if it is there, and its error numbers in words of a camera's health.
import type * as constants from 'node-av/constants';
import type * as lib from 'node-av/lib';
import { messageOf } from '#core/errors';
import { refusal, type Refusal } from './source.ts';

export type AvLib = typeof lib;
export type AvConstants = typeof constants;
export interface Av {
  readonly lib: AvLib;
  readonly constants: AvConstants;
}

let loading: Promise<Av | string> | undefined;

/** node-av, or a sentence that says why it is not there. FFmpeg's own log is silenced: it would print addresses. */
export function loadAv(): Promise<Av | string> {
  loading ??= (async () => {
    try {
      const [lib, constants] = await Promise.all([import('node-av/lib'), import('node-av/constants')]);
      lib.Log.setLevel(constants.AV_LOG_QUIET);
      return { lib, constants };
    } catch (thrown) {
      return `node-av cannot be loaded on this machine (${messageOf(thrown).split('\n')[0] ?? ''})`;
    }
  })();
  return loading;
}

/** Negative errno values as FFmpeg returns them on Linux; other systems use other numbers for the first six. */
const errnoOf =
  process.platform === 'linux'
    ? { timedOut: -110, refused: -111, noHost: -113, noNet: -101, reset: -104, noProtocol: -93, io: -5 }
    : process.platform === 'darwin'
      ? { timedOut: -60, refused: -61, noHost: -65, noNet: -51, reset: -54, noProtocol: -43, io: -5 }
      : { timedOut: -10060, refused: -10061, noHost: -10065, noNet: -10051, reset: -10054, noProtocol: -10043, io: -5 };

export interface OpenFailure {
  /** FFmpeg's negative number. */
  readonly code: number;
  readonly tookMs: number;
  readonly answerMs: number;
  /** The look's own deadline ended it. */
  readonly isAborted: boolean;
}

/**
 * Why an RTSP address could not be opened. FFmpeg says "invalid data" for every conversation that broke off, be it by
 * silence or by a closed connection; the time that passed tells them apart.
 */
export function whyNotOpen(constants: AvConstants, { code, tookMs, answerMs, isAborted }: OpenFailure): Refusal {
  const seconds = (tookMs / 1000).toFixed(1);
  if (isAborted) return refusal('silent', `It took the connection but gave no whole answer within ${seconds} s.`);
  switch (code) {
    case errnoOf.refused:
      return refusal('refused', 'The connection was refused: nobody listens at this port.');
    case errnoOf.timedOut:
      return refusal('unreachable', `No connection within ${seconds} s.`);
    case errnoOf.noHost:
    case errnoOf.noNet:
    case errnoOf.io:
      return refusal('unreachable', 'There is no way to this address.');
    case errnoOf.noProtocol:
      return refusal('refused', 'It sends its stream neither over TCP nor over UDP (RTSP 461).');
    case constants.AVERROR_HTTP_UNAUTHORIZED:
      return refusal('needs-sign-in', 'It asks for a sign-in that we do not have, or ours is wrong (401).');
    case constants.AVERROR_HTTP_FORBIDDEN:
      return refusal('refused', 'It forbids this address to us (403).');
    case constants.AVERROR_HTTP_NOT_FOUND:
      return refusal('not-found', 'It has no such stream (404).');
    case constants.AVERROR_HTTP_OTHER_4XX:
      return refusal('busy', 'It refused to begin the stream (4xx, most often 453: too many viewers).');
    case constants.AVERROR_HTTP_SERVER_ERROR:
      return refusal('busy', 'It cannot serve the stream now (5xx).');
    default:
      return tookMs >= answerMs * 0.9
        ? refusal('silent', `It took the connection but did not answer for ${seconds} s.`)
        : refusal('refused', 'It closed the connection before the stream began, or does not speak RTSP.');
  }
}

/**
 * Does a packet begin like a picture of its codec (H.264 or H.265 with start codes)? Noise passes once in twelve: the first bit is
 * forbidden, cameras send six types of units of 32, and each of them only with or only without weight for others (H.264, 7.4.1).
 * Other codecs are taken at their word.
 */
export function looksLikeVideo(data: Uint8Array, codec: 'h264' | 'h265' | 'other'): boolean {
  if (codec === 'other') return true;
  let at = 0;
  while (at < Math.min(data.length, 8) && data[at] === 0) at++;
  const head = data[at] === 1 && at >= 2 ? data[at + 1] : data[0];
  if (head === undefined || (head & 0x80) !== 0) return false;
  if (codec === 'h264') {
    const type = head & 0x1f;
    const isReferred = (head & 0x60) !== 0;
    return type === 1 || (isReferred ? [5, 7, 8].includes(type) : [6, 9].includes(type));
  }
  const type = (head >> 1) & 0x3f;
  const layer = data[data[at] === 1 && at >= 2 ? at + 2 : 1] ?? 0;
  // The base layer alone, and a temporal layer that counts from one (H.265, 7.4.2.2).
  if ((head & 1) !== 0 || layer >> 3 !== 0 || (layer & 7) === 0) return false;
  return type <= 21 || (type >= 32 && type <= 40);
}

/** What came of a stream until it was over. */
export interface StreamCount {
  packets: number;
  odd: number;
  keys: number;
  damaged: number;
}

/** Why a stream that was promised gave no picture, in words of a camera's health. */
export function whyNoPicture(
  { packets, odd, keys, damaged }: StreamCount,
  isAborted: boolean,
  tookMs: number,
): Refusal {
  const seconds = (tookMs / 1000).toFixed(1);
  if (damaged > 0)
    return refusal('garbage', `${keys} key frames came within ${seconds} s and none could be decoded whole.`);
  if (packets === 0) {
    return isAborted || tookMs > 1000
      ? refusal('silent', `The stream was promised, but no picture came within ${seconds} s.`)
      : refusal('garbage', 'It ended the stream at once without anything that could be read.');
  }
  if (odd > Math.min(packets, 40) / 2)
    return refusal('garbage', `What came within ${seconds} s is no video (${packets} packets).`);
  return isAborted
    ? refusal('no-key-frame', `${packets} packets came within ${seconds} s, but no key frame.`)
    : refusal('silent', `The stream broke off after ${seconds} s and ${packets} packets, before a key frame.`);
}
