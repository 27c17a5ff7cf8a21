// Accounts: who signs in and how, people and their roles, sessions, second factors, own choices, and the log of acts.
import { z } from 'zod';
import { Language, Texts } from '#core/hazard-name';
import { Person, Role, roles } from '#core/person';
import { Bounds } from '#core/bounds';
import { CameraGroup } from '#core/camera-group';
import { Me } from './city.ts';
import { id, moment } from './wire.ts';
import { boundsRoutes, BoundsWish, GroupCard } from './bounds.ts';

export * from './bounds.ts';

/** Signing in asks for more than a password: a one-time code, or that one is set up first. */
export const signInSteps = ['code', 'set-up'] as const;

/** A password is at least so long; what it is made of is free. */
export const passwordMin = 12;
export const passwordMax = 200;

export type PasswordFault = 'short' | 'long' | 'login' | 'same';

/** What is wrong with a password for this login; undefined when nothing is. */
export function passwordFault(password: string, login: string): PasswordFault | undefined {
  if (password.length < passwordMin) return 'short';
  if (password.length > passwordMax) return 'long';
  const plain = password.toLowerCase();
  if (login !== '' && plain.replaceAll(login.toLowerCase(), '').length < passwordMin - 4) return 'login';
  return new Set(plain).size < 5 ? 'same' : undefined;
}

export type RolesFault = 'none' | 'agency-missing' | 'agency-foreign' | 'alone';

const agencyRoles: readonly Role[] = ['agency_user', 'agency_head'];
/** Who grants, who watches over the others, and a screen in a hall: each without any other role. */
const aloneRoles: readonly Role[] = ['system_admin', 'auditor', 'wall'];

/** What is wrong with these roles in one person; undefined when nothing is. Who grants access has none to pictures (domain 3.6). */
export function rolesFault(held: readonly Role[], agencyId: string | null): RolesFault | undefined {
  if (held.length === 0) return 'none';
  if (held.length > 1 && held.some((role) => aloneRoles.includes(role))) return 'alone';
  const ofAgency = held.filter((role) => agencyRoles.includes(role)).length;
  if (ofAgency > 0 && ofAgency < held.length) return 'alone';
  if (ofAgency > 0 && agencyId === null) return 'agency-missing';
  return ofAgency === 0 && agencyId !== null ? 'agency-foreign' : undefined;
}

const reason = z.string().trim().min(3).max(300);
const RoleSet = z.array(Role).min(1).max(roles.length);

/** An act that gives access, or takes a system administrator's away: one person proposes it, another publishes it. */
export const GraveAct = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('add-person'),
    login: Person.shape.login,
    name: z.string().trim().min(1).max(120),
    roles: RoleSet,
    agencyId: id.nullable(),
    language: Language,
    /** Null or absent: the whole city, at once. */
    bounds: BoundsWish.nullable().optional(),
  }),
  z.object({
    kind: z.literal('change-roles'),
    personId: id,
    roles: RoleSet,
    agencyId: id.nullable(),
    /** Null: the whole city, at once. Absent: as they are. */
    bounds: BoundsWish.nullable().optional(),
  }),
  z.object({ kind: z.literal('activate'), personId: id }),
  z.object({ kind: z.literal('deactivate-admin'), personId: id }),
  /** A one-time link with which the person sets a new password. */
  z.object({ kind: z.literal('new-link'), personId: id }),
  z.object({ kind: z.literal('drop-factor'), personId: id }),
  /** What a group of cameras is bounds people's roles, so it takes two as they do. */
  z.object({ kind: z.literal('set-group'), group: CameraGroup }),
  z.object({ kind: z.literal('drop-group'), groupId: id }),
]);
export type GraveAct = z.infer<typeof GraveAct>;
export type GraveKind = GraveAct['kind'];

export const AccountCard = z.object({
  id,
  login: z.string(),
  name: z.string(),
  roles: z.array(Role),
  agencyId: z.string().nullable(),
  language: Language,
  active: z.boolean(),
  bounds: Bounds.nullable().default(null),
  /** Has a password; who was invited and has not come yet has none. */
  joined: z.boolean(),
  factor: z.boolean(),
  sessions: z.number().int(),
  seenAtMs: moment.nullable(),
  invitedUntilMs: moment.nullable(),
});
export type AccountCard = z.infer<typeof AccountCard>;

export const ProposalCard = z.object({
  id,
  act: GraveAct,
  /** Roles and agency as they were when it was proposed. */
  before: z
    .object({ roles: z.array(Role), agencyId: z.string().nullable(), bounds: Bounds.nullable().default(null) })
    .nullable(),
  reason: z.string(),
  by: z.string(),
  /** Name of whom it is about. */
  about: z.string(),
  madeAtMs: moment,
  expiresAtMs: moment,
  /** Made by the person who asks, so another one has to publish it. */
  mine: z.boolean(),
});
export type ProposalCard = z.infer<typeof ProposalCard>;

