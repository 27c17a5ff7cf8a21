// Typed calls of the routes in contract.ts. Every answer is parsed by the route's own schema.
import type { z } from 'zod';
import { systemClock } from '#core/clock';
import { csrfHeader, Problem } from '../../contract.ts';
import { store } from '../state.ts';

/** The server did not answer at all: no line, or too late. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The server refused, and says why in words for a person. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.message);
    this.status = status;
    this.problem = problem;
  }
}

interface CallRoute<A extends z.ZodType, B extends z.ZodType, Q extends z.ZodType> {
  readonly method: string;
  readonly path: string;
  readonly answer: A;
  readonly body?: B;
  readonly query?: Q;
}

interface Parts<B extends z.ZodType, Q extends z.ZodType> {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: z.input<Q>;
  readonly body?: z.input<B>;
  /** A file instead of JSON. */
  readonly form?: FormData;
  readonly signal?: AbortSignal;
}

const withinMs = 15_000;

/** The address of a route with its parameters and its question. */
export function addressOf(path: string, params: Readonly<Record<string, string>>, query: unknown): string {
  const filled = path.replace(/:([A-Za-z0-9]+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ''));
  const search = new URLSearchParams();
  if (typeof query === 'object' && query !== null) {
    for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

/** Notes that the server spoke, and by how much our clock differs where it told its own. */
export function heard(serverNowMs?: number): void {
  const nowMs = systemClock.nowMs();
  store.setState(
    serverNowMs === undefined ? { lastWordAtMs: nowMs } : { lastWordAtMs: nowMs, skewMs: serverNowMs - nowMs },
  );
}

/** Calls a route. Throws `Unreachable` or `Refused`; a refusal for want of a session also shows the sign-in. */
export async function call<A extends z.ZodType, B extends z.ZodType, Q extends z.ZodType>(
  route: CallRoute<A, B, Q>,
  { params = {}, query, body, form, signal }: Parts<B, Q> = {},
): Promise<z.output<A>> {
  const headers = new Headers({ accept: 'application/json' });
  const csrf = store.getState().me?.csrf;
  if (csrf !== undefined && route.method !== 'GET') headers.set(csrfHeader, csrf);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const limit = AbortSignal.timeout(form ? 60_000 : withinMs);
  let response: Response;
  try {
    response = await fetch(addressOf(route.path, params, query), {
      method: route.method,
      headers,
      credentials: 'same-origin',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      ...(form ? { body: form } : body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (thrown) {
    throw new Unreachable(route.path, { cause: thrown });
  }
  const text = await response.text().catch(() => '');
  if (!response.ok) throw refusal(response.status, text);
  heard();
  return route.answer.parse(text === '' ? {} : JSON.parse(text));
}

/** What an answer that is no success means: a refusal in words, or a line that is gone. */
export function refusal(status: number, text: string): Error {
  const parsed = Problem.safeParse(jsonOf(text));
  // A gateway that answers for a server that is gone speaks no JSON of ours: that is a missing line, not a refusal.
  if (!parsed.success && status >= 500) return new Unreachable(`${status}`);
  if (status === 401 && store.getState().phase === 'in') store.setState({ phase: 'out', me: null });
  return new Refused(
    status,
    parsed.success ? parsed.data : { code: String(status), message: text.slice(0, 200), cure: '', requestId: '' },
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
