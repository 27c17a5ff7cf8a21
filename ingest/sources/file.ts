// A file as a camera, for replay and evaluation. Never reached from a camera's address: only a caller that names it opens it.
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { systemClock, type Clock } from '#core/clock';
import { loadAv } from './av.ts';
import { pictureOf } from './decoded.ts';
import { openDecoder } from './rtsp.ts';
import type { Av } from './av.ts';
import { refusal, type CameraSource, type Grab, type GrabRequest } from './source.ts';
import { pictureOfStill } from './still.ts';

const mostBytes = 64 * 1024 * 1024;

/** A still picture is read by sharp; a film gives its frame at `#t=` seconds (the first otherwise) by node-av. */
export const fileSource = (clock: Clock = systemClock): CameraSource => ({
  name: 'file',
  schemes: ['file:'],
  missing: () => Promise.resolve(undefined),
  async grab(request, signal) {
    const address = new URL(request.address);
    const path = fileURLToPath(address);
    if (/\.(jpe?g|png|webp)$/i.test(path)) {
      const file = await open(path).catch(() => undefined);
      if (!file) return refusal('not-found', 'There is no such file.');
      try {
        if ((await file.stat()).size > mostBytes) return refusal('garbage', 'The file is too large for a picture.');
        return await pictureOfStill(await file.readFile(), request.frame, clock.nowMs());
      } finally {
        await file.close();
      }
    }
    const av = await loadAv();
    if (typeof av === 'string') return refusal('unknown', av);
    const atS = Number(new URLSearchParams(address.hash.slice(1)).get('t') ?? 0);
    return frameAt(av, clock, path, atS, request, signal);
  },
});

/** Farther in than this, a film is wound to the key frame before the moment instead of being decoded from its beginning. */
const windS = 10;

/** Decodes a film up to the first frame at or after `atS`. `not-found` when it ends before that. */
async function frameAt(
  av: Av,
  clock: Clock,
  path: string,
  atS: number,
  request: GrabRequest,
  signal: AbortSignal,
): Promise<Grab> {
  const { lib, constants } = av;
  const context = new lib.FormatContext();
  context.allocContext();
  if ((await context.openInput(path, null, null)) < 0)
    return refusal('not-found', 'There is no film that can be opened.');
  const stream = context.streams.find((s) => s.codecpar.codecType === constants.AVMEDIA_TYPE_VIDEO);
  const decoder = stream ? await openDecoder(av, stream) : undefined;
  const frame = new lib.Frame();
  frame.alloc();
  let isKept = false;
  try {
    if (!stream || !decoder) return refusal('garbage', 'It holds no video that we can decode.');
    using packet = new lib.Packet();
    packet.alloc();
    const tickS = stream.timeBase.num / stream.timeBase.den;
    let firstTick = stream.startTime >= 0n ? stream.startTime : undefined;
    if (firstTick !== undefined && atS > windS) {
      const tick = firstTick + BigInt(Math.floor(atS / tickS));
      // A film that cannot be wound is decoded from its beginning.
      await context.seekFrame(stream.index, tick, constants.AVSEEK_FLAG_BACKWARD);
    }
    let isEnded = false;
    while (!signal.aborted) {
      const got = await decoder.receiveFrame(frame);
      if (got >= 0) {
        const tick = frame.pts;
        firstTick ??= tick;
        if (Number(tick - firstTick) * tickS >= atS - 1e-6) {
          const picture = await pictureOf(av, frame, request.frame, { takenAtMs: clock.nowMs(), waitedMs: 0 });
          isKept = true;
          return { kind: 'picture', picture };
        }
        frame.unref();
        continue;
      }
      if (isEnded) return refusal('not-found', `The film ends before ${atS} s.`);
      const read = await context.readFrame(packet);
      if (read < 0) {
        isEnded = true;
        await decoder.sendPacket(null);
      } else {
        if (packet.streamIndex === stream.index) await decoder.sendPacket(packet);
        packet.unref();
      }
    }
    return refusal('silent', 'The look was ended before its frame was found.');
  } finally {
    decoder?.freeContext();
    if (!isKept) frame.free();
    await context.closeInput();
  }
}
