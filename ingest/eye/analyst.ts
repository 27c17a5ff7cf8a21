// Inside the eye: what a watched camera's pictures say. Grey ones follow motion; while somebody is in a zone the networks look
// too; every few seconds comes the calm word.
import sharp from 'sharp';
import type { Adaptation, Lesson } from '#core/adaptation';
import type { Camera, Zone } from '#core/camera';
import type { Clock } from '#core/clock';
import type { HazardName } from '#core/hazard-name';
import { lookIdOf } from '#core/ids';
import type { Observation } from '#core/observation';
import { isTurning, presetsOf, seenFrom } from '#core/preset';
import type { WatchBeat } from '#core/story';
import {
  difference,
  followMotion,
  judgeQuality,
  measureExposure,
  motionDefaults,
  noView,
  type Detector,
  type Grey,
  type PastView,
  type Seen,
} from '#detector';
import { lessonsOf, observe } from '#hazards';
import type { Frame, FrameWish, PixelArea } from '../sources/source.ts';
import { frameFor, layDown } from './look.ts';
import { streetFrame } from './order.ts';
import type { Drop, FromEye, Opening } from './protocol.ts';
import { heapScore, heapsIn } from './places.ts';
import { tellStories, type Told } from './story.ts';
import { ViewFinder } from './view-finder.ts';
import { PictureCounter } from './watch-count.ts';

export interface WatchNeeds {
  readonly opening: Opening;
  readonly watch: NonNullable<Opening['watch']>;
  readonly detector: Detector;
  readonly clock: Clock;
  readonly send: (message: FromEye) => void;
}

/** One picture of a stream, good until the promise of `see` is done. */
export interface WatchPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Reduced to the size that motion is followed in; its bytes are overwritten by the next one. */
  grey(): Grey;
  reduced(wish: FrameWish): Promise<Frame>;
  /** The pixels of an area at the picture's own size, where they are at hand. */
  region?(area: PixelArea): Promise<Frame>;
}

/** Size in which motion is followed. */
export const greySize = { widthPx: 320, heightPx: 180 } as const;
/** Stories keep their frames as stills, so these are not stretched. */
export const storyFrame = { kind: 'most', widthPx: 640 } as const;
const stillEveryMs = 600_000;
/** So often the networks look where nothing stirs. */
const calmSightMs = 60_000;
/** Without an act and without anything new, the clean picture is taken afresh so often: light and season move on. */
const referenceEveryMs = 600_000;

type Said = Pick<
  Extract<FromEye, { kind: 'beat' }>,
  'quality' | 'beats' | 'others' | 'lessons' | 'detections' | 'still'
>;

const watchedZones = ({ zones }: Camera): readonly Zone[] => zones.filter((zone) => zone.hazards.includes('dumping'));

/** Follows motion, asks the networks, tells stories and beats; of one camera, whatever way its pictures come. */
export class Analyst {
  readonly #needs: WatchNeeds;
  /** As it was given; of a camera that turns `#camera` and `#zones` are those of the view that it shows. */
  readonly #whole: Camera;
  readonly #adaptations: readonly Adaptation[];
  readonly #finder: ViewFinder | undefined;
  #shown: string | null = null;
  #camera: Camera;
  #zones: readonly Zone[];
  readonly #references = new Map<string, { grey: Grey; atMs: number }>();
  readonly count = new PictureCounter();
  #motion;
  #teller;
  #nextGreyMs = 0;
  #lastSightMs = 0;
  #lastBeatMs = 0;
  #lastStillMs = 0;
  #lastSavedMs = 0;
  #lastGlanceMs = 0;
  /** What the networks saw last, while that still holds; and what the last beat said of the ground. */
  #calm: Seen | undefined;
  #beats: WatchBeat[] = [];

  /**
   * `adaptations`: the camera's learned corrections of what is glanced at in its stream; acts and beats have none. `views`: the references
   * of a camera with several views; its zones are followed only while their view shows.
   */
  constructor(
    needs: WatchNeeds,
    camera: Camera,
    adaptations: readonly Adaptation[] = [],
    views: readonly PastView[] = [],
  ) {
    this.#needs = needs;
    this.#whole = camera;
    this.#adaptations = adaptations;
    this.#finder = isTurning(camera) ? new ViewFinder(views) : undefined;
    this.#camera = this.#finder ? { ...camera, zones: [] } : camera;
    this.#zones = watchedZones(this.#camera);
    const { stoppedS, raisedScore } = needs.opening.hazards.dumping;
    this.#motion = this.#follow();
    this.#teller = tellStories(this.#zones, { stoppedS, raisedScore });
  }

