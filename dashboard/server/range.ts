// One byte range of a file (RFC 9110 section 14), as video elements ask for it.

export interface ByteRange {
  readonly from: number;
  /** Last byte, inclusive. */
  readonly to: number;
}

/**
 * The part that a Range header asks of `bytes` bytes: undefined for the whole (no header, another unit or several ranges, which
 * a server may answer with the whole), `unsatisfiable` for a part that does not exist.
 */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | 'unsatisfiable' | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!parts) return undefined;
  const [, first = '', last = ''] = parts;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const tail = Math.min(Number(last), bytes);
    return tail === 0 ? 'unsatisfiable' : { from: bytes - tail, to: bytes - 1 };
  }
  const from = Number(first);
  if (from >= bytes) return 'unsatisfiable';
  if (last === '') return { from, to: bytes - 1 };
  return Number(last) < from ? undefined : { from, to: Math.min(Number(last), bytes - 1) };
}
