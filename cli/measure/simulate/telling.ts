// What of the judge's work reaches people, when, and whether it is true: cards, members of mass incidents, mass cards.
import type { HazardName } from '#core/hazard-name';
import type { Incident } from '#core/incident';
import type { MassIncident } from '#core/mass';
import { life } from '#simulator';

/** How people hear of an incident: a card of its own, a card again after it was closed, or as one of many under one card. */
export type Way = 'card' | 'again' | 'member';

/** Something that people were told. */
export interface Told {
  readonly incident: Incident;
  readonly atMs: number;
  readonly way: Way;
  /** The hazard that is really there; null for a false alarm. */
  readonly planted: life.Planted | null;
  /** Nuisances around it that could be taken for this hazard. */
  readonly troubles: readonly string[];
}

/** A mass incident that was put before people, with how many of its members are true. */
export interface MassCard {
  readonly massId: string;
  readonly hazard: HazardName;
  readonly district: string;
  readonly cause: MassIncident['cause'];
  readonly atMs: number;
  /** How often in a row people had said that it is none before they were asked this time. */
  readonly rejections: number;
  readonly members: number;
  readonly trueMembers: number;
}

/** Cards of any kind, in the order in which they came. */
export const cardMoments = (told: readonly Told[], massCards: readonly MassCard[]): number[] =>
  [...told.filter(({ way }) => way !== 'member').map(({ atMs }) => atMs), ...massCards.map(({ atMs }) => atMs)].sort(
    (a, b) => a - b,
  );

export interface Telling {
  readonly told: Told[];
  readonly massCards: MassCard[];
  /** What is true of an incident at a moment. */
  truthOf(incident: Incident, atMs: number): life.Planted | null;
  /** To be called with every change of an incident; gives what people were told by it, if anything. */
  changed(incident: Incident, atMs: number): Told | undefined;
  /** To be called when a mass incident asks people; its members are those told so far. */
  asked(mass: MassIncident, atMs: number): MassCard;
}

/** What was flooded is still wet, what was open is being closed: a card so long after the end is not false. */
const graceMs = 20 * 60_000;
/** Nuisances of the looks that made a card count, not only those of its moment. */
const lookBackMs = 30 * 60_000;

/** Writes down what people are told. */
export function openTelling(lives: life.Life): Telling {
  const told: Told[] = [];
  const massCards: MassCard[] = [];
  const states = new Map<string, Incident['state']>();
  const members = new Map<string, Told>();
  const byZone = new Map<string, life.Planted[]>();
  for (const one of lives.planted) {
    for (const { cameraId, zoneId } of one.seenBy) {
      const key = `${one.hazard} ${cameraId}/${zoneId}`;
      byZone.set(key, [...(byZone.get(key) ?? []), one]);
    }
  }
  const truthOf = ({ hazard, cameraId, zoneId }: Incident, atMs: number): life.Planted | null =>
    (byZone.get(`${hazard} ${cameraId ?? ''}/${zoneId ?? ''}`) ?? []).find(
      (one) => atMs >= one.beginsMs && atMs <= one.goneMs + graceMs,
    ) ?? null;
  const troublesOf = ({ cameraId, zoneId, hazard }: Incident, atMs: number): string[] => {
    const around = cameraId === null ? [] : lives.troublesWithin(cameraId, atMs - lookBackMs, atMs);
    const here = around.filter((one) => one.zoneId === '' || one.zoneId === zoneId);
    return [
      ...new Set(
        here.filter((one) => life.concerns[one.kind].some((concerned) => concerned === hazard)).map((one) => one.kind),
      ),
    ];
  };
  const tell = (incident: Incident, atMs: number, way: Way): Told => {
    const one: Told = { incident, atMs, way, planted: truthOf(incident, atMs), troubles: troublesOf(incident, atMs) };
    told.push(one);
    if (way === 'member') members.set(incident.id, one);
    return one;
  };
  return {
    told,
    massCards,
    truthOf,
    changed(incident, atMs) {
      const before = states.get(incident.id);
      states.set(incident.id, incident.state);
      if (before !== incident.state) {
        if (incident.state === 'reopened') return tell(incident, atMs, 'again');
        if (incident.state === 'pending_review' && (before === undefined || before === 'candidate')) {
          return tell(incident, atMs, 'card');
        }
      }
      const isMember = incident.massId !== null && incident.state === 'candidate' && !members.has(incident.id);
      return isMember ? tell(incident, atMs, 'member') : undefined;
    },
    asked(mass, atMs) {
      const of = [...members.values()].filter(({ incident }) => incident.massId === mass.id);
      const card: MassCard = {
        massId: mass.id,
        hazard: mass.hazard,
        district: mass.district,
        cause: mass.cause,
        rejections: mass.rejections,
        atMs,
        members: of.length,
        trueMembers: of.filter(({ planted }) => planted !== null).length,
      };
      massCards.push(card);
      return card;
    },
  };
}
