// Inside the eye: takes messages, does the work they ask for, answers. Ends itself when its handle is gone.
import sharp from 'sharp';
import { systemClock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { openLog, withoutSecrets } from '#core/log';
import type { Detector, PlateReader } from '#detector';
import { openSources, type SourceList } from '../sources/list.ts';
import { openLiveRoom } from './live-room.ts';
import { look } from './look.ts';
import { remux } from './mux.ts';
import { KeptPast } from './past.ts';
import { Turns } from '../turns.ts';
import { ToEye, type FromEye, type Opening } from './protocol.ts';

/** What the join hands in: the networks, opened only by eyes that look. */
export interface EyeParts {
  /** Other ways to a picture than the product's own, for eyes that are broken on purpose. */
  readonly openSources?: typeof openSources;
  readonly openDetector: () => Promise<Detector>;
  /** The reader of number plates, opened only by an eye that reads one. */
  readonly openPlateReader: () => Promise<PlateReader>;
}

const send = (message: FromEye): void => {
  // A handle that was killed in this very moment is told by `disconnect`; an error here would only cover that with a stack.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};

/** One picture is decoded while the networks look at another. */
const picturesAtOnce = 2;

/** Serves the handle on the other side of the channel until it says stop or goes away. */
export function serveEye(parts: EyeParts): void {
  const log = openLog('eye', 'warn');
  // One look is one picture: parallel work comes from several looks and several eyes, not from threads inside libvips.
  sharp.concurrency(1);
  sharp.cache(false);
  let room: Promise<Room> | undefined;
  process.on('disconnect', () => process.exit(0));
  // Its handle may have been killed while this program was still loading: the event has been by then.
  if (process.send && !process.connected) process.exit(0);
  process.on('message', (raw) => {
    const message = ToEye.parse(raw);
    if (message.kind === 'open') {
      room = openRoom(message, parts);
      room.catch((thrown: unknown) => {
        const known = thrown instanceof AhualError ? thrown : undefined;
        send({
          kind: 'failed',
          code: known?.code ?? 'INTERNAL',
          message: withoutSecrets(messageOf(thrown)),
          cure: known?.cure ?? '',
        });
      });
      return;
    }
    room
      ?.then((open) => open.take(message))
      .catch((thrown: unknown) => {
        // The networks or the program are broken, not the camera: the handle sees the death and starts a fresh eye.
        log.error({ cause: withoutSecrets(messageOf(thrown)) }, 'eye cannot go on');
        process.exit(4);
      });
  });
}

interface Room {
  take(message: Exclude<ToEye, Opening>): Promise<void>;
}

async function openRoom(opening: Opening, parts: EyeParts): Promise<Room> {
  const sources = await (parts.openSources ?? openSources)({
    ways: opening.ways,
    ffmpeg: opening.ffmpeg,
    clock: systemClock,
    files: opening.files,
  });
  const detector = opening.eye === 'live' ? undefined : await parts.openDetector();
  // Loaded only where it is needed: it brings the tracker and with it the networks' library.
  const watching =
    opening.watch && detector
      ? (await import('./watch.ts')).openWatchRoom({
          opening,
          watch: opening.watch,
          detector,
          clock: systemClock,
          send,
        })
      : undefined;
  const plateReader = opening.eye === 'plate' ? await parts.openPlateReader() : undefined;
  const live = openLiveRoom({ opening, clock: systemClock, send });
  const past = new KeptPast();
  const turns = new Turns(picturesAtOnce);
  let inFlight = 0;
  let begun = 0;
  const ready = (list: SourceList): void => {
    send({
      kind: 'ready',
      models: [...(detector?.models ?? [])],
      ways: list.on.map((source) => source.name),
      off: [...list.off],
    });
  };
  ready(sources);
  return {
    async take(message) {
      switch (message.kind) {
        case 'look': {
          if (!detector) return;
          inFlight++;
          begun++;
          try {
            const needs = {
              sources,
              detector,
              clock: systemClock,
              hazards: opening.hazards,
              allowedHosts: opening.allowedHosts,
              certificates: opening.certificates ?? [],
              dropFolder: opening.dropFolder,
              turn: () => turns.take(),
              past,
              crowd: () => ({ inFlight, begun }),
            };
            const answer = await look(needs, message.ask);
            send({ kind: 'looked', id: message.id, answer, rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20) });
          } finally {
            inFlight--;
          }
          return;
        }
        case 'watch':
          watching?.watch(
            message.camera,
            message.signIn,
            message.adaptations ?? [],
            past.takeViews(message.camera, message.past),
          );
          return;
        case 'unwatch':
          watching?.unwatch(message.cameraId);
          return;
        case 'ring-quota':
          watching?.setRing(message.bytes);
          return;
        case 'live':
          live.open(message);
          return;
        case 'live-pictures':
          live.pictures(message.key, message.on);
          return;
        case 'unlive':
          live.close(message.key);
          return;
        case 'plate': {
          if (!detector || !plateReader) return;
          const { readPlate } = await import('./plates.ts');
          const needs = { detector, reader: plateReader, dropFolder: opening.dropFolder };
          send({ kind: 'plate-read', id: message.id, answer: await readPlate(needs, message.ask) });
          return;
        }
        case 'remux':
          send({ kind: 'remuxed', id: message.id, fault: (await remux(message.from, message.to)) ?? null });
          return;
        case 'onboard': {
          const { answerOnboard } = await import('./know.ts');
          const { ways, ffmpeg, allowedHosts, certificates = [] } = opening;
          const needs = { clock: systemClock, ways, ffmpeg, allowedHosts, certificates };
          send({
            kind: 'onboarded',
            id: message.id,
            answer: await answerOnboard(needs, message.ask, message.timeoutMs),
          });
          return;
        }
        case 'stop':
          await watching?.stop();
          await live.stop();
          process.exit(0);
      }
    },
  };
}
