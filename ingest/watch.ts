// Watched cameras: each is held by exactly one worker, in groups that share one eye and one lease.
import type { Adaptation } from '#core/adaptation';
import type { Camera, HealthState } from '#core/camera';
import { nextAttempt } from '#core/backoff';
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import type { LookSigns } from '#core/health-facts';
import { lookIdOf } from '#core/ids';
import type { Look } from '#core/look';
import { withoutSecrets, type Log } from '#core/log';
import { isTurning } from '#core/preset';
import type { Observation } from '#core/observation';
import { cannotSee, elsewhere, observeBeat, observeStory } from '#hazards';
import { db, leader, looks, type Bell, type Database, type Files, type Lease } from '#store';
import { signInOf, type CameraBook, type CredentialOf } from './book.ts';
import { Budget, EyeChild } from './eye/child.ts';
import type { FromEye, LentPast } from './eye/protocol.ts';
import type { PictureCount } from './eye/watch-count.ts';
import type { HealthBook } from './health.ts';
import { hasEnded } from './ended.ts';
import type { LessonBook } from './lessons.ts';
import { takeOver } from './look.ts';
import { lentTo } from './past.ts';
import type { RingFaultKind } from './ring-writer.ts';
import { Stretches } from './watch-signs.ts';
import type { WorkerSettings } from './settings.ts';

export interface WatchNeeds {
  readonly database: Database;
  readonly bell: Bell;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly book: CameraBook;
  readonly health: HealthBook;
  readonly credential: CredentialOf;
  readonly settings: WorkerSettings;
  readonly dropFolder: string;
  readonly lessons: LessonBook;
  readonly entry?: string;
}

export interface WatchState {
  readonly cameras: number;
  readonly playing: number;
  readonly groups: number;
  readonly stories: number;
  readonly rssMiB: number;
  readonly ringFault: string | null;
  readonly ringFaultKinds: readonly RingFaultKind[];
  /** Pictures that came and were not judged because an eye was behind or they were damaged, and pictures that never came. */
  readonly leftOut: number;
  readonly lost: number;
  /** Process numbers of the eyes. */
  readonly pids: readonly number[];
}

const lookAroundMs = 5000;
const saveAgain = { firstMs: 250, maxMs: 2000 };
/** Calm words that wait for the database; more are dropped. */
const mostWaiting = 500;
const triesAfterEnd = 4;
/** A lease that is free is given at once; nobody waits for one that is not. */
const askLeaseMs = 1500;

/** Cuts the list of watched cameras into groups for one eye each; a camera's group depends on its place in the list alone. */
export function groupsOf<T>(cameras: readonly T[], most: number): T[][] {
  const groups: T[][] = [];
  for (let i = 0; i < cameras.length; i += most) groups.push(cameras.slice(i, i + most));
  return groups;
}

/** Holds as many groups as nobody else holds, until the signal ends it. `onState` is told what is watched here. */
export async function runWatch(
  needs: WatchNeeds,
  onState: (state: WatchState) => void,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, book, settings, database } = needs;
  const held = new Map<number, { lease: Lease; group: Group }>();
  /** References of watched cameras with several views. */
  const views = new Map<string, LentPast>();
  const letGo = async (index: number): Promise<void> => {
    const one = held.get(index);
    held.delete(index);
    await one?.group.stop();
    await one?.lease.release();
  };
  try {
    while (!signal.aborted) {
      try {
        const groups = groupsOf(await book.watched(), settings.watchStreamsPerEye);
        const learned = new Map<string, Adaptation[]>();
        for (const { id } of groups.flat()) learned.set(id, await book.adaptationsOf(id));
        const turning = groups.flat().filter(isTurning);
        for (const camera of turning) views.set(camera.id, await lentTo(database, camera, views.get(camera.id)));
        for (const id of views.keys()) if (!turning.some((camera) => camera.id === id)) views.delete(id);
        for (const index of held.keys()) if (index >= groups.length) await letGo(index);
        for (const [index, cameras] of groups.entries()) {
          const mine = held.get(index);
          if (mine?.lease.lost.aborted) await letGo(index);
          else if (mine) mine.group.set(cameras, { learned, views }, groups.length);
          if (held.has(index) || hasEnded(signal)) continue;
          const lease = await tryLease(database, `watch-${index}`, signal);
          if (!lease) continue;
          const group = new Group(needs, lease.lost);
          group.set(cameras, { learned, views }, groups.length);
          held.set(index, { lease, group });
          log.info({ group: index, cameras: cameras.length }, 'watches a group of cameras');
        }
        onState(stateOf([...held.values()].map((one) => one.group)));
      } catch (thrown) {
        if (hasEnded(signal)) break;
        log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'watching looks around again');
      }
      await clock.sleep(lookAroundMs, signal).catch(() => undefined);
    }
  } finally {
    await Promise.all([...held.keys()].map(letGo));
  }
}

