// Owns the form of a clip's plan: place, light, phases, traffic and story.
import type { Stream, Walk } from './motion.ts';
import type { Moment, Vehicle } from './scene-types.ts';
import type { BuiltScene, SceneWishes } from './scenes.ts';

export type PhaseName = 'before' | 'begin' | 'during' | 'end' | 'after';
export type HazardName = 'dumping' | 'snow' | 'flooding' | 'open-manhole';

export interface ClipPhase {
  readonly name: PhaseName;
  readonly seconds: number;
  readonly loop: boolean;
  /** Same pictures as an earlier phase of equal length. */
  readonly sameAs?: PhaseName;
}

/** Changes the calm, moving scene: phase and seconds since the phase began. */
export type Story = (b: BuiltScene, m: Moment, phase: PhaseName, tS: number) => Moment;

export interface ClipPlan {
  readonly id: string;
  readonly title: string;
  readonly hazard: HazardName | null;
  readonly sub: string;
  readonly seed: number;
  readonly wishes: SceneWishes;
  readonly phases: readonly ClipPhase[];
  /** Seconds after which traffic repeats; every phase is a whole number of these. */
  readonly periodS: number;
  /** What makes a look-alike allowed, where something is. */
  readonly permitted?: string;
  readonly streams?: readonly Stream[];
  readonly walks?: readonly Walk[];
  readonly parked?: (b: BuiltScene) => Vehicle[];
  readonly play?: Story;
}

/** A clip in which nothing happens: one loop. */
export const calm = (seconds: number): readonly ClipPhase[] => [{ name: 'before', seconds, loop: true }];
/** A clip of a hazard: calm, how it begins, how it lies, how it ends, calm again. */
export const act = (before: number, begin: number, during: number, end: number): readonly ClipPhase[] => [
  { name: 'before', seconds: before, loop: true },
  { name: 'begin', seconds: begin, loop: false },
  { name: 'during', seconds: during, loop: true },
  { name: 'end', seconds: end, loop: false },
  { name: 'after', seconds: before, loop: true, sameAs: 'before' },
];

/** A winter day after snow, streets swept. */
export const winterStreet = { weather: 'snow', season: 'winter' } as const;
