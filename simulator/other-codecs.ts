// Pictures that are no H.264 on their way to the wire: H.265 (RFC 7798) and Motion JPEG (RFC 2435).
import { packPayloads, type Payload, type PictureUnit } from './h264.ts';

const mostBytes = 1400;
const h265Fragment = 49;

/** Cuts an H.265 NAL unit into RTP payloads: itself when it fits, else fragmentation units (RFC 7798, section 4.4.3). */
function h265Payloads(nal: Buffer): Payload[] {
  if (nal.length <= mostBytes) return [{ head: [], body: nal }];
  const [first = 0, second = 0] = nal;
  const step = mostBytes - 3;
  const cut: Payload[] = [];
  for (let at = 2; at < nal.length; at += step) {
    const start = at === 2 ? 0x80 : 0;
    const end = at + step >= nal.length ? 0x40 : 0;
    const head = [(first & 0x81) | (h265Fragment << 1), second, start | end | ((first >> 1) & 0x3f)];
    cut.push({ head, body: nal.subarray(at, at + step) });
  }
  return cut;
}

/** Lays the NAL units of one H.265 picture out as RTP packets. */
export const packH265 = (nals: readonly Buffer[], isKey: boolean): PictureUnit =>
  packPayloads(nals.flatMap(h265Payloads), isKey);

/** The `a=fmtp` parameters of RFC 7798, section 7.1. */
export const h265Parameters = (sets: readonly Buffer[]): string =>
  ['sprop-vps', 'sprop-sps', 'sprop-pps'].map((name, i) => `${name}=${sets[i]?.toString('base64') ?? ''}`).join(';');

/** RTP payload type of Motion JPEG (RFC 3551, table 5). */
export const jpegPayloadType = 26;

/** Lays one baseline 4:2:0 JPEG with the usual Huffman tables out as RTP packets. Throws a RangeError on another. */
export function packJpeg(jpeg: Buffer): PictureUnit {
  const tables: Buffer[] = [];
  let [at, width, height, scanAt] = [2, 0, 0, -1];
  while (scanAt < 0) {
    const marker = jpeg.readUInt16BE(at);
    const size = jpeg.readUInt16BE(at + 2);
    const body = jpeg.subarray(at + 4, at + 2 + size);
    if (marker === 0xffdb) for (let i = 0; i + 65 <= body.length; i += 65) tables.push(body.subarray(i + 1, i + 65));
    if (marker === 0xffc0) {
      height = body.readUInt16BE(1);
      width = body.readUInt16BE(3);
      if (body[7] !== 0x22) throw new RangeError('a JPEG for RTP has to be 4:2:0');
    }
    at += 2 + size;
    if (marker === 0xffda) scanAt = at;
  }
  const first = tables[0];
  if (!first || width % 8 !== 0 || height % 8 !== 0)
    throw new RangeError('a JPEG for RTP needs tables and whole blocks');
  const scan = jpeg.subarray(scanAt, jpeg.length - 2);
  const own = Buffer.concat([Buffer.from([0, 0, 0, 128]), first, tables[1] ?? first]);
  const payloads: Payload[] = [];
  for (let from = 0; from < scan.length;) {
    const room = mostBytes - 8 - (from === 0 ? own.length : 0);
    const head = [0, from >> 16, (from >> 8) & 0xff, from & 0xff, 1, 255, width / 8, height / 8];
    payloads.push({ head: from === 0 ? [...head, ...own] : head, body: scan.subarray(from, from + room) });
    from += room;
  }
  return packPayloads(payloads, true, jpegPayloadType);
}
