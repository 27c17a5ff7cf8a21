// Acts on accounts from the screen: what came of one, as the people tab shows it.
import { routes, type ActOutcome, type GraveAct, type SignInLink } from '../../../contract.ts';
import { call } from '../../net/api.ts';

export type Outcome =
  { readonly kind: 'done' } | { readonly kind: 'waits' } | { readonly kind: 'link'; readonly link: SignInLink };

/** The server's answer to an act, as an outcome to be shown. */
export const outcomeOf = (answer: ActOutcome): Outcome =>
  answer.kind === 'waiting' ? { kind: 'waits' } : answer.link ? { kind: 'link', link: answer.link } : { kind: 'done' };

/** Proposes an act, or does it where there is no second administrator. */
export const propose = async (act: GraveAct, reason: string): Promise<Outcome> =>
  outcomeOf(await call(routes.proposeAct, { body: { act, reason } }));
