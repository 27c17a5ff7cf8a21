// Words and signs of a mass incident, the same in its row, its panel and on the wall.
import type { MassCard } from '../../../contract.ts';
import type { Format } from '../../format.ts';
import { Mark } from '../../parts/mark.tsx';
import type { Say } from '../../parts/words.ts';

/** What they have in common, as a sentence. */
export function causeWords(card: MassCard, say: Say, format: Format, nowMs: number): string {
  if (card.cause !== 'snowfall') return say(`mass.cause.${card.cause}`);
  return card.causeEndedAtMs === null
    ? say('mass.cause.snowing', { time: format.moment(card.sinceMs, nowMs) })
    : say('mass.cause.snowfallEnded', { time: format.moment(card.causeEndedAtMs, nowMs) });
}

/** Many in one: the hazard's mark in front of two empty outlines. */
export function MassMark({ card, size }: { card: Pick<MassCard, 'severity' | 'hazard'>; size: number }) {
  return (
    <span className="mass-mark" style={{ width: size * 1.36, height: size * 1.18 }}>
      <Mark severity={card.severity} size={size} mute />
      <Mark severity={card.severity} size={size} mute />
      <Mark severity={card.severity} hazard={card.hazard} size={size} />
    </span>
  );
}