async function tryLease(database: Database, name: string, signal: AbortSignal): Promise<Lease | undefined> {
  const soon = AbortSignal.timeout(askLeaseMs);
  const given = new AbortController();
  const stop = (): void => {
    given.abort();
  };
  soon.addEventListener('abort', stop, { once: true });
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await leader(database, name, given.signal);
  } catch {
    return undefined;
  } finally {
    // Once it is ours the short wait must not end it; the worker's own end still does, through `release`.
    soon.removeEventListener('abort', stop);
    signal.removeEventListener('abort', stop);
  }
}

function stateOf(groups: readonly Group[]): WatchState {
  const sum = (pick: (group: Group) => number): number => groups.reduce((total, group) => total + pick(group), 0);
  return {
    cameras: sum((group) => group.cameras),
    playing: sum((group) => group.playing),
    groups: groups.length,
    stories: sum((group) => group.stories),
    rssMiB: sum((group) => group.rssMiB),
    pids: groups.map((group) => group.pid).filter((pid) => pid !== null),
    leftOut: sum((group) => group.missed.leftOut),
    lost: sum((group) => group.missed.lost),
    ringFault: groups.map((group) => group.ringFault).find((fault) => fault !== null) ?? null,
    ringFaultKinds: [...new Set(groups.flatMap((group) => group.ringFaultKinds))].sort(),
  };
}

/** A look to save, and what of it is kept to learn from. */
interface Made {
  readonly camera: Camera;
  readonly look: Look;
  readonly learn?: looks.Learning;
  readonly signs?: LookSigns;
}

/** What is known of cameras besides themselves: their corrections, and the references of those with several views. */
interface Knowing {
  readonly learned: ReadonlyMap<string, Adaptation[]>;
  readonly views: ReadonlyMap<string, LentPast>;
}

/** One eye and its cameras. A dead eye is started again with its cameras; five deaths in a minute, and it rests for one. */
class Group {
  readonly #needs: WatchNeeds;
  #groups = 1;
  readonly #budget = new Budget();
  readonly #cameras = new Map<string, Camera>();
  readonly #adaptations = new Map<string, Adaptation[]>();
  readonly #views = new Map<string, LentPast>();
  readonly #playing = new Set<string>();
  readonly #savedMs = new Map<string, number>();
  readonly #counts = new Map<string, PictureCount>();
  readonly #stretches = new Stretches();
  #child: EyeChild | undefined;
  #isStopped = false;
  #rest: AbortController | undefined;
  #saving: Promise<void> = Promise.resolve();
  #waiting = 0;
  stories = 0;
  rssMiB = 0;
  ringFault: string | null = null;
  ringFaultKinds: readonly RingFaultKind[] = [];
  /** Since this group is held here, over all its eyes. */
  readonly missed = { leftOut: 0, lost: 0 };

  constructor(needs: WatchNeeds, lost: AbortSignal) {
    this.#needs = needs;
    lost.addEventListener('abort', () => void this.stop(), { once: true });
  }

  get #ringBytes(): number {
    return Math.floor((this.#needs.settings.ringGiB * 2 ** 30) / this.#groups);
  }
  get cameras(): number {
    return this.#cameras.size;
  }
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }
  get playing(): number {
    return this.#playing.size;
  }