export const People = z.object({
  nowMs: moment,
  people: z.array(AccountCard),
  proposals: z.array(ProposalCard),
  /** Only one system administrator has joined: what takes two people is done by this one alone, and the log says so. */
  alone: z.boolean(),
  /** Roles that must have a second factor. */
  factorRoles: z.array(Role),
  agencies: z.array(z.object({ id, name: Texts })),
  groups: z.array(GroupCard),
  districts: z.array(z.object({ id: z.string(), name: Texts })),
});
export type People = z.infer<typeof People>;

/** The secret of a one-time link: shown once. The page puts it behind `#`, where no server and no log sees it. */
export const SignInLink = z.object({ token: z.string(), expiresAtMs: moment, login: z.string(), name: z.string() });
export type SignInLink = z.infer<typeof SignInLink>;

export const ActOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), link: SignInLink.nullable() }),
  z.object({ kind: z.literal('waiting'), proposalId: id }),
]);
export type ActOutcome = z.infer<typeof ActOutcome>;

export const SessionCard = z.object({
  id,
  madeAtMs: moment,
  seenAtMs: moment,
  expiresAtMs: moment,
  address: z.string(),
  userAgent: z.string(),
  way: z.string(),
  /** The one that asks. */
  current: z.boolean(),
});
export type SessionCard = z.infer<typeof SessionCard>;

/** What an authenticator takes: the address in words and as a picture of squares, and the same secret to type. */
export const FactorOffer = z.object({ uri: z.string(), secret: z.string(), svg: z.string() });
export type FactorOffer = z.infer<typeof FactorOffer>;

export const Account = z.object({
  nowMs: moment,
  sessions: z.array(SessionCard),
  factor: z.object({ on: z.boolean(), demanded: z.boolean(), codesLeft: z.number().int(), possible: z.boolean() }),
});
export type Account = z.infer<typeof Account>;

/** Keys that may be moved to: letters, digits and signs by their place. */
export const movableCode = /^(Key[A-Z]|Digit[0-9]|Semicolon|Quote|Comma|Period|Slash|BracketLeft|BracketRight)$/;

/** How a person wants the screens; kept on the server, so that every desk is the same. */
export const Choices = z.object({
  language: Language.nullable().default(null),
  textStep: z.number().int().min(-2).max(2).default(0),
  theme: z.enum(['dark', 'grey', 'day']).default('dark'),
  /** 0 to 1 of the console's own loudness. */
  soundVolume: z.number().min(0).max(1).default(1),
  /** Letters, digits and signs without Ctrl act at all (WCAG 2.1.4). */
  singleKeys: z.boolean().default(true),
  handed: z.enum(['right', 'left']).default('right'),
  /** Act of the key table (`confirm`, `severity/2`) to another key; null switches its keys off. */
  moved: z.record(z.string().max(40), z.string().regex(movableCode).nullable()).default({}),
});
export type Choices = z.infer<typeof Choices>;

