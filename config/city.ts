// The city's dated rows and map, read from one folder; each refused row is named with file, line, value and cure.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Agency, Asset } from '#core/agency';
import { Camera, Preset } from '#core/camera';
import { AhualError } from '#core/errors';
import { Point } from '#core/place';
import { presetFaults } from '#core/preset';
import { Article, Holiday, Policy, RoutingRule } from '#core/policy';
import { loadCategories, type Category } from './categories.ts';
import { readCsv, shown, type Cells } from './csv.ts';
import { parseYaml } from './explain.ts';
import { pathOf } from './load.ts';
import type { Environment } from './secrets.ts';

const Ring = z.array(z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])).min(4);
const properties = z.record(z.string(), z.unknown());

export const DistrictMap = z.object({
  attribution: z.string(),
  features: z.array(
    z.object({
      id: z.string(),
      properties: z.object({
        id: z.string(),
        kk: z.string(),
        ru: z.string(),
        en: z.string(),
        label: z.tuple([z.number(), z.number()]),
      }),
      geometry: z.object({ type: z.literal('Polygon'), coordinates: z.array(Ring).min(1) }),
    }),
  ),
});
export type DistrictMap = z.infer<typeof DistrictMap>;

export const OutlineMap = z.object({
  attribution: z.string(),
  features: z.array(
    z.object({
      properties,
      geometry: z.object({ type: z.literal('LineString'), coordinates: z.array(z.array(z.number())) }),
    }),
  ),
});
export type OutlineMap = z.infer<typeof OutlineMap>;

export const NamedPlace = z.object({
  id: z.string(),
  name: z.object({ kk: z.string(), ru: z.string(), en: z.string() }),
  point: Point,
  accuracy: z.enum(['A', 'B', 'C']),
  districts: z.array(z.string()),
});
export type NamedPlace = z.infer<typeof NamedPlace>;

export interface City {
  readonly agencies: readonly Agency[];
  readonly assets: readonly Asset[];
  readonly routing: readonly RoutingRule[];
  readonly policies: readonly Policy[];
  readonly articles: readonly Article[];
  readonly holidays: readonly Holiday[];
  readonly places: readonly NamedPlace[];
  readonly categories: readonly Category[];
  readonly districts: DistrictMap;
  readonly outline: OutlineMap;
}

const list = (cell: string | undefined): string[] => (cell ? cell.split('|') : []);
const maybe = (cell: string | undefined): string | undefined => (cell === '' ? undefined : cell);
const texts = (cells: Cells, name: string): unknown => ({
  kk: cells[`${name}_kk`],
  ru: cells[`${name}_ru`],
  en: cells[`${name}_en`],
});
const numberOf = (cell: string | undefined): number | undefined =>
  cell === undefined || cell === '' ? undefined : Number(cell);
const dated = (cells: Cells): object => ({
  validFrom: cells['valid_from'],
  validTo: maybe(cells['valid_to']),
  source: cells['source'],
  certainty: cells['certainty'],
});

function readJson<S extends z.ZodType>(path: string, schema: S): z.infer<S> {
  const file = shown(path);
  if (!existsSync(path))
    throw new AhualError('CONFIG_MISSING', `${file} is not there.`, 'Put the file back or name another city folder.');
  return parseYaml(file, readFileSync(path, 'utf8'), schema);
}

