// Clips as the city plays them: an MP4 and its label read once, its pictures packed for the wire, its truth laid on pictures.
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile, MP4BoxBuffer, type Sample } from 'mp4box';
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';
import { HazardName } from '#core/hazard-name';
import {
  annexB,
  formatParameters,
  nalType,
  nalTypes,
  packPicture,
  payloadType,
  rtpClockHz,
  splitSample,
  type PictureUnit,
} from './h264.ts';
import { h265Parameters, jpegPayloadType, packH265, packJpeg } from './other-codecs.ts';

export const phaseNames = ['before', 'begin', 'during', 'end', 'after'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** What is written beside a clip: its phases, and what is true when. Seconds are clip time; polygons are 0..1 of the picture. */
export const ClipLabel = z.looseObject({
  clip: z.string().min(1),
  fps: z.number().positive(),
  durationS: z.number().positive(),
  /** What kind of place it is, and how the camera hangs over it, where the label tells it. */
  scene: z.string().optional(),
  camera: z
    .looseObject({ heightM: z.number().positive(), fovDeg: z.number().positive(), tiltDeg: z.number().optional() })
    .optional(),
  phases: z
    .array(
      z.looseObject({
        name: z.enum(phaseNames),
        fromS: z.number().nonnegative(),
        toS: z.number().positive(),
        loop: z.boolean().optional(),
      }),
    )
    .default([]),
  truth: z
    .array(
      z.looseObject({
        hazard: HazardName,
        sub: z.string().nullish(),
        fromS: z.number().nonnegative(),
        toS: z.number().positive(),
      }),
    )
    .default([]),
  zones: z
    .array(z.looseObject({ id: z.string(), kind: z.string(), polygon: z.array(z.tuple([z.number(), z.number()])) }))
    .default([]),
});
export type ClipLabel = z.infer<typeof ClipLabel>;
export type Zone = ClipLabel['zones'][number];

export interface Media {
  readonly payloadType: number;
  /** `H264/90000` and the like. */
  readonly map: string;
  /** `a=fmtp` parameters; none where the codec has none. */
  readonly parameters: string | undefined;
}

/** One encoding of a clip: parameter sets and pictures in order. */
export interface Rendition {
  readonly width: number;
  readonly height: number;
  /** What the session description says of its codec. */
  readonly media: Media;
  readonly units: readonly PictureUnit[];
  /** When each picture is due, in ms from the clip's start; one more item than pictures: the end. */
  readonly startsMs: Float64Array;
  /** A key picture with its parameter sets as a decoder takes it (annex B); `index` must be a key picture. */
  readonly keyPicture: (index: number) => Buffer;
}

/** Pictures `from`..`to - 1` of a clip; `from` is a key picture. */
export interface Phase {
  readonly name: PhaseName;
  readonly from: number;
  readonly to: number;
  readonly loop: boolean;
}

export interface Fact {
  readonly hazard: HazardName;
  /** Subtype; the hazard's own name where the label tells none. */
  readonly sub: string;
}

export interface Clip {
  readonly id: string;
  readonly label: ClipLabel;
  readonly phases: ReadonlyMap<PhaseName, Phase>;
  readonly main: Rendition;
  /** The small rendition, or the main one where there is no other. */
  readonly sub: Rendition;
  /** What is true on each picture. Neighbours with equal truth share one list. */
  readonly truthAt: readonly (readonly Fact[])[];
}

const Track = z.object({
  id: z.number(),
  codec: z.string(),
  video: z.object({ width: z.number(), height: z.number() }),
});
const Tracks = z.object({ videoTracks: z.array(Track).default([]) });
/** The part of an MP4 sample entry that says how its H.264 is to be read (ISO/IEC 14496-15). */
const ParameterSets = z.tuple([z.object({ data: z.instanceof(Uint8Array) })]).rest(z.unknown());
const H264Entry = z.object({
  avcC: z.object({ SPS: ParameterSets, PPS: ParameterSets, lengthSizeMinusOne: z.number().int().min(0).max(3) }),
});

const H265Entry = z.object({
  hvcC: z.object({ nalu_arrays: z.array(z.array(z.object({ data: z.instanceof(Uint8Array) }))) }),
});
const JpegEntry = z.object({ type: z.literal('mp4v') });

/** How the samples of a track become pictures on the wire. */
interface Packer {
  readonly media: Media;
  readonly pack: (sample: Sample, bytes: Buffer) => PictureUnit;
  /** A key picture as a decoder of H.264 takes it; undefined where it is none. */
  readonly annexB?: (bytes: Buffer) => Buffer;
}

function packerOf(description: unknown): Packer | undefined {
  const h264 = H264Entry.safeParse(description);
  if (h264.success) {
    const { avcC } = h264.data;
    const sps = Buffer.from(avcC.SPS[0].data);
    const pps = Buffer.from(avcC.PPS[0].data);
    const dropped: ReadonlySet<number> = new Set([nalTypes.sps, nalTypes.pps, nalTypes.delimiter]);
    const nalsOf = (bytes: Buffer): Buffer[] =>
      splitSample(bytes, avcC.lengthSizeMinusOne + 1).filter((nal) => !dropped.has(nalType(nal)));
    return {
      media: { payloadType, map: `H264/${rtpClockHz}`, parameters: formatParameters(sps, pps) },
      pack: ({ is_sync }, bytes) => packPicture(is_sync ? [sps, pps, ...nalsOf(bytes)] : nalsOf(bytes), is_sync),
      annexB: (bytes) => annexB([sps, pps, ...nalsOf(bytes)]),
    };
  }
  const h265 = H265Entry.safeParse(description);
  if (h265.success) {
    const sets = h265.data.hvcC.nalu_arrays.slice(0, 3).flatMap((array) => array.slice(0, 1));
    const nals = sets.map(({ data }) => Buffer.from(data));
    return {
      media: { payloadType, map: `H265/${rtpClockHz}`, parameters: h265Parameters(nals) },
      pack: ({ is_sync }, bytes) => packH265([...(is_sync ? nals : []), ...splitSample(bytes, 4)], is_sync),
    };
  }
  if (!JpegEntry.safeParse(description).success) return undefined;
  return {
    media: { payloadType: jpegPayloadType, map: `JPEG/${rtpClockHz}`, parameters: undefined },
    pack: (_, bytes) => packJpeg(bytes),
  };
}

function refuse(file: string, what: string, cause?: unknown): AhualError {
  return new AhualError(
    'CONFIG_INVALID',
    `${file}: ${what}.`,
    'Render the clip again or take it out of the catalogue.',
    {},
    cause,
  );
}

/** Reads the video track of an MP4 file (H.264, H.265 or Motion JPEG) into memory. Throws an AhualError that names the file when it cannot be played. */
export async function readRendition(file: string): Promise<Rendition> {
  const bytes = await readFile(file);
  const movie = createFile(false);
  let failure = '';
  movie.onError = (module, message) => {
    failure ||= `${module}: ${message}`;
  };
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  movie.appendBuffer(MP4BoxBuffer.fromArrayBuffer(copy, 0), true);
  movie.flush();
  // What is no MP4 at all leaves the list of tracks out, whatever its type says.
  const tracks = Tracks.parse(movie.getInfo());
  const track = tracks.videoTracks[0];
  if (failure || !track) throw refuse(file, failure || 'there is no video track');
  const samples: Sample[] = movie.getTrackSamplesInfo(track.id);
  const first = samples[0];
  const packer = packerOf(first?.description);
  if (!first?.is_sync || !packer) {
    throw refuse(
      file,
      `it is ${track.codec} with ${samples.length} pictures, not video of a camera that begins with a key picture`,
    );
  }
  const startsMs = new Float64Array(samples.length + 1);
  const bytesOf = ({ offset, size }: Sample): Buffer => bytes.subarray(offset, offset + size);
  const units = samples.map((sample, i) => {
    startsMs[i] = ((sample.dts - first.dts) * 1000) / sample.timescale;
    startsMs[i + 1] = ((sample.dts - first.dts + sample.duration) * 1000) / sample.timescale;
    try {
      const lagMs = ((sample.cts - sample.dts - (first.cts - first.dts)) * 1000) / sample.timescale;
      return { ...packer.pack(sample, bytesOf(sample)), ...(lagMs === 0 ? {} : { lagMs }) };
    } catch (thrown) {
      throw refuse(file, `picture ${i} is broken (${messageOf(thrown)})`, thrown);
    }
  });
  const keyPicture = (index: number): Buffer => {
    const sample = samples[index];
    if (!sample?.is_sync || !packer.annexB) throw new RangeError(`picture ${index} of ${file} is no key picture`);
    return packer.annexB(bytesOf(sample));
  };
  return { ...track.video, media: packer.media, units, startsMs, keyPicture };
}

/** The picture nearest to `atS`; the end of the clip counts as one. */
function indexAt(rendition: Rendition, atS: number): number {
  const atMs = atS * 1000;
  let best = 0;
  for (let i = 0; i < rendition.startsMs.length; i++) {
    if (Math.abs((rendition.startsMs[i] ?? 0) - atMs) < Math.abs((rendition.startsMs[best] ?? 0) - atMs)) best = i;
  }
  return best;
}

function phasesOf(file: string, label: ClipLabel, rendition: Rendition): Map<PhaseName, Phase> {
  const phases = new Map<PhaseName, Phase>();
  for (const { name, fromS, toS, loop } of label.phases) {
    const from = indexAt(rendition, fromS);
    const to = indexAt(rendition, toS);
    if (to <= from) throw refuse(file, `phase ${name} has no pictures (${fromS} to ${toS} s)`);
    if (!rendition.units[from]?.isKey)
      throw refuse(file, `phase ${name} begins at ${fromS} s, where there is no key picture`);
    phases.set(name, { name, from, to, loop: loop ?? (name !== 'begin' && name !== 'end') });
  }
  if (phases.size === 0) phases.set('before', { name: 'before', from: 0, to: rendition.units.length, loop: true });
  return phases;
}

function truthOf(label: ClipLabel, rendition: Rendition): (readonly Fact[])[] {
  const lists = new Map<string, readonly Fact[]>();
  return rendition.units.map((_, i) => {
    const midS = ((rendition.startsMs[i] ?? 0) + (rendition.startsMs[i + 1] ?? 0)) / 2000;
    const now = label.truth
      .filter((t) => t.fromS <= midS && midS < t.toS)
      .map(({ hazard, sub }) => ({ hazard, sub: sub ?? hazard }));
    const key = JSON.stringify(now);
    const known = lists.get(key) ?? now;
    lists.set(key, known);
    return known;
  });
}

/** The first of the folders that has the film of this clip, and both of its files. */
function filesOf(folders: readonly string[], id: string): { folder: string; label: string; film: string } {
  const folder = /^[\w.-]+$/.test(id) ? folders.find((f) => existsSync(join(f, `${id}.mp4`))) : undefined;
  if (folder === undefined || !existsSync(join(folder, `${id}.json`))) {
    throw new AhualError(
      'CONFIG_MISSING',
      `There is no clip "${id}" in ${folders.join(', ')}.`,
      'Name a clip of the catalogue.',
      {
        clip: id,
      },
    );
  }
  return { folder, label: join(folder, `${id}.json`), film: join(folder, `${id}.mp4`) };
}

/** What is written beside a clip. Throws CONFIG_MISSING for an unknown clip, CONFIG_INVALID for a label that cannot be used. */
export async function readLabel(folders: readonly string[], id: string): Promise<ClipLabel> {
  const { label } = filesOf(folders, id);
  try {
    return ClipLabel.parse(JSON.parse(await readFile(label, 'utf8')));
  } catch (thrown) {
    throw refuse(label, thrown instanceof z.ZodError ? z.prettifyError(thrown) : messageOf(thrown), thrown);
  }
}

/** Reads `<id>.json`, `<id>.mp4` and, where it is there, `<id>.sub.mp4`. */
async function readClip(folders: readonly string[], id: string): Promise<Clip> {
  const { folder, label: file, film } = filesOf(folders, id);
  const label = await readLabel(folders, id);
  const main = await readRendition(film);
  const small = join(folder, `${id}.sub.mp4`);
  const sub = existsSync(small) ? await readRendition(small) : main;
  if (sub.units.length !== main.units.length || sub.units.some((unit, i) => unit.isKey !== main.units[i]?.isKey)) {
    throw refuse(small, 'its pictures are not those of the main rendition one by one');
  }
  return { id, label, phases: phasesOf(file, label, main), main, sub, truthAt: truthOf(label, main) };
}

/** Reads clips of one or more folders, each at most once; all cameras share what was read. */
export class ClipShelf {
  readonly #folders: readonly string[];
  readonly #read = new Map<string, Promise<Clip>>();

  /** A clip is looked for in the folders in this order. */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Names of all clips that have both a film and a label, sorted. */
  async names(): Promise<string[]> {
    const names = new Set<string>();
    for (const folder of this.#folders) {
      if (!existsSync(folder)) continue;
      const files = new Set(await readdir(folder));
      for (const file of files) {
        const id = file.replace(/\.mp4$/, '');
        if (id !== file && files.has(`${id}.json`)) names.add(id);
      }
    }
    return [...names].sort();
  }

  /** One clip by its name. Throws CONFIG_MISSING for an unknown one, CONFIG_INVALID for a broken one. */
  get(id: string): Promise<Clip> {
    let clip = this.#read.get(id);
    if (!clip) {
      clip = readClip(this.#folders, id);
      this.#read.set(id, clip);
    }
    return clip;
  }
}
