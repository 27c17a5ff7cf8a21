// Recorded clips through the product's replay: was the act found, and was anything raised where nothing was?
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { loadCity, loadConfig } from '#config';
import { AhualError, messageOf } from '#core/errors';
import { HazardName, hazardNames } from '#core/hazard-name';
import { measureReplay, wholePicture } from '../replay.ts';
import { cameraOfSource, recordingOf, sourcesOf } from '../replay/material.ts';
import { listPathIn } from './lists.ts';

const Seconds = z.union([z.literal('').transform(() => 0), z.coerce.number().min(0)]);
const Row = z.object({
  file: z.string().regex(/^[^/\\]+$/, 'a file name without folders'),
  expected_incident: z.union([HazardName, z.literal('none'), z.literal('')]),
  start_s: Seconds,
});

export interface Clip {
  readonly path: string;
  readonly file: string;
  /** The hazard whose act the clip shows; null for an ordinary scene or people on foot. */
  readonly expected: HazardName | null;
  readonly startS: number;
}

/** Reads `clips.csv`; undefined where the folder has none. Throws REQUEST_INVALID for a bad row or a missing film. */
export function readClips(folder: string): Clip[] | undefined {
  const path = listPathIn(folder, 'clips');
  if (path === undefined) return undefined;
  const refuse = (what: string): AhualError =>
    new AhualError('REQUEST_INVALID', `${path}: ${what}.`, 'Correct the row, or take it out.');
  let rows: unknown[];
  try {
    rows = z.array(z.unknown()).parse(parse(readFileSync(path), { columns: true, bom: true, skip_empty_lines: true }));
  } catch (thrown) {
    throw refuse(messageOf(thrown));
  }
  return rows.map((raw, index) => {
    const row = Row.safeParse(raw);
    if (!row.success) throw refuse(`row ${index + 2}: ${z.prettifyError(row.error)}`);
    const { file, expected_incident: expected, start_s: startS } = row.data;
    const film = join(folder, 'clips', file);
    if (!existsSync(film)) throw refuse(`row ${index + 2}: ${film} is not there`);
    return { path: film, file, startS, expected: expected === 'none' || expected === '' ? null : expected };
  });
}

export interface ClipFigures {
  readonly n: number;
  readonly expected: number;
  readonly found: number;
  readonly falseRaised: number;
}

export interface ClipsMeasured {
  readonly figures: ClipFigures;
  /** Each clip in which something was raised or expected, in words. */
  readonly named: readonly string[];
}

const Heard = z.object({ raisedAtS: z.number().nullable() });
const Replayed = z.object({ clips: z.record(z.string(), z.partialRecord(HazardName, Heard)) });

/** One look a second, the rules' windows divided by 60, no clip beyond its first half minute. */
const pace = { everyS: 1, mostS: 30, pace: 60 } as const;

/** Replays the clips through eye, readings and rules. What needs a watched stream (a lorry's act by its motion) is not asked. */
export async function measureClips(clips: readonly Clip[], say: (text: string) => void): Promise<ClipsMeasured> {
  const { settings } = loadConfig(process.env);
  const files = clips.map(({ path }) => path);
  // Each film is a camera of its own, and nobody says when it was taken.
  const recordings = sourcesOf(files, settings.city.zone).map((source) => {
    const undated = { ...source, files: source.files.map((one) => ({ ...one, atMs: null })) };
    return recordingOf(cameraOfSource(source, wholePicture), [undated]);
  });
  const done = await measureReplay({
    ...pace,
    recordings,
    speed: Number.POSITIVE_INFINITY,
    untilMs: Number.POSITIVE_INFINITY,
    raise: 'shadow',
    workers: 1,
    twice: false,
    compare: undefined,
    sabotage: 'none',
    settings,
    city: loadCity(settings.city.folder),
    say,
  });
  const heard = Replayed.parse(done.result).clips;
  const named: string[] = [];
  let found = 0;
  let falseRaised = 0;
  for (const { file, expected, startS } of clips) {
    const raised = hazardNames.flatMap((hazard) => {
      const atS = heard[file]?.[hazard]?.raisedAtS ?? null;
      return atS === null ? [] : [{ hazard, atS }];
    });
    const isFound = raised.some(({ hazard, atS }) => hazard === expected && atS >= startS);
    const wrong = raised.filter(({ hazard }) => hazard !== expected);
    if (isFound) found++;
    if (wrong.length > 0) falseRaised++;
    if (raised.length > 0 || expected !== null) {
      const what = raised.map(({ hazard, atS }) => `${hazard} at ${atS} s`).join(', ');
      named.push(`${file}: expected ${expected ?? 'nothing'}, raised ${what === '' ? 'nothing' : what}`);
    }
  }
  const expected = clips.filter((clip) => clip.expected !== null).length;
  return { figures: { n: clips.length, expected, found, falseRaised }, named };
}
