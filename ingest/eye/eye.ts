// The handle of a glancing eye: many looks in flight, a deadline for each, and a fresh process when one of them kills it.
import type { Clock } from '#core/clock';
import { systemClock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import type { Log } from '#core/log';
import { cannotSee, type HazardSettings, defaultHazardSettings } from '#hazards';
import { Budget, EyeChild, startBudget, withResolvers, type Ready } from './child.ts';
import { LentOut } from './past-lent.ts';
import type { LookAnswer, LookAsk, Opening } from './protocol.ts';

export type { LookAnswer, LookAsk } from './protocol.ts';

export interface EyeOptions {
  readonly inFlight: number;
  readonly ways: readonly ('node-av' | 'ffmpeg')[];
  readonly ffmpeg?: string;
  readonly allowedHosts?: readonly string[];
  readonly certificates?: readonly string[];
  readonly hazards?: HazardSettings;
  /** Stills are laid down here; the same disk as the kept files, so that they are moved and not copied. */
  readonly dropFolder: string;
  /** A fresh process after so many looks or MiB: allocators do not give memory back, processes do. */
  readonly recycleLooks?: number;
  readonly recycleMiB?: number;
  /** So long after its own deadline a look counts as hung. */
  readonly marginMs?: number;
  readonly files?: boolean;
  readonly entry?: string;
  readonly log: Log;
  readonly clock?: Clock;
}

export interface EyeState {
  readonly pid: number | null;
  readonly starts: number;
  readonly looks: number;
  readonly inFlight: number;
  readonly crashes: number;
  readonly recycles: number;
  readonly rssMiB: number;
  /** Not null: it died too often, and why nothing is looked at for now. */
  readonly stopped: string | null;
  readonly models: readonly string[];
  readonly ways: readonly string[];
  readonly off: readonly { readonly name: string; readonly why: string }[];
}

export interface Eye extends AsyncDisposable {
  /**
   * One look. Never rejects for a camera's fault, even when its picture kills the process: that look ends as `crashed`.
   * Rejects with an AhualError when the eye itself cannot work (model missing, five deaths in a minute, closed).
   */
  look(ask: LookAsk): Promise<LookAnswer>;
  /** Waits until the process can look; rejects when it cannot. */
  ready(): Promise<void>;
  /** Does the process hold this version of a camera's references? Then they need not be sent again. */
  holdsPast(cameraId: string, version: string): boolean;
  state(): EyeState;
}

interface Entry {
  readonly id: number;
  readonly ask: LookAsk;
  readonly resolve: (answer: LookAnswer) => void;
  readonly reject: (reason: unknown) => void;
  /** It was in flight when an eye died: it is asked again alone. */
  isSuspect: boolean;
  timer: NodeJS.Timeout | undefined;
  sentAtMs: number;
}

/** Starts a glancing eye. The process is forked at the first look. */
export function startEye(options: EyeOptions): Eye {
  return new Handle(options);
}

/** What a picture takes at most of an eye's time, in the line of those that came before it. */
const perPictureMs = 150;

class Handle implements Eye {
  readonly #options: EyeOptions;
  readonly #clock: Clock;
  readonly #budget = new Budget();
  readonly #inFlight = new Map<number, Entry>();
  #waiting: Entry[] = [];
  #suspects: Entry[] = [];
  #child: EyeChild | undefined;
  #ready: Ready | undefined;
  #lent = new LentOut();
  #isDraining = false;
  #isClosed = false;
  #stopped: string | null = null;
  #nextId = 1;
  #counts = { starts: 0, looks: 0, ofChild: 0, crashes: 0, recycles: 0, rssMiB: 0 };

  constructor(options: EyeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  look(ask: LookAsk): Promise<LookAnswer> {
    const { promise, resolve, reject } = withResolvers<LookAnswer>();
    this.#waiting.push({ id: this.#nextId++, ask, resolve, reject, isSuspect: false, timer: undefined, sentAtMs: 0 });
    this.#pump();
    return promise;
  }

  async ready(): Promise<void> {
    if (!this.#child) this.#start();
    if (this.#stopped !== null) throw this.#stopError();
    await this.#child?.ready;
  }

  holdsPast(cameraId: string, version: string): boolean {
    return this.#ready !== undefined && this.#lent.holds(cameraId, version);
  }

  state(): EyeState {
    const { starts, looks, crashes, recycles, rssMiB } = this.#counts;
    return {
      pid: this.#child?.pid ?? null,
      starts,
      looks,
      inFlight: this.#inFlight.size,
      crashes,
      recycles,
      rssMiB,
      stopped: this.#stopped,
      models: this.#ready?.models ?? [],
      ways: this.#ready?.ways ?? [],
      off: this.#ready?.off ?? [],
    };
  }

  #stopError(): AhualError {
    return new AhualError(
      'INTERNAL',
      this.#stopped ?? 'The eye is closed.',
      'See the log; looking begins again by itself within a minute.',
    );
  }

  #pump(): void {
    if (this.#isClosed) {
      this.#rejectAll(new AhualError('INTERNAL', 'The eye is closed.', ''));
      return;
    }
    if (this.#waiting.length + this.#suspects.length === 0) return;
    if (!this.#child && !this.#start()) {
      this.#rejectAll(this.#stopError());
      return;
    }
    if (!this.#ready) return;
    if (this.#isDraining) {
      if (this.#inFlight.size === 0) this.#replace();
      return;
    }
    if ([...this.#inFlight.values()].some((entry) => entry.isSuspect)) return;
    if (this.#suspects.length > 0) {
      if (this.#inFlight.size > 0) return;
      const alone = this.#suspects.shift();
      if (alone) this.#send(alone);
      return;
    }
    while (this.#inFlight.size < this.#options.inFlight) {
      const entry = this.#waiting.shift();
      if (!entry) return;
      this.#send(entry);
    }
  }

  #send(entry: Entry): void {
    this.#inFlight.set(entry.id, entry);
    entry.sentAtMs = this.#clock.monotonicMs();
    // Pictures that come all at once are judged one after the other.
    const lineMs = perPictureMs * this.#inFlight.size;
    const limitMs = entry.ask.timeoutMs + (this.#options.marginMs ?? 5000) + lineMs;
    entry.timer = setTimeout(() => {
      this.#onHang(entry);
    }, limitMs);
    this.#child?.send({ kind: 'look', id: entry.id, ask: this.#lent.trim(entry.ask) });
  }

  #start(): boolean {
    if (!this.#budget.take(this.#clock.monotonicMs())) {
      if (this.#stopped === null) {
        this.#stopped = `An eye died ${startBudget.starts} times within a minute; it rests until the minute is over.`;
        this.#options.log.error({ starts: this.#counts.starts }, 'eye died too often and rests');
      }
      return false;
    }
    this.#stopped = null;
    this.#counts.starts++;
    this.#counts.ofChild = 0;
    this.#isDraining = false;
    const child = new EyeChild({
      opening: this.#opening(),
      inFlight: this.#options.inFlight,
      ...(this.#options.entry === undefined ? {} : { entry: this.#options.entry }),
      log: this.#options.log,
      onMessage: (message) => {
        if (message.kind === 'looked') this.#onAnswer(message.id, message.answer, message.rssMiB);
      },
      onEnd: ({ wanted, why }) => {
        if (this.#child === child) this.#onDeath(wanted, why);
      },
    });
    this.#child = child;
    this.#lent = new LentOut();
    this.#ready = undefined;
    child.ready.then(
      (ready) => {
        if (this.#child !== child) return;
        this.#ready = ready;
        this.#pump();
      },
      (thrown: unknown) => {
        // A part that is missing stays missing: whoever waits is told now, not after five deaths.
        if (thrown instanceof AhualError && thrown.code === 'PART_MISSING') this.#rejectAll(thrown);
      },
    );
    return true;
  }

  #opening(): Opening {
    const { ways, ffmpeg, allowedHosts, certificates, hazards, dropFolder, files } = this.#options;
    return {
      kind: 'open',
      eye: 'glance',
      ways: [...ways],
      ffmpeg: ffmpeg ?? 'ffmpeg',
      allowedHosts: [...(allowedHosts ?? [])],
      certificates: [...(certificates ?? [])],
      hazards: hazards ?? defaultHazardSettings,
      dropFolder,
      files: files ?? false,
      watch: null,
    };
  }

  #onAnswer(id: number, answer: LookAnswer, rssMiB: number): void {
    const entry = this.#inFlight.get(id);
    if (!entry) return;
    this.#inFlight.delete(id);
    clearTimeout(entry.timer);
    this.#counts.looks++;
    this.#counts.ofChild++;
    this.#counts.rssMiB = rssMiB;
    entry.resolve(answer);
    const { recycleLooks = 5000, recycleMiB = 1200 } = this.#options;
    if (this.#counts.ofChild >= recycleLooks || rssMiB >= recycleMiB) this.#isDraining = true;
    if (this.#isDraining && this.#inFlight.size === 0) this.#replace();
    else this.#pump();
  }

  /** A process that has looked long enough is let go, and the next one is started when there is work. */
  #replace(): void {
    const old = this.#child;
    this.#child = undefined;
    this.#ready = undefined;
    this.#isDraining = false;
    this.#counts.recycles++;
    void old?.stop();
    this.#pump();
  }

  #onHang(entry: Entry): void {
    if (!this.#inFlight.delete(entry.id)) return;
    this.#crashed(entry, 'The look did not end by its deadline; the eye was ended and the look given up.');
    this.#options.log.warn(
      { lookId: entry.ask.lookId, cameraId: entry.ask.camera.id },
      'look hung and its eye was ended',
    );
    this.#child?.kill();
  }

  #onDeath(wanted: boolean, why: string): void {
    this.#child = undefined;
    this.#ready = undefined;
    const hit = [...this.#inFlight.values()];
    this.#inFlight.clear();
    for (const entry of hit) clearTimeout(entry.timer);
    if (wanted || this.#isClosed) {
      this.#waiting = [...hit, ...this.#waiting];
    } else {
      this.#counts.crashes++;
      this.#options.log.warn({ why, looks: hit.length }, 'eye died');
      for (const entry of hit) {
        if (entry.isSuspect) this.#crashed(entry, `Its picture ended the eye twice, the second time alone (${why}).`);
        else {
          entry.isSuspect = true;
          this.#suspects.push(entry);
        }
      }
    }
    this.#pump();
  }

  #crashed({ ask, resolve, sentAtMs, timer }: Entry, detail: string): void {
    clearTimeout(timer);
    const seenAtMs = this.#clock.nowMs();
    resolve({
      lookId: ask.lookId,
      outcome: { kind: 'unseen', state: 'crashed', detail },
      way: null,
      source: null,
      seenAtMs,
      tookMs: this.#clock.monotonicMs() - sentAtMs,
      waitedMs: 0,
      widthPx: null,
      heightPx: null,
      detections: [],
      observations: cannotSee(ask.camera, { id: ask.lookId, seenAtMs, stillSha256: null }, 'crashed', detail),
      still: null,
      sentStill: null,
      digest: null,
      parts: null,
    });
  }

  #rejectAll(reason: unknown): void {
    const all = [...this.#suspects, ...this.#waiting, ...(this.#ready ? [] : this.#inFlight.values())];
    this.#suspects = [];
    this.#waiting = [];
    if (!this.#ready) this.#inFlight.clear();
    for (const entry of all) {
      clearTimeout(entry.timer);
      entry.reject(reason);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const child = this.#child;
    await child?.stop().catch((thrown: unknown) => {
      this.#options.log.warn({ cause: messageOf(thrown) }, 'eye did not end well');
    });
    this.#child = undefined;
    for (const entry of this.#inFlight.values()) {
      clearTimeout(entry.timer);
      entry.reject(new AhualError('INTERNAL', 'The eye was closed during a look.', ''));
    }
    this.#inFlight.clear();
    this.#rejectAll(new AhualError('INTERNAL', 'The eye was closed.', ''));
  }
}
