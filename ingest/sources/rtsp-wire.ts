// RTSP/1.0 between a player and a camera, cut into messages and interleaved packets (RFC 2326). Bytes stay as they are.

export type Piece =
  /** A request or an answer: its first line, its header lines as they came, and its body. */
  | { readonly kind: 'message'; readonly line: string; readonly fields: readonly string[]; readonly body: Buffer }
  /** An interleaved packet, or part of one, with its framing. */
  | { readonly kind: 'packet'; readonly bytes: Buffer }
  /** Neither: what follows cannot be cut any more. */
  | { readonly kind: 'noise'; readonly bytes: Buffer }
  /** A head or body without end. */
  | { readonly kind: 'endless' };

const mostHeadBytes = 32 * 1024;
const mostBodyBytes = 256 * 1024;
const nothing = Buffer.alloc(0);

/** Cuts a byte stream. It holds no more than one unfinished head or body; packets pass through in parts. */
export class Cutter {
  #rest: Buffer = nothing;
  #packetLeft = 0;
  #isNoise = false;

  /** Takes the next bytes and gives what is complete. After `noise` everything is noise, after `endless` nothing comes. */
  push(chunk: Buffer): Piece[] {
    if (this.#isNoise) return [{ kind: 'noise', bytes: chunk }];
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = nothing;
    const found: Piece[] = [];
    while (bytes.length > 0) {
      // A run of packets is handed on in one piece: video is most of what comes.
      const run = this.#packetRun(bytes);
      if (run > 0) {
        found.push({ kind: 'packet', bytes: bytes.subarray(0, run) });
        bytes = bytes.subarray(run);
        continue;
      }
      if (bytes[0] === 0x24) break;
      const cut = cutMessage(bytes);
      if (cut === undefined) break;
      found.push(cut.piece);
      if (cut.piece.kind === 'noise') this.#isNoise = true;
      bytes = bytes.subarray(cut.used);
      if (cut.piece.kind === 'endless') return found;
    }
    this.#rest = bytes;
    return found;
  }

  /** How many bytes from the start belong to packets. */
  #packetRun(bytes: Buffer): number {
    let at = Math.min(this.#packetLeft, bytes.length);
    this.#packetLeft -= at;
    while (at + 4 <= bytes.length && bytes[at] === 0x24) {
      const end = at + 4 + bytes.readUInt16BE(at + 2);
      this.#packetLeft = Math.max(0, end - bytes.length);
      at = Math.min(end, bytes.length);
    }
    return at;
  }
}

function cutMessage(bytes: Buffer): { readonly piece: Piece; readonly used: number } | undefined {
  if (bytes[0] === 0x0d || bytes[0] === 0x0a) return { piece: { kind: 'packet', bytes: nothing }, used: 1 };
  const start = bytes.toString('latin1', 0, 24);
  // An answer, or a request: a word of capitals and a blank.
  if (!/^(?:RTSP\/|[A-Z][A-Z_]{2,14} )/.test(start) && !isBeginning(start))
    return { piece: { kind: 'noise', bytes }, used: bytes.length };
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd > mostHeadBytes || (headEnd < 0 && bytes.length > mostHeadBytes))
    return { piece: { kind: 'endless' }, used: bytes.length };
  if (headEnd < 0) return undefined;
  const [line = '', ...fields] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const length = Number(fieldOf(fields, 'content-length') ?? 0);
  if (!Number.isInteger(length) || length < 0 || length > mostBodyBytes)
    return { piece: { kind: 'endless' }, used: bytes.length };
  const end = headEnd + 4 + length;
  if (bytes.length < end) return undefined;
  return { piece: { kind: 'message', line, fields, body: bytes.subarray(headEnd + 4, end) }, used: end };
}

/** Could this be the first bytes of a message of which more will come? */
const isBeginning = (start: string): boolean =>
  start.length < 16 && (/^[A-Z][A-Z_]*$/.test(start) || 'RTSP/'.startsWith(start));

/** The first header of that name, without its name. */
export function fieldOf(fields: readonly string[], name: string): string | undefined {
  const found = fields.find((field) => field.slice(0, field.indexOf(':')).trim().toLowerCase() === name);
  return found?.slice(found.indexOf(':') + 1).trim();
}

/** All headers of that name, joined as one (RFC 2326, section 4.2). */
export const fieldsOf = (fields: readonly string[], name: string): string =>
  fields
    .filter((field) => field.slice(0, field.indexOf(':')).trim().toLowerCase() === name)
    .map((field) => field.slice(field.indexOf(':') + 1).trim())
    .join(', ');

/** The headers with one of them set anew, or taken out by undefined. */
export function withField(fields: readonly string[], name: string, value: string | undefined): string[] {
  const kept = fields.filter((field) => field.slice(0, field.indexOf(':')).trim().toLowerCase() !== name.toLowerCase());
  return value === undefined ? kept : [...kept, `${name}: ${value}`];
}

/** A message as bytes. */
export const messageBytes = (line: string, fields: readonly string[], body: Buffer = nothing): Buffer =>
  Buffer.concat([Buffer.from([line, ...fields, '', ''].join('\r\n'), 'latin1'), body]);