export const LogLine = z.object({
  number: z.number(),
  atMs: moment,
  actor: z.string(),
  who: z.string(),
  act: z.string(),
  objectKind: z.string(),
  objectId: z.string(),
  /** What people call the thing: a name, a number; empty where it has only an id. */
  object: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type LogLine = z.infer<typeof LogLine>;

export const Log = z.object({
  nowMs: moment,
  /** What this person may read: everything, what was done to accounts, or only what they did themselves. */
  reach: z.enum(['all', 'accounts', 'own']),
  lines: z.array(LogLine),
  /** Ask again with this as `before`; null at the end. */
  next: z.number().nullable(),
});
export type Log = z.infer<typeof Log>;

/** Why a sign-in at the provider brought nobody in. */
export const providerTroubles = ['unknown', 'factor', 'refused', 'expired', 'down'] as const;
export type ProviderTrouble = (typeof providerTroubles)[number];

export const SignInWays = z.object({
  /** Name of the provider at which people of the city sign in, when there is one. */
  provider: Texts.nullable(),
  /** Who may sign in by password: everyone, or only the emergency account. */
  password: z.enum(['everyone', 'emergency']),
});

/** The table of permissions as the server holds it, and how many people hold each role. */
export const RoleTable = z.object({
  permissions: z.array(z.object({ permission: z.string(), roles: z.array(Role) })),
  people: z.partialRecord(Role, z.number().int()),
  factorRoles: z.array(Role),
});

const nothing = z.object({});
const withId = z.object({ id });
const login = z.string().min(1).max(80);
const password = z.string().min(1).max(passwordMax);
const newPassword = z.string().min(1).max(passwordMax);
const code = z.string().trim().min(6).max(40);
const token = z.string().min(20).max(100);
const because = z.object({ reason });

export const accountRoutes = {
  ...boundsRoutes,
  signInWays: { method: 'GET', path: '/api/session/ways', answer: SignInWays, may: null },
  /** A second factor before the first sign-in, where the role demands one. Answered only to the right password. */
  offerFactorAtDoor: {
    method: 'POST',
    path: '/api/session/factor',
    body: z.object({ login, password }),
    answer: FactorOffer,
    may: null,
  },
  /** The first code of it: signs in, and gives the recovery codes this once. */
  confirmFactorAtDoor: {
    method: 'POST',
    path: '/api/session/factor/confirmation',
    body: z.object({ login, password, code }),
    answer: z.object({ me: Me, codes: z.array(z.string()) }),
    may: null,
  },
  /** Goes to the OpenID provider, and comes back from it. */
  toProvider: { method: 'GET', path: '/api/session/provider', answer: 'redirect', may: null },
  fromProvider: { method: 'GET', path: '/api/session/provider/back', answer: 'redirect', may: null },
  /** Whose one-time link this is. The token travels in the body, never in an address. */
  openInvitation: {
    method: 'POST',
    path: '/api/invitation',
    body: z.object({ token }),
    answer: z.object({ login: z.string(), name: z.string(), roles: z.array(Role), wall: z.boolean() }),
    may: null,
  },
  /** Uses the link up: sets the password; a wall's has none and signs in at once. */
  acceptInvitation: {
    method: 'POST',
    path: '/api/invitation/acceptance',
    body: z.object({ token, password: newPassword.optional() }),
    answer: z.object({ login: z.string(), me: Me.nullable() }),
    may: null,
  },

  account: { method: 'GET', path: '/api/me/account', answer: Account, may: 'be-signed-in' },
  choices: { method: 'GET', path: '/api/me/choices', answer: Choices, may: 'be-signed-in' },
  keepChoices: { method: 'POST', path: '/api/me/choices', body: Choices, answer: Choices, may: 'be-signed-in' },
  changePassword: {
    method: 'POST',
    path: '/api/me/password',
    body: z.object({ old: password, password: newPassword }),
    answer: nothing,
    may: 'be-signed-in',
  },
  offerFactor: {
    method: 'POST',
    path: '/api/me/factor',
    body: z.object({ password }),
    answer: FactorOffer,
    may: 'be-signed-in',
  },
  confirmFactor: {
    method: 'POST',
    path: '/api/me/factor/confirmation',
    body: z.object({ code }),
    answer: z.object({ codes: z.array(z.string()) }),
    may: 'be-signed-in',
  },
  newCodes: {
    method: 'POST',
    path: '/api/me/factor/codes',
    body: z.object({ password, code }),
    answer: z.object({ codes: z.array(z.string()) }),
    may: 'be-signed-in',
  },
  dropFactor: {
    method: 'POST',
    path: '/api/me/factor/removal',
    body: z.object({ password, code }),
    answer: nothing,
    may: 'be-signed-in',
  },
  endOtherSessions: {
    method: 'POST',
    path: '/api/me/sessions/end-others',
    body: nothing,
    answer: z.object({ ended: z.number().int() }),
    may: 'be-signed-in',
  },
  endMySession: {
    method: 'DELETE',
    path: '/api/me/sessions/:id',
    params: withId,
    answer: nothing,
    may: 'be-signed-in',
  },

  people: { method: 'GET', path: '/api/people', answer: People, may: 'see-people' },
  roleTable: { method: 'GET', path: '/api/people/roles', answer: RoleTable, may: 'see-people' },
  proposeAct: {
    method: 'POST',
    path: '/api/people/acts',
    body: z.object({ act: GraveAct, reason }),
    answer: ActOutcome,
    may: 'manage-people',
  },
  publishAct: {
    method: 'POST',
    path: '/api/people/acts/:id/publication',
    params: withId,
    answer: ActOutcome,
    may: 'manage-people',
  },
  /** Another's act is refused, one's own withdrawn. */
  refuseAct: {
    method: 'POST',
    path: '/api/people/acts/:id/refusal',
    params: withId,
    body: because,
    answer: nothing,
    may: 'manage-people',
  },
  changePerson: {
    method: 'POST',
    path: '/api/people/:id',
    params: withId,
    body: z.object({ name: z.string().trim().min(1).max(120), language: Language }),
    answer: nothing,
    may: 'manage-people',
  },
  /** Takes access away at once: sessions, sockets, links. Of a system administrator it takes two people. */
  deactivate: {
    method: 'POST',
    path: '/api/people/:id/deactivation',
    params: withId,
    body: because,
    answer: nothing,
    may: 'manage-people',
  },
  withdrawLink: {
    method: 'DELETE',
    path: '/api/people/:id/link',
    params: withId,
    answer: nothing,
    may: 'manage-people',
  },
  personSessions: {
    method: 'GET',
    path: '/api/people/:id/sessions',
    params: withId,
    answer: z.object({ nowMs: moment, sessions: z.array(SessionCard) }),
    may: 'manage-people',
  },
  endPersonSessions: {
    method: 'DELETE',
    path: '/api/people/:id/sessions',
    params: withId,
    answer: z.object({ ended: z.number().int() }),
    may: 'manage-people',
  },
  endPersonSession: {
    method: 'DELETE',
    path: '/api/people/:id/sessions/:sessionId',
    params: z.object({ id, sessionId: id }),
    answer: nothing,
    may: 'manage-people',
  },

  log: {
    method: 'GET',
    path: '/api/log',
    query: z.object({
      before: z.coerce.number().int().optional(),
      /** Only what was done to this person, camera or incident. */
      about: z.string().max(80).optional(),
      own: z.enum(['1']).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(200),
    }),
    answer: Log,
    may: 'be-signed-in',
  },
} as const;
