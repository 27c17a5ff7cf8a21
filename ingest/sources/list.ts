// The written-out list of ways to a picture, in order of choice, and which of them are on in this process.
import type { Clock } from '#core/clock';
import { fileSource } from './file.ts';
import { rtspFfmpegSource } from './rtsp-ffmpeg.ts';
import { rtspSource } from './rtsp.ts';
import { snapshotSource } from './snapshot.ts';
import type { CameraSource } from './source.ts';

export interface ListOptions {
  readonly ways: readonly ('node-av' | 'ffmpeg')[];
  /** The ffmpeg program of the second way: a path, or a name found in PATH. */
  readonly ffmpeg: string;
  readonly clock: Clock;
  /** Also open files: for replay and evaluation, never for cameras. */
  readonly files?: boolean;
}

const makers = {
  'node-av': ({ clock }: ListOptions) => rtspSource(clock),
  ffmpeg: ({ ffmpeg, clock }: ListOptions) => rtspFfmpegSource(ffmpeg, clock),
} satisfies Record<ListOptions['ways'][number], (options: ListOptions) => CameraSource>;

export interface SourceList {
  /** Ways that are on, in order of choice. */
  readonly on: readonly CameraSource[];
  /** Why the others are off. */
  readonly off: readonly { readonly name: string; readonly why: string }[];
  /** The source of choice for an address; undefined when no way that is on opens its scheme. */
  sourceOf(address: string): CameraSource | undefined;
}

/** Asks every way whether what it needs is there. */
export async function openSources(options: ListOptions): Promise<SourceList> {
  const wanted = [
    snapshotSource(options.clock),
    ...options.ways.map((way) => makers[way](options)),
    ...(options.files === true ? [fileSource(options.clock)] : []),
  ];
  const on: CameraSource[] = [];
  const off: { name: string; why: string }[] = [];
  for (const source of wanted) {
    const why = await source.missing();
    if (why === undefined) on.push(source);
    else off.push({ name: source.name, why });
  }
  return {
    on,
    off,
    sourceOf: (address) => on.find((source) => source.schemes.some((scheme) => address.startsWith(scheme))),
  };
}
