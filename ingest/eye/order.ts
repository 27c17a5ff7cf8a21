// In which order a camera's addresses are asked for one look, and what is done when one of them fails.
import type { Camera } from '#core/camera';
import { messageOf } from '#core/errors';
import type { LookSource } from '#core/look';
import { freshnessOf, type StillAnswer } from '../onboard/freshness.ts';
import { refusal, type FrameWish, type Grab, type GrabRequest, type SourceWay } from '../sources/source.ts';
import type { SourceList } from '../sources/list.ts';
import type { LookAsk } from './protocol.ts';

/** Networks for whole streets take this size; the judge of single manholes cuts its crops from the picture at its own size. */
export const streetFrame: FrameWish = { kind: 'exact', widthPx: 640, heightPx: 384 };

/** A small stream serves where it has this many pixels across: fewer would be enlarged for the networks. */
const leastAcrossPx = 600;

/** Small streams that this process has seen to be smaller: they are asked last from then on. */
const thumbnails = new Set<string>();

/** Covers, holes and sacks are small: they are judged from the large picture. Snow and water on a road are not. */
const needsDetail = (camera: Camera): boolean =>
  camera.zones.some((zone) => zone.hazards.some((hazard) => hazard === 'open-manhole' || hazard === 'dumping'));

export interface Choice {
  readonly source: LookSource;
  readonly address: string;
}

/**
 * Addresses in order of cost, as far as each shows what the camera's zones need: its own still, its small stream, its stream.
 * Where small things are looked for the small stream comes last.
 */
export function choicesOf(camera: Camera): Choice[] {
  const { snapshot, subRtsp, rtsp } = camera;
  const still: Choice[] = snapshot === undefined ? [] : [{ source: 'still', address: snapshot }];
  const sub: Choice[] = subRtsp === undefined ? [] : [{ source: 'sub-stream', address: subRtsp }];
  const main: Choice[] = rtsp === undefined ? [] : [{ source: 'main-stream', address: rtsp }];
  const isLess = needsDetail(camera) || (subRtsp !== undefined && thumbnails.has(subRtsp));
  return isLess ? [...still, ...main, ...sub] : [...still, ...sub, ...main];
}

export interface OrderNeeds {
  readonly sources: SourceList;
  readonly allowedHosts: readonly string[];
  readonly certificates: readonly string[];
  readonly turn: () => Promise<Disposable>;
}

export interface Grabbed {
  readonly grab: Grab;
  readonly way: SourceWay | null;
  readonly source: LookSource | null;
  /** What the camera's still said of its age, where one came: the next look compares with it. */
  readonly still: (StillAnswer & { readonly isStale: boolean }) | null;
}

/**
 * Tries the camera's addresses in order within one deadline, of which none but the last may take more than half of what is left. The
 * first refusal is the camera's when none gives a picture. A still that is not of now is passed over where there is a stream.
 */
export async function grabFirst(needs: OrderNeeds, ask: LookAsk): Promise<Grabbed> {
  const { camera, timeoutMs } = ask;
  const signal = AbortSignal.timeout(timeoutMs);
  const all: Choice[] = ask.file
    ? [{ source: 'file', address: `${ask.file.address}#t=${ask.file.atS}` }]
    : choicesOf(camera);
  const usable = all.filter((one) => one.source !== 'still' || ask.isStillStale !== true);
  const choices = usable.length > 0 ? usable : all;
  let still: Grabbed['still'] = null;
  let first: Omit<Grabbed, 'still'> | undefined;
  let leftMs = timeoutMs;
  for (const [at, { source, address }] of choices.entries()) {
    const way = needs.sources.sourceOf(address);
    if (!way) {
      const why = needs.sources.off.map((one) => `${one.name}: ${one.why}`).join('; ');
      first ??= { grab: refusal('unknown', `No way that is on opens its address. ${why}`), way: null, source };
      continue;
    }
    if (first && signal.aborted) break;
    const isLast = at === choices.length - 1;
    if (!isLast) leftMs /= 2;
    const judgeStill = (answer: StillAnswer): ReturnType<NonNullable<GrabRequest['judgeStill']>> => {
      const { state, why } = freshnessOf(ask.stillBefore ? [ask.stillBefore, answer] : [answer]);
      const isStale = state === 'stale';
      still = { ...answer, isStale };
      return isStale && !isLast ? refusal('frozen', `Its still is not of now (${why}).`) : undefined;
    };
    let grab: Grab;
    try {
      grab = await way.grab(
        {
          address,
          signIn: ask.signIn,
          frame: streetFrame,
          answerMs: Math.min(5000, Math.max(1000, timeoutMs / 3)),
          allowedHosts: needs.allowedHosts,
          certificates: needs.certificates,
          turn: needs.turn,
          ...(source === 'still' ? { judgeStill } : {}),
        },
        isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(leftMs)]),
      );
    } catch (thrown) {
      grab = refusal('garbage', `Its picture could not be worked on (${messageOf(thrown)}).`);
    }
    const got = { grab, way: way.name, source };
    if (grab.kind === 'picture') {
      const isSmall = source === 'sub-stream' && grab.picture.widthPx < leastAcrossPx;
      if (isSmall) thumbnails.add(address);
      if (isLast || !isSmall) return { ...got, still };
      grab.picture[Symbol.dispose]();
    } else if (!(source === 'still' && grab.state === 'frozen')) first ??= got;
  }
  const none = { grab: refusal('unknown', 'It has no address.'), way: null, source: null };
  return { ...(first ?? none), still };
}