/** Reads every file of the city's folder. Throws CONFIG_INVALID with all complaints of the first bad file. */
export function loadCity(folder: string): City {
  const at = (name: string): string => join(pathOf(folder), name);
  const agencies = readCsv(
    at('agencies.csv'),
    Agency,
    (c) => ({
      id: c['id'],
      kind: c['kind'],
      name: texts(c, 'name'),
      ways: list(c['ways']),
      email: maybe(c['email']),
      duty: c['duty'],
    }),
    (row) => row.id,
  );
  return {
    agencies,
    assets: readCsv(
      at('assets.csv'),
      Asset,
      (c) => ({
        id: c['id'],
        kind: c['kind'],
        owner: c['owner'],
        point: { lat: numberOf(c['lat']), lon: numberOf(c['lon']) },
        validFrom: c['valid_from'],
        validTo: maybe(c['valid_to']),
      }),
      (row) => row.id,
    ),
    routing: readCsv(
      at('routing.csv'),
      RoutingRule,
      (c) => ({
        id: c['id'],
        priority: numberOf(c['priority']),
        hazard: c['hazard'],
        sub: c['sub'],
        zoneKinds: list(c['zone_kinds']),
        streetClasses: list(c['street_classes']),
        district: maybe(c['district']),
        severityMin: maybe(c['severity_min']),
        primary: c['primary'],
        copy: list(c['copy']),
        secondChoice: maybe(c['second_choice']),
        ...dated(c),
      }),
      (row) => row.id,
    ),
    policies: readCsv(
      at('policies.csv'),
      Policy,
      (c) => ({
        id: c['id'],
        hazard: c['hazard'],
        sub: c['sub'],
        severity: maybe(c['severity']),
        streetClasses: list(c['street_classes']),
        event: c['event'],
        clock: c['clock'],
        acceptH: numberOf(c['accept_h']),
        makeSafeH: numberOf(c['make_safe_h']),
        fixH: numberOf(c['fix_h']),
        ...dated(c),
      }),
      (row) => row.id,
    ),
    articles: readCsv(
      at('articles.csv'),
      Article,
      (c) => ({
        id: c['id'],
        title: texts(c, 'title'),
        test: texts(c, 'test'),
        fine: texts(c, 'fine'),
        whoDrawsUp: texts(c, 'who'),
        hazards: list(c['hazards']),
        subs: list(c['subs']),
        ...dated(c),
      }),
      (row) => row.id,
    ),
    categories: loadCategories(folder),
    holidays: readCsv(
      at('holidays.csv'),
      Holiday,
      (c) => ({
        date: c['date'],
        kind: c['kind'],
        nameKk: c['name_kk'],
        nameRu: c['name_ru'],
        certainty: c['certainty'],
      }),
      (row) => `${row.date} ${row.kind} ${row.nameRu}`,
    ),
    places: readCsv(
      at('places.csv'),
      NamedPlace,
      (c) => ({
        id: c['id'],
        name: texts(c, 'name'),
        point: { lat: numberOf(c['lat']), lon: numberOf(c['lon']) },
        accuracy: c['accuracy'],
        districts: list(c['districts']),
      }),
      (row) => row.id,
    ),
    districts: readJson(at('districts.geojson'), DistrictMap),
    outline: readJson(at('outline.geojson'), OutlineMap),
  };
}

const CameraFile = z.strictObject({
  cameras: z.array(Camera).superRefine((cameras, context) => {
    const seen = new Map<string, number>();
    cameras.forEach((camera, index) => {
      const first = seen.get(camera.id);
      if (first !== undefined) {
        context.addIssue({
          code: 'custom',
          path: [index, 'id'],
          message: `this id is also that of entry ${first + 1}; ids are unique`,
        });
      }
      seen.set(camera.id, index);
      const zones = new Set<string>();
      camera.zones.forEach((zone, z) => {
        if (zones.has(zone.id)) {
          context.addIssue({
            code: 'custom',
            path: [index, 'zones', z, 'id'],
            message: 'this zone id stands twice in one camera; ids are unique',
          });
        }
        zones.add(zone.id);
      });
      for (const message of presetFaults(camera))
        context.addIssue({ code: 'custom', path: [index, 'presets'], message });
    });
  }),
});

const cameraKeys = [
  ...Object.keys(Camera.shape),
  ...Object.keys(Camera.shape.zones.def.innerType.element.shape),
  ...Object.keys(Preset.shape),
];

/**
 * Reads a camera list. `${NAME}` in addresses is replaced from the environment, so that one list serves an NVR that moves.
 * Throws CONFIG_INVALID with file:line of each refused camera; nothing is loaded then.
 */
export function loadCameras(path: string, env: Environment): Camera[] {
  const full = pathOf(path);
  const file = shown(full);
  if (!existsSync(full))
    throw new AhualError(
      'CONFIG_MISSING',
      `city.cameras names ${file}, which is not there.`,
      'Write the list or unset city.cameras.',
    );
  const text = readFileSync(full, 'utf8').replace(/\$\{([A-Z0-9_]+)\}/g, (_whole, name: string) => {
    const value = env[name];
    if (value === undefined) {
      throw new AhualError(
        'CONFIG_MISSING',
        `${file} uses \${${name}}, which the environment does not have.`,
        `Set ${name}.`,
      );
    }
    return value;
  });
  return parseYaml(file, text, CameraFile, cameraKeys).cameras;
}
