// From entries that hold to the finding a judge acts on: severity, reasons, mark and pictures.
import type { Mark, Why } from '#core/incident';
import type { HazardName, ZoneKind } from '#core/hazard-name';
import { groundMark } from './ground.ts';
import type { Circumstances, Facts, Finding } from './hazard.ts';
import type { Belief, Entry } from './persistence.ts';
import { severityOf } from './severity.ts';

/** The subtype named most often; of equally frequent ones the newest. */
export function commonSub(entries: readonly Entry[]): string {
  const counts = new Map<string, number>();
  for (const { sub } of entries) counts.set(sub, (counts.get(sub) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return [...entries].reverse().find((e) => counts.get(e.sub) === most)?.sub ?? '';
}

const weatherWords = ({ weather }: Circumstances): string =>
  weather
    ? `${weather.temperatureC.toFixed(0)} °C, ${weather.rainMmH.toFixed(1)} mm/h, ${weather.snowfallCmH.toFixed(1)} cm/h`
    : '';

function markOf(entry: Entry, circumstances: Circumstances): Mark {
  const box = entry.boxes[0];
  if (!box) return { kind: 'zone', points: circumstances.zone.polygon };
  const { x, y, w, h } = box;
  return {
    kind: 'box',
    points: [
      [x, y],
      [x + w, y],
      [x + w, y + h],
      [x, y + h],
    ],
  };
}

/**
 * The finding of a hazard that is held to be there: `hazards` are the looks that say so, `entries` all judged looks of the
 * same stretch. `rule` names the rule for the explanation.
 */
export function raise(
  hazard: HazardName,
  held: { entries: readonly Entry[]; hazards: readonly Entry[]; overS: number },
  belief: Belief,
  circumstances: Circumstances,
  more: { sub: string; rule: string; facts?: Facts; fenced?: boolean; act?: boolean; zoneKind?: ZoneKind },
): Finding {
  const { weather, zone, camera, settings } = circumstances;
  const newest = held.hazards.at(-1);
  const first = held.hazards[0];
  if (!newest || !first) return { kind: 'wait', reason: 'few-looks' };
  const shown = [...held.hazards].reverse().find((e) => e.still !== null) ?? newest;
  const { severity, reasons } = severityOf({
    hazard,
    sub: more.sub,
    zoneKind: more.zoneKind ?? zone.kind,
    streetClass: zone.streetClass,
    nearSensitive: camera.nearSensitive,
    dark: weather ? !weather.isDay : false,
    freezing: weather ? weather.temperatureC < 0 : false,
    fenced: more.fenced ?? false,
  });
  const level = Math.max(...held.hazards.map((e) => e.level));
  const before = [...belief.entries]
    .reverse()
    .find((e) => e.word === 'clear' && e.still !== null && e.atMs < first.atMs);
  const models = newest.facts['models'];
  const why: Why = {
    looks: held.entries.length,
    hazardLooks: held.hazards.length,
    overS: held.overS,
    level,
    rule: more.rule,
    models: typeof models === 'string' && models ? models.split(', ') : [],
    weather: weatherWords(circumstances),
    facts: {
      ...newest.facts,
      ...more.facts,
      light: weather ? (weather.isDay ? 'day' : 'night') : 'any',
      ground: groundMark(zone),
      severityReasons: reasons.join(' '),
      pace: circumstances.city.pace,
      thresholds: JSON.stringify(settings[hazard]),
    },
  };
  return {
    kind: 'raise',
    sub: more.sub,
    severity,
    level,
    why,
    mark: markOf(shown, circumstances),
    stillSha256: shown.still,
    beforeSha256: before?.still ?? null,
    beforeAtMs: before?.atMs ?? null,
    firstSeenAtMs: first.atMs,
    lastSeenAtMs: newest.atMs,
    act: more.act ?? false,
  };
}
