// Inside the eye: watched cameras. One stream without pause each: packets to the ring, grey frames to motion, a frame a second to
// the networks while somebody is in a zone, and every few seconds the calm word.
import sharp from 'sharp';
import type { CodecContext, Frame as AvFrame, Packet, SoftwareScaleContext, Stream } from 'node-av/lib';
import type { Camera, Zone } from '#core/camera';
import { nextAttempt } from '#core/backoff';
import type { Clock } from '#core/clock';
import type { Observation } from '#core/observation';
import type { WatchBeat } from '#core/story';
import { lookIdOf } from '#core/ids';
import { messageOf } from '#core/errors';
import { withoutSecrets } from '#core/log';
import { difference, followMotion, type Detector, type Grey, type Seen } from '#detector';
import { observe } from '#hazards';
import { openRing, type RingWriter } from '../ring.ts';
import type { Av } from '../sources/av.ts';
import { openDecoder, packedRows, reduce } from '../sources/rtsp.ts';
import { refusal, type Frame, type Refusal, type SignIn } from '../sources/source.ts';
import { layDown, widthFor } from './look.ts';
import { Fragmenter } from './mux.ts';
import type { Drop, FromEye, Opening } from './protocol.ts';
import { heapScore, heapsIn, tellStories, type Told } from './story.ts';
import { play } from './stream.ts';

export interface WatchNeeds {
  readonly opening: Opening;
  readonly watch: NonNullable<Opening['watch']>;
  readonly detector: Detector;
  readonly clock: Clock;
  readonly send: (message: FromEye) => void;
}

export interface WatchRoom {
  watch(camera: Camera, signIn: SignIn | null): void;
  unwatch(cameraId: string): void;
  stop(): Promise<void>;
}

const grey = { widthPx: 320, heightPx: 180 };
const frameWidthPx = 640;
const answerMs = 5000;
const sightEveryMs = 1000;
const segmentMs = 4000;
const retry = { firstMs: 1000, maxMs: 30_000 };
const stillEveryMs = 600_000;
/** Without an act and without anything new, the clean picture is taken afresh so often: light and season move on. */
const referenceEveryMs = 600_000;

export function openWatchRoom(needs: WatchNeeds): WatchRoom {
  const { watch } = needs;
  const ring = openRing({
    folder: watch.ringFolder,
    keepMs: watch.ringMs,
    quotaBytes: watch.ringBytes,
    onFault: (fault) => {
      needs.send({ kind: 'ring', fault: fault ?? null });
    },
  });
  const watched = new Map<string, { stop: AbortController; ended: Promise<unknown> }>();
  const unwatch = (cameraId: string): void => {
    watched.get(cameraId)?.stop.abort();
    watched.delete(cameraId);
  };
  return {
    watch(camera, signIn) {
      unwatch(camera.id);
      const stop = new AbortController();
      watched.set(camera.id, { stop, ended: watchCamera(needs, ring, camera, signIn, stop.signal) });
    },
    unwatch,
    async stop() {
      const all = [...watched.values()];
      for (const { stop } of all) stop.abort();
      await Promise.all(all.map((one) => one.ended));
    },
  };
}

/** The small stream is decoded, the large one kept; where there is only one it does both. */
async function watchCamera(needs: WatchNeeds, ring: RingWriter, camera: Camera, signIn: SignIn | null, signal: AbortSignal): Promise<void> {
  await ring.adopt(camera.id);
  const large = camera.rtsp ?? camera.subRtsp;
  const small = camera.subRtsp ?? camera.rtsp;
  if (large === undefined || small === undefined) {
    tell(needs, camera, refusal('unknown', 'A watched camera needs an RTSP address.'));
    return;
  }
  const analyst = new Analyst(needs, camera);
  const streams =
    large === small
      ? [keepOn(needs, camera, small, signIn, [new Keeper(ring, camera), analyst], signal)]
      : [keepOn(needs, camera, large, signIn, [new Keeper(ring, camera)], signal), keepOn(needs, camera, small, signIn, [analyst], signal)];
  await Promise.all(streams);
}

