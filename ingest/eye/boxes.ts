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

/** Length of a film from its `mvhd` box, milliseconds; undefined when it is not among the given bytes. */
export function movieDurationMs(head: Buffer): number | undefined {
  const at = head.indexOf('mvhd', 0, 'latin1');
  if (at < 4 || at + 36 > head.length) return undefined;
  const isLong = head[at + 4] === 1;
  const scale = head.readUInt32BE(at + (isLong ? 24 : 16));
  const length = isLong ? Number(head.readBigUInt64BE(at + 28)) : head.readUInt32BE(at + 20);
  return scale > 0 ? (length * 1000) / scale : undefined;
}

/** Width and height of the picture in a head (`tkhd`, 16.16 fixed point); undefined when it is not there. */
export function movieSize(head: Buffer): { widthPx: number; heightPx: number } | undefined {
  const at = head.indexOf('tkhd', 0, 'latin1');
  if (at < 4) return undefined;
  const end = at - 4 + head.readUInt32BE(at - 4);
  if (end > head.length || end < 8) return undefined;
  return { widthPx: head.readUInt32BE(end - 8) >>> 16, heightPx: head.readUInt32BE(end - 4) >>> 16 };
}
