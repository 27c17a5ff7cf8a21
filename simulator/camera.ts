// One simulated camera: a clip, the moment in it, the fault it has. All viewers and snapshots see the same moment.
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import type { Clip, Rendition } from './clip.ts';
import type { Fault } from './faults.ts';
import type { PictureUnit } from './h264.ts';
import type { SignIn } from './sign-in.ts';
import { Timeline } from './timeline.ts';
import type { Truth } from './timeline.ts';
import type { Wheel } from './wheel.ts';

export type StreamName = 'main' | 'sub';

/** One picture on its way to viewers. */
export interface Picture {
  readonly unit: PictureUnit;
  /** When it was due, ms since the camera was switched on. */
  readonly atMs: number;
  /** False when pictures before it were left out: a viewer has to wait for a key picture. */
  readonly follows: boolean;
}

/** What a snapshot shows: a key picture of a clip and the moment it was taken. */
export interface Still {
  readonly clip: Clip;
  readonly index: number;
  readonly takenAtMs: number;
}

export interface CameraOptions {
  readonly id: string;
  readonly clip: Clip;
  readonly clock: Clock;
  readonly wheel: Wheel;
  readonly signIn?: SignIn;
  /** Place in the first loop at which the camera is switched on, 0..1. */
  readonly place?: number;
  /** What a new viewer gets first: whatever comes next, as most cameras do, or the next key picture. */
  readonly startAt?: 'next-frame' | 'next-key';
}

interface Viewer {
  readonly stream: StreamName;
  readonly show: (picture: Picture) => void;
}

/** Pictures later than this are left out, as a camera's encoder would. */
const latestMs = 2000;
const clockWasSetMs = 250;

export class Camera {
  readonly id: string;
  readonly clip: Clip;
  readonly signIn: SignIn | undefined;
  readonly startAt: 'next-frame' | 'next-key';
  readonly #clock: Clock;
  readonly #wheel: Wheel;
  readonly #bornMs: number;
  #wallOffsetMs: number;
  readonly #world: Timeline;
  readonly #viewers = new Set<Viewer>();
  #fault: Fault | undefined;
  #faultSinceMs = 0;
  #other: { readonly clip: Clip; readonly fromMs: number; timeline?: Timeline } | undefined;
  /** The scene that it was turned to; undefined while it shows its own. */
  #turnedTo: Clip | undefined;
  #frozen: Still | undefined;
  #follows = true;
  #isScheduled = false;

  constructor(options: CameraOptions) {
    this.id = options.id;
    this.clip = options.clip;
    this.signIn = options.signIn;
    this.startAt = options.startAt ?? 'next-frame';
    this.#clock = options.clock;
    this.#wheel = options.wheel;
    this.#wallOffsetMs = this.#clock.nowMs() - this.#clock.monotonicMs();
    const place = options.place ?? 0;
    // Cameras of one seed are not in step: each is switched on at its own moment of the last two seconds.
    this.#bornMs = this.#clock.monotonicMs() - place * 2000;
    this.#world = new Timeline(options.clip, this.#bornMs, place);
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }
  /** Monotonic moment at which the present fault came. */
  get faultSinceMs(): number {
    return this.#faultSinceMs;
  }
  get viewers(): number {
    return this.#viewers.size;
  }
  get phase(): string {
    this.#pump();
    return this.#world.phase;
  }
  /** Can a hazard begin in its clip? */
  get canBegin(): boolean {
    return this.#world.hasHazard;
  }
  /** Has the world asked for a hazard here that did not end yet? */
  get wished(): boolean {
    this.#pump();
    return this.#world.wished;
  }

  /** The rendition that a stream has right now: its parameter sets and size go into the session description. */
  rendition(stream: StreamName): Rendition {
    this.#pump();
    const shown = this.#other?.timeline?.clip ?? this.clip;
    return stream === 'main' ? shown.main : shown.sub;
  }

  /** Pictures a second, from the clip's label. */
  get fps(): number {
    return this.clip.label.fps;
  }

  /** Lets the hazard begin at the next key picture. Throws when this clip has none. */
  begin(): void {
    this.#pump();
    if (!this.#world.hasHazard) {
      throw new AhualError(
        'REQUEST_INVALID',
        `Camera ${this.id} plays ${this.clip.id}, in which no hazard begins.`,
        'Give it a clip with a phase "begin" or "during".',
        { camera: this.id, clip: this.clip.id },
      );
    }
    this.#world.wish(true);
  }

  /** Lets the hazard end; without one nothing happens. */
  end(): void {
    this.#pump();
    this.#world.wish(false);
  }

