// From the ring to an evidence clip, nothing re-encoded: by fluent-ffmpeg where an ffmpeg program is there, else by the muxer in an eye.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ffmpeg from 'fluent-ffmpeg';
import { AhualError, messageOf } from '#core/errors';
import { silentLog, withoutSecrets, type Log } from '#core/log';
import { defaultHazardSettings } from '#hazards';
import type { Files } from '#store';
import { movieDurationMs } from './eye/boxes.ts';
import { EyeChild, withResolvers } from './eye/child.ts';
import { joinSegments, segmentsOf, type Segment } from './ring.ts';

export interface CutNeeds {
  readonly ringFolder: string;
  readonly ringS: number;
  readonly files: Pick<Files, 'adopt'>;
  /** Where half-made clips lie; the same disk as the kept files. */
  readonly workFolder: string;
  /** The ffmpeg program: a path, or a name found in PATH. */
  readonly ffmpeg: string;
  readonly log?: Log;
  /** Built file of the eye, when another than the product's own. */
  readonly entry?: string;
}

export interface CutAsk {
  readonly cameraId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Facts of a finished file. `startsAtMs` is when its first frame came, at or before what was asked for where the ring has it. */
export interface Cut {
  readonly kind: 'cut';
  readonly sha256: string;
  readonly bytes: number;
  readonly startsAtMs: number;
  readonly durationMs: number;
  /** Which program cut it. */
  readonly cutBy: string;
  /** What of the wish is missing, empty when nothing is. */
  readonly detail: string;
}

export type CutResult =
  | Cut
  /** The ring does not hold the end yet, or the cutting failed: ask again. */
  | { readonly kind: 'later'; readonly why: string }
  /** Nothing of it is left in the ring. */
  | { readonly kind: 'lost'; readonly why: string };

/** So long after the wished end its last segment is on disk for sure (a segment ends after four seconds at the latest). */
const settleMs = 8000;
const longestCutMs = 60_000;

/** Cuts what the ring holds of a wish. Tries once; asking again until the ring has rolled over belongs to the caller. */
export async function cutClip(needs: CutNeeds, ask: CutAsk, nowMs: number): Promise<CutResult> {
  const all = await segmentsOf(needs.ringFolder, ask.cameraId);
  const hasEnd = (all.at(-1)?.toMs ?? 0) >= ask.toMs;
  if (!hasEnd && nowMs < ask.toMs + settleMs) return { kind: 'later', why: 'its end is not in the ring yet' };
  const chosen = choose(all, ask);
  const [first, last] = [chosen[0], chosen.at(-1)];
  if (!first || !last) {
    const hasRolledOver = nowMs > ask.toMs + needs.ringS * 1000;
    return hasRolledOver || all.every((one) => one.fromMs > ask.toMs)
      ? {
          kind: 'lost',
          why: 'the ring of this camera does not hold these seconds (it was not watched then, or the ring has rolled over)',
        }
      : { kind: 'later', why: 'nothing of it is in the ring' };
  }
  await mkdir(needs.workFolder, { recursive: true });
  const name = join(needs.workFolder, `cut-${randomBytes(8).toString('hex')}`);
  const [raw, made] = [`${name}.ring.mp4`, `${name}.mp4`];
  try {
    await joinSegments(needs.ringFolder, ask.cameraId, chosen, raw);
    const cutBy = await pack(needs, raw, made);
    const { size } = await stat(made);
    const durationMs = movieDurationMs(await headOf(made)) ?? last.toMs - first.fromMs;
    const sha256 = await needs.files.adopt(made, 'clip', 'mp4');
    return {
      kind: 'cut',
      sha256,
      bytes: size,
      startsAtMs: first.fromMs,
      durationMs: Math.round(durationMs),
      cutBy,
      detail: missing(chosen, ask),
    };
  } catch (thrown) {
    return { kind: 'later', why: withoutSecrets(messageOf(thrown)).slice(0, 300) };
  } finally {
    await Promise.all([raw, made].map((path) => rm(path, { force: true })));
  }
}

/**
 * The segments of a wish: from the last one that begins with a key frame at or before its start (or the first such after it),
 * as long as they share one head. A camera that changed its picture size in between gives the longer part.
 */
export function choose(all: readonly Segment[], { fromMs, toMs }: Pick<CutAsk, 'fromMs' | 'toMs'>): Segment[] {
  const wanted = all.filter((one) => one.toMs > fromMs && one.fromMs < toMs);
  const firstWanted = wanted[0];
  if (!firstWanted) return [];
  let begin = all.indexOf(firstWanted);
  while (
    begin > 0 &&
    all[begin]?.isKey !== true &&
    all[begin - 1]?.head === firstWanted.head &&
    follows(all[begin - 1], all[begin])
  )
    begin--;
  const end = all.indexOf(wanted.at(-1) ?? firstWanted) + 1;
  const runs: Segment[][] = [];
  for (const one of all.slice(begin, end)) {
    const run = runs.at(-1);
    if (run && run[0]?.head === one.head) run.push(one);
    else runs.push([one]);
  }
  const usable = runs
    .map((run) => run.slice(run.findIndex((one) => one.isKey)))
    .filter((run) => run[0]?.isKey === true);
  const lengthOf = (run: readonly Segment[]): number => run.reduce((sum, one) => sum + one.toMs - one.fromMs, 0);
  return usable.sort((a, b) => lengthOf(b) - lengthOf(a))[0] ?? [];
}

const follows = (a: Segment | undefined, b: Segment | undefined): boolean => !!a && !!b && b.fromMs - a.toMs < 1000;

function missing(chosen: readonly Segment[], { fromMs, toMs }: CutAsk): string {
  const [first, last] = [chosen[0], chosen.at(-1)];
  if (!first || !last) return '';
  const gaps = chosen.reduce(
    (sum, one, i) => sum + Math.max(0, one.fromMs - (chosen[i - 1]?.toMs ?? one.fromMs) - 500),
    0,
  );
  const parts = [
    first.fromMs > fromMs + 500 ? `its first ${((first.fromMs - fromMs) / 1000).toFixed(1)} s are missing` : '',
    last.toMs < toMs - 500 ? `its last ${((toMs - last.toMs) / 1000).toFixed(1)} s are missing` : '',
    gaps > 0 ? `${(gaps / 1000).toFixed(1)} s in between are missing` : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** Puts the index in front so that a player can begin at once. Returns which program did it. */
async function pack(needs: CutNeeds, from: string, to: string): Promise<string> {
  const version = await ffmpegVersion(needs.ffmpeg);
  if (version !== undefined) {
    await packByFfmpeg(needs.ffmpeg, from, to);
    return `ffmpeg ${version}`;
  }
  await packInEye(needs, from, to);
  return 'node-av';
}

/** Version of an ffmpeg program; undefined when there is none. */
export async function ffmpegVersion(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['-version'], { timeout: 10_000 });
    return /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
  } catch {
    return undefined;
  }
}

function packByFfmpeg(program: string, from: string, to: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const command = ffmpeg({ source: from, timeout: longestCutMs / 1000 })
      .setFfmpegPath(program)
      .outputOptions([
        '-map 0:v:0',
        '-c copy',
        '-movflags +faststart',
        '-avoid_negative_ts make_zero',
        '-map_metadata -1',
      ])
      .format('mp4')
      .on('end', () => {
        resolve();
      })
      .on('error', (thrown: Error) => {
        reject(
          new AhualError(
            'PART_MISSING',
            `ffmpeg could not pack a clip: ${thrown.message}`,
            'It is tried again until the ring has rolled over.',
            {},
            thrown,
          ),
        );
      });
    command.save(to);
  });
}

