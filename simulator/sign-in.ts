// Signing in to a camera: basic and digest challenges and their checking (RFC 7617, RFC 2617 and 7616 with MD5), for RTSP and HTTP.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#core/clock';

export interface SignIn {
  readonly scheme: 'basic' | 'digest';
  readonly user: string;
  readonly password: string;
}

export type SignInResult =
  { readonly kind: 'ok' } | { readonly kind: 'challenge'; readonly header: string; readonly stale: boolean };

export interface SignInRequest {
  readonly method: string;
  readonly uri: string;
  readonly authorization: string | undefined;
}

export interface GateOptions {
  readonly realm: string;
  readonly clock: Clock;
  /** How long a nonce is good. */
  readonly nonceS?: number;
  /** Offer `qop="auth"`; cameras mostly do over HTTP and not over RTSP. */
  readonly qop?: boolean;
}

const rememberedNonces = 4096;
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Compares two texts in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const one = createHash('sha256').update(a).digest();
  const two = createHash('sha256').update(b).digest();
  return timingSafeEqual(one, two);
}

/** The parameters of a `Digest` header, names in lower case, quotes removed. */
export function digestParameters(header: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name, quoted, bare] of header.matchAll(/([a-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)) {
    parameters.set((name ?? '').toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
  }
  return parameters;
}

/** Guards cameras: makes nonces, checks answers. One gate for all cameras of a server. */
export class Gate {
  readonly #options: GateOptions;
  /** When each nonce ends on the monotonic clock. */
  readonly #nonces = new Map<string, number>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /**
   * Checks a request. `nonceUse` 'once' makes every nonce good for one request only; 'refuse' refuses everybody.
   */
  check(signIn: SignIn, request: SignInRequest, nonceUse: 'many' | 'once' | 'refuse' = 'many'): SignInResult {
    const header = request.authorization ?? '';
    if (nonceUse === 'refuse') return this.#challenge(signIn, false);
    if (signIn.scheme === 'basic') {
      const given = /^basic\s+(.+)$/i.exec(header)?.[1] ?? '';
      const expected = Buffer.from(`${signIn.user}:${signIn.password}`).toString('base64');
      return sameText(given.trim(), expected) ? { kind: 'ok' } : this.#challenge(signIn, false);
    }
    if (!/^digest\s/i.test(header)) return this.#challenge(signIn, false);
    const given = digestParameters(header);
    const nonce = given.get('nonce') ?? '';
    const uri = given.get('uri') ?? '';
    const secret = md5(`${signIn.user}:${this.#options.realm}:${signIn.password}`);
    const request2 = md5(`${request.method}:${uri}`);
    const qop = given.get('qop');
    const expected =
      qop === undefined
        ? md5(`${secret}:${nonce}:${request2}`)
        : md5(`${secret}:${nonce}:${given.get('nc') ?? ''}:${given.get('cnonce') ?? ''}:${qop}:${request2}`);
    const isRight =
      sameText(given.get('response')?.toLowerCase() ?? '', expected) &&
      given.get('username') === signIn.user &&
      given.get('realm') === this.#options.realm &&
      (qop === undefined || qop === 'auth') &&
      isSameTarget(uri, request.uri);
    if (!isRight) return this.#challenge(signIn, false);
    const endsMs = this.#nonces.get(nonce);
    if (endsMs === undefined || endsMs < this.#options.clock.monotonicMs()) return this.#challenge(signIn, true);
    if (nonceUse === 'once') this.#nonces.delete(nonce);
    return { kind: 'ok' };
  }

  #challenge(signIn: SignIn, stale: boolean): SignInResult {
    const { realm, clock, nonceS = 300, qop = false } = this.#options;
    if (signIn.scheme === 'basic') return { kind: 'challenge', header: `Basic realm="${realm}"`, stale: false };
    const nonce = randomBytes(16).toString('hex');
    this.#nonces.set(nonce, clock.monotonicMs() + nonceS * 1000);
    if (this.#nonces.size > rememberedNonces) {
      for (const oldest of this.#nonces.keys()) {
        this.#nonces.delete(oldest);
        break;
      }
    }
    const header = `Digest realm="${realm}", nonce="${nonce}", algorithm=MD5${qop ? ', qop="auth"' : ''}, stale=${stale ? 'true' : 'false'}`;
    return { kind: 'challenge', header, stale };
  }
}

/** Clients sign the address of the stream, of its track, or only a path: all must lie on the same camera. */
function isSameTarget(signed: string, asked: string): boolean {
  const pathOf = (uri: string): string => uri.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\/(trackID=\d+)?$/i, '');
  return pathOf(signed) === pathOf(asked);
}
