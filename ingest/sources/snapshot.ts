// One still picture over HTTP. Redirects are never followed: they could lead out of the camera network.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { systemClock, type Clock } from '#core/clock';
import { placeOf, type Place } from './address.ts';
import { dial, whyNotDialled } from './dial.ts';
import { digestOf } from '../onboard/freshness.ts';
import { authorize } from './digest.ts';
import { refusal, type CameraSource, type GrabRequest, type Refusal } from './source.ts';
import { pictureOfStill } from './still.ts';

const mostBytes = 16 * 1024 * 1024;

export const snapshotSource = (clock: Clock = systemClock): CameraSource => ({
  name: 'snapshot',
  schemes: ['http:', 'https:'],
  missing: () => Promise.resolve(undefined),
  async grab(request, signal) {
    const place = await placeOf(request.address, request.allowedHosts);
    if (place.kind === 'refusal') return place;
    const got = await fetchStill(place, request, signal, clock);
    if (got.kind === 'refusal') return got;
    const { bytes, atMs, dateMs, lastModifiedMs } = got;
    const stale = request.judgeStill?.({ atMs, dateMs, lastModifiedMs, exif: null, sha256: digestOf(bytes) });
    return stale ?? pictureOfStill(bytes, request.frame, clock.nowMs(), request.turn);
  },
});

/** A still as it came, and what the camera's own clock says of it. */
export interface Still {
  readonly kind: 'still';
  readonly bytes: Buffer;
  /** Its `Date` and `Last-Modified`, epoch ms by the camera's clock; null where it does not say. */
  readonly dateMs: number | null;
  readonly lastModifiedMs: number | null;
  /** When the head of its answer came, by our clock. */
  readonly atMs: number;
}
type Answer = Still | Refusal | { readonly kind: 'challenge'; readonly header: string };

/** The bytes of a still, undecoded, as `grab` would fetch them. */
export async function askStill(
  request: Omit<GrabRequest, 'frame'>,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<Still | Refusal> {
  const place = await placeOf(request.address, request.allowedHosts);
  return place.kind === 'refusal' ? place : fetchStill(place, request, signal, clock);
}

async function fetchStill(
  place: Place,
  request: Omit<GrabRequest, 'frame'>,
  signal: AbortSignal,
  clock: Clock,
): Promise<Still | Refusal> {
  const { signIn } = request;
  const target = `${place.url.pathname}${place.url.search}`;
  const first = await ask(place, target, undefined, request, signal, clock);
  if (first.kind !== 'challenge') return first;
  const wrong = refusal(
    'needs-sign-in',
    signIn ? 'Our sign-in is wrong or of a kind that it does not take (401).' : 'It asks for a sign-in (401).',
  );
  const header = signIn ? authorize(first.header, signIn, { method: 'GET', uri: target }) : undefined;
  if (header === undefined) return wrong;
  let second = await ask(place, target, header, request, signal, clock);
  if (second.kind === 'challenge' && signIn && /\bstale\s*=\s*"?true/i.test(second.header)) {
    const fresh = authorize(second.header, signIn, { method: 'GET', uri: target });
    second = await ask(place, target, fresh, request, signal, clock);
  }
  return second.kind === 'challenge' ? wrong : second;
}

async function ask(
  place: Place,
  path: string,
  authorization: string | undefined,
  { answerMs, certificates }: Omit<GrabRequest, 'frame'>,
  signal: AbortSignal,
  clock: Clock,
): Promise<Answer> {
  const dialled = await dial(place, certificates ?? [], answerMs, signal);
  if (dialled.kind === 'refusal') return dialled;
  const { socket } = dialled;
  return new Promise((resolve) => {
    // No agent: one would dial for itself.
    const call = httpRequest({
      createConnection: () => socket,
      path,
      method: 'GET',
      headers: {
        host: place.url.host,
        accept: 'image/*',
        'user-agent': 'Ahual',
        ...(authorization ? { authorization } : {}),
      },
      signal,
    });
    const end = (answer: Answer): void => {
      resolve(answer);
      call.destroy();
      socket.destroy();
    };
    call.setTimeout(answerMs, () => {
      end(refusal('silent', `It said nothing for ${(answerMs / 1000).toFixed(1)} s.`));
    });
    let isAnswering = false;
    call.once('error', (thrown) => {
      // What breaks off in the middle of an answer is told by whoever reads it.
      if (!isAnswering) end(whyFailed(thrown, signal.aborted));
    });
    call.once('response', (response) => {
      isAnswering = true;
      void read(response, signal, clock.nowMs()).then(end);
    });
    call.end();
  });
}

function whyFailed(thrown: Error, isAborted: boolean): Refusal {
  const code = 'code' in thrown ? thrown.code : '';
  if (isAborted) return refusal('silent', 'It did not answer before the look had to end.');
  if (code === 'HPE_HEADER_OVERFLOW') return refusal('garbage', 'Its answer has no end; it was broken off.');
  if (typeof code === 'string' && code.startsWith('HPE_')) return refusal('garbage', 'It does not answer in HTTP.');
  return whyNotDialled(thrown);
}

async function read(response: IncomingMessage, signal: AbortSignal, atMs: number): Promise<Answer> {
  const status = response.statusCode ?? 0;
  if (status === 401) return { kind: 'challenge', header: response.headers['www-authenticate'] ?? '' };
  if (status >= 300 && status < 400)
    return refusal('refused', 'It sends us on to another address; redirects are not followed.');
  if (status === 403) return refusal('refused', 'It forbids this address to us (403).');
  if (status === 404 || status === 410) return refusal('not-found', `It has no such picture (${status}).`);
  if (status === 429 || status >= 500) return refusal('busy', `It cannot serve the picture now (${status}).`);
  if (status !== 200) return refusal('refused', `It answered with status ${status}.`);
  const type = response.headers['content-type'] ?? '';
  // A page to sign in at, or the text of an error: some cameras say 200 to it.
  if (/^(text|application\/(json|xml|xhtml))/i.test(type))
    return refusal('garbage', `It sends ${/^[\w/.+-]*/.exec(type)?.[0] ?? 'text'} where a picture should be.`);
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
    if (!signal.aborted) return refusal('garbage', `The connection broke after ${bytes} bytes of a picture.`);
  }
  // A body without a length ends with its connection, also when it was we who closed it.
  if (signal.aborted)
    return refusal('silent', `It sent ${bytes} bytes of a picture and no end of it before the look had to end.`);
  const momentOf = (name: string): number | null => {
    const said = Date.parse(String(response.headers[name] ?? ''));
    return Number.isFinite(said) ? said : null;
  };
  const [dateMs, lastModifiedMs] = [momentOf('date'), momentOf('last-modified')];
  return { kind: 'still', bytes: Buffer.concat(parts), dateMs, lastModifiedMs, atMs };
}
