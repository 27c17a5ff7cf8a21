// What a hazard is: one definition object per hazard. Everything true of a hazard is in its folder.
import type { Camera, Zone } from '#core/camera';
import type { Box, DetectionClass, Sight } from '#core/detection';
import type { HazardName, IssueName, Severity, Texts, ZoneKind } from '#core/hazard-name';
import type { Mark, RejectReason, Why } from '#core/incident';
import type { Observation, Word } from '#core/observation';
import type { Policy } from '#core/policy';
import type { Snowfall, Weather } from '#core/weather';
import { groundMark } from './ground.ts';
import {
  Belief,
  aheadS,
  asOf,
  fold,
  heldBelow,
  isAct,
  isTooFar,
  noBelief,
  type Entry,
  type Persistence,
} from './persistence.ts';
import type { CityTime } from './policy.ts';
import type { HazardSettings } from './settings.ts';

/** Facts of a look in the terms of the hazard: numbers and words that the card shows. */
export type Facts = Readonly<Record<string, number | string | boolean>>;

/** What one sight says about one zone. */
export interface Reading {
  readonly word: Word;
  readonly sub: string;
  readonly level: number;
  readonly boxes: readonly Box[];
  readonly facts: Facts;
}

/** Everything around an observation that a rule may lean on. Read once per batch; nothing in a rule asks further. */
export interface Circumstances {
  readonly nowMs: number;
  readonly camera: Camera;
  readonly zone: Zone;
  readonly city: CityTime;
  readonly policies: readonly Policy[];
  readonly weather: Weather | undefined;
  /** When water last came from the sky or from melting snow in this district; null when not within a day, undefined when nobody knows. */
  readonly lastWetMs: number | null | undefined;
  readonly snowfall: Snowfall | undefined;
  readonly settings: HazardSettings;
}

/** By which of a hazard's own rules something that was seen is kept back. */
const ownHolds = [
  'below-raise',
  'contradicted',
  'vehicle-over',
  'one-sign',
  'always-so',
  'works',
  'snowing',
  'no-snowfall-end',
  'no-policy',
  'within-deadline',
  'being-cleared',
  'redrawn',
  'from-ahead',
] as const;

/** Why nothing is raised although something was seen; each has its words in `waitTexts`. */
export const waitReasons = ['clear', 'few-looks', 'short-time', ...ownHolds, 'known'] as const;
export type WaitReason = (typeof waitReasons)[number];

/**
 * Why something that was seen is not put before people: written down with how often and since when, so that it can be listed. Beside a
 * hazard's own rules those of the judge of the whole city.
 */
export const heldRules = [
  ...ownHolds,
  'no-such-zone',
  'not-judged',
  'out-of-reach',
  'same-act',
  'before-closing',
  'as-before',
  'quiet',
  'put-off',
  'cool-down',
  'group',
  'budget',
] as const;
export type HeldRule = (typeof heldRules)[number];

export type Finding =
  | {
      readonly kind: 'raise';
      readonly sub: string;
      readonly severity: Severity;
      readonly level: number;
      readonly why: Why;
      readonly mark: Mark;
      readonly stillSha256: string | null;
      readonly beforeSha256: string | null;
      readonly beforeAtMs: number | null;
      readonly firstSeenAtMs: number;
      readonly lastSeenAtMs: number;
      /** An act that happened once, as against a state that lasts. */
      readonly act: boolean;
    }
  | { readonly kind: 'gone'; readonly clears: readonly Entry[] }
  | { readonly kind: 'wait'; readonly reason: WaitReason; readonly untilMs?: number };

export interface HazardTexts {
  /** Short name, as on the map. */
  readonly name: Texts;
  readonly subs: Readonly<Record<string, Texts>>;
  /** The card's sentence; `{share}`, `{looks}`, `{hazardLooks}`, `{minutes}`, `{seconds}` are filled in. */
  readonly claim: Texts;
  /** What the letter asks of the agency. */
  readonly ask: Texts;
  /** What must be seen afterwards for the work to count as done. */
  readonly done: Texts;
}

