// The connection to a camera's checked address: TCP, or TLS with a certificate that is known to authorities or pinned by the city.
import { readFileSync } from 'node:fs';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, rootCertificates } from 'node:tls';
import { messageOf } from '#core/errors';
import type { Place } from './address.ts';
import type { Inlet } from './inlet.ts';
import { refusal, type Refusal } from './source.ts';

export interface Dialled {
  readonly kind: 'dialled';
  readonly socket: Socket;
}

const fingerprint = /^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i;
const plainHex = (text: string): string => text.replaceAll(':', '').toLowerCase();

/**
 * The SHA-256 fingerprints and the authorities (PEM) out of the setting `ingest.certificates`, whose entries are either. Throws
 * where a named file cannot be read.
 */
function trusted(entries: readonly string[]): { readonly pins: ReadonlySet<string>; readonly authorities: string[] } {
  const isPin = (entry: string): boolean => fingerprint.test(entry);
  return {
    pins: new Set(entries.filter(isPin).map(plainHex)),
    authorities: entries.filter((entry) => !isPin(entry)).map((file) => readFileSync(file, 'utf8')),
  };
}

/**
 * Connects to the place within `answerMs`. Over TLS the certificate must be signed by an authority of Node's list or of
 * `certificates` for this host, or be pinned there by its fingerprint; else it is refused in words that say how to trust it.
 * With an inlet the bytes go there and the socket has no `data`.
 */
export async function dial(
  place: Place,
  certificates: readonly string[],
  answerMs: number,
  signal: AbortSignal,
  inlet?: Inlet,
): Promise<Dialled | Refusal> {
  if (signal.aborted) return refusal('silent', 'The look was ended before it began.');
  const isTls = place.url.protocol === 'rtsps:' || place.url.protocol === 'https:';
  const to = { host: place.ip, port: place.port };
  if (!isTls) {
    const socket = connectTcp(inlet ? { ...to, onread: inlet.onread } : to);
    return settled(socket, 'connect', answerMs, signal, () => undefined);
  }
  let trust: ReturnType<typeof trusted>;
  try {
    trust = trusted(certificates);
  } catch (thrown) {
    return refusal('refused', `A file of ingest.certificates cannot be read (${messageOf(thrown)}).`);
  }
  const socket = connectTls({
    ...to,
    servername: isIP(place.host) === 0 ? place.host : '',
    ca: [...rootCertificates, ...trust.authorities],
    // Judged below, before a byte is sent: a pinned certificate needs no authority.
    rejectUnauthorized: false,
  });
  return settled(socket, 'secureConnect', answerMs, signal, () => {
    const { fingerprint256 } = socket.getPeerCertificate();
    const isPinned = typeof fingerprint256 === 'string' && trust.pins.has(plainHex(fingerprint256));
    if (socket.authorized || isPinned) {
      inlet?.readFrom(socket);
      return undefined;
    }
    return refusal(
      'refused',
      `Its certificate is not accepted (${String(socket.authorizationError)}). If it is the camera's own, add its fingerprint ` +
        `${fingerprint256 || '(none)'} to ingest.certificates.`,
    );
  });
}

function settled(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  answerMs: number,
  signal: AbortSignal,
  judge: () => Refusal | undefined,
): Promise<Dialled | Refusal> {
  return new Promise((resolve) => {
    let isConnected = false;
    const end = (answer: Dialled | Refusal): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('error', onError);
      if (answer.kind === 'refusal') {
        socket.on('error', () => undefined);
        socket.destroy();
      }
      resolve(answer);
    };
    const late = (seconds: string): Refusal =>
      isConnected
        ? refusal('silent', `It took the connection but did not greet within ${seconds} s.`)
        : refusal('unreachable', `No connection within ${seconds} s.`);
    const timer = setTimeout(() => {
      end(late((answerMs / 1000).toFixed(1)));
    }, answerMs);
    const onAbort = (): void => {
      end(refusal(isConnected ? 'silent' : 'unreachable', 'It did not answer before the look had to end.'));
    };
    const onError = (thrown: Error): void => {
      end(whyNotDialled(thrown));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('connect', () => {
      isConnected = true;
    });
    socket.once(event, () => {
      end(judge() ?? { kind: 'dialled', socket });
    });
  });
}

/** Why a connection did not come to be, in words of a camera's health. */
export function whyNotDialled(thrown: Error): Refusal {
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (code === 'ECONNREFUSED') return refusal('refused', 'The connection was refused: nobody listens at this port.');
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return refusal('refused', 'It closed the connection without an answer.');
  if (/CERT|SSL|TLS/.test(code)) return refusal('refused', `It does not speak TLS as we do (${code}).`);
  return refusal('unreachable', `There is no way to this address (${code || 'unknown'}).`);
}
