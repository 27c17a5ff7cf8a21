// How a person's account stands.
import type { AccountCard, People } from '../../../contract.ts';
import { useFormat, useSay } from '../../parts/words.ts';

/** How a person's account stands, in a few words. */
export function useStanding(): (person: AccountCard, all: Pick<People, 'factorRoles' | 'nowMs'>) => string {
  const say = useSay();
  const format = useFormat();
  return (person, { factorRoles, nowMs }) => {
    if (!person.active) return say('people.inactive');
    if (person.invitedUntilMs !== null && !person.joined)
      return say('people.invited', { time: format.moment(person.invitedUntilMs, nowMs) });
    if (!person.joined) return say('people.notJoined');
    if (!person.factor && person.roles.some((role) => factorRoles.includes(role))) return say('people.factorMissing');
    return person.seenAtMs === null ? '' : say('people.seen', { ago: format.ago(person.seenAtMs, nowMs) });
  };
}
