// HTTP sign-in of a camera's still picture: Basic (RFC 7617) and Digest (RFC 7616; MD5, MD5-sess, SHA-256, SHA-256-sess).
import { createHash, randomBytes } from 'node:crypto';
import type { SignIn } from './source.ts';

export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Reads a WWW-Authenticate header; several challenges may stand in one. Names in lower case, quotes removed. */
export function readChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const parts = /([A-Za-z][A-Za-z0-9-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([A-Za-z][A-Za-z0-9-]*)(?=\s|,|$)/g;
  for (const [, name, quoted, bare, scheme] of header.matchAll(parts)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    else if (name !== undefined) {
      const value = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1');
      challenges.at(-1)?.parameters.set(name.toLowerCase(), value);
    }
  }
  return challenges;
}

const algorithms: Readonly<Record<string, 'md5' | 'sha256'>> = {
  MD5: 'md5',
  'MD5-SESS': 'md5',
  'SHA-256': 'sha256',
  'SHA-256-SESS': 'sha256',
};

/**
 * The Authorization header that answers the strongest challenge we know; undefined when there is none. `uri` is the
 * request target. `cnonce` is for tests with published examples.
 */
export function authorize(
  header: string,
  signIn: SignIn,
  request: { readonly method: string; readonly uri: string },
  cnonce: string = randomBytes(12).toString('hex'),
): string | undefined {
  const challenges = readChallenges(header);
  const digests = challenges.filter((c) => c.scheme === 'digest' && algorithmOf(c) in algorithms);
  const best = digests.find((c) => algorithmOf(c).startsWith('SHA-256')) ?? digests[0];
  if (best) return digestHeader(best, signIn, request, cnonce);
  if (!challenges.some((c) => c.scheme === 'basic')) return undefined;
  return `Basic ${Buffer.from(`${signIn.user}:${signIn.password}`).toString('base64')}`;
}

const algorithmOf = (c: Challenge): string => (c.parameters.get('algorithm') ?? 'MD5').toUpperCase();

function digestHeader(
  challenge: Challenge,
  signIn: SignIn,
  request: { method: string; uri: string },
  cnonce: string,
): string {
  const name = algorithmOf(challenge);
  const hash = (text: string): string =>
    createHash(algorithms[name] ?? 'md5')
      .update(text)
      .digest('hex');
  const get = (key: string): string => challenge.parameters.get(key) ?? '';
  const [realm, nonce] = [get('realm'), get('nonce')];
  const plain = hash(`${signIn.user}:${realm}:${signIn.password}`);
  const ha1 = name.endsWith('-SESS') ? hash(`${plain}:${nonce}:${cnonce}`) : plain;
  const ha2 = hash(`${request.method}:${request.uri}`);
  const hasQop = get('qop')
    .split(',')
    .some((word) => word.trim() === 'auth');
  const nc = '00000001';
  const response = hasQop ? hash(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`) : hash(`${ha1}:${nonce}:${ha2}`);
  const quote = (value: string): string => `"${value.replace(/(["\\])/g, '\\$1')}"`;
  const fields = [
    `username=${quote(signIn.user)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(request.uri)}`,
    `response="${response}"`,
    ...(challenge.parameters.has('algorithm') ? [`algorithm=${get('algorithm')}`] : []),
    ...(challenge.parameters.has('opaque') ? [`opaque=${quote(get('opaque'))}`] : []),
    ...(hasQop ? ['qop=auth', `nc=${nc}`] : []),
    ...(hasQop || name.endsWith('-SESS') ? [`cnonce="${cnonce}"`] : []),
  ];
  return `Digest ${fields.join(', ')}`;
}