  /** Makes the group exactly these cameras; one that changed is opened anew. `groups` share the ring's quota. */
  set(cameras: readonly Camera[], { learned: adaptations, views }: Knowing, groups: number): void {
    if (this.#groups !== groups) {
      this.#groups = Math.max(1, groups);
      this.#child?.send({ kind: 'ring-quota', bytes: this.#ringBytes });
    }
    const wanted = new Map<string, Camera>(cameras.map((camera) => [camera.id, camera]));
    for (const id of this.#cameras.keys()) {
      if (wanted.has(id)) continue;
      this.#cameras.delete(id);
      this.#adaptations.delete(id);
      this.#views.delete(id);
      this.#playing.delete(id);
      this.#child?.send({ kind: 'unwatch', cameraId: id });
    }
    for (const [id, camera] of wanted) {
      const before = this.#cameras.get(id);
      const learned = adaptations.get(id) ?? [];
      const isKnown = JSON.stringify(this.#adaptations.get(id) ?? []) === JSON.stringify(learned);
      const lent = views.get(id);
      const isSame = isKnown && this.#views.get(id)?.version === lent?.version;
      if (before && isSame && JSON.stringify(before) === JSON.stringify(camera)) continue;
      this.#cameras.set(id, camera);
      this.#adaptations.set(id, learned);
      if (lent) this.#views.set(id, lent);
      else this.#views.delete(id);
      if (this.#child) this.#open(this.#child, camera);
    }
    if (!this.#child && this.#cameras.size > 0) this.#start();
  }

  #open(child: EyeChild, camera: Camera): void {
    const adaptations = this.#adaptations.get(camera.id) ?? [];
    const signIn = signInOf(camera, this.#needs.credential);
    const past = this.#views.get(camera.id);
    child.send({ kind: 'watch', camera, signIn, adaptations, ...(past ? { past } : {}) });
  }

  #start(): void {
    const { clock, log, settings, dropFolder, entry } = this.#needs;
    if (this.#isStopped || this.#child || this.#rest) return;
    if (!this.#budget.take(clock.monotonicMs())) {
      log.error({ cameras: this.#cameras.size }, 'a watching eye died too often and rests for a minute');
      const rest = new AbortController();
      this.#rest = rest;
      void clock
        .sleep(60_000, rest.signal)
        .catch(() => undefined)
        .then(() => {
          this.#rest = undefined;
          this.#start();
        });
      return;
    }
    const child = new EyeChild({
      opening: {
        kind: 'open',
        eye: 'watch',
        ways: settings.ways,
        ffmpeg: settings.ffmpeg,
        allowedHosts: settings.allowedHosts,
        certificates: settings.certificates,
        hazards: settings.hazards,
        dropFolder,
        files: false,
        watch: {
          fps: settings.watchFps,
          beatMs: settings.watchBeatS * 1000,
          glanceMs: settings.lookEveryS * 1000,
          ringFolder: settings.ringFolder,
          ringMs: settings.ringS * 1000,
          ringBytes: this.#ringBytes,
          freeBytesMin: (settings.freeGiBMin ?? 0) * 2 ** 30,
        },
      },
      inFlight: settings.watchStreamsPerEye * 2,
      ...(entry === undefined ? {} : { entry }),
      log,
      onMessage: (message) => {
        this.#take(message);
      },
      onEnd: ({ wanted, why }) => {
        if (this.#child !== child) return;
        this.#child = undefined;
        this.#playing.clear();
        // The next eye finds out anew what its disk does, and tells only what is wrong.
        this.ringFault = null;
        this.ringFaultKinds = [];
        if (!wanted) {
          log.warn({ why, cameras: this.#cameras.size }, 'a watching eye died');
          for (const camera of this.#cameras.values())
            this.#save(this.#unseen(camera, 'crashed', 'The eye that watched it died; the stream begins anew.'));
        }
        this.#start();
      },
    });
    this.#child = child;
    child.ready.then(
      () => {
        for (const camera of this.#cameras.values()) this.#open(child, camera);
      },
      (thrown: unknown) => {
        log.error({ error: messageOf(thrown) }, 'a watching eye cannot begin');
      },
    );
  }

  #take(message: Exclude<FromEye, { kind: 'ready' | 'failed' }>): void {
    switch (message.kind) {
      case 'stream': {
        const { cameraId, state, health, detail } = message.news;
        const camera = this.#cameras.get(cameraId);
        if (!camera) return;
        if (state === 'playing') this.#playing.add(cameraId);
        else {
          this.#playing.delete(cameraId);
          this.#stretches.forget(cameraId);
          this.#save(this.#unseen(camera, health, detail));
        }
        return;
      }
      case 'beat': {
        const camera = this.#cameras.get(message.cameraId);
        if (!camera) return;
        this.rssMiB = message.rssMiB;
        this.#countMissed(camera, message.count);
        this.#save(this.#beat(camera, message, this.#stretches.take(camera.id, message.atMs, message.count)));
        return;
      }
      case 'story': {
        const camera = this.#cameras.get(message.cameraId);
        if (!camera) return;
        this.stories++;
        this.#save(this.#story(camera, message), true);
        return;
      }
      case 'ring':
        this.ringFault = message.fault;
        this.ringFaultKinds = message.kinds;
        if (message.fault === null) this.#needs.log.info('the ring can be written again');
        else
          this.#needs.log.error(
            { error: message.fault },
            'the ring cannot be written: evidence of what happens now would be missing',
          );
        return;
      case 'looked':
      case 'live-head':
      case 'live-part':
      case 'live-end':
      case 'remuxed':
      case 'live-picture':
      case 'onboarded':
      case 'plate-read':
        return;
    }
  }

  /**
   * Saves in the order of coming. A database that is away is waited for: a story is told once, by the only one who saw it.
   * Calm words of a long absence are dropped, and after the end nothing is waited for longer than a few tries.
   */
  #save(making: Promise<Made | undefined>, isStory = false): void {
    this.#waiting++;
    this.#saving = this.#saving
      .then(async () => {
        const made = await making;
        if (made) await this.#saveOne(made, isStory);
      })
      .catch((thrown: unknown) => {
        this.#needs.log.warn({ error: withoutSecrets(messageOf(thrown)) }, 'what a watch saw could not be saved');
      })
      .finally(() => {
        this.#waiting--;
      });
  }

  async #saveOne({ camera, look, learn, signs = {} }: Made, isStory: boolean): Promise<void> {
    const { clock, database, health } = this.#needs;
    let lastTries = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        await looks.save(database, look, { judgeAll: true, learn, signs });
        health.note(
          camera,
          look.outcome.kind === 'seen' ? 'ok' : look.outcome.state,
          look.outcome.kind === 'seen' ? '' : look.outcome.detail,
        );
        return;
      } catch (thrown) {
        if (!db.isGone(thrown)) throw thrown;
        if (!isStory && (this.#isStopped || this.#waiting > mostWaiting)) throw thrown;
        if (this.#isStopped && ++lastTries > triesAfterEnd) throw thrown;
        const nowMs = clock.nowMs();
        await clock.sleep(nextAttempt(nowMs, attempt, saveAgain, Math.random()) - nowMs);
      }
    }
  }

  /** Says in the log when more than a tenth of what a camera sent since its last calm word was not judged. */
  #countMissed(camera: Camera, now: PictureCount): void {
    const before = this.#counts.get(camera.id);
    this.#counts.set(camera.id, now);
    // A fresh eye counts from nothing.
    const since = before && before.came <= now.came ? before : { came: 0, leftOut: 0, lost: 0 };
    const [came, leftOut, lost] = [now.came - since.came, now.leftOut - since.leftOut, now.lost - since.lost];
    this.missed.leftOut += leftOut;
    this.missed.lost += lost;
    if (leftOut + lost > (came + lost) / 10)
      this.#needs.log.warn({ cameraId: camera.id, came, leftOut, lost }, 'pictures of a watched camera are missing');
  }

  /** Two rows of one camera never share a moment. */
  #moment(camera: Camera, atMs: number): number {
    const at = Math.max(atMs, (this.#savedMs.get(camera.id) ?? 0) + 1);
    this.#savedMs.set(camera.id, at);
    return at;
  }

  #look(camera: Camera, atMs: number, over: Partial<Look>): Look {
    return {
      id: lookIdOf(camera.id, atMs),
      cameraId: camera.id,
      dueAtMs: atMs,
      seenAtMs: atMs,
      way: 'rtsp',
      outcome: { kind: 'seen' },
      tookMs: 0,
      widthPx: null,
      heightPx: null,
      detections: [],
      observations: [],
      stillSha256: null,
      parts: null,
      ...over,
    };
  }

  #unseen(camera: Camera, state: HealthState, detail: string): Promise<{ camera: Camera; look: Look }> {
    const atMs = this.#moment(camera, this.#needs.clock.nowMs());
    const mark = { id: lookIdOf(camera.id, atMs), seenAtMs: atMs, stillSha256: null };
    const look = this.#look(camera, atMs, {
      outcome: { kind: 'unseen', state, detail },
      observations: cannotSee(camera, mark, state, detail),
    });
    return Promise.resolve({ camera, look });
  }

  async #beat(camera: Camera, message: Extract<FromEye, { kind: 'beat' }>, signs: LookSigns): Promise<Made> {
    const { settings } = this.#needs;
    const atMs = this.#moment(camera, message.atMs);
    const still = await takeOver(this.#needs, message.still);
    const mark = { id: lookIdOf(camera.id, atMs), seenAtMs: message.atMs, stillSha256: still };
    const { quality } = message;
    const isGood = quality.kind === 'good';
    const others: Observation[] = message.others.map((one) => ({ ...one, lookId: mark.id, stillSha256: still }));
    const { preset } = message;
    const away =
      preset === undefined
        ? []
        : elsewhere(camera, mark, preset, settings.hazards).filter(
            ({ hazard }) => hazard === 'dumping' || others.length > 0,
          );
    return {
      camera,
      signs,
      look: this.#look(camera, atMs, {
        seenAtMs: message.atMs,
        outcome:
          quality.kind === 'good' ? { kind: 'seen' } : { kind: 'unseen', state: quality.kind, detail: quality.why },
        widthPx: message.widthPx,
        heightPx: message.heightPx,
        ...(preset === undefined ? {} : { preset }),
        detections: message.detections,
        observations: isGood
          ? [...message.beats.map((beat) => observeBeat(beat, camera, mark, settings.hazards)), ...others, ...away]
          : cannotSee(camera, mark, quality.kind, quality.why),
        stillSha256: still,
      }),
      learn: this.#needs.lessons.choose(
        camera.id,
        { seenAtMs: message.atMs, observations: others, lessons: isGood ? message.lessons : [] },
        still,
      ),
    };
  }

  async #story(camera: Camera, message: Extract<FromEye, { kind: 'story' }>): Promise<{ camera: Camera; look: Look }> {
    const { settings, log } = this.#needs;
    const atMs = this.#moment(camera, message.atMs);
    for (const drop of message.drops) await takeOver(this.#needs, drop);
    const { stills } = message.story;
    const still = stills.acting ?? stills.after ?? stills.came ?? stills.before;
    const mark = { id: lookIdOf(camera.id, atMs), seenAtMs: message.atMs, stillSha256: still };
    const observation = observeStory(message.story, camera, mark, settings.hazards);
    log.debug(
      { cameraId: camera.id, zone: message.story.zoneId, word: observation.word, ...observation.support.facts },
      'a story was told',
    );
    return {
      camera,
      look: this.#look(camera, atMs, { seenAtMs: message.atMs, observations: [observation], stillSha256: still }),
    };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#rest?.abort();
    const child = this.#child;
    this.#child = undefined;
    await child?.stop();
    await this.#saving;
  }
}