  /** Gives the camera a fault, or heals it with undefined. `other` is the clip of `new-resolution`. */
  setFault(fault: Fault | undefined, other?: Clip): void {
    this.#pump();
    if (this.#other?.timeline) this.#follows = false;
    this.#frozen = fault?.kind === 'freeze' ? this.still() : undefined;
    const nowMs = this.#clock.monotonicMs();
    this.#fault = fault;
    this.#faultSinceMs = nowMs;
    const turned = this.#turnedTo ? { clip: this.#turnedTo, fromMs: nowMs } : undefined;
    this.#other =
      fault?.kind === 'new-resolution' && other ? { clip: other, fromMs: nowMs + fault.afterS * 1000 } : turned;
  }

  /** Turns the camera to another scene at its next key picture; back to its own with undefined, where life went on meanwhile. */
  turn(to?: Clip): void {
    this.#pump();
    if (this.#other?.timeline) this.#follows = false;
    this.#turnedTo = to;
    this.#other = to ? { clip: to, fromMs: this.#clock.monotonicMs() } : undefined;
  }

  /** Shows pictures to a viewer as they are due until the returned function is called. */
  watch(stream: StreamName, show: (picture: Picture) => void): () => void {
    this.#pump();
    const viewer: Viewer = { stream, show };
    this.#viewers.add(viewer);
    this.#schedule();
    return () => {
      this.#viewers.delete(viewer);
    };
  }

  /** When the next picture is due, ms since the camera was switched on. */
  nextAtMs(): number {
    this.#pump();
    return this.#shown().nextDueMs - this.#bornMs;
  }

  /** Now, in ms since the camera was switched on. */
  ageMs(): number {
    return this.#clock.monotonicMs() - this.#bornMs;
  }

  /** The wall-clock moment of `atMs`, as the camera's own clock tells it. */
  wallMs(atMs: number): number {
    const wrongMs = this.#fault?.kind === 'wrong-clock' ? this.#fault.offsetS * 1000 : 0;
    return this.#wallOf(atMs + this.#bornMs) + wrongMs;
  }

  /** The picture that a snapshot shows now. */
  still(): Still {
    this.#pump();
    if (this.#frozen) return this.#frozen;
    const { clip, keyIndex, index, dueMs } = this.#shown();
    const agoMs = (clip.main.startsMs[index] ?? 0) - (clip.main.startsMs[keyIndex] ?? 0);
    return { clip, index: keyIndex, takenAtMs: this.wallMs(dueMs - agoMs - this.#bornMs) };
  }

  /** What is true in front of the camera now, in wall-clock moments. The truth of the world, whatever the camera shows. */
  truth(): Truth[] {
    this.#pump();
    return this.#world.truth().map((t) => this.#dated(t));
  }

  /** What was true and is over, oldest first. */
  past(): Truth[] {
    this.#pump();
    return this.#world.past().map((t) => this.#dated(t));
  }

  #dated(truth: Truth): Truth {
    const dated = { hazard: truth.hazard, sub: truth.sub, fromMs: this.#wallOf(truth.fromMs) };
    return truth.toMs === undefined ? dated : { ...dated, toMs: this.#wallOf(truth.toMs) };
  }

  /** One moment has one date however often it is asked for; only a clock that was set anew moves it. */
  #wallOf(monotonicMs: number): number {
    const offsetMs = this.#clock.nowMs() - this.#clock.monotonicMs();
    if (Math.abs(offsetMs - this.#wallOffsetMs) > clockWasSetMs) this.#wallOffsetMs = offsetMs;
    return Math.round(this.#wallOffsetMs + monotonicMs);
  }

  #shown(): Timeline {
    return this.#other?.timeline ?? this.#world;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#viewers.size === 0) return;
    this.#isScheduled = true;
    this.#wheel.at(this.#shown().nextDueMs, () => {
      this.#isScheduled = false;
      this.#pump();
      this.#schedule();
    });
  }

  #pump(): void {
    const nowMs = this.#clock.monotonicMs();
    const other = this.#other;
    while (!other?.timeline && this.#world.nextDueMs <= nowMs) {
      const index = this.#world.step();
      if (other && this.#world.dueMs >= other.fromMs && this.clip.main.units[index]?.isKey) {
        other.timeline = new Timeline(other.clip, this.#world.dueMs);
      }
      this.#show(nowMs);
    }
    if (!other?.timeline) return;
    this.#world.forward(nowMs);
    while (other.timeline.nextDueMs <= nowMs) {
      other.timeline.step();
      this.#show(nowMs);
    }
  }

  #show(nowMs: number): void {
    if (this.#viewers.size === 0) return;
    const { clip, index, dueMs } = this.#shown();
    if (nowMs - dueMs > latestMs) {
      this.#follows = false;
      return;
    }
    const atMs = dueMs - this.#bornMs;
    const follows = this.#follows;
    this.#follows = true;
    for (const { stream, show } of this.#viewers) {
      const source = this.#frozen?.clip ?? clip;
      const rendition = stream === 'main' ? source.main : source.sub;
      const unit = rendition.units[this.#frozen?.index ?? index];
      if (unit) show({ unit, atMs, follows });
    }
  }
}