interface Hand {
  open(av: Av, stream: Stream): Promise<void>;
  packet(packet: Packet, atMs: number): Promise<void>;
  close(): Promise<void>;
}

function tell({ send, clock }: WatchNeeds, camera: Camera, end: Refusal | undefined): void {
  send({
    kind: 'stream',
    news: {
      cameraId: camera.id,
      state: end ? 'broken' : 'playing',
      health: end?.state ?? 'ok',
      detail: withoutSecrets(end?.detail ?? ''),
      atMs: clock.nowMs(),
    },
  });
}

/** Plays one address again and again with growing pauses, until it is not wanted any more. */
async function keepOn(needs: WatchNeeds, camera: Camera, address: string, signIn: SignIn | null, hands: readonly Hand[], signal: AbortSignal): Promise<void> {
  const { clock, opening } = needs;
  let failures = 0;
  while (!signal.aborted) {
    let end: Refusal;
    try {
      end = await play(
        clock,
        { address, signIn, answerMs, allowedHosts: opening.allowedHosts },
        {
          async onOpen(av, stream) {
            for (const hand of hands) await hand.open(av, stream);
          },
          async onPacket(packet, atMs) {
            if (failures >= 0 && packet.isKeyframe) {
              failures = -1;
              tell(needs, camera, undefined);
            }
            for (const hand of hands) await hand.packet(packet, atMs);
          },
        },
        signal,
      );
    } catch (thrown) {
      end = refusal('garbage', messageOf(thrown));
    }
    for (const hand of hands) await hand.close();
    if (signal.aborted) return;
    tell(needs, camera, end);
    failures = Math.max(0, failures) + 1;
    const nowMs = clock.nowMs();
    await clock.sleep(nextAttempt(nowMs, failures, retry, Math.random()) - nowMs, signal).catch(() => undefined);
  }
}

/** Keeps the original packets in the ring. */
class Keeper implements Hand {
  readonly #ring: RingWriter;
  readonly #camera: Camera;
  #av: Av | undefined;
  #stream: Stream | undefined;
  #writer: Fragmenter | undefined;
  #head: Buffer = Buffer.alloc(0);
  #writing: Promise<void> = Promise.resolve();

  constructor(ring: RingWriter, camera: Camera) {
    this.#ring = ring;
    this.#camera = camera;
  }

  async open(av: Av, stream: Stream): Promise<void> {
    this.#av = av;
    this.#stream = stream;
  }

  async packet(packet: Packet, atMs: number): Promise<void> {
    if (!this.#writer) {
      if (!packet.isKeyframe || !this.#av || !this.#stream) return;
      this.#writer = await Fragmenter.open(this.#av, this.#stream, packet, {
        mostMs: segmentMs,
        onHead: (bytes) => {
          this.#head = bytes;
        },
        onFragment: (fragment) => {
          const head = this.#head;
          this.#writing = this.#writing.then(() => this.#ring.append(this.#camera.id, head, fragment));
        },
      });
    }
    this.#writer.write(packet, atMs);
    // The disk is waited for, so that a slow one holds the stream back instead of filling the memory.
    await this.#writing;
  }

  async close(): Promise<void> {
    this.#writer?.close();
    this.#writer = undefined;
    await this.#writing;
  }
}

/** Decodes, follows motion, asks the networks, tells stories and beats. */
class Analyst implements Hand {
  readonly #needs: WatchNeeds;
  readonly #camera: Camera;
  readonly #zones: readonly Zone[];
  readonly #references = new Map<string, { grey: Grey; atMs: number }>();
  #motion = followMotion();
  #teller;
  #av: Av | undefined;
  #decoder: CodecContext | undefined;
  #frame: AvFrame | undefined;
  #scaler: { context: SoftwareScaleContext; target: AvFrame } | undefined;
  #nextGreyMs = 0;
  #lastSightMs = 0;
  #lastBeatMs = 0;
  #lastStillMs = 0;
  #lastSavedMs = 0;
  #lastGlanceMs = 0;

