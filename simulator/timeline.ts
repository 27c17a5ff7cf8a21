// Where a camera is in its clip: phases, the wish of the world that the hazard be there or not, and the truth it shows.
import type { Clip, Fact, Phase, PhaseName } from './clip.ts';

/** Something that was or is true in front of a camera. Moments are on the camera's monotonic axis, in ms. */
export interface Truth extends Fact {
  readonly fromMs: number;
  /** Absent while it is still true. */
  readonly toMs?: number;
}

const rememberedTruths = 1000;

/** Order of phases, by what the world wishes; the first that the clip has is played. */
function nextPhase(of: PhaseName, wished: boolean, loops: boolean): readonly PhaseName[] {
  switch (of) {
    case 'before':
    case 'after':
      return wished ? ['begin', 'during', of] : [of];
    case 'begin':
      return wished ? ['during', 'end', 'after', 'before'] : ['end', 'after', 'before', 'during'];
    case 'during':
      return wished && loops ? ['during'] : ['end', 'after', 'before', 'during'];
    case 'end':
      return wished ? ['begin', 'during', 'after', 'before', 'end'] : ['after', 'before', 'end'];
  }
}

/** Plays one clip picture by picture. `before`, `during` and `after` loop, `begin` and `end` play once; it turns off a loop only at a key picture. */
export class Timeline {
  readonly clip: Clip;
  #phase: Phase;
  #index: number;
  #dueMs: number;
  #wished = false;
  readonly #open = new Map<Fact, Truth>();
  readonly #closed: Truth[] = [];
  #facts: readonly Fact[] = [];

  /** Begins at a key picture of the first phase, chosen by `place` (0..1), which is due at `startMs`. */
  constructor(clip: Clip, startMs: number, place = 0) {
    this.clip = clip;
    const first = [...(['before', 'after', 'during', 'begin', 'end'] as const)].flatMap(
      (name) => clip.phases.get(name) ?? [],
    )[0];
    if (!first) throw new RangeError(`clip ${clip.id} has no phase`);
    const keys = clip.main.units.flatMap((unit, i) => (unit.isKey && i >= first.from && i < first.to ? [i] : []));
    this.#phase = first;
    this.#index = keys[Math.floor(place * keys.length)] ?? first.from;
    this.#dueMs = startMs;
    this.#learn();
  }

  /** Number of the present picture in the clip. */
  get index(): number {
    return this.#index;
  }
  /** When the present picture was due. */
  get dueMs(): number {
    return this.#dueMs;
  }
  /** When the next picture is due. */
  get nextDueMs(): number {
    const { startsMs } = this.clip.main;
    return this.#dueMs + (startsMs[this.#index + 1] ?? 0) - (startsMs[this.#index] ?? 0);
  }
  get phase(): PhaseName {
    return this.#phase.name;
  }
  /** Does the world wish the hazard to be there? */
  get wished(): boolean {
    return this.#wished;
  }
  /** Can a hazard begin in this clip? */
  get hasHazard(): boolean {
    return this.clip.phases.has('begin') || this.clip.phases.has('during');
  }
  /** The key picture from which the present picture is decoded. */
  get keyIndex(): number {
    let i = this.#index;
    while (i > 0 && !this.clip.main.units[i]?.isKey) i--;
    return i;
  }

  /** The world wishes the hazard to begin or to end; the picture follows at the next key picture or end of phase. */
  wish(hazard: boolean): void {
    this.#wished = hazard;
  }

  /** Goes on by one picture and returns its number. */
  step(): number {
    this.#dueMs = this.nextDueMs;
    const next = this.#index + 1;
    const ends = next >= this.#phase.to;
    const isWayOut =
      this.#phase.name !== 'begin' && this.#phase.name !== 'end' && this.clip.main.units[next]?.isKey === true;
    if (ends || isWayOut) {
      const wanted = nextPhase(this.#phase.name, this.#wished, this.#phase.loop || !ends);
      const phase = wanted.flatMap((name) => this.clip.phases.get(name) ?? [])[0] ?? this.#phase;
      if (this.#phase.name === 'during' && ends && !this.#phase.loop) this.#wished = false;
      const stays = phase === this.#phase && !ends;
      this.#phase = phase;
      this.#index = stays ? next : phase.from;
    } else {
      this.#index = next;
    }
    this.#learn();
    return this.#index;
  }

  /** Goes on until the present picture is the one shown at `nowMs`. */
  forward(nowMs: number): void {
    while (this.nextDueMs <= nowMs) this.step();
  }

  /** What is true now. */
  truth(): Truth[] {
    return [...this.#open.values()];
  }

  /** What was true and is no more, oldest first; the latest thousand. */
  past(): Truth[] {
    return [...this.#closed];
  }

  #learn(): void {
    const facts = this.clip.truthAt[this.#index] ?? [];
    if (facts === this.#facts) return;
    const same = (a: Fact, b: Fact): boolean => a.hazard === b.hazard && a.sub === b.sub;
    for (const [fact, truth] of this.#open) {
      if (facts.some((f) => same(f, fact))) continue;
      this.#open.delete(fact);
      this.#closed.push({ ...truth, toMs: this.#dueMs });
      if (this.#closed.length > rememberedTruths) this.#closed.shift();
    }
    for (const fact of facts) {
      if (![...this.#open.keys()].some((known) => same(known, fact)))
        this.#open.set(fact, { ...fact, fromMs: this.#dueMs });
    }
    this.#facts = facts;
  }
}
