// The session description of a camera (RFC 8866), as far as its first video stream needs it.
import type { KeyCodec } from './rtp.ts';

export interface VideoOffer {
  /** What we can take apart ourselves; `other` is for FFmpeg. */
  readonly codec: KeyCodec | 'other';
  readonly kind: number;
  /** Address of the stream for SETUP, and of the session for PLAY. */
  readonly streamUrl: string;
  readonly sessionUrl: string;
  readonly sets: readonly Buffer[];
}

/** Reads the first video stream; undefined where there is none. `base`: what its addresses are relative to. */
export function videoOf(sdp: string, base: string): VideoOffer | undefined {
  const sections = sdp.split(/^(?=m=)/m);
  const video = sections.find((section) => section.startsWith('m=video'));
  if (video === undefined) return undefined;
  const session = sections[0]?.startsWith('m=') === false ? sections[0] : '';
  const kind = Number(/^m=video \d+(?:\/\d+)? \S+ (\d+)/.exec(video)?.[1] ?? Number.NaN);
  const name = new RegExp(`^a=rtpmap:${kind} ([^/\\s]+)`, 'm').exec(video)?.[1]?.toUpperCase() ?? '';
  const format = new RegExp(`^a=fmtp:${kind} (.*)$`, 'm').exec(video)?.[1]?.trim() ?? '';
  const parameters = new Map(
    format.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const;
    }),
  );
  const setsOf = (...names: string[]): Buffer[] =>
    names
      .flatMap((key) => (parameters.get(key) ?? '').split(','))
      .map((text) => Buffer.from(text, 'base64'))
      .filter((set) => set.length > 1);
  // Packets out of order (mode 2, or a difference of decoding order) are FFmpeg's.
  const isPlain =
    parameters.get('packetization-mode') !== '2' && Number(parameters.get('sprop-max-don-diff') ?? 0) === 0;
  const codec = !isPlain ? 'other' : name === 'H264' ? 'h264' : name === 'H265' || name === 'HEVC' ? 'h265' : 'other';
  return {
    codec: Number.isNaN(kind) ? 'other' : codec,
    kind,
    streamUrl: resolved(controlOf(video), base),
    sessionUrl: resolved(controlOf(session), base),
    sets: codec === 'h265' ? setsOf('sprop-vps', 'sprop-sps', 'sprop-pps') : setsOf('sprop-parameter-sets'),
  };
}

const controlOf = (section: string): string => /^a=control:(.*)$/m.exec(section)?.[1]?.trim() ?? '*';

/** RFC 2326, C.1.1; joined as cameras mean it, who forget the slash at the end of their base. */
function resolved(control: string, base: string): string {
  if (control === '*' || control === '') return base;
  if (/^rtsps?:\/\//i.test(control)) return control;
  return base.endsWith('/') || control.startsWith('?') ? `${base}${control}` : `${base}/${control}`;
}
