// Name → way. A new way is one file and one line here.
import type { DeliveryWayName } from '#core/agency';
import type { EmailSettings } from '../settings.ts';
import { emailWay } from './email.ts';
import { hold } from './hold.ts';
import { page } from './page.ts';
import type { DeliveryWay } from './way.ts';
import { webhookWay } from './webhook.ts';

export type Ways = Readonly<Record<DeliveryWayName, DeliveryWay>>;

/** A way that the city has not set up: its parcels wait, so that none is lost while the setting is missing. */
const notSetUp = (name: DeliveryWayName, setting: string): DeliveryWay => ({
  name,
  send: () => Promise.resolve({ kind: 'later', why: `the way ${name} is not set up; write ${setting}` }),
});

/** The ways of this installation. */
export const waysOf = (given: {
  readonly email?: EmailSettings | undefined;
  readonly webhookKey?: string | undefined;
}): Ways => ({
  page,
  hold,
  email: given.email ? emailWay(given.email) : notSetUp('email', 'tasks.email.host'),
  webhook: given.webhookKey ? webhookWay(given.webhookKey) : notSetUp('webhook', 'the secret of webhooks'),
});
