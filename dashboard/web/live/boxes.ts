// The two numbers of fragmented MP4 that the player wants: the track's ticks a second and where a fragment begins (ISO/IEC 14496-12).

const nameAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Where the content of a box begins, found along the path of its parents; undefined when it is not there. */
function contentOf(bytes: Uint8Array, path: readonly string[], from = 0, to = bytes.length): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [wanted, ...rest] = path;
  for (let at = from; at + 8 <= to;) {
    const size = view.getUint32(at);
    if (size < 8) return undefined;
    if (nameAt(bytes, at + 4) === wanted) {
      return rest.length === 0 ? at + 8 : contentOf(bytes, rest, at + 8, Math.min(to, at + size));
    }
    at += size;
  }
  return undefined;
}

/** Ticks a second of the first track, from its `mdhd`; undefined when the head has none. */
export function ticksOf(head: Uint8Array): number | undefined {
  const at = contentOf(head, ['moov', 'trak', 'mdia', 'mdhd']);
  if (at === undefined || at + 24 > head.length) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const ticks = view.getUint32(at + (view.getUint8(at) === 1 ? 20 : 12));
  return ticks > 0 ? ticks : undefined;
}

/** Where a fragment begins, in ticks, from its `tfdt`; undefined when it does not say. */
export function beginningOf(part: Uint8Array): number | undefined {
  const at = contentOf(part, ['moof', 'traf', 'tfdt']);
  if (at === undefined || at + 12 > part.length) return undefined;
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  return view.getUint8(at) === 1 ? Number(view.getBigUint64(at + 4)) : view.getUint32(at + 4);
}
