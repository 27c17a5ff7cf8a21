// Brings the city's files into the database: dated rows once and whenever the files change, cameras at each start.
import { createHash } from 'node:crypto';
import type { City, Settings } from '#config';
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { agencies, cameras, marks, rules, type db } from '#store';
import { checkRouting } from '#tasks';

const author = 'config/city';

/** Refuses zones and rules that name an agency or a district which the city does not have. */
export function checkCity(city: City, list: readonly Camera[]): void {
  const known = new Set<string>(city.agencies.map((agency) => agency.id));
  const districts = new Set(city.districts.features.map((feature) => feature.properties.id));
  const complaints: string[] = [...checkRouting(city)];
  for (const camera of list) {
    if (!districts.has(camera.district))
      complaints.push(`camera ${camera.id}: district ${camera.district} is not on the city's map.`);
    for (const zone of camera.zones) {
      if (zone.owner !== undefined && !known.has(zone.owner)) {
        complaints.push(`camera ${camera.id}, zone ${zone.id}: owner ${zone.owner} is no agency of agencies.csv.`);
      }
    }
  }
  if (complaints.length > 0)
    throw new AhualError('CONFIG_INVALID', complaints.join('\n'), 'Correct these rows; nothing was loaded.');
}

/**
 * Loads agencies, assets and dated rows when their files differ from what was loaded last, and the camera list always.
 * One transaction: either all of it or nothing.
 */
export async function loadRows(
  database: db.Database,
  clock: Clock,
  settings: Settings,
  city: City,
  list: readonly Camera[] | undefined,
): Promise<{ rows: 'loaded' | 'unchanged'; cameras: number }> {
  checkCity(city, list ?? []);
  const { districts, outline, places, ...rows } = city;
  const hash = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  return database.transaction(async (tx) => {
    const known = await marks.get(tx, 'city.rows');
    const changed = known !== hash;
    if (changed) {
      await agencies.replace(tx, [...city.agencies]);
      await agencies.replaceAssets(tx, [...city.assets]);
      await rules.replacePolicies(tx, [...city.policies], author);
      await rules.replaceRouting(tx, [...city.routing], author);
      await rules.replaceArticles(tx, [...city.articles], author);
      await rules.replaceHolidays(tx, [...city.holidays], author);
      await marks.set(tx, 'city.rows', hash);
    }
    if (list) await cameras.replace(tx, [...list]);
    await marks.set(tx, 'city.loaded', {
      atMs: clock.nowMs(),
      districts: districts.features.length,
      places: places.length,
      streets: outline.features.length,
      pace: settings.city.pace,
    });
    const count = list ? list.length : (await cameras.all(tx)).length;
    return { rows: changed ? 'loaded' : 'unchanged', cameras: count } as const;
  });
}
