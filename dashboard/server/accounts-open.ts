// Everything about accounts, put together: entrance, one's own account, people, the provider, the log of acts.
import type { Settings } from '#config';
import { openPeople } from './accounts.ts';
import { openActs } from './accounts-acts.ts';
import { openEntry } from './accounts-entry.ts';
import { openFactors } from './accounts-factor.ts';
import { openLock } from './accounts-lock.ts';
import { openLog } from './accounts-log.ts';
import { openMe } from './accounts-me.ts';
import { openEntrance } from './entrance.ts';
import type { Glass } from './glass.ts';
import { openProvider, openProviderRoutes } from './oidc.ts';

export interface AccountSecrets {
  readonly factorKey?: string | undefined;
  readonly providerSecret?: string | undefined;
}

export interface AccountOptions {
  readonly settings: Settings['dashboard'];
  readonly secrets: AccountSecrets;
  readonly publicUrl: () => string;
  /** Ends the sockets of a session that has ended. */
  readonly signedOut: (tokenHash: string) => void;
}

/** Opens all routes of accounts. Throws CONFIG_INVALID where the settings or a secret would not be safe. */
export function openAccounts(glass: Glass, { settings, secrets, publicUrl, signedOut }: AccountOptions): void {
  const { door, database, clock, log, register, city } = glass;
  const { factorRoles, linkH, secureCookies } = settings;
  const provider = openProvider({
    settings: settings.provider,
    secret: secrets.providerSecret,
    database,
    clock,
    log,
    door,
    secureCookies,
    factorRoles,
    publicUrl,
  });
  const emergencyLogin = provider ? settings.provider.emergencyLogin : null;
  const factors = openFactors({
    database,
    clock,
    key: secrets.factorKey,
    issuer: `Ahual ${city.word.name.en}`,
  });
  const lock = openLock(database, clock);
  const entry = openEntry({ door, database, clock, lock, factors, factorRoles, emergencyLogin });
  const acts = openActs({
    database,
    clock,
    register,
    linkH,
    isProvided: provider !== undefined,
    districts: city.districts.map(({ id }) => id),
    zone: city.zone,
  });
  openEntrance(glass, { entry, provider, emergencyLogin, signedOut });
  openProviderRoutes(glass, provider);
  openMe(glass, { entry, factors, signedOut });
  openPeople(glass, { acts, factorRoles, signedOut });
  openLog(glass);
}
