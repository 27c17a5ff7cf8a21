// RTSP/1.0 on the wire: requests out of a byte stream that also carries interleaved packets, and answers into it (RFC 2326).

export interface RtspRequest {
  readonly method: string;
  readonly uri: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export type Incoming =
  | { readonly kind: 'request'; readonly request: RtspRequest }
  | { readonly kind: 'packet'; readonly channel: number }
  | { readonly kind: 'broken'; readonly why: string };

const maxHeadBytes = 16 * 1024;
const maxBodyBytes = 64 * 1024;

/** Cuts what a client sends into requests and interleaved packets; holds no more than one unfinished message. */
export class RequestReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Takes the next bytes and returns what is complete. After `broken` the connection is beyond use. */
  push(chunk: Buffer): Incoming[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const found: Incoming[] = [];
    for (;;) {
      const next = this.#next();
      if (!next) return found;
      found.push(next);
      if (next.kind === 'broken') return found;
    }
  }

  #next(): Incoming | undefined {
    const bytes = this.#rest;
    if (bytes.length === 0) return undefined;
    if (bytes[0] === 0x24) {
      if (bytes.length < 4) return undefined;
      const end = 4 + bytes.readUInt16BE(2);
      if (bytes.length < end) return undefined;
      this.#rest = bytes.subarray(end);
      return { kind: 'packet', channel: bytes[1] ?? 0 };
    }
    if (bytes[0] === 0x0d || bytes[0] === 0x0a) {
      this.#rest = bytes.subarray(1);
      return this.#next();
    }
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd > maxHeadBytes || (headEnd < 0 && bytes.length > maxHeadBytes))
      return { kind: 'broken', why: 'the head of a request is too long' };
    if (headEnd < 0) return undefined;
    const [line = '', ...fields] = bytes.toString('latin1', 0, headEnd).split('\r\n');
    const [, method, uri] = /^([A-Z_]+) (\S+) RTSP\/1\.\d$/.exec(line) ?? [];
    if (method === undefined || uri === undefined) return { kind: 'broken', why: 'the first line is no RTSP request' };
    const headers = new Map<string, string>();
    for (const field of fields) {
      const colon = field.indexOf(':');
      if (colon > 0) headers.set(field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1).trim());
    }
    const bodyBytes = Number(headers.get('content-length') ?? 0);
    if (!Number.isInteger(bodyBytes) || bodyBytes < 0 || bodyBytes > maxBodyBytes)
      return { kind: 'broken', why: 'the length of a body is no good' };
    const end = headEnd + 4 + bodyBytes;
    if (bytes.length < end) return undefined;
    this.#rest = bytes.subarray(end);
    return { kind: 'request', request: { method, uri, headers, body: bytes.toString('utf8', headEnd + 4, end) } };
  }
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  302: 'Moved Temporarily',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  453: 'Not Enough Bandwidth',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  459: 'Aggregate Operation Not Allowed',
  461: 'Unsupported Transport',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

export type Headers = Readonly<Record<string, string | number>>;

/** The bytes of an answer. */
export function response(code: number, cseq: string | undefined, headers: Headers = {}, body = ''): Buffer {
  const lines = [`RTSP/1.0 ${code} ${reasons[code] ?? 'Error'}`];
  if (cseq !== undefined) lines.push(`CSeq: ${cseq}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'utf8');
}

export type Transport =
  | { readonly kind: 'tcp'; readonly channel: number }
  | { readonly kind: 'udp'; readonly port: number }
  | { readonly kind: 'other' };

/** What a client offers in `Transport`, in its order of preference. */
export function transportsOf(header: string): Transport[] {
  return header.split(',').map((offer) => {
    const parts = offer
      .trim()
      .split(';')
      .map((part) => part.trim());
    const protocol = parts[0]?.toUpperCase();
    const numberOf = (name: string): number =>
      Number(/^[^=]+=(\d+)/.exec(parts.find((p) => p.startsWith(`${name}=`)) ?? '')?.[1] ?? Number.NaN);
    if (protocol === 'RTP/AVP/TCP') {
      const channel = numberOf('interleaved');
      return { kind: 'tcp', channel: Number.isInteger(channel) && channel < 255 ? channel : 0 };
    }
    const port = numberOf('client_port');
    if (
      (protocol === 'RTP/AVP' || protocol === 'RTP/AVP/UDP') &&
      !parts.includes('multicast') &&
      port > 0 &&
      port < 65_535
    ) {
      return { kind: 'udp', port };
    }
    return { kind: 'other' };
  });
}
