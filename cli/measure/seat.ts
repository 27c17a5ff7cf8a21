// A person at a screen, without the screen: signs in and speaks the same HTTP and socket contract as the pages.
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import {
  csrfHeader,
  pathOf,
  Problem,
  routes,
  type AnswerOf,
  type BodyIn,
  type ClientEvents,
  type RouteName,
  type ServerEvents,
} from '#dashboard/contract';
import { AhualError, messageOf } from '#core/errors';

export interface Seat {
  readonly login: string;
  /** Its session, as a browser sends it. */
  readonly cookie: string;
  ask<N extends RouteName>(
    name: N,
    options?: {
      params?: Record<string, string>;
      query?: Record<string, string | number | undefined>;
      body?: BodyIn<N>;
    },
  ): Promise<AnswerOf<N>>;
  bytes(path: string, headers?: Record<string, string>): Promise<{ status: number; headers: Headers; bytes: Buffer }>;
  photo(jpeg: Buffer): Promise<AnswerOf<'photo'>>;
  socket(): Socket<ServerEvents, ClientEvents>;
  /** The same person at one more screen: the same session, a socket of its own. */
  another(): Seat;
  readonly me: AnswerOf<'me'>;
  leave(): void;
}

/** Signs in at `url`. Throws what the server answered, in its words. */
export async function takeSeat(url: string, login: string, password: string): Promise<Seat> {
  const answer = await fetch(url + pathOf('signIn'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  if (!answer.ok) throw await problemOf(answer, `sign-in as ${login}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');
  return seatOf(url, login, cookie, routes.me.answer.parse(await answer.json()));
}

function seatOf(url: string, login: string, cookie: string, me: AnswerOf<'me'>): Seat {
  const own = { cookie, [csrfHeader]: me.csrf };
  let socket: Socket<ServerEvents, ClientEvents> | undefined;
  return {
    login,
    cookie,
    me,
    async ask(name, options = {}) {
      const route = routes[name];
      const response = await fetch(url + pathOf(name, options.params, options.query), {
        method: route.method,
        headers: { ...own, ...(options.body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
      if (!response.ok) throw await problemOf(response, name);
      const schema = route.answer;
      if (typeof schema === 'string') throw new AhualError('INTERNAL', `${name} answers bytes.`, 'Use bytes().');
      return answerOf(name, await response.json());
    },
    async bytes(path, headers = {}) {
      const response = await fetch(url + path, { headers: { ...own, ...headers } });
      return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
    },
    async photo(jpeg) {
      const form = new FormData();
      form.set('photo', new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' }), 'photo.jpg');
      const response = await fetch(url + pathOf('photo'), { method: 'POST', headers: own, body: form });
      if (!response.ok) throw await problemOf(response, 'photo');
      return answerOf('photo', await response.json());
    },
    socket() {
      socket ??= io(url, {
        transports: ['websocket'],
        extraHeaders: { cookie },
        auth: { csrf: me.csrf },
        forceNew: true,
      });
      return socket;
    },
    another: () => seatOf(url, login, cookie, me),
    leave() {
      socket?.disconnect();
    },
  };
}

/** The answer of a route, parsed by the contract. */
function answerOf<N extends RouteName>(name: N, json: unknown): AnswerOf<N> {
  const schema: unknown = routes[name].answer;
  if (!(schema instanceof z.ZodType)) throw new AhualError('INTERNAL', `${name} answers bytes.`, 'Use bytes().');
  const holder = z.custom<AnswerOf<N>>(
    (value) => schema.safeParse(value).success,
    `the answer of ${name} breaks the contract`,
  );
  return holder.parse(json);
}

async function problemOf(response: Response, what: string): Promise<AhualError> {
  try {
    const problem = Problem.parse(await response.json());
    return new AhualError(
      'REQUEST_INVALID',
      `${what}: ${response.status} ${problem.code} ${problem.message}`,
      problem.cure,
    );
  } catch (thrown) {
    return new AhualError(
      'REQUEST_INVALID',
      `${what}: the server answered ${response.status} (${messageOf(thrown)})`,
      '',
    );
  }
}
