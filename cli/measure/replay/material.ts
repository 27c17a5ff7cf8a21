// Recorded material as cameras: which films and pictures belong to which camera, and what it showed at which moment.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { parseYaml } from '#config';
import { Camera } from '#core/camera';
import { AhualError } from '#core/errors';
import { momentOfExif, momentOfName } from './dated.ts';

/** One file of a source: a film from a moment on, or a picture of a moment. `atMs` is null where nothing dates it. */
export interface Recorded {
  readonly kind: 'film' | 'picture';
  readonly path: string;
  readonly atMs: number | null;
}

/** What one camera recorded. */
export interface Source {
  readonly name: string;
  readonly path: string;
  /** In the order of their moments. */
  readonly files: readonly Recorded[];
}

/** A camera and all that it recorded; `names` are those of its sources. */
export interface Recording {
  readonly camera: Camera;
  readonly names: readonly string[];
  readonly files: readonly Recorded[];
}

const isFilm = (name: string): boolean => /\.(mp4|mkv|mov|webm|ts)$/i.test(name);
const isPicture = (name: string): boolean => /\.(jpe?g|png)$/i.test(name);

const nothing = (where: string): AhualError =>
  new AhualError(
    'CONFIG_MISSING',
    `no films or pictures in ${where}.`,
    'Name films, dated pictures or folders of them.',
  );

function recorded(path: string, zone: string): Recorded {
  if (isFilm(path)) return { kind: 'film', path, atMs: momentOfName(path, zone) ?? null };
  const atMs = momentOfName(path, zone) ?? (/\.jpe?g$/i.test(path) ? momentOfExif(path, zone) : undefined);
  return { kind: 'picture', path, atMs: atMs ?? null };
}

/**
 * The sources that paths name. A film is a source, a picture without a date too; the dated pictures of a folder are one source of
 * the folder's name. Folders in a folder are looked into. Throws CONFIG_MISSING.
 */
export function sourcesOf(paths: readonly string[], zone: string): Source[] {
  const found = paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) throw new AhualError('CONFIG_MISSING', `${path} is not there.`, 'Name films or folders of films.');
    if (stat.isDirectory()) return inFolder(path, zone);
    if (!isFilm(path) && !isPicture(path)) throw nothing(path);
    return [{ name: basename(path), path, files: [recorded(path, zone)] }];
  });
  if (found.length === 0) throw nothing(paths.join(', '));
  return found;
}

function inFolder(folder: string, zone: string): Source[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries
    .filter((entry) => entry.isFile() && (isFilm(entry.name) || isPicture(entry.name)))
    .map((entry) => recorded(join(folder, entry.name), zone));
  const series = files
    .filter((file) => file.kind === 'picture' && file.atMs !== null)
    .sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
  const alone = files.filter((file) => !series.includes(file));
  return [
    ...alone.map((file) => ({ name: basename(file.path), path: file.path, files: [file] })),
    ...(series.length > 0 ? [{ name: basename(resolve(folder)), path: folder, files: series }] : []),
    ...entries.filter((entry) => entry.isDirectory()).flatMap((entry) => inFolder(join(folder, entry.name), zone)),
  ];
}

const MapFile = z.strictObject({
  cameras: z
    .array(z.strictObject({ ...Camera.shape, source: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]) }))
    .min(1),
});

/**
 * Reads a map: a camera list (as cameras.yml) in which each camera names its `source`, a path from the map's folder or several.
 * Throws CONFIG_INVALID with file:line, CONFIG_MISSING.
 */
export function loadMap(path: string, zone: string): Recording[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new AhualError('CONFIG_MISSING', `${path} is not there.`, 'Write the map: a camera list with a source each.');
  }
  const rows = parseYaml(path, readFileSync(path, 'utf8'), MapFile, [...Object.keys(Camera.shape), 'source']).cameras;
  return rows.map(({ source, ...camera }) => {
    const paths = [source].flat().map((one) => resolve(dirname(path), one));
    return recordingOf(Camera.parse(camera), sourcesOf(paths, zone));
  });
}

/** All sources as what one camera recorded. */
export function recordingOf(camera: Camera, sources: readonly Source[]): Recording {
  const files = sources.flatMap((source) => source.files);
  const undated = files.filter((file) => file.atMs === null);
  if (files.length > 1 && undated.length > 0) {
    throw new AhualError(
      'CONFIG_INVALID',
      `${camera.id} has ${files.length} files, and ${basename(undated[0]?.path ?? '')} does not say when it was taken.`,
      'Put the moment into the names, as in 2026-02-03T14-05-09.mp4, or give each file a camera of its own.',
    );
  }
  return {
    camera,
    names: sources.map((source) => source.name),
    files: [...files].sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0)),
  };
}

/** A camera for a source of which nothing is known but its picture. */
export function cameraOfSource({ name }: Source, zones: readonly object[]): Camera {
  return Camera.parse({
    id: name.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 60),
    name: { kk: name, ru: name, en: name },
    point: { lon: 71.44, lat: 51.14 },
    district: 'esil',
    restricted: false,
    zones,
  });
}
