// One still picture over HTTP. Redirects are never followed: they could lead out of the camera network.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { z } from 'zod';
import { systemClock, type Clock } from '#core/clock';
import { placeOf, type Place } from './address.ts';
import { authorize } from './digest.ts';
import { refusal, type CameraSource, type Refusal, type SignIn } from './source.ts';
import { pictureOfStill } from './still.ts';

const mostBytes = 16 * 1024 * 1024;

export const snapshotSource = (clock: Clock = systemClock): CameraSource => ({
  name: 'snapshot',
  schemes: ['http:', 'https:'],
  missing: () => Promise.resolve(undefined),
  async grab(request, signal) {
    const place = await placeOf(request.address, request.allowedHosts);
    if (place.kind === 'refusal') return place;
    const got = await fetchStill(place, request.signIn, request.answerMs, signal);
    return got.kind === 'refusal' ? got : pictureOfStill(got.bytes, request.frame, clock.nowMs());
  },
});

interface Still {
  readonly kind: 'still';
  readonly bytes: Buffer;
}
type Answer = Still | Refusal | { readonly kind: 'challenge'; readonly header: string };

async function fetchStill(
  place: Place,
  signIn: SignIn | null,
  answerMs: number,
  signal: AbortSignal,
): Promise<Still | Refusal> {
  const target = `${place.url.pathname}${place.url.search}`;
  const first = await ask(place, target, undefined, answerMs, signal);
  if (first.kind !== 'challenge') return first;
  const wrong = refusal(
    'needs-sign-in',
    signIn ? 'Our sign-in is wrong or of a kind that it does not take (401).' : 'It asks for a sign-in (401).',
  );
  const header = signIn ? authorize(first.header, signIn, { method: 'GET', uri: target }) : undefined;
  if (header === undefined) return wrong;
  let second = await ask(place, target, header, answerMs, signal);
  if (second.kind === 'challenge' && signIn && /\bstale\s*=\s*"?true/i.test(second.header)) {
    const fresh = authorize(second.header, signIn, { method: 'GET', uri: target });
    second = await ask(place, target, fresh, answerMs, signal);
  }
  return second.kind === 'challenge' ? wrong : second;
}

function ask(
  place: Place,
  path: string,
  authorization: string | undefined,
  answerMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve) => {
    const isTls = place.url.protocol === 'https:';
    const call = (isTls ? httpsRequest : httpRequest)({
      host: place.ip,
      port: place.port,
      path,
      method: 'GET',
      headers: {
        host: place.url.host,
        accept: 'image/*',
        'user-agent': 'Ahual',
        ...(authorization ? { authorization } : {}),
      },
      ...(isTls ? { servername: place.host } : {}),
      agent: false,
      signal,
    });
    let isConnected = false;
    const end = (answer: Answer): void => {
      resolve(answer);
      call.destroy();
    };
    call.setTimeout(answerMs, () => {
      const seconds = (answerMs / 1000).toFixed(1);
      end(
        isConnected
          ? refusal('silent', `It said nothing for ${seconds} s.`)
          : refusal('unreachable', `No connection within ${seconds} s.`),
      );
    });
    call.once('socket', (socket) => {
      socket.once('connect', () => {
        isConnected = true;
      });
    });
    call.once('error', (thrown) => {
      end(whyFailed(thrown, isConnected, signal.aborted));
    });
    call.once('response', (response) => {
      void read(response, signal).then(end);
    });
    call.end();
  });
}

function whyFailed(thrown: Error, isConnected: boolean, isAborted: boolean): Refusal {
  const code = 'code' in thrown ? thrown.code : '';
  if (isAborted)
    return refusal(isConnected ? 'silent' : 'unreachable', 'It did not answer before the look had to end.');
  if (code === 'ECONNREFUSED') return refusal('refused', 'The connection was refused: nobody listens at this port.');
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return refusal('refused', 'It closed the connection without an answer.');
  if (typeof code === 'string' && code.startsWith('HPE_')) return refusal('garbage', 'It does not answer in HTTP.');
  if (typeof code === 'string' && /CERT|SSL|TLS/.test(code))
    return refusal('refused', `Its certificate is not accepted (${code}).`);
  return refusal('unreachable', `There is no way to this address (${String(code) || 'unknown'}).`);
}

async function read(response: IncomingMessage, signal: AbortSignal): Promise<Answer> {
  const status = response.statusCode ?? 0;
  if (status === 401) return { kind: 'challenge', header: response.headers['www-authenticate'] ?? '' };
  if (status >= 300 && status < 400)
    return refusal('refused', 'It sends us on to another address; redirects are not followed.');
  if (status === 403) return refusal('refused', 'It forbids this address to us (403).');
  if (status === 404 || status === 410) return refusal('not-found', `It has no such picture (${status}).`);
  if (status === 429 || status >= 500) return refusal('busy', `It cannot serve the picture now (${status}).`);
  if (status !== 200) return refusal('refused', `It answered with status ${status}.`);
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of response) {
      const piece = z.instanceof(Buffer).parse(part);
      parts.push(piece);
      bytes += piece.length;
      if (bytes > mostBytes) return refusal('garbage', `Its picture is larger than ${mostBytes / 2 ** 20} MiB.`);
    }
  } catch {
    return signal.aborted
      ? refusal('silent', `It sent ${bytes} bytes of a picture and then nothing more.`)
      : refusal('garbage', `The connection broke after ${bytes} bytes of a picture.`);
  }
  return { kind: 'still', bytes: Buffer.concat(parts) };
}