/** What incidents and tasks know of a hazard, and of what people alone report: kinds, windows, words. */
export interface IssueCard {
  readonly name: IssueName;
  readonly subs: readonly string[];
  /** May the camera alone hold it gone? Otherwise a person always decides (domain 3.2, row 17). */
  readonly selfClears: boolean;
  readonly clip: boolean;
  readonly violation: boolean;
  /** The same hazard at the same place within this time after closing is the same incident (domain 3.2, row 21). */
  readonly reopenWithinS: number;
  /** S1 and S2 that nobody reviewed for this long expire (domain 3.2, row 6). */
  readonly reviewWithinS: number;
  /** The seven reasons for "not a hazard" on the digits, always in one place (screens 4.1). */
  readonly rejectReasons: readonly RejectReason[];
  readonly texts: HazardTexts;
  readonly iconSvg: string;
}

/** A hazard that eyes look for: its card, where it can be, and how it is read and judged. */
export interface HazardDefinition extends IssueCard {
  readonly name: HazardName;
  readonly sight: 'glance' | 'watch';
  /** Detection classes that its reading leans on. */
  readonly classes: readonly DetectionClass[];
  readonly zoneKinds: readonly ZoneKind[];
  readonly persistenceOf: (settings: HazardSettings) => Persistence;
  readonly read: (sight: Sight, zone: Zone, settings: HazardSettings) => Reading;
  readonly rule: (belief: Belief, circumstances: Circumstances, act: Entry | undefined) => Finding;
}

export interface Hazard extends HazardDefinition {
  readonly belief: typeof Belief;
  /** Folds one observation and says what follows. A second delivery changes nothing and raises nothing. */
  readonly step: (
    before: unknown,
    observation: Observation,
    circumstances: Circumstances,
  ) => { belief: Belief; finding: Finding };
}

/** Reasons of a rule that is still counting looks. */
const notYet: readonly WaitReason[] = ['few-looks', 'short-time', 'contradicted'];

const wait = (belief: Belief, reason: WaitReason): { belief: Belief; finding: Finding } => ({
  belief,
  finding: { kind: 'wait', reason },
});

/** What was judged on this drawing of the zone; nothing where the zone was drawn anew or the row cannot be read. */
function onThisGround(before: unknown, ground: string): Belief {
  const parsed = Belief.safeParse(before);
  const isSame = parsed.success && (parsed.data.ground === ground || parsed.data.ground === '');
  return isSame ? { ...parsed.data, ground } : { ...noBelief, ground };
}

/** Makes a hazard of its definition: adds the belief and the step that every hazard has alike. */
export function defineHazard(definition: HazardDefinition): Hazard {
  return {
    ...definition,
    belief: Belief,
    step: (before, observation, circumstances) => {
      const { city, nowMs, settings, zone } = circumstances;
      const persistence = definition.persistenceOf(settings);
      const held = onThisGround(before, groundMark(zone));
      const drawn = observation.support.facts['ground'];
      if (typeof drawn === 'string' && drawn !== held.ground) return wait(held, 'redrawn');
      if (observation.seenAtMs > nowMs + aheadS * 1000) return wait(held, 'from-ahead');
      const { belief, fresh } = fold(held, observation, persistence, city.pace);
      if (!fresh) return wait(belief, 'known');
      const act =
        isAct(observation) && observation.word === 'hazard'
          ? belief.acts.find((a) => a.lookId === observation.lookId)
          : undefined;
      const now = asOf(belief, nowMs);
      // A look that cannot see opens and closes nothing, however much was seen before it.
      const finding: Finding =
        observation.word === 'cannot-see' && !isTooFar(observation)
          ? { kind: 'wait', reason: 'few-looks' }
          : definition.rule(now, circumstances, act);
      const isAlmost =
        finding.kind === 'wait' && notYet.includes(finding.reason) && heldBelow(now, persistence, city.pace);
      return isAlmost ? wait(belief, 'below-raise') : { belief, finding };
    },
  };
}
