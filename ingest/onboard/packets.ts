// Pure: what a run of packets says of a stream: its rate, its key frames, whether pictures are sent out of their order.
import type { StreamFacts } from './shapes.ts';

export interface PacketFact {
  /** When it is to be shown, seconds of the stream; null where the stream does not say. */
  readonly shownS: number | null;
  /** When it came, seconds by our clock. */
  readonly cameS: number;
  readonly bytes: number;
  readonly isKey: boolean;
}

export type Measured = Pick<StreamFacts, 'fps' | 'keyEveryS' | 'keys' | 'packets' | 'kbitS' | 'bFrames' | 'measuredS'>;

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Measures a stream by its packets in the order in which they came. */
export function measurePackets(packets: readonly PacketFact[]): Measured {
  const isTimed = packets.length > 0 && packets.every(({ shownS }) => shownS !== null);
  const moments = packets.map(({ shownS, cameS }) => (isTimed && shownS !== null ? shownS : cameS));
  const spanS = packets.length < 2 ? 0 : Math.max(...moments) - Math.min(...moments);
  const keys = moments.filter((_, i) => packets[i]?.isKey === true);
  const gaps = keys.slice(1).map((at, i) => at - (keys[i] ?? at));
  const bytes = packets.slice(0, -1).reduce((sum, packet) => sum + packet.bytes, 0);
  return {
    fps: spanS > 0.5 ? round((packets.length - 1) / spanS, 1) : null,
    keyEveryS: gaps.length > 0 ? round(Math.max(...gaps), 2) : null,
    keys: keys.length,
    packets: packets.length,
    kbitS: spanS > 0.5 ? Math.round((bytes * 8) / spanS / 1000) : null,
    // RTP carries the moment of showing: one that goes back is a picture sent after one that it comes before.
    bFrames: isTimed && moments.some((at, i) => i > 0 && at < (moments[i - 1] ?? at) - 1e-6),
    measuredS: round(spanS, 2),
  };
}

const h264Profiles: Readonly<Record<number, string>> = {
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4',
};
const h265Profiles: Readonly<Record<number, string>> = { 1: 'Main', 2: 'Main 10', 3: 'Main Still Picture', 4: 'Rext' };

/** The name of a profile by its number (H.264 annex A, H.265 annex A); the constraint flags that FFmpeg adds are left out. */
export const profileName = (codec: string, number: number): string =>
  (codec === 'h264' ? h264Profiles[number & 0xff] : codec === 'h265' ? h265Profiles[number] : undefined) ?? '';

/**
 * The number of the profile in parameter sets with start codes: of H.264's sequence parameter set (7.3.2.1.1), of H.265's (7.3.2.2). Zero
 * where there is none.
 */
export function profileIn(bytes: Uint8Array, codec: string): number {
  for (let at = 0; at + 6 < bytes.length; at++) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
    const head = bytes[at + 3] ?? 0;
    if (codec === 'h264' && (head & 0x1f) === 7) return bytes[at + 4] ?? 0;
    if (codec === 'h265' && ((head >> 1) & 0x3f) === 33) return (bytes[at + 6] ?? 0) & 0x1f;
  }
  return 0;
}
