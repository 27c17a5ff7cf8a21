import { describe, expect, it } from 'vitest';
import { authorize, readChallenges } from './digest.ts';

// RFC 7616, section 3.9.1: the published example.
const header =
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", ' +
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const signIn = { user: 'Mufasa', password: 'Circle of Life' };
const request = { method: 'GET', uri: '/dir/index.html' };
const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';

describe('sign-in to a camera', () => {
  it('gives the published answer for SHA-256 and prefers it to MD5', () => {
    const answer = authorize(header, signIn, request, cnonce);
    expect(answer).toContain('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"');
    expect(answer).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"');
  });

  it('gives the published answer for MD5 where nothing better is offered', () => {
    const md5 = header.slice(header.lastIndexOf('Digest'));
    expect(authorize(md5, signIn, request, cnonce)).toContain('response="8ca523f5e9506fed4657c9700eebdbec"');
  });

  it('answers a challenge without qop as RFC 2069 asks, which cameras still use', () => {
    const answer = authorize('Digest realm="cam", nonce="abc"', { user: 'u', password: 'p' }, request);
    expect(answer).not.toContain('qop');
    expect(answer).not.toContain('nc=');
  });

  it('falls back to Basic, and to nothing for a scheme it does not know', () => {
    expect(authorize('Basic realm="x"', { user: 'a', password: 'b:c' }, request)).toBe('Basic YTpiOmM=');
    expect(authorize('Negotiate', signIn, request)).toBeUndefined();
  });

  it('reads quoted texts with escapes and commas', () => {
    const [challenge] = readChallenges('Digest realm="a \\"b\\", c", nonce=xyz');
    expect(challenge?.parameters.get('realm')).toBe('a "b", c');
    expect(challenge?.parameters.get('nonce')).toBe('xyz');
  });
});
