// Inside the eye: streams that people look at now, passed through as fragmented MP4 without being decoded.
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { withoutSecrets } from '#core/log';
import { copyArgs, listOf } from '../ffmpeg/args.ts';
import { pour } from '../ffmpeg/run.ts';
import { loadAv } from '../sources/av.ts';
import { openDoor } from '../sources/door.ts';
import { refusal, type Refusal, type SignIn } from '../sources/source.ts';
import { avcCodec, cutBoxes } from './boxes.ts';
import { KeyPictures, tellSize } from './live-pictures.ts';
import { Fragmenter } from './mux.ts';
import type { FromEye, Opening, ToEye } from './protocol.ts';
import { play } from './stream.ts';

export interface LiveNeeds {
  readonly opening: Opening;
  readonly clock: Clock;
  readonly send: (message: FromEye) => void;
}

type Wanted = Extract<ToEye, { kind: 'live' }>;

export interface LiveRoom {
  open(wanted: Wanted): void;
  /** Begins or ends key frames as JPEG beside the film of a stream. */
  pictures(key: string, on: boolean): void;
  close(key: string): void;
  stop(): Promise<void>;
}

/** A part goes out this often at the latest: more seldom is later on screen, more often is more boxes than picture. */
const partMs = 250;
const answerMs = 5000;

interface Stream {
  readonly key: string;
  readonly address: string;
  readonly signIn: SignIn | null;
  pictures: boolean;
}

/** Opens the room; each key is one stream, opened at most once. */
export function openLiveRoom(needs: LiveNeeds): LiveRoom {
  const streams = new Map<string, { stream: Stream; stop: AbortController; ended: Promise<void> }>();
  const close = (key: string): void => {
    streams.get(key)?.stop.abort();
  };
  return {
    open({ key, address, signIn, pictures }) {
      if (streams.has(key)) return;
      // A stream of this camera that is just being let go is waited for: never two connections to one camera.
      const before = [...streams.values()].filter((one) => one.stream.address === address && one.stop.signal.aborted);
      const stream: Stream = { key, address, signIn, pictures };
      const stop = new AbortController();
      const ended = Promise.all(before.map((one) => one.ended))
        .then(() => pass(needs, stream, stop.signal))
        .catch((thrown: unknown): Refusal => refusal('garbage', withoutSecrets(messageOf(thrown))))
        .then(({ state, detail }) => {
          streams.delete(key);
          needs.send({ kind: 'live-end', key, health: state, detail });
        });
      streams.set(key, { stream, stop, ended });
    },
    pictures(key, on) {
      const known = streams.get(key);
      if (known) known.stream.pictures = on;
    },
    close,
    async stop() {
      const all = [...streams.entries()];
      for (const [key] of all) close(key);
      await Promise.all(all.map(([, stream]) => stream.ended));
    },
  };
}

async function pass(needs: LiveNeeds, stream: Stream, signal: AbortSignal): Promise<Refusal> {
  if (signal.aborted) return refusal('unknown', 'It is not wanted any more.');
  const isAvThere = typeof (await loadAv()) !== 'string';
  if (isAvThere && needs.opening.ways.includes('node-av')) return passByAv(needs, stream, signal);
  return passByFfmpeg(needs, stream, signal);
}

async function passByAv({ opening, clock, send }: LiveNeeds, wanted: Stream, signal: AbortSignal): Promise<Refusal> {
  const { key, address, signIn } = wanted;
  let writer: Fragmenter | undefined;
  let isFilm = true;
  let packetBytes = 0;
  let start: ((first: Parameters<Fragmenter['write']>[0]) => Promise<Fragmenter | undefined>) | undefined;
  let pictures: KeyPictures | undefined;
  try {
    return await play(
      clock,
      { address, signIn, answerMs, allowedHosts: opening.allowedHosts, certificates: opening.certificates ?? [] },
      {
        onOpen(av, stream) {
          pictures = new KeyPictures(av, stream);
          start = async (first) => {
            tellSize(av, stream, first);
            try {
              return await Fragmenter.open(av, stream, first, {
                mostMs: partMs,
                onHead: (bytes, codec) => {
                  send({ kind: 'live-head', key, codec, bytes });
                },
                onFragment: ({ bytes, isKey, fromMs }) => {
                  send({ kind: 'live-part', key, isKey, atMs: fromMs, bytes, packetBytes });
                  packetBytes = 0;
                },
              });
            } catch {
              // A codec that MP4 does not hold has no film; its key frames can still be shown.
              isFilm = false;
              send({ kind: 'live-head', key, codec: '', bytes: Buffer.alloc(0) });
              return undefined;
            }
          };
          return Promise.resolve();
        },
        async onPacket(packet, atMs) {
          if (!writer && isFilm && packet.isKeyframe) writer = await start?.(packet);
          packetBytes += packet.size;
          writer?.write(packet, atMs);
          const bytes = wanted.pictures ? await pictures?.of(packet, atMs) : undefined;
          if (bytes) send({ kind: 'live-picture', key, atMs, bytes });
        },
      },
      signal,
    );
  } finally {
    writer?.close();
    pictures?.close();
  }
}

async function passByFfmpeg(
  { opening, clock, send }: LiveNeeds,
  wanted: Stream,
  signal: AbortSignal,
): Promise<Refusal> {
  const { key, address, signIn } = wanted;
  const { allowedHosts, certificates = [] } = opening;
  const door = await openDoor(address, { signIn, answerMs, allowedHosts, certificates }, signal);
  if (door.kind === 'refusal') return door;
  await using opened = door;
  let pending: Buffer = Buffer.alloc(0);
  let hasHead = false;
  /** When the first bytes of the part that is being gathered came. */
  let partFromMs: number | undefined;
  const end = await pour(
    { program: opening.ffmpeg, args: copyArgs(), input: listOf(opened.url, answerMs) },
    (bytes) => {
      const nowMs = clock.nowMs();
      pending = Buffer.concat([pending, bytes]);
      const { whole, rest } = cutBoxes(pending, hasHead ? 'mdat' : 'moov');
      pending = rest;
      for (const part of whole) {
        if (hasHead)
          send({ kind: 'live-part', key, isKey: true, atMs: partFromMs ?? nowMs, bytes: part, packetBytes: 0 });
        else {
          hasHead = true;
          send({ kind: 'live-head', key, codec: avcCodec(part) ?? '', bytes: part });
        }
        partFromMs = undefined;
      }
      partFromMs ??= rest.length > 0 ? nowMs : undefined;
    },
    signal,
  );
  return opened.verdict() ?? refusal('silent', end.complaint || 'The stream broke off.');
}
