// Joins a route of the contract to the function that answers it: sign-in, CSRF token, permission and form are checked here, for
// every route alike, before the function is called.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import { routes, type AnswerOf, type BodyOf, type ParamsOf, type QueryOf, type Route } from '../contract.ts';
import type { RouteName, Routes } from '../contract.ts';
import type { Door, Session } from './door.ts';
import { may } from './may.ts';

/** What a route's function is given: everything parsed, and who asks (null where nobody needs to be signed in). */
export interface Asked<N extends RouteName> {
  readonly params: ParamsOf<N>;
  readonly query: QueryOf<N>;
  readonly body: BodyOf<N>;
  readonly session: Routes[N]['may'] extends null ? null : Session;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Requests from one address within a minute, where guessing or filling the disk would pay. */
const limits: Partial<Record<RouteName, { max: number; timeWindow: number }>> = {
  signIn: { max: 120, timeWindow: 60_000 },
  offerFactorAtDoor: { max: 60, timeWindow: 60_000 },
  confirmFactorAtDoor: { max: 60, timeWindow: 60_000 },
  openInvitation: { max: 60, timeWindow: 60_000 },
  acceptInvitation: { max: 60, timeWindow: 60_000 },
  toProvider: { max: 120, timeWindow: 60_000 },
  fromProvider: { max: 120, timeWindow: 60_000 },
  changePassword: { max: 30, timeWindow: 60_000 },
  photo: { max: 120, timeWindow: 60_000 },
  sendAppeal: { max: 1200, timeWindow: 60_000 },
  askAppeal: { max: 1200, timeWindow: 60_000 },
};

/** Questions that name every camera of a city. */
const ofMany: readonly RouteName[] = ['tryCameraPlan', 'setCameraPlan', 'tryCameraQuiet', 'setCameraQuiet'];
const isOfMany = (name: RouteName): boolean => ofMany.includes(name);
const manyMaxBytes = 2 * 1024 * 1024;

const denied = (): AhualError =>
  new AhualError('AUTH_DENIED', 'Your roles do not allow this.', 'Ask your system administrator for the role.');

const closed = (): AhualError =>
  new AhualError(
    'AUTH_DENIED',
    'This concerns the whole city; your roles are limited to a part of it.',
    'Ask your system administrator.',
  );

/** The session of a request that is allowed to do this, or a thrown AUTH_NEEDED or AUTH_DENIED. */
async function admitted(door: Door, name: RouteName, request: FastifyRequest): Promise<Session | null> {
  const route: Route = routes[name];
  if (route.machine !== undefined) {
    door.serviceOf(request);
    return null;
  }
  if (route.may === null) return null;
  const session = await door.sessionOf(request);
  if (!session) throw new AhualError('AUTH_NEEDED', 'You are not signed in.', 'Sign in and try again.');
  if (route.method !== 'GET') door.checkCsrf(session, request);
  if (!may(session.person, route.may)) throw denied();
  if (!door.guard.opens(session.person, name)) throw closed();
  return session;
}

/**
 * Serves a route of the contract. `answer` gives what the contract promises; where that is bytes it sends them itself. What it
 * gives is parsed by the contract's schema, so nothing that the contract does not name can leave the house.
 */
export function serve<N extends RouteName>(
  app: FastifyInstance,
  door: Door,
  name: N,
  answer: (asked: Asked<N>) => Promise<AnswerOf<N>>,
): void {
  const route: Route = routes[name];
  const asking = new WeakMap<FastifyRequest, Session | null>();
  app.route({
    method: route.method,
    url: route.path,
    schema: {
      ...(route.params ? { params: route.params } : {}),
      ...(route.query ? { querystring: route.query } : {}),
      ...(route.body ? { body: route.body } : {}),
      ...(typeof route.answer === 'string' ? {} : { response: { 200: route.answer } }),
    },
    ...(isOfMany(name) ? { bodyLimit: manyMaxBytes } : {}),
    config: { rateLimit: limits[name] ?? false },
    // Before the body is parsed: who may not ask does not learn what a well-formed question looks like.
    onRequest: async (request) => {
      asking.set(request, await admitted(door, name, request));
    },
    handler: async (request, reply) => {
      const session = asking.get(request) ?? null;
      const { params, query, body } = request;
      if (session) await door.guard.check(session.person, name, params);
      // By the schema above these are what `Asked<N>` says; only the compiler cannot follow it from the table to here.
      const asked = { params, query, body, session, request, reply };
      const result: unknown = await Reflect.apply(answer, undefined, [asked]);
      return typeof route.answer === 'string' ? reply : result;
    },
  });
}

/** Answers leave parsed: unknown keys are dropped, a wrong shape is our own fault and never leaves. */
export function writeAnswer(schema: unknown): (answer: unknown) => string {
  if (!(schema instanceof z.ZodType)) return (answer) => JSON.stringify(answer);
  return (answer) => JSON.stringify(schema.parse(answer));
}