/** Packs in a child of its own: it lives for a second and loads no networks. */
async function packInEye(needs: CutNeeds, from: string, to: string): Promise<void> {
  const done = withResolvers<string | null>();
  const child = new EyeChild({
    opening: {
      kind: 'open',
      eye: 'live',
      ways: ['node-av'],
      ffmpeg: needs.ffmpeg,
      allowedHosts: [],
      hazards: defaultHazardSettings,
      dropFolder: needs.workFolder,
      files: false,
      watch: null,
    },
    inFlight: 1,
    ...(needs.entry === undefined ? {} : { entry: needs.entry }),
    log: needs.log ?? silentLog,
    onMessage: (message) => {
      if (message.kind === 'remuxed') done.resolve(message.fault);
    },
    onEnd: ({ why }) => {
      done.resolve(`the eye that packed it died (${why})`);
    },
  });
  const late = setTimeout(() => {
    child.kill();
  }, longestCutMs);
  try {
    await child.ready;
    child.send({ kind: 'remux', id: 1, from, to });
    const fault = await done.promise;
    if (fault !== null)
      throw new AhualError(
        'PART_MISSING',
        `A clip could not be packed: ${fault}.`,
        'It is tried again until the ring has rolled over.',
      );
  } finally {
    clearTimeout(late);
    await child.stop();
  }
}

/** The first bytes of a file: its index stands in front. */
async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(65_536);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
