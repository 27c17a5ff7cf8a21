// The strip of looks: what each look said, with words carried on where a look brought nothing new.
import { HealthState, type Camera, type Zone } from '#core/camera';
import type { Word } from '#core/observation';
import { isTurning, presetOf } from '#core/preset';
import type { looks } from '#store';
import type { StripLook } from '../contract.ts';

interface Said {
  readonly hazard: StripLook['hazard'];
  readonly zoneId: string;
  readonly word: Word;
  readonly level: number;
}

const rank = { hazard: 2, 'cannot-see': 1, clear: 0 } as const satisfies Record<Word, number>;

const keyOf = (said: Said): string => `${said.zoneId} ${said.hazard ?? ''}`;

export interface StripFilter {
  readonly hazard: string;
  /** Null: any zone. */
  readonly zoneId: string | null;
}

/** Does a look show the view in which a zone lies? With one view, or where the zone is not known, every look does. */
export function showsZone(
  { preset }: Pick<looks.RecentLook, 'preset'>,
  camera: Camera | undefined,
  zoneId: string | null,
): boolean {
  const zone = camera?.zones.find(({ id }) => id === zoneId);
  return !camera || !zone || !isTurning(camera) || preset === presetOf(zone);
}

/**
 * Looks for a strip, oldest first. Observations are kept only where they say something new, so the last word of a zone holds
 * until the next one; a look that could not be judged says `cannot-see` whatever was said before. Of several words the worst
 * is shown; with the camera's `zones` only those of the view that the look showed. `beyond` names zones and hazards (`<zone> <hazard>`) that are too far away to be judged: their standing `cannot-see`
 * is no news of a look.
 */
export function stripOf(
  newestFirst: readonly looks.RecentLook[],
  only?: StripFilter,
  beyond: ReadonlySet<string> = new Set(),
  zones: readonly Zone[] = [],
): StripLook[] {
  const views = new Map(zones.map((zone) => [zone.id, presetOf(zone)]));
  const held = new Map<string, Said>();
  return newestFirst.toReversed().map((look) => {
    for (const said of look.observations) {
      if (only && (said.hazard !== only.hazard || (only.zoneId !== null && said.zoneId !== only.zoneId))) continue;
      held.set(keyOf(said), said);
    }
    const { preset } = look;
    const all = [...held.values()].filter(({ zoneId }) => preset === null || (views.get(zoneId) ?? preset) === preset);
    const judged = all.filter((said) => said.word !== 'cannot-see' || !beyond.has(keyOf(said)));
    const worst = (judged.length > 0 ? judged : all).sort(
      (a, b) => rank[b.word] - rank[a.word] || b.level - a.level,
    )[0];
    const seen = look.outcome === 'ok';
    return {
      lookId: look.lookId,
      seenAtMs: look.seenAtMs,
      outcome: seen ? 'seen' : HealthState.parse(look.outcome),
      ...(preset === null ? {} : { preset }),
      detail: look.detail,
      stillSha256: look.stillSha256,
      word: seen ? (worst?.word ?? null) : 'cannot-see',
      hazard: worst?.hazard ?? null,
      zoneId: worst?.zoneId ?? null,
      level: seen ? (worst?.level ?? 0) : 0,
    };
  });
}
