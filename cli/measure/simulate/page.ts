// The report of simulated days: bars, overviews, and for each wrong one a drawing of what was true and what the looks said around it.
import type { Camera, Zone } from '#core/camera';
import { isSeen } from '#core/hazard-name';
import type { HazardSettings } from '#hazards';
import { escaped } from '../eval/charts.ts';
import { style } from '../eval/page-style.ts';
import { colours, countsSvg, delayHistograms, loadSvg, localTime, mapSvg, sceneSvg, type Scene } from './drawing.ts';
import { counted } from './score.ts';
import type { Simulated } from './simulate.ts';
import { cardMoments, type Told } from './telling.ts';

const hourMs = 3_600_000;
/** So many of each kind are drawn; the rest is counted. */
const mostDrawn = 60;

const more = `.scenes{display:grid;grid-template-columns:repeat(auto-fit,minmax(620px,1fr));gap:1rem}.scenes figure{padding:.7rem}.scenes svg{width:100%;height:auto;display:block}
.scenes text.note{font-size:9.5px;fill:var(--muted)}.scenes text.word{font-size:10px}svg.small text{font-size:10px}svg.small .tick,svg.wide .tick{font-size:9px}
.overview{display:flex;flex-wrap:wrap;gap:1rem 1.6rem;align-items:flex-start}svg.small{width:18rem;height:auto}svg.wide{width:100%;height:auto}svg.map{width:34rem;max-width:100%;height:auto}
.key span{margin-right:1.2rem;font-size:.88rem;color:var(--muted)}.key i{display:inline-block;width:.8em;height:.8em;border-radius:3px;margin-right:.4em;vertical-align:-.05em}
details{margin-top:1.2rem}pre{font-size:.8rem;overflow-x:auto}`;

/** What was drawn and with which words below. */
interface Drawn extends Scene {
  readonly facts: string;
}

