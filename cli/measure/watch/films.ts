// The films of `bench watch`: the simulator's clips at a sub-stream's size and rate, with a sensor's noise, and what is planted in them.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { AhualError, messageOf } from '#core/errors';
import { inRoot } from '#core/root';

export const activities = ['low', 'street', 'busy'] as const;
export type Activity = (typeof activities)[number];

/** Films in which an act can be planted. */
const acted = ['dumping-wasteland-day', 'dumping-verge-night', 'dumping-sacks-dusk'];

/** Clips of each activity, given to the cameras in turn: quiet places, verges that traffic passes, crossings. */
const clipsOf: Readonly<Record<Activity | 'acts', readonly string[]>> = {
  low: ['calm-yard-day', 'calm-wasteland-lorry', 'calm-underpass-dry', 'calm-pavement-covers'],
  street: acted,
  busy: ['calm-crossing-day', 'calm-street-low-sun', 'calm-crossing-dusk', 'calm-winter-street'],
  acts: acted,
};

/** Where a clip marks no place for watching: most of the ground, so that everything that passes stirs in the zone. */
const wholeGround = [
  [0.15, 0.35],
  [0.85, 0.35],
  [0.9, 0.95],
  [0.1, 0.95],
];

const Label = z.looseObject({
  fps: z.number(),
  zones: z
    .array(z.looseObject({ id: z.string(), kind: z.string(), polygon: z.array(z.array(z.number())) }))
    .default([]),
});

export interface Film {
  readonly id: string;
  readonly sha256: string;
  readonly zone: readonly (readonly number[])[];
}

export interface FilmWish {
  readonly folder: string;
  readonly activity: Activity | 'acts';
  /** No more different films than there are cameras. */
  readonly streams: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  readonly ffmpeg: string;
}

/** Makes the films of an activity into a folder of clips. Throws PART_MISSING where ffmpeg is absent or cannot encode. */
export async function makeFilms({
  folder,
  activity,
  streams,
  widthPx,
  heightPx,
  fps,
  ffmpeg,
}: FilmWish): Promise<Film[]> {
  mkdirSync(folder, { recursive: true });
  const films: Film[] = [];
  for (const clip of clipsOf[activity].slice(0, streams)) {
    const from = inRoot('simulator', 'clips', `${clip}.mp4`);
    const to = join(folder, `${clip}.mp4`);
    // Two seconds between key frames, as the clips have them at each of their phases; noise, because a still scene costs nothing.
    if (existsSync(to)) {
      films.push(filmOf(clip, to));
      continue;
    }
    const args = ['-v', 'error', '-i', from, '-r', String(fps), '-an', '-threads', '1']
      .concat(['-vf', `scale=${widthPx}:${heightPx},noise=alls=5:allf=t`])
      .concat(['-c:v', 'libx264', '-profile:v', 'main', '-preset', 'veryfast', '-bf', '0', '-b:v', '600k'])
      .concat(['-maxrate', '900k', '-bufsize', '900k', '-g', String(2 * fps), '-sc_threshold', '0'])
      .concat(['-pix_fmt', 'yuv420p', '-y', to]);
    try {
      await promisify(execFile)(ffmpeg, args);
    } catch (thrown) {
      throw new AhualError(
        'PART_MISSING',
        `The films of the streams could not be made: ${messageOf(thrown).slice(0, 300)}`,
        'Install ffmpeg with libx264, or name it by ingest.ffmpeg.',
        {},
        thrown,
      );
    }
    const label = Label.parse(JSON.parse(readFileSync(labelOf(clip), 'utf8')));
    writeFileSync(join(folder, `${clip}.json`), JSON.stringify({ ...label, fps }));
    films.push(filmOf(clip, to));
  }
  return films;
}

const labelOf = (clip: string): string => inRoot('simulator', 'clips', `${clip}.json`);

function filmOf(clip: string, path: string): Film {
  const { zones } = Label.parse(JSON.parse(readFileSync(labelOf(clip), 'utf8')));
  return {
    id: clip,
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
    zone: zones.find((zone) => zone.kind === 'no-dumping')?.polygon ?? wholeGround,
  };
}