  #follow(): ReturnType<typeof followMotion> {
    const { leastMoving } = this.#needs.watch;
    return followMotion({ ...motionDefaults, ...(leastMoving === undefined ? {} : { leastArea: leastMoving }) });
  }

  /** Is a picture that comes now to be judged, or are there enough of them? Counts it as judged when it says yes. */
  wants(atMs: number): boolean {
    if (atMs < this.#nextGreyMs) return false;
    const stepMs = 1000 / this.#needs.watch.fps;
    // What a pause of the loop delayed is made up for, but only so much: pictures of long ago are not owed.
    this.#nextGreyMs = Math.max(this.#nextGreyMs + stepMs, atMs - 2 * stepMs);
    return true;
  }

  /** Judges one picture. */
  async see(picture: WatchPicture, atMs: number): Promise<void> {
    const passing = picture.grey();
    this.count.judged();
    if (this.#finder) {
      this.#turnTo(this.#finder.step(passing, atMs));
      if (this.#shown === null) return this.#beatAway(passing, atMs, picture);
    }
    this.#teller.step(this.#motion.step(passing, atMs), atMs);
    const sightEveryMs = this.#teller.sightEveryMs(atMs);
    const isBeatDue = atMs - this.#lastBeatMs >= this.#needs.watch.beatMs;
    const sinceSightMs = atMs - this.#lastSightMs;
    const isSightDue = sightEveryMs !== null && sinceSightMs >= sightEveryMs;
    if (!isBeatDue && !isSightDue) return;
    // From here on it is kept: as the ground before an act, as what the next beat is compared with.
    const now: Grey = { ...passing, luma: new Uint8Array(passing.luma) };
    // Where nothing has stirred since the networks looked, they would say the same again.
    const isNewToSee = this.#teller.lastStirMs() >= this.#lastSightMs || sinceSightMs >= calmSightMs || !this.#calm;
    if (!isSightDue && !isNewToSee) {
      const quality = judgeQuality(measureExposure(now));
      if (quality.kind === 'good' && this.#calm)
        return this.#beat({ ...this.#calm, quality }, null, now, atMs, picture);
    }
    this.#lastSightMs = atMs;
    const frame = await picture.reduced(storyFrame);
    this.count.sighted();
    const seen = await this.#needs.detector.see(frame, this.#zones, { hazards: ['dumping'] });
    this.#calm = seen.quality.kind === 'good' ? seen : undefined;
    if (seen.quality.kind === 'good') {
      for (const told of this.#teller.sight({ atMs, detections: seen.detections, frame, grey: now }))
        await this.#tellStory(told, atMs);
    }
    if (isBeatDue) await this.#beat(seen, frame, now, atMs, picture);
  }

  /** Nothing of one view is followed into another one, and nothing is where it was when the first comes back. */
  #turnTo(shown: string | null): void {
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#camera = shown === null ? { ...this.#whole, zones: [] } : seenFrom(this.#whole, shown);
    this.#zones = watchedZones(this.#camera);
    this.#references.clear();
    this.#lastSightMs = 0;
    this.restart();
  }

  /** The word while the camera shows none of its views. */
  async #beatAway(grey: Grey, atMs: number, picture: WatchPicture): Promise<void> {
    if (atMs - this.#lastBeatMs < this.#needs.watch.beatMs) return;
    this.#lastBeatMs = atMs;
    const quality = noView(judgeQuality(measureExposure(grey)), presetsOf(this.#whole).length);
    const isStillDue = atMs - this.#lastStillMs >= 60_000;
    const still = isStillDue ? await this.#still(await picture.reduced(storyFrame)) : null;
    if (still) this.#lastStillMs = atMs;
    this.#tellBeat({ quality, beats: [], others: [], lessons: [], detections: [], still }, this.#moment(atMs), picture);
  }

  /** `frame` null: nothing has stirred since `seen` was seen, and the ground is as it was at the last beat. */
  async #beat(seen: Seen, frame: Frame | null, now: Grey, atMs: number, picture: WatchPicture): Promise<void> {
    this.#lastBeatMs = atMs;
    const isGood = seen.quality.kind === 'good';
    const moment = this.#moment(atMs);
    const { others, lessons } = await this.#glance(picture, moment);
    if (frame || this.#beats.length === 0)
      this.#beats = isGood ? this.#zones.map((zone) => this.#beatOf(zone, seen, now, atMs)) : [];
    const beats = this.#beats;
    const isNews = beats.some((beat) => beat.heapScore >= this.#needs.opening.hazards.dumping.heapScore);
    const isStillDue = atMs - this.#lastStillMs >= (isNews ? 60_000 : stillEveryMs);
    const still = isStillDue ? await this.#still(frame ?? (await picture.reduced(storyFrame))) : null;
    if (still) this.#lastStillMs = atMs;
    this.#tellBeat(
      { quality: seen.quality, beats, others, lessons, detections: seen.detections, still },
      moment,
      picture,
    );
  }

  #tellBeat(said: Said, atMs: number, picture: WatchPicture): void {
    this.#needs.send({
      kind: 'beat',
      cameraId: this.#camera.id,
      atMs,
      ...(this.#finder ? { preset: this.#shown } : {}),
      ...said,
      widthPx: picture.widthPx,
      heightPx: picture.heightPx,
      rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
      count: this.count.get(),
    });
  }

  /** A watched camera is not glanced at besides: its other hazards are judged from its stream, at the pace of glances. */
  async #glance(picture: WatchPicture, atMs: number): Promise<{ others: Observation[]; lessons: Lesson[] }> {
    const { zones } = this.#camera;
    const hazards = [...new Set(zones.flatMap((zone) => zone.hazards))].filter((name) => name !== 'dumping');
    if (hazards.length === 0 || atMs - this.#lastGlanceMs < this.#needs.watch.glanceMs)
      return { others: [], lessons: [] };
    this.#lastGlanceMs = atMs;
    // Manholes are cut from the picture itself where that can be done: a large frame for their sake costs four times as much.
    const { widthPx, heightPx } = picture;
    const region = picture.region?.bind(picture);
    const frame = await picture.reduced(region ? streetFrame : frameFor(this.#camera));
    const pixels = region ? { pixels: { widthPx, heightPx, region } } : {};
    const sight = await this.#needs.detector.see(frame, zones, { hazards, ...pixels });
    const mark = { id: lookIdOf(this.#camera.id, atMs), seenAtMs: atMs, stillSha256: null };
    const isOther = (one: { readonly hazard: HazardName }): boolean => one.hazard !== 'dumping';
    const limits = this.#needs.opening.hazards;
    return {
      others: observe(sight, this.#camera, mark, limits, this.#adaptations).filter(isOther),
      lessons: lessonsOf(sight, this.#camera, limits, this.#adaptations).filter(isOther),
    };
  }

  #beatOf(zone: Zone, seen: Seen, now: Grey, atMs: number): WatchBeat {
    const heaps = heapsIn(seen.detections, zone);
    const sight = seen.zones.find((one) => one.zoneId === zone.id);
    const reference = this.#references.get(zone.id);
    const change = reference ? difference(reference.grey, now, zone.polygon) : undefined;
    const newShare = change?.share ?? 0;
    const isCalm =
      this.#teller.sightEveryMs(atMs) === null &&
      (sight?.hiddenShare ?? 1) < 0.05 &&
      heapScore(seen.detections, zone) < 0.3;
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
    this.#needs.send({
      kind: 'story',
      cameraId: this.#camera.id,
      atMs: this.#moment(atMs),
      story: { ...story, stills },
      drops,
    });
  }

  async #still(frame: Frame): Promise<Drop> {
    const jpeg = await sharp(frame.rgb, { raw: { width: frame.widthPx, height: frame.heightPx, channels: 3 } })
      .jpeg({ quality: 82 })
      .toBuffer();
    return layDown(jpeg, this.#needs.opening.dropFolder);
  }

  /** Two sayings of one camera never share a moment: the moment is their identity when they are saved. */
  #moment(atMs: number): number {
    this.#lastSavedMs = Math.max(atMs, this.#lastSavedMs + 1);
    return this.#lastSavedMs;
  }

  /** After a gap nothing is where it was: motion and stories begin anew. */
  restart(): void {
    this.count.restart();
    this.#calm = undefined;
    this.#beats = [];
    this.#motion = this.#follow();
    const { stoppedS, raisedScore } = this.#needs.opening.hazards.dumping;
    this.#teller = tellStories(this.#zones, { stoppedS, raisedScore });
  }
}