  constructor(needs: WatchNeeds, camera: Camera) {
    this.#needs = needs;
    this.#camera = camera;
    this.#zones = camera.zones.filter((zone) => zone.hazards.includes('dumping'));
    const { stoppedS, raisedScore } = needs.opening.hazards.dumping;
    this.#teller = tellStories(this.#zones, { stoppedS, raisedScore });
  }

  async open(av: Av, stream: Stream): Promise<void> {
    this.#av = av;
    this.#decoder = await openDecoder(av, stream);
    if (!this.#decoder) throw new Error('its video is of a kind that we cannot decode');
    this.#frame = new av.lib.Frame();
    this.#frame.alloc();
  }

  async packet(packet: Packet, atMs: number): Promise<void> {
    const [av, decoder, frame] = [this.#av, this.#decoder, this.#frame];
    if (!av || !decoder || !frame) return;
    // A packet that cannot be decoded is the decoder's to forget; the next key frame heals it.
    if ((await decoder.sendPacket(packet)) < 0) return;
    // The decoding was done in the pool by `sendPacket`; this only fetches the frame.
    while (decoder.receiveFrameSync(frame) >= 0) {
      const stepMs = 1000 / this.#needs.watch.fps;
      if (atMs >= this.#nextGreyMs && frame.decodeErrorFlags === 0) {
        this.#nextGreyMs = Math.max(this.#nextGreyMs + stepMs, atMs);
        await this.#see(av, frame, atMs);
      }
      frame.unref();
    }
  }

  async #see(av: Av, frame: AvFrame, atMs: number): Promise<void> {
    const now = this.#greyOf(av, frame);
    this.#teller.step(this.#motion.step(now, atMs), now, atMs);
    const isBeatDue = atMs - this.#lastBeatMs >= this.#needs.watch.beatMs;
    const isSightDue = this.#teller.isBusy() && atMs - this.#lastSightMs >= sightEveryMs;
    if (!isBeatDue && !isSightDue) return;
    this.#lastSightMs = atMs;
    const reduced = await reduce(av, frame, frameWidthPx);
    const seen = await this.#needs.detector.see(reduced, this.#zones, { hazards: ['dumping'] });
    if (seen.quality.kind === 'good') {
      const told = this.#teller.sight({ atMs, detections: seen.detections, frame: reduced, grey: now });
      for (const one of told) await this.#tellStory(one, atMs);
    }
    if (isBeatDue) await this.#beat(seen, reduced, now, atMs, { av, frame });
  }

  /** Reduces to grey with this stream's own scaler, which lives as long as the stream. */
  #greyOf(av: Av, frame: AvFrame): Grey {
    if (!this.#scaler) {
      const context = new av.lib.SoftwareScaleContext();
      context.allocContext();
      context.setOption('sws_flags', Number(av.constants.SWS_AREA));
      const target = new av.lib.Frame();
      target.alloc();
      target.width = grey.widthPx;
      target.height = grey.heightPx;
      target.format = av.constants.AV_PIX_FMT_GRAY8;
      if (target.allocBuffer() < 0) throw new Error('no memory for a grey picture');
      this.#scaler = { context, target };
    }
    if (this.#scaler.context.scaleFrameSync(this.#scaler.target, frame) < 0) throw new Error('a picture cannot be reduced');
    return { luma: packedRows(this.#scaler.target, grey.widthPx, grey.heightPx), ...grey };
  }

  async #beat(seen: Seen, frame: Frame, now: Grey, atMs: number, source: { av: Av; frame: AvFrame }): Promise<void> {
    this.#lastBeatMs = atMs;
    const isGood = seen.quality.kind === 'good';
    const moment = this.#moment(atMs);
    const others = await this.#glance(source, moment);
    const beats = isGood ? this.#zones.map((zone) => this.#beatOf(zone, seen, now, atMs)) : [];
    const isNews = beats.some((beat) => beat.heapScore >= this.#needs.opening.hazards.dumping.heapScore);
    const isStillDue = atMs - this.#lastStillMs >= (isNews ? 60_000 : stillEveryMs);
    const still = isStillDue ? await this.#still(frame) : null;
    if (still) this.#lastStillMs = atMs;
    this.#needs.send({
      kind: 'beat',
      cameraId: this.#camera.id,
      atMs: moment,
      quality: seen.quality,
      beats,
      others,
      detections: seen.detections,
      still,
      widthPx: source.frame.width,
      heightPx: source.frame.height,
      rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    });
  }

  /** A watched camera is not glanced at besides: its other hazards are judged from its stream, at the pace of glances. */
  async #glance({ av, frame }: { av: Av; frame: AvFrame }, atMs: number): Promise<Observation[]> {
    const { zones } = this.#camera;
    const hazards = [...new Set(zones.flatMap((zone) => zone.hazards))].filter((name) => name !== 'dumping');
    if (hazards.length === 0 || atMs - this.#lastGlanceMs < this.#needs.watch.glanceMs) return [];
    this.#lastGlanceMs = atMs;
    const sight = await this.#needs.detector.see(await reduce(av, frame, widthFor(this.#camera)), zones, { hazards });
    const mark = { id: lookIdOf(this.#camera.id, atMs), seenAtMs: atMs, stillSha256: null };
    return observe(sight, this.#camera, mark, this.#needs.opening.hazards).filter((one) => one.hazard !== 'dumping');
  }

  #beatOf(zone: Zone, seen: Seen, now: Grey, atMs: number): WatchBeat {
    const heaps = heapsIn(seen.detections, zone);
    const sight = seen.zones.find((one) => one.zoneId === zone.id);
    const reference = this.#references.get(zone.id);
    const change = reference ? difference(reference.grey, now, zone.polygon) : undefined;
    const newShare = change?.share ?? 0;
    const isCalm = !this.#teller.isBusy() && (sight?.hiddenShare ?? 1) < 0.05 && heapScore(seen.detections, zone) < 0.3;
    if (isCalm && (!reference || (atMs - reference.atMs > referenceEveryMs && newShare < 0.02))) {
      this.#references.set(zone.id, { grey: now, atMs });
    }
    return {
      zoneId: zone.id,
      heapScore: heaps[0]?.score ?? 0,
      newShare: Math.min(1, newShare),
      hiddenShare: sight?.hiddenShare ?? 0,
      heapBox: heaps[0]?.box ?? null,
    };
  }

  async #tellStory({ story, frames, isOver }: Told, atMs: number): Promise<void> {
    const drops: Drop[] = [];
    const keep = async (frame: Frame | null): Promise<string | null> => {
      if (!frame) return null;
      const drop = await this.#still(frame);
      drops.push(drop);
      return drop.sha256;
    };
    const stills = {
      before: await keep(frames.before),
      came: await keep(frames.came),
      acting: await keep(frames.acting),
      after: await keep(isOver ? frames.after : null),
    };
    this.#needs.send({ kind: 'story', cameraId: this.#camera.id, atMs: this.#moment(atMs), story: { ...story, stills }, drops });
  }

  async #still(frame: Frame): Promise<Drop> {
    const jpeg = await sharp(frame.rgb, { raw: { width: frame.widthPx, height: frame.heightPx, channels: 3 } }).jpeg({ quality: 82 }).toBuffer();
    return layDown(jpeg, this.#needs.opening.dropFolder);
  }

  /** Two sayings of one camera never share a moment: the moment is their identity when they are saved. */
  #moment(atMs: number): number {
    this.#lastSavedMs = Math.max(atMs, this.#lastSavedMs + 1);
    return this.#lastSavedMs;
  }

  async close(): Promise<void> {
    this.#decoder?.freeContext();
    this.#frame?.free();
    this.#scaler?.context.freeContext();
    this.#scaler?.target.free();
    this.#decoder = undefined;
    this.#frame = undefined;
    this.#scaler = undefined;
    // After a gap nothing is where it was: motion and stories begin anew.
    this.#motion = followMotion();
    const { stoppedS, raisedScore } = this.#needs.opening.hazards.dumping;
    this.#teller = tellStories(this.#zones, { stoppedS, raisedScore });
  }
}
