// The boxes of an MP4 (ISO/IEC 14496-12): only their lengths and names, to cut a stream of bytes into heads and fragments.

/**
 * Cuts bytes into groups of whole boxes that end with a box named `last`. `rest` is what is not yet whole.
 * Throws a RangeError when a length cannot be (smaller than its own head).
 */
export function cutBoxes(bytes: Buffer, last: string): { whole: Buffer[]; rest: Buffer } {
  const whole: Buffer[] = [];
  let from = 0;
  let at = 0;
  while (at + 8 <= bytes.length) {
    let size = bytes.readUInt32BE(at);
    if (size === 1) {
      if (at + 16 > bytes.length) break;
      size = Number(bytes.readBigUInt64BE(at + 8));
    }
    if (size < 8) throw new RangeError(`a box of ${size} bytes`);
    if (at + size > bytes.length) break;
    const name = bytes.toString('latin1', at + 4, at + 8);
    at += size;
    if (name === last) {
      whole.push(bytes.subarray(from, at));
      from = at;
    }
  }
  return { whole, rest: bytes.subarray(from) };
}

/** The codec of an H.264 head as browsers name it (`avc1.64001f`, RFC 6381), from its `avcC` box; undefined for other codecs. */
export function avcCodec(head: Buffer): string | undefined {
  const at = head.indexOf('avcC', 0, 'latin1');
  return at > 0 && at + 8 <= head.length ? `avc1.${head.toString('hex', at + 5, at + 8)}` : undefined;
}