/** One self-contained page. */
export function simulatePage(simulated: Simulated, settings: HazardSettings): string {
  const { measurement, lived, scores, life: lives, sky, cameras } = simulated;
  const byId = new Map<string, Camera>(cameras.map((camera) => [camera.id, camera]));
  const placeOf = (cameraId: string | null, zoneId: string | null): { camera: Camera; zone: Zone } | undefined => {
    const camera = cameraId === null ? undefined : byId.get(cameraId);
    const zone = camera?.zones.find((one) => one.id === zoneId);
    return camera && zone ? { camera, zone } : undefined;
  };
  const marksOf = (cameraId: string, zoneId: string, hazard: string): Scene['marks'] =>
    lived.told
      .filter(({ incident: i }) => i.cameraId === cameraId && i.zoneId === zoneId && i.hazard === hazard)
      .flatMap(({ atMs, way, planted }) => [
        { atMs, word: way },
        ...(way === 'card' ? [{ atMs: atMs + 90_000, word: planted ? '✓' : '✗' }] : []),
      ]);
  const sceneAt = (place: { camera: Camera; zone: Zone }, hazard: Scene['hazard'], fromMs: number, toMs: number) => ({
    ...place,
    hazard,
    fromMs,
    toMs,
    said: lived.said.of(place.camera.id, place.zone.id, hazard, fromMs, toMs),
    marks: marksOf(place.camera.id, place.zone.id, hazard),
  });
  const factsOf = ({ incident, troubles, planted }: Told): string => {
    const { why } = incident;
    const doubled = planted ? `a second card for ${planted.id}; ` : '';
    const amid = troubles.length > 0 ? `; amid ${troubles.join(', ')}` : '';
    return `${doubled}${why.rule}: ${why.hazardLooks} of ${why.looks} looks in ${Math.round(why.overS / 60)} min, level ${incident.level.toFixed(2)}${amid}`;
  };
  const wrong: Drawn[] = scores.falseAlarms.flatMap((one) => {
    const { incident, atMs } = one;
    const place = placeOf(incident.cameraId, incident.zoneId);
    const title = `${incident.hazard}.${incident.sub} at ${incident.cameraId ?? ''}, zone ${incident.zoneId ?? ''}, ${localTime(atMs)}`;
    return place && isSeen(incident.hazard)
      ? [{ ...sceneAt(place, incident.hazard, atMs - 3 * hourMs, atMs + 2 * hourMs), title, facts: factsOf(one) }]
      : [];
  });
  const late: Drawn[] = scores.missed.flatMap((planted) => {
    const place = placeOf(planted.cameraId, planted.zoneId);
    const found = scores.found.get(planted.id);
    const when = found ? `told ${Math.round((found.atMs - planted.fromMs) / 60_000)} min after it began` : 'never told';
    const title = `${planted.hazard}.${planted.sub} at ${planted.cameraId}, zone ${planted.zoneId}, ${localTime(planted.fromMs)}`;
    const facts = `${when}; cause ${planted.cause}, size ${planted.size.toFixed(2)}, of use until ${localTime(planted.usefulMs).slice(11)}`;
    const toMs = Math.max(planted.usefulMs + hourMs, found?.atMs ?? 0);
    const scene = place && sceneAt(place, planted.hazard, planted.fromMs - hourMs, toMs);
    return scene
      ? [
          {
            ...scene,
            marks: [
              ...scene.marks,
              { atMs: planted.fromMs, word: 'begins' },
              { atMs: planted.usefulMs, word: 'too late' },
            ],
            title,
            facts,
          },
        ]
      : [];
  });
  const figures = (list: readonly Drawn[]): string =>
    list
      .slice(0, mostDrawn)
      .map(
        (one) =>
          `<figure>${sceneSvg(one, lives, sky, settings)}<figcaption><b>${escaped(one.title)}</b><br>${escaped(one.facts)}</figcaption></figure>`,
      )
      .join('');
  const rest = (n: number): string =>
    n > mostDrawn ? `<p class="muted">${n - mostDrawn} more are not drawn.</p>` : '';
  const bars = measurement.bars
    .map(({ id, op, limit, value, n, pass }) => {
      const met = value === null ? null : op === '<=' ? value <= limit : value >= limit;
      const word = pass === null ? 'not decided' : pass ? 'met' : 'missed';
      const state = met === null ? 'none' : met ? 'met' : 'missed';
      return `<tr><td>${escaped(id)}</td><td>${escaped(op)} ${limit}</td><td class="${state}">${value ?? 'not measured'}</td><td>${n ?? ''}</td><td>${word}</td></tr>`;
    })
    .join('');
  const keyed: readonly (readonly [string, string])[] = [
    ['look says hazard', colours.hazard],
    ['clear', colours.clear],
    ['cannot see', colours['cannot-see']],
    ['what is really there', colours.truth],
    ['rain', colours.rain],
    ['snowfall', colours.snow],
    ['night', colours.night],
    ['nuisance', colours.nuisance],
  ];
  const key = keyed.map(([word, colour]) => `<span><i style="background:${colour}"></i>${word}</span>`);
  const delays = (hazard: Scene['hazard']): number[] =>
    [...scores.found.values()]
      .filter(({ planted }) => planted.hazard === hazard)
      .map(({ planted, atMs }) => Math.max(0, atMs - planted.fromMs) / 60_000);
  const byNuisance = counted(
    scores.falseAlarms
      .filter(({ planted }) => planted === null)
      .flatMap(({ troubles }) => (troubles.length > 0 ? troubles : ['none'])),
  );
  const wrongIds = new Set(scores.falseAlarms.map(({ incident }) => String(incident.cameraId)));
  const missedIds = new Set(scores.missed.map(({ cameraId }) => cameraId));
  const said = Object.entries(measurement.args).map(([name, value]) => `${name} ${String(value)}`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Simulated days</title><style>${style}${more}</style></head><body>
<header><h1>Simulated days</h1><p class="muted">${escaped(said.join(' · '))}</p>${measurement.notes.map((note) => `<p class="muted">${escaped(note)}</p>`).join('')}</header>
<section><h2>Bars</h2><table><tr><th>bar</th><th>limit</th><th>value</th><th>of</th><th>decided</th></tr>${bars}</table></section>
<section><h2>Overview</h2>${loadSvg(cardMoments(lived.told, lived.massCards), simulated.fromMs, simulated.toMs)}
<div class="overview">${delayHistograms(delays)}${countsSvg('False alarms amid', byNuisance)}${mapSvg(cameras, wrongIds, missedIds)}</div></section>
<p class="key">${key.join('')}</p>
<section><h2>False alarms: ${wrong.length}</h2><div class="scenes">${figures(wrong)}</div>${rest(wrong.length)}</section>
<section><h2>Missed or late: ${late.length}</h2><div class="scenes">${figures(late)}</div>${rest(late.length)}</section>
<details><summary>All figures</summary><pre>${escaped(JSON.stringify(measurement.result, null, 2))}</pre></details></body></html>
`;
}
