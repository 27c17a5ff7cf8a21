// Inside the eye: streams that people look at now, passed through as fragmented MP4 without being decoded.
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { withoutSecrets } from '#core/log';
import { copyArgs, listOf } from '../ffmpeg/args.ts';
import { pour } from '../ffmpeg/run.ts';
import { dialledAddress, placeOf } from '../sources/address.ts';
import { loadAv } from '../sources/av.ts';
import { refusal, type Refusal, type SignIn } from '../sources/source.ts';
import { avcCodec, cutBoxes } from './boxes.ts';
import { Fragmenter } from './mux.ts';
import type { FromEye, Opening } from './protocol.ts';
import { play } from './stream.ts';

export interface LiveNeeds {
  readonly opening: Opening;
  readonly clock: Clock;
  readonly send: (message: FromEye) => void;
}

export interface LiveRoom {
  open(key: string, address: string, signIn: SignIn | null): void;
  close(key: string): void;
  stop(): Promise<void>;
}

/** A part goes out this often at the latest: more seldom is later on screen, more often is more boxes than picture. */
const partMs = 250;
const answerMs = 5000;

/** Opens the room; each key is one stream, opened at most once. */
export function openLiveRoom(needs: LiveNeeds): LiveRoom {
  const streams = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  const close = (key: string): void => {
    streams.get(key)?.stop.abort();
  };
  return {
    open(key, address, signIn) {
      if (streams.has(key)) return;
      const stop = new AbortController();
      const ended = pass(needs, key, address, signIn, stop.signal)
        .catch((thrown: unknown): Refusal => refusal('garbage', withoutSecrets(messageOf(thrown))))
        .then(({ state, detail }) => {
          streams.delete(key);
          needs.send({ kind: 'live-end', key, health: state, detail });
        });
      streams.set(key, { stop, ended });
    },
    close,
    async stop() {
      const all = [...streams.entries()];
      for (const [key] of all) close(key);
      await Promise.all(all.map(([, stream]) => stream.ended));
    },
  };
}

async function pass(
  needs: LiveNeeds,
  key: string,
  address: string,
  signIn: SignIn | null,
  signal: AbortSignal,
): Promise<Refusal> {
  const isAvThere = typeof (await loadAv()) !== 'string';
  if (isAvThere && needs.opening.ways.includes('node-av')) return passByAv(needs, key, address, signIn, signal);
  return passByFfmpeg(needs, key, address, signIn, signal);
}

async function passByAv(
  needs: LiveNeeds,
  key: string,
  address: string,
  signIn: SignIn | null,
  signal: AbortSignal,
): Promise<Refusal> {
  let writer: Fragmenter | undefined;
  let start: ((first: Parameters<Fragmenter['write']>[0]) => Promise<Fragmenter>) | undefined;
  try {
    return await play(
      needs.clock,
      { address, signIn, answerMs, allowedHosts: needs.opening.allowedHosts },
      {
        onOpen(av, stream) {
          start = (first) =>
            Fragmenter.open(av, stream, first, {
              mostMs: partMs,
              onHead: (bytes, codec) => {
                needs.send({ kind: 'live-head', key, codec, bytes });
              },
              onFragment: ({ bytes, isKey }) => {
                needs.send({ kind: 'live-part', key, isKey, bytes });
              },
            });
          return Promise.resolve();
        },
        async onPacket(packet, atMs) {
          if (!writer && packet.isKeyframe) writer = await start?.(packet);
          writer?.write(packet, atMs);
        },
      },
      signal,
    );
  } finally {
    writer?.close();
  }
}

async function passByFfmpeg(
  { opening, send }: LiveNeeds,
  key: string,
  address: string,
  signIn: SignIn | null,
  signal: AbortSignal,
): Promise<Refusal> {
  const place = await placeOf(address, opening.allowedHosts);
  if (place.kind === 'refusal') return place;
  let pending: Buffer = Buffer.alloc(0);
  let hasHead = false;
  const end = await pour(
    { program: opening.ffmpeg, args: copyArgs(), input: listOf(dialledAddress(place, signIn), answerMs) },
    (bytes) => {
      pending = Buffer.concat([pending, bytes]);
      const { whole, rest } = cutBoxes(pending, hasHead ? 'mdat' : 'moov');
      pending = rest;
      for (const part of whole) {
        if (hasHead) send({ kind: 'live-part', key, isKey: true, bytes: part });
        else {
          hasHead = true;
          send({ kind: 'live-head', key, codec: avcCodec(part) ?? '', bytes: part });
        }
      }
    },
    signal,
  );
  return refusal('silent', end.complaint || 'The stream broke off.');
}
